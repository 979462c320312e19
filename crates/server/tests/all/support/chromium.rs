//! A real browser without a screen, driven over its DevTools protocol: opens pages, presses keys, runs checks in the page,
//! takes pictures, and keeps what it complained about.

use base64::Engine;
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tungstenite::{Message, WebSocket};

/// A browser with one page.
pub struct Chromium {
    child: Child,
    socket: WebSocket<TcpStream>,
    last: u64,
    events: Vec<Value>,
    _profile: tempfile::TempDir,
}

/// The program, if there is one: named by `ONEWINDOW_BROWSER`, or where Debian puts it.
fn program() -> Option<String> {
    let named = std::env::var("ONEWINDOW_BROWSER").ok();
    named.into_iter().chain(["chromium", "chromium-browser", "google-chrome"].map(str::to_owned)).find(
        |name| {
            let asked =
                Command::new(name).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
            asked.is_ok_and(|status| status.success())
        },
    )
}

/// One `GET` of the browser's own address.
fn ask(port: &str, path: &str) -> Option<Value> {
    let mut stream = TcpStream::connect(format!("127.0.0.1:{port}")).ok()?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n").ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(5))).ok()?;
    let mut answer = Vec::new();
    let mut piece = [0u8; 4096];
    // It may keep the connection open: the answer is whole when it reads as JSON.
    loop {
        let count = stream.read(&mut piece).ok()?;
        answer.extend_from_slice(&piece[..count]);
        let text = String::from_utf8_lossy(&answer);
        let body = text.split_once("\r\n\r\n").map(|(_, body)| body.to_owned());
        match body.and_then(|body| serde_json::from_str(&body).ok()) {
            Some(value) => return Some(value),
            None if count == 0 => return None,
            None => {}
        }
    }
}

impl Chromium {
    /// Starts one. None = there is no browser, and nobody said that there has to be.
    pub fn start() -> Option<Self> {
        let Some(program) = program() else {
            assert!(std::env::var_os("ONEWINDOW_REQUIRE_BROWSER").is_none(), "there is no browser");
            return None;
        };
        let profile = tempfile::tempdir().unwrap();
        let child = Command::new(program)
            .args([
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--no-first-run",
            ])
            .args(["--hide-scrollbars", "--remote-debugging-port=0", "--disable-background-networking"])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .arg("about:blank")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let began = Instant::now();
        let address = loop {
            assert!(began.elapsed() < Duration::from_secs(60), "the browser does not answer");
            std::thread::sleep(Duration::from_millis(100));
            let Ok(told) = std::fs::read_to_string(profile.path().join("DevToolsActivePort")) else {
                continue;
            };
            let Some(port) = told.lines().next() else { continue };
            let Some(targets) = ask(port, "/json/list") else { continue };
            let page = targets.as_array().into_iter().flatten().find(|target| target["type"] == "page");
            if let Some(page) = page {
                break page["webSocketDebuggerUrl"].as_str().unwrap().to_owned();
            }
        };
        let host = address.trim_start_matches("ws://").split('/').next().unwrap().to_owned();
        let stream = TcpStream::connect(host).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        let (socket, _) = tungstenite::client(address, stream).unwrap();
        let mut browser = Self { child, socket, last: 0, events: Vec::new(), _profile: profile };
        for domain in ["Page", "Runtime", "Log", "Network"] {
            browser.call(&format!("{domain}.enable"), &json!({}));
        }
        Some(browser)
    }

    /// Calls a method of the protocol.
    pub fn call(&mut self, method: &str, parameters: &Value) -> Value {
        self.last += 1;
        let asked = json!({"id": self.last, "method": method, "params": parameters});
        self.socket.send(Message::text(asked.to_string())).unwrap();
        loop {
            let told = self.hear();
            if told["id"] == self.last {
                assert!(told["error"].is_null(), "{method}: {told}");
                return told["result"].clone();
            }
            self.events.push(told);
        }
    }

    fn hear(&mut self) -> Value {
        loop {
            if let Message::Text(text) = self.socket.read().unwrap() {
                return serde_json::from_str(&text).unwrap();
            }
        }
    }

    fn wait_for(&mut self, event: &str) {
        while !self.events.iter().any(|told| told["method"] == event) {
            let told = self.hear();
            self.events.push(told);
        }
    }

    /// Does something that leads to another page, and waits until it is there.
    pub fn leading(&mut self, act: impl FnOnce(&mut Self)) {
        self.events.retain(|told| told["method"] != "Page.loadEventFired");
        act(self);
        self.wait_for("Page.loadEventFired");
    }

    /// Opens a page.
    pub fn open(&mut self, address: &str) {
        self.leading(|browser| {
            browser.call("Page.navigate", &json!({"url": address}));
        });
    }

    /// What a script in the page gives.
    pub fn run(&mut self, script: &str) -> Value {
        let asked = json!({"expression": script, "returnByValue": true, "awaitPromise": true});
        let told = self.call("Runtime.evaluate", &asked);
        assert!(told["exceptionDetails"].is_null(), "{told}");
        told["result"]["value"].clone()
    }

    /// Presses a key: a letter, a digit, `Space`, `Enter`, `Tab`, an arrow; `Shift+Tab` goes back.
    pub fn press(&mut self, key: &str) {
        /// The bit of the shift key.
        const SHIFT: u32 = 8;
        let (modifiers, key) = key.strip_prefix("Shift+").map_or((0, key), |key| (SHIFT, key));
        let (key, text, code) = match key {
            "Tab" => (key, "", 9),
            "Enter" => (key, "\r", 13),
            "Space" => (" ", " ", 32),
            "ArrowUp" => (key, "", 38),
            "ArrowDown" => (key, "", 40),
            other => (other, other, u32::from(other.to_ascii_uppercase().as_bytes()[0])),
        };
        let kind = if text.is_empty() { "rawKeyDown" } else { "keyDown" };
        let down = json!({
            "type": kind, "key": key, "text": text, "windowsVirtualKeyCode": code, "modifiers": modifiers,
        });
        self.call("Input.dispatchKeyEvent", &down);
        let up = json!({"type": "keyUp", "key": key, "windowsVirtualKeyCode": code, "modifiers": modifiers});
        self.call("Input.dispatchKeyEvent", &up);
    }

    /// Types letters, digits and spaces, key by key.
    pub fn type_text(&mut self, text: &str) {
        for letter in text.chars() {
            let key = if letter == ' ' { "Space".to_owned() } else { letter.to_string() };
            self.press(&key);
        }
    }

    /// Writes words where the focus is, as an input method does: Chinese has no key a letter.
    pub fn write(&mut self, words: &str) {
        self.call("Input.insertText", &json!({"text": words}));
    }

    /// Presses on what a selector names, where it is seen: what is hidden, or lies below something else, cannot be pressed.
    pub fn tap(&mut self, selector: &str) {
        let script = format!(
            "(() => {{ const one = document.querySelector({}); if (!one) return null; \
             one.scrollIntoView({{block: 'center', behavior: 'instant'}}); const box = one.getClientRects()[0]; if (!box) return null; \
             const [x, y] = [box.x + box.width / 2, box.y + box.height / 2]; return [x, y, one.contains(document.elementFromPoint(x, y))]; }})()",
            json!(selector)
        );
        let at = self.run(&script);
        assert_eq!(at[2], true, "{selector} cannot be pressed on {}", self.run("location.href"));
        for kind in ["mousePressed", "mouseReleased"] {
            let pressed = json!({"type": kind, "x": at[0], "y": at[1], "button": "left", "clickCount": 1});
            self.call("Input.dispatchMouseEvent", &pressed);
        }
    }

    /// Writes into the field that a selector names, in place of what was there.
    pub fn fill(&mut self, selector: &str, words: &str) {
        self.tap(selector);
        self.run("document.activeElement.select()");
        self.write(words);
        let written = self.run(&format!("document.querySelector({}).value", json!(selector)));
        assert_eq!(written, words, "{selector}");
    }

    /// The size of the window, and the theme; the page that is open is drawn so when it returns.
    pub fn look(&mut self, width: u32, dark: bool) {
        let size = json!({"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 600});
        self.call("Emulation.setDeviceMetricsOverride", &size);
        let scheme = if dark { "dark" } else { "light" };
        let media = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
        self.call("Emulation.setEmulatedMedia", &media);
        self.run("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))");
    }

    /// A picture of the whole page.
    pub fn picture(&mut self, path: &Path) {
        let told =
            self.call("Page.captureScreenshot", &json!({"format": "png", "captureBeyondViewport": true}));
        let bytes = base64::engine::general_purpose::STANDARD.decode(told["data"].as_str().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    /// What it complained about since it was last asked: errors of scripts, violations of the content policy, what was
    /// not found.
    pub fn complaints(&mut self) -> Vec<String> {
        let bad = |told: &Value| {
            let parameters = &told["params"];
            match told["method"].as_str()? {
                "Runtime.exceptionThrown" => Some(parameters["exceptionDetails"].to_string()),
                "Runtime.consoleAPICalled" if parameters["type"] == "error" => {
                    Some(parameters["args"].to_string())
                }
                "Log.entryAdded"
                    if ["error", "warning"].contains(&parameters["entry"]["level"].as_str()?) =>
                {
                    Some(format!("{} {}", parameters["entry"]["text"], parameters["entry"]["url"]))
                }
                _ => None,
            }
        };
        let found = self.events.iter().filter_map(bad).collect();
        self.events.clear();
        found
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
