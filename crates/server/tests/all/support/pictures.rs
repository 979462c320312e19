//! The page that people open to look at the pictures of a run: beside them, with all that are there.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

/// Tests that end at the same time write it one after another.
static WRITING: Mutex<()> = Mutex::new(());

/// Where pictures are left.
pub fn folder() -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../target/screenshots");
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// What a picture is of, and how it was looked at: the language and the width behind the name.
fn named(file: &str) -> (&str, &str) {
    let name = file.trim_end_matches(".png");
    let languages = portal::Language::ALL.map(|language| format!("-{}-", language.tag()));
    let at = languages.iter().filter_map(|one| name.rfind(one.as_str())).max();
    at.map_or((name, ""), |at| (&name[..at], &name[at + 1..]))
}

/// The page of these files.
fn page(files: &[String]) -> String {
    let mut of: BTreeMap<&str, Vec<(&str, &str)>> = BTreeMap::new();
    for file in files {
        let (name, look) = named(file);
        of.entry(name).or_default().push((look, file.as_str()));
    }
    let mut text = String::from(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Pages</title>\
         <style>body{font:14px sans-serif}section div{display:flex;flex-wrap:wrap;gap:1rem}figure{margin:0}\
         img{height:320px;max-width:90vw;border:1px solid #888;object-fit:cover;object-position:top}</style><h1>Pages</h1>",
    );
    for (name, looks) in of {
        write!(text, "<section><h2>{name}</h2><div>").unwrap();
        for (look, file) in looks {
            let words = if look.is_empty() { name } else { look };
            write!(
                text,
                "<figure><a href=\"{file}\"><img loading=\"lazy\" src=\"{file}\" alt=\"{name} {look}\"></a><figcaption>{words}</figcaption></figure>"
            )
            .unwrap();
        }
        text.push_str("</div></section>");
    }
    text + "</html>\n"
}

/// Writes `index.html` beside the pictures that are there.
pub fn index() {
    let _one = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = folder();
    let names =
        std::fs::read_dir(&folder).unwrap().filter_map(|one| one.unwrap().file_name().into_string().ok());
    let mut files: Vec<String> = names.filter(|name| name.ends_with(".png")).collect();
    files.sort();
    std::fs::write(folder.join("index.html"), page(&files)).unwrap();
}

#[test]
fn each_picture_is_shown_under_what_it_is_of() {
    let files =
        ["agent-home-en-1280-dark.png", "agent-home-zh-CN-390.png", "agent-404_desk.png"].map(str::to_owned);
    assert_eq!(named(&files[0]), ("agent-home", "en-1280-dark"));
    assert_eq!(named(&files[1]), ("agent-home", "zh-CN-390"));
    assert_eq!(named(&files[2]), ("agent-404_desk", ""));
    let shown = page(&files);
    assert_eq!((shown.matches("<h2>").count(), shown.matches("<img").count()), (2, 3), "{shown}");
}
