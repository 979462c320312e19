//! Charts as PNG: what the portal draws, painted with the fonts of this machine. Nothing of others is painted: no picture or
//! file that a drawing names is read.

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{self, fontdb};
use std::sync::{Arc, OnceLock};
use tokio::sync::Semaphore;

/// Pictures painted at a time: whoever asks for many does not take the processor from others.
static PAINTERS: Semaphore = Semaphore::const_new(1);

/// Fonts that have both scripts of the portal, the best first.
const FAMILIES: [&str; 6] = [
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Noto Sans",
    "DejaVu Sans",
];

/// Why there is no picture.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Unpainted {
    /// The machine has no font: letters would be missing.
    NoFonts,
    /// The drawing cannot be read or is too large.
    Drawing(String),
}

/// The fonts of this machine, looked for once.
fn fonts() -> Arc<fontdb::Database> {
    static FONTS: OnceLock<Arc<fontdb::Database>> = OnceLock::new();
    let load = || {
        let mut fonts = fontdb::Database::new();
        fonts.load_system_fonts();
        let has =
            |family: &str| fonts.faces().any(|face| face.families.iter().any(|(name, _)| name == family));
        if let Some(family) = FAMILIES.into_iter().find(|family| has(family)) {
            fonts.set_sans_serif_family(family);
        }
        Arc::new(fonts)
    };
    FONTS.get_or_init(load).clone()
}

fn painted(svg: &str, fonts: Arc<fontdb::Database>) -> Result<Vec<u8>, Unpainted> {
    if fonts.is_empty() {
        return Err(Unpainted::NoFonts);
    }
    rendered(svg, fonts)
}

fn rendered(svg: &str, fonts: Arc<fontdb::Database>) -> Result<Vec<u8>, Unpainted> {
    let drawing = |error: &dyn std::fmt::Display| Unpainted::Drawing(error.to_string());
    let mut options = usvg::Options { fontdb: fonts, ..usvg::Options::default() };
    options.image_href_resolver.resolve_string = Box::new(|_, _| None);
    let tree = usvg::Tree::from_str(svg, &options).map_err(|error| drawing(&error))?;
    let size = tree.size().to_int_size();
    let mut pixels = Pixmap::new(size.width(), size.height()).ok_or_else(|| drawing(&"no size"))?;
    resvg::render(&tree, Transform::default(), &mut pixels.as_mut());
    pixels.encode_png().map_err(|error| drawing(&error))
}

/// A drawing as PNG.
///
/// # Errors
/// [`Unpainted`].
pub async fn png(svg: String) -> Result<Vec<u8>, Unpainted> {
    let _one = PAINTERS.acquire().await;
    let done = tokio::task::spawn_blocking(move || painted(&svg, fonts())).await;
    done.unwrap_or_else(|error| Err(Unpainted::Drawing(error.to_string())))
}

/// A drawing without letters as PNG, which needs no font.
///
/// # Errors
/// [`Unpainted::Drawing`].
pub async fn png_of_shapes(svg: String) -> Result<Vec<u8>, Unpainted> {
    let _one = PAINTERS.acquire().await;
    let done = tokio::task::spawn_blocking(move || rendered(&svg, Arc::default())).await;
    done.unwrap_or_else(|error| Err(Unpainted::Drawing(error.to_string())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_font_it_is_said_and_with_none_no_picture_is_made() {
        let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"4\" height=\"4\"><rect width=\"4\" height=\"4\"/></svg>";
        assert_eq!(painted(svg, Arc::new(fontdb::Database::new())), Err(Unpainted::NoFonts));
    }
}
