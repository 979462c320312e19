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
    /// SHA-256 of what that stands for, lower-case hexadecimal, as the window reckoned it when it was attached.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub sha256: String,
}

/// What a content is by how it begins, whatever its sender calls it; none = nothing that may be attached.
fn begins_as(content: &str) -> Option<&'static str> {
    // `%PDF`: of its fourth byte two bits stand in the sixth sign, beside four of the next.
    let is_pdf = content
        .strip_prefix("JVBER")
        .is_some_and(|rest| rest.starts_with(|sign| ('g'..='v').contains(&sign)));
    if is_pdf {
        Some("application/pdf")
    } else if content.starts_with("iVBORw0KGgo") {
        Some("image/png")
    } else if content.starts_with("/9j/") {
        Some("image/jpeg")
    } else {
        None
    }
}

/// Whether a text is base64 as it can be read again: in whole groups, filled up at its end alone, with nothing in the bits left over.
fn is_base64(text: &str) -> bool {
    let signs = text.trim_end_matches('=');
    let last: &[u8] = match text.len() - signs.len() {
        0 => &[],
        1 => b"AEIMQUYcgkosw048",
        2 => b"AQgw",
        _ => return false,
    };
    let is_sign = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    text.len().is_multiple_of(4)
        && signs.bytes().all(is_sign)
        && (last.is_empty() || signs.bytes().next_back().is_some_and(|sign| last.contains(&sign)))
}

pub(crate) fn made(seen: &Seen<'_>, faults: &mut Vec<Fault>) -> Option<Made> {
    let attachment: Attachment = read(seen.command.body.as_deref(), faults)?;
    let is_known = matches!(attachment.media_type.as_str(), "application/pdf" | "image/png" | "image/jpeg");
    if !is_known {
        let expected = says::ATTACHED_KIND.said();
        faults.push(Fault::new("mediaType", &attachment.media_type, expected));
    }
    let content = attachment.content.as_str();
    if content.is_empty() || content.len() > MOST {
        faults.push(Fault::new("content", &content.len().to_string(), says::ATTACHED_SIZE.said()));
    }
    if !is_base64(content) {
        faults.push(Fault::new("content", "", says::BASE64.said()));
    } else if is_known && !content.is_empty() && begins_as(content) != Some(attachment.media_type.as_str()) {
        faults.push(Fault::new("mediaType", &attachment.media_type, says::ATTACHED_BEGINS.said()));
    }
    if attachment.name.trim().is_empty() {
        faults.push(Fault::new("name", "", says::FILE_NAME.said()));
    }
    let parties = vec![owner_of(&seen.command.key)];
    Some(Made { body: written(&attachment), parties, filing: None, seed: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_attached_is_what_it_begins_as() {
        for (content, expected) in [
            ("JVBERi0xLjc=", Some("application/pdf")),
            ("JVBERg==", Some("application/pdf")),
            ("JVBERw==", None),
            ("iVBORw0KGgoAAAANSUhEUg==", Some("image/png")),
            ("/9j/4AAQSkZJRg==", Some("image/jpeg")),
            ("TVqQAAMAAAAE", None),
            ("", None),
        ] {
            assert_eq!(begins_as(content), expected, "{content}");
        }
    }

    #[test]
    fn base64_is_what_is_read_again() {
        for right in ["", "JVBE", "JVBERg==", "JVBERi0xLjc=", "+/+/"] {
            assert!(is_base64(right), "{right}");
        }
        for wrong in ["J", "JVB", "JVBER===", "JVBERh==", "JVBERi0xLjd=", "JV=E", "====", "JVB\n", "JV E"] {
            assert!(!is_base64(wrong), "{wrong}");
        }
    }
}
