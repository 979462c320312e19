//! Pictures, known by their first bytes and kept without what they tell besides what is to be seen: cameras write place,
//! time, device and a small copy of the picture into them, and programs words of their own. Pure. No library that was looked
//! at takes out all of these and keeps the orientation; walking the parts of three formats is short. Pixels are not read.

/// Why a picture is not taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Refused {
    /// It begins as none of the three formats does.
    Kind,
    /// It ends early, or its parts do not follow each other.
    Damaged,
}

impl Refused {
    /// What was expected, in Chinese.
    pub fn words_zh(self) -> &'static str {
        match self {
            Self::Kind => "须为JPEG、PNG或WebP图片（以文件内容为准，不看文件名）",
            Self::Damaged => "图片不完整或已损坏，请重新拍摄或选择",
        }
    }
    /// What was expected, in English.
    pub fn words(self) -> &'static str {
        match self {
            Self::Kind => "a JPEG, PNG or WebP picture, by its first bytes and not by its name",
            Self::Damaged => "a whole picture: this one ends early or its parts do not follow each other",
        }
    }
}

/// A picture as it is kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Picture {
    /// `image/jpeg`, `image/png` or `image/webp`.
    pub media_type: &'static str,
    /// What is kept.
    pub bytes: Vec<u8>,
}

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

/// A picture without what it tells besides.
///
/// # Errors
/// [`Refused`].
pub fn cleaned(bytes: &[u8]) -> Result<Picture, Refused> {
    let (media_type, kept) = if bytes.starts_with(&[0xFF, 0xD8, 0xFF]) {
        ("image/jpeg", jpeg(bytes))
    } else if bytes.starts_with(PNG) {
        ("image/png", png(bytes))
    } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        ("image/webp", webp(bytes))
    } else {
        return Err(Refused::Kind);
    };
    Ok(Picture { media_type, bytes: kept.ok_or(Refused::Damaged)? })
}

/// A JPEG to its end mark: what programs hang behind it (films, second pictures, places) is left.
fn jpeg(bytes: &[u8]) -> Option<Vec<u8>> {
    let (mut at, mut turned, mut seen) = (2, 1u8, false);
    let mut kept: Vec<u8> = Vec::with_capacity(bytes.len());
    loop {
        while bytes.get(at..at + 2)? == [0xFF, 0xFF] {
            at += 1;
        }
        let [0xFF, mark] = *bytes.get(at..at + 2)? else { return None };
        if mark == 0xD9 {
            kept.extend([0xFF, 0xD9]);
            break;
        }
        let length = usize::from(u16::from_be_bytes(bytes.get(at + 2..at + 4)?.try_into().ok()?));
        let part = bytes.get(at + 4..at + 2 + length)?;
        let is_kept = match mark {
            0xE0 => part.starts_with(b"JFIF\0"),
            0xE1 => {
                turned = part.strip_prefix(b"Exif\0\0").and_then(orientation).unwrap_or(turned);
                false
            }
            // Colours are part of the picture.
            0xE2 => part.starts_with(b"ICC_PROFILE\0"),
            0xEE => part.starts_with(b"Adobe"),
            0xC0..=0xCF | 0xDA..=0xDF => true,
            _ => false,
        };
        let mut end = at + 2 + length;
        if mark == 0xDA {
            end += scan(bytes.get(end..)?)?;
            seen = true;
        }
        if is_kept {
            kept.extend(bytes.get(at..end)?);
        }
        at = end;
    }
    if !seen {
        return None;
    }
    let mut whole = vec![0xFF, 0xD8];
    whole.extend(standing(turned));
    whole.extend(kept);
    Some(whole)
}

/// How long the coded pixels are: up to the next mark that is none of theirs.
fn scan(bytes: &[u8]) -> Option<usize> {
    let ends = |pair: &[u8]| pair[0] == 0xFF && !matches!(pair[1], 0x00 | 0xFF | 0xD0..=0xD7);
    bytes.windows(2).position(ends)
}

/// Which way up a picture is, in what a camera wrote (TIFF, tag 0x0112): 1 to 8.
fn orientation(tiff: &[u8]) -> Option<u8> {
    let big = match tiff.get(..4)? {
        [b'M', b'M', 0, 42] => true,
        [b'I', b'I', 42, 0] => false,
        _ => return None,
    };
    let short = |at: usize| {
        let two: [u8; 2] = tiff.get(at..at + 2)?.try_into().ok()?;
        Some(if big { u16::from_be_bytes(two) } else { u16::from_le_bytes(two) })
    };
    let four: [u8; 4] = tiff.get(4..8)?.try_into().ok()?;
    let first = if big { u32::from_be_bytes(four) } else { u32::from_le_bytes(four) };
    let first = usize::try_from(first).ok().filter(|first| *first < tiff.len())?;
    let entries = usize::from(short(first)?);
    let at = (0..entries).map(|index| first + 2 + 12 * index).find(|at| short(*at) == Some(0x0112))?;
    u8::try_from(short(at + 8)?).ok().filter(|turned| (1..=8).contains(turned))
}

/// The one thing of a camera's that is kept: without it a picture taken on edge lies on its side.
fn standing(turned: u8) -> Vec<u8> {
    if turned == 1 {
        return Vec::new();
    }
    let mut part = vec![0xFF, 0xE1, 0, 34];
    part.extend(b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0");
    part.extend([turned, 0, 0, 0, 0, 0, 0]);
    part
}

/// A PNG of the parts that make the picture.
fn png(bytes: &[u8]) -> Option<Vec<u8>> {
    const KEPT: [&[u8; 4]; 12] = [
        b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"cICP",
        b"pHYs",
    ];
    let mut kept = PNG.to_vec();
    let mut at = PNG.len();
    let mut seen = false;
    loop {
        let length = u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?);
        let kind: &[u8; 4] = bytes.get(at + 4..at + 8)?.try_into().ok()?;
        let end = at.checked_add(usize::try_from(length).ok()?)?.checked_add(12)?;
        let part = bytes.get(at..end)?;
        if KEPT.contains(&kind) {
            kept.extend(part);
        }
        seen |= kind == b"IDAT";
        at = end;
        if kind == b"IEND" {
            return seen.then_some(kept);
        }
    }
}

/// A WebP of the parts that make the picture.
fn webp(bytes: &[u8]) -> Option<Vec<u8>> {
    const KEPT: [&[u8; 4]; 7] = [b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ICCP", b"ANIM", b"ANMF"];
    /// Flags that say that a camera's and a program's words follow.
    const TOLD: u8 = 0x08 | 0x04;
    let size = u32::from_le_bytes(bytes.get(4..8)?.try_into().ok()?);
    let file = bytes.get(..usize::try_from(size).ok()?.checked_add(8)?)?;
    let mut body = b"WEBP".to_vec();
    let (mut at, mut seen) = (12, false);
    while at < file.len() {
        let kind: &[u8; 4] = file.get(at..at + 4)?.try_into().ok()?;
        let length = usize::try_from(u32::from_le_bytes(file.get(at + 4..at + 8)?.try_into().ok()?)).ok()?;
        // Parts begin at even places.
        let end = at.checked_add(8)?.checked_add(length)?.checked_add(length % 2)?;
        let part = file.get(at..end)?;
        if KEPT.contains(&kind) {
            let from = body.len();
            body.extend(part);
            if kind == b"VP8X" {
                *body.get_mut(from + 8)? &= !TOLD;
            }
        }
        seen |= matches!(kind, b"VP8 " | b"VP8L" | b"ANMF");
        at = end;
    }
    let mut whole = b"RIFF".to_vec();
    whole.extend(u32::try_from(body.len()).ok()?.to_le_bytes());
    whole.extend(body);
    seen.then_some(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a camera tells besides: little-endian, orientation 6 and a place.
    fn told(turned: u8) -> Vec<u8> {
        let mut tiff = b"II*\0\x08\0\0\0\x02\0\x12\x01\x03\0\x01\0\0\0".to_vec();
        tiff.extend([turned, 0, 0, 0]);
        tiff.extend(b"\x25\x88\x04\0\x01\0\0\0\x26\0\0\0\0\0\0\0GPS 24.88N 102.83E 2026:11:28 21:00");
        tiff
    }

    fn part(mark: u8, body: &[u8]) -> Vec<u8> {
        let length = u16::try_from(body.len() + 2).unwrap_or_default().to_be_bytes();
        [&[0xFF, mark], &length[..], body].concat()
    }

    fn a_jpeg(turned: u8) -> Vec<u8> {
        [
            &[0xFF, 0xD8][..],
            &part(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0"),
            &part(0xE1, &[b"Exif\0\0", &told(turned)[..]].concat()),
            &part(0xE1, b"http://ns.adobe.com/xap/1.0/\0<GPS 24.88N>"),
            &part(0xED, b"Photoshop 3.0\0GPS city"),
            &part(0xFE, b"GPS comment"),
            &part(0xE2, b"ICC_PROFILE\0colours"),
            &part(0xDB, &[7; 65]),
            &part(0xC0, &[8, 0, 1, 0, 1, 1, 1, 17, 0]),
            &part(0xDA, &[1, 1, 0, 0, 63, 0]),
            &[1, 2, 0xFF, 0x00, 3, 0xFF, 0xD0, 4][..],
            // A second pass, as in pictures that come sharper while they load.
            &part(0xDA, &[1, 1, 0, 1, 63, 0]),
            &[5, 6, 0xFF, 0xD9][..],
            b"GPS of a film behind the picture",
        ]
        .concat()
    }

    fn a_png() -> Vec<u8> {
        let chunk = |kind: &[u8], body: &[u8]| {
            [&u32::try_from(body.len()).unwrap_or_default().to_be_bytes()[..], kind, body, b"sums"].concat()
        };
        [
            PNG,
            &chunk(b"IHDR", &[0; 13]),
            &chunk(b"tEXt", b"GPS text"),
            &chunk(b"eXIf", &told(6)),
            &chunk(b"iTXt", b"GPS words"),
            &chunk(b"tIME", &[7; 7]),
            &chunk(b"IDAT", b"pixels"),
            &chunk(b"IEND", b""),
            b"GPS behind",
        ]
        .concat()
    }

    fn a_webp() -> Vec<u8> {
        let chunk = |kind: &[u8], body: &[u8]| {
            let length = u32::try_from(body.len()).unwrap_or_default().to_le_bytes();
            [kind, &length[..], body, &[0; 1][..body.len() % 2]].concat()
        };
        let body = [
            b"WEBP",
            &chunk(b"VP8X", &[0x0C | 0x10, 0, 0, 0, 1, 0, 0, 1, 0, 0])[..],
            &chunk(b"VP8 ", b"pixel")[..],
            &chunk(b"EXIF", &told(6))[..],
            &chunk(b"XMP ", b"GPS words")[..],
        ]
        .concat();
        [b"RIFF", &u32::try_from(body.len()).unwrap_or_default().to_le_bytes()[..], &body, b"GPS behind"]
            .concat()
    }

    fn tells(bytes: &[u8]) -> bool {
        bytes.windows(3).any(|three| three == b"GPS")
    }

    #[test]
    fn what_a_camera_tells_besides_is_taken_out_and_the_picture_stays() {
        let of_each: [(&str, Vec<u8>, &[u8]); 3] = [
            ("image/jpeg", a_jpeg(1), &[1, 2, 0xFF]),
            ("image/png", a_png(), b"pixels"),
            ("image/webp", a_webp(), b"pixel"),
        ];
        for (media_type, bytes, pixels) in of_each {
            assert!(tells(&bytes));
            let clean = cleaned(&bytes).unwrap_or_else(|refused| panic!("{media_type}: {refused:?}"));
            assert_eq!(clean.media_type, media_type);
            assert!(!tells(&clean.bytes), "{media_type}");
            assert!(clean.bytes.windows(pixels.len()).any(|part| part == pixels), "{media_type}");
            assert_eq!(cleaned(&clean.bytes), Ok(clean.clone()), "{media_type}: once more changes nothing");
        }
    }

    #[test]
    fn a_picture_taken_on_edge_stays_upright() {
        for turned in 1..=8 {
            let clean = cleaned(&a_jpeg(turned)).unwrap_or_else(|refused| panic!("{refused:?}"));
            let told = clean.bytes.windows(6).position(|part| part == b"Exif\0\0");
            let kept = told.and_then(|at| orientation(&clean.bytes[at + 6..]));
            assert_eq!(kept, (turned > 1).then_some(turned));
        }
        let jpeg = cleaned(&a_jpeg(0)).unwrap_or_else(|refused| panic!("{refused:?}"));
        assert!(!jpeg.bytes.windows(4).any(|part| part == b"Exif"), "no way up that there is not");
    }

    #[test]
    fn colours_and_every_pass_of_a_picture_are_kept() {
        let clean = cleaned(&a_jpeg(1)).unwrap_or_else(|refused| panic!("{refused:?}"));
        assert!(clean.bytes.windows(11).any(|part| part == b"ICC_PROFILE"));
        assert_eq!(clean.bytes.windows(2).filter(|pair| *pair == [0xFF, 0xDA]).count(), 2);
        assert!(clean.bytes.ends_with(&[5, 6, 0xFF, 0xD9]));
    }

    #[test]
    fn what_is_no_picture_or_half_of_one_is_refused() {
        for other in [
            &b"GIF89a"[..],
            b"%PDF-1.7",
            b"<svg xmlns=\"x\"/>",
            b"",
            b"\0\0\0\x18ftypheic",
            b"RIFF\0\0\0\0WAVE",
        ] {
            assert_eq!(cleaned(other), Err(Refused::Kind), "{other:?}");
        }
        for whole in [a_jpeg(6), a_png(), a_webp()] {
            let end = whole.len() - b"GPS behind".len();
            for cut in 12..end {
                // Some cuts fall behind the end of the picture itself: those are whole.
                if let Ok(clean) = cleaned(&whole[..cut]) {
                    assert_eq!(Ok(clean), cleaned(&whole), "cut at {cut}");
                }
            }
        }
        for bytes in
            [&b"\xFF\xD8\xFF\xD9"[..], &[PNG, b"\xFF\xFF\xFF\xFFIDAT"].concat(), b"RIFF\xFF\xFF\xFF\xFFWEBP"]
        {
            assert_eq!(cleaned(bytes), Err(Refused::Damaged), "{bytes:?}");
        }
    }
}
