//! The pages of the window. Pure: typed views in, HTML out. It holds the design (one stylesheet, one small script), the
//! shell around every page, the parts that pages are made of, the charts, the texts in each language and the pages
//! themselves. Knows no database, HTTP or clock: `server` turns sessions and records into the views, which are the answers
//! of the HTTP interface ([`answers`]), so that a page never shows what the interface would not tell.

pub mod answers;
pub mod assets;
pub mod charts;
pub mod format;
pub mod language;
pub mod pages;
pub mod parts;
pub mod shell;

pub use language::{Family, Language, Texts};
pub use maud::Markup;
pub use shell::{Desk, Frame, Page, Part, Reader};
