//! A counterpart that asks: pages of what a rule of sharing gives it, each signature checked before anything of it is told, in order,
//! up to the mark that says that it is all.
#![expect(clippy::print_stderr, reason = "what was had is told beside the events")]

use crate::Failure;
use exchange::envelope::{self, Envelope, Receiver, Refused};
use serde_json::{Value, json};
use server::clock::Clock;
use std::time::Duration;

/// Records of a page.
const PAGE: u64 = 500;
/// Seconds that the window waits for something to come.
const WAIT: u64 = 20;
/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long it waits after a failure.
const AFTER_FAILURE: Duration = Duration::from_secs(1);
/// Bytes of an answer at most.
const ANSWER: u64 = 256 << 20;

/// What is asked for, where, and as whom.
pub struct Asked<'a> {
    /// Address of the window.
    pub window: &'a str,
    /// Token.
    pub token: &'a str,
    /// The rule's id.
    pub share: &'a str,
    /// From after this cursor on.
    pub after: &'a str,
}

/// Why a page is not had.
enum Fault {
    /// It may be had later.
    Later(String),
    /// Nothing of it is believed, or nothing is given.
    Refused(String),
}

impl From<ureq::Error> for Fault {
    fn from(error: ureq::Error) -> Self {
        Self::Later(error.to_string())
    }
}

/// Asks page by page and tells each event, then the mark of the page; with `once` until everything was had that is there, otherwise
/// for ever.
///
/// # Errors
/// When an answer is not signed by the window, is none to what was asked, or the rule gives nothing.
pub fn run(
    asked: &Asked<'_>,
    keys: Vec<[u8; 32]>,
    once: bool,
    tell: impl Fn(&Value),
) -> Result<bool, Failure> {
    let config = ureq::Agent::config_builder().timeout_global(Some(PATIENCE)).http_status_as_error(false);
    let agent = config.build().new_agent();
    // A rule's id begins with the code of whom it gives to.
    let own = asked.share.split_once(':').map_or(asked.share, |(own, _)| own);
    let mut receiver = Receiver::new(keys).named(&[own]);
    let (mut after, mut pages, mut records) = (asked.after.to_owned(), 0u64, 0usize);
    loop {
        let wait = if once { 0 } else { WAIT };
        let page = match page(&agent, asked, &mut receiver, (&after, wait)) {
            Ok(page) => page,
            Err(Fault::Later(why)) if !once => {
                eprintln!("{why}: asked again");
                std::thread::sleep(AFTER_FAILURE);
                continue;
            }
            Err(Fault::Later(why) | Fault::Refused(why)) => return Err(why.into()),
        };
        pages += 1;
        let events = page["events"].as_array().map(Vec::as_slice).unwrap_or_default();
        records += events.len();
        events.iter().for_each(&tell);
        let (cursor, complete) = (page["cursor"].as_str().unwrap_or_default(), page["complete"] == true);
        if !events.is_empty() || once {
            tell(&json!({"type": super::MARK, "data": {"cursor": cursor, "complete": complete}}));
        }
        cursor.clone_into(&mut after);
        if once && complete {
            eprintln!("{records} records in {pages} answers, each signed by the window");
            return Ok(true);
        }
    }
}

/// One page, once its signature was checked and it is the answer to what was asked.
fn page(
    agent: &ureq::Agent,
    asked: &Asked<'_>,
    receiver: &mut Receiver,
    (after, wait): (&str, u64),
) -> Result<Value, Fault> {
    let url = format!("{}/v1/shares/{}/records", asked.window.trim_end_matches('/'), asked.share);
    let mut answer = agent
        .get(&url)
        .query("after", after)
        .query("limit", PAGE.to_string())
        .query("wait", wait.to_string())
        .header("authorization", &format!("Bearer {}", asked.token))
        .call()?;
    let header = |name: &str| {
        let value = answer.headers().get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_default().to_owned()
    };
    let [id, timestamp, signature] = [envelope::ID, envelope::TIMESTAMP, envelope::SIGNATURE].map(header);
    let status = answer.status();
    let body = answer.body_mut().with_config().limit(ANSWER).read_to_vec()?;
    if !status.is_success() {
        let why = format!("{url}: {status} {}", String::from_utf8_lossy(&body));
        let later = status.is_server_error() || status == 429;
        return Err(if later { Fault::Later(why) } else { Fault::Refused(why) });
    }
    let refused = |why: &str| Fault::Refused(format!("{url}: {why}"));
    let envelope = Envelope { id: &id, timestamp: &timestamp, signature: &signature, body: &body };
    let accepted = receiver.accept(&envelope, Clock::Real.now().0 / 1_000);
    let page: Value = serde_json::from_slice(&body).map_err(|error| refused(&error.to_string()))?;
    let is_empty = page["events"].as_array().is_none_or(Vec::is_empty);
    match accepted {
        Ok(()) => {}
        // Nothing came since it was asked last.
        Err(Refused::Again) if is_empty => {}
        Err(why) => return Err(refused(&why.to_string())),
    }
    // An answer to another question, however well signed, is none to this one.
    let cursor = page["cursor"].as_str().unwrap_or_default();
    if id != format!("{after}.{cursor}") || page["share"] != asked.share {
        return Err(refused("the answer is to another question"));
    }
    Ok(page)
}
