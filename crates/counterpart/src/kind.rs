//! The counterparts of a zone: what each is sent, and what it says to a record.

use crate::Script;
use clearance::identity::check_citizen;
use serde_json::{Value, json};

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

    /// What it says to an event. It objects to what its script names; the police to a number that cannot be one, and to a name that
    /// is not that of the number; the window of another country says of what is none of its documents that it does not know it.
    pub fn answer(self, event: &Value, script: &Script) -> Value {
        let data = &event["data"];
        let named = data
            .as_object()
            .into_iter()
            .flatten()
            .find(|(_, value)| value.as_str().is_some_and(|text| script.objects.contains(text)));
        let id = event["id"].as_str().unwrap_or_default();
        let told = |outcome: &str, text: String| json!({"id": id, "outcome": outcome, "reference": format!("{}-{id}", self.word()), "text": text});
        if let Some((field, _)) = named {
            return told("objected", format!("{field} 与本部门记录不符"));
        }
        let (outcome, text) = match self {
            Self::Police => police(data, script),
            Self::ForeignWindow if !is_read(event) => ("unknown", "not a document of this window"),
            _ => ("confirmed", ""),
        };
        told(outcome, text.to_owned())
    }
}

/// Whether name and number belong together, as far as the number and the script tell.
fn police(data: &Value, script: &Script) -> (&'static str, &'static str) {
    let Some(number) = data["buyerIdNumber"].as_str() else { return ("unknown", "未提供身份证号") };
    if check_citizen(number).is_err() {
        return ("objected", "身份证号不存在");
    }
    let known = script.persons.get(&number.to_ascii_uppercase());
    match (known, data["buyerName"].as_str()) {
        (Some(name), Some(told)) if name != told => ("objected", "姓名与身份证号不符"),
        _ => ("confirmed", ""),
    }
}

/// Whether the window of another country reads an event: a document in the neutral form, or what became of one of its own.
fn is_read(event: &Value) -> bool {
    let kind = event["type"].as_str().unwrap_or_default();
    kind.starts_with("onewindow.clearances.") || exchange::neutral::kind_of(&event["data"]).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_police_hold_name_against_number_and_all_object_to_what_is_named() {
        let event =
            |number: &str| json!({"id": "7", "data": {"buyerIdNumber": number, "buyerName": "样例一"}});
        let none = Script::default();
        let right = clearance::sample::Person::new(1).identity;
        let outcome =
            |kind: Kind, event: &Value, script: &Script| kind.answer(event, script)["outcome"].clone();
        assert_eq!(outcome(Kind::Police, &event(&right), &none), "confirmed");
        assert_eq!(outcome(Kind::Police, &event("110101199001011234"), &none), "objected");
        assert_eq!(outcome(Kind::Tax, &event("110101199001011234"), &none), "confirmed");
        assert_eq!(outcome(Kind::Police, &json!({"id": "7", "data": {}}), &none), "unknown");
        let named: Script = "object 样例一".parse().unwrap();
        assert_eq!(Kind::Tax.answer(&event(&right), &named)["text"], "buyerName 与本部门记录不符");
        for (name, said) in [("样例一", "confirmed"), ("样例二", "objected")] {
            let known: Script = format!("person {right} {name}").parse().unwrap();
            assert_eq!(outcome(Kind::Police, &event(&right), &known), said);
            assert_eq!(
                outcome(Kind::Bank, &event(&right), &known),
                "confirmed",
                "it is no business of the bank"
            );
        }
    }

    #[test]
    fn another_country_reads_documents_in_the_neutral_form_and_what_became_of_its_own() {
        let said = |event: Value| Kind::ForeignWindow.answer(&event, &Script::default())["outcome"].clone();
        assert_eq!(
            said(json!({"id": "1", "type": "onewindow.orders.v1", "data": {"TypeCode": "Order"}})),
            "confirmed"
        );
        assert_eq!(
            said(json!({"id": "1", "type": "onewindow.clearances.v1", "data": {"state": 800}})),
            "confirmed"
        );
        assert_eq!(
            said(json!({"id": "1", "type": "onewindow.orders.v1", "data": {"orderNo": "A"}})),
            "unknown"
        );
        for kind in Kind::ALL {
            assert_eq!(Kind::from_word(kind.word()), Some(kind));
        }
    }
}
