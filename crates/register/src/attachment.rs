//! Documents attached to what is applied for: licences, authorisations. One never changes; another takes its place.

use crate::moves::Move;
use crate::says;
use crate::{Fault, Made, Seen, owner_of, read, written};
use serde::{Deserialize, Serialize};

/// The id is the party's code, a colon, a name of its own.
pub const MOVES: &[Move] = &[Move::owner("attach", &[""], "attached")];

/// Characters of base64 at most: 2 MiB of content.
const MOST: usize = (2 << 20) / 3 * 4 + 4;

/// An attached document.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Debug)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Attachment {
    /// Name of the file.
    pub name: String,
    /// What it is: PDF, PNG or JPEG.
    pub media_type: String,
    /// Base64.
    pub content: String,
}

pub(crate) fn made(seen: &Seen<'_>, faults: &mut Vec<Fault>) -> Option<Made> {
    let attachment: Attachment = read(seen.command.body.as_deref(), faults)?;
    if !matches!(attachment.media_type.as_str(), "application/pdf" | "image/png" | "image/jpeg") {
        let expected = says::ATTACHED_KIND.said();
        faults.push(Fault::new("mediaType", &attachment.media_type, expected));
    }
    if attachment.content.is_empty() || attachment.content.len() > MOST {
        faults.push(Fault::new("content", &attachment.content.len().to_string(), says::ATTACHED_SIZE.said()));
    }
    let alphabet = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    if !attachment.content.bytes().all(alphabet) {
        faults.push(Fault::new("content", "", says::BASE64.said()));
    }
    if attachment.name.trim().is_empty() {
        faults.push(Fault::new("name", "", says::FILE_NAME.said()));
    }
    let parties = vec![owner_of(&seen.command.key)];
    Some(Made { body: written(&attachment), parties, filing: None, seed: None })
}
