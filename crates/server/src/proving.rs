//! How a consumer comes in. He names an order, a waybill or a list; a code of six digits goes to the telephone that stands on
//! the order, and whoever has the code has the telephone. Name and identity number prove nothing: who steals them has both.
//! Whoever asks is answered alike whether there is such a trade or not, and asking is slowed down by number, by telephone and
//! by the address he asks from. A code counts for some minutes, once, for the ticket of the one who asked, and a few tries;
//! its hash alone is kept.

use crate::Window;
use crate::ingest::hashed;
use crate::messenger::Message;
use crate::signing_in::{Refused, open};
use ceb::Document;
use clearance::Text;
use clearance::consignment::Consignment;
use clearance::guard;
use clearance::keys::{ClaimKey, OrderKey, Time, WaybillKey};
use clearance::party::Role;
use clearance::record::{Actor, Register};
use register::consumer::{Body, Telephone};
use register::{By, Command};
use ring::rand::{SecureRandom, SystemRandom};
use std::collections::BTreeSet;
use std::sync::Arc;
use store::{ChosenRead, Duty, NewUser, Patience, Read, StoreError, User, UserState};

/// Characters of a number at most, as orders have them.
const LONGEST: usize = 60;
/// Trades of one number that codes are sent for: platforms number by themselves.
const TRADES: usize = 3;
/// Parties of a role whose numbers are looked at.
const PARTIES: usize = 500;
/// After the free codes, a minute, two … an hour; a day later all is forgotten.
const CODES: Patience = Patience { free: 3, delay: 60_000, doublings: 6, forget: 86_400_000 };
/// Groups of letters in a ticket, and its length.
const GROUPS: usize = 6;
const TICKET: usize = GROUPS * 6 - 1;
/// For what a secret of the control store is.
const WHAT: &str = "consumer";

/// A number as it was typed, without blanks around it; none = nothing can have it.
fn number_of(typed: &str) -> Option<&str> {
    let number = typed.trim();
    let fits = (1..=LONGEST).contains(&number.chars().count()) && !number.chars().any(char::is_control);
    fits.then_some(number)
}

/// Codes of the parties filed today in one of these roles.
pub(crate) fn codes_of(window: &Window, roles: &[Role]) -> BTreeSet<Text> {
    let (reference, today) = (window.reference(), window.clock.now().day());
    let mut codes = BTreeSet::new();
    for filing in reference.parties.all() {
        let Some(filing) = reference.parties.find(&filing.code, today) else { continue };
        if roles.iter().any(|role| filing.has(*role)) {
            codes.extend(std::iter::once(filing.code.clone()).chain(filing.other_code.clone()));
        }
        if codes.len() >= PARTIES {
            break;
        }
    }
    codes
}

/// The trades that have a number: of an order, a waybill or a list.
///
/// # Errors
/// When they cannot be read.
pub async fn trades_of(window: &Window, typed: &str) -> Result<Vec<Consignment>, StoreError> {
    let Some(number) = number_of(typed) else { return Ok(Vec::new()) };
    let read = &window.read;
    let mut keys = BTreeSet::new();
    keys.extend(codes_of(window, &[Role::Platform]).iter().map(|code| OrderKey::new(code, number)));
    for code in codes_of(window, &[Role::Logistics, Role::Express]) {
        let waybill = read.waybill(&WaybillKey::new(&code, number)).await?;
        keys.extend(waybill.and_then(|waybill| waybill.claimed_by).map(|(order, _)| order));
    }
    keys.extend(read.claim(&ClaimKey::Entry(number.into())).await?);
    let mut found = Vec::new();
    for key in keys {
        found.extend(read.consignment(&key).await?);
        if found.len() >= TRADES {
            break;
        }
    }
    Ok(found)
}

/// Whose an order is: the keyed hashes of identity number and telephone, and the telephone.
#[derive(Clone, PartialEq, Eq)]
pub struct Buyer {
    /// His code in lists and registers.
    pub person: Text,
    /// Keyed hash of the identity number.
    pub identity: Text,
    /// Keyed hash of the telephone.
    pub telephone: Text,
    /// The telephone.
    pub number: String,
}

/// Whose the order of a trade is; none without an order, or without what tells of him.
pub fn buyer(read: &ChosenRead, consignment: &Consignment) -> Option<Buyer> {
    let Document::Order(order) = &*consignment.order.as_ref()?.document else { return None };
    let number = order.head.buyer_telephone.trim();
    let identity = hashed(read, "identity", &order.head.buyer_id_number);
    let telephone = hashed(read, "telephone", number);
    let is_there = !identity.is_empty() && number.bytes().filter(u8::is_ascii_digit).count() >= 5;
    is_there.then(|| Buyer {
        person: guard::person(&identity),
        identity,
        telephone,
        number: number.to_owned(),
    })
}

/// Six digits, each number as likely as another.
fn digits() -> Result<String, Refused> {
    // Above this the numbers would not come equally often.
    const FAIR: u32 = u32::MAX - u32::MAX % 1_000_000;
    loop {
        let mut bytes = [0u8; 4];
        SystemRandom::new().fill(&mut bytes).map_err(|_| crate::password::Failed::Random)?;
        let number = u32::from_ne_bytes(bytes);
        if number < FAIR {
            return Ok(format!("{:06}", number % 1_000_000));
        }
    }
}

/// The secret of a code: without the ticket nobody finds it by trying digits.
fn secret(ticket: &str, order: &OrderKey, code: &str) -> String {
    format!("code {ticket} {}/{} {code}", order.platform, order.order_no)
}

async fn slowed(window: &Window, name: &str, patience: Patience, now: Time) -> Result<(), Refused> {
    let attempt = window.control.attempt(&window.control.keyed(name)?, patience, now).await?;
    if attempt.allowed {
        return Ok(());
    }
    let wait = u64::try_from(attempt.until.0 - now.0).unwrap_or(0);
    Err(Refused::Slower { seconds: wait.div_ceil(1000).max(1) })
}

/// Sends a code for a number, if a trade has it, and gives the ticket with which the code counts. Looking and sending go on
/// beside the answer, which so takes as long where there is nothing.
///
/// # Errors
/// [`Refused`]: too often, or nothing is recorded now.
pub async fn ask(window: &Arc<Window>, typed: &str, address: &str) -> Result<String, Refused> {
    window.intake.check()?;
    window.gate.pass_tracking(address)?;
    let now = window.clock.now();
    let number = typed.trim().to_owned();
    slowed(window, &format!("codes for {number}"), patience(window), now).await?;
    let ticket = crate::password::random(GROUPS)?;
    let (window, asked) = (window.clone(), ticket.clone());
    tokio::spawn(async move {
        if let Err(error) = send(&window, &number, &asked, now).await {
            tracing::warn!(%error, "a one-time code was not sent");
        }
    });
    Ok(ticket)
}

fn patience(window: &Window) -> Patience {
    let law = window.reference().current().parameters.on(window.clock.now().day());
    Patience { free: law.consumer_codes_free, ..CODES }
}

async fn send(window: &Window, number: &str, ticket: &str, now: Time) -> Result<(), Refused> {
    let minutes = window.reference().current().parameters.on(now.day()).consumer_code_minutes;
    for consignment in trades_of(window, number).await? {
        let Some(buyer) = buyer(&window.read, &consignment) else { continue };
        // Who knows many numbers of one person does not ring his telephone all day.
        if slowed(window, &format!("codes to {}", buyer.telephone), patience(window), now).await.is_err() {
            continue;
        }
        let code = digits()?;
        window.control.expect(&secret(ticket, &consignment.key, &code), WHAT, now).await?;
        let message = Message {
            id: format!("code-{ticket}-{}", consignment.key.platform),
            kind: "one-time-code",
            to: buyer.number,
            zh: format!(
                "验证码{code}，{minutes}分钟内有效，用于查询您的跨境包裹和额度。任何人索要均请勿告知。"
            ),
            en: format!(
                "Code {code}, good for {minutes} minutes, to see your parcels and quota. Give it to nobody who asks for it."
            ),
            code: Some(code),
        };
        window.messenger.send(window, &message).await;
    }
    Ok(())
}

/// Opens a session for whoever has the code: its number, its text, who he is here.
///
/// # Errors
/// [`Refused`]: the code is wrong, over or used, or there were too many tries.
pub async fn prove(
    window: &Arc<Window>,
    (number, ticket, code): (&str, &str, &str),
    address: &str,
) -> Result<(i64, String, User), Refused> {
    window.intake.check()?;
    window.gate.pass_tracking(address)?;
    // What no ticket is gets no row that counts its tries.
    if ticket.len() != TICKET || !ticket.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
        return Err(Refused::Wrong);
    }
    let now = window.clock.now();
    let law = window.reference().current().parameters.on(now.day());
    let lasts = law.consumer_code_minutes * 60_000;
    let tries = Patience { free: law.consumer_code_tries, delay: lasts, doublings: 0, forget: lasts };
    slowed(window, &format!("tries of {ticket}"), tries, now).await?;
    let code: String = code.chars().filter(char::is_ascii_digit).collect();
    let trades = trades_of(window, number).await?;
    if trades.is_empty() {
        // The same is asked of the store: what takes less time would tell.
        window.control.met(&secret(ticket, &OrderKey::default(), &code), WHAT, now).await?;
    }
    for consignment in trades {
        let expected = secret(ticket, &consignment.key, &code);
        if code.len() == 6
            && window.control.met(&expected, WHAT, Time(now.0 - lasts)).await?
            && let Some(buyer) = buyer(&window.read, &consignment)
        {
            let user = user(window, &buyer, now).await?;
            proved(window, &buyer, &consignment.key).await?;
            let (id, text) = open(window, &user, (address, false), now).await?;
            return Ok((id, text, user));
        }
    }
    Err(Refused::Wrong)
}

/// He as a user: one for each pair of person and telephone. Nobody signs in as him with a password.
async fn user(window: &Window, buyer: &Buyer, now: Time) -> Result<User, Refused> {
    let begin = |hash: &Text| hash.chars().take(16).collect::<String>();
    let login = format!("consumer-{}-{}", begin(&buyer.identity), begin(&buyer.telephone));
    let new = NewUser {
        login: login.as_str().into(),
        name: buyer.telephone.clone(),
        party: buyer.person.clone(),
        role: Role::Consumer,
        duties: vec![Duty::Consumer],
        districts: Vec::new(),
    };
    // No password has this as its hash.
    const NONE: &str = "-";
    if let Some(id) = window.control.add_user(&new, NONE, now).await? {
        window.control.set_password(id, NONE, UserState::Active, now).await?;
    }
    let user = window.control.user_of(&login).await?.ok_or(Refused::Unrecorded)?;
    // Disabled by the operator of the window, or somebody else with the same beginnings.
    let same = user.party == buyer.person && user.name == buyer.telephone;
    if same && user.state == UserState::Active { Ok(user) } else { Err(Refused::Wrong) }
}

/// Who acts for himself: his person's code, and as name the telephone that proved him.
pub fn by(person: &Text, telephone: &Text, window: bool) -> By {
    By {
        actor: Actor { party: person.clone(), name: telephone.clone() },
        codes: vec![person.clone()],
        role: Role::Consumer,
        applies: true,
        reviews: false,
        window,
    }
}

/// Writes down which telephone proved him, with the trade that has it, where that is not known yet.
async fn proved(window: &Window, buyer: &Buyer, order: &OrderKey) -> Result<(), Refused> {
    let key = guard::lock_of(&buyer.person);
    debug_assert!(key.register == Register::Consumer);
    let current = window.read.record(&key).await?;
    let known = current.as_ref().is_some_and(|record| {
        let mut telephones = Body::of(record).telephones.into_iter();
        telephones
            .any(|one| one.telephone == buyer.telephone.as_str() && one.order_no == order.order_no.as_str())
    });
    if known {
        return Ok(());
    }
    let telephone = Telephone {
        telephone: buyer.telephone.to_string(),
        platform: order.platform.to_string(),
        order_no: order.order_no.to_string(),
        notices: false,
    };
    let command = Command {
        key,
        version: current.map_or(0, |record| record.version),
        action: "prove".into(),
        by: by(&buyer.person, &buyer.telephone, true),
        note: String::new(),
        body: serde_json::to_string(&telephone).ok(),
    };
    match window.pipeline.command(command).await {
        Some(Ok(_)) => Ok(()),
        // Somebody else changed it at the same moment: he comes again.
        _ => Err(Refused::Unrecorded),
    }
}
