//! Signatures of a request: what they say, and whether that is enough.

use crate::base::base;
use crate::{Algorithm, CONTENT_DIGEST, Fault, Key, Request, SIGNATURE, SIGNATURE_INPUT};
use sfv::{BareItem, Dictionary, FieldType, InnerList, ListEntry, Parameters, Parser};

/// Signatures of one request that are looked at.
const MOST: usize = 8;
/// Characters of a key's name or a nonce at most.
const LONGEST: usize = 200;

/// A signature as it came.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Signature {
    /// Its label in both fields.
    pub label: String,
    /// What it covers.
    pub components: Vec<String>,
    /// When it was made, in seconds since 1970.
    pub created: Option<i64>,
    /// From when it no longer counts, in seconds since 1970.
    pub expires: Option<i64>,
    /// Which key.
    pub keyid: Option<String>,
    /// Once.
    pub nonce: Option<String>,
    /// For what.
    pub tag: Option<String>,
    /// How it was made.
    pub algorithm: Option<String>,
    /// Components with parameters, as they are signed.
    parameters: String,
    value: Vec<u8>,
}

/// What a signature has to be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Policy<'a> {
    /// Now, in seconds since 1970.
    pub now: i64,
    /// Seconds by which clocks may differ, to either side.
    pub window: i64,
    /// Its tag.
    pub tag: &'a str,
    /// Whether the request has a body.
    pub has_body: bool,
}

/// All signatures of a request.
///
/// # Errors
/// There is none, or the fields cannot be read.
pub fn signatures(request: &Request<'_>) -> Result<Vec<Signature>, Fault> {
    let input = request.field(SIGNATURE_INPUT).ok_or(Fault::Unsigned)?;
    let values = request.field(SIGNATURE).ok_or(Fault::Unsigned)?;
    let (inputs, values) = (dictionary(SIGNATURE_INPUT, &input)?, dictionary(SIGNATURE, &values)?);
    if inputs.is_empty() || inputs.len() > MOST {
        return Err(unreadable(
            SIGNATURE_INPUT,
            &format!("it has {} signatures; 1 to {MOST} are read", inputs.len()),
        ));
    }
    inputs
        .into_iter()
        .map(|(label, entry)| {
            let ListEntry::InnerList(list) = entry else {
                return Err(unreadable(SIGNATURE_INPUT, &format!("{label} is no list of components")));
            };
            let value = match values.get(label.as_str()) {
                Some(ListEntry::Item(item)) => item.bare_item.as_byte_sequence(),
                _ => None,
            };
            let missing = || unreadable(SIGNATURE, &format!("it has no value for {label}"));
            Signature::read(label.as_str(), list, value.ok_or_else(missing)?)
        })
        .collect()
}

fn dictionary(field: &'static str, text: &str) -> Result<Dictionary, Fault> {
    Parser::new(text).parse().map_err(|error: sfv::Error| unreadable(field, &error.to_string()))
}

fn unreadable(field: &'static str, what: &str) -> Fault {
    Fault::Unreadable { field, what: what.to_owned() }
}

impl Signature {
    fn read(label: &str, list: InnerList, value: &[u8]) -> Result<Self, Fault> {
        let mut components = Vec::with_capacity(list.items.len());
        for item in &list.items {
            let name = item.bare_item.as_string().map(|name| name.as_str().to_owned());
            let Some(name) = name else {
                return Err(unreadable(SIGNATURE_INPUT, "a component is a text in quotes"));
            };
            if !item.params.is_empty() {
                let what = "components with parameters are not known here; sign the whole";
                return Err(Fault::Component { component: name, what });
            }
            components.push(name);
        }
        let number = |name: &'static str| match list.params.get(name) {
            None => Ok(None),
            Some(BareItem::Integer(number)) => Ok(Some(i64::from(*number))),
            Some(_) => {
                Err(Fault::Parameter { name, what: "it is a number of seconds since 1970".to_owned() })
            }
        };
        let (created, expires) = (number("created")?, number("expires")?);
        let text = |name| text(&list.params, name);
        let (keyid, nonce, tag, algorithm) = (text("keyid")?, text("nonce")?, text("tag")?, text("alg")?);
        let parameters = vec![ListEntry::InnerList(list)].serialize().unwrap_or_default();
        Ok(Self {
            label: label.to_owned(),
            components,
            created,
            expires,
            keyid,
            nonce,
            tag,
            algorithm,
            parameters,
            value: value.to_vec(),
        })
    }

    /// Whether it says enough, and says it now: parameters, time, and everything covered that has to be. Its key is named
    /// and its nonce is there afterwards.
    ///
    /// # Errors
    /// What is missing or wrong.
    pub fn check(&self, request: &Request<'_>, policy: &Policy<'_>) -> Result<(), Fault> {
        let parameter = |name, what: String| Err(Fault::Parameter { name, what });
        if self.tag.as_deref() != Some(policy.tag) {
            return parameter("tag", format!("it is {:?} here", policy.tag));
        }
        for (name, said) in [("keyid", &self.keyid), ("nonce", &self.nonce)] {
            let length = said.as_deref().map_or(0, str::len);
            if length == 0 || length > LONGEST {
                return parameter(name, format!("it has 1 to {LONGEST} characters"));
            }
        }
        let (now, window) = (policy.now, policy.window);
        match self.created {
            Some(created) if (now.saturating_sub(window)..=now.saturating_add(window)).contains(&created) => {
            }
            Some(created) => {
                let what = format!("{created} is more than {window} seconds from now, which is {now}");
                return parameter("created", what);
            }
            None => return parameter("created", "it says when the signature was made".to_owned()),
        }
        if let Some(expires) = self.expires.filter(|expires| *expires <= now) {
            return parameter("expires", format!("it ended at {expires}, now is {now}"));
        }
        let components = self.missing(request, policy.has_body);
        if components.is_empty() { Ok(()) } else { Err(Fault::NotCovered { components }) }
    }

    /// What it would have to cover and does not.
    fn missing(&self, request: &Request<'_>, has_body: bool) -> Vec<String> {
        let covers = |name: &str| self.components.iter().any(|component| component == name);
        let target = covers("@target-uri") || covers("@request-target");
        let mut missing = Vec::new();
        let mut needs = |name: &str, needed: bool| {
            if needed && !covers(name) {
                missing.push(name.to_owned());
            }
        };
        needs("@method", true);
        needs("@authority", !covers("@target-uri"));
        needs("@path", !target);
        needs("@query", !target && request.query.is_some());
        needs(CONTENT_DIGEST, has_body);
        needs("authorization", request.field("authorization").is_some());
        missing
    }

    /// Whether it is of a key over this request.
    ///
    /// # Errors
    /// A component cannot be had, or the value is not of this key.
    pub fn verify(&self, request: &Request<'_>, key: &Key) -> Result<Algorithm, Fault> {
        let text = base(request, &self.components, &self.parameters)?;
        key.verify(self.algorithm.as_deref(), text.as_bytes(), &self.value)
    }
}

fn text(params: &Parameters, name: &'static str) -> Result<Option<String>, Fault> {
    match params.get(name) {
        None => Ok(None),
        Some(item) => match item.as_string() {
            Some(text) => Ok(Some(text.as_str().to_owned())),
            None => Err(Fault::Parameter { name, what: "it is a text in quotes".to_owned() }),
        },
    }
}
