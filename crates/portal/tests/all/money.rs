//! Bills with guarantees, decisions of an officer, a model in shadow, and the box for everything, for the gallery.

use crate::gallery::{both, frame};
use portal::Language;
use portal::answers::bills::{BillDays, Billed, Bills, Guarantee};
use portal::answers::decisions::{Decisions, Taken};
use portal::answers::drafts::{Drafts, Feedback};
use portal::answers::operation::Rulebooks;
use portal::answers::risk_model::{Drift, DriftOf, ModelAbout, RiskModel, ScoreBand};
use portal::answers::search::{Found, Goods, Held, Party};
use portal::answers::{Line, Rule};
use portal::pages::{bills, decisions, drafts, search};

fn a_line() -> Line {
    Line {
        platform: "5301960101".into(),
        order_no: "样例/1?".into(),
        state: 800,
        state_word: Some("released".into()),
        invt_no: Some("86202026I000000001".into()),
        changed: "20261123100000123".into(),
        ..Line::default()
    }
}

fn some_bills() -> Bills {
    let bill = |paid: bool, overdue: bool| BillDays {
        tax_no: "T1<b>".into(),
        ent_duty_no: overdue.then(|| "N1".into()),
        owed: if paid { "0".into() } else { "1109.25".into() },
        released_on: "20261123".into(),
        paid,
        overdue,
        settled_by: (!paid).then(|| "20261224000000000".into()),
        pay_by: (!paid).then(|| "20270108000000000".into()),
    };
    let billed = |bill| Billed { line: a_line(), bill };
    let guarantee = |left: &str| Guarantee {
        guarantor: "5301980501".into(),
        limit: "1000000".into(),
        used: "1109.25".into(),
        held: "20".into(),
        left: left.into(),
    };
    Bills {
        bills: vec![billed(bill(false, false)), billed(bill(false, true)), billed(bill(true, false))],
        next: Some("9".into()),
        guarantees: vec![guarantee("998870.75"), guarantee("-1")],
        payable: Some("1109.25".into()),
    }
}

fn some_hits() -> Found {
    Found {
        trades: vec![a_line()],
        exports: Vec::new(),
        parties: vec![Party {
            party: "5301980501".into(),
            name: "样例 <b>".into(),
            suspended: true,
            roles: vec!["agent".into()],
        }],
        rules: vec![Rule { rule: "buyer-name-differs".into(), why: both("why", "因"), ..Rule::default() }],
        goods: vec![Goods { code: "33049900".into(), name: "面霜".into() }],
        records: vec![Held {
            register: "requests".into(),
            id: "5301000901:1<b>".into(),
            state: "asked".into(),
            changed: "20261123100000000".into(),
        }],
        most: 1,
    }
}

/// Decisions of every kind: taken, too late, an inspection that waits and one that was contested, a trade that is read no longer.
fn some_decisions() -> Decisions {
    let taken = |action: &str, standing: Option<&str>| Taken {
        position: 7,
        time: "20261123100000000".into(),
        platform: "5301960101".into(),
        merchant: String::new(),
        order_no: "样例/1?".into(),
        action: action.into(),
        text: "样例 <b>".into(),
        taken: true,
        state_word: Some("released".into()),
        measure: standing.map(|_| "detain-501".into()),
        standing: standing.map(str::to_owned),
        readable: true,
    };
    Decisions {
        officer: "guan.yuan".into(),
        decisions: vec![
            taken("release", None),
            Taken { taken: false, state_word: None, ..taken("reject", None) },
            Taken { readable: false, ..taken("inspected", Some("alone")) },
            taken("inspected", Some("waits")),
            taken("inspected", Some("confirmed")),
            taken("inspected", Some("contested")),
            taken("inspected", Some("overtaken")),
            Taken { platform: String::new(), merchant: "5301960201".into(), ..taken("approve", None) },
        ],
        after: Some("9.1".into()),
        behind: 3,
    }
}

fn a_model() -> RiskModel {
    let band = |from, below| ScoreBand {
        from,
        below,
        scored: 1_200,
        inspected: 24,
        illicit: 3,
        drawn: 8,
        drawn_illicit: u64::from(from > 0),
    };
    RiskModel {
        model: Some(ModelAbout {
            digest: "0123456789abcdef0123".into(),
            trained_from: "2026-01-01".into(),
            tune_until: "2026-10-31".into(),
            rows: 45_519,
            illicit: 9_500,
            in_use: true,
        }),
        bands: vec![band(0, 10), band(10, 50)],
        behind: 4,
        drift: Some(Drift {
            index: "0.120".into(),
            reading: "watch".into(),
            features: vec![DriftOf {
                zh: "单价".into(),
                en: "log-unit-price".into(),
                index: "0.310".into(),
                reading: "moved".into(),
            }],
        }),
        in_use: Some("0123456789abcdef0123".into()),
        ..RiskModel::default()
    }
}

/// The model in use is not here; another may take its place.
fn a_candidate() -> RiskModel {
    let mut candidate = a_model();
    candidate.drift = None;
    candidate.model.iter_mut().for_each(|about| about.in_use = false);
    RiskModel { missing: true, candidate: Some(Box::new(candidate)), ..RiskModel::default() }
}

/// The pages, by name.
pub fn pages(language: Language) -> Vec<(&'static str, String)> {
    let frame = frame(language, true);
    let bills = |told: Bills, which: &str| {
        let (from, to) = ("2026-11-01".into(), "2026-11-30".into());
        let after = "3".into();
        let view = bills::View { told, which: which.into(), from, to, after, ..bills::View::default() };
        bills::page(&frame, &view).shown(&frame)
    };
    let none = Bills { payable: Some("0".into()), ..Bills::default() };
    let none_here = Bills { next: Some("9".into()), ..Bills::default() };
    let search = |found: Option<Found>, fault: &str| {
        let view =
            search::View { text: "样例<b>".into(), fault: fault.into(), office: found.is_some(), found };
        search::page(&frame, &view).shown(&frame)
    };
    let decided = |told: Decisions, of_others: bool, wrong: bool| {
        let view = decisions::View {
            officer: told.officer.clone(),
            from: "2026-11-01".into(),
            after: "8.1".into(),
            of_others,
            wrong,
            told,
            ..decisions::View::default()
        };
        decisions::page(&frame, &view).shown(&frame)
    };
    let shadow = |model: RiskModel| {
        let (none, books) = (Drafts::default(), Rulebooks::default());
        drafts::list(&frame, &none, &books, &Feedback::default(), &model).shown(&frame)
    };
    vec![
        ("shadow", shadow(a_model())),
        ("shadow-none", shadow(RiskModel::default())),
        ("shadow-candidate", shadow(a_candidate())),
        ("decisions", decided(some_decisions(), true, false)),
        ("decisions-none", decided(Decisions::default(), false, false)),
        ("decisions-wrong", decided(Decisions::default(), false, true)),
        ("bills", bills(some_bills(), "owed")),
        ("bills-none", bills(none, "")),
        ("bills-none-here", bills(none_here, "overdue")),
        ("search", search(Some(some_hits()), "")),
        ("search-nothing", search(Some(Found { most: 20, ..Found::default() }), "")),
        ("search-wrong", search(None, "text: <b>")),
    ]
}

#[test]
fn a_model_of_exports_stands_by_itself() {
    let frame = frame(Language::English, true);
    let shown = |exports: Option<Box<RiskModel>>| {
        let told = RiskModel { exports, ..a_model() };
        let (none, books) = (Drafts::default(), Rulebooks::default());
        drafts::list(&frame, &none, &books, &Feedback::default(), &told).shown(&frame)
    };
    let mut of_exports = a_model();
    let about = of_exports.model.as_mut().unwrap();
    about.digest = "fedcba9876543210fedc".into();
    about.in_use = false;
    let page = shown(Some(Box::new(of_exports)));
    assert!(page.contains("Model of exports") && page.contains("fedcba9876543210fedc"), "{page}");
    assert!(page.contains("in shadow: no rule reads its score"), "{page}");
    assert!(!page.contains("--export-risk-model"), "{page}");
    let without = shown(None);
    assert!(!without.contains("Model of exports"), "{without}");
    // The one in use is not here, and another may take its place.
    let page = shown(Some(Box::new(a_candidate())));
    assert!(page.contains("Start it with --export-risk-model"), "{page}");
    assert!(page.contains("Model of exports that may take its place"), "{page}");
}
