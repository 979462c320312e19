//! Terms by type of record: they are told, on a page and as data, and what records of registers tell of persons is erased by
//! them, while the ledger stays whole.

use crate::support::people;
use crate::support::{NOW, Zone, another_read};
use clearance::keys::Time;
use clearance::party::Role;
use serde_json::json;
use server::retention::{carry_out, plan};
use store::{Cursor, Duty, Read};

const AGENT: &str = "5301980501";
const OFFICER: &str = "8620000001";

#[tokio::test(flavor = "multi_thread")]
async fn the_terms_are_told_with_their_laws() {
    let zone = Zone::new().await;
    let (status, told) = zone.get(AGENT, "/v1/retention").await;
    let terms = told["terms"].as_array().unwrap();
    assert_eq!((status, terms.len()), (200, register::retention::all().len()));
    let of = |word: &str| terms.iter().find(|term| term["recordType"] == word).unwrap();
    assert_eq!((&of("declarations")["keepMonths"], &of("declarations")["sure"]), (&json!(36), &json!(false)));
    assert!(of("service-requests")["law"].as_str().unwrap().contains("第四十七条"));
    let mut reader = people::signed_in(&zone, "li.wei", AGENT, Role::Agent, &[Duty::Operator]).await;
    let page = reader.get("/desk/retention").await;
    assert!(page.words().contains("海关稽查条例") && page.words().contains("部门记录"), "{}", page.words());
    let page = reader.get("/desk/datasets").await;
    assert!(page.words().contains("出口退税结果"), "{}", page.words());
    let page = reader.get("/desk/datasets?dataset=export-refunds").await;
    assert!(
        page.words().contains("refunded") && page.words().contains("partly-approved"),
        "{}",
        page.words()
    );
    assert_eq!(reader.get("/desk/datasets?dataset=nothing").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_record_tells_of_persons_goes_when_its_time_is_over() {
    let zone = Zone::new().await;
    zone.window.file_all(clearance::sample::agencies(), "test").await;
    let police = "5301000905";
    let token = zone.window.control.issue(police, Role::Agency, "machine", &[], NOW, None).await.unwrap();
    let path = format!("/v1/registers/agency-records/{police}:police-results:P-1/actions");
    let body = json!({"action": "give", "note": "备注：样例某人", "body": {"effective": "20261121", "record": {
        "subject": "person", "result": "confirmed", "foundOn": "20261120", "person": "样例证件", "statement": "样例陈述"}}});
    let (status, told) = zone.request("POST", &path, Some(&token), body.to_string().into_bytes()).await;
    assert_eq!(status, 200, "{told}");
    let day = |days: i64| Time(NOW.0 + days * 86_400_000);
    let window = &zone.window;
    assert_eq!(plan(&window.read, day(1_800), None).await.unwrap().rows(), 0, "five years are not over");
    zone.clock.set(day(1_830));
    let due = plan(&window.read, day(1_830), None).await.unwrap();
    assert_eq!(due.due.keys().collect::<Vec<_>>(), ["agency-records"], "{due:?}");
    assert_eq!(carry_out(window, &due, "test").await.unwrap(), 1);
    assert_eq!(plan(&window.read, day(1_830), None).await.unwrap().rows(), 0, "it is done");
    let (_, erasures) = zone.get(OFFICER, "/v1/registers/erasures").await;
    assert_eq!(erasures["records"][0]["summary"]["recordType"], "agency-records", "{erasures}");
    // Another process finds the ledger whole, the record where it was, and nothing of the person.
    let Zone { window, router, folder, .. } = zone;
    drop((window, router));
    let (report, read) = another_read(folder.path()).await;
    assert_eq!((report.faults.clone(), report.erased), (Vec::new(), 1), "{report:?}");
    let mut text = String::new();
    read.scan(&Cursor::default(), &mut |_, row| {
        text.push_str(&format!("{row:?}"));
        true
    })
    .await
    .unwrap();
    assert!(text.contains("P-1") && text.contains("confirmed"));
    for told in ["样例证件", "样例陈述", "样例某人"] {
        assert!(!text.contains(told), "{told}");
    }
}
