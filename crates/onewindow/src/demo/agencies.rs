//! The outside systems that the demo zone exchanges records with: what customs shares with each, in which form, and the webhook that
//! brings it. The simulated counterparts that take it there are `counterparts`.

use crate::Failure;
use clearance::Text;
use clearance::party::Role;
use clearance::record::{Actor, RecordKey, Register};
use clearance::sample::ABROAD_CODE;
use counterpart::{Counterpart, Kind, Script};
use register::{By, Command};
use serde_json::{Value, json};
use server::Window;
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

const DECLARED: &[&str] = &[
    "orderNo",
    "ebpCode",
    "copNo",
    "invtNo",
    "customsCode",
    "portCode",
    "declTime",
    "tradeMode",
    "ebcCode",
    "agentCode",
    "country",
    "grossWeight",
    "netWeight",
    "lines.gnum",
    "lines.gcode",
    "lines.gname",
    "lines.qty",
    "lines.totalPrice",
    "lines.currency",
];
const ARRIVED: &[&str] = &[
    "operatorCode",
    "copNo",
    "trafMode",
    "trafNo",
    "voyageNo",
    "billNo",
    "logisticsCode",
    "lines.logisticsNo",
];
const ORDERS_ABROAD: &[&str] = &[
    "appTime",
    "orderNo",
    "ebpCode",
    "ebpName",
    "ebcCode",
    "ebcName",
    "goodsValue",
    "freight",
    "currency",
    "lines.gnum",
    "lines.itemName",
    "lines.qty",
    "lines.price",
    "lines.totalPrice",
    "lines.currency",
];
const PAYMENTS_ABROAD: &[&str] =
    &["appTime", "orderNo", "ebpCode", "ebcCode", "payName", "charge", "currency", "accountingDate"];
const WAYBILLS_ABROAD: &[&str] = &[
    "appTime",
    "logisticsCode",
    "logisticsName",
    "logisticsNo",
    "freight",
    "currency",
    "grossWeight",
    "packNo",
    "goodsInfo",
    "ebcName",
];

/// Fields with the texts that a record has to have in them.
type Filter = &'static [(&'static str, &'static [&'static str])];

/// An agency, and what it is sent.
pub struct Agency {
    /// Its code.
    pub code: &'static str,
    /// What it is.
    pub kind: Kind,
    /// The dataset that is shared.
    pub dataset: &'static str,
    /// The fields that are shared of it.
    pub fields: &'static [&'static str],
    name: &'static str,
    purpose: &'static str,
    filter: Filter,
    neutral: bool,
}

impl Agency {
    const fn new(
        code: &'static str,
        kind: Kind,
        (name, dataset): (&'static str, &'static str),
        fields: &'static [&'static str],
        purpose: &'static str,
    ) -> Self {
        Self { code, kind, name, dataset, fields, purpose, filter: &[], neutral: false }
    }

    const fn only(self, filter: Filter) -> Self {
        Self { filter, ..self }
    }

    /// In the neutral form: it is another country's.
    const fn neutral(self) -> Self {
        Self { neutral: true, ..self }
    }

    /// The id of the rule, and of the demo's webhook.
    pub fn rule(&self) -> String {
        format!("{}:{}", self.code, self.name)
    }

    /// What is agreed, of records from this day on.
    pub fn agreement(&self, today: &str) -> Value {
        let filter: serde_json::Map<String, Value> =
            self.filter.iter().map(|(field, texts)| ((*field).to_owned(), json!(texts))).collect();
        json!({"giver": CUSTOMS, "dataset": self.dataset, "schema": 1, "fields": self.fields, "filter": filter,
            "purpose": self.purpose, "legalBasis": "样例：昆明综合试验区信息共享办法", "validFrom": today,
            "suspends": self.kind == Kind::Police})
    }

    /// The webhook that brings it, from after this cursor on.
    pub fn webhook(&self, url: &str, after: &str) -> Value {
        // Whose check counts for others keeps each confirmation; of the others those answers that say more.
        let confirmations = matches!(self.kind, Kind::Police | Kind::Bank);
        let form = if self.kind == Kind::TradeWindow { "dxp" } else { "events" };
        json!({"url": url, "source": format!("shares/{}", self.rule()), "answers": true, "after": after,
            "confirmations": confirmations, "form": form, "neutral": self.neutral, "counterpart": self.kind.word()})
    }
}

/// Agencies of [`AGENCIES`] that the bench sends to: the same since it was first measured.
const MEASURED: usize = 7;

/// All of them; who has several rules is there several times.
pub static AGENCIES: [Agency; 15] = [
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
    Agency::new("5301000909", Kind::Customs, ("lists", "declarations"), DECLARED, "通关管理系统登记清单"),
    Agency::new("5301000910", Kind::Railway, ("arrivals", "arrivals"), ARRIVED, "铁路运抵核对")
        .only(&[("trafMode", &["3"])]),
    Agency::new("5301000911", Kind::Airport, ("arrivals", "arrivals"), ARRIVED, "航空运抵核对")
        .only(&[("trafMode", &["5"])]),
    // Of exports what the other country needs for its import; of what it sent, what became of it.
    Agency::new(
        ABROAD_CODE,
        Kind::ForeignWindow,
        ("orders", "export-orders"),
        ORDERS_ABROAD,
        "出口订单交境外单一窗口",
    )
    .only(&[("ebpCode", &["5301960101"])])
    .neutral(),
    Agency::new(
        ABROAD_CODE,
        Kind::ForeignWindow,
        ("payments", "export-payments"),
        PAYMENTS_ABROAD,
        "出口收款信息交境外单一窗口",
    )
    .only(&[("ebpCode", &["5301960101"])])
    .neutral(),
    Agency::new(
        ABROAD_CODE,
        Kind::ForeignWindow,
        ("waybills", "export-waybills"),
        WAYBILLS_ABROAD,
        "出口运单交境外单一窗口",
    )
    .only(&[("logisticsCode", &["5301960401", "5301960402"])])
    .neutral(),
    Agency::new(
        ABROAD_CODE,
        Kind::ForeignWindow,
        ("results", "clearances"),
        CLEARANCES,
        "告知境外单一窗口通关结果",
    )
    .only(&[("platform", &[ABROAD_CODE])]),
];

/// What customs shares with each, where it is not shared yet.
pub async fn share(window: &Window, agencies: &[Agency]) -> Result<(), Failure> {
    let today = window.clock.now().day().to_string();
    for agency in agencies {
        let key = RecordKey::new(Register::Share, &agency.rule());
        if window.read.record(&key).await?.is_none() {
            act(window, agency.code, key.clone(), 0, "propose", Some(agency.agreement(&today))).await?;
            act(window, CUSTOMS, key, 1, "agree", None).await?;
        }
    }
    Ok(())
}

/// The agencies that the bench sends to, in pages: the country's trade window takes message by message, which is another path.
pub fn measured() -> &'static [Agency] {
    AGENCIES.get(..MEASURED).unwrap_or_default()
}

/// Eight machines: the customs system of the country, tax, foreign exchange, commerce, market supervision, police, post, a bank.
pub fn eight() -> impl Iterator<Item = &'static Agency> {
    let customs = AGENCIES.iter().filter(|agency| agency.kind == Kind::Customs);
    customs.chain(measured())
}

/// Webhooks of this name to a counterpart of each agency that the bench sends to, from the newest row on.
pub async fn follow(window: &Window, name: &str) -> Result<Vec<Counterpart>, Failure> {
    let key = window.evidence.sender(window.clock.now()).await?.public();
    let mut counterparts = Vec::new();
    for agency in measured() {
        let counterpart = Counterpart::new(agency.kind, Script::default(), vec![key]);
        let counterpart = counterpart.named(agency.code).telling(|_| {});
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
    for agency in measured() {
        let key = RecordKey::new(Register::Webhook, &format!("{}:{name}", agency.code));
        act(window, agency.code, key, 1, "remove", None).await?;
    }
    Ok(())
}

/// Where a counterpart listens from now on.
pub async fn listening(counterpart: Counterpart) -> Result<String, Failure> {
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
