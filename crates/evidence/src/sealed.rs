//! Sealed files: a report that the window signed, attached to a page for people and said on it, and a last line that signs
//! every byte before it. Whoever has the file and knows the window's public key checks it without the window. What a report
//! says, and how its page looks, is not known here.
//!
//! ```text
//! onewindow credit report 1          the seal of a report: what is signed are the lines before `key`
//! sha256 DIGEST                      of the bytes of the report
//! head NUMBER DIGEST                 the newest signed head of the evidence log when it was made; `head none` = there was none
//! key PUBLIC-KEY
//! signature SIGNATURE
//! ```
//!
//! The last line of a file is `%onewindow-seal 1 key PUBLIC-KEY signature SIGNATURE`: a comment to readers of PDF. It signs
//! the title `onewindow sealed file 1` and the SHA-256 of all bytes before the line.

use crate::head::{decimal, is_signed_text};
use crate::{Hash, Signer, hexadecimal, of_hexadecimal};
use ring::digest::{SHA256, digest};

/// First line of the seal of a report.
const TITLE: &str = "onewindow credit report 1";
/// First line of what a file's last line signs.
const FILE_TITLE: &str = "onewindow sealed file 1";
/// Beginning of the last line of a file.
const LINE: &str = "%onewindow-seal 1 ";
/// Bytes that the last line has at most: two numbers in hexadecimal and their words.
const LINE_BYTES: usize = 300;

/// The digest of bytes.
pub fn sha256(bytes: &[u8]) -> Hash {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, bytes).as_ref());
    hash
}

/// The seal of a report.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReportSeal {
    /// SHA-256 of the report.
    pub digest: Hash,
    /// Number and digest of the newest signed head when it was made; none = there was none.
    pub head: Option<(u64, Hash)>,
    /// Who signed: the public key.
    pub public: [u8; 32],
    /// Over the lines before the key.
    pub signature: [u8; 64],
}

impl ReportSeal {
    /// Seals the bytes of a report.
    pub fn new(report: &[u8], head: Option<(u64, Hash)>, signer: &Signer) -> Self {
        let digest = sha256(report);
        let signature = signer.sign_text(Self::signed(&digest, head).as_bytes());
        Self { digest, head, public: signer.public(), signature }
    }

    fn signed(digest: &Hash, head: Option<(u64, Hash)>) -> String {
        let head = head.map_or_else(
            || "none".to_owned(),
            |(number, digest)| format!("{number} {}", hexadecimal(&digest)),
        );
        format!("{TITLE}\nsha256 {}\nhead {head}\n", hexadecimal(digest))
    }

    /// Whether it is the seal of these bytes, by the key that it names. Whose key that is whoever knows the window's keys says.
    pub fn seals(&self, report: &[u8]) -> bool {
        sha256(report) == self.digest
            && is_signed_text(&self.public, Self::signed(&self.digest, self.head).as_bytes(), &self.signature)
    }

    /// As it is written down.
    pub fn to_text(&self) -> String {
        let signed = Self::signed(&self.digest, self.head);
        format!("{signed}key {}\nsignature {}\n", hexadecimal(&self.public), hexadecimal(&self.signature))
    }

    /// The seal of a text as [`ReportSeal::to_text`] writes it; what comes after its last line is not looked at.
    pub fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        if lines.next()? != TITLE {
            return None;
        }
        let digest = of_hexadecimal(lines.next()?.strip_prefix("sha256 ")?)?;
        let head = match lines.next()?.strip_prefix("head ")? {
            "none" => None,
            named => {
                let (number, digest) = named.split_once(' ')?;
                Some((decimal(number)?, of_hexadecimal(digest)?))
            }
        };
        let public = of_hexadecimal(lines.next()?.strip_prefix("key ")?)?;
        let signature = of_hexadecimal(lines.next()?.strip_prefix("signature ")?)?;
        Some(Self { digest, head, public, signature })
    }
}

/// A file with its last line, which stands on a line of its own: every byte before it is signed.
pub fn seal_file(mut bytes: Vec<u8>, signer: &Signer) -> Vec<u8> {
    if bytes.last() != Some(&b'\n') {
        bytes.push(b'\n');
    }
    let signature = signer.sign_text(of_file(&bytes).as_bytes());
    let line = format!("{LINE}key {} signature {}\n", hexadecimal(&signer.public()), hexadecimal(&signature));
    bytes.extend_from_slice(line.as_bytes());
    bytes
}

fn of_file(bytes: &[u8]) -> String {
    format!("{FILE_TITLE}\nsha256 {}\n", hexadecimal(&sha256(bytes)))
}

/// Why a file is not what was sealed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unsealed {
    /// It does not end with a seal: it was never sealed, or its end was cut off or changed.
    NoSeal,
    /// The seal is of other bytes: the file was altered.
    Altered,
    /// The file is whole, but the report in it is missing, or is not the one whose seal it has.
    NoReport,
}

impl Unsealed {
    /// What is wrong, and what to do.
    pub fn said(self) -> &'static str {
        match self {
            Self::NoSeal => {
                "no seal: it was never sealed, or its end is missing; ask for the file as it was made"
            }
            Self::Altered => "altered: the seal is of other bytes; ask for the file as it was made",
            Self::NoReport => "the report is missing, or is not the one that was sealed",
        }
    }
}

/// A sealed report that is what it was.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SealedReport {
    /// The report.
    pub report: Vec<u8>,
    /// Its seal; the same key sealed the file.
    pub seal: ReportSeal,
}

/// Checks a sealed file with its report. That the key is the window's is for whoever knows the window's keys.
///
/// # Errors
/// [`Unsealed`].
pub fn check_file(file: &[u8]) -> Result<SealedReport, Unsealed> {
    let (body, public, signature) = last_line(file).ok_or(Unsealed::NoSeal)?;
    if !is_signed_text(&public, of_file(body).as_bytes(), &signature) {
        return Err(Unsealed::Altered);
    }
    let seal = seal_in(body).filter(|seal| seal.public == public).ok_or(Unsealed::NoReport)?;
    let found = streams(body).find(|stream| sha256(stream) == seal.digest).ok_or(Unsealed::NoReport)?;
    if !seal.seals(found) {
        return Err(Unsealed::NoReport);
    }
    Ok(SealedReport { report: found.to_vec(), seal })
}

/// What stands before the last line, and what that says.
fn last_line(file: &[u8]) -> Option<(&[u8], [u8; 32], [u8; 64])> {
    let text = file.strip_suffix(b"\n")?;
    let end = text.get(text.len().saturating_sub(LINE_BYTES)..)?;
    let line = end.rsplit(|byte| *byte == b'\n').next()?;
    let body = text.strip_suffix(line)?;
    let words = std::str::from_utf8(line).ok()?.strip_prefix(LINE)?;
    let (public, signature) = words.strip_prefix("key ")?.split_once(" signature ")?;
    Some((body, of_hexadecimal(public)?, of_hexadecimal(signature)?))
}

fn at(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

/// The seal that is attached to a file.
fn seal_in(body: &[u8]) -> Option<ReportSeal> {
    let begin = at(body, format!("{TITLE}\n").as_bytes())?;
    let text = body.get(begin..)?;
    // Behind it there may be what is no text.
    let end = at(text, b"\nendstream").unwrap_or(text.len());
    ReportSeal::parse(std::str::from_utf8(text.get(..end)?).ok()?)
}

/// Everything that stands in the streams of a PDF, as it stands there.
fn streams(body: &[u8]) -> impl Iterator<Item = &[u8]> {
    const BEGIN: &[u8] = b"stream\n";
    const END: &[u8] = b"\nendstream";
    let mut rest = body;
    std::iter::from_fn(move || {
        let begin = at(rest, BEGIN)?;
        let from = rest.get(begin + BEGIN.len()..)?;
        let end = at(from, END)?;
        let found = from.get(..end)?;
        rest = from.get(end + END.len()..)?;
        Some(found)
    })
}
