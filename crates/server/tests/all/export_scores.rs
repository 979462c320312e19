//! Rules on exports that read the score of a model of exports, from watching to using: the rulebook names it, each list is given its score,
//! a rule is tried on those and obeyed, another model takes its place and goes again. All of it at the desk where models of imports
//! are published, by two persons, and none of it is told to enterprises or changes what imports come to.

use crate::bonded::{CUSTOMS, verified};
use crate::export_looks::{MERCHANT, dearer, path, shown};
use crate::rulebook_drafts::{self, DRAFTS, act, officer};
use crate::shadow::learnt_by;
use crate::support::people::{self, ask};
use crate::support::{NOW, Zone, plain};
use crate::trial::{other_words, table, tried};
use clearance::consignment::Lane;
use clearance::export::{ExportKey, ExportTrade};
use clearance::party::Role;
use clearance::risk;
use clearance::sample::Export;
use clearance::score::Score;
use clearance::trial::Untried;
use inspection::declaration::{Declaration, Quantity};
use inspection::model::Scorer;
use serde_json::{Value, json};
use server::shadow::{Loaded, declarations_of_export, run};
use std::sync::Arc;
use std::time::Duration;
use store::{Duty, Read};

/// Digests of the two models, as a table of models wants them.
const FIRST: &str = "abababababababababababababababababababababababababababababababab";
const SECOND: &str = "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd";

/// Exports of one piece of the same goods by the same hands that the draw does not choose, one after another: nothing but what they are
/// sold for tells them apart.
fn alike(zone: &Zone) -> impl Iterator<Item = Export> {
    let seed = zone.window.reference().sampling_seed;
    let all = || (1..).map(|number| Export::new(9, number, NOW));
    let single = |export: &Export| {
        export.declaration.lines.len() == 1 && export.declaration.lines[0].qty == ceb::Decimal::ONE
    };
    let of = |export: &Export| {
        let (head, line) = (&export.declaration.head, &export.declaration.lines[0]);
        (head.agent_code.clone(), head.logistics_code.clone(), line.gcode.clone())
    };
    let first = of(&all().find(single).unwrap());
    let drawn = move |export: &Export| risk::draw(&seed, &export.key().marked()) <= 100_000;
    all().filter(move |export| single(export) && of(export) == first && !drawn(export))
}

/// Sends an export until its lane is fixed.
async fn sent(zone: &Zone, export: &Export) -> Arc<ExportTrade> {
    for (sender, document) in export.documents() {
        zone.send(&sender, document).await;
    }
    for _ in 0..200 {
        let state = zone.window.read.export(&ExportKey::Trade(export.key())).await.unwrap().unwrap();
        let trade = state.trade().unwrap();
        if trade.attempt.as_ref().is_some_and(|attempt| attempt.lane.is_some()) {
            return trade.clone();
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("its documents do not agree");
}

/// The lines of the list of a trade as a model sees them.
fn lines(zone: &Zone, trade: &ExportTrade) -> Vec<Declaration> {
    let reference = zone.window.reference();
    declarations_of_export(&zone.window.read, &reference.current().rates, trade)
}

/// The score that a trade was given, with the model that gave it.
fn given(trade: &ExportTrade) -> Option<(String, u16)> {
    Score::of(&trade.look.counts).map(|score| (score.model.to_string(), score.thousandths))
}

/// Its lane, and why.
fn lane(trade: &ExportTrade) -> (Lane, Vec<String>) {
    let hits = trade.look.hits.iter().map(|hit| hit.evidence.to_string());
    (trade.attempt.as_ref().unwrap().lane.unwrap(), hits.collect())
}

/// What is told of models of exports, when they have followed.
async fn models(zone: &Zone) -> Value {
    for _ in 0..200 {
        let told = zone.get(CUSTOMS, "/v1/risk/model").await.1["exports"].clone();
        if told["behind"] == 0 && told["candidate"]["behind"] == 0 {
            return told;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the shadows do not follow");
}

/// A draft that one wrote and, where it does not go back, tried: the other publishes it, and he does not. The number of its rulebook.
async fn published(zone: &Zone, (author, other): (&str, &str), draft: Value) -> u64 {
    let (status, made) = ask(zone, "POST", DRAFTS, author, &draft).await;
    assert_eq!(status, 200, "{made}");
    let id = made["id"].as_str().unwrap();
    let mut version = made["version"].clone();
    if draft.get("backTo").is_none() {
        assert_eq!(act(zone, other, id, "try", &version).await.0, 200);
        version = rulebook_drafts::tried(zone, author, id).await["version"].clone();
    }
    assert_eq!(act(zone, author, id, "publish", &version).await.0, 403);
    let (status, published) = act(zone, other, id, "publish", &version).await;
    assert_eq!((status, &published["state"]), (200, &json!("published")), "{published}");
    published["number"].as_u64().unwrap()
}

/// A draft of which model of exports is in use.
fn using(digest: &str) -> Value {
    let (name, text) = table("risk_models.csv", |text| format!("{text}{digest},20190101,,tests,export\n"));
    json!({"title": "出口模型", "tables": {name: text}})
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_on_exports_read_the_score_once_the_rulebook_names_their_model() {
    let zone = Zone::new().await;
    let mut exports = alike(&zone);
    let mut next = || exports.next().unwrap();
    let before = sent(&zone, &next()).await;
    // What was sold far above the merchant's own median is illicit, as these have it.
    let model = Arc::new(learnt_by(&lines(&zone, &before)[0], Quantity::ToMedian, 0.01));
    let mut following = Vec::new();
    for (shadow, digest) in zone.window.export_shadows.iter().zip([FIRST, SECOND]) {
        shadow.load(Loaded { model: model.clone(), digest: digest.to_owned() });
        following.push(tokio::spawn(run(zone.window.clone(), shadow.clone(), Duration::from_millis(20))));
    }
    let told = models(&zone).await;
    assert_eq!((&told["inUse"], &told["missing"]), (&Value::Null, &json!(false)), "{told}");
    assert_eq!(given(&before), None);

    // Named at the desk, by two persons: each list is given its score, and nothing else changes.
    let author = officer(&zone, "qi.cao", &[Duty::Rulemaker]).await;
    let other = officer(&zone, "shen.ding", &[Duty::Rulemaker]).await;
    let two = (author.as_str(), other.as_str());
    published(&zone, two, using(FIRST)).await;
    let (usual, dear) = (next(), dearer(next(), 5));
    let (of_usual, of_dear) = (sent(&zone, &usual).await, sent(&zone, &dear).await);
    let mut scorer = Scorer::new(&model);
    let mut by_model = |trade: &ExportTrade| {
        let highest = lines(&zone, trade).iter().map(|line| scorer.score(line).thousandths).max();
        (FIRST[..16].to_owned(), highest.unwrap())
    };
    assert_eq!(given(&of_usual), Some(by_model(&of_usual)));
    assert_eq!(given(&of_dear), Some(by_model(&of_dear)), "with the median that its judgement read");
    let (low, high) = (given(&of_usual).unwrap().1, given(&of_dear).unwrap().1);
    assert!(low < high, "{low} {high}");
    for trade in [&before, &of_usual, &of_dear] {
        assert_eq!(lane(trade), (Lane::Release, Vec::new()));
    }
    let told = models(&zone).await;
    assert_eq!((&told["inUse"], &told["model"]["inUse"]), (&json!(FIRST), &json!(true)), "{told}");
    assert_eq!(told["candidate"]["model"]["inUse"], false, "{told}");
    let scored = |told: &Value| {
        let bands = told["bands"].as_array().unwrap().iter();
        bands.map(|band| band["scored"].as_u64().unwrap()).sum::<u64>()
    };
    assert_eq!((scored(&told), scored(&told["candidate"])), (3, 3), "each has scored all: {told}");

    // Officers see it with its reasons, the enterprise nothing of it.
    let seen = shown(&zone, CUSTOMS, &dear).await;
    assert_eq!(seen["riskScore"]["thousandths"], high, "{seen}");
    assert_eq!((&seen["shadow"]["thousandths"], &seen["shadow"]["digest"]), (&json!(high), &json!(FIRST)));
    assert_eq!(seen["shadow"]["reasons"].as_array().unwrap().len(), 5);
    let own = shown(&zone, MERCHANT, &dear).await;
    assert!(own.get("riskScore").is_none() && own.get("shadow").is_none(), "{own}");
    let duties = [Duty::Inspector, Duty::Decider];
    let mut inspector = people::signed_in(&zone, "guan.yi", CUSTOMS, Role::Officer, &duties).await;
    let page = inspector.get(&path(&dear).replace("/v1", "/desk")).await;
    assert!(page.words().contains("供规则读取的得分"), "{}", page.words());

    // Imports have a model of their own, which is none here.
    let import = plain(&zone, 0);
    zone.trade(&import).await;
    let of_import = zone.shown(CUSTOMS, &import).await;
    assert_eq!((&of_import["riskScore"], &of_import["shadow"]), (&Value::Null, &Value::Null));
    let (_, all) = zone.get(CUSTOMS, "/v1/risk/model").await;
    assert_eq!((&all["model"], &all["inUse"], &all["missing"]), (&Value::Null, &Value::Null, &json!(false)));

    // A rule is tried on the scores that were given; of the list that was given none nothing is guessed. By rules alone, and with all
    // judged again.
    let rule = || {
        table("risk_rules.csv", |text| {
            format!("{text}model,taxation,20190101,,scan,trade = export and risk_score >= {high},tests\n")
        })
    };
    for tables in [vec![rule()], vec![rule(), other_words()]] {
        let tried = tried(&zone, &tables).await;
        let exports = &tried.exports;
        assert_eq!((exports.declarations, exports.tried, exports.lane_changed), (3, 2, 1), "{exports:?}");
        assert_eq!(exports.untried[&Untried::Window].count, 1, "{exports:?}");
        assert_eq!((tried.tally.tried, tried.tally.lane_changed), (1, 0), "{:?}", tried.tally);
    }

    // In force it is obeyed, and its evidence is the score.
    let (name, rules) = rule();
    let with_rule = published(&zone, two, json!({"title": "出口得分", "tables": {name: rules}})).await;
    let (usual, held) = (sent(&zone, &next()).await, sent(&zone, &dearer(next(), 5)).await);
    assert_eq!(lane(&usual).0, Lane::Release);
    let score = given(&held).unwrap().1;
    assert_eq!(lane(&held), (Lane::Scan, vec![format!("trade = export; risk_score = {score}")]));

    // The candidate takes its place, and goes again in one step.
    published(&zone, two, using(SECOND)).await;
    let scored = sent(&zone, &next()).await;
    assert_eq!(given(&scored).unwrap().0, &SECOND[..16]);
    let told = models(&zone).await;
    let used = (&told["model"]["inUse"], &told["candidate"]["model"]["inUse"]);
    assert_eq!(used, (&json!(false), &json!(true)), "{told}");
    published(&zone, two, json!({"title": "恢复", "backTo": with_rule})).await;
    let scored = sent(&zone, &next()).await;
    assert_eq!(given(&scored).unwrap().0, &FIRST[..16]);

    // A model that is not here gives no score, and the window says so.
    published(&zone, two, using(&FIRST.replace('a', "e"))).await;
    let without = sent(&zone, &dearer(next(), 5)).await;
    assert_eq!((given(&without), lane(&without).0), (None, Lane::Release));
    assert_eq!(models(&zone).await["missing"], true);

    // All of it is decided again alike, by whoever has no model.
    verified(&zone).await;
    following.iter().for_each(tokio::task::JoinHandle::abort);
}
