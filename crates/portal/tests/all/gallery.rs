//! Every part and every page, in both languages, against its snapshot; and what holds of every page: nothing inline, no id
//! twice, every field labelled, headings in order, small.

use maud::html;
use portal::answers::risk_model::{GivenScore, Score, ScoreReason};
use portal::answers::sending::*;
use portal::answers::{self, *};
use portal::charts::{self, Bar, Legend};
use portal::pages::{
    self, account, consignment, consignments, decide, document, home, many, queue, rules, sandbox, send,
    sign_in, status, tariff,
};
use portal::parts::{self, Choice, Column, Field, Table, Tone};
use portal::{Desk, Frame, Language, Page, Reader};

pub(crate) fn frame(language: Language, signed_in: bool) -> Frame {
    let desks = vec![
        Desk::Home,
        Desk::Queue,
        Desk::Consignments,
        Desk::Receipts,
        Desk::Rules,
        Desk::Tariff,
        Desk::Status,
    ];
    let reader = Reader { login: "li.wei".into(), guard: "0123abcd".into(), desks };
    Frame {
        texts: language.texts(),
        place: "/desk?x=1".into(),
        reader: signed_in.then_some(reader),
        sandbox: false,
    }
}

pub fn both(en: &str, zh: &str) -> Both {
    Both { en: en.into(), zh: zh.into() }
}

fn a_finding() -> Finding {
    Finding {
        rule: "buyer-name-differs".into(),
        layer: "rejected".into(),
        code: Some("13127".into()),
        text: "清单订购人姓名与订单不一致".into(),
        fields: vec![
            FieldValue { path: "InventoryHead.buyerName".into(), value: "样例他人 <b>".into() },
            FieldValue { path: "OrderHead.buyerName".into(), value: "样*".into() },
        ],
        arithmetic: Some("14000 + 5000 = 19000".into()),
        uncertain: true,
        why: both("The buyer's name of the list is that of the order.", "清单订购人姓名应与订单一致。"),
        fix: both("Correct the name.", "请更正姓名。"),
    }
}

pub fn an_assessment() -> Assessment {
    let line = TaxLine {
        gnum: 1,
        gcode: "3304990039".into(),
        dutiable_value: "1200.5".into(),
        duty: "0".into(),
        consumption_tax: "0".into(),
        value_added_tax: "109.25".into(),
        total: "109.25".into(),
        arithmetic: "P = 1200.50 + 0 + 0 = 1200.50".into(),
    };
    Assessment {
        basis: "within-limit".into(),
        law_of: "20261123".into(),
        dutiable_value: "1200.5".into(),
        duty: "0".into(),
        consumption_tax: "0".into(),
        value_added_tax: "109.25".into(),
        total: "109.25".into(),
        lines: vec![line],
        uncertain: vec![Doubt { gnum: 1, what: "33049900 VAT class".into() }],
    }
}

pub fn a_trade() -> Consignment {
    let filed =
        |status| Some(Filed { status, guid: "g".into(), sender: "5301960101".into(), ..Filed::default() });
    let entry = |what: &str, message: Option<&str>| Entry {
        position: 7,
        time: "20261123100000123".into(),
        what: what.into(),
        message: message.map(str::to_owned),
        window: None,
        original: message.map(|_| 6),
        status: Some(100),
        info: Some("[Code:13127]".into()),
        state: Some(100),
        findings: vec![a_finding()],
        receipts: vec![ReceiptNote {
            message: "CEB622Message".into(),
            status: 100,
            time: "20261123100001".into(),
        }],
        movements: vec![Movement { account: "quota".into(), kind: "hold".into(), amount: "1200.5".into() }],
        inspection: None,
    };
    Consignment {
        person: None,
        address: None,
        inspection: None,
        hold: None,
        assigned: Some(Assigned { officer: "li.wei".into(), until: "20261123103000000".into() }),
        unconfirmed: None,
        shadow: Some(Score {
            thousandths: 310,
            line: 2,
            reasons: vec![
                ScoreReason {
                    zh: "单价".into(),
                    en: "log-unit-price".into(),
                    value: Some("2.31".into()),
                    part: "+1.20".into(),
                },
                ScoreReason { value: None, part: "-0.40".into(), ..ScoreReason::default() },
            ],
        }),
        risk_score: Some(GivenScore { model: "0123456789abcdef".into(), thousandths: 870, line: 2 }),
        proposed_by: Some("guan.yi".into()),
        platform: "5301960101".into(),
        order_no: "样例/1?".into(),
        version: 4,
        waiting_for: vec!["review".into(), "arrival".into()],
        deadlines: vec![Deadline { what: "partners-missing".into(), due: "20261125100000000".into() }],
        order: filed(2),
        payment: filed(2),
        waybill: Some(Waybill {
            logistics_code: "5301960401".into(),
            logistics_no: "W1".into(),
            document: filed(2),
            arrived: None,
            delivered: false,
        }),
        attempt: Some(Attempt {
            number: 1,
            state: 300,
            state_word: "review".into(),
            pre_no: "B86".into(),
            invt_no: Some("86202026I000000001".into()),
            business_date: "20261123".into(),
            rulebook: 1,
            assessment: Some(an_assessment()),
            bill: Some(Bill {
                tax_no: "T1".into(),
                status: 1,
                owed: "109.25".into(),
                released_on: "20261123".into(),
                ..Bill::default()
            }),
            findings: vec![a_finding()],
            declaration: filed(300),
            quota: Some(Taken {
                amount: "1200.5".into(),
                state: "held".into(),
                buyer: Some("样*".into()),
                buyer_id_number: Some("9900**".into()),
                year: Some(2026),
                ..Taken::default()
            }),
            guarantee: Some(Taken {
                amount: "109.25".into(),
                given_back: "9".into(),
                state: "posted".into(),
                guarantor: Some("5301980501".into()),
                ..Taken::default()
            }),
            lane: Some("document-check".into()),
            hits: vec![Hit {
                rule: "identity-burst".into(),
                lane: "document-check".into(),
                evidence: "identity_count_7 = 21".into(),
            }],
            remarks: vec![Remark {
                time: "20261123100000123".into(),
                officer: "guan.yuan".into(),
                action: "inspection-result passed".into(),
                text: "样例".into(),
            }],
            ..Attempt::default()
        }),
        cancellation: Some(Cancellation { pre_no: "C1".into(), status: 2 }),
        returns: vec![Return {
            number: 1,
            state: "applied".into(),
            pre_no: "R1".into(),
            tax_given_back: "0".into(),
            decide_by: None,
        }],
        exchanges: None,
        timeline: vec![entry("document", Some("CEB621Message")), entry("approve", None)],
        actions: vec![
            Open { action: "approve".into(), ..Open::default() },
            Open { action: "detain".into(), status: Some(501), ..Open::default() },
            Open { action: "approve-return".into(), number: Some(1), ..Open::default() },
            Open { action: "summarise-bill".into(), ..Open::default() },
        ],
    }
}

fn a_line() -> Line {
    Line {
        version: 4,
        assigned: Some(Assigned { officer: "guan.yi".into(), until: "20261123103000000".into() }),
        unconfirmed: None,
        platform: "5301960101".into(),
        order_no: "O1".into(),
        state: 300,
        state_word: Some("review".into()),
        invt_no: Some("86202026I000000001".into()),
        customs_code: "8620".into(),
        changed: "20261123100000123".into(),
        waiting_for: vec!["review".into()],
        due: Some("20261125100000000".into()),
        lane: Some("hold".into()),
        reasons: vec!["identity-burst".into(), "goods-code-unknown".into()],
        score: Some(437),
    }
}

/// Every part on one page.
fn parts_page(frame: &Frame) -> Page {
    let texts = frame.texts;
    let bars = [Bar { name: "a".into(), parts: vec![3, 4] }, Bar { name: "b".into(), parts: vec![9] }];
    let points: Vec<(String, u64)> = (1..=12).map(|month| (format!("{month}"), month * month)).collect();
    let legend = |id| Legend { id, title: "t <", description: "d & e" };
    let body = html! {
        @for tone in Tone::ALL { (parts::badge(tone, tone.class())) (parts::said(tone, html! { p { "x" } })) }
        (parts::facts(&[("a".into(), html! { "1" })]))
        (parts::empty("t", "h"))
        (parts::tabs("tabs", &[("/a".into(), "A".into(), true), ("/b".into(), "B".into(), false)]))
        (parts::field(&Field { name: "one", label: "One", hint: "hint", fault: "fault", value: "\"><script>", required: true, ..Field::default() }))
        (parts::field(&Field { name: "two", label: "Two", kind: "area", value: "</textarea>", ..Field::default() }))
        (parts::choices("c", "Choose", "none", "y", &[Choice { value: "x".into(), label: "X".into(), key: Some('x') }, Choice { value: "y".into(), label: "Y".into(), key: None }]))
        (Table {
            caption: "c".into(),
            columns: vec![Column { sort: Some("?s=a".into()), sorted: Some(true), ..Column::of("A".into()) }, Column::number("N".into())],
            rows: vec![vec![html! { "x" }, html! { "1" }]],
        }.shown())
        (parts::pager(texts, Some("?"), Some("?after=1")))
        h2 { "findings" }
        (parts::findings(texts, &[a_finding()]))
        (parts::findings(texts, &[]))
        (parts::timeline(texts, &a_trade().timeline, |_| html! {}))
        (charts::bars(legend("bars"), &bars))
        (charts::key(&["one".into(), "two".into()]))
        (charts::histogram(legend("histogram"), &points))
        (charts::line(legend("line"), &points))
        (charts::sparkline("spark", &[1, 5, 2]))
    };
    Page {
        said: Some((Tone::Good, "said".into())),
        live: Some("/desk/live".into()),
        ..Page::new("Parts".into(), None, body)
    }
}

/// Two trades to be decided at once.
fn a_choice(results: Option<Vec<OneOfMany>>) -> many::View {
    let chosen = [("5301960101", "样例/1?", "4"), ("5301960101", "2", "5")];
    many::View {
        id: "d1".into(),
        tab: "review".into(),
        chosen: chosen
            .map(|(code, order_no, version)| many::Picked {
                code: code.into(),
                order_no: order_no.into(),
                version: version.into(),
                export: false,
            })
            .into(),
        actions: ["approve", "release", "inspect", "suspend"].map(str::to_owned).to_vec(),
        action: "approve".into(),
        text: "样例 <b>".into(),
        fault: "text: why".into(),
        words_fault: "why".into(),
        results,
    }
}

fn results() -> Vec<OneOfMany> {
    let one = |order_no: &str, done, kind: Option<&str>| OneOfMany {
        platform: "5301960101".into(),
        merchant: String::new(),
        order_no: order_no.into(),
        done,
        answer: Told { kind: kind.map(str::to_owned), info: "<info>".into(), zh: String::new() },
    };
    vec![one("1", true, None), one("2", false, Some("by-itself")), one("3", false, None)]
}

/// What came of a file that was taken in part, of one that was refused and of one that was not sent.
fn sent() -> send::View {
    let answered = |status| Answered {
        position: 7,
        kind: Some(621),
        order: Some(Order { platform: "5301960101".into(), order_no: "样例/1?".into() }),
        status,
        info: "[Code:13127]".into(),
        findings: if status == 100 { vec![a_finding()] } else { Vec::new() },
        ..Answered::default()
    };
    let message = |refused: Option<&str>| answers::sending::Message {
        position: 6,
        sha256: "0".repeat(64),
        root: "CEB621Message".into(),
        refused: refused.map(str::to_owned),
    };
    let of = |name: &str, answer| send::Sent { name: name.into(), answer };
    send::View {
        text: "<CEB621Message>".into(),
        sent: vec![
            of(
                "a<b>.xml",
                Ok(MessageAnswer { message: message(None), documents: vec![answered(120), answered(100)] }),
            ),
            of(
                "b.xml",
                Ok(MessageAnswer { message: message(Some("not well-formed")), documents: Vec::new() }),
            ),
            of("", Err(Both { en: "try again".into(), zh: String::new() })),
        ],
        kinds: vec![(621, "CEB621Message".into())],
        ..send::View::default()
    }
}

/// A list whose buyer is wrong.
fn a_document() -> document::View {
    let field = |name: &str| FieldRule {
        name: name.into(),
        notation: "C..60".into(),
        mandatory: true,
        meaning: "meaning".into(),
    };
    let part = |element: &str, lines, fields: &[&str]| PartRule {
        element: element.into(),
        lines,
        fields: fields.iter().map(|name| field(name)).collect(),
    };
    let definition = Definition {
        kind: 621,
        root: "CEB621Message".into(),
        element: "Inventory".into(),
        flat: false,
        fewest_lines: 1,
        parts: vec![
            part("InventoryHead", false, &["orderNo", "buyerName"]),
            part("InventoryList", true, &["gnum", "gname"]),
        ],
    };
    let values = [("InventoryHead.buyerName", "<他>"), ("InventoryList[7].gname", "unseen")];
    document::View {
        definition,
        values: values.map(|(name, text)| (name.to_owned(), text.to_owned())).into(),
        lines: 7,
        findings: vec![a_finding()],
        of: Some((7, Some(6))),
        ..document::View::default()
    }
}

/// A trade to try with, and what was shown.
fn a_try() -> sandbox::View {
    use portal::answers::sandbox::{Check, Conformance, Fetched, Made, Sent, Trade};
    let sent = |position: u64, fetched: bool| Sent {
        position,
        number: 0,
        message: "CEB622Message".into(),
        status: 120,
        platform: Some("5301960101".into()),
        order_no: Some("样例 <1>".into()),
        time: "20261123100000000".into(),
        fetched,
    };
    let made = |own: bool, status| Made {
        root: "CEB621Message".into(),
        sender: "5301980501".into(),
        own,
        sent: status != 0,
        status: (status != 0).then_some(status),
        info: Some("<info>".into()),
        xml: own.then(|| "<CEB621Message/>".into()),
    };
    let check = |word: &str, shown| Check { check: word.into(), shown };
    sandbox::View {
        script: "inspect".into(),
        trade: Some(Trade {
            merchant: None,
            platform: "5301960101".into(),
            order_no: "样例/1?".into(),
            documents: vec![made(false, 2), made(true, 100), made(true, 0)],
        }),
        conformance: Conformance {
            checks: vec![check("sent-621", true), check("read-100", false)],
            receipts: Fetched { all: 2, fetched: 1, newest: vec![sent(9, false), sent(7, true)] },
            done: 1,
            complete: false,
        },
        ..sandbox::View::default()
    }
}

/// Every page, by name.
fn pages(language: Language) -> Vec<(&'static str, String)> {
    let mut all = desks(language);
    all.extend(crate::registers::pages(language));
    all.extend(crate::demands::pages(language));
    all.extend(crate::money::pages(language));
    all.extend(crate::exports::pages(language));
    all
}

fn desks(language: Language) -> Vec<(&'static str, String)> {
    let (inside, outside) = (frame(language, true), frame(language, false));
    let trying = Frame { sandbox: true, ..inside.clone() };
    let trade = a_trade();
    let decision = decide::View {
        id: "d1".into(),
        chosen: "approve".into(),
        fault: "choose".into(),
        refused: Some(Decided {
            status: -1,
            info: "版本".into(),
            findings: vec![a_finding()],
            changes: vec![Change {
                time: "20261123100000123".into(),
                what: "CEB711Message".into(),
                by: "x".into(),
                info: None,
            }],
        }),
        ..decide::View::default()
    };
    let problem = Problem {
        kind: "urn:onewindow:problem:not-found".into(),
        title: "Nothing here".into(),
        status: 404,
        detail: "no such".into(),
        zh: String::new(),
    };
    let asked = sign_in::View {
        login: "li".into(),
        next: "/desk".into(),
        providers: vec!["样例 id".into()],
        refused: Some(sign_in::Refused::CodeNeeded),
    };
    let rule = Rule {
        number: 80,
        rule: "buyer-name-differs".into(),
        layer: "rejected".into(),
        customs_code: Some("13127".into()),
        codes: vec![-1],
        why: both("why", "因"),
        fix: both("fix", "法"),
        sealed: true,
        examples: vec![portal::answers::Example {
            code: "13127".into(),
            case: Both {
                en: "buyer's name other than in the order".into(),
                zh: "清单订购人姓名与订单不同".into(),
            },
            fragment: "<ceb:InventoryHead><ceb:buyerName>样例他人</ceb:buyerName></ceb:InventoryHead>".into(),
            text: "[Code:13127;Desc:清单订购人姓名与订单不一致]".into(),
        }],
        never: None,
    };
    let unreached = Rule { rule: "undecided".into(), never: Some(both("none <b>", "无")), ..rule.clone() };
    let code = NotGiven {
        code: -301_003,
        text: "样例[*]".into(),
        meaning: "meaning of 13127".into(),
        why: both("a screen <b>", "界面"),
        fragment: "<returnStatus>-301003</returnStatus>".into(),
    };
    let rules_shown = Rules { reasons: vec![rule, unreached], not_given: vec![code] };
    let receipt = Receipt {
        position: 1,
        number: 0,
        recipient: "DXP1".into(),
        message: "CEB622Message".into(),
        status: 120,
        time: "20261123100000123".into(),
        receipt: "<a>&</a>".into(),
        document_number: "A-1 <b>".into(),
    };
    let limit = status::Limit {
        name: "single_limit".into(),
        amount: "5000".into(),
        valid_from: "20190101".into(),
        source: "notice".into(),
        confidence: "seen".into(),
    };
    let row = tariff::Row {
        code: "33049900".into(),
        name: "化妆品".into(),
        units: "035 / 011".into(),
        duty: "1%".into(),
        vat: "13%".into(),
        consumption_tax: "ad-valorem 15%".into(),
        listed: None,
        confidence: "unsure".into(),
    };
    let account = account::View {
        login: "li".into(),
        role: "agent".into(),
        must_enrol: true,
        factor: account::Factor::Begun {
            secret: "ABCDEFGH".into(),
            address: "otpauth://x".into(),
            picture: "<svg viewBox=\"0 0 1 1\"></svg>".into(),
        },
        ..account::View::default()
    };
    vec![
        ("parts", parts_page(&inside).shown(&inside)),
        ("error", pages::error::page(outside.texts, &problem).shown(&outside)),
        ("sign-in", sign_in::page(&outside, &asked).shown(&outside)),
        ("account", account::page(&inside, &account).shown(&inside)),
        (
            "home",
            home::page(
                &inside,
                &home::View {
                    role: "agent".into(),
                    newest: Some(vec![a_line(), Line::default()]),
                    exports: Some(crate::figures::exports()),
                },
            )
            .shown(&inside),
        ),
        (
            "consignments",
            consignments::page(
                &inside,
                &consignments::View {
                    list: List { consignments: vec![a_line()], next: Some("9".into()), more: true },
                    sort: "-state".into(),
                    state: "300".into(),
                    after: "5".into(),
                    ..Default::default()
                },
            )
            .shown(&inside),
        ),
        ("consignment", consignment::page(&inside, &trade, None).shown(&inside)),
        ("decide", consignment::page(&inside, &trade, Some(&decision)).shown(&inside)),
        (
            "queue",
            queue::page(
                &inside,
                &queue::View {
                    lines: vec![a_line()],
                    tab: "all".into(),
                    all: 60,
                    more: true,
                    next: Some("2.1795399200000.7".into()),
                    ..Default::default()
                },
            )
            .shown(&inside),
        ),
        (
            "receipts",
            pages::receipts::page(
                &inside,
                &pages::receipts::View {
                    receipts: Receipts {
                        receipts: vec![receipt],
                        cursor: "0-9".into(),
                        next: Some("0-9~40".into()),
                        more: true,
                    },
                    sort: "-status".into(),
                    after: "0-1".into(),
                    next: Some("0-9~40".into()),
                },
            )
            .shown(&inside),
        ),
        ("figures", pages::figures::page(&inside, &crate::figures::view(Default::default())).shown(&inside)),
        (
            "indicators",
            pages::figures::page(&outside, &crate::figures::view(pages::figures::Place::Public))
                .shown(&outside),
        ),
        ("rules", rules::page(&inside, &rules_shown, "13127", 0).shown(&inside)),
        ("many", many::page(&inside, &a_choice(None)).shown(&inside)),
        ("many-done", many::page(&inside, &a_choice(Some(results()))).shown(&inside)),
        ("sandbox", sandbox::page(&trying, &a_try()).shown(&trying)),
        ("send", send::page(&inside, &sent()).shown(&inside)),
        ("document", document::page(&inside, &a_document()).shown(&inside)),
        ("start", pages::start::page(&outside, false).shown(&outside)),
        (
            "status",
            status::page(
                &outside,
                &status::View {
                    closed: Some("disk-full".into()),
                    down: 2,
                    counterparts: [
                        ("tax", "works"),
                        ("police", "waits"),
                        ("bank", "paused"),
                        ("airport", "none"),
                    ]
                    .map(|(kind, state)| (kind.to_owned(), state.to_owned()))
                    .to_vec(),
                    day: "20261123".into(),
                    limits: vec![limit],
                    ..Default::default()
                },
            )
            .shown(&outside),
        ),
        (
            "tariff",
            tariff::search(
                &outside,
                &tariff::Search { rows: vec![row], all: 51, edition: "2022-03".into(), ..Default::default() },
            )
            .shown(&outside),
        ),
        (
            "calculator",
            tariff::calculator(
                &outside,
                &tariff::Calculation {
                    code: "33049900".into(),
                    price: "x".into(),
                    fault: Some(("price", tariff::Wrong::NoAmount)),
                    assessment: Some(an_assessment()),
                    ..Default::default()
                },
            )
            .shown(&outside),
        ),
    ]
}

fn all_pages(language: Language) -> Vec<(&'static str, String)> {
    let more = crate::consumers::pages(language).into_iter().chain(crate::inspections::pages(language));
    pages(language).into_iter().chain(more).chain(crate::sites::pages(language)).collect()
}

#[test]
fn every_page_is_as_it_was_in_both_languages() {
    for language in Language::COMPLETE {
        for (name, page) in all_pages(language) {
            // A line a tag, so that a change is read as what it is; names of assets change with their content.
            let lines = page.replace("><", ">\n<");
            let lines: Vec<&str> = lines.lines().filter(|line| !line.contains("/static/")).collect();
            insta::assert_snapshot!(format!("{name}.{}", language.tag()), lines.join("\n"));
        }
    }
}

/// Values of an attribute.
fn values<'a>(page: &'a str, name: &str) -> Vec<&'a str> {
    let begin = format!(" {name}=\"");
    page.split(begin.as_str()).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

#[test]
fn nothing_is_inline_and_everything_is_named_on_every_page() {
    for language in Language::COMPLETE {
        for (name, page) in all_pages(language) {
            let at = format!("{name} in {}", language.tag());
            assert!(page.len() < 100_000, "{at}: {} bytes", page.len());
            assert!(values(&page, "style").is_empty() && !page.contains("<style"), "{at}: inline style");
            assert!(!page.contains(" on") || !page.contains("onclick"), "{at}: inline script");
            assert_eq!(page.matches("<script").count(), 1, "{at}: scripts");
            assert_eq!(page.matches("<h1").count(), 1, "{at}: headings of the first rank");
            let mut ids = values(&page, "id");
            ids.sort_unstable();
            assert!(ids.windows(2).all(|pair| pair[0] != pair[1]), "{at}: an id twice in {ids:?}");
            for pointer in ["for", "aria-describedby", "aria-labelledby"] {
                for id in values(&page, pointer).iter().flat_map(|ids| ids.split(' ')) {
                    assert!(ids.contains(&id), "{at}: {pointer} names {id}, which is not there");
                }
            }
            let rank = |piece: &str| piece.chars().next().and_then(|digit| digit.to_digit(10));
            let ranks: Vec<u32> = page.split("<h").skip(1).filter_map(rank).collect();
            assert!(
                ranks.windows(2).all(|pair| pair[1] <= pair[0] + 1),
                "{at}: headings skip a rank: {ranks:?}"
            );
        }
    }
}

#[test]
fn what_others_typed_stays_text() {
    for (name, page) in all_pages(Language::English) {
        assert!(!page.contains("<b>") && !page.contains("\"><script>") && !page.contains("<a>&"), "{name}");
    }
}
