//! The figures: cells by table, and what is open, so that a step is known with what it is a step of. What is no longer open
//! leaves memory: how much there is grows with what waits, not with what was.

use crate::cell::{Cells, Key, Measure, Table};
use crate::conduct::{self, BILL_OVERDUE, Book, COMPARED, DECLARED, MATCHED, REJECTED};
use crate::durations;
use crate::told::{Bill, Declared, Named, SEALED, Stand, Told, open_word};
use clearance::Text;
use clearance::consignment::State;
use clearance::event::ActionKind;
use clearance::keys::{OrderKey, Time};
use clearance::reason::Reason;
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet};

/// A declaration that is open.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Open {
    /// What names it.
    pub named: Named,
    /// Gross weight, grams.
    pub weight: i64,
    /// When it was declared.
    pub declared: Time,
    /// Where it stands.
    pub state: State,
    /// Since when.
    pub since: Time,
    /// Whether it has had a verdict.
    pub judged: bool,
}

/// All figures up to some row.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Figures {
    /// Cells by table.
    pub tables: BTreeMap<Table, Cells>,
    /// What is open.
    pub open: FxHashMap<OrderKey, Open>,
    /// Returns whose goods are awaited: district and merchant.
    pub returning: FxHashMap<OrderKey, (Text, Text)>,
    /// Exports that are open, by merchant and order number: they stand beside imports, whose numbers are other ones.
    pub open_exports: FxHashMap<OrderKey, Open>,
    /// How parties do what they owe.
    pub conduct: Book,
    /// Imports whose tax is owed, and by whom.
    pub owed: FxHashMap<OrderKey, Text>,
    /// Imports with a return that waits to be decided: district, and until which day the first of them is.
    pub applied: FxHashMap<OrderKey, (Text, u32)>,
    /// By the code of a seller, those of the platforms that orders of its goods were accepted of.
    pub sold_over: BTreeMap<Text, BTreeSet<Text>>,
}

/// How much waits in a state.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Waiting {
    /// District.
    pub district: Text,
    /// State.
    pub state: State,
    /// Bound of its age in seconds; none = longer than all of [`durations::BOUNDS`].
    pub upto: Option<u64>,
    /// How many.
    pub count: u64,
}

impl Figures {
    /// The cells of a table.
    pub fn cells(&self, table: Table) -> impl Iterator<Item = (&Key, &Measure)> {
        self.tables.get(&table).into_iter().flatten()
    }

    /// Adds what a row told. Rows of one consignment come in their order.
    pub fn add(&mut self, told: &Told) {
        let day = told.now.day().number();
        if let Some((platform, seller)) = &told.ordered {
            self.ordered(platform, seller);
        }
        if let Some(scanned) = &told.scanned {
            let one = Measure { count: 1, ..Measure::default() };
            let key = key(day, &scanned.site, &scanned.direction, &scanned.answer);
            self.count(Table::Sites, key, &one);
        }
        if let Some((named, rules)) = &told.refused {
            self.causes((told.export, day), named, rules, "refused");
        }
        match (&told.returning, told.returned) {
            // Of exports the row itself says whose goods are back.
            (Some(returning), Some(amounts)) => self.returned(day, told, returning, amounts),
            (Some(returning), None) => {
                self.returning.insert(told.order.clone(), returning.clone());
            }
            (None, Some(amounts)) => {
                // Its mode is that of a list that is no longer here.
                let returning = self.returning.remove(&told.order).unwrap_or_default();
                self.returned(day, told, &returning, amounts);
            }
            (None, None) => {}
        }
        self.conducted(day, told);
        self.billed(day, told);
        self.applied(told);
        let Some(stand) = &told.stand else { return };
        if let Some(action) = told.action {
            self.acted(day, told, action);
        }
        if let Some(declared) = &told.declared {
            self.declared(day, told, declared, stand);
        }
        self.reached(day, told, stand);
    }

    /// Each pair is kept once, however many orders there are.
    fn ordered(&mut self, platform: &Text, seller: &Text) {
        let known = self.sold_over.get(seller).is_some_and(|platforms| platforms.contains(platform));
        if !known {
            self.sold_over.entry(seller.clone()).or_default().insert(platform.clone());
        }
    }

    /// What a row of a trade says of its returns is all that is known of them: rows come in their order.
    fn applied(&mut self, told: &Told) {
        if told.export || told.stand.is_none() {
            return;
        }
        let Some(day) = told.applied else {
            self.applied.remove(&told.order);
            return;
        };
        // The application says its district; what comes after it does not.
        let known = self.applied.get(&told.order).map(|(district, _)| district);
        let district = told.returning.as_ref().map(|(district, _)| district).or(known).cloned();
        self.applied.insert(told.order.clone(), (district.unwrap_or_default(), day));
    }

    /// What is of whom a list names is known while it is open.
    fn conducted(&mut self, day: u32, told: &Told) {
        for conduct in &told.conduct {
            let named = match conduct.whose.as_slice() {
                [] => self.open_of(told.export).get(&told.order).map(|open| open.named.parties.clone()),
                named => Some(named.to_vec()),
            };
            for party in named.iter().flatten() {
                self.conduct.add(party, conduct.day.unwrap_or(day), &conduct.what);
            }
        }
    }

    /// A bill that is late is late of whoever the tax was entered on.
    fn billed(&mut self, day: u32, told: &Told) {
        match &told.bill {
            Some(Bill::Owed(party)) => {
                self.owed.insert(told.order.clone(), party.clone());
            }
            Some(Bill::Overdue) => {
                if let Some(party) = self.owed.remove(&told.order) {
                    self.conduct.add(&party, day, BILL_OVERDUE);
                }
            }
            Some(Bill::Over) => {
                self.owed.remove(&told.order);
            }
            None => {}
        }
    }

    /// Those that are open: exports, or imports.
    fn open_of(&mut self, export: bool) -> &mut FxHashMap<OrderKey, Open> {
        if export { &mut self.open_exports } else { &mut self.open }
    }

    /// In the table of exports, where it is of one.
    fn count_of(&mut self, export: bool, table: Table, key: Key, measure: &Measure) {
        self.count(if export { table.of_exports() } else { table }, key, measure);
    }

    fn count(&mut self, table: Table, key: Key, measure: &Measure) {
        self.tables.entry(table).or_default().entry(key).or_default().add(measure);
    }

    fn declared(&mut self, day: u32, told: &Told, declared: &Declared, stand: &Stand) {
        let named = &declared.named;
        let measure = Measure {
            value: stand.value,
            tax: stand.tax,
            quota: stand.quota,
            weight: declared.weight,
            ..Measure::one(&named.merchant)
        };
        // A list that changes one that is open takes its place.
        let export = told.export;
        if let Some(before) = self.open_of(export).remove(&told.order) {
            self.step((export, day), &before.named, "changed", &Measure::one(&before.named.merchant));
        }
        self.step((export, day), named, "declared", &measure);
        if !declared.converted {
            self.step((export, day), named, UNCONVERTED, &Measure::one(&named.merchant));
        }
        let declared_to = key(day, &named.district, &named.country, "declared");
        self.count_of(export, Table::Countries, declared_to, &measure);
        for (code, value, tax) in &declared.goods {
            let line = Measure { value: *value, tax: *tax, ..Measure::one(&named.merchant) };
            let chapter: Text = code.chars().take(2).collect();
            self.count_of(export, Table::Chapters, key(day, &named.district, &chapter, ""), &line);
            let month = key(day / 100 * 100 + 1, &named.district, code, "");
            self.count_of(export, Table::Goods, month, &line);
        }
        let open = Open {
            named: named.clone(),
            weight: declared.weight,
            declared: told.now,
            state: State::Declared,
            since: told.now,
            judged: false,
        };
        self.open_of(export).insert(told.order.clone(), open);
    }

    /// By district and mode, and for each party.
    fn step(&mut self, (export, day): (bool, u32), named: &Named, step: &str, measure: &Measure) {
        self.count_of(export, Table::Flow, key(day, &named.district, &named.mode, step), measure);
        for party in &named.parties {
            self.count_of(export, Table::PartyFlow, key(day, party, &named.mode, step), measure);
            if !export && matches!(step, DECLARED | REJECTED) {
                self.conduct.add(party, day, step);
            }
        }
    }

    fn causes(&mut self, (export, day): (bool, u32), named: &Named, rules: &[Reason], step: &str) {
        let one = Measure::one(&named.merchant);
        for rule in rules {
            self.count_of(export, Table::Causes, key(day, &named.district, rule.word(), step), &one);
            for party in &named.parties {
                self.count_of(export, Table::PartyCauses, key(day, party, open_word(*rule), step), &one);
            }
        }
    }

    fn reached(&mut self, day: u32, told: &Told, stand: &Stand) {
        let export = told.export;
        let Some(open) = self.open_of(export).get_mut(&told.order) else { return };
        if open.state == stand.state {
            return;
        }
        let first = !open.judged && stand.state != State::Staged;
        (open.state, open.since, open.judged) = (stand.state, told.now, open.judged || first);
        let open = open.clone();
        let (named, since) = (&open.named, told.now.0 - open.declared.0);
        let amounts = Measure {
            value: stand.value,
            tax: stand.tax,
            quota: stand.quota,
            weight: open.weight,
            ..Measure::one(&named.merchant)
        };
        let at = (export, day);
        self.step(at, named, stand.state.word(), &amounts);
        if first {
            if let Some(agreed) = conduct::compared(stand.state, stand.lane, &stand.causes) {
                for party in &named.parties {
                    self.conduct.add(party, day, COMPARED);
                    if agreed {
                        self.conduct.add(party, day, MATCHED);
                    }
                }
            }
            self.took(at, named, "verdict", since);
            if let Some(lane) = stand.lane {
                let fixed = key(day, &named.district, lane.word(), "");
                self.count_of(export, Table::Lanes, fixed, &amounts);
            }
        }
        match stand.state {
            State::Released => {
                self.took(at, named, "release", since);
                let released = key(day, &named.district, &named.country, "released");
                self.count_of(export, Table::Countries, released, &amounts);
            }
            State::Rejected => self.causes(at, named, &stand.causes, "rejected"),
            _ => {}
        }
        // A released export has its departure before it.
        let goes_on = export && stand.state == State::Released;
        if stand.state.is_final() && !goes_on {
            self.open_of(export).remove(&told.order);
        }
    }

    fn took(&mut self, (export, day): (bool, u32), named: &Named, span: &str, milliseconds: i64) {
        let upto = durations::word(durations::bound(milliseconds));
        let one = Measure::one(&named.merchant);
        self.count_of(export, Table::Durations, key(day, &named.district, span, &upto), &one);
    }

    fn acted(&mut self, day: u32, told: &Told, action: &str) {
        let open = self.open_of(told.export).get(&told.order).cloned();
        let returning = self.returning.get(&told.order).filter(|_| !told.export).or(told.returning.as_ref());
        let district = open.as_ref().map(|open| &open.named.district);
        // What is over is no longer known here by its district.
        let district = district.or(returning.map(|(district, _)| district)).cloned().unwrap_or_default();
        let inspects = [
            ActionKind::Inspect.word(),
            ActionKind::InspectionResult { passed: true }.word(),
            "inspected",
            ActionKind::ConfirmInspection.word(),
            ActionKind::ContestInspection.word(),
        ];
        let duty = if inspects.contains(&action) { "inspector" } else { "decider" };
        let one = Measure { count: 1, ..Measure::default() };
        self.count(Table::Work, key(day, &district, action, duty), &one);
        if let Some(open) = open {
            self.took((told.export, day), &open.named, "decision", told.now.0 - open.since.0);
        }
    }

    fn returned(
        &mut self,
        day: u32,
        told: &Told,
        (district, merchant): &(Text, Text),
        (value, tax): (i64, i64),
    ) {
        let measure = Measure { value, tax, ..Measure::one(merchant) };
        self.count_of(told.export, Table::Flow, key(day, district, "", "returned"), &measure);
        // Imports are named by their platform, exports by their merchant.
        let mut parties = vec![&told.order.platform, merchant];
        parties.dedup();
        for party in parties.into_iter().filter(|party| !party.is_empty()) {
            self.count_of(told.export, Table::PartyFlow, key(day, party, "", "returned"), &measure);
        }
    }

    /// What waits for an officer, by district, state and age.
    pub fn waiting(&self, now: Time) -> Vec<Waiting> {
        aged(self.open.values().filter(|open| waits(open.state)), now)
    }

    /// The same of exports. A list that is concluded goes on by itself: its bill and its arrival are awaited.
    pub fn waiting_exports(&self, now: Time) -> Vec<Waiting> {
        let waits = |open: &&Open| waits(open.state) && open.state != State::Concluded;
        aged(self.open_exports.values().filter(waits), now)
    }
}

/// How many of these are in each state, by district and age.
fn aged<'a>(open: impl Iterator<Item = &'a Open>, now: Time) -> Vec<Waiting> {
    let mut found: BTreeMap<(Text, u16, u64), u64> = BTreeMap::new();
    for open in open {
        let upto = durations::bound(now.0 - open.since.0).unwrap_or(u64::MAX);
        *found.entry((open.named.district.clone(), open.state.number(), upto)).or_default() += 1;
    }
    let waiting = |((district, state, upto), count)| {
        let state = State::from_number(state)?;
        Some(Waiting { district, state, upto: (upto != u64::MAX).then_some(upto), count })
    };
    found.into_iter().filter_map(waiting).collect()
}

/// In place of the day of a return that no row of the table gives one.
pub const NO_DAY: u32 = 99_991_231;

/// The step of an export list whose value is not counted: a currency had no rate on its day.
pub const UNCONVERTED: &str = "unconverted";

/// Whether a person has to do something for it to go on.
fn waits(state: State) -> bool {
    !state.is_final() && !matches!(state, State::Staged | State::Declared | State::Entered)
}

fn key(day: u32, owner: &Text, first: &str, second: &str) -> Key {
    Key { day, owner: owner.clone(), first: first.into(), second: second.into() }
}

/// Whether a word of [`Table::Causes`] is a rule that only officers are told of.
pub fn is_sealed(word: &str) -> bool {
    word == SEALED || Reason::ALL.iter().any(|rule| rule.word() == word && open_word(*rule) == SEALED)
}
