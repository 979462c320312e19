//! An invented evidence log and rows of an archive that are proved with it: for tests.

use crate::Row;
use crate::write::tree;
use evidence::{Entry, SignedHead, Signer, SpaceHead, WriterHead, inclusion};

/// When the first entry was recorded.
const BEGIN: i64 = 1_795_399_200_000;

fn entry(sequence: u64) -> Entry {
    let mut digest = [7; 32];
    digest[..8].copy_from_slice(&sequence.to_be_bytes());
    Entry { writer: 0, sequence, time: BEGIN + sequence.cast_signed(), kind: 17, digest }
}

/// A log of so many entries, every second of which is archived: the rows in order, and the signed head over all entries.
pub fn log(signer: &Signer, size: u64) -> (Vec<Row>, SignedHead) {
    let (frontier, mut known) = tree((1..=size).map(|sequence| entry(sequence).leaf()));
    let row = |sequence: u64| {
        let entry = entry(sequence);
        let path = inclusion(&mut known, sequence - 1, size).unwrap_or_default();
        let number = sequence.cast_signed();
        let mut row = Row::default();
        row.set("position", number);
        row.set("writer", 0_i64);
        row.set("sequence", number);
        row.set("recorded_at", entry.time);
        row.set("kind", 17_i64);
        row.set("flow", "import");
        row.set("order_no", format!("ORDER{}", sequence / 10).as_str());
        row.set("closed_at", entry.time);
        row.set("cause", "document");
        row.set("what", "CEB311Message");
        row.set("tax_fen", (sequence % 4 == 1).then_some(number * 100));
        row.set("document", "{\"OrderHead\":{\"goodsInfo\":\"样例\"}}");
        row.set("receipts", "[]");
        row.set("payload_digest", entry.digest.as_slice());
        row.set("leaf", entry.leaf().as_slice());
        row.set("tree_size", size.cast_signed());
        row.set("audit_path", path.as_flattened());
        row
    };
    let rows = (1..=size).step_by(2).map(row).collect();
    let head = WriterHead { writer: 0, size, root: frontier.root(), chain: [0; 32] };
    (rows, signer.sign(SpaceHead { time: BEGIN + size.cast_signed(), writers: vec![head] }))
}
