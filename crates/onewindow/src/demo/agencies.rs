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
use store::{ChosenRead, Read};

const CUSTOMS: &str = "8620000001";
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
const PARCELS: &[&str] = &["logisticsCode", "logisticsNo", "weight", "packNo"];

/// An agency: code, counterpart, name of the rule, dataset, fields, purpose.
type Agency = (&'static str, Kind, &'static str, &'static str, &'static [&'static str], &'static str);

const AGENCIES: [Agency; 7] = [
    ("5301000901", Kind::Tax, "taxes", "clearances", TAXES, "核对代收代缴税款"),
    ("5301000902", Kind::ForeignExchange, "payments", "payments", PAYMENTS, "核对跨境收支"),
    ("5301000903", Kind::Commerce, "trade", "clearances", CLEARANCES, "业务统计"),
    ("5301000904", Kind::MarketSupervision, "goods", "declarations", GOODS, "商品质量追溯"),
    ("5301000905", Kind::Police, "persons", "declarations", PERSONS, "核验订购人身份"),
    ("5301000906", Kind::Post, "parcels", "waybills", PARCELS, "寄递渠道衔接"),
    ("5301000907", Kind::Bank, "payments", "payments", PAYMENTS, "结算核对"),
];

/// Opens the counterparts, with the rules and webhooks that bring them what they are sent; says how many they are.
pub async fn open(window: &Window<ChosenRead>) -> Result<usize, Failure> {
    let key = window.evidence.sender(window.clock.now()).await?.public();
    let today = window.clock.now().day().to_string();
    for (receiver, kind, name, dataset, fields, purpose) in AGENCIES {
        let id = format!("{receiver}:{name}");
        let rule = json!({"giver": CUSTOMS, "dataset": dataset, "schema": 1, "fields": fields, "purpose": purpose,
            "legalBasis": "样例：昆明综合试验区信息共享办法", "validFrom": today, "suspends": kind == Kind::Police});
        let key_of = |register| RecordKey::new(register, &id);
        if window.read.record(&key_of(Register::Share)).await?.is_none() {
            act(window, receiver, key_of(Register::Share), 0, "propose", Some(rule)).await?;
            act(window, CUSTOMS, key_of(Register::Share), 1, "agree", None).await?;
        }
        let script = Script { delay: Duration::from_millis(20), ..Script::default() };
        let counterpart = Counterpart::new(kind, script, vec![key]).telling(|_| {});
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}/", listener.local_addr()?);
        tokio::spawn(axum::serve(listener, counterpart.router()).into_future());
        let body = json!({"url": url, "source": format!("shares/{id}"), "answers": true});
        match window.read.record(&key_of(Register::Webhook)).await? {
            None => act(window, receiver, key_of(Register::Webhook), 0, "register", Some(body)).await?,
            // An earlier start had it at another address; where somebody sends it elsewhere, it goes there.
            Some(hook)
                if hook.state == "active" && Webhook::of(&hook).url.starts_with("http://127.0.0.1:") =>
            {
                act(window, receiver, key_of(Register::Webhook), hook.version, "change", Some(body)).await?;
            }
            Some(_) => {}
        }
    }
    Ok(AGENCIES.len())
}

async fn act(
    window: &Window<ChosenRead>,
    party: &str,
    key: RecordKey,
    version: u32,
    action: &str,
    body: Option<Value>,
) -> Result<(), Failure> {
    let role = if party == CUSTOMS { Role::Officer } else { Role::Agency };
    let actor = Actor { party: party.into(), name: "demo".into() };
    let by = By { actor, codes: vec![Text::from(party)], role, applies: true, reviews: false, window: false };
    let (id, body) = (key.id.clone(), body.map(|body| body.to_string()));
    let command = Command { key, version, action: action.into(), by, note: String::new(), body };
    let done = window.pipeline.command(command).await.ok_or("the window is closing")?;
    done.map(|_| ()).map_err(|refusal| format!("{action} {id}: {refusal:?}").into())
}
