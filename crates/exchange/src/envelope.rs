//! The envelope in which records travel: who signed it, when, for whom, and that it was not had before. The signature is that
//! of the Standard Webhooks profile with Ed25519 (`v1a`): over the id, a dot, the seconds, a dot, and the bytes of the body.
//! For whom it is stands in the body, so that it is signed too: the attribute [`RECEIVER`] of each event. What a receiver
//! has to do with it is [`Receiver::accept`]; whoever writes one in another language does the same.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ceb::{Limits, dxp};
use ring::signature::{ED25519, UnparsedPublicKey};
use serde_json::Value;
use std::collections::{BTreeSet, VecDeque};

/// Header with the id of an envelope: sent again, it has the same.
pub const ID: &str = "webhook-id";
/// Header with the seconds since 1970-01-01T00:00:00Z when it was sent.
pub const TIMESTAMP: &str = "webhook-timestamp";
/// Header with signatures, separated by blanks.
pub const SIGNATURE: &str = "webhook-signature";
/// Attribute of an event, and member of an answer to whoever asks, with the code of the party that it is for.
pub const RECEIVER: &str = "receiver";
/// With what a signature of ours begins.
const PREFIX: &str = "v1a,";

/// Seconds that clocks may differ.
pub const TOLERANCE: i64 = 300;
/// Ids that a receiver remembers at most: more do not come within twice the tolerance.
const REMEMBERED: usize = 100_000;

/// What is signed.
pub fn signed(id: &str, timestamp: i64, body: &[u8]) -> Vec<u8> {
    let mut text = format!("{id}.{timestamp}.").into_bytes();
    text.extend_from_slice(body);
    text
}

/// A signature as its header has it.
pub fn written(signature: &[u8; 64]) -> String {
    format!("{PREFIX}{}", STANDARD.encode(signature))
}

/// An envelope as it came.
#[derive(Clone, Copy, Debug)]
pub struct Envelope<'a> {
    /// [`ID`].
    pub id: &'a str,
    /// [`TIMESTAMP`].
    pub timestamp: &'a str,
    /// [`SIGNATURE`].
    pub signature: &'a str,
    /// The body, byte by byte.
    pub body: &'a [u8],
}

/// Why an envelope is not taken.
#[derive(Clone, PartialEq, Eq, thiserror::Error, Debug)]
pub enum Refused {
    /// It is not signed with a key of the sender over what came.
    #[error("no signature of a known key over this id, time and body")]
    Forged,
    /// It was sent too long ago, or will be.
    #[error("sent at {sent}, now is {now}: more than {TOLERANCE} seconds apart")]
    Stale {
        /// When it says that it was sent, in seconds.
        sent: String,
        /// The receiver's clock, in seconds.
        now: i64,
    },
    /// It is for another, or for nobody: whoever had it brought it here.
    #[error("addressed to '{receiver}', which is not this receiver")]
    Elsewhere {
        /// Whom it, or one of its events, is for; empty = it does not say.
        receiver: String,
    },
    /// It was taken before. A sender who did not hear that sends it again: answer him as the first time.
    #[error("taken before")]
    Again,
}

/// Whoever takes envelopes of one sender.
#[derive(Clone, Default, Debug)]
pub struct Receiver {
    keys: Vec<[u8; 32]>,
    names: BTreeSet<String>,
    taken: BTreeSet<String>,
    order: VecDeque<String>,
}

impl Receiver {
    /// One that believes these public keys.
    pub fn new(keys: Vec<[u8; 32]>) -> Self {
        Self { keys, ..Self::default() }
    }

    /// One to whom these codes and exchange ids belong: it takes nothing that is for another. Without a name it takes whatever is
    /// signed, and is open to what others were sent.
    #[must_use]
    pub fn named(mut self, names: &[&str]) -> Self {
        self.names.extend(names.iter().map(|name| (*name).to_owned()));
        self
    }

    /// Whom a body is for, if that is not this receiver: of a batch each event has to be his.
    fn elsewhere(&self, body: &[u8]) -> Option<String> {
        if self.names.is_empty() {
            return None;
        }
        if body.trim_ascii_start().starts_with(b"<") {
            let receivers = dxp::parse(body, &Limits::default()).map(|message| message.receiver_ids);
            let receivers = receivers.unwrap_or_default();
            let is_own = receivers.iter().any(|id| self.names.contains(id.as_str()));
            return (!is_own).then(|| receivers.join(" "));
        }
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        let of = |one: &Value| one[RECEIVER].as_str().unwrap_or_default().to_owned();
        let receivers = match &body {
            Value::Array(events) => events.iter().map(of).collect(),
            other => vec![of(other)],
        };
        receivers.into_iter().find(|receiver| !self.names.contains(receiver))
    }

    /// Takes an envelope once.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn accept(&mut self, envelope: &Envelope<'_>, now: i64) -> Result<(), Refused> {
        let sent = envelope.timestamp.parse::<i64>().map_err(|_| Refused::Forged)?;
        let text = signed(envelope.id, sent, envelope.body);
        let holds = |signature: &[u8]| {
            self.keys.iter().any(|key| UnparsedPublicKey::new(&ED25519, key).verify(&text, signature).is_ok())
        };
        let mut signatures = envelope.signature.split(' ').filter_map(|part| part.strip_prefix(PREFIX));
        if !signatures.any(|part| STANDARD.decode(part).is_ok_and(|signature| holds(&signature))) {
            return Err(Refused::Forged);
        }
        if now.saturating_sub(sent).saturating_abs() > TOLERANCE {
            return Err(Refused::Stale { sent: envelope.timestamp.to_owned(), now });
        }
        if let Some(receiver) = self.elsewhere(envelope.body) {
            return Err(Refused::Elsewhere { receiver });
        }
        if !self.taken.insert(envelope.id.to_owned()) {
            return Err(Refused::Again);
        }
        self.order.push_back(envelope.id.to_owned());
        if self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.taken.remove(&oldest);
        }
        Ok(())
    }

    /// Forgets an id: what was in the envelope could not be kept, and is wanted again.
    pub fn forget(&mut self, id: &str) {
        self.taken.remove(id);
        self.order.retain(|taken| taken != id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ring::signature::{Ed25519KeyPair, KeyPair};

    const NOW: i64 = 1_790_000_000;

    fn pair(seed: u8) -> (Ed25519KeyPair, [u8; 32]) {
        let pair = Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap();
        let mut public = [0; 32];
        public.copy_from_slice(pair.public_key().as_ref());
        (pair, public)
    }

    fn signature(pair: &Ed25519KeyPair, id: &str, timestamp: i64, body: &[u8]) -> String {
        let mut bytes = [0; 64];
        bytes.copy_from_slice(pair.sign(&signed(id, timestamp, body)).as_ref());
        written(&bytes)
    }

    #[test]
    fn what_was_signed_is_taken_once_and_nothing_else_is() {
        let ((ours, public), (other, _)) = (pair(1), pair(2));
        let mut receiver = Receiver::new(vec![public]);
        let right = signature(&ours, "a", NOW, b"[1]");
        let stamp = NOW.to_string();
        let envelope = Envelope { id: "a", timestamp: &stamp, signature: &right, body: b"[1]" };
        let later = (NOW + 1).to_string();
        let forged = signature(&other, "a", NOW, b"[1]");
        for changed in [
            Envelope { body: b"[2]", ..envelope },
            Envelope { id: "b", ..envelope },
            Envelope { timestamp: &later, ..envelope },
            Envelope { timestamp: "soon", ..envelope },
            Envelope { signature: &forged, ..envelope },
            Envelope { signature: "v1,AAAA", ..envelope },
            Envelope { signature: "", ..envelope },
        ] {
            assert_eq!(receiver.accept(&changed, NOW), Err(Refused::Forged), "{changed:?}");
        }
        for now in [NOW - TOLERANCE - 1, NOW + TOLERANCE + 1] {
            assert_eq!(receiver.accept(&envelope, now), Err(Refused::Stale { sent: stamp.clone(), now }));
        }
        assert_eq!(receiver.accept(&envelope, NOW + TOLERANCE), Ok(()));
        assert_eq!(receiver.accept(&envelope, NOW), Err(Refused::Again));
        receiver.forget("a");
        // While a key is replaced, two sign.
        let both = format!("{forged} {right}");
        assert_eq!(receiver.accept(&Envelope { signature: &both, ..envelope }, NOW), Ok(()));
    }

    #[test]
    fn what_is_for_another_is_not_taken() {
        let (ours, public) = pair(1);
        let stamp = NOW.to_string();
        let message = |receiver: &str| {
            dxp::write(&dxp::DxpMessage {
                cop_msg_id: "1".into(),
                sender_id: "DXPENT0000530101".into(),
                receiver_ids: vec![receiver.into()],
                creat_time: "2026-11-23T10:00:00".into(),
                msg_type: "CEB311Message".into(),
                data: b"<a/>".to_vec(),
                file_name: None,
            })
        };
        let batch = |receivers: &[&str]| {
            let event = |code: &&str| serde_json::json!({ "receiver": code });
            Value::Array(receivers.iter().map(event).collect()).to_string().into_bytes()
        };
        let cases: [(Vec<u8>, Option<&str>); 8] = [
            (batch(&["5301000901"]), None),
            (batch(&["5301000901", "5301000901"]), None),
            (br#"{"receiver": "5301000901", "events": []}"#.to_vec(), None),
            (message("DXPEDCCEB0000002"), None),
            (batch(&["5301000901", "5301000902"]), Some("5301000902")),
            // From a window of before, or of another kind: it says nothing.
            (br#"[{"id": "1"}]"#.to_vec(), Some("")),
            (b"nothing that is read".to_vec(), Some("")),
            (message("DXPEDCCEB0000003"), Some("DXPEDCCEB0000003")),
        ];
        for (number, (body, elsewhere)) in cases.iter().enumerate() {
            let id = number.to_string();
            let signature = signature(&ours, &id, NOW, body);
            let envelope = Envelope { id: &id, timestamp: &stamp, signature: &signature, body };
            let mut receiver = Receiver::new(vec![public]).named(&["5301000901", "DXPEDCCEB0000002"]);
            let expected = match elsewhere {
                Some(receiver) => Err(Refused::Elsewhere { receiver: (*receiver).to_owned() }),
                None => Ok(()),
            };
            let told = String::from_utf8_lossy(body);
            assert_eq!(receiver.accept(&envelope, NOW), expected, "{told}");
            // What was refused is not had; whoever says not who he is takes it.
            assert_eq!(receiver.accept(&envelope, NOW), expected.and(Err(Refused::Again)), "{told}");
            assert_eq!(Receiver::new(vec![public]).accept(&envelope, NOW), Ok(()), "{told}");
        }
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let (ours, public) = pair(1);
        let mut receiver = Receiver::new(vec![public]);
        receiver.order = (0..REMEMBERED).map(|number| format!("old {number}")).collect();
        receiver.taken = receiver.order.iter().cloned().collect();
        let signature = signature(&ours, "new", NOW, b"");
        let envelope = Envelope { id: "new", timestamp: &NOW.to_string(), signature: &signature, body: b"" };
        assert_eq!(receiver.accept(&envelope, NOW), Ok(()));
        assert!(receiver.taken.len() == REMEMBERED && !receiver.taken.contains("old 0"));
    }
}
