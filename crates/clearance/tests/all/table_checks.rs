//! Static checks of tables: each kind of fault planted and found, and none where none is.

use clearance::Rulebook;
use clearance::rulebook::{CheckKind, TableFinding, check};

fn found(tables: &[(&str, String)]) -> Vec<TableFinding> {
    let tables: Vec<(String, String)> =
        tables.iter().map(|(name, text)| ((*name).to_owned(), text.clone())).collect();
    let book = Rulebook::load(2, &tables).unwrap_or_else(|faults| panic!("{faults:?}"));
    check(&tables, &book)
}

fn built_in(table: &str) -> String {
    Rulebook::built_in_tables().into_iter().find(|(name, _)| name == table).unwrap().1
}

/// Row and kind of each finding.
fn kinds(found: &[TableFinding]) -> Vec<(usize, CheckKind)> {
    found.iter().map(|finding| (finding.row, finding.kind)).collect()
}

fn of_rules(rows: &str) -> Vec<(usize, CheckKind)> {
    let text = format!("id,valid_from,valid_to,lane,condition,note\n{rows}\n");
    kinds(&found(&[("risk_rules.csv", text)]))
}

/// What refuses without a person deciding, and without saying that it rests on them, is sure on every day; what is compared at all is
/// not, and says so.
#[test]
fn limits_that_refuse_outright_are_sure() {
    let book = Rulebook::builtin();
    for day in [20_160_408, 20_181_231, 20_190_101, 20_200_701, 20_261_123] {
        let law = book.parameters.on(ceb::Day::from_number(day).unwrap());
        for name in [
            "single_limit",
            "annual_limit",
            "tax_share",
            "waybill_reuse_months",
            "parcels_per_list",
            "mode_1239",
        ] {
            assert!(law.is_sure_of(name), "{name} on {day}");
        }
        for name in ["compare_weight", "compare_charges", "export_compare_weight", "app_time_past_days"] {
            assert!(!law.is_sure_of(name), "{name} on {day}");
        }
        assert_eq!(law.is_sure_of("return_apply_days"), day >= 20_200_328, "{day}");
    }
}

#[test]
fn the_built_in_tables_have_no_fault() {
    let tables = Rulebook::built_in_tables();
    assert_eq!(check(&tables, &Rulebook::builtin()), Vec::new());
}

#[test]
fn a_rule_that_nothing_meets_is_found() {
    let never = [
        "dutiable_fen > 500000 and dutiable_fen < 400000",
        "lines < 1",
        "identity_count_7 < 1",
        "unit_price_fen < 0",
        // Who declared more than twenty in seven days did so in thirty.
        "identity_count_7 > 20 and identity_count_30 < 20",
        "transport = 5 and transport = 6",
        "transport = Q",
        "mode in 9999 8888",
        "district = X9",
        "origin = Q9",
        "hs in 33A3",
        // What is joined by `and` is about one line.
        "unit_price_fen < 10 and unit_price_fen > 20",
        "hs in 3303 and hs in 8506",
        "hs in 3303 3304 and hs not in 33",
        // More than 64 different ones are not told apart.
        "address_identities_30 > 64",
        "payer_differs = 2",
        "lines = 1 and lines != 1",
        // The last 24 hours lie in two days.
        "identity_count_24h > 5 and identity_count_2 < 5",
        "lines >= 2 or lines < 1",
        // Facts that lists of the other trade have.
        "trade = export and buyer_age_years < 14",
        "trade = export and dutiable_fen > 0",
        "trade = export and payer_differs = 1",
        "trade = export and identity_count_7 > 20",
        "trade = export and origin = 502",
        "trade = export and unit_price_fen < 50% of goods_price_median_90",
        "value_fen > 100000",
        "merchant_days < 5",
        "export_seller_count_7 > 5",
        "destination = 502",
        "destination not in 502",
        "import_seller_goods_count_30 >= 5",
        "lines >= 2 or merchant_days < 5",
    ];
    for condition in never {
        let rows = format!("r,20190101,,scan,{condition},");
        assert_eq!(of_rules(&rows), [(2, CheckKind::NeverTrue)], "{condition}");
    }
    let possible = [
        "hs in 3303 or hs in 8506",
        "unit_price_fen < 50% of goods_price_median_90",
        "hs in 3303 and hs not in 330300",
        "identity_count_24h > 5 and identity_count_1 < 5",
        "address_identities_30 > 63",
        "identity_count_7 < 5 and identity_count_30 > 20",
        "transport in 5 6 and transport = 5",
        "district = 53",
        "lines = 1",
        "trade = export and merchant_days < 5 and export_seller_count_7 > 5",
        "trade = export and destination = 502 and value_fen > 100000",
        "trade = export and import_seller_goods_count_30 >= 5",
        "trade = export and unit_price_fen > 500% of export_seller_goods_price_median_90",
    ];
    for condition in possible {
        assert_eq!(of_rules(&format!("r,20190101,,scan,{condition},")), [], "{condition}");
    }
}

#[test]
fn a_score_that_no_model_gives_is_found() {
    let digest = "0123456789abcdef".repeat(4);
    let of = |models: &str, rule: &str| {
        let rules = format!("id,valid_from,valid_to,lane,condition,note\n{rule}\n");
        let models = format!("digest,valid_from,valid_to,note\n{models}");
        kinds(&found(&[("risk_rules.csv", rules), ("risk_models.csv", models)]))
    };
    let rule = "r,20260101,20261231,scan,risk_score >= 900,";
    assert_eq!(of("", rule), [(2, CheckKind::NeverTrue)]);
    assert_eq!(of(&format!("{digest},20270101,,\n"), rule), [(2, CheckKind::NeverTrue)]);
    assert_eq!(of(&format!("{digest},20261201,,\n"), rule), []);
    // One of its alternatives is met by nobody: that is said too.
    let either = "r,20260101,20261231,scan,lines >= 2 or risk_score >= 900,";
    assert_eq!(of("", either), [(2, CheckKind::NeverTrue)]);
    let beyond = "r,20260101,20261231,scan,risk_score > 1000,";
    assert_eq!(of(&format!("{digest},20260101,,\n"), beyond), [(2, CheckKind::NeverTrue)]);
}

#[test]
fn one_model_is_in_use_at_a_time_and_is_named_in_full() {
    let digest = "0123456789abcdef".repeat(4);
    let load = |rows: &str| {
        let text = format!("digest,valid_from,valid_to,note\n{rows}");
        Rulebook::load(2, &[("risk_models.csv".to_owned(), text)]).map_err(|faults| faults[0].what.clone())
    };
    let day = |number| ceb::Day::from_number(number).unwrap();
    let book =
        load(&format!("{digest},20260101,20260630,\n{},20260701,,\n", digest.replace('0', "f"))).unwrap();
    let on = |number| book.risk_models.on(day(number)).map(|digest| digest.as_str().to_owned());
    assert_eq!((on(20_251_231), on(20_260_630)), (None, Some(digest.clone())));
    assert!(on(20_260_701).unwrap().starts_with("f123"));
    let twice = load(&format!("{digest},20260101,,\n{digest},20260701,,\n")).unwrap_err();
    assert!(twice.contains("same day"), "{twice}");
    for wrong in ["abc", &digest.to_uppercase(), &digest.replace('0', "g")] {
        let told = load(&format!("{wrong},20260101,,\n")).unwrap_err();
        assert!(told.contains("64 hexadecimal digits"), "{told}");
    }
    assert!(load(&format!("{digest},20260101,20250101,\n")).is_err());
}

#[test]
fn imports_and_exports_have_a_model_each() {
    let (digest, other) = ("0123456789abcdef".repeat(4), "fedcba9876543210".repeat(4));
    let table = |rows: &str| format!("digest,valid_from,valid_to,note,trade\n{rows}");
    let load = |rows: &str| {
        Rulebook::load(2, &[("risk_models.csv".to_owned(), table(rows))])
            .map_err(|faults| faults[0].what.clone())
    };
    let both = format!("{digest},20260101,,,import\n{other},20260201,,,export\n");
    let book = load(&both).unwrap();
    let day = |number| ceb::Day::from_number(number).unwrap();
    let on = |number| {
        let models = &book.risk_models;
        [models.on(day(number)), models.of_exports_on(day(number))].map(|one| one.map(ToString::to_string))
    };
    assert_eq!(on(20_260_131), [Some(digest.clone()), None]);
    assert_eq!(on(20_260_201), [Some(digest.clone()), Some(other.clone())]);
    for (rows, told) in [
        (format!("{digest},20260101,,,export\n{other},20260201,,,export\n"), "same day"),
        (format!("{digest},20260101,20260131,,import\n{digest},20260201,,,export\n"), "of one trade"),
        (format!("{digest},20260101,,,abroad\n"), "import or export"),
    ] {
        let what = load(&rows).unwrap_err();
        assert!(what.contains(told), "{what}");
    }
    // A table of before there was a trade names a model of imports.
    let before = format!("digest,valid_from,valid_to,note\n{digest},20260101,,\n");
    let book = Rulebook::load(2, &[("risk_models.csv".to_owned(), before.clone())]).unwrap();
    let models = &book.risk_models;
    assert!(models.on(day(20_260_101)).is_some() && models.of_exports_on(day(20_260_101)).is_none());

    // Each alternative of a rule asks for the model of its own trade.
    let of = |models: &str, condition: &str| {
        let rules =
            format!("id,valid_from,valid_to,lane,condition,note\nr,20260301,20261231,scan,{condition},\n");
        kinds(&found(&[("risk_rules.csv", rules), ("risk_models.csv", models.to_owned())]))
    };
    let (import, export) = ("risk_score >= 900", "trade = export and risk_score >= 900");
    let never = [(2, CheckKind::NeverTrue)];
    for (models, expected) in [
        (before, [vec![], never.to_vec()]),
        (table(&format!("{other},20260101,,,export\n")), [never.to_vec(), vec![]]),
        (table(&both), [vec![], vec![]]),
    ] {
        assert_eq!([import, export].map(|condition| of(&models, condition)), expected, "{models}");
    }
    // A score has its bounds on either side.
    let beyond = "trade = export and risk_score > 1000";
    assert_eq!(of(&table(&both), beyond), never);
}

#[test]
fn a_rule_that_another_makes_useless_is_found() {
    let covered = |wide: &str, narrow: &str| of_rules(&format!("wide,{wide},\nnarrow,{narrow},"));
    for (wide, narrow) in [
        ("20190101,,scan,lines >= 2", "20190101,,scan,lines >= 3 and hs in 3303"),
        ("20190101,,hold,hs in 33", "20200101,20201231,scan,hs in 3303 3304"),
        ("20190101,,scan,goods_text has 血", "20190101,,document-check,goods_text has 血液制品"),
        ("20190101,,scan,identity_count_30 > 20", "20190101,,scan,identity_count_7 > 20"),
        ("20190101,,scan,unit_price_fen < 30", "20190101,,scan,unit_price_fen < 10"),
        ("20190101,,scan,lines >= 2 or hs in 33", "20190101,,scan,hs in 3303 or lines > 5"),
        (
            "20190101,,scan,unit_price_fen < 50% of goods_price_median_90",
            "20190101,,scan,unit_price_fen < 50% of goods_price_median_90 and hs in 33",
        ),
        ("20190101,,scan,identity_count_2 > 20", "20190101,,scan,identity_count_24h > 20"),
        (
            "20190101,,hold,goods_text has list:prohibited",
            "20190101,,scan,goods_text has list:prohibited and lines > 1",
        ),
        // Of two that say the same, the later.
        ("20190101,,scan,lines >= 2", "20190101,,scan,lines > 1"),
    ] {
        assert_eq!(covered(wide, narrow), [(3, CheckKind::Covered)], "{wide} / {narrow}");
    }
    for (wide, narrow) in [
        ("20190101,,scan,lines >= 2", "20190101,,hold,lines >= 3"),
        ("20200101,,scan,lines >= 2", "20190101,,scan,lines >= 3"),
        ("20190101,20191231,scan,lines >= 2", "20190101,,scan,lines >= 3"),
        ("20190101,,scan,hs in 3303", "20190101,,scan,hs in 3303 8506"),
        ("20190101,,scan,identity_count_7 > 20", "20190101,,scan,identity_count_30 > 20"),
        ("20190101,,scan,dutiable_fen >= 0", "20190101,,scan,lines >= 3"),
        ("20190101,,scan,lines >= 2 and hs in 33", "20190101,,scan,hs in 3303 or lines > 5"),
        ("20190101,,scan,hs not in 33", "20190101,,scan,hs in 8506"),
        ("20190101,,hold,goods_text has 样例", "20190101,,scan,goods_text has list:prohibited"),
    ] {
        // The other way round some are.
        let found = covered(wide, narrow);
        assert!(!found.contains(&(3, CheckKind::Covered)), "{wide} / {narrow}: {found:?}");
    }
    // The order of the table does not matter.
    let rows = "narrow,20190101,,scan,lines >= 3,\nwide,20190101,,scan,lines >= 2,";
    assert_eq!(of_rules(rows), [(2, CheckKind::Covered)]);
}

#[test]
fn days_on_which_rows_hold_twice_or_not_at_all_are_found() {
    let algorithms =
        "algorithm,valid_from,valid_to,source,confidence,note\nsm2-sm3,20180601,20191231,s,memory,\n";
    let of = |row: &str| kinds(&found(&[("signature_algorithms.csv", format!("{algorithms}{row}\n"))]));
    assert_eq!(of("sm2-sm3,20200101,,s,memory,"), []);
    assert_eq!(of("sm2-sm3,20200201,,s,memory,"), [(3, CheckKind::Gap)]);
    assert_eq!(of("rsa-sha256,20200201,20190101,s,memory,"), [(3, CheckKind::Backwards)]);

    let parameters = built_in("parameters.csv");
    let last = parameters.lines().count() + 1;
    let ended =
        parameters.replace("tax_share,70,percent,20160408,,", "tax_share,70,percent,20160408,20261231,");
    let gap = format!("{}\ntax_share,80,percent,20270201,,our own,unsure,\n", ended.trim_end());
    let found_gap = found(&[("parameters.csv", gap)]);
    assert_eq!(kinds(&found_gap), [(last, CheckKind::Gap)]);
    assert!(found_gap[0].en.contains("20261231") && found_gap[0].zh.contains("20270201"), "{found_gap:?}");
    let next = format!("{}\ntax_share,80,percent,20270101,,our own,unsure,\n", ended.trim_end());
    assert_eq!(kinds(&found(&[("parameters.csv", next)])), []);

    let rules = "r,20190101,20180101,scan,lines >= 2,";
    assert_eq!(of_rules(rules), [(2, CheckKind::Backwards)]);
}

#[test]
fn steps_of_a_scale_are_neither_twice_nor_missing() {
    let grades = built_in("credit_grades.csv");
    assert!(grades.contains("\nD,0,"), "{grades}");
    let rows = |text: String| {
        let tables = [("credit_grades.csv".to_owned(), text)];
        check(&tables, &Rulebook::builtin())
    };
    let last = grades.lines().count();
    assert_eq!(kinds(&rows(grades.replace("\nD,0,", "\nD,10,"))), [(last, CheckKind::StepMissing)]);
    let twice = kinds(&rows(grades.replace("\nC,450,", "\nC,600,")));
    assert_eq!(twice, [(last - 1, CheckKind::StepTwice)]);
    let scales = built_in("credit_scales.csv");
    let overlap = scales.replace("registered_months,12,70,", "registered_months,0,70,");
    let tables = [("credit_scales.csv".to_owned(), overlap)];
    assert_eq!(kinds(&check(&tables, &Rulebook::builtin())), [(3, CheckKind::Overlap)]);
}
