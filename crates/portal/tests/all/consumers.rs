//! The pages of consumers, with one of everything, for the gallery; and that a page in another language says which.

use crate::gallery::{an_assessment, both};
use portal::answers::consumer::*;
use portal::pages::consumer::{data, disputes, quota, track, trade, trades};
use portal::pages::{draws, guide, lists};
use portal::{Desk, Frame, Language, Reader};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

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
