//! Bytes → message and defects. Everything that was understood comes back, with every fault found beside it.

use crate::defect::{Defect, DefectRule};
use crate::document::{Document, Kind, Nesting, Part};
use crate::record::Record;
use crate::transfer::{BaseSubscribe, BaseTransfer};
use crate::xml::{Scanner, Tag, Token, attributes};
use crate::{Entry, ExtendMessage, Limits, Message, NAMESPACE, Parsed, SignatureNode, Text};
use encoding_rs::{Encoding, UTF_8};
use std::borrow::Cow;

const SIGNATURE_NAMESPACE: &str = "http://www.w3.org/2000/09/xmldsig#";
/// Documents read beyond the limit, so that each is answered; above this the message is refused as a whole.
const DOCUMENTS_READ: usize = 1_000;
/// Faults kept of one document or message.
pub(crate) const DEFECTS_KEPT: usize = 200;
/// Subscribers a message may name (SPEC §1.3).
const SUBSCRIPTIONS: usize = 5;

/// Reads a message in XML. Never panics; memory is bounded by the input.
pub fn parse(bytes: &[u8], limits: &Limits) -> Parsed {
    let mut parsed = Parsed::unread();
    if bytes.len() > limits.bytes {
        parsed.defects.push(Defect::new(
            "message",
            DefectRule::TooLarge,
            &bytes.len().to_string(),
            format!("at most {} bytes", limits.bytes),
        ));
        return parsed;
    }
    let text = match decode(bytes) {
        Ok(text) => text,
        Err(defect) => {
            parsed.defects.push(defect);
            return parsed;
        }
    };
    if let Some(at) = control_character(text.as_bytes()) {
        parsed.defects.push(Defect::new(
            format!("byte {at}"),
            DefectRule::NotWellFormed,
            &format!("control character 0x{:02X}", text.as_bytes()[at]),
            "no control characters",
        ));
        return parsed;
    }
    read_message(&text, limits, &mut parsed);
    if let Cow::Owned(text) = text {
        parsed.text = Some(text.into_bytes());
    }
    parsed
}

/// Reads one document element as cut out by [`Entry::span`]; an undeclared prefix is fine.
pub fn parse_document(kind: Kind, xml: &[u8]) -> Entry {
    let mut entry = Entry { document: Document::empty(kind), span: 0..xml.len(), defects: Vec::new() };
    let Ok(text) = std::str::from_utf8(xml) else {
        entry.defects.push(Defect::new("document", DefectRule::Encoding, "", "UTF-8"));
        return entry;
    };
    let limits = Limits::default();
    let mut reader = Reader::new(text, &limits);
    reader.any_prefix = true;
    let read = loop {
        match reader.scanner.next() {
            Ok(Token::Start(tag)) if tag.local() == kind.element() => break reader.document(kind),
            Ok(Token::Text(text)) if text.trim_ascii().is_empty() => {}
            Ok(_) => {
                break Err(Defect::new(kind.element(), DefectRule::Missing, "", "the document's element"));
            }
            Err(defect) => break Err(defect),
        }
    };
    match read {
        Ok(document) => entry.document = document,
        Err(defect) => reader.note(defect),
    }
    entry.defects = reader.defects;
    entry
}

/// Where the first control character is that XML forbids.
fn control_character(bytes: &[u8]) -> Option<usize> {
    let forbidden = |byte: u8| byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r');
    // Without an early exit inside a block the comparison is done on many bytes at once.
    let block =
        bytes.chunks(128).position(|block| block.iter().fold(false, |any, &byte| any | forbidden(byte)))?;
    let begin = block * 128;
    bytes[begin..].iter().position(|&byte| forbidden(byte)).map(|at| begin + at)
}

fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, Defect> {
    let wrong = |name: &str| {
        Defect::new(
            "message",
            DefectRule::Encoding,
            name,
            "text in the encoding that the XML declaration names, UTF-8 by default",
        )
    };
    let encoding = match Encoding::for_bom(bytes) {
        // The text keeps its mark, which the scanner passes over: spans count in what was sent.
        Some((encoding, _)) if encoding == UTF_8 => UTF_8,
        Some((encoding, mark)) => {
            let body = bytes.get(mark..).unwrap_or_default();
            return encoding
                .decode_without_bom_handling_and_without_replacement(body)
                .ok_or_else(|| wrong(encoding.name()));
        }
        None => declared_encoding(bytes).map_err(|name| wrong(&name))?,
    };
    if encoding == UTF_8 {
        return std::str::from_utf8(bytes)
            .map(Cow::Borrowed)
            .map_err(|error| wrong(&format!("byte {}", error.valid_up_to())));
    }
    encoding
        .decode_without_bom_handling_and_without_replacement(bytes)
        .ok_or_else(|| wrong(encoding.name()))
        .map(|text| Cow::Owned(text.into_owned()))
}

fn declared_encoding(bytes: &[u8]) -> Result<&'static Encoding, String> {
    let head = bytes.get(..bytes.len().min(200)).unwrap_or_default();
    if !head.starts_with(b"<?xml") {
        return Ok(UTF_8);
    }
    let end = head.windows(2).position(|pair| pair == b"?>").unwrap_or(head.len());
    let declaration = String::from_utf8_lossy(&head[..end]);
    let Some((_, after)) = declaration.split_once("encoding") else { return Ok(UTF_8) };
    let after = after.trim_start().trim_start_matches('=').trim_start();
    let name: String = after.chars().skip(1).take_while(|c| !matches!(c, '"' | '\'')).collect();
    Encoding::for_label(name.as_bytes()).ok_or(name)
}

struct Reader<'a> {
    scanner: Scanner<'a>,
    text: &'a str,
    limits: &'a Limits,
    defects: Vec<Defect>,
    /// Prefixes bound to the namespace at the root.
    prefixes: Vec<&'a str>,
    any_prefix: bool,
}

type Step<T> = Result<T, Defect>;

fn read_message(text: &str, limits: &Limits, parsed: &mut Parsed) {
    let mut reader = Reader::new(text, limits);
    match reader.message(parsed) {
        Ok(message) => {
            let root = Text::from(message.kind.root());
            for mut defect in reader.defects {
                if !defect.path.starts_with("byte ") && !defect.path.starts_with(root.as_str()) {
                    defect.path = compact_str::format_compact!("{root}/{}", defect.path);
                }
                parsed.defects.push(defect);
            }
            parsed.message = Some(message);
        }
        Err(defect) => {
            parsed.defects.append(&mut reader.defects);
            parsed.defects.push(defect);
        }
    }
}

impl<'a> Reader<'a> {
    fn new(text: &'a str, limits: &'a Limits) -> Self {
        Self {
            scanner: Scanner::new(text, limits.depth),
            text,
            limits,
            defects: Vec::new(),
            prefixes: Vec::new(),
            any_prefix: false,
        }
    }

    fn note(&mut self, defect: Defect) {
        if self.defects.len() < DEFECTS_KEPT {
            self.defects.push(defect);
        }
    }

    fn in_namespace(&self, tag: &Tag<'a>) -> bool {
        if self.any_prefix || (tag.attributes.is_empty() && self.prefixes.contains(&tag.prefix())) {
            return true;
        }
        let Ok(found) = attributes(tag.attributes) else { return false };
        let own = found.iter().find(|(name, _)| {
            name.strip_prefix("xmlns:").unwrap_or(if *name == "xmlns" { "" } else { "\0" }) == tag.prefix()
        });
        match own {
            Some((_, uri)) => uri == NAMESPACE,
            None => self.prefixes.contains(&tag.prefix()),
        }
    }

    fn message(&mut self, parsed: &mut Parsed) -> Step<Message> {
        let tag = loop {
            match self.scanner.next()? {
                Token::Start(tag) => break tag,
                Token::Text(text) if text.trim_ascii().is_empty() => {}
                _ => {
                    return Err(Defect::new(
                        "byte 0",
                        DefectRule::NotWellFormed,
                        "",
                        "one root element CEBnnnMessage",
                    ));
                }
            }
        };
        parsed.root = Text::from(tag.local().chars().take(30).collect::<String>());
        let found = attributes(tag.attributes).map_err(|expected| {
            Defect::new(tag.local(), DefectRule::NotWellFormed, tag.attributes, expected)
        })?;
        let Some(kind) = Kind::from_root(tag.local()) else {
            return Err(Defect::new(
                "root",
                DefectRule::UnknownRoot,
                tag.local(),
                "a root element CEBnnnMessage of the family, such as CEB311Message or CEB603Message",
            ));
        };
        parsed.kind = Some(kind);
        for (name, uri) in &found {
            if let Some(prefix) = name.strip_prefix("xmlns:").or((*name == "xmlns").then_some(""))
                && uri == NAMESPACE
            {
                self.prefixes.push(prefix);
            }
        }
        if !self.prefixes.contains(&tag.prefix()) {
            let bound = found
                .iter()
                .find(|(name, _)| name.strip_prefix("xmlns:").unwrap_or("") == tag.prefix())
                .map_or("", |(_, uri)| uri);
            return Err(Defect::new("root", DefectRule::Namespace, bound, format!("namespace {NAMESPACE}")));
        }
        let attribute =
            |name: &str| found.iter().find(|(n, _)| *n == name).map(|(_, value)| Text::from(value.as_ref()));
        let mut message = Message::new(kind);
        message.version = attribute("version").unwrap_or_else(|| Text::const_new("1.0"));
        match attribute("guid") {
            Some(guid) if guid.chars().count() == 36 => message.guid = guid,
            Some(guid) => {
                self.note(Defect::new(
                    "@guid",
                    DefectRule::WrongLength,
                    &guid,
                    "text of exactly 36 characters",
                ));
                message.guid = guid;
            }
            None => self.note(Defect::new(
                "@guid",
                DefectRule::MissingAttribute,
                "",
                "attribute guid of 36 characters",
            )),
        }
        self.children(&mut message)?;
        loop {
            match self.scanner.next()? {
                Token::Finish => break,
                Token::Text(text) if text.trim_ascii().is_empty() => {}
                _ => {
                    return Err(Defect::new(
                        "end",
                        DefectRule::NotWellFormed,
                        "",
                        "nothing after the root element",
                    ));
                }
            }
        }
        if message.entries.is_empty() {
            self.note(Defect::new(
                kind.element(),
                DefectRule::NoDocuments,
                "0",
                format!("1 to {} documents", self.limits.documents),
            ));
        }
        Ok(message)
    }

    fn children(&mut self, message: &mut Message) -> Step<()> {
        let kind = message.kind;
        // 0 documents, 1 transfer, 2 subscribe, 3 extension or signature in either order.
        let mut stage = 0;
        loop {
            let tag = match self.scanner.next()? {
                Token::Start(tag) => tag,
                Token::End => break,
                Token::Text(text) => {
                    self.stray(&text, kind.root());
                    continue;
                }
                Token::Finish => break,
            };
            let start = tag.start;
            let local = tag.local();
            if local == "Signature" && self.is_signature(&tag) {
                let is_empty = self.skip_signature()?;
                if message.signature.is_some() {
                    self.note(Defect::new("Signature", DefectRule::RepeatedElement, "", "one signature"));
                }
                message.signature = Some(SignatureNode { span: start..self.scanner.position(), is_empty });
                stage = 3;
                continue;
            }
            if !self.in_namespace(&tag) {
                self.note(Defect::new(
                    local,
                    DefectRule::UnknownElement,
                    tag.name,
                    format!("elements of namespace {NAMESPACE}"),
                ));
                self.skip()?;
                continue;
            }
            let place = match local {
                name if name == kind.element() => 0,
                "BaseTransfer" => 1,
                "BaseSubscribe" => 2,
                "ExtendMessage" => 3,
                _ => {
                    self.note(Defect::new(
                        local,
                        DefectRule::UnknownElement,
                        tag.name,
                        format!(
                            "{}, BaseTransfer, BaseSubscribe, ExtendMessage or ds:Signature",
                            kind.element()
                        ),
                    ));
                    self.skip()?;
                    continue;
                }
            };
            if place < stage {
                self.note(Defect::new(
                    local,
                    DefectRule::OutOfOrder,
                    "",
                    format!(
                        "{}, BaseTransfer, BaseSubscribe, ExtendMessage, Signature in this order",
                        kind.element()
                    ),
                ));
            }
            stage = stage.max(place);
            match place {
                0 => self.entry(kind, start, message)?,
                1 => {
                    if message.transfer.is_some() {
                        self.note(Defect::new(local, DefectRule::RepeatedElement, "", "one BaseTransfer"));
                    }
                    message.transfer = Some(self.record::<BaseTransfer>("BaseTransfer")?);
                }
                2 => {
                    let path = format!("BaseSubscribe[{}]", message.subscriptions.len() + 1);
                    let subscription = self.record::<BaseSubscribe>(&path)?;
                    if message.subscriptions.len() == SUBSCRIPTIONS {
                        self.note(Defect::new(
                            path,
                            DefectRule::RepeatedElement,
                            "",
                            "at most 5 BaseSubscribe",
                        ));
                    } else {
                        message.subscriptions.push(subscription);
                    }
                }
                _ => message.extension = Some(self.extension()?),
            }
        }
        Ok(())
    }

    fn entry(&mut self, kind: Kind, start: usize, message: &mut Message) -> Step<()> {
        if message.entries.len() == DOCUMENTS_READ {
            return Err(Defect::new(
                kind.element(),
                DefectRule::TooManyDocuments,
                "",
                format!("at most {} documents in a message", self.limits.documents),
            ));
        }
        let before = std::mem::take(&mut self.defects);
        let document = self.document(kind)?;
        let mut defects = std::mem::replace(&mut self.defects, before);
        let limit = kind.document_limit(self.limits);
        let number = message.entries.len() + 1;
        if number > limit {
            let over = |at: usize| {
                Defect::new(
                    format!("{}[{at}]", kind.element()),
                    DefectRule::TooManyDocuments,
                    &at.to_string(),
                    format!("at most {limit} documents in a message"),
                )
            };
            // All documents of an oversized message are answered alike: none of them was taken.
            if number == limit + 1 {
                for (index, earlier) in message.entries.iter_mut().enumerate() {
                    earlier.defects.push(over(index + 1));
                }
            }
            defects.push(over(number));
        }
        message.entries.push(Entry { document, span: start..self.scanner.position(), defects });
        Ok(())
    }

    /// The document whose start tag was just read.
    fn document(&mut self, kind: Kind) -> Step<Document> {
        let mut document = Document::empty(kind);
        let parts = kind.parts();
        match (kind.nesting(), parts) {
            (Nesting::Flat, [part]) => {
                self.fields(part, part.element, |field, text| document.set(0, 0, field, text))?
            }
            (_, [head, rest @ ..]) => self.nested(kind, head, rest.first(), &mut document)?,
            _ => {}
        }
        Ok(document)
    }

    fn nested(&mut self, kind: Kind, head: &Part, lines: Option<&Part>, document: &mut Document) -> Step<()> {
        let mut heads = 0usize;
        let mut count = 0usize;
        loop {
            let tag = match self.scanner.next()? {
                Token::Start(tag) => tag,
                Token::End | Token::Finish => break,
                Token::Text(text) => {
                    self.stray(&text, kind.element());
                    continue;
                }
            };
            let local = tag.local();
            if local == head.element && self.in_namespace(&tag) {
                heads += 1;
                if heads > 1 {
                    self.note(Defect::new(local, DefectRule::RepeatedElement, "", "one head"));
                    self.skip()?;
                    continue;
                }
                if count > 0 {
                    self.note(Defect::new(local, DefectRule::OutOfOrder, "", "the head before the lines"));
                }
                self.fields(head, head.element, |field, text| document.set(0, 0, field, text))?;
            } else if let Some(line) = lines.filter(|line| line.element == local && self.in_namespace(&tag)) {
                count += 1;
                let limit = kind.line_limit(self.limits);
                if count > limit {
                    if count == limit + 1 {
                        self.note(Defect::new(
                            local,
                            DefectRule::TooManyLines,
                            &count.to_string(),
                            format!("at most {limit} lines"),
                        ));
                    }
                    self.skip()?;
                    continue;
                }
                let path = format!("{}[{count}]", line.element);
                // An empty line still counts as a line.
                self.fields(line, &path, |field, text| document.set(1, count - 1, field, text))?;
            } else {
                self.note(Defect::new(
                    local,
                    DefectRule::UnknownElement,
                    tag.name,
                    expected_parts(head, lines),
                ));
                self.skip()?;
            }
        }
        if heads == 0 {
            self.note(Defect::new(head.element, DefectRule::Missing, "", "the head of the document"));
        }
        if let Some(line) = lines.filter(|_| count < kind.fewest_lines()) {
            self.note(Defect::new(
                line.element,
                DefectRule::NoLines,
                "0",
                format!("1 to {} lines", kind.line_limit(self.limits)),
            ));
        }
        Ok(())
    }

    fn record<R: Record>(&mut self, path: &str) -> Step<R> {
        let mut record = R::default();
        let part = Part { element: R::ELEMENT, fields: R::FIELDS };
        self.fields(&part, path, |field, text| record.set(field, text))?;
        Ok(record)
    }

    /// The fields of a part whose start tag was just read, up to its end tag.
    fn fields(
        &mut self,
        part: &Part,
        path: &str,
        mut set: impl FnMut(usize, &str) -> Result<(), DefectRule>,
    ) -> Step<()> {
        let mut seen = 0u64;
        let mut next = 0usize;
        let mut highest = 0usize;
        loop {
            let (tag, plain) = match self.scanner.plain_field() {
                Some((tag, text)) => (tag, Some(text)),
                None => match self.scanner.next()? {
                    Token::Start(tag) => (tag, None),
                    Token::End | Token::Finish => break,
                    Token::Text(text) => {
                        self.stray(&text, path);
                        continue;
                    }
                },
            };
            let local = tag.local();
            let (before, after) = part.fields.split_at(next.min(part.fields.len()));
            let index = after
                .iter()
                .position(|field| field.name == local)
                .map(|step| next + step)
                .or_else(|| before.iter().position(|field| field.name == local))
                .filter(|_| self.in_namespace(&tag));
            let Some(index) = index else {
                self.note(Defect::new(
                    format!("{path}/{local}"),
                    DefectRule::UnknownElement,
                    tag.name,
                    format!("a field of {}", part.element),
                ));
                if plain.is_none() {
                    self.skip()?;
                }
                continue;
            };
            let text: Cow<'a, str> = match plain.or_else(|| self.scanner.leaf()) {
                Some(text) => Cow::Borrowed(text),
                None => self.long_text(path, local)?,
            };
            let rule = &part.fields[index];
            if seen & (1 << index) != 0 {
                self.note(Defect::new(format!("{path}/{local}"), DefectRule::RepeatedElement, &text, "once"));
                continue;
            }
            if index < highest {
                self.note(Defect::new(
                    format!("{path}/{local}"),
                    DefectRule::OutOfOrder,
                    &text,
                    format!("before {}", part.fields[highest].name),
                ));
            }
            seen |= 1 << index;
            highest = highest.max(index);
            next = index + 1;
            if let Err(fault) = set(index, &text) {
                self.note(Defect::new(format!("{path}/{local}"), fault, &text, rule.shape.words()));
            }
        }
        for (index, rule) in part.fields.iter().enumerate() {
            if rule.mandatory && seen & (1 << index) == 0 {
                self.note(Defect::new(
                    format!("{path}/{}", rule.name),
                    DefectRule::Missing,
                    "",
                    rule.shape.words(),
                ));
            }
        }
        Ok(())
    }

    /// A leaf with references, comments, sections or (wrongly) elements in it.
    fn long_text(&mut self, path: &str, local: &str) -> Step<Cow<'a, str>> {
        let mut text = String::new();
        loop {
            match self.scanner.next()? {
                Token::Text(part) => text.push_str(&part),
                Token::End | Token::Finish => return Ok(Cow::Owned(text)),
                Token::Start(tag) => {
                    self.note(Defect::new(
                        format!("{path}/{local}/{}", tag.local()),
                        DefectRule::UnknownElement,
                        tag.name,
                        "text only",
                    ));
                    self.skip()?;
                }
            }
        }
    }

    fn extension(&mut self) -> Step<ExtendMessage> {
        let mut extension = ExtendMessage::default();
        loop {
            let tag = match self.scanner.next()? {
                Token::Start(tag) => tag,
                Token::End | Token::Finish => return Ok(extension),
                Token::Text(text) => {
                    self.stray(&text, "ExtendMessage");
                    continue;
                }
            };
            match tag.local() {
                "name" => extension.name = self.short_text("name")?,
                "version" => extension.version = self.short_text("version")?,
                "Message" => {
                    let begin = self.scanner.position();
                    self.skip()?;
                    let inside = self.text.get(begin..self.scanner.position()).unwrap_or("");
                    let end = if tag.empty { 0 } else { inside.rfind("</").unwrap_or(inside.len()) };
                    extension.message = Text::from(&inside[..end]);
                }
                other => {
                    self.note(Defect::new(
                        format!("ExtendMessage/{other}"),
                        DefectRule::UnknownElement,
                        tag.name,
                        "name, version, Message",
                    ));
                    self.skip()?;
                }
            }
        }
    }

    fn short_text(&mut self, local: &str) -> Step<Text> {
        let text = match self.scanner.leaf() {
            Some(text) => Cow::Borrowed(text),
            None => self.long_text("ExtendMessage", local)?,
        };
        if text.chars().count() > 30 {
            self.note(Defect::new(
                format!("ExtendMessage/{local}"),
                DefectRule::TooLong,
                &text,
                "text of at most 30 characters",
            ));
        }
        Ok(Text::from(text.as_ref()))
    }

    fn is_signature(&self, tag: &Tag<'a>) -> bool {
        // The prefix may be declared here or at the root; the verifier looks at namespaces in full.
        let _ = SIGNATURE_NAMESPACE;
        !self.prefixes.contains(&tag.prefix()) || tag.attributes.contains(SIGNATURE_NAMESPACE)
    }

    fn skip_signature(&mut self) -> Step<bool> {
        let depth = self.scanner.depth();
        let mut in_value = false;
        let mut is_empty = true;
        loop {
            match self.scanner.next()? {
                Token::Start(tag) => in_value = tag.local() == "SignatureValue",
                Token::Text(text) => is_empty &= !in_value || text.trim_ascii().is_empty(),
                Token::End => {
                    in_value = false;
                    if self.scanner.depth() < depth {
                        return Ok(is_empty);
                    }
                }
                Token::Finish => return Ok(is_empty),
            }
        }
    }

    /// Passes over the element whose start tag was just read.
    fn skip(&mut self) -> Step<()> {
        let depth = self.scanner.depth();
        loop {
            match self.scanner.next()? {
                Token::End if self.scanner.depth() < depth => return Ok(()),
                Token::Finish => return Ok(()),
                _ => {}
            }
        }
    }

    fn stray(&mut self, text: &str, path: &str) {
        if !text.trim_ascii().is_empty() {
            self.note(Defect::new(path, DefectRule::UnexpectedText, text.trim_ascii(), "elements only"));
        }
    }
}

fn expected_parts(head: &Part, lines: Option<&Part>) -> String {
    match lines {
        Some(line) => format!("{} or {}", head.element, line.element),
        None => head.element.to_owned(),
    }
}
