//! In which words pages speak: what the interface refuses is told in the reader's language, and whoever is decided against is
//! told that he may have it reviewed, also where he is not told why.

use crate::support::browser::{Browser, Shown};
use crate::support::people;
use crate::support::{Zone, path, plain};
use clearance::party::Role;
use store::Duty;

const OFFICE: &str = "8620000001";

/// What is English on a page in Chinese says so: nothing of it may stand in what a form was answered.
fn answered_in_chinese(shown: &Shown, words: &str) {
    assert!(shown.text.contains("<html lang=\"zh-CN\">"), "{}", shown.words());
    assert!(shown.words().contains(words), "{words}: {}", shown.words());
    assert!(
        !shown.text.contains("lang=\"en\">you ") && !shown.words().contains("characters"),
        "{}",
        shown.words()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_is_told_in_the_language_of_the_page() {
    let zone = Zone::new().await;
    let agent = plain(&zone, 0).declaration.head.agent_code.to_string();
    let mut admin =
        people::signed_in(&zone, "li.wei", &agent, Role::Agent, &[Duty::Admin, Duty::Operator]).await;
    let guard = admin.get("/desk/people").await.hidden("guard");
    let add =
        |login: &'static str, duty: &'static str| vec![("login", login), ("name", "样一"), (duty, "yes")];
    for (fields, words) in [
        (add("x", "has.reader"), "登录名须为3至64个字符"),
        (add("li.wei", "has.operator"), "此登录名已有人使用"),
        (add("wang.er", "has.reviewer"), "不能给予本人没有的职责"),
    ] {
        let fields: Vec<(&str, &str)> = [("guard", guard.as_str())].into_iter().chain(fields).collect();
        let shown = admin.post("/desk/people", &fields).await;
        assert_eq!(shown.status, 400);
        answered_in_chinese(&shown, words);
    }
    let token = [("guard", guard.as_str()), ("name", "样"), ("days", "9999"), ("has.messages:send", "yes")];
    answered_in_chinese(&admin.post("/desk/tokens", &token).await, "有效天数须为1至400");

    let mut nobody = Browser::new(&zone);
    let sent = |code: &'static str, again: &'static str| {
        let role = ("role", "agent");
        [("code", code), role, ("name", "样一"), ("password", "short"), ("again", again)]
    };
    let shown = nobody.post("/register", &sent("1", "short")).await;
    answered_in_chinese(&shown, "须为十位海关注册编码");
    answered_in_chinese(
        &nobody.post("/register", &sent("5301960104", "other")).await,
        "两次输入的密码须相同",
    );
    answered_in_chinese(&nobody.post("/register", &sent("5301960104", "short")).await, "密码至少12个字符");

    let mut officer = people::signed_in(&zone, "guan.yi", OFFICE, Role::Officer, &[Duty::Decider]).await;
    let guard = officer.get("/desk/queue").await.hidden("guard");
    let many =
        [("guard", guard.as_str()), ("id", "d1"), ("action", "approve"), ("pick:5301960101/none", "1")];
    let shown = officer.post("/desk/queue/decisions", &many).await;
    assert_eq!(shown.status, 422);
    answered_in_chinese(&shown, "请说明理由（至少2个字）");
    officer.language = "en";
    let shown = officer.post("/desk/queue/decisions", &many).await;
    assert!(shown.words().contains("text: why, in at least 2 characters"), "{}", shown.words());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_enterprise_whose_trade_is_rejected_or_held_sees_its_right_of_review() {
    let zone = Zone::new().await;
    let held = plain(&zone, 0);
    let agent = held.declaration.head.agent_code.to_string();
    let of_agent = |from: u64| {
        let mut all = (from..).step_by(50).map(|from| plain(&zone, from));
        all.find(|trade| trade.declaration.head.agent_code == agent.as_str()).unwrap()
    };
    let mut rejected = of_agent(1_000);
    rejected.declaration.head.buyer_name = "另一人".into();
    assert_eq!(zone.trade(&rejected).await["status"], 100);
    let free = of_agent(2_000);
    zone.trade(&free).await;
    let rules = "id,valid_from,valid_to,lane,condition,note\nheld,20190101,,hold,lines >= 1,\n".to_owned();
    zone.window.publish(&[("risk_rules.csv".to_owned(), rules)], "test").await.unwrap();
    zone.trade(&held).await;
    let mut reader = people::signed_in(&zone, "li.wei", &agent, Role::Agent, &[Duty::Operator]).await;
    for (language, words) in [("zh-CN", "如有异议"), ("en", "you may be heard")] {
        reader.language = language;
        let mut shows = async |trade| {
            let shown = reader.get(&path(trade).replace("/v1", "/desk")).await;
            assert_eq!(shown.status, 200);
            shown.words().contains(words) && shown.text.contains("/guide#appeal")
        };
        assert!(shows(&held).await && shows(&rejected).await, "{language}");
        assert!(!shows(&free).await, "nobody decided against it: {language}");
    }
    let mut officer = people::signed_in(&zone, "guan.yi", OFFICE, Role::Officer, &[Duty::Decider]).await;
    let shown = officer.get(&path(&held).replace("/v1", "/desk")).await;
    assert!(!shown.words().contains("如有异议"), "an office is not told how to complain of itself");
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_sort_by_the_links_of_their_heads() {
    let zone = Zone::new().await;
    let agent = plain(&zone, 0).declaration.head.agent_code.to_string();
    let mut admin =
        people::signed_in_english(&zone, "li.wei", &agent, Role::Agent, &[Duty::Admin, Duty::Operator]).await;
    let guard = admin.get("/desk/tokens").await.hidden("guard");
    for name in ["sorted-b", "sorted-c", "sorted-a"] {
        let token = [("guard", guard.as_str()), ("name", name), ("days", "30"), ("has.messages:send", "yes")];
        let issued = admin.post("/desk/tokens", &token).await;
        assert!(issued.status < 400, "{}", issued.words());
    }
    let order = |shown: &Shown| -> String {
        let rows = shown.text.split("<tr").skip(1).filter_map(|row| row.split("sorted-").nth(1));
        rows.filter_map(|rest| rest.chars().next()).collect()
    };
    let rising = admin.get("/desk/tokens?sort=name").await;
    assert_eq!(order(&rising), "abc");
    assert!(rising.text.contains("aria-sort=\"ascending\""));
    assert!(rising.text.contains("href=\"/desk/tokens?sort=-name\""), "and the other way round");
    let falling = admin.get("/desk/tokens?sort=-name").await;
    assert_eq!(order(&falling), "cba");
    assert!(falling.text.contains("aria-sort=\"descending\""));
    let unknown = admin.get("/desk/tokens?sort=colour").await;
    assert_eq!(unknown.status, 200);
    assert!(!unknown.text.contains("aria-sort"), "a column that there is not is none");
    // A list of a register, of which all is put in order before a page of it is shown.
    let users = admin.get("/desk/people?sort=-login").await;
    assert!(users.text.contains("aria-sort=\"descending\"") && users.text.contains("li.wei"));
    let page = admin.get("/desk/registers/webhooks").await;
    assert_eq!(page.status, 200, "{}", page.words());
    for name in ["b", "a", "c"] {
        let body = serde_json::json!({"action": "register", "body": {"url": "https://example.test/", "source": "receipts"}});
        let there = format!("/v1/registers/webhooks/{agent}:{name}/actions");
        let token = Some(zone.tokens[&agent].as_str());
        let (status, made) = zone.request("POST", &there, token, body.to_string().into_bytes()).await;
        assert_eq!(status, 200, "{made}");
    }
    for (sort, expected) in [("number", ["a", "b", "c"]), ("-number", ["c", "b", "a"])] {
        let page = admin.get(&format!("/desk/registers/webhooks?sort={sort}")).await;
        let ids = page.text.split("class=\"lead code\"").skip(1);
        let ids: Vec<String> =
            ids.map(|link| link.split('>').nth(1).unwrap().split('<').next().unwrap().to_owned()).collect();
        assert_eq!(ids, expected.map(|name| format!("{agent}:{name}")), "{sort}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn indicators_and_registering_are_there_in_the_languages_of_the_neighbours() {
    let zone = Zone::new().await;
    let mut browser = Browser::new(&zone);
    for (language, registers, declarations) in [
        ("vi", "Đăng ký đơn vị", "Chỉ số"),
        ("th", "ลงทะเบียนหน่วยงาน", "ตัวชี้วัด"),
        ("lo", "", ""),
        ("my", "", ""),
        ("km", "", ""),
    ] {
        for (page, words) in [("/register", registers), ("/indicators", declarations)] {
            let shown = browser.get(&format!("{page}?lang={language}")).await;
            assert_eq!(shown.status, 200, "{language} {page}");
            assert!(shown.text.contains(&format!("<html lang=\"{language}\">")), "{language} {page}");
            assert!(shown.text.contains(words), "{language} {page}: {}", shown.words());
        }
        // What is painted as a file has letters of Chinese and English alone.
        let file = browser.get(&format!("/indicators/file?chart=days&form=csv&lang={language}")).await;
        assert!(matches!(file.status, 200 | 404), "{}", file.status);
    }
    // What is wrong with what was typed is told on the same page, in the same language.
    let sent = [("code", "1"), ("role", "agent"), ("name", "样一"), ("password", "x"), ("again", "y")];
    browser.language = "th";
    let shown = browser.post("/register", &sent).await;
    assert_eq!(shown.status, 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_catalogue_has_for_every_code_what_brings_it_about_or_why_nobody_is_given_it() {
    let zone = Zone::new().await;
    let agent = plain(&zone, 0).declaration.head.agent_code.to_string();
    let (status, told) = zone.get(&agent, "/v1/reasons").await;
    assert_eq!(status, 200);
    for rule in told["reasons"].as_array().unwrap() {
        let examples = rule["examples"].as_array().unwrap();
        assert_eq!(examples.is_empty(), rule["never"]["en"].is_string(), "{rule}");
        for example in examples {
            let text = example["text"].as_str().unwrap();
            assert!(
                !text.is_empty() && !text.contains("[*]") && example["case"]["zh"].is_string(),
                "{example}"
            );
        }
    }
    let never = told["notGiven"].as_array().unwrap();
    assert!(never.len() > 50, "{}", never.len());
    for code in never {
        assert!(code["why"]["zh"].is_string() && code["meaning"].is_string(), "{code}");
        assert!(code["fragment"].as_str().unwrap().contains(&code["code"].to_string()), "{code}");
    }
    let mut reader = people::signed_in_english(&zone, "li.wei", &agent, Role::Agent, &[Duty::Operator]).await;
    // A code that nobody is given, with what it would look like.
    let shown = reader.get("/desk/rules?text=-301003").await;
    assert!(shown.text.contains("&lt;returnStatus&gt;-301003&lt;/returnStatus&gt;"), "{}", shown.words());
    assert!(shown.words().contains("It answers somebody at a screen"), "{}", shown.words());
    // A rule with the fragment that brings it about, and the answer with its values.
    let shown = reader.get("/desk/rules?text=book-item-unknown").await;
    assert!(shown.text.contains("&lt;ceb:itemRecordNo&gt;9&lt;/ceb:itemRecordNo&gt;"), "{}", shown.words());
    assert!(shown.text.contains("[Code:19030;Desc:"), "{}", shown.words());
    // A rule that no message brings about says why.
    let shown = reader.get("/desk/rules?text=buyer-id-type-differs").await;
    assert!(shown.words().contains("No message that the schema allows comes to it."), "{}", shown.words());
}
