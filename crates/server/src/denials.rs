//! Who was denied what: each denial is a line of the log and a count of `/metrics`, and what one caller was denied in a
//! while becomes one row of the ledger (register `sign-ins`). A request costs a count in memory; the worker writes. Whoever
//! goes on is written down more and more seldom, so that neither he nor a stranger fills the ledger.

use crate::Window;
use crate::auth::Known;
use crate::happenings;
use axum::http::StatusCode;
use clearance::Text;
use clearance::keys::Time;
use register::Command;
use register::sign_in::{Denied, SignIn};
use std::collections::HashMap;
use std::fmt::Write;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Milliseconds from the first denial of a caller to its row; from each row to the next it is twice as long as before.
const FIRST: i64 = 60_000;
/// But no longer than this: twenty-four rows a day of one caller, whatever he does.
const LONGEST: i64 = 3_600_000;
/// Callers whose denials are counted by name at a time; those of more are counted together.
const CALLERS: usize = 1_000;
/// Routes that a row names.
const ROUTES: usize = 8;

/// Why somebody was denied what he asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// No token or session, or a made-up one.
    Unauthenticated,
    /// A token or session that has expired or was ended.
    Expired,
    /// A signature that does not count.
    Unsigned,
    /// He may not do this.
    Forbidden,
    /// It is another's, or not there at all.
    NotHis,
}

impl Kind {
    const ALL: [Self; 5] =
        [Self::Unauthenticated, Self::Expired, Self::Unsigned, Self::Forbidden, Self::NotHis];

    /// The word in log and metrics.
    fn word(self) -> &'static str {
        match self {
            Self::Unauthenticated => "unauthenticated",
            Self::Expired => "expired",
            Self::Unsigned => "unsigned",
            Self::Forbidden => "forbidden",
            Self::NotHis => "not-his",
        }
    }

    /// What an answer with this status denies, unless somebody knows better.
    pub(crate) fn of(status: StatusCode) -> Option<Self> {
        match status {
            StatusCode::UNAUTHORIZED => Some(Self::Unauthenticated),
            StatusCode::FORBIDDEN => Some(Self::Forbidden),
            StatusCode::NOT_FOUND => Some(Self::NotHis),
            _ => None,
        }
    }
}

/// A denial, which an answer carries to whoever writes it down. None of it leaves the window.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Denial {
    /// Why.
    pub kind: Kind,
    /// Of what is not his: whether it is there, and another's.
    pub of_another: bool,
    /// Whose token or session was used, where that is known and he was not let in.
    pub who: Option<Known>,
}

impl Denial {
    /// A denial of nobody yet.
    pub(crate) fn of(kind: Kind) -> Self {
        Self { kind, of_another: false, who: None }
    }
}

/// What was asked for, and from where.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked<'a> {
    pub(crate) method: &'a str,
    /// As in the table of routes: keys of trades and records are not in it.
    pub(crate) route: &'a str,
    pub(crate) address: Option<IpAddr>,
}

/// Whose denials are counted together.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum Who {
    /// A person, in whatever session.
    Person { party: Text, login: Text },
    /// A token.
    Token { party: Text, name: Text, number: i64 },
    /// All for whom there was no room by name.
    Others,
    /// Whoever showed nothing that is known.
    Nobody,
}

impl Who {
    fn of(known: Option<&Known>) -> Self {
        match known {
            None => Self::Nobody,
            Some(Known { key: ('s', _), party, name }) => {
                Self::Person { party: party.clone(), login: name.clone() }
            }
            Some(Known { key: (_, number), party, name }) => {
                Self::Token { party: party.clone(), name: name.clone(), number: *number }
            }
        }
    }

    fn party(&self) -> &str {
        match self {
            Self::Person { party, .. } | Self::Token { party, .. } => party,
            Self::Others | Self::Nobody => "",
        }
    }

    /// By whom the row is.
    fn name(&self) -> &str {
        match self {
            Self::Person { login: name, .. } | Self::Token { name, .. } => name,
            Self::Others => "others",
            Self::Nobody => "nobody",
        }
    }

    /// Whom the row is about: a login, or the number of a token.
    fn subject(&self) -> String {
        match self {
            Self::Person { login, .. } => login.to_string(),
            Self::Token { number, .. } => number.to_string(),
            Self::Others | Self::Nobody => String::new(),
        }
    }
}

/// What a caller was denied since his last row.
struct Counted {
    denied: Denied,
    /// When it becomes a row, and how long it was put off.
    due: i64,
    wait: i64,
}

impl Counted {
    fn new(now: Time) -> Self {
        Self { denied: Denied::default(), due: now.0 + FIRST, wait: FIRST }
    }

    fn is_empty(&self) -> bool {
        self.denied.since == 0
    }

    fn add(&mut self, denial: &Denial, asked: Asked<'_>, now: Time) {
        let denied = &mut self.denied;
        if denied.since == 0 {
            denied.since = now.0;
        }
        let count = match denial.kind {
            Kind::Unauthenticated => &mut denied.unauthenticated,
            Kind::Expired => &mut denied.expired,
            Kind::Unsigned => &mut denied.unsigned,
            Kind::Forbidden => &mut denied.forbidden,
            Kind::NotHis => &mut denied.not_his,
        };
        *count += 1;
        denied.of_others += u64::from(denial.of_another);
        let is_it = |known: &String| known.split_once(' ') == Some((asked.method, asked.route));
        if denied.routes.len() < ROUTES && !denied.routes.iter().any(is_it) {
            denied.routes.push(format!("{} {}", asked.method, asked.route));
        }
    }

    /// Takes back what could not be written.
    fn add_all(&mut self, before: Denied) {
        let denied = &mut self.denied;
        denied.since = if denied.since == 0 { before.since } else { before.since.min(denied.since) };
        denied.unauthenticated += before.unauthenticated;
        denied.expired += before.expired;
        denied.unsigned += before.unsigned;
        denied.forbidden += before.forbidden;
        denied.not_his += before.not_his;
        denied.of_others += before.of_others;
        for route in before.routes {
            if denied.routes.len() < ROUTES && !denied.routes.contains(&route) {
                denied.routes.push(route);
            }
        }
    }
}

/// Denials of a window: all that were counted, and those that are no row yet.
#[derive(Default)]
pub struct Denials {
    counts: [AtomicU64; Kind::ALL.len()],
    callers: Mutex<HashMap<Who, Counted>>,
}

impl Denials {
    fn callers(&self) -> MutexGuard<'_, HashMap<Who, Counted>> {
        self.callers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Logs and counts a denial. What is another's costs what is not there at all does: nobody learns by the clock.
    pub(crate) fn note(&self, denial: &Denial, known: Option<&Known>, asked: Asked<'_>, now: Time) {
        let address = asked.address.map(|address| address.to_string()).unwrap_or_default();
        let (party, who) = match known {
            Some(Known { key: ('s', _), party, name }) => (party.as_str(), name.to_string()),
            Some(Known { key: (_, number), party, .. }) => (party.as_str(), format!("token {number}")),
            None => ("", Who::Nobody.name().to_owned()),
        };
        tracing::warn!(
            kind = denial.kind.word(),
            of_another = denial.of_another,
            http.method = asked.method,
            http.route = asked.route,
            who,
            party,
            address,
            "denied"
        );
        if let Some(count) = self.counts.get(denial.kind as usize) {
            count.fetch_add(1, Ordering::Relaxed);
        }
        let mut callers = self.callers();
        let who = Who::of(known);
        let who = if callers.len() < CALLERS || callers.contains_key(&who) { who } else { Who::Others };
        callers.entry(who).or_insert_with(|| Counted::new(now)).add(denial, asked, now);
    }

    /// How often each kind was denied, in the Prometheus text format. What is another's and what is not there are one kind:
    /// whoever reads counters may not see everything, and would learn by asking twice.
    pub(crate) fn page(&self) -> String {
        let mut page = String::from(
            "# HELP onewindow_denied Requests that were denied; not-his: another's, or not there.\n# TYPE onewindow_denied counter\n",
        );
        for (kind, count) in Kind::ALL.into_iter().zip(&self.counts) {
            let count = count.load(Ordering::Relaxed);
            let _ = writeln!(page, "onewindow_denied{{kind=\"{}\"}} {count}", kind.word());
        }
        page
    }

    /// Takes what is to become rows now, or all. Who was denied nothing since his last row is forgotten.
    fn take(&self, now: Time, all: bool) -> Vec<(Who, Denied)> {
        let mut taken = Vec::new();
        self.callers().retain(|who, counted| {
            if !all && counted.due > now.0 {
                return true;
            }
            if counted.is_empty() {
                return false;
            }
            taken.push((who.clone(), std::mem::take(&mut counted.denied)));
            counted.wait = (counted.wait * 2).min(LONGEST);
            counted.due = now.0 + counted.wait;
            true
        });
        taken
    }

    fn give_back(&self, taken: Vec<(Who, Denied)>, now: Time) {
        let mut callers = self.callers();
        for (who, denied) in taken {
            let counted = callers.entry(who).or_insert_with(|| Counted::new(now));
            counted.add_all(denied);
            counted.due = now.0 + FIRST;
        }
    }
}

/// The command that makes a row of what somebody was denied; none = the machine gives no random numbers.
fn command(who: &Who, denied: &Denied, now: Time) -> Option<Command> {
    // Of a name of its own: two servers write at the same time.
    let name = format!("{}-{}", now.0, crate::password::random(4).ok()?);
    let said = SignIn { subject: who.subject(), time: now.0, denied: Some(denied.clone()) };
    happenings::command(who.party(), &name, "denied", who.name(), &said)
}

/// Writes down what is due, or all that was counted: a row a caller, in as few commits as they fit in. What cannot be
/// written now is kept for later.
pub async fn write(window: &Window, all: bool) {
    let now = window.clock.now();
    let taken = window.denials.take(now, all);
    if taken.is_empty() {
        return;
    }
    let commands: Option<Vec<Command>> =
        taken.iter().map(|(who, denied)| command(who, denied, now)).collect();
    let told = match commands {
        Some(commands) => window.pipeline.commands(commands).await,
        None => None,
    };
    let Some(told) = told else { return window.denials.give_back(taken, now) };
    for refusal in told.into_iter().filter_map(Result::err) {
        tracing::error!(?refusal, "what was denied was not recorded");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ASKED: Asked<'static> = Asked { method: "get", route: "/v1/receipts", address: None };

    fn token(number: i64) -> Known {
        Known { key: ('t', number), party: "5301980501".into(), name: "machine".into() }
    }

    fn at(minutes: i64) -> Time {
        Time(1_795_399_200_000 + minutes * FIRST)
    }

    #[test]
    fn whoever_goes_on_is_written_down_more_and_more_seldom_and_nothing_is_lost() {
        let denials = Denials::default();
        let denial = Denial::of(Kind::Forbidden);
        let (mut rows, mut counted) = (Vec::new(), 0);
        // Twice a minute for a day, and a look at what is due each minute.
        for minute in 0..24 * 60 {
            for (_, denied) in denials.take(at(minute), false) {
                rows.push(minute);
                counted += denied.forbidden;
            }
            denials.note(&denial, Some(&token(1)), ASKED, at(minute));
            denials.note(&denial, Some(&token(1)), ASKED, at(minute));
        }
        assert_eq!(rows[..7], [1, 3, 7, 15, 31, 63, 123]);
        assert!(rows.len() < 30, "{rows:?}");
        counted += denials.take(at(24 * 60), true).iter().map(|(_, denied)| denied.forbidden).sum::<u64>();
        assert_eq!(counted, 2 * 24 * 60);
        assert!(denials.page().contains("onewindow_denied{kind=\"forbidden\"} 2880\n"));
        // Who was denied nothing for so long begins anew.
        assert!(denials.take(at(24 * 60 + 61), false).is_empty());
        assert!(denials.callers().is_empty());
    }

    #[test]
    fn callers_and_routes_are_bounded_and_one_caller_is_one_row() {
        let denials = Denials::default();
        let routes: Vec<String> = (0..20).map(|number| format!("/v1/{number}")).collect();
        for number in 0..5_000 {
            let route = &routes[number as usize % routes.len()];
            let asked = Asked { route, ..ASKED };
            denials.note(&Denial::of(Kind::NotHis), Some(&token(number)), asked, at(0));
            denials.note(&Denial::of(Kind::Unauthenticated), None, asked, at(0));
        }
        let taken = denials.take(at(1), false);
        assert_eq!(taken.len(), CALLERS + 1);
        let of = |wanted: &Who| taken.iter().find(|(who, _)| who == wanted).map(|(_, denied)| denied);
        let strangers = of(&Who::Nobody).unwrap();
        assert_eq!((strangers.unauthenticated, strangers.routes.len()), (5_000, ROUTES));
        assert_eq!(taken.iter().map(|(_, denied)| denied.not_his).sum::<u64>(), 5_000);
        assert!(of(&Who::Others).unwrap().not_his > 3_000);
    }

    #[test]
    fn what_could_not_be_written_is_kept() {
        let denials = Denials::default();
        let another = Denial { of_another: true, ..Denial::of(Kind::NotHis) };
        denials.note(&another, Some(&token(1)), ASKED, at(0));
        let taken = denials.take(at(1), false);
        denials.note(&another, Some(&token(1)), ASKED, at(1));
        denials.give_back(taken, at(1));
        let (_, denied) = denials.take(at(2), false).pop().unwrap();
        assert_eq!((denied.not_his, denied.of_others, denied.since), (2, 2, at(0).0));
        assert_eq!(denied.routes, ["get /v1/receipts"]);
    }
}
