//! The only reader of XML: a scanner over text that is already UTF-8. It checks well-formedness as far as this
//! family needs it (tags balance, attributes are quoted, references are known), never expands entities beyond the
//! five predefined ones and character references, never recurses, and never panics. Meaning is left to `read`.

use crate::defect::{Defect, DefectRule};
use memchr::{memchr, memmem};
use std::borrow::Cow;

/// A step of the scanner.
#[derive(Debug)]
pub(crate) enum Token<'a> {
    /// `<prefix:local …>`; `empty` for `<… />`.
    Start(Tag<'a>),
    /// `</…>`, balanced.
    End,
    /// Character data, references resolved. Never empty.
    Text(Cow<'a, str>),
    /// The end of the input, all tags closed.
    Finish,
}

/// A start tag.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tag<'a> {
    /// Qualified name as written.
    pub name: &'a str,
    /// Bytes of the attributes, as written.
    pub attributes: &'a str,
    /// `<… />`.
    pub empty: bool,
    /// Where the tag begins.
    pub start: usize,
}

impl<'a> Tag<'a> {
    /// The part after the colon.
    pub fn local(&self) -> &'a str {
        self.name.split_once(':').map_or(self.name, |(_, local)| local)
    }
    /// The part before the colon, or the empty prefix.
    pub fn prefix(&self) -> &'a str {
        self.name.split_once(':').map_or("", |(prefix, _)| prefix)
    }
}

/// The scanner.
pub(crate) struct Scanner<'a> {
    text: &'a str,
    at: usize,
    open: Vec<&'a str>,
    depth_limit: usize,
    pending_end: bool,
}

/// Counts the elements of a text and does nothing else with it: how fast the scanner alone goes, for measurements.
///
/// # Errors
/// The first fault of form.
pub fn count_elements(text: &str, depth_limit: usize) -> Result<usize, Defect> {
    let mut scanner = Scanner::new(text, depth_limit);
    let mut count = 0;
    loop {
        while scanner.plain_field().is_some() {
            count += 1;
        }
        match scanner.next()? {
            Token::Start(_) => count += 1,
            Token::Finish => return Ok(count),
            Token::End | Token::Text(_) => {}
        }
    }
}

/// Bytes of a name in ASCII; the colon counts.
const NAME_BYTE: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0usize;
    while byte < 128 {
        let known = byte as u8;
        table[byte] = known.is_ascii_alphanumeric() || matches!(known, b'_' | b'-' | b'.' | b':');
        byte += 1;
    }
    table
};

fn is_name(name: &str) -> bool {
    if let Some(first) = name.as_bytes().first()
        && (first.is_ascii_alphabetic() || *first == b'_')
        && name.bytes().all(|byte| NAME_BYTE[usize::from(byte)])
    {
        return true;
    }
    let mut chars = name.chars();
    chars.next().is_some_and(|c| c.is_alphabetic() || c == '_')
        && chars.all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':' | '·'))
}

impl<'a> Scanner<'a> {
    /// Begins behind the byte order mark, if the text has one.
    pub fn new(text: &'a str, depth_limit: usize) -> Self {
        let at = text.len() - text.strip_prefix('\u{FEFF}').unwrap_or(text).len();
        Self { text, at, open: Vec::with_capacity(8), depth_limit, pending_end: false }
    }

    /// Byte offset of what comes next.
    pub fn position(&self) -> usize {
        self.at
    }

    /// How many elements are open.
    pub fn depth(&self) -> usize {
        self.open.len()
    }

    fn fault(&self, at: usize, rule: DefectRule, expected: &str) -> Defect {
        let shown = self.text.get(at..).unwrap_or("");
        let cut = shown.char_indices().nth(40).map_or(shown.len(), |(index, _)| index);
        Defect::new(format!("byte {at}"), rule, &shown[..cut], expected)
    }

    fn malformed<T>(&self, at: usize, expected: &str) -> Result<T, Defect> {
        Err(self.fault(at, DefectRule::NotWellFormed, expected))
    }

    /// The text of a leaf whose start tag was just returned, when it is simple: no children, references, comments
    /// or sections. Leaves the scanner after the end tag. The fast path of every field.
    pub fn leaf(&mut self) -> Option<&'a str> {
        if self.pending_end {
            self.pending_end = false;
            self.open.pop();
            return Some("");
        }
        let rest = self.text.get(self.at..)?;
        let less = memchr(b'<', rest.as_bytes())?;
        let name = self.open.last()?;
        let after = rest.as_bytes().get(less..)?;
        if after.get(1) != Some(&b'/')
            || !after.get(2..)?.starts_with(name.as_bytes())
            || after.get(2 + name.len()) != Some(&b'>')
        {
            return None;
        }
        let text = rest.get(..less)?;
        if memchr(b'&', text.as_bytes()).is_some() || memchr(b'\r', text.as_bytes()).is_some() {
            return None;
        }
        self.at += less + name.len() + 3;
        self.open.pop();
        Some(text)
    }

    /// The next child when it is written in the plainest way, `<name>text</name>` without attributes, references,
    /// comments or children, white space before it: its tag and its text, and the scanner stands behind it. Nine of
    /// ten fields are; for the others, and for every fault, nothing is consumed and `next` says what there is.
    #[inline]
    pub fn plain_field(&mut self) -> Option<(Tag<'a>, &'a str)> {
        if self.pending_end || self.open.len() >= self.depth_limit {
            return None;
        }
        let bytes = self.text.as_bytes();
        let mut start = self.at;
        while matches!(bytes.get(start), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            start += 1;
        }
        let first = *bytes.get(start + 1)?;
        if bytes[start] != b'<' || !(first.is_ascii_alphabetic() || first == b'_') {
            return None;
        }
        let name_start = start + 1;
        let mut name_end = name_start + 1;
        while NAME_BYTE[usize::from(*bytes.get(name_end)?)] {
            name_end += 1;
        }
        if bytes[name_end] != b'>' {
            return None;
        }
        let text_start = name_end + 1;
        let text_end = text_start + memchr::memchr3(b'<', b'&', b'\r', &bytes[text_start..])?;
        let length = name_end - name_start;
        let close = bytes.get(text_end..text_end + length + 3)?;
        if !close.starts_with(b"</")
            || close[2..2 + length] != bytes[name_start..name_end]
            || close[2 + length] != b'>'
        {
            return None;
        }
        let name = self.text.get(name_start..name_end)?;
        let text = self.text.get(text_start..text_end)?;
        self.at = text_end + length + 3;
        Some((Tag { name, attributes: "", empty: false, start }, text))
    }

    /// The next token.
    pub fn next(&mut self) -> Result<Token<'a>, Defect> {
        if self.pending_end {
            self.pending_end = false;
            self.open.pop();
            return Ok(Token::End);
        }
        loop {
            let rest = self.text.get(self.at..).unwrap_or("");
            let bytes = rest.as_bytes();
            if bytes.is_empty() {
                return match self.open.last() {
                    Some(name) => {
                        let expected = format!("the end tag </{name}>");
                        self.malformed(self.at, &expected)
                    }
                    None => Ok(Token::Finish),
                };
            }
            if bytes[0] != b'<' {
                let end = memchr(b'<', bytes).unwrap_or(bytes.len());
                let raw = &rest[..end];
                let start = self.at;
                self.at += end;
                let text = self.resolve(raw, start)?;
                return Ok(Token::Text(text));
            }
            match bytes.get(1) {
                Some(b'/') => return self.end_tag(rest),
                Some(b'!') if bytes.starts_with(b"<!--") => self.skip(rest, 4, "-->")?,
                Some(b'!') if bytes.starts_with(b"<![CDATA[") => {
                    let Some(end) = memmem::find(bytes, b"]]>") else {
                        return self.malformed(self.at, "]]> at the end of the CDATA section");
                    };
                    let text = rest.get(9..end).unwrap_or("");
                    self.at += end + 3;
                    if text.is_empty() {
                        continue;
                    }
                    return Ok(Token::Text(Cow::Borrowed(text)));
                }
                Some(b'!') => {
                    return Err(self.fault(
                        self.at,
                        DefectRule::DoctypeForbidden,
                        "no document type declaration",
                    ));
                }
                Some(b'?') => self.skip(rest, 2, "?>")?,
                _ => return self.start_tag(rest),
            }
        }
    }

    fn skip(&mut self, rest: &str, opening: usize, closing: &str) -> Result<(), Defect> {
        let body = rest.get(opening..).unwrap_or("");
        match memmem::find(body.as_bytes(), closing.as_bytes()) {
            Some(end) => {
                self.at += opening + end + closing.len();
                Ok(())
            }
            None => self.malformed(self.at, closing),
        }
    }

    fn end_tag(&mut self, rest: &'a str) -> Result<Token<'a>, Defect> {
        let Some(close) = memchr(b'>', rest.as_bytes()) else {
            return self.malformed(self.at, "> at the end of the tag");
        };
        let name = rest[2..close].trim_ascii_end();
        match self.open.last() {
            Some(open) if *open == name => {
                self.open.pop();
                self.at += close + 1;
                Ok(Token::End)
            }
            Some(open) => {
                let expected = format!("the end tag </{open}>");
                self.malformed(self.at, &expected)
            }
            None => self.malformed(self.at, "no end tag here"),
        }
    }

    fn start_tag(&mut self, rest: &'a str) -> Result<Token<'a>, Defect> {
        let bytes = rest.as_bytes();
        // The end of the tag is the first '>' outside quotes.
        let mut quote = None;
        let mut end = None;
        for (index, &byte) in bytes.iter().enumerate().skip(1) {
            if NAME_BYTE[usize::from(byte)] {
                continue;
            }
            match (quote, byte) {
                (None, b'>') => {
                    end = Some(index);
                    break;
                }
                (None, b'"' | b'\'') => quote = Some(byte),
                (None, b'<') => break,
                (Some(open), byte) if open == byte => quote = None,
                _ => {}
            }
        }
        let Some(end) = end else {
            return self.malformed(self.at, "> at the end of the tag");
        };
        let inside = &rest[1..end];
        let (inside, empty) = match inside.strip_suffix('/') {
            Some(shorter) => (shorter, true),
            None => (inside, false),
        };
        let split = inside.bytes().position(|byte| byte.is_ascii_whitespace()).unwrap_or(inside.len());
        let (name, attributes) = inside.split_at(split);
        if !is_name(name) {
            return self.malformed(self.at, "an element name");
        }
        if self.open.len() >= self.depth_limit {
            return Err(self.fault(
                self.at,
                DefectRule::TooDeep,
                &format!("at most {} levels", self.depth_limit),
            ));
        }
        let tag = Tag { name, attributes, empty, start: self.at };
        self.open.push(name);
        self.pending_end = empty;
        self.at += end + 1;
        Ok(Token::Start(tag))
    }

    fn resolve(&self, raw: &'a str, start: usize) -> Result<Cow<'a, str>, Defect> {
        unescape(raw).map_err(|offset| {
            self.fault(
                start + offset,
                DefectRule::NotWellFormed,
                "one of &lt; &gt; &amp; &quot; &apos; or a character reference",
            )
        })
    }
}

/// Resolves the five predefined entities and character references, and normalises line ends.
///
/// # Errors
/// The offset of a reference that is none of these.
pub(crate) fn unescape(raw: &str) -> Result<Cow<'_, str>, usize> {
    if memchr::memchr2(b'&', b'\r', raw.as_bytes()).is_none() {
        return Ok(Cow::Borrowed(raw));
    }
    let mut out = String::with_capacity(raw.len());
    let mut at = 0;
    while let Some(step) = memchr::memchr2(b'&', b'\r', &raw.as_bytes()[at..]) {
        out.push_str(&raw[at..at + step]);
        at += step;
        if raw.as_bytes()[at] == b'\r' {
            out.push('\n');
            at += if raw.as_bytes().get(at + 1) == Some(&b'\n') { 2 } else { 1 };
            continue;
        }
        let Some(end) = memchr(b';', &raw.as_bytes()[at..]) else { return Err(at) };
        let name = &raw[at + 1..at + end];
        let resolved = match name {
            "lt" => Some('<'),
            "gt" => Some('>'),
            "amp" => Some('&'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            _ => character(name),
        };
        out.push(resolved.ok_or(at)?);
        at += end + 1;
    }
    out.push_str(&raw[at..]);
    Ok(Cow::Owned(out))
}

fn character(name: &str) -> Option<char> {
    let digits = name.strip_prefix('#')?;
    let code = match digits.strip_prefix('x') {
        Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16).ok()?,
        None => digits.parse().ok()?,
    };
    let allowed = matches!(code, 0x9 | 0xA | 0xD | 0x20..=0xD7FF | 0xE000..=0xFFFD | 0x10000..=0x10_FFFF);
    allowed.then(|| char::from_u32(code)).flatten()
}

/// The attributes of a tag, each once; errors name what is malformed.
pub(crate) fn attributes(raw: &str) -> Result<Vec<(&str, Cow<'_, str>)>, &'static str> {
    const MOST: usize = 32;
    let mut found: Vec<(&str, Cow<'_, str>)> = Vec::new();
    let mut rest = raw.trim_ascii();
    while !rest.is_empty() {
        let (name, after) = rest.split_once('=').ok_or("an attribute is name=\"value\"")?;
        let name = name.trim_ascii();
        let after = after.trim_ascii_start();
        let quote =
            after.chars().next().filter(|c| matches!(c, '"' | '\'')).ok_or("attribute values are quoted")?;
        let (value, tail) = after[1..].split_once(quote).ok_or("attribute values are quoted")?;
        if !is_name(name) || value.contains('<') {
            return Err("an attribute is name=\"value\"");
        }
        if found.iter().any(|(known, _)| *known == name) {
            return Err("an attribute stands once");
        }
        if found.len() == MOST {
            return Err("at most 32 attributes");
        }
        found.push((name, unescape(value).map_err(|_| "known references in attribute values")?));
        if !tail.is_empty() && !tail.starts_with(|c: char| c.is_ascii_whitespace()) {
            return Err("white space between attributes");
        }
        rest = tail.trim_ascii_start();
    }
    Ok(found)
}

/// Writes text with the references it needs.
pub(crate) fn escape(text: &str, out: &mut Vec<u8>) {
    for &byte in text.as_bytes() {
        match byte {
            b'<' => out.extend_from_slice(b"&lt;"),
            b'>' => out.extend_from_slice(b"&gt;"),
            b'&' => out.extend_from_slice(b"&amp;"),
            b'\r' => out.extend_from_slice(b"&#13;"),
            byte => out.push(byte),
        }
    }
}
