//! What a sender signs, and the fields that come of it.

use crate::base::base;
use crate::{Fault, Request};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sfv::{BareItem, FieldType, InnerList, Item, Key, ListEntry, Parameters};

/// What a new signature says.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct NewSignature<'a> {
    /// What it covers.
    pub components: &'a [&'a str],
    /// When it is made, in seconds since 1970.
    pub created: i64,
    /// Which key.
    pub keyid: &'a str,
    /// Once; none = it says none.
    pub nonce: Option<&'a str>,
    /// How; none = it does not say.
    pub algorithm: Option<&'a str>,
    /// For what; none = it does not say.
    pub tag: Option<&'a str>,
}

/// A signature that lacks its value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Prepared {
    /// The text to be signed.
    pub base: String,
    parameters: String,
}

impl Prepared {
    /// What is to be signed of a request.
    ///
    /// # Errors
    /// A component that the request does not have, or a text that cannot stand in a field.
    pub fn of(request: &Request<'_>, new: &NewSignature<'_>) -> Result<Self, Fault> {
        let mut params = Parameters::new();
        let mut add = |name: &'static str, value: BareItem| {
            if let Ok(key) = Key::from_string(name.to_owned()) {
                params.insert(key, value);
            }
        };
        let created = sfv::Integer::try_from(new.created);
        let out_of_range = |_| Fault::Parameter { name: "created", what: "it is out of range".to_owned() };
        add("created", BareItem::Integer(created.map_err(out_of_range)?));
        if let Some(nonce) = new.nonce {
            add("nonce", text("nonce", nonce)?);
        }
        if let Some(algorithm) = new.algorithm {
            add("alg", text("alg", algorithm)?);
        }
        add("keyid", text("keyid", new.keyid)?);
        if let Some(tag) = new.tag {
            add("tag", text("tag", tag)?);
        }
        let items = new.components.iter().map(|name| text("components", name).map(Item::new));
        let items = items.collect::<Result<Vec<_>, _>>()?;
        let list = InnerList { items, params };
        let parameters = vec![ListEntry::InnerList(list)].serialize().unwrap_or_default();
        let components: Vec<String> = new.components.iter().map(|name| (*name).to_owned()).collect();
        Ok(Self { base: base(request, &components, &parameters)?, parameters })
    }

    /// Values of `Signature-Input` and `Signature` under a label.
    pub fn fields(&self, label: &str, value: &[u8]) -> (String, String) {
        (format!("{label}={}", self.parameters), format!("{label}=:{}:", STANDARD.encode(value)))
    }
}

fn text(name: &'static str, text: &str) -> Result<BareItem, Fault> {
    let wrong = |_| Fault::Parameter { name, what: "it has printable ASCII characters alone".to_owned() };
    sfv::String::from_string(text.to_owned()).map(BareItem::String).map_err(wrong)
}
