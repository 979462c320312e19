//! Texts: every key that the sources ask for is there in every language, none is there that nobody asks for, and the
//! placeholders are the same in all of them.

use clearance::record::Register;
use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use portal::{Family, Language};
use register::fields::{Field, form, names};
use register::moves::Move;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

type Keys = BTreeMap<String, BTreeSet<String>>;

/// Keys of a language with their placeholders.
fn keys(language: Language) -> Keys {
    keys_of(language, language.files().into())
}

fn keys_of(language: Language, files: Vec<(&'static str, &'static str)>) -> Keys {
    let mut keys = Keys::new();
    for (file, text) in files {
        let resource = fluent_syntax::parser::parse(text)
            .unwrap_or_else(|(_, errors)| panic!("{}/{file}: {errors:?}", language.tag()));
        for entry in resource.body {
            let Entry::Message(message) = entry else { continue };
            let (mut names, mut by) = (BTreeSet::new(), BTreeSet::new());
            placeholders(&message.value.unwrap(), &mut names, &mut by);
            names.extend(by);
            let before = keys.insert(message.id.name.to_owned(), names);
            assert!(before.is_none(), "{}/{file}: {} stands twice", language.tag(), message.id.name);
        }
    }
    keys
}

/// The placeholders of a pattern, those in what it chooses from too, and those that it chooses by.
fn placeholders(pattern: &Pattern<&str>, names: &mut BTreeSet<String>, by: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        match element {
            PatternElement::Placeable {
                expression: Expression::Inline(InlineExpression::VariableReference { id }),
            } => {
                names.insert(id.name.to_owned());
            }
            PatternElement::Placeable { expression: Expression::Select { selector, variants } } => {
                let InlineExpression::VariableReference { id } = selector else {
                    panic!("it chooses by {selector:?}")
                };
                by.insert(id.name.to_owned());
                variants.iter().for_each(|variant| placeholders(&variant.value, names, by));
            }
            _ => {}
        }
    }
}

/// Keys of a language whose text chooses by a placeholder.
fn choosing(language: Language) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (_, text) in language.files().into_iter().chain(language.own_files().into_iter().flatten()) {
        for entry in fluent_syntax::parser::parse(text).unwrap().body {
            let Entry::Message(message) = entry else { continue };
            let mut by = BTreeSet::new();
            placeholders(&message.value.unwrap(), &mut BTreeSet::new(), &mut by);
            if !by.is_empty() {
                found.insert(message.id.name.to_owned());
            }
        }
    }
    found
}

fn sources(folder: &Path, texts: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, texts);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            texts.push(std::fs::read_to_string(path).unwrap());
        }
    }
}

/// Keys that the sources of this crate and of the server's pages ask for by name.
fn asked() -> BTreeSet<String> {
    asked_by(&[".text(", ".with(", ".counted(", ".numbered("])
}

/// Those that they ask for by these calls.
fn asked_by(calls: &[&str]) -> BTreeSet<String> {
    let mut texts = Vec::new();
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    sources(&here.join("src"), &mut texts);
    let pages = here.join("../server/src/portal");
    if pages.exists() {
        sources(&pages, &mut texts);
    }
    let mut asked = BTreeSet::new();
    for text in texts {
        for rest in calls.iter().flat_map(|call| text.split(*call).skip(1)) {
            let key = rest.trim_start().strip_prefix('"').and_then(|rest| rest.split_once('"'));
            asked.extend(key.map(|(key, _)| key.to_owned()));
        }
    }
    asked
}

/// Words of the window, family by family.
fn words() -> Vec<(Family, Vec<String>)> {
    use clearance::consignment::{Lane, ReturnState, State};
    use clearance::event::{ActionKind, TimerKind};
    use clearance::export::ReturnStanding;
    let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<String>>();
    let timers = [1, 2, 3, 4, 5, 6, 7, 8].map(|number| TimerKind::from_number(number).unwrap().word());
    let inspection = clearance::inspection::Inspection {
        found: Vec::new(),
        measure: clearance::inspection::Measure::Release,
        second: "".into(),
        place: "".into(),
        photographs: Vec::new(),
    };
    let plain: Vec<&str> = [
        ActionKind::Approve,
        ActionKind::Inspect,
        ActionKind::InspectionResult { passed: true },
        ActionKind::Release,
        ActionKind::Reject,
        ActionKind::Conclude,
        ActionKind::Suspend,
        ActionKind::Resume,
        ActionKind::Detain { status: 501 },
        ActionKind::ReExport,
        ActionKind::Close,
        ActionKind::ApproveCancellation,
        ActionKind::RefuseCancellation,
        ActionKind::ApproveReturn { number: 1 },
        ActionKind::RefuseReturn { number: 1 },
        ActionKind::ReceiveReturn { number: 1 },
        ActionKind::HoldReturn { number: 1, status: 500 },
        ActionKind::SummariseBill { notice: "".into() },
        ActionKind::PayBill,
        ActionKind::DeferBill { due: ceb::Day::default() },
        ActionKind::LeaveGate { release: "".into() },
        ActionKind::ConfirmInspection,
        ActionKind::ContestInspection,
        ActionKind::Inspected(Box::new(inspection.clone())),
        ActionKind::Recognised(Box::new(clearance::recognition::Recognised {
            report: "".into(),
            version: 1,
            inspection,
        })),
    ]
    .iter()
    .map(ActionKind::word)
    .collect();
    let mut actions = owned(&plain);
    actions.extend(owned(&["inspection-result-passed", "inspection-result-failed"]));
    let measures = clearance::inspection::Measure::ALL.map(|measure| measure.word());
    actions.extend(measures.map(|measure| format!("inspected-{measure}")));
    actions.extend(measures.map(|measure| format!("recognised-{measure}")));
    actions.extend([501, 502, 503, 599].map(|status| format!("detain-{status}")));
    actions.extend([500, 505, 600].map(|status| format!("hold-return-{status}")));
    let units = ["put-in-unit", "taken-out-of-unit", "left-in-unit"];
    let events = [&["waybill"][..], &timers, &plain, &units].concat();
    let messages = [
        311, 312, 411, 412, 511, 512, 513, 514, 621, 622, 623, 624, 625, 626, 711, 712, 816, 818, 900, 303,
        304, 403, 404, 505, 506, 507, 508, 509, 510, 603, 604, 605, 606, 607, 608, 701, 702, 792, 213, 214,
        215, 216,
    ];
    let returns = [1, 2, 3, 4, 5].map(|number| ReturnState::from_number(number).unwrap().word());
    vec![
        (Family::State, State::ALL.map(|state| state.word().to_owned()).to_vec()),
        (Family::Measure, measures.map(str::to_owned).to_vec()),
        (Family::Lane, Lane::ALL.map(|lane| lane.word().to_owned()).to_vec()),
        (Family::Layer, owned(&["refused", "rejected", "review", "note"])),
        (
            Family::Waiting,
            owned(&[
                "order",
                "payment",
                "waybill",
                "declaration",
                "arrival",
                "review",
                "inspection",
                "customs",
                "bill",
                "departure",
                "returned-goods",
                "return-decision",
            ]),
        ),
        (Family::Deadline, owned(&timers)),
        (Family::Action, actions),
        (Family::Message, messages.map(|number| format!("CEB{number}Message")).to_vec()),
        (Family::Event, owned(&events)),
        (Family::Role, clearance::party::Role::ALL.map(|role| role.word().to_owned()).to_vec()),
        (
            Family::Basis,
            [1, 2, 3]
                .map(|number| clearance::tax::Basis::from_number(number).unwrap().word().to_owned())
                .to_vec(),
        ),
        (Family::Account, owned(&["quota", "guarantee", "payable-tax"])),
        (Family::Movement, owned(&["hold", "post", "void", "give-back", "enter", "set-limit"])),
        (
            Family::Return,
            [
                returns.to_vec(),
                ReturnStanding::ALL
                    .map(ReturnStanding::word)
                    .into_iter()
                    .filter(|word| !returns.contains(word))
                    .collect(),
            ]
            .concat()
            .iter()
            .map(|word| (*word).to_owned())
            .collect(),
        ),
        (Family::Problem, owned(&PROBLEMS)),
        (
            Family::Closed,
            owned(&[
                "draining",
                "store-failed",
                "disk-full",
                "disk-read-only",
                "commits-wait",
                "database-silent",
            ]),
        ),
        (Family::Field, fields()),
        (Family::Check, CHECKS.map(str::to_owned).to_vec()),
        (
            Family::Plain,
            [State::ALL.map(State::word).to_vec(), vec!["ordered"]]
                .concat()
                .iter()
                .map(|word| (*word).to_owned())
                .collect(),
        ),
        (
            Family::Awaited,
            owned(&[
                "order",
                "payment",
                "waybill",
                "declaration",
                "arrival",
                "review",
                "inspection",
                "customs",
            ]),
        ),
        (
            Family::Step,
            owned(&[
                "ordered",
                "paid",
                "shipped",
                "declared",
                "arrived",
                "checked",
                "inspected",
                "cleared",
                "rejected",
                "deleted",
                "cancelled",
                "re-exported",
            ]),
        ),
        (Family::Use, owned(&["held", "used", "given-back", "given-up"])),
        (Family::Dispute, owned(&["open", "answered", "upheld", "refused", "withdrawn"])),
        (Family::DisputeStep, owned(&["open", "answer", "withdraw", "uphold", "refuse"])),
        (Family::PlainReturn, owned(&returns)),
        (Family::PlainRole, owned(&["officer", "zone-operator", "agency"])),
        (Family::Meaning, owned(&portal::pages::guide::STATES)),
        (Family::Confidence, owned(&["seen", "known", "memory", "unsure"])),
        (Family::Register, registers().map(|register| register.word().to_owned()).collect()),
        (Family::RecordState, moves_of(|step| step.to, |register| register != Register::SignIn)),
        (Family::Move, moves_of(|step| step.action, |register| register != Register::SignIn)),
        (Family::Happening, moves_of(|step| step.to, |register| register == Register::SignIn)),
        (Family::Value, values()),
        (
            Family::Duty,
            owned(&[
                "admin",
                "operator",
                "reviewer",
                "inspector",
                "decider",
                "auditor",
                "reader",
                "applicant",
                "rulemaker",
                "seed-holder",
                "keeper",
            ]),
        ),
        (Family::Counter, COUNTERS.iter().map(|word| word.replace('_', "-")).collect()),
        (
            Family::Row,
            ROWS.iter()
                .map(|word| word.replace(' ', "-"))
                .chain(portal::pages::found::WHATS.iter().map(|word| format!("what-{word}")))
                .collect(),
        ),
        (Family::Scope, SCOPES.iter().map(|word| word.replace(':', "-")).collect()),
    ]
}

/// What software shows in a sandbox; a test of the server holds it equal to what is checked.
const CHECKS: [&str; 42] = [
    "sent-311",
    "sent-411",
    "sent-511",
    "sent-513",
    "sent-621",
    "sent-623",
    "sent-625",
    "sent-711",
    "sent-303",
    "sent-403",
    "sent-505",
    "sent-507",
    "sent-509",
    "sent-603",
    "sent-605",
    "sent-607",
    "sent-701",
    "sent-213",
    "sent-215",
    "changed",
    "deleted",
    "refused",
    "corrected",
    "repeated",
    "batch",
    "signed",
    "receipts-read",
    "throttled",
    "waited",
    "read-100",
    "read-120",
    "read-300",
    "read-500",
    "read-800",
    "read-export-100",
    "read-export-120",
    "read-export-300",
    "read-export-399",
    "read-export-500",
    "read-export-800",
    "read-export-899",
    "lost-receipt-asked",
];
fn registers() -> impl Iterator<Item = Register> {
    Register::ALL.into_iter()
}

/// Words of the moves of some registers.
fn moves_of(word: impl Fn(&Move) -> &'static str, wanted: impl Fn(Register) -> bool) -> Vec<String> {
    let moves = registers()
        .filter(|register| wanted(*register))
        .flat_map(|register| register::moves_of(register).iter());
    let words: BTreeSet<&str> = moves.map(word).collect();
    words.into_iter().map(str::to_owned).collect()
}

/// Words that fields of registers hold: choices of forms but for roles, and what the window writes.
fn values() -> Vec<String> {
    fn walk(fields: &[Field], found: &mut BTreeSet<&'static str>) {
        for field in fields {
            found.extend(field.kind.choices());
            walk(field.kind.fields(), found);
        }
    }
    let mut found = BTreeSet::from([
        "confirmed",
        "objected",
        "unknown",
        "agrees",
        "differs",
        "incomplete",
        "consignment",
        // What follows from a list of another enterprise.
        "attention-person",
        "black-person",
        // Authorities that decide on filings, as `filing_reviewers.csv` has them.
        "customs",
        "foreign-exchange-administration",
        "postal-administration",
        "tax-administration",
        // What becomes of a parcel, and what stands against reckoning its tax.
        "exempt",
        "due",
        "declare-as-goods",
        "manual-review",
        "no-rate",
        "no-heading",
        "no-weight",
        "out-of-range",
    ]);
    // In which duty somebody read without saying what for.
    found.extend(register::access::GROUNDS);
    found.extend(register::entry_refund::DOUBTS);
    found.extend(register::market::LOOKS);
    for register in registers() {
        for step in register::moves_of(register) {
            walk(form(register, step.action).map_or(&[], |form| form.fields), &mut found);
        }
    }
    let is_role = |word: &&&str| clearance::party::Role::from_word(word).is_some();
    let is_algorithm = |word: &&&str| ceb::signature::Algorithm::ALL.iter().any(|one| one.name() == **word);
    found.iter().filter(|word| !is_role(word) && !is_algorithm(word)).map(|word| (*word).to_owned()).collect()
}

/// Names of fields of registers' records, each by itself or under its register, and what helps to fill them in.
fn items(there: &BTreeSet<String>) -> BTreeSet<String> {
    let mut wanted = BTreeSet::new();
    for register in registers() {
        for name in names(register) {
            let keys = |family: Family| {
                [
                    format!("{}-{}-{name}", family.prefix(), register.word()),
                    format!("{}-{name}", family.prefix()),
                ]
            };
            let named = keys(Family::Item);
            wanted.insert(named.iter().find(|key| there.contains(*key)).unwrap_or(&named[1]).clone());
            wanted.extend(keys(Family::Hint).into_iter().find(|key| there.contains(key)));
        }
    }
    wanted
}

/// Fields of the messages that parties send.
fn fields() -> Vec<String> {
    let parts = ceb::Kind::ALL.iter().filter(|kind| kind.is_declared()).flat_map(|kind| kind.parts());
    let names: BTreeSet<&str> = parts.flat_map(|part| part.fields).map(|field| field.name).collect();
    names.into_iter().map(str::to_owned).collect()
}

/// Counters of the window.
const COUNTERS: [&str; 13] = [
    "messages",
    "messages_refused",
    "documents",
    "documents_refused",
    "documents_repeated",
    "declarations_rejected",
    "declarations_held",
    "declarations_released",
    "receipts",
    "commits",
    "commits_lost",
    "events_undecided",
    "intake_refused",
];

/// Kinds of rows of the evidence log.
const ROWS: [&str; 10] = [
    "data key",
    "dictionary",
    "lookup key",
    "block of numbers",
    "message",
    "event",
    "filing",
    "rulebook",
    "seed of the draw",
    "record",
];

/// What a token may be for.
const SCOPES: [&str; 23] = [
    "messages:send",
    "messages:read",
    "receipts:read",
    "consignments:read",
    "preview",
    "actions:inspect",
    "actions:decide",
    "filings:review",
    "registers:read",
    "registers:apply",
    "shares:read",
    "evidence:read",
    "accounts:read",
    "reference:read",
    "metrics:read",
    "users:read",
    "users:manage",
    "tokens:read",
    "tokens:manage",
    "trace:read",
    "persons:read",
    "draws:hold",
    "sites:keep",
];

/// Kinds of problem documents that have a text of their own.
const PROBLEMS: [&str; 26] = [
    "bad-request",
    "forbidden",
    "not-yours",
    "invalid",
    "beyond-own-rights",
    "wrong-password",
    "sign-in-refused",
    "conflict",
    "too-many",
    "not-found",
    "erased",
    "not-ready",
    "unavailable",
    "method-not-allowed",
    "too-large",
    "unauthenticated",
    "token-ended",
    "scope-missing",
    "change-password-first",
    "second-factor-first",
    "people-only",
    "code-needed",
    "internal",
    "foreign-form",
    "assigned",
    "by-itself",
];

#[test]
fn no_text_is_missing_and_none_is_there_in_vain() {
    let mut wanted = asked();
    assert!(wanted.len() > 150, "the sources were not read");
    for (family, words) in words() {
        wanted.extend(words.iter().map(|word| format!("{}-{word}", family.prefix())));
    }
    for language in Language::COMPLETE {
        let there: BTreeSet<String> = keys(language).into_keys().collect();
        wanted.extend(items(&there));
        let missing: Vec<&String> = wanted.difference(&there).collect();
        let unused: Vec<&String> = there.difference(&wanted).collect();
        assert!(
            missing.is_empty() && unused.is_empty(),
            "{}: missing {missing:?}, unused {unused:?}",
            language.tag()
        );
    }
}

#[test]
fn placeholders_are_the_same_in_every_language() {
    let first = keys(Language::ALL[0]);
    for language in Language::ALL {
        let own = language.own_files().map(|files| keys_of(language, files.into()));
        for (key, names) in own.unwrap_or_else(|| keys(language)) {
            assert_eq!(Some(&names), first.get(&key), "{}: {key}", language.tag());
        }
    }
}

/// Words that end as a plural does, and are none.
const NO_PLURALS: [&str; 5] = ["was", "is", "has", "its", "does"];

fn is_word(word: &str) -> bool {
    word.len() > 1 && word.chars().all(|letter| letter.is_ascii_lowercase())
}

/// Whether a word, with what signs follow it, ends as a plural.
fn is_plural(word: &str) -> bool {
    let word = word.trim_end_matches(|sign: char| !sign.is_alphabetic());
    is_word(word) && word.ends_with('s') && !word.ends_with("ss") && !NO_PLURALS.contains(&word)
}

/// Where a text says one of what is several: a lone 1 and a plural behind it, at most one word between them.
fn one_of_several(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.iter().enumerate().filter(|(_, word)| word.trim_start_matches('(') == "1").find_map(|(at, _)| {
        let next = *words.get(at + 1)?;
        if is_plural(next) {
            return Some(format!("1 {next}"));
        }
        let last = *words.get(at + 2)?;
        (is_word(next) && is_plural(last)).then(|| format!("1 {next} {last}"))
    })
}

#[test]
fn english_says_of_one_what_is_said_of_one() {
    for (text, found) in [
        ("1 trades; the severest first", Some("1 trades;")),
        ("its newest 1 trades", Some("1 trades")),
        ("1 newer rows are not there", Some("1 newer rows")),
        ("1 trade of 2 trades", None),
        ("Rulebook 1 was published", None),
        ("States: 1", None),
    ] {
        assert_eq!(one_of_several(text).as_deref(), found, "{text}");
    }
    let english = Language::English.texts();
    for (key, names) in keys(Language::English) {
        let ones: Vec<(&str, u64)> = names.iter().map(|name| (name.as_str(), 1)).collect();
        let told = english.counted(&key, &ones, &[]);
        assert!(names.is_empty() || told != key, "{key} has no text");
        assert_eq!(one_of_several(&told), None, "{key}: {told}");
    }
}

#[test]
fn what_a_text_chooses_by_is_given_to_it_as_a_number() {
    let (as_text, as_number) = (asked_by(&[".text(", ".with("]), asked_by(&[".counted(", ".numbered("]));
    let choosing: BTreeSet<String> = Language::ALL.into_iter().flat_map(choosing).collect();
    assert!(choosing.len() > 25, "{choosing:?}");
    for key in &choosing {
        assert!(as_number.contains(key) && !as_text.contains(key), "{key} is asked for without its number");
    }
}

/// Texts of every page that a page of consumers shows too.
const SHELL: [&str; 18] = [
    "window-name",
    "in-sandbox",
    "skip-to-content",
    "navigation",
    "trail",
    "pages",
    "first-page",
    "previous-page",
    "next-page",
    "sign-in",
    "sign-out",
    "interface",
    "times-are-china",
    "no-claim",
    "nav-tariff",
    "nav-indicators",
    "nav-status",
    "yuan",
];

/// Texts of other files that the start page, the tariff with its calculator, the status and the sign-in show.
const PUBLIC: [&str; 48] = [
    "about-tariff",
    "about-indicators",
    "about-status",
    "in-yuan",
    "goods-code",
    "duty",
    "value-added-tax",
    "consumption-tax",
    "tax",
    "line",
    "dutiable-value",
    "total",
    "sum",
    "arithmetic",
    "uncertain",
    "basis-within-limit",
    "basis-over-limit-single-item",
    "basis-over-limit-several-items",
    "closed-draining",
    "closed-store-failed",
    "closed-disk-full",
    "closed-disk-read-only",
    "closed-commits-wait",
    "closed-database-silent",
    "confidence-seen",
    "confidence-known",
    "confidence-memory",
    "confidence-unsure",
    "narrow",
    "nothing-found",
    "nothing-found-help",
    "yes",
    "no",
    "sign-in-wrong",
    "sign-in-code-needed",
    "sign-in-slower",
    "sign-in-closed",
    "sign-in-ended",
    "sign-in-foreign",
    "login",
    "password",
    "code-of-authenticator",
    "code-hint",
    "sign-in-with",
    "sign-in-at",
    "sign-in-help",
    "password-changed",
    "register-title",
];

/// Texts of other files that the indicators show: what is counted, and the words of states and lanes.
const INDICATORS: [&str; 50] = [
    "figures-rest",
    "figures-days",
    "figures-steps",
    "figures-lanes",
    "figures-durations",
    "figures-causes",
    "figures-goods",
    "figures-countries",
    "figures-none",
    "figures-none-help",
    "figures-nothing",
    "figures-files",
    "figures-up-to",
    "figures-behind",
    "figures-least",
    "figures-few",
    "figures-from",
    "figures-to",
    "figures-value-declared",
    "figures-tax-released",
    "figures-left-out",
    "figures-value",
    "figures-tax",
    "figures-all",
    "figures-others",
    "figures-mode",
    "figures-by-mode",
    "figures-declarations",
    "figures-step",
    "figures-times",
    "figures-by-step",
    "figures-sealed",
    "figures-span",
    "figures-span-verdict",
    "figures-span-release",
    "figures-span-decision",
    "figures-percentiles",
    "figures-country",
    "figures-by-country",
    "figures-what",
    "step-declared",
    "step-changed",
    "step-returned",
    "step-refused",
    "span-seconds",
    "span-minutes",
    "span-hours",
    "span-days",
    "figures-day",
    "figures-every",
];

/// Texts of other files that registering shows; the roles that may be applied for besides.
const REGISTERING: [&str; 16] = [
    "span-longer",
    "register-help",
    "register-code-hint",
    "register-role",
    "register-name",
    "register-password-hint",
    "register-again",
    "register-not-the-same",
    "register-send",
    "register-have",
    "registered-done",
    "registered-note-login",
    "registered-sign-in",
    "registered-wait",
    "fault-here",
    "party-code",
];

/// Words of states, of lanes and of roles that the indicators and registering show.
fn words_of_public() -> impl Iterator<Item = String> {
    use clearance::consignment::{Lane, State};
    let appointed = [
        clearance::party::Role::Officer,
        clearance::party::Role::ZoneOperator,
        clearance::party::Role::Consumer,
    ];
    let roles = clearance::party::Role::ALL.into_iter().filter(move |role| !appointed.contains(role));
    let states = State::ALL.into_iter().map(|state| format!("state-{}", state.word()));
    let lanes = Lane::ALL.into_iter().map(|lane| format!("lane-{}", lane.word()));
    states.chain(lanes).chain(roles.map(|role| format!("role-{}", role.word())))
}

#[test]
fn languages_of_neighbours_have_every_text_of_the_pages_for_consumers_and_everybody() {
    let of_consumers = |file: &str| matches!(file, "consumer.ftl" | "guide.ftl" | "draws.ftl" | "public.ftl");
    let english: Vec<_> =
        Language::English.files().into_iter().filter(|(file, _)| of_consumers(file)).collect();
    assert_eq!(english.len(), 4);
    let mut wanted: BTreeSet<String> = keys_of(Language::English, english).into_keys().collect();
    let shown = SHELL.iter().chain(&PUBLIC).chain(&INDICATORS).chain(&REGISTERING);
    wanted.extend(shown.map(|key| (*key).to_owned()).chain(["joint".to_owned()]).chain(words_of_public()));
    let letters: [(Language, std::ops::RangeInclusive<char>); 5] = [
        (Language::Vietnamese, '\u{c0}'..='\u{1ef9}'),
        (Language::Thai, '\u{e00}'..='\u{e7f}'),
        (Language::Lao, '\u{e80}'..='\u{eff}'),
        (Language::Burmese, '\u{1000}'..='\u{109f}'),
        (Language::Khmer, '\u{1780}'..='\u{17ff}'),
    ];
    for (language, own) in letters {
        let files = language.own_files().unwrap();
        assert!(files.iter().all(|(_, text)| text.starts_with("# Made by a machine")), "{}", language.tag());
        let there: BTreeSet<String> = keys_of(language, files.into()).into_keys().collect();
        let missing: Vec<&String> = wanted.difference(&there).collect();
        let unused: Vec<&String> = there.difference(&wanted).collect();
        assert!(
            missing.is_empty() && unused.is_empty(),
            "{}: missing {missing:?}, unused {unused:?}",
            language.tag()
        );
        // They are in it, and not copied from another.
        let foreign = |key: &&String| !language.texts().text(key).chars().any(|letter| own.contains(&letter));
        let foreign: Vec<&String> = there.iter().filter(foreign).collect();
        assert!(foreign.len() < 8, "{}: {foreign:?}", language.tag());
    }
}

#[test]
fn a_text_of_one_language_is_not_the_copy_of_another() {
    let chinese = |text: &str| text.chars().any(|letter| ('\u{4e00}'..='\u{9fff}').contains(&letter));
    for (file, text) in Language::English.files() {
        assert!(!chinese(text), "{file} has Chinese in English");
    }
    for key in keys(Language::Chinese).keys() {
        // Signs between words have no script.
        let told = Language::Chinese.texts().text(key);
        assert!(key == "joint" || chinese(&told), "{key} is {told} in Chinese");
    }
}
