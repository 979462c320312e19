//! The form of an answer (`payExInfoStr`, announcement 2018-179) and of the question before it (`openReq`): read with
//! everything that is wrong, and the text that is signed. The interface itself was not at hand: fields, codes and the signed
//! text are as integrators publish them (SPEC §8.6), lengths are not checked.

use crate::Fault;
use crate::says::{self, Said};
use ceb::{Decimal, Stamp};
use serde::Deserialize;
use serde_json::value::RawValue;

/// Success and failure in the answers of either side.
pub const TAKEN: &str = "10000";
/// As [`TAKEN`].
pub const REFUSED: &str = "20000";

/// An answer, read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PaymentData {
    /// `sessionID`: which question it answers.
    pub session: String,
    /// `ebpCode`: the platform.
    pub platform: String,
    /// `payCode`: the payment firm.
    pub pay_code: String,
    /// `payTransactionId`.
    pub transaction: String,
    /// `totalAmount`, in yuan.
    pub total_amount: Decimal,
    /// `currency`.
    pub currency: String,
    /// `tradingTime`: when it was paid.
    pub trading_time: Stamp,
    /// `initalResponse` (spelled so): what the payment firm answered.
    pub response: String,
    /// The orders that were paid with it.
    pub orders: Vec<PaidOrder>,
    /// `certNo`: with which certificate it is signed.
    pub certificate: String,
    /// `signValue`, base64.
    pub signature: String,
    /// The texts that may have been signed: as it came, and without white space between its parts.
    pub signed: Vec<String>,
}

/// One order of `payExchangeInfoLists`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PaidOrder {
    /// `orderNo`.
    pub order_no: String,
    /// `gname` of each of its goods.
    pub goods: Vec<String>,
    /// `recpName`: who received the money.
    pub recipient: String,
}

#[derive(Deserialize)]
struct Whole<'a> {
    #[serde(rename = "sessionID", default)]
    session: Option<Word>,
    #[serde(rename = "payExchangeInfoHead", borrow, default)]
    head: Option<&'a RawValue>,
    #[serde(rename = "payExchangeInfoLists", borrow, default)]
    lists: Option<&'a RawValue>,
    #[serde(rename = "serviceTime", default)]
    service_time: Option<Word>,
    #[serde(rename = "certNo", default)]
    cert_no: Option<Word>,
    #[serde(rename = "signValue", default)]
    sign_value: Option<Word>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Head {
    guid: Option<Word>,
    inital_request: Option<Word>,
    inital_response: Option<Word>,
    ebp_code: Option<Word>,
    pay_code: Option<Word>,
    pay_transaction_id: Option<Word>,
    total_amount: Option<Word>,
    currency: Option<Word>,
    ver_dept: Option<Word>,
    pay_type: Option<Word>,
    trading_time: Option<Word>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct List {
    order_no: Option<Word>,
    #[serde(default)]
    goods_info: Vec<Goods>,
    recp_account: Option<Word>,
    recp_name: Option<Word>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Goods {
    gname: Option<Word>,
    item_link: Option<Word>,
}

/// A text, or a number as it was written: senders do both.
#[derive(Default)]
struct Word(String);

impl<'de> Deserialize<'de> for Word {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(deserializer)?;
        match text_of(raw) {
            Some(text) => Ok(Self(text)),
            None => Err(serde::de::Error::custom("a text or a number is expected")),
        }
    }
}

/// A text, or a number as it was written; `null` is empty.
fn text_of(raw: &RawValue) -> Option<String> {
    match raw.get().as_bytes().first()? {
        b'"' => serde_json::from_str(raw.get()).ok(),
        b'-' | b'0'..=b'9' => Some(raw.get().to_owned()),
        b'n' => Some(String::new()),
        _ => None,
    }
}

/// The JSON of a part: some senders put it into a text.
fn part_of(raw: &RawValue) -> Option<String> {
    match raw.get().as_bytes().first()? {
        b'"' => serde_json::from_str(raw.get()).ok(),
        _ => Some(raw.get().to_owned()),
    }
}

/// Reads an answer.
///
/// # Errors
/// Everything that is wrong with it, in the order of the form.
pub fn parse(text: &str) -> Result<PaymentData, Vec<Fault>> {
    let whole = whole(text)?;
    let mut faults = Vec::new();
    let head_text = whole.head.and_then(part_of).unwrap_or_default();
    let lists_text = whole.lists.and_then(part_of).unwrap_or_default();
    let session = given("sessionID", whole.session, &mut faults);
    let head = part::<Head>("payExchangeInfoHead", &head_text, &mut faults);
    let lists = part::<Vec<List>>("payExchangeInfoLists", &lists_text, &mut faults);
    let service_time = given("serviceTime", whole.service_time, &mut faults);
    let certificate = given("certNo", whole.cert_no, &mut faults);
    let signature = given("signValue", whole.sign_value, &mut faults);
    let head = head.map(|head| read_head(head, &mut faults));
    let orders = lists.map(|lists| read_lists(lists, &mut faults)).unwrap_or_default();
    let signed = |head: &str, lists: &str| {
        format!(
            r#""sessionID":"{session}"||"payExchangeInfoHead":"{head}"||"payExchangeInfoLists":"{lists}"||"serviceTime":"{service_time}""#
        )
    };
    let mut texts = vec![signed(&head_text, &lists_text)];
    let compact = signed(&without_space(&head_text), &without_space(&lists_text));
    if texts[0] != compact {
        texts.push(compact);
    }
    let read = head.flatten().filter(|_| faults.is_empty());
    let data =
        read.map(|data| PaymentData { session, orders, certificate, signature, signed: texts, ..data });
    data.ok_or(faults)
}

fn whole(text: &str) -> Result<Whole<'_>, Vec<Fault>> {
    // A list would be read as one by position.
    if !text.trim_start().starts_with('{') {
        return Err(vec![Fault::new("payExInfoStr", "", says::PAYMENT_JSON.said())]);
    }
    serde_json::from_str(text).map_err(|error| not_read("payExInfoStr", &error))
}

fn not_read(path: &str, error: &serde_json::Error) -> Vec<Fault> {
    vec![Fault::new(path, "", says::PAYMENT_JSON_READ.with(&[("error", &error.to_string())]))]
}

fn given(path: &str, word: Option<Word>, faults: &mut Vec<Fault>) -> String {
    let text = word.unwrap_or_default().0;
    if text.trim().is_empty() {
        faults.push(Fault::new(path, "", says::NOT_EMPTY.said()));
    }
    text
}

fn part<T: serde::de::DeserializeOwned>(path: &str, text: &str, faults: &mut Vec<Fault>) -> Option<T> {
    if text.is_empty() {
        faults.push(Fault::new(path, "", says::NOT_EMPTY.said()));
        return None;
    }
    match serde_json::from_str(text) {
        Ok(read) => Some(read),
        Err(error) => {
            faults.extend(not_read(path, &error));
            None
        }
    }
}

fn read_head(head: Head, faults: &mut Vec<Fault>) -> Option<PaymentData> {
    let mut given =
        |path: &str, word: Option<Word>| given(&format!("payExchangeInfoHead.{path}"), word, faults);
    given("guid", head.guid);
    given("initalRequest", head.inital_request);
    let response = given("initalResponse", head.inital_response);
    let platform = given("ebpCode", head.ebp_code);
    let pay_code = given("payCode", head.pay_code);
    let transaction = given("payTransactionId", head.pay_transaction_id);
    let total_amount = given("totalAmount", head.total_amount);
    let currency = given("currency", head.currency);
    let verified_by = given("verDept", head.ver_dept);
    let pay_type = given("payType", head.pay_type);
    let trading_time = given("tradingTime", head.trading_time);
    let mut wrong = |path: &str, value: &str, expected: Said| {
        if !value.trim().is_empty() {
            faults.push(Fault::new(&format!("payExchangeInfoHead.{path}"), value, expected));
        }
    };
    let amount = Decimal::parse(total_amount.trim());
    if amount.is_none_or(|amount| amount < Decimal::default()) {
        wrong("totalAmount", &total_amount, says::AMOUNT_FIVE_PLACES.said());
    }
    let time = Stamp::parse(trading_time.trim());
    if time.is_none() {
        wrong("tradingTime", &trading_time, says::A_SECOND.said());
    }
    if !matches!(verified_by.trim(), "1" | "2" | "3") {
        wrong("verDept", &verified_by, says::VERIFIED_BY.said());
    }
    if !matches!(pay_type.trim(), "1" | "2" | "3" | "4") {
        wrong("payType", &pay_type, says::PAY_TYPE.said());
    }
    Some(PaymentData {
        session: String::new(),
        platform: platform.trim().to_owned(),
        pay_code: pay_code.trim().to_owned(),
        transaction: transaction.trim().to_owned(),
        total_amount: amount?,
        currency: currency.trim().to_owned(),
        trading_time: time?,
        response,
        orders: Vec::new(),
        certificate: String::new(),
        signature: String::new(),
        signed: Vec::new(),
    })
}

fn read_lists(lists: Vec<List>, faults: &mut Vec<Fault>) -> Vec<PaidOrder> {
    if lists.is_empty() {
        faults.push(Fault::new("payExchangeInfoLists", "[]", says::AN_ORDER_AT_LEAST.said()));
    }
    let read = lists.into_iter().enumerate().map(|(index, list)| {
        let path = |field: &str| format!("payExchangeInfoLists[{index}].{field}");
        let order_no = given(&path("orderNo"), list.order_no, faults);
        given(&path("recpAccount"), list.recp_account, faults);
        let recipient = given(&path("recpName"), list.recp_name, faults);
        if list.goods_info.is_empty() {
            faults.push(Fault::new(&path("goodsInfo"), "[]", says::AN_ARTICLE_AT_LEAST.said()));
        }
        let goods = list.goods_info.into_iter().enumerate().map(|(number, goods)| {
            given(&path(&format!("goodsInfo[{number}].itemLink")), goods.item_link, faults);
            given(&path(&format!("goodsInfo[{number}].gname")), goods.gname, faults).trim().to_owned()
        });
        PaidOrder { goods: goods.collect(), order_no: order_no.trim().to_owned(), recipient }
    });
    read.collect()
}

/// JSON without white space between its parts; what is in texts stays.
fn without_space(json: &str) -> String {
    let (mut inside, mut escaped) = (false, false);
    json.chars()
        .filter(|sign| {
            let keep = inside || !sign.is_ascii_whitespace();
            match (*sign, escaped) {
                ('"', false) => inside = !inside,
                ('\\', false) if inside => {
                    escaped = true;
                    return keep;
                }
                _ => {}
            }
            escaped = false;
            keep
        })
        .collect()
}

/// What is wrong, as one text in the manner of this interface: `certNo : certNo不为空;  `.
pub fn told(faults: &[Fault]) -> String {
    let one = |fault: &Fault| {
        let field = fault.path.rsplit('.').next().unwrap_or_default();
        if fault.value.is_empty() && fault.expected.zh() == says::NOT_EMPTY.zh {
            return format!("{} : {field}不为空;  ", fault.path);
        }
        format!("{} : {} ({});  ", fault.path, fault.expected.zh(), fault.value)
    };
    faults.iter().map(one).collect()
}

/// The text that a sender signs: that of an answer to which `certNo` and `signValue` are added later.
///
/// # Errors
/// What else is wrong with it.
pub fn to_sign(text: &str) -> Result<String, Vec<Fault>> {
    let complete = with_signature(text, "0", "0")?;
    let mut data = parse(&complete)?;
    Ok(data.signed.swap_remove(0))
}

/// An answer with its signature; every other part stays as it was written.
///
/// # Errors
/// That it is no JSON of this form.
pub fn with_signature(text: &str, certificate: &str, signature: &str) -> Result<String, Vec<Fault>> {
    let whole = whole(text)?;
    let word = |word: Option<Word>| serde_json::Value::String(word.unwrap_or_default().0).to_string();
    let part = |part: Option<&RawValue>| part.map_or("null", RawValue::get).to_owned();
    Ok(format!(
        r#"{{"sessionID":{},"payExchangeInfoHead":{},"payExchangeInfoLists":{},"serviceTime":{},"certNo":{},"signValue":{}}}"#,
        word(whole.session),
        part(whole.head),
        part(whole.lists),
        word(whole.service_time),
        serde_json::Value::from(certificate),
        serde_json::Value::from(signature),
    ))
}
