//! Exports: a large one with its proofs, and what was done to a small one is named.

use evidence::{
    Auditor, CHAIN_BEGIN, Entry, Frontier, Hash, Key, Report, SignedHead, Signer, SpaceHead, Subtree,
    WriterHead, consistency, end_line, entry_line, header, inclusion, verify_consistency, verify_inclusion,
};
use std::collections::BTreeMap;

fn entry(writer: u16, sequence: u64) -> Entry {
    let mut digest = [writer as u8 + 1; 32];
    digest[..8].copy_from_slice(&sequence.wrapping_mul(0x9E37_79B9_7F4A_7C15).to_be_bytes());
    Entry { writer, sequence, time: 1_795_399_200_000 + sequence as i64 / 3, kind: 17, digest }
}

/// A writer as it is walked.
#[derive(Clone)]
struct Walk {
    writer: u16,
    frontier: Frontier,
    chain: Hash,
}

impl Walk {
    fn new(writer: u16) -> Self {
        Self { writer, frontier: Frontier::default(), chain: CHAIN_BEGIN }
    }
    fn push(&mut self, entry: &Entry, complete: impl FnMut(Subtree, &Hash)) {
        self.frontier.push(entry.leaf(), complete);
        self.chain = entry.chained(&self.chain);
    }
    fn head(&self) -> WriterHead {
        let (size, root) = (self.frontier.size(), self.frontier.root());
        WriterHead { writer: self.writer, size, root, chain: self.chain }
    }
}

fn audited(text: &str, held: Vec<SignedHead>) -> Report {
    let mut auditor = Auditor::new(held, None);
    text.lines().for_each(|line| auditor.line(line));
    auditor.finish()
}

/// Two writers with 300 and 20 entries, and heads at thirds of them. `change` may alter what is exported of each entry.
fn export(signer: &Signer, change: impl Fn(&Entry) -> Vec<Entry>) -> (String, Vec<SignedHead>) {
    let key = Key { number: 1, made: 5, public: signer.public() };
    let (mut one, mut two, mut heads) = (Walk::new(0), Walk::new(7), Vec::new());
    let mut lines = [String::new(), String::new()];
    let mut told = [Walk::new(0), Walk::new(7)];
    let mut count = 0;
    for step in 1..=300 {
        let mut each = vec![(0, entry(0, step))];
        one.push(&each[0].1, |_, _| {});
        if step % 15 == 0 {
            each.push((1, entry(7, step / 15)));
            two.push(&each[1].1, |_, _| {});
        }
        for (which, entry) in each {
            for entry in change(&entry) {
                told[which].push(&entry, |_, _| {});
                lines[which].push_str(&entry_line(&entry, &told[which].chain));
                count += 1;
            }
        }
        if step % 100 == 0 {
            let head = SpaceHead { time: step as i64, writers: vec![one.head(), two.head()] };
            heads.push(signer.sign(head));
        }
    }
    (header(&[key], &heads) + &lines.concat() + &end_line(count), heads)
}

fn signer() -> Signer {
    Signer::new(&[3; 32]).unwrap()
}

#[test]
fn an_export_is_what_was_signed() {
    let (text, heads) = export(&signer(), |entry| vec![*entry]);
    let report = audited(&text, heads[1..2].to_vec());
    assert_eq!(report.faults, []);
    assert_eq!((report.entries, report.writers, report.heads), (320, 2, 4));
    assert_eq!(report.newest.as_ref(), heads.last());
    for head in heads {
        assert_eq!(SignedHead::parse(&head.to_text()), Ok(head));
    }
}

#[test]
fn what_is_done_to_a_line_is_named() {
    let (text, _) = export(&signer(), |entry| vec![*entry]);
    let lines: Vec<&str> = text.lines().collect();
    let at =
        |sequence: u64| lines.iter().position(|line| line.starts_with(&format!("0 {sequence} "))).unwrap();
    let first = |lines: Vec<&str>| {
        let report = audited(&(lines.join("\n") + "\n"), Vec::new());
        let fault = report.faults.first().expect("a fault");
        (fault.entry, fault.what.clone())
    };
    let (fifty, entry) = (at(50), Some((0, 50)));
    // Any byte of it.
    for byte in 0..lines[fifty].len() {
        let mut altered = lines[fifty].as_bytes().to_vec();
        altered[byte] = if altered[byte] == b'1' { b'2' } else { b'1' };
        let altered = String::from_utf8(altered).unwrap();
        let mut lines = lines.clone();
        lines[fifty] = &altered;
        let report = audited(&(lines.join("\n") + "\n"), Vec::new());
        assert!(!report.faults.is_empty(), "{altered}");
        assert_eq!(report.faults[0].line as usize, fifty + 1, "{altered}: {:?}", report.faults);
    }
    let mut removed = lines.clone();
    removed.remove(fifty);
    assert_eq!(first(removed).0, entry);
    let mut twice = lines.clone();
    twice.insert(fifty, lines[fifty]);
    assert_eq!(first(twice).0, entry);
    let mut swapped = lines.clone();
    swapped.swap(fifty, fifty + 1);
    assert_eq!(first(swapped).0, entry);
    let mut moved = lines.clone();
    let line = moved.remove(fifty);
    moved.insert(moved.len() - 1, line);
    assert_eq!(first(moved).0, entry);
    let last = first(lines.iter().copied().filter(|line| !line.starts_with("0 300 ")).collect());
    assert_eq!(last.0, Some((0, 300)), "{last:?}");
    let none = first(lines.iter().copied().filter(|line| !line.starts_with("7 ")).collect());
    assert_eq!(none.0, Some((7, 1)), "{none:?}");
    let cut = first(lines[..lines.len() - 1].to_vec());
    assert!(cut.1.contains("cut short"));
}

#[test]
fn whoever_makes_links_that_hold_is_found_by_the_heads() {
    let (text, heads) = export(&signer(), |entry| {
        let altered = Entry { kind: entry.kind + u8::from(entry.sequence == 150), ..*entry };
        vec![altered]
    });
    let report = audited(&text, Vec::new());
    assert_eq!(report.faults.len(), 1, "{:?}", report.faults);
    assert_eq!(report.faults[0].entry, Some((0, 101)));
    assert!(report.faults[0].what.contains("entries 101 to 200"), "{:?}", report.faults);
    // With heads made to fit, signed by the same key: whoever wrote one down knows.
    let forged = text.lines().map(str::to_owned).collect::<Vec<_>>();
    let body = forged.iter().filter(|line| line.starts_with("0 ") || line.starts_with("7 "));
    let (mut walks, mut lines): (BTreeMap<u16, Walk>, String) = (BTreeMap::new(), String::new());
    for line in body {
        let words: Vec<&str> = line.split(' ').collect();
        let writer = words[0].parse().unwrap();
        let entry = Entry {
            writer,
            sequence: words[1].parse().unwrap(),
            time: words[2].parse().unwrap(),
            kind: words[3].parse().unwrap(),
            digest: evidence::of_hexadecimal(words[4]).unwrap(),
        };
        let walk = walks.entry(writer).or_insert_with(|| Walk::new(writer));
        walk.push(&entry, |_, _| {});
        lines.push_str(&entry_line(&entry, &walk.chain));
    }
    let head = SpaceHead { time: 300, writers: walks.values().map(Walk::head).collect() };
    let key = Key { number: 1, made: 5, public: signer().public() };
    let forged = header(&[key], &[signer().sign(head.clone())]) + &lines + &end_line(320);
    assert_eq!(audited(&forged, Vec::new()).faults, [], "nobody has another head");
    let held = audited(&forged, heads[1..2].to_vec());
    assert!(held.faults[0].what.contains("held against"), "{:?}", held.faults);
    // By another key: it is none of the space's.
    let other = Signer::new(&[4; 32]).unwrap();
    let stranger = Key { public: other.public(), ..key };
    let forged = header(&[stranger], &[other.sign(head)]) + &lines + &end_line(320);
    assert_eq!(audited(&forged, Vec::new()).faults, []);
    let mut auditor = Auditor::new(Vec::new(), Some(key.public));
    forged.lines().for_each(|line| auditor.line(line));
    assert!(auditor.finish().faults[0].what.contains("known by"));
}

#[test]
fn a_head_that_was_altered_is_not_signed() {
    let (text, _) = export(&signer(), |entry| vec![*entry]);
    let altered = text.replacen("size 100 ", "size 101 ", 1);
    assert_ne!(altered, text);
    assert!(audited(&altered, Vec::new()).faults[0].what.contains("signature"));
}

/// As many as `EVIDENCE_ENTRIES` says; 100,000 unless it does: a million takes eight seconds.
#[test]
fn a_large_log_with_its_proofs_and_one_altered_byte() {
    #[expect(clippy::disallowed_methods, reason = "how large is for whoever runs the test")]
    let named = std::env::var("EVIDENCE_ENTRIES").ok();
    let count: u64 = named.map_or(100_000, |text| text.parse().unwrap());
    let (mut walk, mut known, mut heads) = (Walk::new(0), BTreeMap::new(), Vec::new());
    let mut lines = String::new();
    for sequence in 1..=count {
        let entry = entry(0, sequence);
        known.insert(Subtree { level: 0, index: sequence - 1 }, entry.leaf());
        walk.push(&entry, |subtree, root| {
            known.insert(subtree, *root);
        });
        lines.push_str(&entry_line(&entry, &walk.chain));
        if sequence % (count / 4) == 0 {
            heads.push(signer().sign(SpaceHead { time: sequence as i64, writers: vec![walk.head()] }));
        }
    }
    let root = walk.frontier.root();
    for number in 0..500 {
        let index = number * 7919 % count;
        let path = inclusion(&mut known, index, count).unwrap();
        assert!(verify_inclusion(&entry(0, index + 1).leaf(), index, count, &path, &root));
        assert!(!verify_inclusion(&entry(0, index + 2).leaf(), index, count, &path, &root));
    }
    for head in &heads {
        let writer = head.head.writers[0];
        let path = consistency(&mut known, writer.size, count).unwrap();
        assert!(verify_consistency(writer.size, count, &path, &writer.root, &root));
    }
    let key = Key { number: 1, made: 0, public: signer().public() };
    let mut text = header(&[key], &heads) + &lines + &end_line(count);
    assert_eq!(audited(&text, Vec::new()).faults, []);
    let altered = count / 3 * 2;
    let at = text.find(&format!("\n0 {altered} ")).unwrap() + 40;
    let other = if text.as_bytes()[at] == b'0' { "1" } else { "0" };
    text.replace_range(at..=at, other);
    let report = audited(&text, Vec::new());
    assert_eq!(report.faults.len(), 1);
    assert_eq!(report.faults[0].entry, Some((0, altered)));
}
