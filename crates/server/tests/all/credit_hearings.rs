//! The hearing of a person whom a list names behind an enterprise: it is his own, neither uses up the other's, the decision waits for
//! both, and says whom it spares.

use crate::consumer::{OTHER, OWN, come_in, post, provider, trade};
use crate::credit::{OFFICER, SECOND, act, zone};
use crate::support::browser::Browser;
use crate::support::{NOW, Zone, plain};
use clearance::keys::Time;
use clearance::party::Filing;
use clearance::sample::{self, Person};
use serde_json::{Value, json};
use std::collections::BTreeSet;

pub(crate) const HEARINGS: &str = "/v1/consumer/hearings";

/// The session of a person, by a trade of his own.
pub(crate) async fn came_in(zone: &Zone, person: &Person) -> String {
    let messages = provider(zone).await;
    let own = trade(7, person, OWN, 300);
    zone.trade(&own).await;
    zone.until_listed().await;
    come_in(zone, &messages, &own.order.head.order_no).await
}

fn day(days: i64) -> String {
    Time(NOW.0 + days * 86_400_000).day().number().to_string()
}

/// A person who answers for an enterprise, recorded over the version that is there, with the telephone that he gave at the office.
pub(crate) async fn recorded(
    zone: &Zone,
    party: &str,
    person: &Person,
    telephone: Option<&str>,
) -> (u16, Value) {
    let path = format!("responsible-persons/{party}");
    let (_, current) = zone.get(OFFICER, &format!("/v1/registers/{path}")).await;
    let mut body = json!({"persons": [
        {"name": "样例甲", "number": person.identity.as_str(), "capacity": "legal-representative", "validFrom": "20200101"},
    ]});
    if let Some(telephone) = telephone {
        body["persons"][0]["telephone"] = telephone.into();
    }
    let version = current["version"].as_u64().unwrap_or(0);
    let record = json!({"action": "record", "version": version, "note": "样例：登记机关提供", "body": body});
    act(zone, OFFICER, &path, record).await
}

/// Two enterprises that a person answers for, whose own telephone an office noted; of the first notice is given that names him.
pub(crate) async fn noticed(zone: &Zone, listed: &str, person: &Person) -> String {
    let other = (0..).map(|from| plain(zone, from).declaration.head.ebc_code).find(|code| *code != listed);
    let other = other.unwrap().to_string();
    for party in [listed, other.as_str()] {
        let (status, told) = recorded(zone, party, person, Some(OWN)).await;
        assert_eq!(status, 200, "{told}");
    }
    notice(zone, listed).await;
    other
}

/// Notice of a list, given to an enterprise: it names the person who answers for it.
pub(crate) async fn notice(zone: &Zone, listed: &str) {
    let body = json!({"list": "black", "facts": "样例：伪造单证", "legalBasis": "样例办法第十条", "hearUntil": day(6), "responsible": ["样例甲", "样例甲"]});
    let notice = json!({"action": "notice", "note": "拟列入", "body": body});
    let (status, told) = act(zone, OFFICER, &format!("credit-lists/{listed}"), notice).await;
    assert_eq!((status, &told["body"]["notice"]["responsible"]), (200, &json!(["样例甲"])), "{told}");
}

fn statement(version: u32) -> Value {
    json!({"action": "state", "version": version, "body": {"text": "样例：单证系第三方提供"}})
}

fn list(version: u32, from: i64, spared: Value) -> Value {
    let body = json!({"validFrom": day(from), "validTo": day(300), "repairFrom": day(90), "spared": spared});
    json!({"action": "list", "version": version, "note": "决定列入", "body": body})
}

/// The paths of all faults.
fn paths(told: &Value) -> Vec<&str> {
    told["faults"].as_array().unwrap().iter().filter_map(|one| one["path"].as_str()).collect()
}

async fn own(zone: &Zone, session: &str) -> Value {
    let (status, told) = zone.request("GET", HEARINGS, Some(session), Vec::new()).await;
    assert_eq!((status, &told["telephoneNoted"], &told["toDo"]), (200, &json!(true), &Value::Null), "{told}");
    assert_eq!(told["hearings"].as_array().unwrap().len(), 1, "{told}");
    told["hearings"][0].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_heard_for_himself_and_may_be_spared() {
    let (zone, _, listed) = zone().await;
    let person = Person::new(7);
    let session = came_in(&zone, &person).await;
    let (_, none) = zone.request("GET", HEARINGS, Some(&session), Vec::new()).await;
    assert_eq!(none["hearings"], json!([]));
    let other = noticed(&zone, &listed, &person).await;
    let path = format!("credit-lists/{listed}");
    let told = own(&zone, &session).await;
    assert_eq!(
        (&told["party"], &told["state"], &told["facts"], &told["hearUntil"]),
        (&json!(listed), &json!("noticed"), &json!("样例：伪造单证"), &json!(day(6))),
        "{told}"
    );
    assert_eq!(
        (&told["said"], &told["maySpeak"], &told["decision"]),
        (&Value::Null, &json!(true), &Value::Null)
    );

    // He speaks once, about a notice that names him, and nobody does it for him.
    let spoken = |party: &str, text: &str| json!({"party": party, "text": text});
    assert_eq!(post(&zone, Some(&session), HEARINGS, spoken(&other, "样例：不是我")).await.0, 404);
    assert_eq!(post(&zone, Some(&session), HEARINGS, spoken(&listed, " ")).await.0, 422);
    for who in [OFFICER, listed.as_str()] {
        let speak = json!({"action": "speak", "version": 1, "body": {"text": "样例：代为陈述"}});
        let (status, told) = act(&zone, who, &path, speak).await;
        assert_eq!(status, 403, "{who}: {told}");
    }
    let (status, told) = post(&zone, Some(&session), HEARINGS, spoken(&listed, "样例：本人已离任")).await;
    assert_eq!(
        (status, &told["said"], &told["maySpeak"]),
        (200, &json!("样例：本人已离任"), &json!(false)),
        "{told}"
    );
    assert_eq!(post(&zone, Some(&session), HEARINGS, spoken(&listed, "样例：再说一次")).await.0, 422);

    // The enterprise is still to be heard, and neither learns what the other said. Who decides sees both.
    let (status, told) = act(&zone, SECOND, &path, list(2, 0, json!([]))).await;
    assert_eq!((status, paths(&told)), (422, vec!["hearUntil"]), "{told}");
    let (_, seen) = zone.get(&listed, &format!("/v1/registers/{path}")).await;
    assert_eq!((&seen["version"], &seen["action"]), (&json!(2), &json!("speak")), "{seen}");
    assert!(!seen.to_string().contains("person-") && !seen.to_string().contains("离任"), "{seen}");
    let (status, told) = act(&zone, &listed, &path, statement(2)).await;
    assert_eq!((status, &told["state"]), (200, &json!("heard")), "{told}");
    assert!(!told.to_string().contains("离任"), "{told}");
    assert!(!own(&zone, &session).await.to_string().contains("第三方"));
    let (_, seen) = zone.get(OFFICER, &format!("/v1/registers/{path}")).await;
    assert_eq!(
        (
            &seen["body"]["statement"]["text"],
            &seen["body"]["heard"][0]["text"],
            &seen["body"]["heard"][0]["name"]
        ),
        (&json!("样例：单证系第三方提供"), &json!("样例：本人已离任"), &json!("样例甲")),
        "{seen}"
    );

    // Found not to be responsible: the enterprise is listed, and the list reaches nobody through him.
    let (status, told) = act(&zone, SECOND, &path, list(3, 0, json!(["样例乙"]))).await;
    assert_eq!((status, paths(&told)), (422, vec!["spared[0]"]), "{told}");
    let (status, told) = act(&zone, SECOND, &path, list(3, 0, json!(["样例甲"]))).await;
    assert_eq!((status, &told["state"]), (200, &json!("listed")), "{told}");
    let told = own(&zone, &session).await;
    assert_eq!(
        (&told["decision"]["reaches"], &told["decision"]["validTo"], &told["maySpeak"]),
        (&json!(false), &json!(day(300)), &json!(false)),
        "{told}"
    );
    assert_eq!(post(&zone, Some(&session), HEARINGS, spoken(&listed, "样例：再说一次")).await.0, 409);
    let (_, shown) = zone.get(OFFICER, &format!("/v1/credit/{other}")).await;
    assert_eq!(shown["reached"], json!([]), "{shown}");
    // It is among what is kept of him.
    let (_, data) = zone.request("GET", "/v1/consumer/data", Some(&session), Vec::new()).await;
    assert_eq!(data["hearings"][0]["said"], "样例：本人已离任");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_enterprise_says_ends_no_hearing_of_a_person() {
    let (zone, _, listed) = zone().await;
    let person = Person::new(7);
    let other = noticed(&zone, &listed, &person).await;
    let path = format!("credit-lists/{listed}");
    assert_eq!(act(&zone, &listed, &path, statement(1)).await.0, 200);
    let (status, told) = act(&zone, SECOND, &path, list(2, 0, json!([]))).await;
    assert_eq!((status, paths(&told)), (422, vec!["heard"]), "{told}");
    assert!(told["faults"][0].to_string().contains("样例甲"), "{told}");
    // He lets his time pass: it is decided without him.
    zone.clock.set(Time(NOW.0 + 7 * 86_400_000));
    let (status, told) = act(&zone, SECOND, &path, list(2, 7, json!([]))).await;
    assert_eq!((status, &told["state"]), (200, &json!("listed")), "{told}");
    let (_, shown) = zone.get(OFFICER, &format!("/v1/credit/{other}")).await;
    assert_eq!(shown["reached"][0]["party"], json!(listed), "{shown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn he_speaks_on_a_page_of_his_own() {
    let (zone, _, listed) = zone().await;
    let person = Person::new(7);
    let session = came_in(&zone, &person).await;
    let mut browser = Browser::with(&zone, &session);
    assert!(browser.get("/my/hearings").await.words().contains("本人持身份证件"));
    // By the record of any enterprise that he answers for: of none is there a notice yet.
    assert_eq!(recorded(&zone, &listed, &person, Some(OWN)).await.0, 200);
    assert!(browser.get("/my/hearings").await.words().contains("暂无告知"));
    noticed(&zone, &listed, &person).await;
    assert!(browser.get("/my/disputes").await.text.contains("href=\"/my/hearings\""));
    let page = browser.get("/my/hearings").await;
    assert!(
        page.words().contains("样例：伪造单证") && page.words().contains("提交该部门"),
        "{}",
        page.words()
    );
    let (guard, field) = (page.hidden("guard"), format!("text-{listed}"));
    let fields =
        |text: &'static str| [("guard", guard.as_str()), ("party", listed.as_str()), (field.as_str(), text)];
    assert_eq!(browser.post("/my/hearings", &fields(" ")).await.status, 422);
    assert_eq!(browser.post("/my/hearings", &fields("样例：本人已离任")).await.location(), "/my/hearings");
    let page = browser.get("/my/hearings").await;
    assert!(
        page.words().contains("样例：本人已离任") && !page.words().contains("提交该部门"),
        "{}",
        page.words()
    );
    // Sent again from a page that he had open before, it is refused, and he is told why.
    let again = browser.post("/my/hearings", &fields("样例：再说一次")).await;
    assert!(again.status == 422 && again.words().contains("每人陈述一次"), "{}", again.words());
    assert!(
        again.words().contains("样例：本人已离任") && !again.words().contains("再说一次"),
        "{}",
        again.words()
    );
}

/// The sessions of a person by his own telephone, and of somebody who ordered under his number with another.
async fn both_came_in(zone: &Zone, person: &Person) -> [String; 2] {
    let messages = provider(zone).await;
    let mut sessions = Vec::new();
    for (number, telephone) in [(7, OWN), (8, OTHER)] {
        let bought = trade(number, person, telephone, 300);
        zone.trade(&bought).await;
        zone.until_listed().await;
        sessions.push(come_in(zone, &messages, &bought.order.head.order_no).await);
    }
    sessions.try_into().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_borrowed_a_number_is_told_nothing_of_its_persons_hearing() {
    let (zone, _, listed) = zone().await;
    let person = Person::new(7);
    let [own_session, borrower] = both_came_in(&zone, &person).await;
    let asked = async |session: &str| zone.request("GET", HEARINGS, Some(session), Vec::new()).await;
    let before = asked(&borrower).await;
    noticed(&zone, &listed, &person).await;
    // The rightful person reads his notice; the borrower is told what he was told before there was one, and where to go.
    assert_eq!(own(&zone, &own_session).await["facts"], "样例：伪造单证");
    let told = asked(&borrower).await;
    assert_eq!(told, before);
    assert_eq!(
        (told.0, &told.1["telephoneNoted"], &told.1["hearings"]),
        (200, &json!(false), &json!([])),
        "{}",
        told.1
    );
    let to_do = &told.1["toDo"];
    assert!(to_do["zh"].as_str().unwrap().contains("本人持身份证件到主管部门登记电话"), "{to_do}");
    assert!(to_do["en"].as_str().unwrap().contains("come to the competent office in person"), "{to_do}");
    // He speaks for nobody, about this enterprise as about any other.
    let mut refusals = Vec::new();
    for party in [listed.as_str(), "5301960199"] {
        let spoken = json!({"party": party, "text": "样例：冒名陈述"});
        let (status, told) = post(&zone, Some(&borrower), HEARINGS, spoken).await;
        assert_eq!((status, &told["detail"], &told["zh"]), (403, &to_do["en"], &to_do["zh"]), "{told}");
        refusals.push(told);
    }
    assert_eq!(refusals[0], refusals[1]);
    let page = Browser::with(&zone, &borrower).get("/my/hearings").await;
    assert!(
        page.words().contains("本人持身份证件") && !page.words().contains("伪造单证"),
        "{}",
        page.words()
    );
    let (_, data) = zone.request("GET", "/v1/consumer/data", Some(&borrower), Vec::new()).await;
    assert_eq!(data["hearings"], json!([]), "{data}");
    // That an office reads the list tells of it too: to the rightful person alone.
    let readings = async |session: &str| {
        let path = "/v1/consumer/accesses?limit=1";
        let (status, told) = zone.request("GET", path, Some(session), Vec::new()).await;
        assert_eq!(status, 200, "{told}");
        told["accesses"].clone()
    };
    let known = readings(&borrower).await;
    let list = format!("/v1/registers/credit-lists/{listed}?purpose=case");
    assert_eq!(zone.get(OFFICER, &list).await.0, 200);
    assert_eq!(readings(&borrower).await, known);
    assert_eq!(readings(&own_session).await[0]["what"], json!("credit-lists"));
    // What he tried used up nothing.
    assert_eq!(own(&zone, &own_session).await["maySpeak"], json!(true));
    let spoken = json!({"party": listed, "text": "样例：本人已离任"});
    assert_eq!(post(&zone, Some(&own_session), HEARINGS, spoken).await.0, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_telephone_that_an_office_notes_counts_and_the_one_before_no_more() {
    let (zone, _, listed) = zone().await;
    let person = Person::new(7);
    let sessions = both_came_in(&zone, &person).await;
    let other = noticed(&zone, &listed, &person).await;
    let spoken = json!({"party": listed, "text": "样例：本人已离任"});
    let (status, told) = post(&zone, Some(&sessions[0]), HEARINGS, spoken).await;
    assert_eq!((status, &told["said"]), (200, &json!("样例：本人已离任")), "{told}");
    // What the enterprise says after him stands before his words in the history.
    assert_eq!(act(&zone, &listed, &format!("credit-lists/{listed}"), statement(2)).await.0, 200);
    let told = own(&zone, &sessions[0]).await;
    assert_eq!(
        (&told["said"], &told["saidElsewhere"]),
        (&json!("样例：本人已离任"), &json!(false)),
        "{told}"
    );
    // No telephone, and one that was copied from a record: he would never be reached by them.
    for wrong in ["样例", "1390", "139******02"] {
        let (status, told) = recorded(&zone, &other, &person, Some(wrong)).await;
        assert_eq!((status, paths(&told)), (422, vec!["persons[0].telephone"]), "{told}");
    }
    // He comes with another telephone, which is noted as people write it.
    let (status, told) = recorded(&zone, &other, &person, Some(" 139 00000002")).await;
    assert_eq!(status, 200, "{told}");
    assert!(!told.to_string().contains("00000002"), "masked: {told}");
    let told = own(&zone, &sessions[1]).await;
    assert_eq!((&told["said"], &told["saidElsewhere"]), (&Value::Null, &json!(true)), "{told}");
    assert_eq!(told["maySpeak"], json!(false));
    let page = Browser::with(&zone, &sessions[1]).get("/my/hearings").await;
    assert!(page.words().contains("其他手机号码") && !page.words().contains("离任"), "{}", page.words());
    let (_, data) = zone.request("GET", "/v1/consumer/data", Some(&sessions[1]), Vec::new()).await;
    assert!(!data.to_string().contains("离任"), "{data}");
    // The other enterprise's record noted his old one still; without it there it is one of anybody's.
    assert_eq!(own(&zone, &sessions[0]).await["said"], "样例：本人已离任");
    assert_eq!(recorded(&zone, &listed, &person, None).await.0, 200);
    let (_, told) = zone.request("GET", HEARINGS, Some(&sessions[0]), Vec::new()).await;
    assert_eq!((&told["telephoneNoted"], &told["hearings"]), (&json!(false), &json!([])), "{told}");
    own(&zone, &sessions[1]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn more_notices_than_are_read_together_are_all_told() {
    const MANY: usize = 103;
    let (zone, ..) = zone().await;
    let person = Person::new(7);
    let session = came_in(&zone, &person).await;
    let like = sample::filings().into_iter().find(|filing| filing.code == "5301960202").unwrap();
    let code = |number: usize| format!("530197{number:04}");
    let filing = |number: usize| Filing {
        code: code(number).as_str().into(),
        other_code: None,
        name: format!("样例海外商行{number}号").as_str().into(),
        exchange_ids: Vec::new(),
        ..like.clone()
    };
    zone.window.file_all((0..MANY).map(filing).collect(), "test").await;
    for party in (0..MANY).map(code) {
        let (status, told) = recorded(&zone, &party, &person, Some(OWN)).await;
        assert_eq!(status, 200, "{told}");
        notice(&zone, &party).await;
    }
    zone.until_listed().await;
    let parties = |told: &Value| {
        let all = told["hearings"].as_array().unwrap().iter();
        all.map(|one| one["party"].as_str().unwrap().to_owned()).collect::<BTreeSet<String>>()
    };
    let expected: BTreeSet<String> = (0..MANY).map(code).collect();
    for path in [HEARINGS, "/v1/consumer/data"] {
        let (status, told) = zone.request("GET", path, Some(&session), Vec::new()).await;
        assert_eq!((status, parties(&told)), (200, expected.clone()), "{path}");
    }
    // Page by page they are all there, too.
    let mut browser = Browser::with(&zone, &session);
    let (mut shown, mut from) = (0, 0);
    while from < MANY {
        let page = browser.get(&format!("/my/hearings?rows={from}")).await;
        assert_eq!(page.status, 200, "{}", page.words());
        shown += page.text.matches("name=\"party\"").count();
        from += 20;
    }
    assert_eq!(shown, MANY);
}
