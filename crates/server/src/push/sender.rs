//! One webhook: looks for what is new, writes down what it is about to send, sends it, writes down what became of it.

use super::answers::Counts;
use super::changes::{DEMANDS, LISTS};
use super::client::{Client, Reply};
use super::questions::FORM;
use super::{Patience, signed};
use crate::Window;
use crate::reading::reading;
use crate::sharing::{self, Barred, EVENTS, Form, Rule};
use clearance::Text;
use clearance::party::Role;
use clearance::record::{Actor, Record, RecordKey, Register};
use exchange::envelope;
use register::delivery::{Delivery, SET_ASIDE, SetAside, Unanswered};
use register::webhook::{self, BATCH, Source, Webhook};
use register::{By, Command, Refusal};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use store::{Cursor, Read, StoreError};

/// How often it looks for what is new.
const LOOK: Duration = Duration::from_millis(200);
/// How long it waits when there is nothing that it may send.
const IDLE: Duration = Duration::from_secs(1);
/// How long no other server sends, in milliseconds; and from how little on it says so again.
const HELD: i64 = 60_000;
const RENEW: i64 = 30_000;

/// Media type of an envelope.
const ENVELOPE: &str = "application/xml";

/// What an event is about.
pub(super) struct About {
    /// Id of the event.
    pub(super) event: String,
    /// Key of what it is about: for the window alone.
    pub(super) subject: String,
    /// What the answer to it is kept under, which the receiver reads: no more than its rule gives.
    pub(super) name: String,
}

/// What goes out together.
#[derive(Default)]
pub(super) struct Parcel {
    pub(super) events: Vec<Value>,
    /// What each event is about.
    pub(super) about: Vec<About>,
    /// Whom they name.
    pub(super) parties: Vec<Text>,
    pub(super) after: Cursor,
    pub(super) upto: Cursor,
    pub(super) complete: bool,
    /// The rule that gives it, where one does.
    pub(super) rule: Option<Rule>,
    /// Its place among those set aside.
    pub(super) again: Option<usize>,
    /// What is asked instead, with the record of it.
    pub(super) question: Option<(Arc<Record>, Vec<u8>)>,
}

impl Parcel {
    /// As it is sent again where nobody heard that it was taken.
    fn unanswered(&self, refusals: u32) -> Unanswered {
        Unanswered { upto: self.upto.to_string(), complete: self.complete, refusals }
    }
}

/// Why a step could not be taken.
pub(super) enum Stopped {
    /// The store, or nobody writes any more.
    Store(StoreError),
    Ended,
    /// What is sent cannot be had now.
    Barred(String),
}

impl From<StoreError> for Stopped {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// How long until the machine's clock is at the next multiple of a time.
fn until_next(every: Duration) -> Duration {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let every = every.as_nanos().max(1);
    Duration::from_nanos(u64::try_from(every - now.as_nanos() % every).unwrap_or_default())
}

pub(super) struct Sender {
    pub(super) window: Window,
    client: Client,
    patience: Patience,
    holder: String,
    pub(super) id: Text,
    /// From this cursor up to there was nothing: only memory, what is sent is written down.
    looked: Option<(String, Cursor)>,
    /// Whether more is there where it looked last.
    behind: bool,
    /// The page that was written down last as about to be sent: tried again, it is the same delivery.
    announced: Option<(Cursor, Cursor)>,
}

impl Sender {
    pub(super) fn new(window: Window, client: Client, patience: Patience, holder: &str, id: Text) -> Self {
        Self {
            window,
            client,
            patience,
            holder: holder.to_owned(),
            id,
            looked: None,
            behind: false,
            announced: None,
        }
    }

    pub(super) async fn run(mut self) {
        loop {
            let wait = match self.step().await {
                Ok(wait) => wait,
                Err(Stopped::Ended) => return,
                Err(Stopped::Barred(why)) => {
                    tracing::debug!(webhook = %self.id, %why, "nothing is sent");
                    IDLE
                }
                Err(Stopped::Store(error)) => {
                    tracing::error!(%error, "a webhook cannot be served");
                    IDLE
                }
            };
            // Together with the others: what they write down then shares a commit.
            match wait == LOOK {
                true => tokio::time::sleep(until_next(LOOK)).await,
                false => tokio::time::sleep(wait).await,
            }
        }
    }

    /// Sends a page, or says how long there is nothing to do.
    async fn step(&mut self) -> Result<Duration, Stopped> {
        if self.window.intake.closed().is_some() {
            return Ok(IDLE);
        }
        let hook = self.window.read.record(&RecordKey::new(Register::Webhook, &self.id)).await?;
        let Some(hook) = hook.filter(|hook| hook.state == "active") else { return Ok(IDLE) };
        let webhook = Webhook::of(&hook);
        let current = self.window.read.record(&RecordKey::new(Register::Delivery, &self.id)).await?;
        let mut delivery = match &current {
            Some(record) => Delivery::of(record),
            None => Delivery { cursor: webhook.after.clone(), ..Delivery::default() },
        };
        let now = self.window.clock.now();
        if delivery.is_held(&self.holder, now) {
            return Ok(IDLE);
        }
        if let Some(wish) = webhook.again.as_ref().filter(|wish| wish.number > delivery.again) {
            let action = if current.is_some() { "begin-again" } else { "claim" };
            let begun = self.held(delivery.begun_again(wish));
            self.write(current.as_ref(), action, begun).await?;
            return Ok(Duration::ZERO);
        }
        if current.as_ref().is_some_and(|record| record.state == "stopped") {
            return Ok(IDLE);
        }
        if delivery.next > now.0 {
            return Ok(Duration::from_millis((delivery.next - now.0).unsigned_abs()).min(IDLE));
        }
        let parcel = match self.parcel(&webhook, &delivery).await {
            Ok(Some(parcel)) => parcel,
            Ok(None) => return Ok(if self.behind { Duration::ZERO } else { LOOK }),
            Err(Stopped::Barred(why)) => {
                // Told once: the owner finds it where he looks for what became of his webhook.
                if delivery.error != why {
                    delivery.error.clone_from(&why);
                    self.write(current.as_ref(), "claim", self.held(delivery)).await?;
                }
                return Err(Stopped::Barred(why));
            }
            Err(other) => return Err(other),
        };
        let mut record = current;
        if delivery.holder != self.holder || delivery.until - now.0 < RENEW {
            delivery = self.held(delivery);
            match self.write(record.as_ref(), "claim", delivery.clone()).await? {
                Some(written) => record = Some(written),
                // Another was faster: look again.
                None => return Ok(Duration::ZERO),
            }
        }
        self.recorded(&parcel).await?;
        let asks = webhook.source() == Some(Source::PaymentData);
        let (body, media_type) = match (&parcel.question, webhook.form) {
            (Some((_, form)), _) => (Some(form.clone()), FORM),
            // A question that was set aside and is over by now is not asked again.
            (None, _) if asks => (None, FORM),
            // A mark has no envelope.
            (None, webhook::Form::Dxp) => (self.enveloped(&parcel)?, ENVELOPE),
            (None, webhook::Form::Events) => (Some(body(&parcel, &self.id)), EVENTS),
        };
        // Sent again it has the same name: it is that of its place.
        let name = format!("{}.{}.{}", hook.first.number(), parcel.after, parcel.upto);
        let reply = match body {
            Some(body) => {
                let headers = signed(&self.window, &name, &body).await?;
                let headers: Vec<(&str, String)> = headers.into_iter().collect();
                self.client.send(&webhook.url, media_type, &headers, body).await
            }
            None => Reply::Taken(Vec::new()),
        };
        let reply = match &parcel.question {
            Some((asked, _)) => self.taken(asked, reply).await?,
            None => reply,
        };
        let any = delivery.kept > 0;
        let Counts { complaint, confirmed, kept } = match &reply {
            // Each receipt of another window is kept: it stands on a timeline.
            Reply::Taken(answer) if webhook.answers && webhook.form == webhook::Form::Dxp => {
                self.receipted(&parcel, answer).await?
            }
            Reply::Taken(answer) if webhook.answers => {
                self.answered(&parcel, answer, (webhook.confirmations, any)).await?
            }
            _ => Counts::default(),
        };
        let (action, mut delivery) = self.after(delivery, &parcel, reply);
        delivery.confirmed += confirmed;
        delivery.kept += kept;
        if delivery.error.is_empty() {
            delivery.error = complaint;
        }
        self.write(record.as_ref(), action, self.held(delivery)).await?;
        // What comes meanwhile goes together, unless more is there already.
        Ok(if parcel.complete { LOOK } else { Duration::ZERO })
    }

    /// Code of the party whose webhook it is.
    pub(super) fn owner(&self) -> Text {
        register::owner_of(&RecordKey::new(Register::Webhook, &self.id))
    }

    fn held(&self, delivery: Delivery) -> Delivery {
        Delivery { holder: self.holder.clone(), until: self.window.clock.now().0 + HELD, ..delivery }
    }

    /// What became of a parcel.
    fn after(&self, mut delivery: Delivery, parcel: &Parcel, reply: Reply) -> (&'static str, Delivery) {
        let now = self.window.clock.now();
        let tried = delivery.failures.saturating_add(1);
        let since = if delivery.since == 0 { now.0 } else { delivery.since };
        let before = delivery.unanswered.as_ref().map_or(0, |page| page.refusals);
        let is_own = parcel.again.is_some() || parcel.question.is_some();
        let refusals = if is_own { tried } else { before.saturating_add(1) };
        // Whoever took it and was not heard finds it under the id that he has.
        delivery.unanswered = match &reply {
            _ if parcel.again.is_some() => delivery.unanswered,
            Reply::Refused(_) if !is_own => Some(parcel.unanswered(refusals)),
            Reply::Later(..) if !is_own => Some(parcel.unanswered(before)),
            _ => None,
        };
        match reply {
            Reply::Taken(_) => {
                match parcel.again {
                    Some(at) => drop(delivery.set_aside.remove(at)),
                    None => {
                        delivery.cursor = parcel.upto.to_string();
                        delivery.complete = parcel.complete;
                    }
                }
                ("deliver", Delivery { failures: 0, since: 0, next: 0, error: String::new(), ..delivery })
            }
            Reply::Gone => (
                "stop",
                Delivery {
                    error: "the receiver answers that it is gone (410)".to_owned(),
                    since,
                    ..delivery
                },
            ),
            Reply::Refused(answer) if refusals >= self.patience.refusals => {
                let error = format!("the receiver answers {answer}");
                match parcel.again {
                    Some(at) => delivery.set_aside[at].again = false,
                    None if delivery.set_aside.len() >= SET_ASIDE => {
                        let error = format!("{error}, and {SET_ASIDE} pages are set aside already");
                        return ("stop", Delivery { error, since, ..delivery });
                    }
                    None => {
                        delivery.set_aside.push(SetAside {
                            after: parcel.after.to_string(),
                            upto: parcel.upto.to_string(),
                            records: u32::try_from(parcel.events.len()).unwrap_or(u32::MAX).max(1),
                            error: error.clone(),
                            again: false,
                        });
                        delivery.cursor = parcel.upto.to_string();
                        delivery.unanswered = None;
                    }
                }
                ("set-aside", Delivery { failures: 0, since: 0, next: 0, error, ..delivery })
            }
            Reply::Refused(answer) => {
                let next = now.0 + self.wait(tried, None);
                (
                    "fail",
                    Delivery {
                        failures: tried,
                        since,
                        next,
                        error: format!("the receiver answers {answer}"),
                        ..delivery
                    },
                )
            }
            Reply::Later(error, wait) => {
                let next = now.0 + self.wait(tried, wait);
                ("fail", Delivery { failures: tried, since, next, error, ..delivery })
            }
        }
    }

    fn wait(&self, failures: u32, asked: Option<Duration>) -> i64 {
        let wait = asked.unwrap_or_default().max(self.patience.after(failures));
        i64::try_from(wait.as_millis()).unwrap_or(i64::MAX)
    }

    /// What is to be sent now; none = nothing.
    async fn parcel(&mut self, webhook: &Webhook, delivery: &Delivery) -> Result<Option<Parcel>, Stopped> {
        let owner = self.owner();
        let (codes, exchange_ids) = self.window.names_of(&owner);
        if self.window.filing(&owner).is_none_or(|filing| filing.suspended) {
            return Err(Stopped::Barred(format!("{owner} is not filed, or suspended")));
        }
        let limit = match webhook.form {
            webhook::Form::Events => webhook.batch.unwrap_or(BATCH.0) as usize,
            webhook::Form::Dxp => 1,
        };
        let again = delivery.set_aside.iter().position(|page| page.again);
        let asks = webhook.source() == Some(Source::PaymentData);
        let cursor =
            |text: &str| Cursor::parse(text).ok_or_else(|| Stopped::Barred(format!("{text} is no cursor")));
        let (after, upto) = match again {
            Some(at) => (cursor(&delivery.set_aside[at].after)?, Some(cursor(&delivery.set_aside[at].upto)?)),
            None => (cursor(&delivery.cursor)?, None),
        };
        // Sent again, a page is what it was: what came meanwhile is the next one's. A question is one by itself.
        let sent = delivery.unanswered.as_ref().filter(|_| again.is_none() && !asks);
        let sent = sent.map(|page| Ok::<_, Stopped>((cursor(&page.upto)?, page.complete))).transpose()?;
        // Where nothing was found nothing is looked for again.
        let looked = self.looked.as_ref().filter(|(begin, _)| again.is_none() && *begin == delivery.cursor);
        let from = looked.map_or_else(|| after.clone(), |(_, looked)| looked.clone());
        if looked.is_some() && sent.is_none() && self.window.read.position().await? == from {
            self.behind = false;
            return Ok(None);
        }
        let upto = upto.or_else(|| sent.as_ref().map(|(upto, _)| upto.clone()));
        let limit = if upto.is_some() { usize::MAX } else { limit };
        let mut parcel = match webhook.source() {
            Some(Source::Share(id)) => {
                let form = if webhook.neutral { Form::Neutral } else { Form::Plain };
                self.shared(&codes, (&id, form), &from, upto.as_ref(), limit).await?
            }
            Some(Source::Receipts) => self.receipts(&exchange_ids, &from, upto.as_ref(), limit).await?,
            Some(Source::PaymentData) => self.question(&codes, &from, upto.as_ref()).await?,
            Some(Source::Demands) => self.changes((DEMANDS, &codes), &from, upto.as_ref(), limit).await?,
            Some(Source::ListNotices) => self.changes((LISTS, &codes), &from, upto.as_ref(), limit).await?,
            None => return Err(Stopped::Barred(format!("{} is no source", webhook.source))),
        };
        let mut is_again = again.is_some();
        if let Some((upto, complete)) = sent {
            // After another server's end what one look reaches may be less than what its own did.
            is_again = parcel.upto.covers(&upto);
            parcel.complete = is_again && complete;
            if is_again {
                parcel.upto = upto;
            }
        }
        // A mark is sent by itself where a full page left open whether more comes.
        let owes_mark = parcel.complete && !delivery.complete && !asks;
        let empty = if asks { parcel.question.is_none() } else { parcel.events.is_empty() };
        if empty && !is_again && !owes_mark {
            self.behind = !parcel.complete;
            self.looked = Some((delivery.cursor.clone(), parcel.upto));
            return Ok(None);
        }
        parcel.after = after;
        parcel.again = again;
        if let Some(upto) = upto.filter(|_| again.is_some()) {
            parcel.upto = upto;
        }
        Ok(Some(parcel))
    }

    /// The one message of a parcel in its envelope; none = there is none.
    fn enveloped(&self, parcel: &Parcel) -> Result<Option<Vec<u8>>, Stopped> {
        let Some(event) = parcel.events.first() else { return Ok(None) };
        let owner = self.owner();
        let receiver = self.window.filing(&owner).and_then(|filing| filing.exchange_ids.first().cloned());
        let receiver = receiver.ok_or_else(|| Stopped::Barred(format!("{owner} has no exchange id")))?;
        let barred = "form dxp needs a rule that gives messages with all their fields";
        let rule = parcel.rule.as_ref().filter(|rule| rule.gives_messages());
        let body = rule.and_then(|_| exchange::messages::enveloped(&event["data"], &receiver));
        body.map(Some).ok_or_else(|| Stopped::Barred(barred.to_owned()))
    }

    async fn shared(
        &self,
        codes: &[Text],
        (id, form): (&str, Form),
        after: &Cursor,
        upto: Option<&Cursor>,
        limit: usize,
    ) -> Result<Parcel, Stopped> {
        let rule = sharing::rule(&self.window, codes, id).await.map_err(|barred| match barred {
            Barred::Store(error) => Stopped::Store(error),
            other => Stopped::Barred(other.to_string()),
        })?;
        let page = sharing::page(&self.window, &rule, after, upto, limit).await?;
        let events = page.given.iter().map(|given| sharing::event(&rule, given, form)).collect();
        let about = page.given.iter().map(|given| About {
            event: given.id(),
            subject: given.subject.clone(),
            name: given.name(),
        });
        let about = about.collect();
        let parties = page.parties();
        let rule = Some(rule);
        Ok(Parcel {
            events,
            about,
            parties,
            after: after.clone(),
            upto: page.upto,
            complete: page.complete,
            rule,
            ..Parcel::default()
        })
    }

    /// Written down before it is sent: whose records it has can see it.
    async fn recorded(&mut self, parcel: &Parcel) -> Result<(), Stopped> {
        let Some(rule) = parcel.rule.as_ref().filter(|_| !parcel.events.is_empty()) else { return Ok(()) };
        let page = Some((parcel.after.clone(), parcel.upto.clone()));
        if self.announced == page {
            return Ok(());
        }
        let range = Some((parcel.after.to_string(), parcel.upto.to_string()));
        let command = reading(self.by(), ("share", &rule.id), &parcel.parties, &rule.share.purpose, range);
        let Some(command) = command else { return Err(Stopped::Barred("no random numbers".to_owned())) };
        match self.window.pipeline.command(command).await {
            Some(Ok(_)) => {
                self.announced = page;
                Ok(())
            }
            Some(Err(refusal)) => {
                Err(Stopped::Barred(format!("the delivery cannot be recorded: {refusal:?}")))
            }
            None => Err(Stopped::Ended),
        }
    }

    /// The window, for the party whose webhook it is.
    pub(super) fn by(&self) -> By {
        let party = self.owner();
        let role = self.window.filing(&party).and_then(|filing| filing.roles.first().copied());
        let name = self.id.split_once(':').map_or("", |(_, name)| name);
        By {
            actor: Actor { party, name: Text::from(format!("webhook {name}").as_str()) },
            codes: Vec::new(),
            role: role.unwrap_or(Role::Consumer),
            applies: false,
            reviews: false,
            window: true,
        }
    }

    /// Writes what became of it; none = the record changed meanwhile.
    async fn write(
        &self,
        record: Option<&Arc<Record>>,
        action: &str,
        delivery: Delivery,
    ) -> Result<Option<Arc<Record>>, Stopped> {
        let command = Command {
            key: RecordKey::new(Register::Delivery, &self.id),
            version: record.map_or(0, |record| record.version),
            action: action.into(),
            by: self.by(),
            note: String::new(),
            body: serde_json::to_string(&delivery).ok(),
        };
        match self.window.pipeline.command(command).await {
            Some(Ok(record)) => Ok(Some(record)),
            Some(Err(Refusal::Outdated(_) | Refusal::Invalid(_) | Refusal::State(..))) => Ok(None),
            Some(Err(refusal)) => Err(Stopped::Barred(format!("it cannot be recorded: {refusal:?}"))),
            None => Err(Stopped::Ended),
        }
    }
}

/// The batch, and after it the mark that nothing before the cursor is missing.
fn body(parcel: &Parcel, id: &str) -> Vec<u8> {
    let mark = json!({
        "specversion": "1.0",
        "id": format!("{}.{}", parcel.after, parcel.upto),
        "source": format!("/v1/registers/webhooks/{id}"),
        "type": "onewindow.cursor.v1",
        "datacontenttype": "application/json",
        envelope::RECEIVER: register::owner_of(&RecordKey::new(Register::Webhook, id)).as_str(),
        "data": {"cursor": parcel.upto.to_string(), "complete": parcel.complete},
    });
    let events: Vec<&Value> = parcel.events.iter().chain([&mark]).collect();
    serde_json::to_vec(&events).unwrap_or_default()
}
