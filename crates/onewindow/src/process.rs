//! What this process costs, as the system tells it: processor time by thread, peak memory, bytes of a folder.

use std::collections::BTreeMap;

/// Peak of the resident memory since [`forget_peak_memory`], KiB; 0 where the system does not tell.
pub fn peak_memory_kib() -> u64 {
    memory_kib("VmHWM:")
}

/// Resident memory of this process now, in KiB; 0 where the system does not tell.
pub fn resident_memory_kib() -> u64 {
    memory_kib("VmRSS:")
}

fn memory_kib(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with(name)).unwrap_or("");
    line.split_whitespace().nth(1).and_then(|number| number.parse().ok()).unwrap_or(0)
}

/// From here on, the peak is that of the measurement; generating the messages does not count.
pub fn forget_peak_memory() {
    // Where the kernel does not know this file, the peak includes the generator's memory.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

/// Bytes of the files of a folder.
pub fn folder_bytes(folder: &std::path::Path) -> u64 {
    std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| entry.metadata().ok())
        .map(|data| data.len())
        .sum()
}

/// Processor time of this process's threads by name, in microseconds: which part the machine's cores are spent on.
/// Empty where the system does not tell.
pub fn processor_time() -> BTreeMap<String, u64> {
    let mut spent: BTreeMap<String, u64> = BTreeMap::new();
    for task in std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten() {
        let Ok(text) = std::fs::read_to_string(task.path().join("stat")) else { continue };
        // The name is in brackets and may have blanks; user and system time are the 12th and 13th field after it.
        let Some((head, tail)) = text.rsplit_once(')') else { continue };
        let name = head.split_once('(').map_or("", |(_, name)| name);
        *spent.entry(name.to_owned()).or_default() += ticks(tail, 2) * TICK_MICROS;
    }
    spent
}

/// Processor time of all processes of a name, and of those they waited for, in microseconds; 0 where the system does not
/// tell, or where they run on another machine.
pub fn processor_time_of(name: &str) -> u64 {
    let mut spent = 0;
    for process in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
        if process.file_name().as_encoded_bytes().first().is_none_or(|first| !first.is_ascii_digit()) {
            continue;
        }
        let Ok(text) = std::fs::read_to_string(process.path().join("stat")) else { continue };
        let Some((head, tail)) = text.rsplit_once(')') else { continue };
        if head.split_once('(').is_some_and(|(_, known)| known == name) {
            // As above, and then the same of children that ended.
            spent += ticks(tail, 4) * TICK_MICROS;
        }
    }
    spent
}

/// Linux counts in hundredths of a second.
const TICK_MICROS: u64 = 10_000;

/// The sum of the first fields of processor time behind a name.
fn ticks(tail: &str, fields: usize) -> u64 {
    tail.split_whitespace().skip(11).take(fields).filter_map(|field| field.parse::<u64>().ok()).sum()
}
