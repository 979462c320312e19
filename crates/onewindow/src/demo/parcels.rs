//! Parcels of the demo zone: a few that an express operator gives, with invented persons: one exempt, one that is taxed, one over the
//! limit, one that a person has to settle, for the demo has no rates of exchange.

use super::agencies::act;
use crate::Failure;
use clearance::sample::Person;
use register::parcel::{Consignee, Content, Parcel, Sender, key_of};
use server::Window;
use store::Read;

/// An express operator of the demo.
const EXPRESS: &str = "5301960402";

/// Tracking number, what it is, heading, pieces, value in which currency.
const PARCELS: [(&str, &str, &str, &str, &str, &str); 4] = [
    ("DEMO000001", "样例咖啡", "01", "2", "380.00", "142"),
    ("DEMO000002", "样例运动鞋", "06", "1", "499.00", "142"),
    ("DEMO000003", "样例面霜", "09", "6", "1260.00", "142"),
    ("DEMO000004", "样例玩具", "22-toys", "1", "55.00", "502"),
];

fn parcel((description, heading, quantity, value, currency): (&str, &str, &str, &str, &str)) -> Parcel {
    // A consumer of the demo's trades: the parcels are linked with them.
    let person = Person::new(1);
    Parcel {
        channel: "express".into(),
        form: "express-manifest".into(),
        category: "sale-of-goods".into(),
        sender: Sender {
            name: "Examplora Trading".into(),
            country_code: "502".into(),
            firm: true,
            address: "1 Example Road".into(),
        },
        consignee: Consignee {
            name: person.name.to_string(),
            identity: person.identity.to_string(),
            telephone: person.telephone.to_string(),
            address: person.address.to_string(),
        },
        contents: vec![Content {
            description: description.into(),
            heading: heading.into(),
            quantity: quantity.into(),
            value: value.into(),
            currency: currency.into(),
            ..Content::default()
        }],
        manifest: "DEMO-MANIFEST-1".into(),
        site: "CNKMG860001".into(),
        ..Parcel::default()
    }
}

/// Has them there, where they are not yet.
pub async fn open(window: &Window) -> Result<(), Failure> {
    let arrived = window.clock.now().stamp_millis().to_string();
    for (tracking, description, heading, quantity, value, currency) in PARCELS {
        let key = key_of(EXPRESS, tracking);
        if window.read.record(&key).await?.is_some() {
            continue;
        }
        let mut parcel = parcel((description, heading, quantity, value, currency));
        parcel.arrived_at = arrived.chars().take(14).collect();
        let body = serde_json::to_value(server::parcels::keyed(window, &parcel))?;
        act(window, EXPRESS, key, 0, "give", Some(body)).await?;
    }
    Ok(())
}
