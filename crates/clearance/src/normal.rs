//! One writing for what is written in many ways: addresses, names of goods. Two texts that fall together here are taken for the
//! same; what a text means is left to others.

/// Words after the number of a house, a stair or a room: `3号楼2单元501室` is `3-2-501`.
const HOUSE_WORDS: [&str; 14] =
    ["号楼", "单元", "号", "號", "栋", "幢", "座", "楼", "層", "层", "室", "房", "room", "no"];
const DIGITS: [char; 10] = ['〇', '一', '二', '三', '四', '五', '六', '七', '八', '九'];

/// Half as wide where it is full-width, lower case.
fn narrow(c: char) -> char {
    let narrow = match u32::from(c) {
        code @ 0xFF01..=0xFF5E => char::from_u32(code - 0xFEE0).unwrap_or(c),
        0x3000 => ' ',
        _ => c,
    };
    narrow.to_ascii_lowercase()
}

/// A name of goods: half-width, lower case, without blanks and punctuation.
pub fn goods(text: &str) -> String {
    text.chars().map(narrow).filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// An address: half-width, lower case, without blanks and punctuation; a digit before a house word is a figure, and numbers
/// have one mark between them, however they were parted.
pub fn address(text: &str) -> String {
    let all: Vec<char> = text.chars().map(narrow).collect();
    let mut out = String::with_capacity(text.len());
    // Whether something that is no letter stood since the last character that was kept.
    let mut parted = false;
    let mut at = 0;
    while let Some(&c) = all.get(at) {
        let rest = all.get(at..).unwrap_or_default();
        let after_number = out.ends_with(|last: char| last.is_ascii_digit());
        if let Some(word) = house_word(rest, after_number, out.is_empty() || parted) {
            parted = true;
            at += word;
            continue;
        }
        at += 1;
        if !c.is_alphanumeric() {
            parted = true;
            continue;
        }
        let figure = DIGITS.iter().position(|digit| *digit == c).filter(|_| {
            let next = rest.get(1..).unwrap_or_default();
            house_word(next, true, false).is_some()
        });
        let c = figure.and_then(|figure| char::from_digit(figure as u32, 10)).unwrap_or(c);
        if parted && c.is_ascii_digit() && out.ends_with(|last: char| last.is_ascii_digit()) {
            out.push('-');
        }
        parted = false;
        out.extend(c.to_lowercase());
    }
    out
}

/// How many characters a house word has that stands here: Chinese ones after a number, `no` and `room` before one.
fn house_word(rest: &[char], after_number: bool, begins: bool) -> Option<usize> {
    let first = rest.first();
    // Nearly every character begins none of them.
    HOUSE_WORDS.iter().filter(|word| word.chars().next().as_ref() == first).find_map(|word| {
        let length = word.chars().count();
        let here = rest.get(..length)?.iter().copied().eq(word.chars());
        let next = rest.get(length..)?.iter().find(|c| c.is_alphanumeric());
        let fits =
            if word.is_ascii() { begins && next.is_some_and(char::is_ascii_digit) } else { after_number };
        (here && fits).then_some(length)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_address_in_other_writing_falls_together_and_another_house_does_not() {
        let one = address("云南省昆明市样例路８号 3号楼2单元501室");
        for other in [
            "云南省昆明市样例路8号3栋2单元501",
            "云南省，昆明市，样例路8號3-2-501",
            "云南省 昆明市 样例路8号三号楼二单元501房",
            "云南省昆明市样例路 No. 8 - 3 - 2 - 501",
        ] {
            assert_eq!(address(other), one, "{other}");
        }
        assert_ne!(address("云南省昆明市样例路8号3栋2单元502室"), one);
        assert_ne!(address("云南省昆明市样例路83栋2单元501室"), one);
        assert_eq!(address("三环路一号"), "三环路1", "a digit in a name is none");
        assert_eq!(address(" ，。"), "");
    }

    #[test]
    fn goods_fall_together_by_letters_alone() {
        assert_eq!(goods("ＬＵＭＯＲＡ 面霜（50ml）"), goods("Lumora面霜50ML"));
        assert_ne!(goods("面霜50ml"), goods("面霜30ml"));
    }
}
