//! What this process costs, as the system tells it: processor time by thread, peak memory, bytes of a folder.

use std::collections::BTreeMap;

/// Peak of the resident memory since [`forget_peak_memory`], KiB; 0 where the system does not tell.
pub fn peak_memory_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap_or("");
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

/// Processor time of this process's threads by name, in microseconds: which part the machine's cores are spent on. The
/// senders run on the runtime's threads with the reading of messages. Empty where the system does not tell.
pub fn processor_time() -> BTreeMap<String, u64> {
    /// Linux counts in hundredths of a second.
    const TICK_MICROS: u64 = 10_000;
    let mut spent: BTreeMap<String, u64> = BTreeMap::new();
    for task in std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten() {
        let Ok(text) = std::fs::read_to_string(task.path().join("stat")) else { continue };
        // The name is in brackets and may have blanks; user and system time are the 12th and 13th field after it.
        let Some((head, tail)) = text.rsplit_once(')') else { continue };
        let name = head.split_once('(').map_or("", |(_, name)| name);
        let ticks: u64 =
            tail.split_whitespace().skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
        *spent.entry(name.to_owned()).or_default() += ticks * TICK_MICROS;
    }
    spent
}
