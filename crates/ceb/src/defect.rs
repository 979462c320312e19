//! What is wrong with a message: all faults, not the first, each with path, value and what was expected.

use crate::Text;

/// Longest value that a defect repeats, in characters.
const VALUE_SHOWN: usize = 120;

/// The kinds of fault that reading, or who reads, can find.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[repr(u8)]
pub enum DefectRule {
    /// Not well-formed XML or JSON.
    NotWellFormed = 1,
    /// The bytes are not text in the declared encoding.
    Encoding = 2,
    /// The root is not a message of this family.
    UnknownRoot = 3,
    /// The root is not in the CEB namespace.
    Namespace = 4,
    /// Over the limit of bytes.
    TooLarge = 5,
    /// Over the limit of depth.
    TooDeep = 6,
    /// Over the limit of documents in a message.
    TooManyDocuments = 7,
    /// Over the limit of lines in a document.
    TooManyLines = 8,
    /// A message without a document.
    NoDocuments = 9,
    /// A document type declaration: refused, entities are never expanded.
    DoctypeForbidden = 10,
    /// An element that this place does not have.
    UnknownElement = 11,
    /// An element that may stand only once.
    RepeatedElement = 12,
    /// An element after one that must follow it.
    OutOfOrder = 13,
    /// A mandatory element is absent.
    Missing = 14,
    /// A document that needs lines has none.
    NoLines = 15,
    /// Text over its length, in characters.
    TooLong = 16,
    /// Text of a fixed length has another.
    WrongLength = 17,
    /// Not a decimal of type N19,5.
    NotDecimal = 18,
    /// Not a whole number in range.
    NotInteger = 19,
    /// Not a time yyyyMMddHHmmss.
    NotTime = 20,
    /// Not a date yyyyMMdd.
    NotDate = 21,
    /// The root lacks an attribute.
    MissingAttribute = 22,
    /// Text where only elements may stand.
    UnexpectedText = 23,
    /// A message of the family that its receiver does not take; reading never says this.
    NotTaken = 24,
}

impl DefectRule {
    /// The stable word used in answers and in the reference.
    pub fn word(self) -> &'static str {
        match self {
            Self::NotWellFormed => "not-well-formed",
            Self::Encoding => "encoding",
            Self::UnknownRoot => "unknown-root",
            Self::Namespace => "namespace",
            Self::TooLarge => "too-large",
            Self::TooDeep => "too-deep",
            Self::TooManyDocuments => "too-many-documents",
            Self::TooManyLines => "too-many-lines",
            Self::NoDocuments => "no-documents",
            Self::DoctypeForbidden => "doctype-forbidden",
            Self::UnknownElement => "unknown-element",
            Self::RepeatedElement => "repeated-element",
            Self::OutOfOrder => "out-of-order",
            Self::Missing => "missing",
            Self::NoLines => "no-lines",
            Self::TooLong => "too-long",
            Self::WrongLength => "wrong-length",
            Self::NotDecimal => "not-decimal",
            Self::NotInteger => "not-integer",
            Self::NotTime => "not-time",
            Self::NotDate => "not-date",
            Self::MissingAttribute => "missing-attribute",
            Self::UnexpectedText => "unexpected-text",
            Self::NotTaken => "not-taken",
        }
    }
    /// The rule of a stored number.
    pub fn from_number(number: u8) -> Option<Self> {
        (1..=24u8).contains(&number).then(|| Self::ALL[usize::from(number) - 1])
    }
    /// All rules, by number.
    pub const ALL: [Self; 24] = [
        Self::NotWellFormed,
        Self::Encoding,
        Self::UnknownRoot,
        Self::Namespace,
        Self::TooLarge,
        Self::TooDeep,
        Self::TooManyDocuments,
        Self::TooManyLines,
        Self::NoDocuments,
        Self::DoctypeForbidden,
        Self::UnknownElement,
        Self::RepeatedElement,
        Self::OutOfOrder,
        Self::Missing,
        Self::NoLines,
        Self::TooLong,
        Self::WrongLength,
        Self::NotDecimal,
        Self::NotInteger,
        Self::NotTime,
        Self::NotDate,
        Self::MissingAttribute,
        Self::UnexpectedText,
        Self::NotTaken,
    ];
}

/// One fault.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Defect {
    /// Where: `OrderList[2]/qty` within a document, `CEB311Message/@guid` or `byte 17` in a message.
    pub path: Text,
    /// What.
    pub rule: DefectRule,
    /// The value as sent, cut at 120 characters.
    pub value: Text,
    /// What was expected, in plain words.
    pub expected: Text,
}

impl Defect {
    /// A fault; the value is cut to what is shown.
    pub fn new(path: impl AsRef<str>, rule: DefectRule, value: &str, expected: impl AsRef<str>) -> Self {
        let value = match value.char_indices().nth(VALUE_SHOWN) {
            Some((cut, _)) => {
                let mut shown = Text::from(&value[..cut]);
                shown.push('…');
                shown
            }
            None => Text::from(value),
        };
        Self { path: Text::from(path.as_ref()), rule, value, expected: Text::from(expected.as_ref()) }
    }
}
