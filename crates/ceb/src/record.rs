//! One table per message part: from it come the struct, the reader, the writer, the digest and the reference page.

use crate::Text;
use crate::defect::DefectRule;
use crate::value::{Day, Decimal, Stamp, StampMillis};
use std::fmt::Write as _;

/// What a field's text must look like.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shape {
    /// `C..n`: at most n characters.
    Upto(u16),
    /// `C n`: exactly n characters.
    Exactly(u16),
    /// `N19,5`.
    Amount,
    /// Whole number of at most nine digits.
    Number,
    /// Whole number of at most n digits, n below ten.
    Digits(u8),
    /// 14 digits yyyyMMddHHmmss.
    Time,
    /// 8 digits yyyyMMdd.
    Date,
    /// 17 digits yyyyMMddHHmmssSSS (14 accepted).
    TimeMillis,
}

impl Shape {
    /// In plain words, as answers say it.
    pub fn words(self) -> String {
        match self {
            Self::Upto(n) => format!("text of at most {n} characters"),
            Self::Exactly(n) => format!("text of exactly {n} characters"),
            Self::Amount => "decimal number, at most 19 digits, at most 5 after the point".to_owned(),
            Self::Number => "whole number of at most 9 digits".to_owned(),
            Self::Digits(n) => format!("whole number of at most {n} digits"),
            Self::Time => "14 digits yyyyMMddHHmmss, a real time".to_owned(),
            Self::Date => "8 digits yyyyMMdd, a real date".to_owned(),
            Self::TimeMillis => "17 digits yyyyMMddHHmmssSSS, a real time".to_owned(),
        }
    }
    /// As the specification writes the type.
    pub fn notation(self) -> String {
        match self {
            Self::Upto(n) => format!("C..{n}"),
            Self::Exactly(n) => format!("C{n}"),
            Self::Amount => "N19,5".to_owned(),
            Self::Number => "int(9)".to_owned(),
            Self::Digits(n) => format!("int({n})"),
            Self::Time => "C14".to_owned(),
            Self::Date => "C8".to_owned(),
            Self::TimeMillis => "C17".to_owned(),
        }
    }
}

/// One row of a message's table.
#[derive(Clone, Copy, Debug)]
pub struct FieldRule {
    /// Element name.
    pub name: &'static str,
    /// What its text must look like.
    pub shape: Shape,
    /// Whether the element must be present.
    pub mandatory: bool,
    /// Meaning.
    pub meaning: &'static str,
}

/// Why a text is not a value of its field.
pub(crate) type Fault = DefectRule;

/// A field's Rust type: read from text, written back, fed to a digest.
pub(crate) trait Value: Default {
    const MANDATORY: bool;
    fn read(text: &str, shape: Shape) -> Result<Self, Fault>;
    /// The text to write, printed into `buffer` where it is not at hand; none = leave the element out.
    fn text<'a>(&'a self, buffer: &'a mut String) -> Option<&'a str>;
}

fn check_text(text: &str, shape: Shape) -> Result<Text, Fault> {
    // Every character has at least one byte, so short texts need no counting.
    match shape {
        Shape::Upto(limit)
            if text.len() > usize::from(limit) && text.chars().count() > usize::from(limit) =>
        {
            Err(DefectRule::TooLong)
        }
        Shape::Exactly(length) if text.chars().count() != usize::from(length) => Err(DefectRule::WrongLength),
        _ => Ok(Text::from(text)),
    }
}

impl Value for Text {
    const MANDATORY: bool = true;
    fn read(text: &str, shape: Shape) -> Result<Self, Fault> {
        check_text(text, shape)
    }
    fn text<'a>(&'a self, _: &'a mut String) -> Option<&'a str> {
        Some(self)
    }
}

impl Value for Option<Text> {
    const MANDATORY: bool = false;
    fn read(text: &str, shape: Shape) -> Result<Self, Fault> {
        if text.trim_ascii().is_empty() { Ok(None) } else { check_text(text, shape).map(Some) }
    }
    fn text<'a>(&'a self, _: &'a mut String) -> Option<&'a str> {
        self.as_deref()
    }
}

macro_rules! printed_value {
    ($type:ty, $fault:expr, $parse:expr) => {
        impl Value for $type {
            const MANDATORY: bool = true;
            fn read(text: &str, shape: Shape) -> Result<Self, Fault> {
                $parse(text, shape).ok_or($fault)
            }
            fn text<'a>(&'a self, buffer: &'a mut String) -> Option<&'a str> {
                buffer.clear();
                write!(buffer, "{self}").ok().map(|()| buffer.as_str())
            }
        }
        impl Value for Option<$type> {
            const MANDATORY: bool = false;
            fn read(text: &str, shape: Shape) -> Result<Self, Fault> {
                if text.trim_ascii().is_empty() { Ok(None) } else { <$type>::read(text, shape).map(Some) }
            }
            fn text<'a>(&'a self, buffer: &'a mut String) -> Option<&'a str> {
                self.as_ref().and_then(|value| value.text(buffer))
            }
        }
    };
}

printed_value!(Decimal, DefectRule::NotDecimal, |text, _| Decimal::parse(text));
printed_value!(Stamp, DefectRule::NotTime, |text, _| Stamp::parse(text));
printed_value!(Day, DefectRule::NotDate, |text, _| Day::parse(text));
printed_value!(StampMillis, DefectRule::NotTime, |text, _| StampMillis::parse(text));
printed_value!(u32, DefectRule::NotInteger, |text: &str, shape| {
    let text = text.trim_ascii();
    let most = if let Shape::Digits(most) = shape { usize::from(most) } else { 9 };
    (text.len() <= most && text.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| text.parse().ok())
        .flatten()
});

/// A part of a message that has fields in a fixed order.
pub trait Record: Default {
    /// Element name of the part.
    const ELEMENT: &'static str;
    /// Its fields, in order.
    const FIELDS: &'static [FieldRule];
    /// Sets the field with this index from its text.
    ///
    /// # Errors
    /// What is wrong with the text; the field keeps its default.
    fn set(&mut self, index: usize, text: &str) -> Result<(), DefectRule>;
    /// Calls `visit` with index and text of every field that is present, in order.
    fn visit(&self, visit: &mut dyn FnMut(usize, &str));
}

/// Declares a part: struct and [`Record`] from one table. `?` after the shape marks an optional field.
macro_rules! record {
    (
        $(#[$meta:meta])*
        $name:ident = $element:literal {
            $( $field:ident: $type:ty, $wire:literal, $shape:expr, $meaning:literal; )*
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, PartialEq, Eq, Debug, Default)]
        pub struct $name {
            $( #[doc = concat!("`", $wire, "`: ", $meaning, ".")] pub $field: $type, )*
        }

        impl $crate::record::Record for $name {
            const ELEMENT: &'static str = $element;
            const FIELDS: &'static [$crate::record::FieldRule] = &[
                $( $crate::record::FieldRule {
                    name: $wire,
                    shape: $shape,
                    mandatory: <$type as $crate::record::Value>::MANDATORY,
                    meaning: $meaning,
                }, )*
            ];
            fn set(&mut self, index: usize, text: &str) -> Result<(), $crate::defect::DefectRule> {
                let mut at = 0usize;
                $(
                    if index == at {
                        self.$field = <$type as $crate::record::Value>::read(text, $shape)?;
                        return Ok(());
                    }
                    at += 1;
                )*
                let _ = at;
                Ok(())
            }
            fn visit(&self, visit: &mut dyn FnMut(usize, &str)) {
                let mut buffer = String::new();
                let mut at = 0usize;
                $(
                    if let Some(text) = $crate::record::Value::text(&self.$field, &mut buffer) {
                        visit(at, text);
                    }
                    at += 1;
                )*
                let _ = at;
            }
        }
    };
}
pub(crate) use record;
