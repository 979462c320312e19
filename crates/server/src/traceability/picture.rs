//! QR codes of links, and of keys for authenticators: drawn as SVG from the squares that the `qrcode` crate gives, painted as PNG where a printer wants that.

use qrcode::types::Color;
use qrcode::{EcLevel, QrCode};
use std::fmt::Write;

/// Squares of white around a code, as its standard asks for.
const QUIET: usize = 4;
/// Pixels of a square.
const PIXELS: usize = 8;

/// A drawing of the code; none where a text is too long for one.
pub(crate) fn svg(text: &str) -> Option<String> {
    // A label is scratched: fifteen per cent may be lost.
    let code = QrCode::with_error_correction_level(text.as_bytes(), EcLevel::M).ok()?;
    let (width, squares) = (code.width(), code.to_colors());
    let whole = width + 2 * QUIET;
    let mut path = String::new();
    for (y, row) in squares.chunks(width).enumerate() {
        let mut x = 0;
        while x < width {
            let dark = row.iter().skip(x).take_while(|square| **square == Color::Dark).count();
            if dark > 0 {
                // Writing to a string does not fail.
                let _ = write!(path, "M{} {}h{dark}v1h-{dark}z", x + QUIET, y + QUIET);
            }
            x += dark.max(1);
        }
    }
    let side = whole * PIXELS;
    Some(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {whole} {whole}\" width=\"{side}\" height=\"{side}\" \
         shape-rendering=\"crispEdges\"><rect width=\"{whole}\" height=\"{whole}\" fill=\"#fff\"/><path fill=\"#000\" d=\"{path}\"/></svg>"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_square_with_white_around_it_and_the_same_each_time() {
        let drawn = svg("https://example.org/01/09506000134352/10/L1/21/000001ABCDEFGHJK").unwrap();
        assert_eq!(svg("https://example.org/01/09506000134352/10/L1/21/000001ABCDEFGHJK").unwrap(), drawn);
        // The corner of a finder: seven dark squares, behind four white ones.
        assert!(drawn.contains("M4 4h7v1h-7z"), "{drawn}");
        assert!(!drawn.contains("style"), "the policy of pages lets no style in");
        assert_eq!(svg(&"x".repeat(5_000)), None);
    }
}
