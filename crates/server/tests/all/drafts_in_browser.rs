//! Drafts of the rulebook in a real browser: the list, a table to be edited and refused, a draft that was tried.

use crate::portal_in_browser::{Served, browser, take_over, visit};
use crate::rulebook_drafts::table;
use crate::support::people::{self, ask};
use clearance::party::Role;
use serde_json::{Value, json};
use std::time::Duration;
use store::Duty;

#[tokio::test(flavor = "multi_thread")]
async fn drafts_are_read_in_every_width_language_and_theme() {
    let Some(mut browser) = browser() else { return };
    let served = Served::new().await;
    let (_, one_time) = people::add(&served.zone, "gui.ze", "8620000001", Role::Officer, &Duty::ALL).await;
    let session = people::settle(&served.zone, "gui.ze", &one_time, true).await;
    let text = format!(
        "{}look,taxation,20190101,,scan,gross_weight_grams > 0,sample\nfar,taxation,20190101,,hold,address_count_14 > 0 and gross_weight_grams > 1,sample\n",
        table("risk_rules.csv")
    );
    let body = json!({"title": "电池与多行清单的查验", "tables": {"risk_rules.csv": text}});
    let (status, made) = ask(&served.zone, "POST", "/v1/rulebooks/drafts", &session, &body).await;
    assert_eq!(status, 200, "{made}");
    let there = format!("/v1/rulebooks/drafts/{}", made["id"].as_str().unwrap());
    let act = json!({"action": "try", "version": made["version"]});
    assert_eq!(ask(&served.zone, "POST", &format!("{there}/actions"), &session, &act).await.0, 200);
    for _ in 0..500 {
        if ask(&served.zone, "GET", &there, &session, &Value::Null).await.1["tried"] == true {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let page = there.replace("/v1/", "/desk/");
    server::draws::tick(&served.zone.window).await.unwrap();
    let faults = tokio::task::spawn_blocking(move || {
        let mut faults = Vec::new();
        take_over(&mut browser, &served.address, &session);
        let pages = [
            ("drafts", "/desk/rulebooks/drafts".to_owned()),
            ("draft-edit", "/desk/rulebooks/drafts/new?table=risk_rules.csv".to_owned()),
            ("draft-large", "/desk/rulebooks/drafts/new?table=tariff.csv".to_owned()),
            ("draft", page),
            ("seeds", "/desk/draws".to_owned()),
        ];
        visit(&mut browser, &served, "rulemaker", &pages, &mut faults);
        faults
    });
    let faults = faults.await.unwrap();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
