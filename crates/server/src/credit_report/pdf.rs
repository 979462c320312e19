//! Lines as pages of a PDF with attached files and a code that telephones read. Knows nothing of what it writes.
//!
//! Places on a page are whole points: a file is the same on every machine.

use pdf_writer::types::{CidFontType, FontFlags, SystemInfo};
use pdf_writer::{Content, Finish, Name, Pdf, Rect, Ref, Str, TextStr};
use qrcode::types::Color;
use qrcode::{EcLevel, QrCode};

/// Width and height of A4 in points.
const PAPER: (i16, i16) = (595, 842);
/// Left, right, top and bottom.
const MARGIN: i16 = 56;
/// Points of a module of the code.
const MODULE: i16 = 2;

/// How a line looks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Style {
    /// What the file is.
    Title,
    /// Of a part.
    Heading,
    /// What is said.
    Text,
    /// What explains it.
    Small,
    /// Digits that are compared: each as wide as the others.
    Exact,
}

impl Style {
    /// Size of letters in points.
    fn size(self) -> i16 {
        match self {
            Self::Title => 18,
            Self::Heading => 13,
            Self::Text => 10,
            Self::Small => 9,
            Self::Exact => 8,
        }
    }
    /// From the line above to this one.
    fn step(self) -> i16 {
        match self {
            Self::Heading => self.size() + 14,
            _ => self.size() + 5,
        }
    }
}

/// A line, however long: it is broken where it does not fit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Line {
    style: Style,
    text: String,
}

impl Line {
    pub(super) fn new(style: Style, text: impl Into<String>) -> Self {
        Self { style, text: text.into() }
    }
}

/// Halves of a letter's size that a character is wide.
fn halves(letter: char) -> i16 {
    if letter.is_ascii() { 1 } else { 2 }
}

/// A line in pieces that fit into so many points. Letters of [`Style::Exact`] are six tenths of their size wide.
fn broken(line: &Line, width: i16) -> Vec<String> {
    let size = line.style.size();
    let most = if line.style == Style::Exact { width * 10 / (size * 6) } else { width * 2 / size };
    let (mut pieces, mut piece, mut used) = (Vec::new(), String::new(), 0);
    for letter in line.text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }) {
        let wide = if line.style == Style::Exact { 1 } else { halves(letter) };
        if used + wide > most {
            pieces.push(std::mem::take(&mut piece));
            used = 0;
        }
        piece.push(letter);
        used += wide;
    }
    pieces.push(piece);
    pieces
}

/// Two bytes a letter, as the encoding UniGB-UCS2-H has them; what it has not is a question mark of full width.
fn encoded(text: &str) -> Vec<u8> {
    let units = text.chars().map(|letter| u16::try_from(u32::from(letter)).unwrap_or(0xFF1F));
    units.flat_map(u16::to_be_bytes).collect()
}

/// A piece of text with its place.
struct Placed {
    page: usize,
    y: i16,
    style: Style,
    text: String,
}

/// Where each piece stands; beside the code lines are shorter.
fn placed(lines: &[Line], code: i16) -> (Vec<Placed>, usize) {
    let (mut all, mut page, mut y) = (Vec::new(), 0, PAPER.1 - MARGIN);
    for line in lines {
        let beside = page == 0 && y > PAPER.1 - MARGIN - code - line.style.step();
        let width = PAPER.0 - 2 * MARGIN - if beside { code + 10 } else { 0 };
        for text in broken(line, width) {
            y -= line.style.step();
            if y < MARGIN {
                page += 1;
                y = PAPER.1 - MARGIN - line.style.step();
            }
            all.push(Placed { page, y, style: line.style, text });
        }
    }
    (all, page + 1)
}

const CATALOG: Ref = Ref::new(1);
const PAGES: Ref = Ref::new(2);
const HAN: Ref = Ref::new(3);
const HAN_LETTERS: Ref = Ref::new(4);
const HAN_MEASURES: Ref = Ref::new(5);
const EXACT: Ref = Ref::new(6);
/// Numbers before it are given away above.
const FREE: i32 = 7;

/// The font of everything but digests: readers have one of this name, or take theirs for Chinese.
const HAN_NAME: Name<'static> = Name(b"STSong-Light");

fn fonts(pdf: &mut Pdf) {
    pdf.type0_font(HAN)
        .base_font(HAN_NAME)
        .encoding_predefined(Name(b"UniGB-UCS2-H"))
        .descendant_font(HAN_LETTERS);
    let mut letters = pdf.cid_font(HAN_LETTERS);
    letters.subtype(CidFontType::Type0);
    letters.base_font(HAN_NAME);
    letters.system_info(SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"GB1"), supplement: 2 });
    letters.font_descriptor(HAN_MEASURES);
    letters.default_width(1000.0);
    // The letters of ASCII.
    letters.widths().same(1, 95, 500.0);
    letters.finish();
    pdf.font_descriptor(HAN_MEASURES)
        .name(HAN_NAME)
        .flags(FontFlags::SYMBOLIC | FontFlags::SERIF)
        .bbox(Rect::new(-25.0, -254.0, 1000.0, 880.0))
        .italic_angle(0.0)
        .ascent(880.0)
        .descent(-120.0)
        .cap_height(880.0)
        .stem_v(93.0);
    pdf.type1_font(EXACT).base_font(Name(b"Courier"));
}

/// The modules of a code; nothing where the text is longer than a code can be.
fn code(text: &str) -> Vec<(i16, i16)> {
    let Ok(code) = QrCode::with_error_correction_level(text.as_bytes(), EcLevel::M) else {
        return Vec::new();
    };
    let width = code.width();
    let squares = code.to_colors().into_iter().enumerate();
    let dark = squares.filter(|(_, square)| *square == Color::Dark).map(|(at, _)| (at % width, at / width));
    dark.filter_map(|(x, y)| Some((i16::try_from(x).ok()?, i16::try_from(y).ok()?))).collect()
}

/// The lines as a file, with a code on the first page and files that are attached.
pub(super) fn written(lines: &[Line], address: &str, attached: &[(&str, &[u8])]) -> Vec<u8> {
    let modules = code(address);
    let edge = modules.iter().map(|(x, y)| x.max(y) + 1).max().unwrap_or(0) * MODULE;
    let (placed, count) = placed(lines, edge);
    let mut pdf = Pdf::new();
    let mut number = FREE;
    let mut next = || {
        let one = Ref::new(number);
        number += 1;
        one
    };
    let files: Vec<(Ref, Ref)> = attached.iter().map(|_| (next(), next())).collect();
    let pages: Vec<(Ref, Ref)> = (0..count).map(|_| (next(), next())).collect();
    let mut catalog = pdf.catalog(CATALOG);
    catalog.pages(PAGES);
    {
        let mut names = catalog.insert(Name(b"Names")).dict();
        let mut within = names.insert(Name(b"EmbeddedFiles")).dict();
        let mut array = within.insert(Name(b"Names")).array();
        for ((name, _), (_, named)) in attached.iter().zip(&files) {
            array.item(Str(name.as_bytes())).item(*named);
        }
    }
    {
        let mut array = catalog.insert(Name(b"AF")).array();
        for (_, named) in &files {
            array.item(*named);
        }
    }
    catalog.finish();
    pdf.pages(PAGES)
        .kids(pages.iter().map(|(page, _)| *page))
        .count(i32::try_from(count).unwrap_or(i32::MAX));
    fonts(&mut pdf);
    for ((name, bytes), (file, named)) in attached.iter().zip(&files) {
        pdf.embedded_file(*file, bytes);
        pdf.file_spec(*named).path(Str(name.as_bytes())).unic_file(TextStr(name)).embedded_file(*file);
    }
    for (index, (page, content)) in pages.iter().enumerate() {
        let mut one = pdf.page(*page);
        one.media_box(Rect::new(0.0, 0.0, f32::from(PAPER.0), f32::from(PAPER.1)));
        one.parent(PAGES);
        one.contents(*content);
        one.resources().fonts().pair(Name(b"H"), HAN).pair(Name(b"E"), EXACT);
        one.finish();
        let mut drawn = Content::new();
        if index == 0 {
            let (left, top) = (PAPER.0 - MARGIN - edge, PAPER.1 - MARGIN);
            for (x, y) in &modules {
                let (x, y) = (left + x * MODULE, top - (y + 1) * MODULE);
                drawn.rect(f32::from(x), f32::from(y), f32::from(MODULE), f32::from(MODULE));
            }
            if !modules.is_empty() {
                drawn.fill_nonzero();
            }
        }
        for piece in placed.iter().filter(|piece| piece.page == index) {
            let (font, bytes) = match piece.style {
                Style::Exact => (Name(b"E"), piece.text.clone().into_bytes()),
                _ => (Name(b"H"), encoded(&piece.text)),
            };
            drawn.begin_text();
            drawn.set_font(font, f32::from(piece.style.size()));
            drawn.next_line(f32::from(MARGIN), f32::from(piece.y));
            drawn.show(Str(&bytes));
            drawn.end_text();
        }
        pdf.stream(*content, &drawn.finish());
    }
    pdf.finish()
}

#[cfg(test)]
mod tests {
    use super::{Line, MARGIN, PAPER, Style, broken, encoded, placed, written};

    #[test]
    fn long_lines_are_broken_where_they_do_not_fit_and_nothing_of_them_is_lost() {
        let text = "备案完整度 completeness of the filing ".repeat(9);
        for style in [Style::Title, Style::Text, Style::Small] {
            let pieces = broken(&Line::new(style, text.clone()), 300);
            assert!(pieces.len() > 1);
            assert_eq!(pieces.concat(), text);
            let wide = |piece: &String| piece.chars().map(super::halves).sum::<i16>() * style.size() / 2;
            assert!(pieces.iter().all(|piece| wide(piece) <= 300));
        }
    }

    #[test]
    fn pages_follow_where_one_is_full_and_every_line_stands_on_one() {
        let lines: Vec<Line> = (0..200).map(|number| Line::new(Style::Text, number.to_string())).collect();
        let (placed, count) = placed(&lines, 120);
        assert_eq!((placed.len(), count > 3), (200, true));
        assert!(
            placed.iter().all(|piece| (MARGIN..PAPER.1 - MARGIN).contains(&piece.y) && piece.page < count)
        );
    }

    #[test]
    fn letters_are_two_bytes_each_and_what_has_none_is_marked() {
        assert_eq!(encoded("A信"), [0, 0x41, 0x4F, 0xE1]);
        assert_eq!(encoded("\u{20000}"), [0xFF, 0x1F]);
    }

    #[test]
    fn the_same_lines_are_the_same_file_and_what_is_attached_stands_in_it_as_it_is() {
        let lines = [Line::new(Style::Title, "信用"), Line::new(Style::Exact, "sha256 00")];
        let report = br#"{"a":1}"#.as_slice();
        let file = written(&lines, "onewindow:/v1/credit/verify?sha256=00", &[("a.json", report)]);
        assert_eq!(file, written(&lines, "onewindow:/v1/credit/verify?sha256=00", &[("a.json", report)]));
        assert!(file.starts_with(b"%PDF-"));
        assert!(String::from_utf8_lossy(&file).trim_end().ends_with("%%EOF"));
        let stream = [b"stream\n".as_slice(), report, b"\nendstream"].concat();
        assert!(file.windows(stream.len()).any(|part| part == stream));
    }
}
