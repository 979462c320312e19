//! Canonical XML 1.0, inclusive, with and without comments (W3C REC-xml-c14n-20010315), in one pass and without a
//! tree: a whole document, optionally without its signature, or one element with what it inherits. A document type
//! declaration is refused, so there are no default attributes and no entities of one's own.

use super::fault::SignatureFault;
use super::scan::{
    Attribute, Reader, Scope, Token, XML_NAMESPACE, XmlFault, is_space, reference, split_name,
};
use std::ops::Range;

/// Whether comments belong to the canonical form.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Comments {
    /// `http://www.w3.org/TR/2001/REC-xml-c14n-20010315`
    Omit,
    /// `http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments`
    Keep,
}

/// The canonical form of a whole document.
///
/// # Errors
/// [`SignatureFault::NotWellFormed`].
pub fn canonicalize(xml: &[u8], comments: Comments) -> Result<Vec<u8>, SignatureFault> {
    Ok(walk(text_of(xml)?, comments, |_, _, _| false)?.canonical)
}

/// The canonical form of one element with the namespaces and `xml:` attributes that it inherits. `element` and
/// `excluded` are where an element begins in `xml`; an excluded element inside is left out (the enveloped transform).
///
/// # Errors
/// [`SignatureFault::NotWellFormed`], also when no element begins at `element`.
pub fn canonicalize_element(
    xml: &[u8],
    element: usize,
    excluded: Option<usize>,
    comments: Comments,
) -> Result<Vec<u8>, SignatureFault> {
    let text = text_of(xml)?;
    // Offsets count in what was given, the reader does not see a byte order mark.
    let mark = xml.len() - text.len();
    let element = element.saturating_sub(mark);
    let excluded = excluded.map(|at| at.saturating_sub(mark));
    let mut reader = Reader::new(text, Scope::default());
    let mut scope = Scope::default();
    loop {
        let inherited = (reader.position() == element).then(|| reader.scope.clone());
        match reader.next()? {
            Token::Start { .. } if reader.start == element => {
                scope = inherited.unwrap_or(scope);
                break;
            }
            Token::Finish => {
                return Err(XmlFault { offset: element, reason: "no element begins here" }.into());
            }
            _ => {}
        }
    }
    // What precedes the element is read; the element itself is read again, as the beginning of a text of its own.
    let rest = text.get(element..).unwrap_or("");
    let options = Subtree {
        comments,
        compact: false,
        namespaces: None,
        excluded: excluded.and_then(|at| at.checked_sub(element)),
    };
    element_into(rest, scope, options)
        .map_err(|fault| XmlFault { offset: fault.offset + element, ..fault }.into())
}

/// The text of a message, without a byte order mark.
pub(super) fn text_of(xml: &[u8]) -> Result<&str, SignatureFault> {
    match std::str::from_utf8(xml) {
        Ok(text) => Ok(text.strip_prefix('\u{FEFF}').unwrap_or(text)),
        Err(error) => Err(XmlFault { offset: error.valid_up_to(), reason: "not UTF-8" }.into()),
    }
}

/// An element that was left out of a canonical form.
#[derive(Debug)]
pub(super) struct Excluded<'a> {
    /// Its bytes in the text.
    pub span: Range<usize>,
    /// What it inherits.
    pub scope: Scope<'a>,
    /// In the canonical form: the end of the last markup before it. Between here and `at` there is only text.
    pub before: usize,
    /// In the canonical form: where it would stand.
    pub at: usize,
    /// In the canonical form: the next markup. Between `at` and here there is only text.
    pub after: usize,
}

/// What one pass over a document gives.
#[derive(Debug)]
pub(super) struct Walk<'a> {
    /// The canonical form without the excluded element.
    pub canonical: Vec<u8>,
    /// The first element to exclude.
    pub excluded: Option<Excluded<'a>>,
    /// How many elements were to be excluded; from the second on they are in the canonical form.
    pub count: usize,
    /// Name of the root element.
    pub root: &'a str,
    /// What children of the root inherit.
    pub root_scope: Scope<'a>,
    /// The end tag of the root, or its only tag if it is empty.
    pub root_end: Range<usize>,
}

/// Canonicalises a document in one pass. `exclude` says by namespace, local name and level (the root has 1) which
/// elements to leave out.
pub(super) fn walk<'a>(
    text: &'a str,
    comments: Comments,
    exclude: impl Fn(&str, &str, usize) -> bool,
) -> Result<Walk<'a>, XmlFault> {
    let mut reader = Reader::new(text, Scope::default());
    let mut out = Writer::with_capacity(text.len() + 64);
    let mut walk = Walk {
        canonical: Vec::new(),
        excluded: None,
        count: 0,
        root: "",
        root_scope: Scope::default(),
        root_end: 0..0,
    };
    // The end of the last markup in the canonical form.
    let mut markup = 0;
    // The element being left out: where it began, its level, what it inherits.
    let mut leaving: Option<(usize, usize, Scope<'a>)> = None;
    let mut trailing = false;
    loop {
        let token = reader.next()?;
        if let Some((start, level, scope)) = &mut leaving {
            if matches!(token, Token::End { .. }) && reader.depth() < *level {
                walk.excluded = Some(Excluded {
                    span: *start..reader.position(),
                    scope: std::mem::take(scope),
                    before: markup,
                    at: out.bytes.len(),
                    after: 0,
                });
                leaving = None;
                trailing = true;
            }
            continue;
        }
        if trailing && !matches!(token, Token::Text { .. }) {
            trailing = false;
            if let Some(excluded) = &mut walk.excluded {
                excluded.after = out.bytes.len();
            }
        }
        match token {
            Token::Start { name } => {
                let depth = reader.depth();
                if depth == 1 {
                    walk.root = name;
                    walk.root_end = reader.start..reader.start;
                    walk.root_scope = reader.scope.clone();
                } else {
                    let (prefix, local) = split_name(name);
                    if exclude(reader.scope.lookup(prefix).unwrap_or(""), local, depth) {
                        walk.count += 1;
                        if walk.count == 1 {
                            let mut scope = reader.scope.clone();
                            // Its own declarations and attributes are read again with the element.
                            scope.bindings.truncate(scope.bindings.len() - reader.declared);
                            scope.xml_attributes.retain(|(level, _)| *level < depth);
                            leaving = Some((reader.start, depth, scope));
                            continue;
                        }
                    }
                }
                out.start_tag(&mut reader, name, None)?;
                markup = out.bytes.len();
            }
            Token::End { name } => {
                out.end_tag(name);
                markup = out.bytes.len();
                if reader.depth() == 0 {
                    // An empty root has no end tag: its end is found at its only tag.
                    let start =
                        if reader.start == reader.position() { walk.root_end.start } else { reader.start };
                    walk.root_end = start..reader.position();
                }
            }
            Token::Text { raw, plain } => {
                if reader.depth() > 0 {
                    out.text(raw, plain, reader.start)?;
                }
            }
            Token::Section { raw } => {
                out.section(raw);
                markup = out.bytes.len();
            }
            Token::Comment { raw } => {
                if comments == Comments::Keep {
                    out.outside(&reader, |out| out.comment(raw));
                }
                markup = out.bytes.len();
            }
            Token::Instruction { target, data } => {
                out.outside(&reader, |out| out.instruction(target, data));
                markup = out.bytes.len();
            }
            Token::Finish => break,
        }
    }
    walk.canonical = out.bytes;
    Ok(walk)
}

/// How to canonicalise one element.
#[derive(Clone, Copy, Debug)]
pub(super) struct Subtree<'a> {
    pub comments: Comments,
    /// Leave out text that is only white space.
    pub compact: bool,
    /// The namespaces of the element, sorted by prefix, instead of those in scope.
    pub namespaces: Option<&'a [(&'a str, &'a str)]>,
    /// Where an element to leave out begins, relative to the text.
    pub excluded: Option<usize>,
}

/// Canonicalises the element that the text begins with; what follows it is not read.
pub(super) fn element_into<'a>(
    text: &'a str,
    scope: Scope<'a>,
    options: Subtree<'_>,
) -> Result<Vec<u8>, XmlFault> {
    let mut reader = Reader::new(text, scope);
    let mut out = Writer::with_capacity(text.len().min(4096));
    let mut leaving = None;
    loop {
        let token = reader.next()?;
        if let Some(level) = leaving {
            if matches!(token, Token::End { .. }) && reader.depth() < level {
                leaving = None;
            }
            continue;
        }
        match token {
            Token::Start { name } => {
                if options.excluded == Some(reader.start) && reader.depth() > 1 {
                    leaving = Some(reader.depth());
                    continue;
                }
                if reader.depth() == 1 {
                    let apex = Apex { namespaces: options.namespaces };
                    out.start_tag(&mut reader, name, Some(apex))?;
                } else {
                    out.start_tag(&mut reader, name, None)?;
                }
            }
            Token::End { name } => {
                out.end_tag(name);
                if reader.depth() == 0 {
                    return Ok(out.bytes);
                }
            }
            Token::Text { raw, plain } => {
                if !(options.compact && is_space(raw.as_bytes())) {
                    out.text(raw, plain, reader.start)?;
                }
            }
            Token::Section { raw } => out.section(raw),
            Token::Comment { raw } => {
                if options.comments == Comments::Keep {
                    out.comment(raw);
                }
            }
            Token::Instruction { target, data } => out.instruction(target, data),
            Token::Finish => return Err(XmlFault { offset: 0, reason: "there is no element" }),
        }
    }
}

/// The element that a canonical form begins with declares all that it inherits.
struct Apex<'a> {
    namespaces: Option<&'a [(&'a str, &'a str)]>,
}

struct Writer {
    bytes: Vec<u8>,
}

impl Writer {
    fn with_capacity(capacity: usize) -> Self {
        Self { bytes: Vec::with_capacity(capacity) }
    }

    fn push(&mut self, text: &str) {
        self.bytes.extend_from_slice(text.as_bytes());
    }

    fn start_tag(
        &mut self,
        reader: &mut Reader<'_>,
        name: &str,
        apex: Option<Apex<'_>>,
    ) -> Result<(), XmlFault> {
        self.bytes.push(b'<');
        self.push(name);
        if let Some(apex) = apex {
            match apex.namespaces {
                Some(namespaces) => self.namespaces(namespaces),
                None => {
                    let visible = reader.scope.visible();
                    self.namespaces(&visible);
                }
            }
            // The nearest of each inherited xml: attribute, unless the element has its own.
            let mut inherited: Vec<Attribute<'_>> = Vec::new();
            for (_, attribute) in reader.scope.xml_attributes.iter().rev().filter(|(level, _)| *level == 0) {
                let known = |other: &Attribute<'_>| other.name == attribute.name;
                if !reader.attributes.iter().any(known) && !inherited.iter().any(known) {
                    inherited.push(*attribute);
                }
            }
            reader.attributes.append(&mut inherited);
        } else if reader.declared > 0 {
            self.new_namespaces(reader);
        }
        if !reader.attributes.is_empty() {
            self.attributes(reader)?;
        }
        self.bytes.push(b'>');
        Ok(())
    }

    /// The declarations of an element that say something new.
    fn new_namespaces(&mut self, reader: &Reader<'_>) {
        let (outer, own) = reader.scope.bindings.split_at(reader.scope.bindings.len() - reader.declared);
        let mut new: Vec<(&str, &str)> = own
            .iter()
            .filter(|binding| {
                let before = outer.iter().rev().find(|other| other.prefix == binding.prefix);
                binding.prefix != "xml" && before.map_or("", |other| &other.uri) != binding.uri
            })
            .map(|binding| (binding.prefix, binding.uri.as_ref()))
            .collect();
        new.sort_unstable();
        self.namespaces(&new);
    }

    fn namespaces(&mut self, namespaces: &[(&str, &str)]) {
        for (prefix, uri) in namespaces {
            self.push(" xmlns");
            if !prefix.is_empty() {
                self.bytes.push(b':');
                self.push(prefix);
            }
            self.push("=\"");
            for character in uri.chars() {
                self.attribute_character(character);
            }
            self.bytes.push(b'"');
        }
    }

    fn attributes<'a>(&mut self, reader: &Reader<'a>) -> Result<(), XmlFault> {
        let scope = &reader.scope;
        let key = |attribute: &Attribute<'a>| {
            let prefix = attribute.prefix();
            // An attribute without a prefix has no namespace, whatever the default is.
            let uri = match prefix {
                "" => "",
                "xml" => XML_NAMESPACE,
                _ => scope.lookup(prefix).unwrap_or(""),
            };
            (uri, attribute.local())
        };
        let mut sorted: Vec<((&str, &str), Attribute<'a>)> =
            reader.attributes.iter().map(|attribute| (key(attribute), *attribute)).collect();
        sorted.sort_by_key(|(name, _)| *name);
        if let Some(pair) = sorted.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            return Err(XmlFault { offset: pair[1].1.offset, reason: "an attribute that stands twice" });
        }
        for (_, attribute) in &sorted {
            self.bytes.push(b' ');
            self.push(attribute.name);
            self.push("=\"");
            let value = super::scan::attribute_value(attribute)?;
            for character in value.chars() {
                self.attribute_character(character);
            }
            self.bytes.push(b'"');
        }
        Ok(())
    }

    fn attribute_character(&mut self, character: char) {
        match character {
            '&' => self.push("&amp;"),
            '<' => self.push("&lt;"),
            '"' => self.push("&quot;"),
            '\t' => self.push("&#x9;"),
            '\n' => self.push("&#xA;"),
            '\r' => self.push("&#xD;"),
            other => self.push(other.encode_utf8(&mut [0; 4])),
        }
    }

    fn end_tag(&mut self, name: &str) {
        self.push("</");
        self.push(name);
        self.bytes.push(b'>');
    }

    fn text(&mut self, raw: &str, plain: bool, offset: usize) -> Result<(), XmlFault> {
        if plain {
            self.push(raw);
            return Ok(());
        }
        let mut rest = raw;
        while let Some(at) = rest.bytes().position(|byte| matches!(byte, b'&' | b'>' | b'\r')) {
            self.push(&rest[..at]);
            rest = &rest[at..];
            let mut length = 1;
            match rest.as_bytes()[0] {
                b'&' => {
                    let Some((character, used)) = reference(rest) else {
                        let offset = offset + (raw.len() - rest.len());
                        return Err(XmlFault { offset, reason: "not a reference that XML defines" });
                    };
                    self.character(character);
                    length = used;
                }
                b'>' => self.push("&gt;"),
                _ => length = self.line_end(rest),
            }
            rest = &rest[length..];
        }
        self.push(rest);
        Ok(())
    }

    /// Writes the line feed for a carriage return that `rest` begins with, and says how many bytes that took.
    fn line_end(&mut self, rest: &str) -> usize {
        self.bytes.push(b'\n');
        if rest.as_bytes().get(1) == Some(&b'\n') { 2 } else { 1 }
    }

    fn character(&mut self, character: char) {
        match character {
            '&' => self.push("&amp;"),
            '<' => self.push("&lt;"),
            '>' => self.push("&gt;"),
            '\r' => self.push("&#xD;"),
            other => self.push(other.encode_utf8(&mut [0; 4])),
        }
    }

    /// A CDATA section becomes text.
    fn section(&mut self, raw: &str) {
        let mut rest = raw;
        while let Some(character) = rest.chars().next() {
            let mut length = character.len_utf8();
            if character == '\r' {
                length = self.line_end(rest);
            } else {
                self.character(character);
            }
            rest = &rest[length..];
        }
    }

    fn lines(&mut self, raw: &str) {
        let mut rest = raw;
        while let Some(at) = memchr::memchr(b'\r', rest.as_bytes()) {
            self.push(&rest[..at]);
            rest = &rest[at..];
            let length = self.line_end(rest);
            rest = &rest[length..];
        }
        self.push(rest);
    }

    fn comment(&mut self, raw: &str) {
        self.push("<!--");
        self.lines(raw);
        self.push("-->");
    }

    fn instruction(&mut self, target: &str, data: &str) {
        self.push("<?");
        self.push(target);
        if !data.is_empty() {
            self.bytes.push(b' ');
            self.lines(data);
        }
        self.push("?>");
    }

    /// Outside the root each comment and instruction stands on a line of its own.
    fn outside(&mut self, reader: &Reader<'_>, write: impl FnOnce(&mut Self)) {
        let outside = reader.depth() == 0;
        if outside && reader.root_seen() {
            self.bytes.push(b'\n');
        }
        write(self);
        if outside && !reader.root_seen() {
            self.bytes.push(b'\n');
        }
    }
}
