//! Reads XML for canonicalisation: tokens, attributes and the namespaces in scope, over text that is already UTF-8.
//! It is stricter than the reader of messages, because what is digested must have one meaning only. Rendering is left
//! to `canonical`.

use std::borrow::Cow;

/// Levels of elements at most; a message has 5 and a signature 7 more.
const DEPTH: usize = 64;
/// Attributes of one tag, and namespaces in scope, at most: what is looked up by walking along it must be short.
const ATTRIBUTES: usize = 64;

/// The namespace that the prefix `xml` is bound to by definition.
pub(super) const XML_NAMESPACE: &str = "http://www.w3.org/XML/1998/namespace";
const XMLNS_NAMESPACE: &str = "http://www.w3.org/2000/xmlns/";

/// Why a text is not XML that can be canonicalised.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct XmlFault {
    /// Byte offset, relative to the text that the reader was given.
    pub offset: usize,
    /// What is wrong there.
    pub reason: &'static str,
}

/// An attribute other than a namespace declaration.
#[derive(Clone, Copy, Debug)]
pub(super) struct Attribute<'a> {
    pub name: &'a str,
    /// The value as written, without its quotes.
    pub raw: &'a str,
    /// Where the value begins.
    pub offset: usize,
}

impl<'a> Attribute<'a> {
    pub fn prefix(&self) -> &'a str {
        split_name(self.name).0
    }
    pub fn local(&self) -> &'a str {
        split_name(self.name).1
    }
}

/// A namespace declaration in scope.
#[derive(Clone, Debug)]
pub(super) struct Binding<'a> {
    /// Empty for the default namespace.
    pub prefix: &'a str,
    /// Empty when the default namespace is taken back.
    pub uri: Cow<'a, str>,
    depth: usize,
}

/// What an element inherits: namespaces, and attributes in the `xml` namespace.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope<'a> {
    /// Outermost first.
    pub bindings: Vec<Binding<'a>>,
    /// Attributes `xml:…` with the level of their element, outermost first.
    pub xml_attributes: Vec<(usize, Attribute<'a>)>,
}

impl<'a> Scope<'a> {
    /// The namespace of a prefix; the empty prefix has the empty namespace unless one is declared.
    pub fn lookup(&self, prefix: &str) -> Option<&str> {
        if let Some(binding) = self.bindings.iter().rev().find(|binding| binding.prefix == prefix) {
            return Some(&binding.uri);
        }
        match prefix {
            "" => Some(""),
            "xml" => Some(XML_NAMESPACE),
            _ => None,
        }
    }

    /// Declares a namespace for an element at the innermost level.
    pub fn bind(&mut self, prefix: &'a str, uri: &'a str) {
        self.bindings.push(Binding { prefix, uri: Cow::Borrowed(uri), depth: 0 });
    }

    /// What is visible: one binding a prefix, sorted by prefix, without an empty default namespace.
    pub fn visible(&self) -> Vec<(&str, &str)> {
        let mut seen: Vec<(&str, &str)> = Vec::with_capacity(self.bindings.len());
        for binding in self.bindings.iter().rev() {
            if seen.iter().all(|(prefix, _)| *prefix != binding.prefix) {
                seen.push((binding.prefix, &binding.uri));
            }
        }
        seen.retain(|(prefix, uri)| *prefix != "xml" && !(prefix.is_empty() && uri.is_empty()));
        seen.sort_unstable();
        seen
    }
}

/// A step of the reader.
#[derive(Clone, Copy, Debug)]
pub(super) enum Token<'a> {
    /// A start tag; its attributes and namespaces stand in the reader. An empty element gives an `End` next.
    Start {
        name: &'a str,
    },
    End {
        name: &'a str,
    },
    /// Character data as written. `plain`: nothing in it changes in canonical form.
    Text {
        raw: &'a str,
        plain: bool,
    },
    /// The content of a CDATA section.
    Section {
        raw: &'a str,
    },
    Comment {
        raw: &'a str,
    },
    Instruction {
        target: &'a str,
        data: &'a str,
    },
    Finish,
}

/// The reader.
pub(super) struct Reader<'a> {
    text: &'a str,
    at: usize,
    /// Where the last token begins.
    pub start: usize,
    /// What is in scope at the last start tag; after an `End`, at its parent.
    pub scope: Scope<'a>,
    /// Attributes of the last start tag.
    pub attributes: Vec<Attribute<'a>>,
    /// How many bindings the last start tag added: the last ones of the scope.
    pub declared: usize,
    open: Vec<&'a str>,
    pending_end: bool,
    root_seen: bool,
}

const NAME_START: u8 = 1;
const NAME: u8 = 2;
const SPACE: u8 = 4;
/// In character data: a reference, an end, a character that is written otherwise.
const TEXT_SPECIAL: u8 = 8;
/// Not a character of XML.
const FORBIDDEN: u8 = 16;
/// Begins U+FFFE and U+FFFF among others.
const SUSPECT: u8 = 32;

const CLASSES: [u8; 256] = {
    let mut classes = [0_u8; 256];
    let mut byte = 0;
    while byte < 256 {
        let value = byte as u8;
        classes[byte] = match value {
            b'A'..=b'Z' | b'a'..=b'z' | b'_' | b':' => NAME_START | NAME,
            b'0'..=b'9' | b'-' | b'.' => NAME,
            0xEF => NAME_START | NAME | SUSPECT,
            0x80..=0xFF => NAME_START | NAME,
            b' ' | b'\t' | b'\n' => SPACE,
            b'\r' => SPACE | TEXT_SPECIAL,
            b'&' | b'<' | b'>' => TEXT_SPECIAL,
            0..0x20 => FORBIDDEN,
            _ => 0,
        };
        byte += 1;
    }
    classes
};

fn class(byte: u8) -> u8 {
    CLASSES[usize::from(byte)]
}

/// White space as XML counts it.
pub(super) fn is_space(text: &[u8]) -> bool {
    text.iter().all(|&byte| class(byte) & SPACE != 0)
}

/// Prefix and local part of a name.
pub(super) fn split_name(name: &str) -> (&str, &str) {
    name.split_once(':').unwrap_or(("", name))
}

/// Whether XML 1.0 has this character.
fn is_character(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}

/// Beyond ASCII, the characters of names (XML 1.0 fifth edition, productions 4 and 4a).
fn is_name_character(character: char, first: bool) -> bool {
    matches!(character,
        '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}' | '\u{F8}'..='\u{2FF}' | '\u{370}'..='\u{37D}'
        | '\u{37F}'..='\u{1FFF}' | '\u{200C}'..='\u{200D}' | '\u{2070}'..='\u{218F}' | '\u{2C00}'..='\u{2FEF}'
        | '\u{3001}'..='\u{D7FF}' | '\u{F900}'..='\u{FDCF}' | '\u{FDF0}'..='\u{FFFD}' | '\u{10000}'..='\u{EFFFF}')
        || (!first && matches!(character, '\u{B7}' | '\u{300}'..='\u{36F}' | '\u{203F}'..='\u{2040}'))
}

/// The character that a reference stands for, and how many bytes the reference has. `text` begins at the `&`.
pub(super) fn reference(text: &str) -> Option<(char, usize)> {
    // The longest reference that means anything, with room for leading zeros.
    let window = &text.as_bytes()[..text.len().min(40)];
    let end = memchr::memchr(b';', window)?;
    let name = text.get(1..end)?;
    let character = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => {
            let digits = name.strip_prefix('#')?;
            let (digits, radix) = digits.strip_prefix('x').map_or((digits, 10), |digits| (digits, 16));
            if digits.is_empty() || !digits.chars().all(|digit| digit.is_digit(radix)) {
                return None;
            }
            char::from_u32(u32::from_str_radix(digits, radix).ok()?)
                .filter(|&character| is_character(character))?
        }
    };
    Some((character, end + 1))
}

/// The value of an attribute: references resolved, white space made blanks (XML 1.0 §3.3.3 for CDATA attributes).
pub(super) fn attribute_value<'a>(attribute: &Attribute<'a>) -> Result<Cow<'a, str>, XmlFault> {
    let raw = attribute.raw;
    if !raw.bytes().any(|byte| matches!(byte, b'&' | b'\t' | b'\n' | b'\r')) {
        return Ok(Cow::Borrowed(raw));
    }
    let mut value = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(character) = rest.chars().next() {
        let mut length = character.len_utf8();
        match character {
            '&' => {
                let offset = attribute.offset + (raw.len() - rest.len());
                let (resolved, used) =
                    reference(rest).ok_or(XmlFault { offset, reason: "not a reference that XML defines" })?;
                value.push(resolved);
                length = used;
            }
            '\r' if rest.as_bytes().get(1) == Some(&b'\n') => {
                value.push(' ');
                length = 2;
            }
            '\r' | '\n' | '\t' => value.push(' '),
            other => value.push(other),
        }
        rest = rest.get(length..).unwrap_or("");
    }
    Ok(Cow::Owned(value))
}

impl<'a> Reader<'a> {
    /// Reads a text; `scope` is what its elements inherit.
    pub fn new(text: &'a str, mut scope: Scope<'a>) -> Self {
        // Levels are counted from here, and what is inherited is never left.
        scope.bindings.iter_mut().for_each(|binding| binding.depth = 0);
        scope.xml_attributes.iter_mut().for_each(|(level, _)| *level = 0);
        Self {
            text,
            at: 0,
            start: 0,
            scope,
            attributes: Vec::new(),
            declared: 0,
            open: Vec::with_capacity(8),
            pending_end: false,
            root_seen: false,
        }
    }

    /// How many elements are open.
    pub fn depth(&self) -> usize {
        self.open.len()
    }

    /// Where the next token begins.
    pub fn position(&self) -> usize {
        self.at
    }

    /// Whether the root element has begun.
    pub fn root_seen(&self) -> bool {
        self.root_seen
    }

    fn fault<T>(&self, offset: usize, reason: &'static str) -> Result<T, XmlFault> {
        Err(XmlFault { offset, reason })
    }

    fn leave(&mut self) -> Option<&'a str> {
        let depth = self.open.len();
        while self.scope.bindings.last().is_some_and(|binding| binding.depth == depth) {
            self.scope.bindings.pop();
        }
        while self.scope.xml_attributes.last().is_some_and(|(level, _)| *level == depth) {
            self.scope.xml_attributes.pop();
        }
        self.open.pop()
    }

    /// The next token.
    pub fn next(&mut self) -> Result<Token<'a>, XmlFault> {
        self.start = self.at;
        if self.pending_end {
            self.pending_end = false;
            let name = self.leave().unwrap_or("");
            return Ok(Token::End { name });
        }
        let text = self.text;
        let bytes = text.as_bytes();
        let Some(&first) = bytes.get(self.at) else {
            if !self.open.is_empty() {
                return self.fault(self.at, "the text ends before its elements do");
            }
            if !self.root_seen {
                return self.fault(self.at, "there is no element");
            }
            return Ok(Token::Finish);
        };
        if first != b'<' {
            return self.characters();
        }
        match bytes.get(self.at + 1) {
            Some(b'/') => self.end_tag(),
            Some(b'?') => self.instruction(),
            Some(b'!') => {
                let rest = text.get(self.at..).unwrap_or("");
                if rest.starts_with("<!--") {
                    self.comment(rest)
                } else if rest.starts_with("<![CDATA[") {
                    self.section(rest)
                } else if rest.starts_with("<!DOCTYPE") {
                    self.fault(self.at, "a document type declaration is not allowed")
                } else {
                    self.fault(self.at, "not a tag, comment or section")
                }
            }
            _ => self.start_tag(),
        }
    }

    fn characters(&mut self) -> Result<Token<'a>, XmlFault> {
        let bytes = self.text.as_bytes();
        let start = self.at;
        let mut index = start;
        let mut plain = true;
        while let Some(&byte) = bytes.get(index) {
            let class = class(byte);
            if class & (TEXT_SPECIAL | FORBIDDEN | SUSPECT) != 0 {
                match byte {
                    b'<' => break,
                    b'>' if bytes[start..index].ends_with(b"]]") => {
                        return self.fault(index, "]]> does not stand in text");
                    }
                    0xEF if !is_suspect_noncharacter(bytes, index) => {}
                    _ if class & TEXT_SPECIAL != 0 => plain = false,
                    _ => return self.fault(index, "a character that XML does not have"),
                }
            }
            index += 1;
        }
        self.at = index;
        let raw = self.text.get(start..index).unwrap_or("");
        if self.open.is_empty() && !is_space(raw.as_bytes()) {
            return self.fault(start, "text outside the root element");
        }
        Ok(Token::Text { raw, plain })
    }

    fn check_characters(&self, raw: &str, offset: usize) -> Result<(), XmlFault> {
        let bytes = raw.as_bytes();
        for (index, &byte) in bytes.iter().enumerate() {
            let class = class(byte);
            if class & FORBIDDEN != 0 || (class & SUSPECT != 0 && is_suspect_noncharacter(bytes, index)) {
                return self.fault(offset + index, "a character that XML does not have");
            }
        }
        Ok(())
    }

    fn comment(&mut self, rest: &'a str) -> Result<Token<'a>, XmlFault> {
        let body = rest.get(4..).unwrap_or("");
        let Some(end) = memchr::memmem::find(body.as_bytes(), b"--") else {
            return self.fault(self.at, "a comment without its end");
        };
        if body.as_bytes().get(end + 2) != Some(&b'>') {
            return self.fault(self.at + 4 + end, "-- does not stand in a comment");
        }
        let raw = body.get(..end).unwrap_or("");
        self.check_characters(raw, self.at + 4)?;
        self.at += 4 + end + 3;
        Ok(Token::Comment { raw })
    }

    fn section(&mut self, rest: &'a str) -> Result<Token<'a>, XmlFault> {
        if self.open.is_empty() {
            return self.fault(self.at, "text outside the root element");
        }
        let body = rest.get(9..).unwrap_or("");
        let Some(end) = memchr::memmem::find(body.as_bytes(), b"]]>") else {
            return self.fault(self.at, "a CDATA section without its end");
        };
        let raw = body.get(..end).unwrap_or("");
        self.check_characters(raw, self.at + 9)?;
        self.at += 9 + end + 3;
        Ok(Token::Section { raw })
    }

    fn instruction(&mut self) -> Result<Token<'a>, XmlFault> {
        let start = self.at;
        let body = self.text.get(start + 2..).unwrap_or("");
        let Some(end) = memchr::memmem::find(body.as_bytes(), b"?>") else {
            return self.fault(start, "a processing instruction without its end");
        };
        let raw = body.get(..end).unwrap_or("");
        self.check_characters(raw, start + 2)?;
        let split = raw.bytes().position(|byte| class(byte) & SPACE != 0).unwrap_or(raw.len());
        let (target, data) = raw.split_at(split);
        if !is_plain_name(target) || target.contains(':') {
            return self.fault(start, "a processing instruction without a name");
        }
        if target.eq_ignore_ascii_case("xml") {
            if start != 0 || target != "xml" || !self.scope.bindings.is_empty() {
                return self.fault(start, "an XML declaration that is not at the beginning");
            }
            self.at = start + 2 + end + 2;
            return self.next();
        }
        self.at = start + 2 + end + 2;
        let data = data.trim_start_matches([' ', '\t', '\n', '\r']);
        Ok(Token::Instruction { target, data })
    }

    fn end_tag(&mut self) -> Result<Token<'a>, XmlFault> {
        let Some(&name) = self.open.last() else {
            return self.fault(self.at, "an end tag without its start tag");
        };
        let bytes = self.text.as_bytes();
        let after = self.at + 2 + name.len();
        if bytes.get(self.at + 2..after) != Some(name.as_bytes()) {
            return self.fault(self.at, "an end tag that is not that of the open element");
        }
        let mut index = after;
        while bytes.get(index).is_some_and(|&byte| class(byte) & SPACE != 0) {
            index += 1;
        }
        if bytes.get(index) != Some(&b'>') {
            return self.fault(self.at, "an end tag that is not that of the open element");
        }
        self.at = index + 1;
        self.leave();
        Ok(Token::End { name })
    }

    /// A name at `from`, with at most one colon, which is neither first nor last.
    fn name(&self, from: usize) -> Result<&'a str, XmlFault> {
        let bytes = self.text.as_bytes();
        let mut index = from;
        let mut ascii = true;
        let mut colons = 0;
        while let Some(&byte) = bytes.get(index) {
            if class(byte) & NAME == 0 {
                break;
            }
            ascii &= byte < 0x80;
            colons += usize::from(byte == b':');
            index += 1;
        }
        let name = self.text.get(from..index).unwrap_or("");
        let (prefix, local) = split_name(name);
        let whole = if colons == 0 {
            starts_name(name)
        } else {
            colons == 1 && starts_name(prefix) && starts_name(local)
        };
        if !whole || (!ascii && !is_plain_name(name)) {
            return self.fault(from, "not a name");
        }
        Ok(name)
    }

    fn start_tag(&mut self) -> Result<Token<'a>, XmlFault> {
        let bytes = self.text.as_bytes();
        let start = self.at;
        if self.open.is_empty() && self.root_seen {
            return self.fault(start, "a second root element");
        }
        if self.open.len() >= DEPTH {
            return self.fault(start, "more than 64 levels of elements");
        }
        let name = self.name(start + 1)?;
        let mut index = start + 1 + name.len();
        self.attributes.clear();
        self.open.push(name);
        self.root_seen = true;
        let depth = self.open.len();
        let bound = self.scope.bindings.len();
        let empty = loop {
            let spaces = index;
            while bytes.get(index).is_some_and(|&byte| class(byte) & SPACE != 0) {
                index += 1;
            }
            match bytes.get(index) {
                Some(b'>') => {
                    index += 1;
                    break false;
                }
                Some(b'/') if bytes.get(index + 1) == Some(&b'>') => {
                    index += 2;
                    break true;
                }
                Some(_) if index > spaces => index = self.attribute(index, depth, bound)?,
                _ => return self.fault(index, "not the end of a tag"),
            }
        };
        self.at = index;
        self.declared = self.scope.bindings.len() - bound;
        self.pending_end = empty;
        // Every prefix must be bound, or the canonical form has no meaning.
        let prefix = split_name(name).0;
        if prefix == "xmlns" || (!prefix.is_empty() && self.scope.lookup(prefix).is_none()) {
            return self.fault(start, "a prefix without a namespace");
        }
        for attribute in &self.attributes {
            let prefix = attribute.prefix();
            if !prefix.is_empty() && self.scope.lookup(prefix).is_none() {
                return self.fault(start, "a prefix without a namespace");
            }
            if prefix == "xml" {
                self.scope.xml_attributes.push((depth, *attribute));
            }
        }
        if self.scope.xml_attributes.len() > ATTRIBUTES {
            return self.fault(start, "more than 64 attributes");
        }
        Ok(Token::Start { name })
    }

    /// Reads one attribute at `from` and says where it ends.
    fn attribute(&mut self, from: usize, depth: usize, bound: usize) -> Result<usize, XmlFault> {
        let bytes = self.text.as_bytes();
        let name = self.name(from)?;
        let mut index = from + name.len();
        let skip = |mut index: usize| {
            while bytes.get(index).is_some_and(|&byte| class(byte) & SPACE != 0) {
                index += 1;
            }
            index
        };
        index = skip(index);
        if bytes.get(index) != Some(&b'=') {
            return self.fault(index, "an attribute without a value");
        }
        index = skip(index + 1);
        let Some(&quote @ (b'"' | b'\'')) = bytes.get(index) else {
            return self.fault(index, "an attribute value without quotes");
        };
        let offset = index + 1;
        let Some(length) = bytes.get(offset..).and_then(|rest| memchr::memchr(quote, rest)) else {
            return self.fault(index, "an attribute value without its end");
        };
        let raw = self.text.get(offset..offset + length).unwrap_or("");
        if let Some(bad) = memchr::memchr(b'<', raw.as_bytes()) {
            return self.fault(offset + bad, "< does not stand in an attribute value");
        }
        self.check_characters(raw, offset)?;
        let attribute = Attribute { name, raw, offset };
        let prefix = match (attribute.prefix(), attribute.local()) {
            ("", "xmlns") => Some(""),
            ("xmlns", local) => Some(local),
            _ => None,
        };
        match prefix {
            None => {
                if self.attributes.len() >= ATTRIBUTES {
                    return self.fault(from, "more than 64 attributes");
                }
                self.attributes.push(attribute);
            }
            Some(prefix) => {
                let uri = attribute_value(&attribute)?;
                let reserved = prefix == "xmlns"
                    || uri == XMLNS_NAMESPACE
                    || (prefix == "xml") != (uri == XML_NAMESPACE)
                    || (uri.is_empty() && !prefix.is_empty());
                if reserved {
                    return self.fault(from, "a namespace declaration that is not allowed");
                }
                if self.scope.bindings[bound..].iter().any(|binding| binding.prefix == prefix) {
                    return self.fault(from, "an attribute that stands twice");
                }
                if self.scope.bindings.len() >= ATTRIBUTES {
                    return self.fault(from, "more than 64 namespaces in scope");
                }
                self.scope.bindings.push(Binding { prefix, uri, depth });
            }
        }
        Ok(offset + length + 1)
    }
}

fn is_suspect_noncharacter(bytes: &[u8], index: usize) -> bool {
    matches!(bytes.get(index..index + 3), Some([0xEF, 0xBF, 0xBE | 0xBF]))
}

fn starts_name(part: &str) -> bool {
    part.bytes().next().is_some_and(|byte| class(byte) & NAME_START != 0)
}

/// A name letter by letter; the byte classes only say what may be one.
fn is_plain_name(name: &str) -> bool {
    let mut first = true;
    for character in name.chars() {
        let good = if character.is_ascii() {
            let class = class(character as u8);
            class & if first { NAME_START } else { NAME } != 0
        } else {
            is_name_character(character, first)
        };
        if !good {
            return false;
        }
        // The part after a colon begins a name of its own.
        first = character == ':';
    }
    !name.is_empty()
}
