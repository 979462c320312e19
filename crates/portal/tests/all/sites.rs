//! The pages of keepers of sites, for the gallery, and what a keeper reads of an answer.

use crate::gallery::frame;
use portal::Language;
use portal::answers::sites::{
    Hold, Holds, Lying, Recorded, RecordedBody, Remark, ScanResult, SealedBag, Site, SiteBag, SiteStock,
};
use portal::pages::keeper::{self, HoldsView, View, why};
use portal::pages::site_stock;

const BAG: &str = "5301960601:B1";

fn site() -> Site {
    Site { code: "CNKMG860001".into(), name: "样例<b>".into(), kind: "gate".into(), ..Site::default() }
}

fn remark(parcel: &str, bag: &str, why: &str) -> Remark {
    Remark { parcel: parcel.into(), bag: bag.into(), why: why.into() }
}

pub fn pages(language: Language) -> Vec<(&'static str, String)> {
    let inside = frame(language, true);
    let since = "20261123100000000";
    let stock = SiteStock {
        parcels: vec![Lying {
            parcel: "5301960401/1<b>".into(),
            by: "5301960601:CNKMG860001:s1".into(),
            since: since.into(),
        }],
        after: Some("17".into()),
        bags: vec![SealedBag { bag: "B1".into(), seal: "S1".into(), parcels: 2, since: since.into() }],
        more_bags: false,
    };
    let bag = SiteBag {
        bag: BAG.into(),
        state: "sealed".into(),
        seal: "S1".into(),
        site: "5301960601:CNKMG860001".into(),
        since: since.into(),
        parcels: vec!["5301960401/1<b>".into(), "5301960401/2".into()],
        stopped: vec![remark("5301960401/2", "", "parcel-held")],
    };
    let hold = Hold {
        logistics_code: "5301960401".into(),
        logistics_no: "2".into(),
        site: "5301960601:CNKMG860001".into(),
        version: 1,
        since: since.into(),
        text: "样例<b>".into(),
        reasons: vec!["样例<b>".into()],
    };
    let held = HoldsView { told: Holds { holds: vec![hold], more: false }, ..HoldsView::default() };
    let picture = "<svg viewBox=\"0 0 1 1\"></svg>";
    vec![
        ("site-stock", site_stock::stock(&inside, &site(), &stock, "").shown(&inside)),
        ("site-stock-none", site_stock::stock(&inside, &site(), &SiteStock::default(), "").shown(&inside)),
        ("site-bag", site_stock::bag(&inside, &site(), &bag, picture).shown(&inside)),
        ("holds", keeper::holds(&inside, &held).shown(&inside)),
    ]
}

#[test]
fn a_keeper_reads_which_parcel_stops_a_bag_and_the_seal_to_compare() {
    let texts = Language::English.texts();
    let mut result = ScanResult { why: "released".into(), seal: "S1".into(), ..ScanResult::default() };
    assert_eq!(why(texts, &result), "released · seal S1: compare it");
    result.stopped = vec![remark("5301960401/2", "", "parcel-held")];
    assert_eq!(why(texts, &result), "5301960401/2 · held by customs or by an X-ray · seal S1: compare it");
}

#[test]
fn what_was_recorded_is_told_with_what_it_found_and_the_script_knows_it_by_a_word() {
    let inside = frame(Language::English, true);
    let page = |told: Result<Recorded, String>| {
        let view = View { site: site(), told: Some(told), ..View::default() };
        keeper::page(&inside, &view).shown(&inside)
    };
    let of = |state: &str, body: RecordedBody| Ok(Recorded { state: state.into(), body });
    let differing =
        RecordedBody { differences: vec![remark("5301960401/2", "", "missing")], ..RecordedBody::default() };
    let stopped = RecordedBody { stopped: vec![remark("", "B1", "seal-differs")], ..RecordedBody::default() };
    for (told, kind, words) in [
        (of("recorded", RecordedBody::default()), "done", "It is recorded."),
        (of("differing", differing), "done", "5301960401/2 · by scans it lies here, and was not counted"),
        (of("alarmed", stopped), "alarm", "B1 · another seal than was recorded"),
        (Err("it is wrong".to_owned()), "refused", "it is wrong"),
    ] {
        let shown = page(told);
        assert!(shown.contains(&format!("data-told=\"{kind}\"")) && shown.contains(words), "{kind}: {shown}");
    }
}
