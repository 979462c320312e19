//! The same person, telephone, address and sender across direct purchase, bonded stock, express and post: a parcel of post or express
//! raises windows of its own, under the same keyed hashes as declarations; a declaration looks at them, and at the sum of both.
//! What a parcel raises stands in its row, so that live and made anew the windows are the same. What a parcel says, and when it
//! names somebody for the first time, is the register's.

use super::{Measure, Raised, Window, WindowFact, WindowValue, Windowed, short};
use crate::event::Person;
use crate::facts::{CountKey, CountKind};
use crate::keys::Time;
use crate::record::{Record, Register};
use crate::{Text, normal};
use ceb::Declaration;
use rustc_hash::FxHashMap;
use serde_json::{Value, json};
use std::sync::Arc;

/// By what a parcel and a trade are the same.
struct Sort {
    /// Its word in a parcel's record.
    word: &'static str,
    /// The window of declarations.
    trades: CountKind,
    /// The window of parcels.
    parcels: CountKind,
    /// Both together.
    both: CountKind,
}

static SORTS: [Sort; 4] = [
    Sort {
        word: "identity",
        trades: CountKind::Identity,
        parcels: CountKind::ParcelIdentity,
        both: CountKind::LinkedIdentity,
    },
    Sort {
        word: "telephone",
        trades: CountKind::Telephone,
        parcels: CountKind::ParcelTelephone,
        both: CountKind::LinkedTelephone,
    },
    Sort {
        word: "address",
        trades: CountKind::Address,
        parcels: CountKind::ParcelAddress,
        both: CountKind::LinkedAddress,
    },
    Sort {
        word: "consignor",
        trades: CountKind::SellerName,
        parcels: CountKind::ParcelConsignor,
        both: CountKind::LinkedConsignor,
    },
];

/// What a parcel is linked by, and what it adds: a part of its record.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Linked {
    /// Keyed hash of the consignee's identity number, as windows of declarations have it; empty = none was given.
    pub identity: Text,
    /// Of the telephone.
    pub telephone: Text,
    /// Of the address in its normal writing.
    pub address: Text,
    /// Digest of the name of the firm that sends ([`consignor`]); a person who sends has none.
    pub consignor: Text,
    /// Words of the sorts that this version raises: those that no version before did under this key.
    pub raises: Vec<Text>,
    /// Every sort and key that was raised so far, as `identity/…`: a parcel is counted once, however often it is corrected.
    pub raised: Vec<Text>,
    /// Worth in fen with which it is raised; 0 where it is not known yet.
    pub fen: i64,
}

impl Linked {
    /// As it stands in a record.
    pub fn value(&self) -> Value {
        let words = |all: &[Text]| all.iter().map(|word| Value::from(word.as_str())).collect::<Vec<Value>>();
        json!({
            "identity": self.identity.as_str(), "telephone": self.telephone.as_str(), "address": self.address.as_str(),
            "consignor": self.consignor.as_str(), "raises": words(&self.raises), "raised": words(&self.raised),
            "fen": self.fen,
        })
    }

    /// Of what stands in a record; what is not there is empty.
    pub fn of_value(value: &Value) -> Self {
        let text = |name: &str| value.get(name).and_then(Value::as_str).map(Text::from).unwrap_or_default();
        let words = |name: &str| -> Vec<Text> {
            let all = value.get(name).and_then(Value::as_array).into_iter().flatten();
            all.filter_map(Value::as_str).map(Text::from).collect()
        };
        Self {
            identity: text("identity"),
            telephone: text("telephone"),
            address: text("address"),
            consignor: text("consignor"),
            raises: words("raises"),
            raised: words("raised"),
            fen: value.get("fen").and_then(Value::as_i64).unwrap_or(0),
        }
    }

    fn owner(&self, word: &str) -> &str {
        match word {
            "identity" => &self.identity,
            "telephone" => &self.telephone,
            "address" => &self.address,
            "consignor" => &self.consignor,
            _ => "",
        }
    }

    /// What this version raises, after the version before it: what was raised under the same key is not raised again.
    pub fn after(mut self, before: Option<&Self>, fen: i64) -> Self {
        self.raised = before.map(|before| before.raised.clone()).unwrap_or_default();
        self.raises.clear();
        self.fen = fen;
        for sort in &SORTS {
            let key = Text::from(format!("{}/{}", sort.word, self.owner(sort.word)));
            if !self.owner(sort.word).is_empty() && !self.raised.contains(&key) {
                self.raises.push(sort.word.into());
                self.raised.push(key);
            }
        }
        self
    }

    /// What it adds to the windows of parcels.
    pub fn raised(&self) -> Vec<Raised> {
        let persons = [
            (Measure::Identities, self.identity.as_str()),
            (Measure::Telephones, self.telephone.as_str()),
            (Measure::Addresses, self.address.as_str()),
        ];
        let sorts = SORTS.iter().filter(|sort| self.raises.iter().any(|word| word == sort.word));
        sorts
            .filter(|sort| !self.owner(sort.word).is_empty())
            .map(|sort| Raised {
                fen: self.fen,
                ..Raised::of(sort.parcels, &self.owner(sort.word).into(), &persons)
            })
            .collect()
    }

    /// Every window that a look at this parcel asks for: of parcels, and of declarations.
    pub fn keys(&self) -> Vec<CountKey> {
        let key = |kind: CountKind, owner: &str| CountKey { kind, owner: owner.into() };
        let named = SORTS.iter().filter(|sort| !self.owner(sort.word).is_empty());
        named
            .flat_map(|sort| {
                let owner = self.owner(sort.word);
                [sort.parcels, sort.trades].into_iter().map(move |kind| key(kind, owner))
            })
            .collect()
    }

    /// What is known under its keys with this parcel: facts with their values, in a fixed order.
    pub fn facts(
        &self,
        windows: &FxHashMap<CountKey, Arc<Window>>,
        asked: &[WindowFact],
        now: Time,
        half_life: i64,
    ) -> Vec<(WindowFact, i64)> {
        let read = SORTS.iter().flat_map(|sort| {
            let owner = self.owner(sort.word);
            read_sort(sort, &owner.into(), windows, asked, now, half_life)
        });
        read.flat_map(|windowed| {
            let kind = windowed.key.kind;
            let fact = move |value: WindowValue| {
                (WindowFact { kind, measure: value.measure, span: value.span }, value.value)
            };
            windowed.values.into_iter().map(fact)
        })
        .collect()
    }
}

/// The key of a firm that sends: a digest of its name in one writing; empty where there is no name.
pub fn consignor(name: &str) -> Text {
    let name = normal::goods(name);
    if name.is_empty() { Text::default() } else { short(&["consignor", &name]) }
}

/// What the row of a record raises: that of a parcel what it says, every other nothing.
pub fn of_record(record: &Record) -> Vec<Raised> {
    if record.key.register != Register::Parcel {
        return Vec::new();
    }
    // Our own writing: it parses. What was erased raises nothing.
    let body: Value = serde_json::from_str(&record.body).unwrap_or_default();
    body.get("linked").map(|linked| Linked::of_value(linked).raised()).unwrap_or_default()
}

/// Whose a declaration is, by sort.
fn owner(sort: &Sort, person: &Person, declaration: &Declaration) -> Text {
    match sort.parcels {
        CountKind::ParcelIdentity => person.identity.clone(),
        CountKind::ParcelTelephone => person.telephone.clone(),
        CountKind::ParcelAddress => person.address.clone(),
        _ => consignor(&declaration.head.ebc_name),
    }
}

/// The windows of parcels that a declaration looks at, where some rule reads them or the sum with its own.
pub(super) fn keys(
    person: &Person,
    declaration: &Declaration,
    read: impl Fn(CountKind) -> bool,
) -> Vec<CountKey> {
    let wanted = SORTS.iter().filter(|sort| read(sort.parcels) || read(sort.both));
    wanted
        .map(|sort| CountKey { kind: sort.parcels, owner: owner(sort, person, declaration) })
        .filter(|key| !key.owner.is_empty())
        .collect()
}

/// What those facts of parcels, and of parcels and declarations together, stand at that are asked for; the declaration itself has
/// been raised before. What was told stands where there is such.
pub fn linked(
    (person, declaration): (&Person, &Declaration),
    windows: &FxHashMap<CountKey, Arc<Window>>,
    asked: &[WindowFact],
    told: &[Windowed],
    now: Time,
    half_life: i64,
) -> Vec<Windowed> {
    // Whose it is costs a digest: only where some fact is asked for.
    let is_asked =
        |sort: &&Sort| asked.iter().any(|fact| fact.kind == sort.parcels || fact.kind == sort.both);
    let mut read: Vec<Windowed> = SORTS
        .iter()
        .filter(is_asked)
        .flat_map(|sort| read_sort(sort, &owner(sort, person, declaration), windows, asked, now, half_life))
        .collect();
    for windowed in &mut read {
        if let Some(told) = told.iter().find(|told| told.key == windowed.key && told.line == windowed.line) {
            windowed.values.clone_from(&told.values);
        }
    }
    read
}

fn read_sort(
    sort: &Sort,
    owner: &Text,
    windows: &FxHashMap<CountKey, Arc<Window>>,
    asked: &[WindowFact],
    now: Time,
    half_life: i64,
) -> Vec<Windowed> {
    if owner.is_empty() {
        return Vec::new();
    }
    let half_life = u32::try_from(half_life).unwrap_or(0);
    let one = |kind: CountKind, fact: &WindowFact| {
        let window = windows.get(&CountKey { kind, owner: owner.clone() }).cloned().unwrap_or_default();
        let value = if fact.measure.decays() {
            window.recent(fact.measure, fact.span, now, half_life)
        } else {
            window.read(fact.measure, fact.span, now)
        };
        value.unwrap_or(0)
    };
    let mut read = Vec::new();
    for kind in [sort.parcels, sort.both] {
        let facts = asked.iter().filter(|fact| fact.kind == kind);
        let values: Vec<WindowValue> = facts
            .map(|fact| {
                let of_trades = (kind == sort.both).then_some(sort.trades);
                let both = std::iter::once(sort.parcels).chain(of_trades);
                let value = both.fold(0i64, |sum, kind| sum.saturating_add(one(kind, fact)));
                WindowValue { measure: fact.measure, span: fact.span, value }
            })
            .collect();
        if !values.is_empty() {
            read.push(Windowed { key: CountKey { kind, owner: owner.clone() }, line: 0, values });
        }
    }
    read
}

#[cfg(test)]
mod tests {
    use super::*;

    fn linked() -> Linked {
        Linked { identity: "i".into(), telephone: "t".into(), consignor: "c".into(), ..Linked::default() }
    }

    #[test]
    fn a_parcel_is_counted_once_under_each_key() {
        let first = linked().after(None, 100);
        assert_eq!(first.raises, ["identity", "telephone", "consignor"]);
        assert_eq!(first.raised().len(), 3);
        let again = linked().after(Some(&first), 200);
        assert!(again.raises.is_empty() && again.raised().is_empty());
        // Another telephone is another key; back to the first raises nothing.
        let other = Linked { telephone: "u".into(), ..linked() }.after(Some(&again), 200);
        assert_eq!(other.raises, ["telephone"]);
        assert!(linked().after(Some(&other), 200).raises.is_empty());
        // As it stands in a record it is the same; what was erased is nothing.
        assert_eq!(Linked::of_value(&other.value()), other);
        assert_eq!(Linked::of_value(&Value::Null), Linked::default());
    }

    #[test]
    fn a_firm_is_known_by_its_name_however_it_is_written() {
        assert_eq!(consignor("Examplora Ltd."), consignor("ＥＸＡＭＰＬＯＲＡ　ltd"));
        assert_ne!(consignor("Examplora Ltd."), consignor("Examplora Inc."));
        assert_eq!(consignor(" . "), "");
    }
}
