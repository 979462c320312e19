//! The pages of consumers, with one of everything, for the gallery; and that a page in another language says which.

use crate::gallery::{an_assessment, both};
use portal::answers::consumer::*;
use portal::pages::consumer::{data, disputes, hearings, quota, track, trade, trades};
use portal::pages::{draws, guide, lists};
use portal::{Desk, Frame, Language, Reader};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn read<T: DeserializeOwned>(answer: Value) -> T {
    serde_json::from_value(answer).unwrap()
}

fn frame(language: Language, signed_in: bool) -> Frame {
    let desks = vec![Desk::MyTrades, Desk::MyQuota, Desk::MyDisputes, Desk::MyData, Desk::Guide];
    let reader = Reader { login: "consumer-1".into(), guard: "0123abcd".into(), desks };
    Frame {
        texts: language.texts(),
        place: "/my?x=1".into(),
        reader: signed_in.then_some(reader),
        sandbox: false,
    }
}

fn a_trade() -> Trade {
    Trade {
        platform: "5301960101".into(),
        platform_name: "样例<b>商城".into(),
        order_no: "样例/1?".into(),
        seller_name: "样例商贸".into(),
        state: Some("rejected".into()),
        waiting_for: vec!["order".into(), "arrival".into()],
        goods: vec![Bought { name: "样例<b>".into(), quantity: "1".into(), total: "300".into() }],
        paid: Some("330".into()),
        waybill: Some(Carried { carrier_name: "样例物流".into(), number: "W1".into(), delivered: true }),
        assessment: Some(an_assessment()),
        quota: Some(Taken { amount: "330".into(), given_back: "0".into() }),
        reasons: vec![Why { rule: "buyer-name-differs".into(), why: both("why <b>", "因") }],
        steps: vec![
            Step { step: "ordered".into(), time: Some("20261123100000123".into()), seen: true },
            Step { step: "inspected".into(), time: None, seen: true },
            Step { step: "cleared".into(), time: None, seen: false },
        ],
        returns: vec![Returned {
            state: "received".into(),
            tax_given_back: "30.03".into(),
            quota_given_back: "330".into(),
        }],
        exchanges: None,
        return_window: Some(ReturnWindow {
            apply_by: "20261223".into(),
            back_by: "20270107".into(),
            days_to_apply: 30,
            days_to_be_back: 0,
        }),
    }
}

fn a_quota(locked: bool) -> Quota {
    let one = |own: bool, dispute: Option<&str>, state: &str| Use {
        platform: "5301960101".into(),
        platform_name: "样例商城".into(),
        order_no: "1".into(),
        seller_name: "样例<b>".into(),
        day: "20261123".into(),
        amount: "719".into(),
        state: state.into(),
        own,
        dispute: dispute.map(str::to_owned),
    };
    Quota {
        year: 2026,
        years: vec![2026, 2025],
        limit: "26000".into(),
        used: "0".into(),
        held: "1049".into(),
        left: "24951".into(),
        months: (0..12).map(|month| (month * 100).to_string()).collect(),
        uses: vec![one(true, None, "held"), one(false, Some("open"), "used"), one(false, None, "given-up")],
        locked,
        locked_here: false,
        locked_since: locked.then(|| "20261123100000123".into()),
        notices: locked,
    }
}

fn a_dispute(state: &str) -> Dispute {
    let said = |action: &str, own| Said {
        action: action.into(),
        time: "20261123100000123".into(),
        text: "样例<b>".into(),
        own,
        by: "海关".into(),
        granted: (action == "answer").then_some(true),
    };
    Dispute {
        seller: "5301960201".into(),
        seller_name: "样例<b>".into(),
        state: state.into(),
        platform_name: "样例商城".into(),
        order_no: "1".into(),
        amount: "719".into(),
        used_on: "20261123".into(),
        answer_due: "20261128".into(),
        decide_due: "20261208".into(),
        overdue: (state == "open").then(|| "answer".into()),
        quota: (state == "upheld").then(|| "marked".into()),
        here: true,
        steps: vec![said("open", true), said("answer", false)],
    }
}

/// Every page of consumers, by name.
pub fn pages(language: Language) -> Vec<(&'static str, String)> {
    let (inside, outside) = (frame(language, true), frame(language, false));
    let line = TradeLine {
        platform: "5301960101".into(),
        platform_name: "样例商城".into(),
        order_no: "样例/1?".into(),
        goods: Some("样例<b>".into()),
        state: Some("review".into()),
        waiting_for: vec!["review".into()],
        changed: "20261123100000123".into(),
        tax: Some("30.03".into()),
        ..TradeLine::default()
    };
    let asked = track::View {
        number: "样例 \"><script>".into(),
        asked: Some(("ticket".into(), 5)),
        told: Some(track::Told::Wrong),
    };
    let reading = Reading {
        time: "20261123100000123".into(),
        by: "样例海关".into(),
        role: "officer".into(),
        purpose: "样例<b>".into(),
        what: "consignment".into(),
    };
    let published: lists::View = lists::View {
        published: read(json!({
            "modes": [{"code": "9610", "name": {"zh": "电子商务", "en": "e-commerce"}}],
            "editions": [{"name": "2022-03 in force", "validFrom": "20220301", "source": "notice", "inForce": true}],
        })),
        found: read(json!({
            "institutions": [{"code": "5301960301", "name": "样例<b>", "services": [
                {"name": {"zh": "支付", "en": "payment"}}, {"name": {"zh": "担保", "en": "guarantee"}},
            ]}],
            "after": "5301960301",
        })),
        ..lists::View::default()
    };
    let drawn = draws::View {
        told: read(json!({"period": "20261214", "periods": [
            {"period": "20261214", "state": "open", "sides": [
                {"side": "window", "commitment": "00", "handedOver": true}, {"side": "customs", "commitment": "0123456789abcdef01"}, {"side": "operator"},
            ]},
            {"period": "20261207", "state": "revealed", "windowsOwn": true, "list": {"draws": 1200, "selected": 31}, "sides": [
                {"side": "operator", "missing": true},
            ]},
        ]})),
        days: vec![("20261214".into(), "20261220".into()), ("20261207".into(), "20261213".into())],
        asked: ["20261207", "5301960101", "样例 \"><script>", "00"].map(str::to_owned),
        found: Some(draws::Found::Line(read(json!({"drawn": 17, "ratio": 20000, "selected": true})))),
        ..draws::View::default()
    };
    let secret = draws::View {
        found: Some(draws::Found::Not(portal::answers::Both { en: "why".into(), zh: String::new() })),
        ..drawn.clone()
    };
    let about = disputes::About { platform: "5301960101".into(), order_no: "1".into(), ..Default::default() };
    let both_disputes = Disputes { disputes: vec![a_dispute("open"), a_dispute("upheld")] };
    let readings = Readings {
        accesses: vec![reading],
        after: Some("7".into()),
        erasure_asked: Some("20261123100000123".into()),
    };
    let list = Trades { trades: vec![line], after: Some("7".into()) };
    vec![
        ("track", track::page(&outside, &track::View::default()).shown(&outside)),
        ("track-code", track::page(&outside, &asked).shown(&outside)),
        ("my-trades", trades::page(&inside, &list, "9").shown(&inside)),
        ("my-none", trades::page(&inside, &Trades::default(), "").shown(&inside)),
        ("my-trade", trade::page(&inside, &a_trade()).shown(&inside)),
        ("my-quota", quota::page(&inside, &a_quota(false)).shown(&inside)),
        ("my-quota-locked", quota::page(&inside, &a_quota(true)).shown(&inside)),
        ("my-disputes", disputes::page(&inside, &both_disputes, Some(&about)).shown(&inside)),
        ("my-data", data::page(&inside, &readings, "").shown(&inside)),
        ("draws", draws::page(&outside, &drawn).shown(&outside)),
        ("draws-secret", draws::page(&outside, &secret).shown(&outside)),
        ("draws-none", draws::page(&outside, &draws::View::default()).shown(&outside)),
        ("guide", guide::page(&outside).shown(&outside)),
        ("lists", lists::page(&outside, &published).shown(&outside)),
    ]
}

#[test]
fn a_page_says_in_which_language_it_is_and_what_on_it_is_in_another() {
    for language in Language::ALL {
        for (name, page) in pages(language) {
            let at = format!("{name} in {}", language.tag());
            assert!(page.contains(&format!("<html lang=\"{}\"", language.tag())), "{at}");
            // Keys that have no text show themselves.
            for key in [
                ">my-",
                ">track-",
                ">guide-",
                ">lists-",
                ">draws-",
                ">plain-",
                ">stage-",
                ">dispute-",
                ">nav-",
            ] {
                assert!(!page.contains(key), "{at}: {key}");
            }
        }
        let page = |wanted: &str| pages(language).into_iter().find(|(name, _)| *name == wanted).unwrap().1;
        // A rule is explained in Chinese and English alone.
        let explained = page("my-trade");
        match language {
            Language::Chinese => assert!(explained.contains("<p>因</p>")),
            _ => assert!(explained.contains("<p lang=\"en\">why")),
        }
        let english = page("lists").contains("<span lang=\"en\">payment</span>");
        assert_eq!(english, !Language::COMPLETE.contains(&language));
    }
}

#[test]
fn many_disputes_and_notices_are_turned_and_what_was_refused_is_on_the_page_that_says_so() {
    for language in Language::ALL {
        let mut inside = frame(language, true);
        let seller = |number: usize| format!("53019{number:05}");
        let all = Disputes {
            disputes: (0..61).map(|number| Dispute { seller: seller(number), ..a_dispute("open") }).collect(),
        };
        let notice = |number: usize| Hearing { party: seller(number), may_speak: true, ..Hearing::default() };
        let notices = Hearings { telephone_noted: true, hearings: (0..61).map(notice).collect() };
        let (mut of_disputes, mut of_notices) = (0, 0);
        for (from, here) in [("0", 20), ("20", 20), ("40", 20), ("60", 1)] {
            inside.place = format!("/my/disputes?rows={from}");
            let page = disputes::page(&inside, &all, None).shown(&inside);
            assert!(page.contains("class=\"pager\"") && page.len() < 100_000, "{from}: {}", page.len());
            of_disputes += page.matches("/withdrawal\"").count();
            inside.place = format!("/my/hearings?rows={from}");
            let page = hearings::page(&inside, &notices, None).shown(&inside);
            assert_eq!(page.matches("name=\"party\"").count(), here, "{from}");
            of_notices += here;
        }
        assert_eq!((of_disputes, of_notices), (61, 61));
        // What was refused came from the third page: it stands there again, wherever the address leads.
        inside.place = "/my/hearings".to_owned();
        let about = hearings::About { party: seller(45), text: " ".into(), fault: "样例".into() };
        let page = hearings::page(&inside, &notices, Some(&about)).shown(&inside);
        assert!(page.contains("aria-invalid=\"true\"") && page.contains(&format!("text-{}", seller(45))));
    }
}

/// Pages beside those of consumers that everybody reads in his own language. Those of the draw and of figures have parts of desks.
const OF_EVERYBODY: [&str; 8] =
    ["guide.rs", "lists.rs", "newcomer.rs", "sign_in.rs", "start.rs", "status.rs", "tariff.rs", "traced.rs"];
/// What surrounds pages of desks alone, which are in the complete languages; so are the names of desks.
const OF_DESKS: [&str; 7] =
    ["changed-meanwhile", "search", "search-find", "search-for", "show-newest", "signed-in-as", "updated-at"];

#[test]
fn what_pages_of_consumers_and_everybody_ask_for_is_there_in_each_language() {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let own = std::fs::read_dir(sources.join("pages/consumer")).unwrap();
    // A hearing is held in the words of registers.
    let own = own.map(|entry| entry.unwrap().path()).filter(|path| !path.ends_with("hearings.rs"));
    let mut files: Vec<PathBuf> = own.collect();
    files.extend(OF_EVERYBODY.map(|file| sources.join("pages").join(file)));
    files.extend(["shell.rs", "format.rs", "parts/table.rs"].map(|file| sources.join(file)));
    let mut asked = BTreeSet::new();
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        for call in [".text(", ".with(", ".counted(", ".numbered("] {
            let keys = text.split(call).skip(1).filter_map(|rest| rest.trim_start().strip_prefix('"'));
            asked.extend(keys.map(|rest| rest.split('"').next().unwrap().to_owned()));
        }
    }
    let of_everybody = ["nav-guide", "nav-indicators", "nav-lists", "nav-status", "nav-tariff"];
    asked.retain(|key| {
        let of_desks = key.starts_with("nav-") && !key.starts_with("nav-my-");
        !OF_DESKS.contains(&key.as_str()) && (!of_desks || of_everybody.contains(&key.as_str()))
    });
    assert!(asked.len() > 150 && asked.contains("in-sandbox"), "the sources were not read: {asked:?}");
    for language in Language::ALL {
        let Some(files) = language.own_files() else { continue };
        let begins = |line: &str, key: &str| line.split(" =").next() == Some(key);
        let is_there =
            |key: &&String| files.iter().any(|(_, text)| text.lines().any(|line| begins(line, key)));
        let missing: Vec<&String> = asked.iter().filter(|key| !is_there(key)).collect();
        assert!(missing.is_empty(), "{}: {missing:?}", language.tag());
    }
}
