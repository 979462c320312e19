//! The first five minutes in a browser, as the README tells them: the demo zone is opened, four documents of one purchase are sent, the
//! list is rejected and says why, is corrected where it was wrong, waits for an officer who decides, and the buyer follows his parcel.
//! Its pictures are left in `target/screenshots`; where `ONEWINDOW_PICTURES` names a folder they are kept there too, as those of the
//! README are: `ONEWINDOW_PICTURES=docs/pictures cargo test -p onewindow --test all -- five_minutes`.

use crate::chromium::Chromium;
use clearance::keys::Time;
use portal::{Family, Language};
use serde_json::{Value, json};
use server::second_factor;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Goods of which a person looks at the papers, by the rules of risk that everybody starts with.
const LOOKED_AT: &str = "对讲机";
/// How long the zone may take to live through the days before today.
const OPENS_WITHIN: Duration = Duration::from_secs(600);
/// How long what is not there at once may take.
const SOON: Duration = Duration::from_secs(60);
const CHECKS: &str = include_str!("../../../server/tests/all/support/accessible.js");

/// The demo zone at work; it ends with the test.
struct Demo {
    child: Child,
    folder: tempfile::TempDir,
    address: String,
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Demo {
    fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_onewindow"))
            .args(["demo", "--folder", "demo", "--listen", "127.0.0.1:0", "--trades", "0"])
            .current_dir(folder.path())
            .env("RUST_LOG", "error")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let (tell, told) = std::sync::mpsc::channel();
        // Read to the end: whoever prints into a full pipe waits.
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let _ = tell.send(line);
            }
        });
        let mut demo = Self { child, folder, address: String::new() };
        let began = Instant::now();
        while demo.address.is_empty() {
            let left = OPENS_WITHIN.checked_sub(began.elapsed()).expect("the demo zone does not open");
            let line = told.recv_timeout(left).expect("the demo zone does not open");
            if let Some((_, address)) = line.split_once(" is open at ") {
                demo.address = address.trim().to_owned();
            }
        }
        demo
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join("demo").join(name)
    }

    fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.file(name)).unwrap()
    }

    /// The second word of the line that begins with a word, of a file with such lines.
    fn second(&self, file: &str, first: &str) -> String {
        let text = self.text(file);
        let line = text.lines().find_map(|line| line.strip_prefix(first)?.strip_prefix(' '));
        line.unwrap_or_else(|| panic!("{first} is not in {file}")).to_owned()
    }

    /// Sends a sample as the software of its party does.
    fn send(&self, sample: &str) {
        let sent = Command::new(env!("CARGO_BIN_EXE_onewindow"))
            .args(["submit", "--server", &self.address, "--tokens"])
            .arg(self.file("tokens.txt"))
            .arg(self.file(sample))
            .env_remove("ONEWINDOW_TOKEN")
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&sent.stdout).into_owned();
        assert_eq!(sent.status.code(), Some(0), "{sample}: {told} {}", String::from_utf8_lossy(&sent.stderr));
    }
}

/// Leaves a picture, and keeps it where that is asked for.
fn picture(browser: &mut Chromium, name: &str) {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut folders = vec![here.join("target/screenshots")];
    folders.extend(std::env::var_os("ONEWINDOW_PICTURES").map(|folder| here.join(folder)));
    for folder in folders {
        std::fs::create_dir_all(&folder).unwrap();
        browser.picture(&folder.join(format!("five-minutes-{name}.png")));
    }
}

fn words(browser: &mut Chromium) -> String {
    browser.run("document.querySelector('main').innerText").as_str().unwrap().to_owned()
}

fn place(browser: &mut Chromium) -> String {
    browser.run("location.pathname").as_str().unwrap().to_owned()
}

/// Everybody can use what is open now, and nothing was complained about but an answer that says what was wrong.
fn is_fit(browser: &mut Chromium, what: &str) {
    let found = browser.run(CHECKS);
    assert_eq!(found, json!([]), "{what}");
    let told = browser.complaints();
    assert!(told.iter().all(|one| one.contains("422")), "{what}: {told:?}");
}

fn sign_in(browser: &mut Chromium, demo: &Demo, login: &str) -> String {
    // A page that is left open would go on watching with a session that is gone.
    browser.open(&format!("{}/guide?lang=en", demo.address));
    browser.call("Network.clearBrowserCookies", &json!({}));
    let password = demo.second("people.txt", login);
    browser.open(&format!("{}/sign-in?lang=en", demo.address));
    browser.fill("#login", login);
    browser.fill("#password", &password);
    browser.leading(|browser| browser.tap("form.stack button"));
    password
}

/// The secret in the address that an authenticator reads.
fn secret(address: &str) -> Vec<u8> {
    let text = address.split("secret=").nth(1).unwrap().split('&').next().unwrap();
    let (mut bytes, mut bits, mut held) = (Vec::new(), 0u32, 0u32);
    for letter in text.bytes() {
        let value = if letter.is_ascii_uppercase() { letter - b'A' } else { letter - b'2' + 26 };
        (bits, held) = (bits << 5 | u32::from(value), held + 5);
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held) as u8);
            bits &= (1 << held) - 1;
        }
    }
    bytes
}

/// What an officer does before anything else: enrols his second factor.
fn enrol(browser: &mut Chromium, password: &str) {
    assert_eq!(place(browser), "/desk/account");
    browser.fill("[name=password-again]", password);
    browser.leading(|browser| browser.tap("form[action$='second-factor'] button"));
    let shown = browser.run(
        "Array.from(document.querySelectorAll('main .code')).map(one => one.textContent).find(one => one.startsWith('otpauth'))",
    );
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let step = second_factor::step(Time(i64::try_from(now.as_millis()).unwrap()));
    browser.fill("#code", &second_factor::code(&secret(shown.as_str().unwrap()), step));
    browser.leading(|browser| browser.tap("form[action$='confirm'] button"));
    assert!(
        words(browser).contains(&Language::English.texts().text("second-factor-done")),
        "{}",
        words(browser)
    );
}

/// What stands in an element of a sample.
fn element(text: &str, name: &str) -> String {
    let begin = format!("<ceb:{name}>");
    text.split(&begin).nth(1).unwrap().split('<').next().unwrap().to_owned()
}

/// Looks again until there is something.
fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(began.elapsed() < SOON, "{what} did not come");
        std::thread::sleep(Duration::from_millis(200));
    }
}

#[test]
fn a_newcomer_follows_one_purchase_in_five_minutes() {
    let Some(mut browser) = Chromium::start() else {
        println!(
            "skipped: there is no Chromium here (apt install chromium); ONEWINDOW_REQUIRE_BROWSER=1 asks for one"
        );
        return;
    };
    let demo = Demo::open();
    let texts = Language::English.texts();
    browser.look(1280, false);
    browser.open(&format!("{}/indicators?lang=en", demo.address));
    is_fit(&mut browser, "the zone as everybody finds it");
    picture(&mut browser, "1-zone-en-1280");

    // Three parties have software; their goods are such that a person looks at the papers.
    let order = demo.text("samples/rejected-1-order.xml");
    let goods = element(&order, "itemName");
    let of_that_kind = |text: &str, name: &str| {
        text.replace(&format!("<ceb:{name}>{goods}<"), &format!("<ceb:{name}>{goods}{LOOKED_AT}<"))
    };
    std::fs::write(demo.file("samples/rejected-1-order.xml"), of_that_kind(&order, "itemName")).unwrap();
    for sample in ["rejected-1-order.xml", "rejected-2-payment.xml", "rejected-3-waybill.xml"] {
        demo.send(&format!("samples/{sample}"));
    }
    // The fourth document is sent by hand, with another buyer's name on it.
    let number = demo.text("samples/rejected-consignment.txt").trim().to_owned();
    let trade = format!("/desk/consignments/{number}");
    sign_in(&mut browser, &demo, "operator");
    assert_eq!(place(&mut browser), "/desk");
    browser.open(&format!("{}/desk/send", demo.address));
    browser.fill("#text", &of_that_kind(&demo.text("samples/rejected-4-declaration.xml"), "gname"));
    browser.leading(|browser| browser.tap("form[data-upload] p:not([hidden]) > button:not([name])"));
    is_fit(&mut browser, "what was answered");
    browser.open(&format!("{}{trade}", demo.address));
    is_fit(&mut browser, "the rejected trade");
    assert!(browser.run("document.querySelector('#why') !== null") == true, "{}", words(&mut browser));
    picture(&mut browser, "2-why-en-1280");
    browser.leading(|browser| browser.tap("main a[href^='/desk/documents/']"));
    browser.fill("[name='InventoryHead.buyerName'][aria-invalid=true]", &element(&order, "buyerName"));
    browser.leading(|browser| browser.tap("button[value=send]"));
    assert_eq!(place(&mut browser), trade);
    assert!(words(&mut browser).contains(&texts.text("sent-done")), "{}", words(&mut browser));
    is_fit(&mut browser, "the trade that waits");
    picture(&mut browser, "3-waits-en-1280");

    // Customs: why it waits is told to the officer, and he says why he lets it go.
    let password = sign_in(&mut browser, &demo, "officer");
    enrol(&mut browser, &password);
    until("the trade in the queue", || {
        browser.open(&format!("{}/desk/queue?tab=review&sort=-changed", demo.address));
        (browser.run(&format!("document.querySelector(\"a[href='{trade}']\") !== null")) == true)
            .then_some(())
    });
    is_fit(&mut browser, "the queue");
    browser.leading(|browser| browser.tap(&format!("a[href='{trade}']")));
    let lane = texts.word(Family::Lane, "document-check");
    assert!(words(&mut browser).contains(&lane), "{}", words(&mut browser));
    browser.tap("input[name=action][value=approve]");
    browser.fill("#text", "Papers agree: a toy, no licence needed.");
    is_fit(&mut browser, "what is decided on");
    picture(&mut browser, "4-decides-en-1280");
    browser.leading(|browser| browser.tap("form[action$=actions] button:not([type=button])"));
    assert!(words(&mut browser).contains(&texts.text("decision-done")), "{}", words(&mut browser));
    is_fit(&mut browser, "what was decided");

    // The parcel is at the site: released. Its buyer comes in with the number of his order and a code.
    demo.send("samples/rejected-5-arrival.xml");
    let (_, order_no) = number.split_once('/').unwrap();
    browser.open(&format!("{}/guide?lang=en", demo.address));
    browser.call("Network.clearBrowserCookies", &json!({}));
    browser.look(390, false);
    browser.open(&format!("{}/track?lang=en", demo.address));
    browser.fill("#number", order_no);
    browser.leading(|browser| browser.tap("form.stack button"));
    let code = until("the code", || {
        let told = demo.text("messages.txt");
        told.split("Code ").nth(1)?.get(..6).map(str::to_owned)
    });
    browser.fill("#code", &code);
    browser.leading(|browser| browser.tap("form.stack button"));
    assert_eq!(place(&mut browser), "/my");
    let mine = format!("/my/trades/{number}");
    until("the release", || {
        browser.open(&format!("{}{mine}", demo.address));
        let state = browser.run("document.querySelector('main dl.facts dd').innerText");
        let released = texts.word(Family::State, "released");
        state.as_str().unwrap().to_lowercase().contains(&released.to_lowercase()).then_some(())
    });
    // What was looked at and released waits for nothing any more.
    assert!(!words(&mut browser).contains(&texts.text("my-reasons")), "{}", words(&mut browser));
    is_fit(&mut browser, "the buyer's parcel");
    picture(&mut browser, "5-parcel-en-390");
    assert_eq!(browser.run("document.documentElement.lang"), Value::from("en"));
}
