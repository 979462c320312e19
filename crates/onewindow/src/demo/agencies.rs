//! The other agencies of the demo zone: what customs shares with each, where it is sent, and the simulated counterpart that
//! takes it there.

use crate::Failure;
use clearance::Text;
use clearance::party::Role;
use clearance::record::{Actor, RecordKey, Register};
use counterpart::{Counterpart, Kind, Script};
use register::webhook::Webhook;
use register::{By, Command};
use serde_json::{Value, json};
use server::Window;
use std::time::Duration;
use store::Read;

/// Customs.
pub const CUSTOMS: &str = "8620000001";
/// Where they are.
pub const NETWORK: &str = "127.0.0.0/8";

const CLEARANCES: &[&str] = &["platform", "orderNo", "invtNo", "state", "time", "merchant"];
const TAXES: &[&str] = &[
    "platform",
    "orderNo",
    "invtNo",
    "state",
    "time",
    "merchant",
    "dutiableValue",
    "duty",
    "consumptionTax",
    "valueAddedTax",
    "taxTotal",
];
const PAYMENTS: &[&str] = &["payCode", "payTransactionId", "orderNo", "amountPaid", "currency", "payTime"];
const GOODS: &[&str] =
    &["invtNo", "orderNo", "ebcCode", "lines.gname", "lines.gcode", "lines.qty", "lines.country"];
const PERSONS: &[&str] = &["orderNo", "buyerIdNumber", "buyerName"];
const MESSAGES: &[&str] =
    &["message", "guid", "sender", "exchangeId", "documents", "sha256", "received", "original"];
const PARCELS: &[&str] = &["logisticsCode", "logisticsNo", "weight", "packNo"];

/// An agency, and what it is sent.
struct Agency {
    code: &'static str,
    kind: Kind,
    name: &'static str,
    dataset: &'static str,
    fields: &'static [&'static str],
    purpose: &'static str,
}

impl Agency {
    const fn new(
        code: &'static str,
        kind: Kind,
        (name, dataset): (&'static str, &'static str),
        fields: &'static [&'static str],
        purpose: &'static str,
    ) -> Self {
        Self { code, kind, name, dataset, fields, purpose }
    }

    /// The id of the rule, and of the demo's webhook.
    fn rule(&self) -> String {
        format!("{}:{}", self.code, self.name)
    }

    fn webhook(&self, url: &str, after: &str) -> Value {
        // Whose check counts for others keeps each confirmation; of the others those answers that say more.
        let confirmations = matches!(self.kind, Kind::Police | Kind::Bank);
        let form = if self.kind == Kind::TradeWindow { "dxp" } else { "events" };
        json!({"url": url, "source": format!("shares/{}", self.rule()), "answers": true, "after": after,
            "confirmations": confirmations, "form": form})
    }
}

static AGENCIES: [Agency; 8] = [
    Agency::new("5301000901", Kind::Tax, ("taxes", "clearances"), TAXES, "核对代收代缴税款"),
    Agency::new("5301000902", Kind::ForeignExchange, ("payments", "payments"), PAYMENTS, "核对跨境收支"),
    Agency::new("5301000903", Kind::Commerce, ("trade", "clearances"), CLEARANCES, "业务统计"),
    Agency::new("5301000904", Kind::MarketSupervision, ("goods", "declarations"), GOODS, "商品质量追溯"),
    Agency::new("5301000905", Kind::Police, ("persons", "declarations"), PERSONS, "核验订购人身份"),
    Agency::new("5301000906", Kind::Post, ("parcels", "waybills"), PARCELS, "寄递渠道衔接"),
    Agency::new("5301000907", Kind::Bank, ("payments", "payments"), PAYMENTS, "结算核对"),
    Agency::new(
        "5301000908",
        Kind::TradeWindow,
        ("messages", "messages"),
        MESSAGES,
        "一次提交，两个窗口受理",
    ),
];

/// Opens the counterparts, with the rules and webhooks that bring them what they are sent; says how many they are.
pub async fn open(window: &Window) -> Result<usize, Failure> {
    share(window).await?;
    let key = window.evidence.sender(window.clock.now()).await?.public();
    for agency @ &Agency { kind, .. } in &AGENCIES {
        let script = Script { delay: Duration::from_millis(20), ..Script::default() };
        let counterpart = Counterpart::new(kind, script, vec![key]).telling(|_| {});
        let key = RecordKey::new(Register::Webhook, &agency.rule());
        let body = agency.webhook(&listening(counterpart).await?, "");
        match window.read.record(&key).await? {
            None => act(window, agency.code, key, 0, "register", Some(body)).await?,
            // An earlier start had it at another address; where somebody sends it elsewhere, it goes there.
            Some(hook)
                if hook.state == "active" && Webhook::of(&hook).url.starts_with("http://127.0.0.1:") =>
            {
                act(window, agency.code, key, hook.version, "change", Some(body)).await?;
            }
            Some(_) => {}
        }
    }
    Ok(AGENCIES.len())
}

/// What customs shares with each, where it is not shared yet.
pub async fn share(window: &Window) -> Result<(), Failure> {
    let today = window.clock.now().day().to_string();
    for agency in &AGENCIES {
        let key = RecordKey::new(Register::Share, &agency.rule());
        let rule = json!({"giver": CUSTOMS, "dataset": agency.dataset, "schema": 1, "fields": agency.fields,
            "purpose": agency.purpose, "legalBasis": "样例：昆明综合试验区信息共享办法", "validFrom": today,
            "suspends": agency.kind == Kind::Police});
        if window.read.record(&key).await?.is_none() {
            act(window, agency.code, key.clone(), 0, "propose", Some(rule)).await?;
            act(window, CUSTOMS, key, 1, "agree", None).await?;
        }
    }
    Ok(())
}

/// The agencies that are sent events in pages. The country's trade window takes message by message, which is another path.
fn in_pages() -> impl Iterator<Item = &'static Agency> {
    AGENCIES.iter().filter(|agency| agency.kind != Kind::TradeWindow)
}

/// Webhooks of this name to a counterpart of each agency that is sent pages, from the newest row on.
pub async fn follow(window: &Window, name: &str) -> Result<Vec<Counterpart>, Failure> {
    let key = window.evidence.sender(window.clock.now()).await?.public();
    let mut counterparts = Vec::new();
    for agency in in_pages() {
        let counterpart = Counterpart::new(agency.kind, Script::default(), vec![key]).telling(|_| {});
        let url = listening(counterpart.clone()).await?;
        let after = window.read.position().await?.to_string();
        let key = RecordKey::new(Register::Webhook, &format!("{}:{name}", agency.code));
        act(window, agency.code, key, 0, "register", Some(agency.webhook(&url, &after))).await?;
        counterparts.push(counterpart);
    }
    Ok(counterparts)
}

/// Ends the webhooks of this name.
pub async fn leave(window: &Window, name: &str) -> Result<(), Failure> {
    for agency in in_pages() {
        let key = RecordKey::new(Register::Webhook, &format!("{}:{name}", agency.code));
        act(window, agency.code, key, 1, "remove", None).await?;
    }
    Ok(())
}

/// Where a counterpart listens from now on.
async fn listening(counterpart: Counterpart) -> Result<String, Failure> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/", listener.local_addr()?);
    tokio::spawn(axum::serve(listener, counterpart.router()).into_future());
    Ok(url)
}

/// Makes a move for a party.
pub async fn act(
    window: &Window,
    party: &str,
    key: RecordKey,
    version: u32,
    action: &str,
    body: Option<Value>,
) -> Result<(), Failure> {
    let filed = window.filing(party).and_then(|filing| filing.roles.first().copied());
    let role = filed.unwrap_or(Role::Agency);
    let actor = Actor { party: party.into(), name: "demo".into() };
    let by = By {
        actor,
        codes: vec![Text::from(party)],
        role,
        applies: true,
        reviews: party == CUSTOMS,
        window: false,
    };
    let (id, body) = (key.id.clone(), body.map(|body| body.to_string()));
    let command = Command { key, version, action: action.into(), by, note: String::new(), body };
    let done = window.pipeline.command(command).await.ok_or("the window is closing")?;
    done.map(|_| ()).map_err(|refusal| format!("{action} {id}: {refusal:?}").into())
}
