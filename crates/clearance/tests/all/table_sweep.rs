//! Every table whose rows hold between days, each with an overlap, a gap and a row that holds on no day planted in it: each is found, and
//! told with its line, the other row and the days.

use ceb::Day;
use clearance::Rulebook;
use clearance::rulebook::{CheckKind, TableFinding, check, check_days};

/// Tables in which what ended may begin again later.
const FREE: [&str; 6] = [
    "risk_brands.csv",
    "risk_goods_words.csv",
    "risk_models.csv",
    "risk_recalls.csv",
    "risk_rules.csv",
    "risk_words.csv",
];
/// Tables in which something holds on each day to come.
const ALWAYS: [&str; 3] = ["disclosure.csv", "parameters.csv", "retention.csv"];
/// Tables whose rows are about one day, and the column that says which.
const SINGLE: [(&str, &str); 2] = [("calendar.csv", "day"), ("list_editions.csv", "valid_from")];
/// A row of tables that are built in without any.
const ROWS: [(&str, &str); 2] = [
    ("exchange_rates.csv", "502,690.12,20260101,,sample,"),
    (
        "risk_models.csv",
        "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef,20260101,,sample,import",
    ),
];

struct Table {
    name: String,
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    fn of(name: &str, text: &str) -> Self {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
        let mut rows: Vec<Vec<String>> =
            reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
        let header = rows.remove(0);
        if let Some((_, row)) = ROWS.iter().find(|(table, _)| *table == name) {
            rows.push(row.split(',').map(str::to_owned).collect());
        }
        Self { name: name.to_owned(), header, rows }
    }

    fn column(&self, name: &str) -> usize {
        self.header.iter().position(|column| column == name).unwrap()
    }

    /// The last row that is open.
    fn open(&self) -> usize {
        let to = self.column("valid_to");
        self.rows.iter().rposition(|row| row[to].is_empty()).unwrap()
    }

    /// With the row ended, and a copy of it with other days behind all others.
    fn planted(&self, row: usize, ended: &str, (from, to): (&str, &str)) -> Vec<(String, String)> {
        let mut rows = self.rows.clone();
        let mut copy = rows[row].clone();
        let (first, last) = (self.column("valid_from"), self.column("valid_to"));
        rows[row][last] = ended.to_owned();
        copy[first] = from.to_owned();
        copy[last] = to.to_owned();
        rows.push(copy);
        self.written(&rows)
    }

    fn written(&self, rows: &[Vec<String>]) -> Vec<(String, String)> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(&self.header).unwrap();
        for row in rows {
            writer.write_record(row).unwrap();
        }
        vec![(self.name.clone(), String::from_utf8(writer.into_inner().unwrap()).unwrap())]
    }

    /// Row number of what is put behind all others.
    fn behind(&self) -> usize {
        self.rows.len() + 2
    }
}

/// All tables of the program whose rows have days.
fn dated() -> Vec<Table> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tables");
    let mut tables: Vec<Table> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "csv"))
        .map(|path| {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            Table::of(&name, &std::fs::read_to_string(&path).unwrap())
        })
        .filter(|table| table.header.iter().any(|column| column == "valid_from" || column == "day"))
        .collect();
    tables.sort_by(|one, other| one.name.cmp(&other.name));
    tables
}

/// Dated tables whose rows have a first and a last day.
fn with_terms() -> Vec<Table> {
    dated().into_iter().filter(|table| SINGLE.iter().all(|(name, _)| *name != table.name)).collect()
}

/// The one finding of a table: its row and kind, and it says all of `parts` in both languages.
#[track_caller]
fn one(table: &Table, tables: &[(String, String)], row: usize, kind: CheckKind, parts: &[&str]) {
    let found: Vec<TableFinding> = check_days(tables);
    let kinds: Vec<(&str, usize, CheckKind)> =
        found.iter().map(|finding| (finding.table.as_str(), finding.row, finding.kind)).collect();
    assert_eq!(kinds, [(table.name.as_str(), row, kind)], "{found:?}");
    for part in parts {
        assert!(found[0].en.contains(part) && found[0].zh.contains(part), "{part}: {found:?}");
    }
}

#[test]
fn every_dated_table_of_the_rulebook_is_swept_and_has_no_fault() {
    let tables = dated();
    let rulebook = Rulebook::built_in_tables();
    let of_rulebook = tables.iter().filter(|table| rulebook.iter().any(|(name, _)| *name == table.name));
    // Those that are no part of it: what is told to everybody, and for how long rows are kept.
    assert_eq!((of_rulebook.count(), tables.len()), (38, 40));
    for table in tables {
        assert_eq!(check_days(&table.written(&table.rows)), [], "{}", table.name);
    }
}

#[test]
fn an_overlap_is_found_in_every_table() {
    for table in with_terms() {
        let row = table.open();
        let other = (row + 2).to_string();
        let open = table.planted(row, "", ("20400101", ""));
        one(&table, &open, table.behind(), CheckKind::Overlap, &[&other, "20400101"]);
        let days = table.planted(row, "20400229", ("20400201", ""));
        one(&table, &days, table.behind(), CheckKind::Overlap, &[&other, "20400201", "20400229"]);
        // One day is enough, and a row that lies in another is no less of one.
        let day = table.planted(row, "20400201", ("20400201", ""));
        one(&table, &day, table.behind(), CheckKind::Overlap, &[&other, "20400201"]);
        let inner = table.planted(row, "", ("20400201", "20400301"));
        one(&table, &inner, table.behind(), CheckKind::Overlap, &[&other, "20400201", "20400301"]);
    }
}

#[test]
fn a_gap_is_found_in_every_table_that_must_have_none() {
    for table in with_terms() {
        let row = table.open();
        let follows = table.planted(row, "20391231", ("20400101", ""));
        assert_eq!(check_days(&follows), [], "{}", table.name);
        let gap = table.planted(row, "20391231", ("20400102", ""));
        if FREE.contains(&table.name.as_str()) {
            assert_eq!(check_days(&gap), [], "{}", table.name);
        } else {
            let other = (row + 2).to_string();
            one(&table, &gap, table.behind(), CheckKind::Gap, &[&other, "20391231", "20400102"]);
        }
        let ends = table.planted(row, "20391231", ("20400101", "20401231"));
        if ALWAYS.contains(&table.name.as_str()) {
            one(&table, &ends, table.behind(), CheckKind::Gap, &["20401231"]);
        } else {
            assert_eq!(check_days(&ends), [], "{}", table.name);
        }
    }
}

#[test]
fn a_row_that_no_day_reaches_is_found_in_every_table() {
    for table in with_terms() {
        let never = table.planted(table.open(), "", ("20400201", "20400131"));
        one(&table, &never, table.behind(), CheckKind::Backwards, &[]);
        assert!(check_days(&never)[0].value.contains("20400131"));
    }
}

#[test]
fn a_day_that_stands_twice_and_a_year_without_holidays_are_found() {
    let single: Vec<Table> =
        dated().into_iter().filter(|table| SINGLE.iter().any(|(name, _)| *name == table.name)).collect();
    assert_eq!(single.len(), SINGLE.len());
    for table in &single {
        let (_, column) = SINGLE.iter().find(|(name, _)| *name == table.name).unwrap();
        let mut rows = table.rows.clone();
        rows.push(rows[0].clone());
        let day = rows[0][table.column(column)].clone();
        one(table, &table.written(&rows), table.behind(), CheckKind::Overlap, &["2", &day]);
    }
    let calendar = single.iter().find(|table| table.name == "calendar.csv").unwrap();
    let year = |row: &[String]| Day::parse(&row[0]).unwrap().year();
    let last = calendar.rows.iter().rposition(|row| year(row) < 2020).unwrap();
    let without: Vec<Vec<String>> = calendar.rows.iter().filter(|row| year(row) != 2020).cloned().collect();
    let before = (last + 2).to_string();
    one(calendar, &calendar.written(&without), last + 3, CheckKind::Gap, &[&before, "2020"]);
}

#[test]
fn rows_that_are_not_next_to_one_another_are_held_against_each_other() {
    let parameters = dated().into_iter().find(|table| table.name == "parameters.csv").unwrap();
    let header = parameters.header.join(",");
    let found = |rows: &str| {
        let text = format!("{header}\n{rows}");
        let found = check_days(&[("parameters.csv".to_owned(), text)]);
        found.into_iter().map(|finding| (finding.row, finding.kind, finding.en)).collect::<Vec<_>>()
    };
    // The second lies in the first; the third begins after the second and in the first still.
    let rows = found(
        "tax_share,70,percent,20160408,20291231,s,seen,\ntax_share,71,percent,20170101,20171231,s,seen,\ntax_share,72,percent,20190101,,s,seen,\n",
    );
    let kinds: Vec<_> = rows.iter().map(|(row, kind, _)| (*row, *kind)).collect();
    assert_eq!(kinds, [(3, CheckKind::Overlap), (4, CheckKind::Overlap)], "{rows:?}");
    assert!(rows[1].2.contains("row 2, from 20190101 to 20291231"), "{rows:?}");
    // The order of the table does not matter, and other names do not either.
    let rows = found(
        "tax_share,72,percent,20190101,,s,seen,\nsingle_limit,1,fen,20180101,,s,seen,\ntax_share,70,percent,20160408,20171231,s,seen,\n",
    );
    let kinds: Vec<_> = rows.iter().map(|(row, kind, _)| (*row, *kind)).collect();
    assert_eq!(kinds, [(2, CheckKind::Gap)], "{rows:?}");
    assert!(rows[0].2.contains("row 4 ends on 20171231"), "{rows:?}");
}

#[test]
fn a_comparison_named_the_other_way_round_is_the_same_one() {
    let table = dated().into_iter().find(|table| table.name == "credit_comparisons.csv").unwrap();
    let mut rows = table.rows.clone();
    let mut copy = rows[0].clone();
    copy.swap(0, 1);
    rows.push(copy);
    one(&table, &table.written(&rows), table.behind(), CheckKind::Overlap, &["2", "20190101"]);
}

#[test]
fn a_row_of_a_list_that_another_makes_useless_is_found() {
    // Rules name the lists of words that are built in, so what is planted stands behind them, from row 2 as it is told here.
    let found = |table: &str, rows: &str| {
        let built_in = Rulebook::built_in_tables().into_iter().find(|(name, _)| name == table).unwrap().1;
        let before = built_in.lines().count() - 1;
        let tables = [(table.to_owned(), format!("{built_in}{rows}"))];
        let book = Rulebook::load(2, &tables).unwrap_or_else(|faults| panic!("{faults:?}"));
        let findings = check(&tables, &book).into_iter();
        let told = |finding: TableFinding| {
            let by = format!("row {} meets all", before + 2);
            (finding.row - before, finding.kind, finding.en.starts_with(&by))
        };
        findings.map(told).collect::<Vec<_>>()
    };
    let useless = [
        ("risk_words.csv", "sample,nova,20190101,,s,unsure\nsample,super NOVA,20200101,,s,unsure\n"),
        ("risk_words.csv", "sample,0102,20190101,,s,unsure\nsample,010231,20200101,,s,unsure\n"),
        ("risk_words.csv", "sample,No.VA,20190101,,s,unsure\nsample,nova,20190101,,s,unsure\n"),
        (
            "risk_brands.csv",
            "nova,,900,5301960201,20190101,,s,unsure\nnova,3304,800,5301960201 5301960202,20190101,,s,unsure\n",
        ),
        (
            "risk_recalls.csv",
            "a,,33,nova,,20190101,,s,unsure\nb,SKU-9,3304,super nova,L1,20190101,20301231,s,unsure\n",
        ),
    ];
    for (table, rows) in useless {
        assert_eq!(found(table, rows), [(3, CheckKind::Covered, true)], "{table} {rows}");
    }
    let of_use = [
        // A code that has the other in its middle is another code, and so is a word of an earlier day or of another list.
        ("risk_words.csv", "sample,0102,20190101,,s,unsure\nsample,330102,20190101,,s,unsure\n"),
        ("risk_words.csv", "sample,nova,20200101,,s,unsure\nsample,super nova,20190101,,s,unsure\n"),
        ("risk_words.csv", "sample,nova,20190101,,s,unsure\nother,super nova,20190101,,s,unsure\n"),
        (
            "risk_brands.csv",
            "nova,,900,5301960201,20190101,,s,unsure\nnova,3304,1000,5301960201,20190101,,s,unsure\n",
        ),
        (
            "risk_brands.csv",
            "nova,,900,5301960201 5301960202,20190101,,s,unsure\nnova,3304,800,5301960201,20190101,,s,unsure\n",
        ),
        // The first that meets is told: a wider one behind it leaves it its goods.
        ("risk_recalls.csv", "a,,3304,nova,L1,20190101,,s,unsure\nb,,33,nova,,20190101,,s,unsure\n"),
        // The longer of two words says what goods are.
        ("risk_goods_words.csv", "nova,1806,20190101,,s,unsure\nsuper nova,1904,20190101,,s,unsure\n"),
    ];
    for (table, rows) in of_use {
        assert_eq!(found(table, rows), [], "{table} {rows}");
    }
}
