//! The counterparts of a zone: what each is sent, and what it says to a record.

use clearance::identity::check_citizen;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// An outside system.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Kind {
    /// The customs system of the country: declarations as they are accepted.
    Customs,
    /// The tax authority.
    Tax,
    /// The foreign exchange administration.
    ForeignExchange,
    /// The commerce authority.
    Commerce,
    /// The market supervision authority.
    MarketSupervision,
    /// The police: whether name and identity number belong together.
    Police,
    /// The post.
    Post,
    /// The railway.
    Railway,
    /// The airport.
    Airport,
    /// A bank.
    Bank,
    /// The single window of another country.
    ForeignWindow,
    /// The country's window for international trade: it takes messages as they were received, in their envelope.
    TradeWindow,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::Customs,
        Self::Tax,
        Self::ForeignExchange,
        Self::Commerce,
        Self::MarketSupervision,
        Self::Police,
        Self::Post,
        Self::Railway,
        Self::Airport,
        Self::Bank,
        Self::ForeignWindow,
        Self::TradeWindow,
    ];

    /// The word used on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Customs => "customs",
            Self::Tax => "tax",
            Self::ForeignExchange => "foreign-exchange",
            Self::Commerce => "commerce",
            Self::MarketSupervision => "market-supervision",
            Self::Police => "police",
            Self::Post => "post",
            Self::Railway => "railway",
            Self::Airport => "airport",
            Self::Bank => "bank",
            Self::ForeignWindow => "foreign-window",
            Self::TradeWindow => "trade-window",
        }
    }

    /// The counterpart of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// What it says to an event. It objects to what its script names; the police to a number that cannot be one.
    pub fn answer(self, event: &Value, objects: &BTreeSet<String>) -> Value {
        let data = &event["data"];
        let named = data
            .as_object()
            .into_iter()
            .flatten()
            .find(|(_, value)| value.as_str().is_some_and(|text| objects.contains(text)));
        let id = event["id"].as_str().unwrap_or_default();
        let told = |outcome: &str, text: String| json!({"id": id, "outcome": outcome, "reference": format!("{}-{id}", self.word()), "text": text});
        if let Some((field, _)) = named {
            return told("objected", format!("{field} 与本部门记录不符"));
        }
        match (self, data["buyerIdNumber"].as_str()) {
            (Self::Police, None) => told("unknown", "未提供身份证号".to_owned()),
            (Self::Police, Some(number)) if check_citizen(number).is_err() => {
                told("objected", "身份证号不存在".to_owned())
            }
            _ => told("confirmed", String::new()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_police_object_to_a_number_that_cannot_be_one_and_all_to_what_is_named() {
        let event =
            |number: &str| json!({"id": "7", "data": {"buyerIdNumber": number, "buyerName": "样例一"}});
        let none = BTreeSet::new();
        let right = clearance::sample::Person::new(1).identity;
        let outcome = |kind: Kind, event: &Value, objects| kind.answer(event, objects)["outcome"].clone();
        assert_eq!(outcome(Kind::Police, &event(&right), &none), "confirmed");
        assert_eq!(outcome(Kind::Police, &event("110101199001011234"), &none), "objected");
        assert_eq!(outcome(Kind::Tax, &event("110101199001011234"), &none), "confirmed");
        assert_eq!(outcome(Kind::Police, &json!({"id": "7", "data": {}}), &none), "unknown");
        let named = BTreeSet::from(["样例一".to_owned()]);
        assert_eq!(Kind::Tax.answer(&event(&right), &named)["text"], "buyerName 与本部门记录不符");
        for kind in Kind::ALL {
            assert_eq!(Kind::from_word(kind.word()), Some(kind));
        }
    }
}
