//! Bytes → documents with everything a judgement may know of their arrival: envelope opened, message read, signature
//! checked, contents fingerprinted, persons hashed. Runs on any thread; nothing is stored here.

use bytes::Bytes;
use ceb::signature::{SignatureFault, Verifier};
use ceb::{Defect, DefectRule, Document, Kind, Limits, Message, Parsed};
use clearance::Text;
use clearance::device::Device;
use clearance::event::{Arrived, Person, SignatureFact};
use exchange::neutral;
use ring::digest::{SHA256, digest};
use std::fmt::Write as _;
use std::ops::Range;
use std::sync::Arc;
use store::{ChosenRead, Original, Read};

/// A message as it came, ready for the pipeline.
#[derive(Clone, Debug)]
pub struct Ingested {
    /// Filing code of the authenticated sender.
    pub sender: Text,
    /// SHA-256 of the bytes.
    pub sha256: [u8; 32],
    /// Root element.
    pub root: Text,
    /// Kind of the root.
    pub kind: Option<Kind>,
    /// `guid` of the root.
    pub guid: Text,
    /// Exchange id that receives receipts.
    pub recipient: Text,
    /// `CopMsgId` of the envelope, if one was used.
    pub envelope: Option<Text>,
    /// What the signature is worth.
    pub signature: SignatureFact,
    /// How the bytes are kept.
    pub original: Original,
    /// The documents with their own bytes.
    pub documents: Vec<(Arc<Arrived>, Bytes)>,
    /// Faults of the message as a whole: it is refused with CEB900.
    pub refusal: Vec<Defect>,
}

/// With what a message is read.
pub struct Context<'a> {
    /// Hashes persons.
    pub read: &'a ChosenRead,
    /// Checks signatures and remembers their keys.
    pub verifier: &'a Verifier,
    /// What a message may be.
    pub limits: &'a Limits,
    /// It only asks what would happen.
    pub preview: bool,
}

/// Reads a message: CEB XML, a DXP envelope, or JSON. `exchange_ids` are the sender's own: receipts go to the one that
/// the message names, or to the first; never into the feed of somebody else, whom a false `dxpId` may name.
pub fn ingest(bytes: &Bytes, sender: &Text, exchange_ids: &[Text], context: Context<'_>) -> Ingested {
    let Context { read, limits, preview, .. } = context;
    let mut sha256 = [0u8; 32];
    sha256.copy_from_slice(digest(&SHA256, bytes).as_ref());
    let mut ingested = Ingested {
        sender: sender.clone(),
        sha256,
        root: Text::const_new("Unknown"),
        kind: None,
        guid: Text::default(),
        recipient: exchange_ids.first().cloned().unwrap_or_default(),
        envelope: None,
        signature: SignatureFact::Absent,
        original: Original::Whole(Bytes::new()),
        documents: Vec::new(),
        refusal: Vec::new(),
    };
    // A byte order mark is no part of JSON, and some programs write one.
    let json = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let is_json = json.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{');
    if is_json {
        ingested.original = Original::Whole(bytes.clone());
        let neutral = (json.len() <= limits.bytes).then(|| neutral::parse(json)).flatten();
        if neutral.is_some() {
            // What it is converted to has each member once.
            ingested.refusal = ceb::repeated_members(json);
            if !ingested.refusal.is_empty() {
                return ingested;
            }
        }
        let converted = neutral.as_ref().map(neutral::to_ceb);
        let parsed = match &converted {
            None => ceb::parse_json(json, limits),
            Some(Some(message)) => ceb::parse_json(message.to_string().as_bytes(), limits),
            Some(None) => {
                let what = Defect::new(neutral::ROOT, DefectRule::UnknownRoot, "", neutral::EXPECTED);
                ingested.refusal = vec![what];
                return ingested;
            }
        };
        fill(&mut ingested, parsed, None, exchange_ids, read, preview);
    } else if ceb::dxp::is_envelope(bytes) {
        ingested.original = Original::Whole(bytes.clone());
        match ceb::dxp::parse(bytes, limits) {
            Ok(envelope) => {
                ingested.envelope = Some(envelope.cop_msg_id);
                let parsed = ceb::parse(&envelope.data, limits);
                let text = Bytes::from(parsed.text.clone().unwrap_or_else(|| envelope.data.clone()));
                ingested.signature = signature(context.verifier, &parsed, &text);
                fill(&mut ingested, parsed, Some(&text), exchange_ids, read, preview);
            }
            Err(defects) => ingested.refusal = defects,
        }
    } else {
        let mut parsed = ceb::parse(bytes, limits);
        match parsed.text.take() {
            Some(text) => {
                let text = Bytes::from(text);
                ingested.original = Original::Whole(bytes.clone());
                ingested.signature = signature(context.verifier, &parsed, &text);
                fill(&mut ingested, parsed, Some(&text), exchange_ids, read, preview);
            }
            None => {
                ingested.original = frame(bytes, &parsed);
                ingested.signature = signature(context.verifier, &parsed, bytes);
                fill(&mut ingested, parsed, Some(bytes), exchange_ids, read, preview);
            }
        }
    }
    if !ingested.refusal.is_empty() {
        // Evidence of a refused message is the message itself.
        ingested.original = Original::Whole(bytes.clone());
        ingested.documents.clear();
    }
    ingested
}

/// The bytes around the documents; whole when nothing was understood.
fn frame(bytes: &Bytes, parsed: &Parsed) -> Original {
    let Some(message) = parsed.message.as_ref().filter(|_| parsed.defects.is_empty()) else {
        return Original::Whole(bytes.clone());
    };
    let mut pieces = Vec::with_capacity(message.entries.len() + 1);
    let mut at = 0;
    for entry in &message.entries {
        pieces.push(slice(bytes, at..entry.span.start));
        at = entry.span.end;
    }
    pieces.push(slice(bytes, at..bytes.len()));
    Original::Frame(pieces)
}

/// A part of the bytes, sharing them; empty where the range is none.
fn slice(bytes: &Bytes, range: Range<usize>) -> Bytes {
    if range.start <= range.end && range.end <= bytes.len() { bytes.slice(range) } else { Bytes::new() }
}

/// What the signature of a message in UTF-8 is worth. Whose certificate it is, is judged with the filings at hand.
fn signature(verifier: &Verifier, parsed: &Parsed, text: &[u8]) -> SignatureFact {
    match parsed.message.as_ref().and_then(|message| message.signature.as_ref()) {
        None => return SignatureFact::Absent,
        Some(node) if node.is_empty => return SignatureFact::Empty,
        Some(_) => {}
    }
    match verifier.verify(text) {
        Ok(verified) => SignatureFact::Valid {
            certificate: hexadecimal(&verified.certificate.der_sha256),
            holder_code: verified.certificate.enterprise_code.clone(),
            holder_name: verified.certificate.enterprise_name.clone(),
            not_before: verified.certificate.not_before,
            not_after: verified.certificate.not_after,
            algorithm: Text::const_new(verified.algorithm.name()),
        },
        Err(fault @ SignatureFault::DigestDiffers { .. }) => {
            SignatureFact::ContentDiffers { detail: Text::new(fault.to_string()) }
        }
        Err(fault) => {
            SignatureFact::Invalid { detail: Text::new(fault.to_string()), text: Text::new(fault.text_zh()) }
        }
    }
}

fn hexadecimal(bytes: &[u8]) -> Text {
    let mut text = Text::default();
    for byte in bytes {
        // Writing to a text cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

fn fill(
    ingested: &mut Ingested,
    parsed: Parsed,
    text: Option<&Bytes>,
    exchange_ids: &[Text],
    read: &ChosenRead,
    preview: bool,
) {
    ingested.root = parsed.root;
    ingested.kind = parsed.kind;
    ingested.refusal = parsed.defects;
    let Some(message) = parsed.message else { return };
    ingested.guid = message.guid.clone();
    if !takes(message.kind) {
        not_taken(&message, &mut ingested.refusal);
        return;
    }
    let named = message.transfer.as_ref().map(|transfer| transfer.dxp_id.trim());
    if let Some(own) = exchange_ids.iter().find(|own| Some(own.as_str()) == named) {
        ingested.recipient = own.clone();
    }
    let Message { kind: message_kind, entries, transfer, subscriptions, .. } = message;
    let transfer = transfer.map(Arc::new);
    let wanted = |status: &str| matches!(status.trim(), "ALL" | "RET");
    let copies: Vec<Text> = subscriptions
        .iter()
        .filter(|subscription| wanted(&subscription.status))
        .map(|subscription| subscription.dxp_address.trim().into())
        .collect();
    let lined = matches!(message_kind, Kind::Declaration | Kind::Return);
    let all_bodies_empty =
        lined && entries.len() > 1 && entries.iter().all(|entry| entry.document.line_count() == 0);
    for entry in entries {
        let original = match text.filter(|_| !entry.span.is_empty()) {
            Some(text) => slice(text, entry.span.clone()),
            None => {
                let mut xml = Vec::new();
                ceb::write_document(&entry.document, ceb::Style::Prefixed, &mut xml);
                Bytes::from(xml)
            }
        };
        let arrived = Arrived {
            defects: entry.defects,
            sender: ingested.sender.clone(),
            transfer: transfer.clone(),
            recipient: ingested.recipient.clone(),
            copies: copies.clone(),
            signature: ingested.signature.clone(),
            fingerprint: fingerprint(&entry.document),
            person: person(&entry.document, read),
            all_bodies_empty,
            device: device(&entry.document, read),
            preview,
            document: Arc::new(entry.document),
        };
        ingested.documents.push((Arc::new(arrived), original));
    }
}

/// Whether the window judges documents of a kind: all that enterprises send.
pub fn takes(kind: Kind) -> bool {
    kind.is_declared()
}

/// Why a message that could be read is not taken: it is an answer, which is ours to send.
fn not_taken(message: &Message, refusal: &mut Vec<Defect>) {
    let all = Kind::ALL.iter().filter(|kind| takes(**kind)).map(|kind| kind.number().to_string());
    let taken = all.collect::<Vec<_>>().join(", ");
    let expected = format!("a message that enterprises send: CEB{taken}");
    refusal.push(Defect::new("root", DefectRule::UnknownRoot, message.kind.root(), expected));
}

/// First 16 bytes of SHA-256 over the typed content.
pub fn fingerprint(document: &Document) -> [u8; 16] {
    // One digest of it all: fed field by field it takes twice as long.
    let mut content = Vec::with_capacity(4096);
    document.digest_input(&mut |part| content.extend_from_slice(part));
    let mut out = [0u8; 16];
    out.copy_from_slice(digest(&SHA256, &content).as_ref().get(..16).unwrap_or(&[0; 16]));
    out
}

/// The keyed hash of what tells of a person: `identity`, `telephone`, `address`; empty where there is nothing.
pub fn hashed(read: &ChosenRead, kind: &str, value: &str) -> Text {
    let value: String =
        value.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_uppercase()).collect();
    if value.is_empty() { Text::default() } else { read.keyed_hash(&format!("{kind}:{value}")) }
}

/// Keyed hashes of a person by the number of his identity document, his telephone and his address, however that is written: order
/// splitting lives of other spellings.
pub fn hashed_person(read: &ChosenRead, identity: &str, telephone: &str, address: &str) -> Person {
    Person {
        identity: hashed(read, "identity", identity),
        telephone: hashed(read, "telephone", telephone),
        address: hashed(read, "address", &clearance::normal::address(address)),
    }
}

/// Keyed hashes of the persons a declaration names; other documents move no account and no counter.
fn person(document: &Document, read: &ChosenRead) -> Person {
    let Document::Declaration(declaration) = document else { return Person::default() };
    let head = &declaration.head;
    hashed_person(read, &head.buyer_id_number, &head.buyer_telephone, &head.consignee_address)
}

/// Keyed hashes of the device of an order and of who ordered: as declarations have them, so that a person is one person.
fn device(document: &Document, read: &ChosenRead) -> Option<Device> {
    Device::of(document, |sort, value| match sort {
        // A reference is the platform's, letter for letter.
        "device" => read.keyed_hash(&format!("{sort}:{value}")),
        _ => hashed(read, sort, value),
    })
}
