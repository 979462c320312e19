//! The signature element as a small tree, and the parts of it that are used. Judging them is left to `verify`.

use super::algorithm::SIGNATURE_NAMESPACE;
use super::fault::SignatureFault;
use super::scan::{Reader, Scope, Token, XmlFault, attribute_value, reference, split_name};

/// Elements of a signature at most; a usual one has 13, with certificates of issuers a few more.
const ELEMENTS: usize = 256;

/// An element of the signature.
#[derive(Debug)]
pub(super) struct Node<'a> {
    /// Local name; empty for elements of other namespaces, which mean nothing here.
    pub local: &'a str,
    /// Attributes without a prefix.
    pub attributes: Vec<(&'a str, String)>,
    /// Its text, references resolved, comments left out.
    pub text: String,
    /// Where it begins, relative to the signature.
    pub start: usize,
    parent: usize,
}

/// The elements of a signature in the order in which they begin; the signature is the first.
pub(super) struct Tree<'a> {
    nodes: Vec<Node<'a>>,
    /// What the children of the signature inherit.
    pub child_scope: Scope<'a>,
    /// Prefix of the signature element.
    pub prefix: &'a str,
}

impl<'a> Tree<'a> {
    /// Reads the element that the text begins with.
    pub fn read(text: &'a str, scope: Scope<'a>) -> Result<Self, XmlFault> {
        let mut reader = Reader::new(text, scope);
        let mut tree = Self { nodes: Vec::with_capacity(16), child_scope: Scope::default(), prefix: "" };
        let mut current = 0;
        loop {
            match reader.next()? {
                Token::Start { name } => {
                    if tree.nodes.len() >= ELEMENTS {
                        return Err(XmlFault {
                            offset: reader.start,
                            reason: "more than 256 elements in a signature",
                        });
                    }
                    let (prefix, local) = split_name(name);
                    let ours = reader.scope.lookup(prefix) == Some(SIGNATURE_NAMESPACE);
                    let mut attributes = Vec::new();
                    for attribute in &reader.attributes {
                        let value = attribute_value(attribute)?;
                        if attribute.prefix().is_empty() {
                            if attributes.iter().any(|(name, _)| *name == attribute.name) {
                                return Err(XmlFault {
                                    offset: attribute.offset,
                                    reason: "an attribute that stands twice",
                                });
                            }
                            attributes.push((attribute.name, value.into_owned()));
                        }
                    }
                    if tree.nodes.is_empty() {
                        tree.child_scope = reader.scope.clone();
                        tree.prefix = prefix;
                    }
                    tree.nodes.push(Node {
                        local: if ours { local } else { "" },
                        attributes,
                        text: String::new(),
                        start: reader.start,
                        parent: current,
                    });
                    current = tree.nodes.len() - 1;
                }
                Token::End { .. } => {
                    if reader.depth() == 0 {
                        return Ok(tree);
                    }
                    current = tree.nodes.get(current).map_or(0, |node| node.parent);
                }
                Token::Text { raw, plain } => {
                    if let Some(node) = tree.nodes.get_mut(current) {
                        append(&mut node.text, raw, plain, reader.start)?;
                    }
                }
                Token::Section { raw } => {
                    if let Some(node) = tree.nodes.get_mut(current) {
                        node.text.push_str(raw);
                    }
                }
                Token::Comment { .. } | Token::Instruction { .. } => {}
                Token::Finish => return Err(XmlFault { offset: 0, reason: "there is no element" }),
            }
        }
    }

    /// The signature element.
    pub fn root(&self) -> usize {
        0
    }

    pub fn node(&self, index: usize) -> &Node<'a> {
        &self.nodes[index]
    }

    /// Children of a node with a name, in order.
    pub fn children(&self, parent: usize, local: &str) -> impl Iterator<Item = usize> {
        self.nodes
            .iter()
            .enumerate()
            .skip(parent + 1)
            .filter(move |(_, node)| node.parent == parent && node.local == local)
            .map(|(index, _)| index)
    }

    /// The only child with a name; `path` names it in faults.
    pub fn child(&self, parent: usize, local: &str, path: &'static str) -> Result<usize, SignatureFault> {
        let mut found = self.children(parent, local);
        let first = found.next().ok_or(SignatureFault::MissingNode { path })?;
        if found.next().is_some() {
            return Err(SignatureFault::RepeatedNode { path });
        }
        Ok(first)
    }

    /// The text of a node without white space around it, not empty.
    pub fn text(&self, index: usize, path: &'static str) -> Result<&str, SignatureFault> {
        let text = self.node(index).text.trim_matches([' ', '\t', '\n', '\r']);
        if text.is_empty() { Err(SignatureFault::EmptyNode { path }) } else { Ok(text) }
    }

    /// An attribute of a node.
    pub fn attribute(&self, index: usize, name: &str) -> Option<&str> {
        self.node(index).attributes.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }
}

fn append(out: &mut String, raw: &str, plain: bool, offset: usize) -> Result<(), XmlFault> {
    if plain {
        out.push_str(raw);
        return Ok(());
    }
    let mut rest = raw;
    while let Some(at) = memchr::memchr(b'&', rest.as_bytes()) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let Some((character, used)) = reference(rest) else {
            let offset = offset + (raw.len() - rest.len());
            return Err(XmlFault { offset, reason: "not a reference that XML defines" });
        };
        out.push(character);
        rest = &rest[used..];
    }
    // Line ends stay as they are: every value here is a name, a URI or base64, where they are trimmed or skipped.
    out.push_str(rest);
    Ok(())
}
