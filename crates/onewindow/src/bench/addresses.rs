//! Under which addresses a reader looks at each page of the portal's table of routes: what is named in one is the newest of its kind
//! that he may see, and lists are asked for narrowed and sorted, too.

use super::furnished::BAG;
use crate::Failure;
use crate::demo::parks::SITE;
use clearance::Text;
use clearance::record::{Record, Register};
use portal::pages::exports::export_address;
use portal::pages::registers::record_address;
use portal::pages::{address, trade_address};
use portal::parts::escaped;
use server::Window;
use server::portal::{NO_PAGES, ROUTES};
use std::sync::Arc;
use store::{ExportSearch, Read, RecordSearch, Scope, Search};

/// What narrows and sorts a list, beside the list as it is.
const QUERIES: [(&str, &[&str]); 9] = [
    (
        "/desk/consignments",
        &["state=300", "state=100", "state=800", "sort=created", "sort=-changed", "state=300&sort=lane"],
    ),
    ("/desk/exports", &["state=300", "state=100", "state=399", "sort=-changed", "state=300&sort=order"]),
    (
        "/desk/queue",
        &[
            "tab=review",
            "tab=inspection",
            "tab=confirm",
            "tab=held",
            "tab=exports",
            "sort=-changed",
            "tab=exports&sort=-changed",
        ],
    ),
    ("/desk/receipts", &["sort=-time", "sort=status", "sort=-document"]),
    ("/desk/bills", &["which=owed", "which=overdue"]),
    ("/desk/zone", &["from=20260101&to=20261231"]),
    ("/desk/documents", &["kind=621", "kind=603"]),
    ("/tariff", &["text=33"]),
    ("/tariff/calculator", &["code=33049900&price=100&quantity=2&freight=10"]),
];

/// Who looks.
pub struct Reader {
    /// His name in tables.
    pub name: &'static str,
    /// The codes of his party; none = nobody in particular.
    pub party: Option<Text>,
    /// Whether he sees the districts of an office.
    pub office: bool,
    /// The number of his user.
    pub user: i64,
}

/// The newest of each kind that a reader may see.
struct Things {
    trade: Option<(Text, Text)>,
    document: Option<u64>,
    person: Option<Text>,
    address: Option<Text>,
    export: Option<(Text, Text)>,
    records: Vec<(Register, Text)>,
}

impl Things {
    async fn of(window: &Window, party: &Text, office: bool) -> Result<Self, Failure> {
        let scope = if office { Scope::Office(Vec::new()) } else { Scope::Party(vec![party.clone()]) };
        let (found, _) = window.read.search(&scope, &Search::default(), None, 1).await?;
        let trade = found.first().map(|line| line.order.clone());
        let consignment = match &trade {
            Some(order) => window.read.consignment(order).await?,
            None => None,
        };
        let attempt = consignment.as_ref().and_then(|consignment| consignment.attempt.as_ref());
        let search = ExportSearch { scope, party: None, states: Vec::new() };
        let (exports, _) = window.read.exports(&search, None, 1).await?;
        let mut records = Vec::new();
        for register in Register::ALL {
            let parties = (!office).then(|| vec![party.clone()]);
            let search = RecordSearch { register, parties, states: Vec::new() };
            let (newest, _) = window.read.records(&search, None, 1).await?;
            records.extend(newest.first().map(|record: &Arc<Record>| (register, record.key.id.clone())));
        }
        Ok(Self {
            trade: trade.map(|order| (order.platform, order.order_no)),
            document: attempt.map(|attempt| attempt.declaration.position.number()),
            person: attempt.map(|attempt| attempt.person.clone()).filter(|person| !person.is_empty()),
            address: consignment.as_ref().and_then(|consignment| consignment.address().cloned()),
            export: exports.first().map(|trade| (trade.key.merchant.clone(), trade.key.order_no.clone())),
            records,
        })
    }

    fn record(&self, register: Register) -> Option<&Text> {
        self.records.iter().find(|(known, _)| *known == register).map(|(_, id)| id)
    }

    /// A route with what it names, once or for each register; nothing where nothing of the kind is stored.
    fn named(&self, route: &str, reader: &Reader, party: &Text) -> Vec<String> {
        let with = |name: &str, value: &str| route.replace(name, &escaped(value));
        let newest = |register: Register| self.record(register).map(|id| with("{id}", id));
        let one = match route {
            "/desk/consignments/{platform}/{order_no}" => {
                self.trade.as_ref().map(|(platform, order_no)| trade_address(platform, order_no))
            }
            "/my/trades/{platform}/{order_no}" => self.trade.as_ref().map(|(platform, order_no)| {
                trade_address(platform, order_no).replace("/desk/consignments", "/my/trades")
            }),
            "/desk/exports/{merchant}/{order_no}" => {
                self.export.as_ref().map(|(merchant, order_no)| export_address(merchant, order_no))
            }
            "/desk/documents/{position}" => {
                self.document.map(|position| with("{position}", &position.to_string()))
            }
            "/desk/persons/{id}" => self.person.as_ref().map(|id| with("{id}", id) + "?purpose=bench"),
            "/desk/addresses/{id}" => self.address.as_ref().map(|id| with("{id}", id) + "?purpose=bench"),
            "/desk/enterprises/{party}" => Some(with("{party}", party)),
            "/desk/people/{id}" => Some(with("{id}", &reader.user.to_string())),
            "/desk/sites/{code}" | "/desk/sites/{code}/stock" => Some(with("{code}", SITE)),
            "/desk/sites/{code}/bags" => Some(with("{code}", SITE) + "?bag=" + BAG),
            "/desk/parks/{id}" => newest(Register::Park),
            "/desk/books/{id}" => newest(Register::BondedBook),
            "/desk/rulebooks/drafts/{id}" => newest(Register::RulebookDraft),
            "/desk/shares/{id}/records" => newest(Register::Share),
            "/desk/registers/{register}/new" => Some(with("{register}", "filings") + "?action=apply"),
            "/desk/registers/{register}" => {
                return Register::ALL.map(|register| with("{register}", register.word())).to_vec();
            }
            "/desk/registers/{register}/{id}" => {
                let all = self.records.iter();
                return all.map(|(register, id)| record_address(register.word(), id)).collect();
            }
            _ => None,
        };
        one.into_iter().collect()
    }
}

/// Every page with the addresses under which this reader looks at it. One that names what is not stored has none.
///
/// # Errors
/// When the store cannot be read.
pub async fn of(window: &Window, reader: &Reader) -> Result<Vec<(&'static str, Vec<String>)>, Failure> {
    let is_of_desk = |route: &str| route.starts_with("/desk") || route.starts_with("/my");
    let things = match &reader.party {
        Some(party) => Some(Things::of(window, party, reader.office).await?),
        None => None,
    };
    let mut found = Vec::new();
    for (method, route) in ROUTES {
        // What everybody reads is measured as nobody in particular reads it.
        if *method != "get" || NO_PAGES.contains(route) || is_of_desk(route) != things.is_some() {
            continue;
        }
        let mut addresses = Vec::new();
        match (route.contains('{'), &things, &reader.party) {
            (false, things, _) => {
                addresses.push((*route).to_owned());
                let known = QUERIES.iter().find(|(known, _)| known == route);
                let queries = known.into_iter().flat_map(|(_, queries)| *queries);
                addresses.extend(queries.map(|query| format!("{route}?{query}")));
                let number = things.as_ref().and_then(|things| things.trade.as_ref());
                if let ("/desk/search", Some((_, number))) = (*route, number) {
                    addresses.push(address(route, &[("text", number.as_str())]));
                }
                if let ("/desk/consignments", Some((_, number))) = (*route, number) {
                    addresses.push(address(route, &[("number", number.as_str())]));
                }
                let position = things.as_ref().and_then(|things| things.document);
                if let ("/desk/evidence", Some(position)) = (*route, position) {
                    addresses.push(format!("{route}?position={position}"));
                }
                let export = things.as_ref().and_then(|things| things.export.as_ref());
                if let ("/desk/exports", Some((_, number))) = (*route, export) {
                    addresses.push(address(route, &[("number", number.as_str())]));
                }
            }
            (true, Some(things), Some(party)) => addresses = things.named(route, reader, party),
            (true, ..) => {}
        }
        found.push((*route, addresses));
    }
    Ok(found)
}
