//! The report of a party's credit as a file for people: pages with every reason, the same as data attached to them, and a seal
//! that whoever has the file checks without this window (`evidence::check_file`). What the report says is the answer of the
//! interface as it stands; it is told here in Chinese and English, one below the other, because the file is read elsewhere.
//!
//! No font is embedded: Chinese is set in a font that every reader of PDF replaces by one of its own (Adobe-GB1). The same
//! report and seal give the same bytes.

use crate::Window;
use crate::api::error::Problem;
use crate::api::view::hex;
use clearance::keys::Time;
use evidence::{ReportSeal, seal_file};
use serde_json::{Value, json};

mod pdf;

use pdf::{Line, Style};

/// The report as it is attached.
const REPORT: &str = "credit-report.json";
/// Its seal as it is attached.
const SEAL: &str = "credit-report.seal";

/// The report of what the interface answers, made now: a sealed PDF.
///
/// # Errors
/// When the evidence log cannot be read, or has no key yet and cannot make one.
pub async fn made(window: &Window, credit: &Value) -> Result<Vec<u8>, Problem> {
    let now = window.clock.now();
    let head = window.evidence.latest().await?;
    let head = head.map(|published| (published.number, published.head.head.digest()));
    let signer = window.evidence.sender(now).await?;
    let report = report(credit, now, head.as_ref().map(|(number, digest)| (*number, hex(digest))));
    // Keys of an object are in the order of the alphabet: one report has one text.
    let bytes = report.to_string().into_bytes();
    let seal = ReportSeal::new(&bytes, head, &signer);
    let file = pdf::written(
        &lines(&report, &seal),
        &address(&seal),
        &[(REPORT, bytes.as_slice()), (SEAL, seal.to_text().as_bytes())],
    );
    Ok(seal_file(file, &signer))
}

fn report(credit: &Value, now: Time, head: Option<(u64, String)>) -> Value {
    json!({
        "kind": "onewindow credit report 1", "made": now.stamp_millis().to_string(),
        "head": head.map(|(number, digest)| json!({"number": number, "digest": digest})), "credit": credit,
    })
}

/// What the code on the first page says: where a file is checked, and which report it is to have.
fn address(seal: &ReportSeal) -> String {
    let head = seal.head.map_or_else(String::new, |(number, _)| format!("&head={number}"));
    format!("onewindow:/v1/credit/verify?sha256={}{head}&key={}", hex(&seal.digest), hex(&seal.public))
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => "—".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Parts per million as percent with one place.
fn percent(value: &Value) -> String {
    let parts = value.as_i64().unwrap_or(0);
    format!("{}.{} %", parts / 10_000, parts / 1_000 % 10)
}

fn each(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// The pages as lines.
fn lines(report: &Value, seal: &ReportSeal) -> Vec<Line> {
    let credit = &report["credit"];
    let mut all = vec![
        Line::new(Style::Title, "企业信用报告 Credit report"),
        Line::new(
            Style::Text,
            format!("企业 Enterprise：{} {}", text(&credit["name"]), text(&credit["party"])),
        ),
        Line::new(Style::Text, format!("截至 As of：{}", text(&credit["day"]))),
        Line::new(
            Style::Text,
            format!("得分 Score：{} / 1000　等级 Grade：{}", text(&credit["score"]), text(&credit["grade"])),
        ),
        Line::new(
            Style::Text,
            format!(
                "已知权重 Known of all weight：{}　规则库 Rulebook：{}",
                percent(&credit["known"]),
                text(&credit["rulebook"])
            ),
        ),
    ];
    if credit["complete"] != true {
        let said = "统计尚未完成，本窗口自行统计的次数可能不全 Figures were not complete: what the window counts itself may be less than it is";
        all.push(Line::new(Style::Text, said));
    }
    all.push(Line::new(Style::Heading, "逐项理由 Reasons"));
    for reading in each(&credit["readings"]) {
        let name = format!("{} {}", text(&reading["name"]["zh"]), text(&reading["name"]["en"]));
        all.push(Line::new(Style::Text, name));
        for said in [&reading["text"]["zh"], &reading["text"]["en"]] {
            all.push(Line::new(Style::Small, format!("　{}", text(said))));
        }
    }
    let mut part = |heading: &str, found: Vec<String>| {
        if !found.is_empty() {
            all.push(Line::new(Style::Heading, heading));
            all.extend(found.into_iter().map(|said| Line::new(Style::Text, said)));
        }
    };
    let veto = |one: &Value| {
        let (zh, en) = (text(&one["name"]["zh"]), text(&one["name"]["en"]));
        format!("{zh} {en}，至 until {}", text(&one["validTo"]))
    };
    part("否决事项 What rules a good grade out", each(&credit["vetoes"]).map(veto).collect());
    let list = &credit["list"];
    let listed = format!(
        "{}：{} – {}，{}",
        text(&list["list"]),
        text(&list["validFrom"]),
        text(&list["validTo"]),
        text(&list["legalBasis"])
    );
    part("名单 List", if list.is_null() { Vec::new() } else { vec![listed] });
    let measure = |one: &Value| {
        let word = |name: &str| text(&one[name]);
        format!("{} {}：{} ({})", word("standing"), word("measure"), word("value"), word("unit"))
    };
    part("随之适用的措施 What follows", each(&credit["measures"]).map(measure).collect());
    all.push(Line::new(Style::Heading, "封印 Seal"));
    all.push(Line::new(
        Style::Small,
        "本文件的每个字节均由本窗口签名；报告数据见附件。核验：POST /v1/credit/verify，或 onewindow audit report。",
    ));
    all.push(Line::new(
        Style::Small,
        "Every byte of this file is signed by the window; the report as data is attached. To check: POST /v1/credit/verify, or onewindow audit report.",
    ));
    let head =
        seal.head.map_or_else(|| "none".to_owned(), |(number, digest)| format!("{number} {}", hex(&digest)));
    for (name, value) in [
        ("made", text(&report["made"])),
        ("sha256", hex(&seal.digest)),
        ("head", head),
        ("key", hex(&seal.public)),
    ] {
        all.push(Line::new(Style::Exact, format!("{name} {value}")));
    }
    all
}
