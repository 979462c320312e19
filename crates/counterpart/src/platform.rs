//! A platform as customs meets it: its service takes a question for original payment data (announcement 2018-179), answers at
//! once that it has it, and sends the data of its books afterwards, signed. Its books are simulated.

use crate::Script;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use ceb::signature::Signer;
use register::payment_data::form::{REFUSED, TAKEN, to_sign, with_signature};
use serde_json::{Value, json};
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// What a platform has in its books of one order.
#[derive(Clone, Debug)]
pub struct Paid {
    /// Its own code.
    pub platform: String,
    /// The payment firm.
    pub pay_code: String,
    /// The payment firm's number of the payment.
    pub transaction: String,
    /// What was paid, in yuan.
    pub amount: String,
    /// When, yyyyMMddHHmmss.
    pub time: String,
    /// Names of what was bought.
    pub goods: Vec<String>,
    /// Who received the money.
    pub recipient: String,
}

type Later<T> = Pin<Box<dyn Future<Output = T> + Send>>;
/// Looks an order up.
type Books = Arc<dyn Fn(String) -> Later<Option<Paid>> + Send + Sync>;
/// Sends an answer; says what came back.
type Sending = Arc<dyn Fn(String) -> Later<String> + Send + Sync>;

/// A platform's service. Cheap to clone.
#[derive(Clone)]
pub struct Platform {
    signer: Arc<Signer>,
    certificate: String,
    books: Books,
    send: Sending,
    script: Script,
    requests: Arc<AtomicU64>,
    told: Arc<Mutex<Vec<String>>>,
}

impl Platform {
    /// One with this key, whose certificate has this number.
    pub fn new<B, S>(
        signer: Signer,
        certificate: &str,
        script: Script,
        books: impl Fn(String) -> B + Send + Sync + 'static,
        send: impl Fn(String) -> S + Send + Sync + 'static,
    ) -> Self
    where
        B: Future<Output = Option<Paid>> + Send + 'static,
        S: Future<Output = String> + Send + 'static,
    {
        Self {
            signer: Arc::new(signer),
            certificate: certificate.to_owned(),
            books: Arc::new(move |order| Box::pin(books(order))),
            send: Arc::new(move |answer| Box::pin(send(answer))),
            script,
            requests: Arc::default(),
            told: Arc::default(),
        }
    }

    /// Its interface: `POST /`.
    pub fn router(self) -> Router {
        Router::new().route("/", post(asked)).with_state(self)
    }

    /// What came back for its answers.
    pub fn told(&self) -> Vec<String> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn answer(self, session: String, order: String, time: String) {
        let Some(paid) = (self.books)(order.clone()).await else { return };
        let unsigned = unsigned(&session, &order, &time, &paid);
        let signed = to_sign(&unsigned).ok().and_then(|text| {
            let value = self.signer.sign_bytes(self.signer.preferred().algorithm(), text.as_bytes()).ok()?;
            with_signature(&unsigned, &self.certificate, &base64(&value)).ok()
        });
        let Some(signed) = signed else { return };
        let told = (self.send)(signed).await;
        self.told.lock().unwrap_or_else(PoisonError::into_inner).push(told);
    }
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

/// An answer without its signature.
pub fn unsigned(session: &str, order: &str, time: &str, paid: &Paid) -> String {
    let goods: Vec<Value> = paid
        .goods
        .iter()
        .enumerate()
        .map(|(index, name)| json!({"gname": name, "itemLink": format!("https://shop.example/{order}/{index}")}))
        .collect();
    json!({
        "sessionID": session,
        "payExchangeInfoHead": {
            "guid": session, "initalRequest": format!("https://pay.example/pay?order={order}"),
            "initalResponse": format!("transaction={}&result=success", paid.transaction), "ebpCode": paid.platform,
            "payCode": paid.pay_code, "payTransactionId": paid.transaction, "totalAmount": paid.amount,
            "currency": "142", "verDept": "3", "payType": "1", "tradingTime": paid.time, "note": "",
        },
        "payExchangeInfoLists": [{
            "orderNo": order, "goodsInfo": goods, "recpAccount": "OSA530100000001", "recpCode": "",
            "recpName": paid.recipient,
        }],
        "serviceTime": time,
    })
    .to_string()
}

async fn asked(State(platform): State<Platform>, body: Bytes) -> Response {
    let number = platform.requests.fetch_add(1, Ordering::Relaxed);
    tokio::time::sleep(platform.script.delay).await;
    if platform.script.outage.as_ref().is_some_and(|range| range.contains(&number)) {
        return (StatusCode::SERVICE_UNAVAILABLE, "out of service").into_response();
    }
    let refused = platform.script.refuses.as_ref().is_some_and(|range| range.contains(&number));
    let said = |code: &str, message: &str| {
        let body = json!({"code": code, "message": message, "serviceTime": 0}).to_string();
        ([(header::CONTENT_TYPE, "application/json; charset=utf-8")], body).into_response()
    };
    let field = form_urlencoded::parse(&body).find(|(name, _)| name == "openReq");
    let question: Option<Value> = field.and_then(|(_, value)| serde_json::from_str(&value).ok());
    let Some(question) = question.filter(|_| !refused) else { return said(REFUSED, "openReq") };
    let word = |name: &str| question[name].as_str().unwrap_or_default().to_owned();
    tokio::spawn(platform.answer(word("sessionID"), word("orderNo"), word("serviceTime")));
    said(TAKEN, "")
}
