//! What reading takes of memory is bounded by what was sent, whatever it is. Measured by the peak of this process, which has this
//! test alone.
#![allow(clippy::unwrap_used, reason = "a failing test may panic")]
#![allow(clippy::disallowed_methods, reason = "tests may read files and run programs")]

use ceb::{DefectRule, Kind, Limits, NAMESPACE};

/// Bytes of each hostile message.
const SENT: usize = 1 << 20;
/// What reading one may take beside it. The worst are lines and members of a few bytes each, of which each becomes a value with all
/// its fields: a hundred times what was sent. Whatever grows faster than what is sent is far beyond.
const MOST: usize = 160 << 20;

/// A figure of this process, in bytes.
fn process(name: &str) -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    line.trim_start_matches(':').trim().trim_end_matches(" kB").parse::<usize>().unwrap() << 10
}

/// How far the peak goes beyond what is there before.
fn taken(read: impl FnOnce()) -> usize {
    // The peak begins anew; where the kernel does not do that, it is at least what it was.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
    let before = process("VmRSS");
    read();
    process("VmHWM").saturating_sub(before)
}

fn xml(head: &str, repeated: &str, tail: &str) -> Vec<u8> {
    let text = format!("<ceb:CEB311Message xmlns:ceb=\"{NAMESPACE}\" guid=\"G\" version=\"1.0\">{head}");
    let mut bytes = text.into_bytes();
    bytes.extend(repeated.as_bytes().iter().copied().cycle().take(SENT / repeated.len() * repeated.len()));
    bytes.extend_from_slice(tail.as_bytes());
    bytes.extend_from_slice(b"</ceb:CEB311Message>");
    bytes
}

#[test]
fn what_is_read_takes_memory_in_proportion_to_what_is_sent() {
    let order = "<ceb:Order><ceb:OrderHead>";
    let ends = "</ceb:OrderHead></ceb:Order>";
    let messages = [
        ("elements in elements", xml(order, "<a>", "")),
        ("empty documents", xml("", "<ceb:Order/>", "")),
        ("documents of one line", xml("", "<ceb:Order><ceb:OrderList/></ceb:Order>", "")),
        ("empty lines", xml("<ceb:Order>", "<ceb:OrderList/>", "</ceb:Order>")),
        ("unknown fields", xml(order, "<ceb:x/>", ends)),
        ("one field again and again", xml(order, "<ceb:note>n</ceb:note>", ends)),
        ("one long text", xml(&format!("{order}<ceb:note>"), "长", &format!("</ceb:note>{ends}"))),
        ("references", xml(&format!("{order}<ceb:note>"), "&amp;", &format!("</ceb:note>{ends}"))),
        ("text where none belongs", xml(order, "loose<ceb:x/>", ends)),
        ("attributes", xml(&format!("{order}<ceb:note "), "a=\"1\" ", &format!("/>{ends}"))),
        ("subscribers", xml("", "<ceb:BaseSubscribe/>", "")),
        ("signatures", xml("", "<s:Signature xmlns:s=\"http://www.w3.org/2000/09/xmldsig#\"/>", "")),
        (
            "an extension",
            xml("<ceb:ExtendMessage><ceb:Message>", "<a/>", "</ceb:Message></ceb:ExtendMessage>"),
        ),
    ];
    for (name, bytes) in messages {
        let mut refused = false;
        let most = taken(|| {
            let parsed = ceb::parse(&bytes, &Limits::default());
            let of_documents = parsed.message.iter().flat_map(|message| &message.entries);
            refused =
                !parsed.defects.is_empty() || of_documents.into_iter().any(|one| !one.defects.is_empty());
            let _ = ceb::parse_document(Kind::Order, &bytes);
            let _ = ceb::signature::canonicalize(&bytes, ceb::signature::Comments::Keep);
        });
        assert!(refused, "{name}: nothing of it is a message");
        assert!(most < MOST, "{name}: {} bytes took {most}", bytes.len());
    }

    let members: String = (0..SENT / 12).map(|at| format!("\"{at:07}\":0,")).collect();
    let texts = [
        ("lists in lists", "[".repeat(SENT)),
        ("empty lists", format!("{{\"CEB311Message\":{{\"Order\":[{}0]}}}}", "[],".repeat(SENT / 3))),
        ("members", format!("{{\"CEB311Message\":{{{members}\"guid\":\"G\"}}}}")),
        (
            "documents of empty lines",
            format!(
                "{{\"CEB311Message\":{{\"Order\":[{}0]}}}}",
                format!("{{\"OrderList\":[{}{{}}]}},", "{},".repeat(98)).repeat(999)
            ),
        ),
        (
            "empty lines",
            format!("{{\"CEB311Message\":{{\"Order\":{{\"OrderList\":[{}0]}}}}}}", "{},".repeat(SENT / 3)),
        ),
    ];
    for (name, text) in texts {
        let mut refused = false;
        let most = taken(|| {
            let parsed = ceb::parse_json(text.as_bytes(), &Limits::default());
            let of_documents = parsed.message.iter().flat_map(|message| &message.entries);
            refused =
                !parsed.defects.is_empty() || of_documents.into_iter().any(|one| !one.defects.is_empty());
        });
        assert!(refused, "{name}: nothing of it is a message");
        assert!(most < MOST, "JSON, {name}: {} bytes took {most}", text.len());
    }

    // Entities are not expanded, and what is too large is not read.
    let mut entities = "<!DOCTYPE a [<!ENTITY a0 \"aaaaaaaaaa\">".to_owned();
    for at in 1..12 {
        let refer = format!("&a{};", at - 1).repeat(10);
        entities += &format!("<!ENTITY a{at} \"{refer}\">");
    }
    entities += "]><ceb:CEB311Message>&a11;</ceb:CEB311Message>";
    let large = vec![b' '; 50 << 20];
    for (bytes, rule) in
        [(entities.as_bytes(), DefectRule::DoctypeForbidden), (large.as_slice(), DefectRule::TooLarge)]
    {
        let mut found = Vec::new();
        let most = taken(|| {
            found = ceb::parse(bytes, &Limits::default()).defects;
        });
        assert_eq!(found.iter().map(|one| one.rule).collect::<Vec<_>>(), [rule]);
        assert!(most < 4 << 20, "{rule:?}: {most}");
    }
}
