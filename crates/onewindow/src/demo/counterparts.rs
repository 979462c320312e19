//! The simulated outside systems of the demo zone, one process for all, each by the one adapter (`counterpart`), with scripts
//! that say when one is slow, refuses or is down: from the command line at the start, from a file while it runs.
#![expect(clippy::print_stdout, reason = "what the newcomer reads")]

use super::agencies::{self, AGENCIES};
use crate::Failure;
use clearance::record::{RecordKey, Register};
use counterpart::{Counterpart, Kind, Script, Scripts};
use register::webhook::Webhook;
use server::Window;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;
use store::Read;

/// The file of the scripts, in the demo's folder.
pub const FILE: &str = "counterparts.txt";
/// How often the file is looked at.
const LOOK: Duration = Duration::from_millis(500);
/// What one takes for an answer where no script says otherwise.
const DELAY: Duration = Duration::from_millis(20);

/// The outside systems, by what they are.
pub struct Counterparts {
    all: BTreeMap<Kind, Counterpart>,
    file: PathBuf,
    /// What the file had when it was read last.
    known: String,
    /// The line that each obeys, by its number, where one names it.
    set: BTreeMap<Kind, (usize, Script)>,
}

/// The names that scripts use.
pub fn names() -> Vec<&'static str> {
    Kind::ALL.iter().map(|kind| kind.word()).collect()
}

/// A line of a script on the command line.
pub fn line(text: &str) -> Result<(String, Script), String> {
    Scripts::line(text, &names())
}

/// Opens all of them, with the rules and webhooks that bring them what they are sent. The file of scripts is written anew, with
/// the lines of the command line.
pub async fn open(
    window: &Window,
    folder: &Path,
    lines: &[(String, Script)],
) -> Result<Counterparts, Failure> {
    let file = folder.join(FILE);
    let mut text = format!(
        "# What the simulated systems do; add a line while the zone runs, the last for a system counts.\n\
         # NAME: STEPS with ; between them: delay MILLISECONDS; outage, refuse, lose (nothing, COUNT or FROM..TO); object TEXT;\n\
         # person NUMBER NAME. Without steps it works.   tax: outage 5   police: object 样例二一   all:\n\
         # {}\n",
        names().join(", ")
    );
    lines.iter().for_each(|(name, script)| text.push_str(&format!("{name}: {script}\n")));
    std::fs::write(&file, &text)?;
    agencies::share(window, &AGENCIES).await?;
    let believed = window.evidence.sender(window.clock.now()).await?.public();
    let usual = Script { delay: DELAY, ..Script::default() };
    let mut opened: BTreeMap<Kind, (Counterpart, String)> = BTreeMap::new();
    for agency in &AGENCIES {
        let url = match opened.get(&agency.kind) {
            Some((_, url)) => url.clone(),
            None => {
                let counterpart = Counterpart::new(agency.kind, usual.clone(), vec![believed]);
                let counterpart = counterpart.named(agency.code).telling(|_| {});
                let url = agencies::listening(counterpart.clone()).await?;
                opened.insert(agency.kind, (counterpart, url.clone()));
                url
            }
        };
        let key = RecordKey::new(Register::Webhook, &agency.rule());
        let body = Some(agency.webhook(&url, ""));
        match window.read.record(&key).await? {
            None => agencies::act(window, agency.code, key, 0, "register", body).await?,
            // An earlier start had it at another address; where somebody sends it elsewhere, it goes there.
            Some(hook)
                if hook.state == "active" && Webhook::of(&hook).url.starts_with("http://127.0.0.1:") =>
            {
                agencies::act(window, agency.code, key, hook.version, "change", body).await?;
            }
            Some(_) => {}
        }
    }
    let all = opened.into_iter().map(|(kind, (counterpart, _))| (kind, counterpart)).collect();
    let mut counterparts = Counterparts { all, file, known: String::new(), set: BTreeMap::new() };
    // Before anything is sent: what the command line says holds from the first request on.
    counterparts.obey(text);
    Ok(counterparts)
}

impl Counterparts {
    /// How many there are.
    pub fn count(&self) -> usize {
        self.all.len()
    }

    /// Sets what the lines say, where they say something new.
    fn obey(&mut self, text: String) {
        let (scripts, wrong) = Scripts::read(&text, &names());
        for why in wrong {
            println!("  {}: {why}", self.file.display());
        }
        for (kind, counterpart) in &self.all {
            let wanted = scripts.of(kind.word()).map(|(line, script)| (line, script.clone()));
            if self.set.get(kind) == wanted.as_ref() {
                continue;
            }
            let script = match wanted {
                Some((line, script)) => {
                    self.set.insert(*kind, (line, script.clone()));
                    script
                }
                None => {
                    self.set.remove(kind);
                    Script { delay: DELAY, ..Script::default() }
                }
            };
            let said = script.to_string();
            println!("  {} from now on: {}", kind.word(), if said.is_empty() { "it works" } else { &said });
            counterpart.set(script);
        }
        self.known = text;
    }

    /// Obeys the file for as long as the zone is open.
    pub async fn run(mut self) {
        loop {
            tokio::time::sleep(LOOK).await;
            match std::fs::read_to_string(&self.file) {
                // Empty, it is being written.
                Ok(text) if text != self.known && !text.is_empty() => self.obey(text),
                // Whoever deletes it changes nothing.
                Ok(_) | Err(_) => {}
            }
        }
    }
}
