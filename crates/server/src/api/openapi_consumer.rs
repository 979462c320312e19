//! What the OpenAPI document says of a consumer's routes: shapes of bodies and answers, and the statuses of their routes.

use super::openapi::{object, of};
use serde_json::{Value, json};

/// What its routes are for, in the order of the routes.
pub(super) const SUMMARIES: [&str; 16] = [
    "Ask for a one-time code: it goes to the telephone on the order that has this number, if there is one; the answer is always the same",
    "A consumer's session for the code, its ticket and the number it was asked for; its text is shown once",
    "One's own trades, newest first, by cursor: ordered in one's name with the telephone that proved one",
    "One of one's own trades, in steps, with its tax, its returns and the days left for one",
    "One's yearly quota: limit, used, held, left, and every use with its seller",
    "Lock one's quota: no declaration uses it until it is unlocked with the same telephone",
    "Whether one's telephone is told of each use of the quota",
    "One's disputes with what was said and by when somebody has to answer",
    "Say that a use of one's quota was not one's own: until it is decided the seller uses it no further",
    "Withdraw a dispute with a seller",
    "Notices of credit lists that name one as responsible behind an enterprise, with one's own hearing and what was decided of one: to a telephone that an office noted as one's own; to any other, what to do",
    "Say something for oneself to such a notice, once; the enterprise's hearing is another",
    "Who read a record of one's own, in which role, what for",
    "All that is kept of oneself, as one file",
    "Ask that what is kept of oneself be erased, as far as no law wants it kept",
    "Modes of trade and editions of the list of retail import goods: public",
];

/// Whether a route is one of these.
pub(super) fn is_ours(path: &str) -> bool {
    path.starts_with("/v1/consumer/") || path == "/v1/publications"
}

/// The schema's name of what a route answers.
pub(super) fn answer(method: &str, path: &str) -> Option<&'static str> {
    Some(match (method, path) {
        (_, "/v1/consumer/codes") => "ConsumerTicket",
        (_, "/v1/consumer/sessions") => "ConsumerSession",
        (_, "/v1/consumer/trades") => "ConsumerTrades",
        (_, "/v1/consumer/trades/{platform}/{order_no}") => "ConsumerTrade",
        (_, "/v1/consumer/quota") => "ConsumerQuota",
        (_, "/v1/consumer/lock") => "ConsumerLock",
        (_, "/v1/consumer/notices") => "ConsumerNotices",
        ("get", "/v1/consumer/disputes") => "ConsumerDisputes",
        ("post", "/v1/consumer/disputes" | "/v1/consumer/disputes/{seller}/withdrawal") => "ConsumerDispute",
        ("get", "/v1/consumer/hearings") => "ConsumerHearings",
        ("post", "/v1/consumer/hearings") => "ConsumerHearing",
        (_, "/v1/consumer/accesses") => "ConsumerAccesses",
        (_, "/v1/consumer/data") => "ConsumerData",
        (_, "/v1/consumer/erasure") => "ConsumerErasure",
        (_, "/v1/publications") => "Publications",
        _ => return None,
    })
}

/// What a route is sent; none = nothing.
pub(super) fn request(path: &str) -> Option<Value> {
    let name = match path {
        "/v1/consumer/codes" => "ConsumerNumber",
        "/v1/consumer/sessions" => "ConsumerProof",
        "/v1/consumer/lock" => "ConsumerLock",
        "/v1/consumer/notices" => "ConsumerNotices",
        "/v1/consumer/disputes" => "ConsumerDisputed",
        "/v1/consumer/hearings" => "ConsumerSpoken",
        _ => return None,
    };
    Some(json!({"application/json": {"schema": of(name)}}))
}

/// Parameters of a query.
pub(super) fn queries(path: &str) -> &'static [&'static str] {
    match path {
        "/v1/consumer/trades" | "/v1/consumer/accesses" => &["after", "limit"],
        "/v1/consumer/quota" => &["year"],
        _ => &[],
    }
}

/// The status of a route that did what was asked.
pub(super) fn done(method: &str, path: &str) -> Option<u16> {
    match (method, path) {
        (_, "/v1/consumer/codes") => Some(202),
        (_, "/v1/consumer/sessions") | ("post", "/v1/consumer/disputes") => Some(201),
        _ => None,
    }
}

/// Statuses of a route besides those of every route.
pub(super) fn refusals(method: &str, path: &str) -> Vec<(u16, &'static str)> {
    const CHANGED: (u16, &str) = (409, "the record changed meanwhile, or its state does not allow it");
    const WRONG: (u16, &str) = (422, "what was sent is wrong: all of it is in `faults`");
    const MANY: (u16, &str) = (429, "too many codes or tries; wait for Retry-After");
    match (method, path) {
        (_, "/v1/consumer/codes") => vec![MANY],
        (_, "/v1/consumer/sessions") => vec![(401, "the code is wrong, was used or is too old"), MANY],
        ("post", "/v1/consumer/disputes") => {
            vec![(404, "no use of your quota has this number"), CHANGED, WRONG]
        }
        ("post", "/v1/consumer/hearings") => {
            vec![(404, "no notice about this enterprise names you"), CHANGED, WRONG]
        }
        ("post", _) => vec![CHANGED, WRONG],
        _ => Vec::new(),
    }
}

fn or_null(kind: &str) -> Value {
    json!({"type": [kind, "null"]})
}

fn list(item: Value) -> Value {
    json!({"type": "array", "items": item})
}

/// The shapes.
pub(super) fn schemas() -> Vec<(&'static str, Value)> {
    let text = || json!({"type": "string"});
    let truth = || json!({"type": "boolean"});
    let whole = || json!({"type": "integer"});
    let words = || list(text());
    let line = [
        ("platform", text()),
        ("platformName", text()),
        ("orderNo", text()),
        ("sellerName", text()),
        ("state", or_null("string")),
        ("waitingFor", words()),
        ("changed", text()),
        ("tax", or_null("string")),
    ];
    let step = object(&[("step", text()), ("time", or_null("string"))]);
    let trade = [
        ("goods", list(json!({"type": "object"}))),
        ("paid", or_null("string")),
        ("waybill", or_null("object")),
        ("assessment", or_null("object")),
        ("quota", or_null("object")),
        ("reasons", list(json!({"type": "object"}))),
        ("steps", list(step)),
        ("returns", list(json!({"type": "object"}))),
        ("returnWindow", or_null("object")),
        ("exchanges", or_null("object")),
    ];
    let goods_of_line = ("goods", or_null("string"));
    let one_use = object(&[
        ("platform", text()),
        ("platformName", text()),
        ("orderNo", text()),
        ("seller", text()),
        ("sellerName", text()),
        ("day", text()),
        ("amount", text()),
        ("givenBack", text()),
        ("state", json!({"type": "string", "enum": ["held", "used", "given-back", "given-up"]})),
        ("own", truth()),
        ("dispute", or_null("string")),
    ]);
    let quota = [
        ("year", whole()),
        ("years", list(whole())),
        ("limit", text()),
        ("used", text()),
        ("held", text()),
        ("left", text()),
        ("months", words()),
        ("uses", list(one_use)),
        ("locked", truth()),
        ("lockedHere", truth()),
        ("lockedSince", or_null("string")),
        ("notices", truth()),
    ];
    let said = object(&[
        ("action", text()),
        ("time", text()),
        ("text", text()),
        ("own", truth()),
        ("by", text()),
        ("granted", or_null("boolean")),
    ]);
    let dispute = [
        ("seller", text()),
        ("sellerName", text()),
        ("state", text()),
        ("platform", text()),
        ("platformName", text()),
        ("orderNo", text()),
        ("amount", text()),
        ("usedOn", text()),
        ("answerDue", text()),
        ("decideDue", text()),
        ("overdue", or_null("string")),
        ("quota", or_null("string")),
        ("here", truth()),
        ("steps", list(said)),
    ];
    let reading = object(&[
        ("time", text()),
        ("by", text()),
        ("role", text()),
        ("purpose", text()),
        ("what", text()),
        ("ground", or_null("string")),
    ]);
    let hearing = [
        ("party", text()),
        ("partyName", text()),
        ("state", text()),
        ("list", text()),
        ("facts", text()),
        ("legalBasis", text()),
        ("hearUntil", text()),
        ("said", or_null("string")),
        ("saidElsewhere", truth()),
        ("decision", or_null("object")),
        ("maySpeak", truth()),
    ];
    let data = [
        ("made", text()),
        ("person", text()),
        ("trades", list(of("ConsumerTrade"))),
        ("tradesComplete", truth()),
        ("quota", list(of("ConsumerQuota"))),
        ("disputes", list(of("ConsumerDispute"))),
        ("hearings", list(of("ConsumerHearing"))),
        ("settings", or_null("object")),
        ("conduct", or_null("object")),
    ];
    let mode = object(&[("code", text()), ("name", object(&[("zh", text()), ("en", text())]))]);
    let edition = object(&[
        ("name", text()),
        ("validFrom", text()),
        ("codes", whole()),
        ("source", text()),
        ("confidence", text()),
        ("inForce", truth()),
    ]);
    let line_of_list = [&line[..], &[goods_of_line]].concat();
    vec![
        ("ConsumerNumber", object(&[("number", text())])),
        ("ConsumerTicket", object(&[("ticket", text()), ("minutes", whole())])),
        ("ConsumerProof", object(&[("number", text()), ("ticket", text()), ("code", text())])),
        ("ConsumerSession", object(&[("token", text()), ("expires", text())])),
        ("ConsumerTrades", object(&[("trades", list(object(&line_of_list))), ("after", or_null("string"))])),
        ("ConsumerTrade", object(&[&line[..], &trade[..]].concat())),
        ("ConsumerQuota", object(&quota)),
        ("ConsumerLock", object(&[("locked", truth())])),
        ("ConsumerNotices", object(&[("notices", truth())])),
        ("ConsumerDisputed", object(&[("platform", text()), ("orderNo", text()), ("text", text())])),
        ("ConsumerDisputes", object(&[("disputes", list(of("ConsumerDispute")))])),
        ("ConsumerDispute", object(&dispute)),
        ("ConsumerSpoken", object(&[("party", text()), ("text", text())])),
        (
            "ConsumerHearings",
            object(&[
                ("telephoneNoted", truth()),
                ("toDo", or_null("object")),
                ("hearings", list(of("ConsumerHearing"))),
            ]),
        ),
        ("ConsumerHearing", object(&hearing)),
        (
            "ConsumerAccesses",
            object(&[
                ("accesses", list(reading)),
                ("after", or_null("string")),
                ("erasureAsked", or_null("string")),
            ]),
        ),
        ("ConsumerData", object(&data)),
        ("ConsumerErasure", object(&[("asked", text())])),
        ("Publications", object(&[("day", text()), ("modes", list(mode)), ("editions", list(edition))])),
    ]
}
