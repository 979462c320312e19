//! What can be wrong with a signed request, each fault with what was expected.

/// Why a request does not count as signed.
#[derive(thiserror::Error, Clone, PartialEq, Eq, Debug)]
pub enum Fault {
    /// There is no signature.
    #[error("the request is not signed: it has no Signature-Input and Signature")]
    Unsigned,
    /// A field is not what its standard says.
    #[error("{field} cannot be read: {what}")]
    Unreadable {
        /// Which.
        field: &'static str,
        /// What is wrong with it.
        what: String,
    },
    /// A component cannot be had from this request.
    #[error("component {component} cannot be signed here: {what}")]
    Component {
        /// Which.
        component: String,
        /// Why.
        what: &'static str,
    },
    /// Components that have to be signed are not.
    #[error("the signature does not cover {}", .components.join(", "))]
    NotCovered {
        /// Which.
        components: Vec<String>,
    },
    /// A parameter is missing or wrong.
    #[error("parameter {name}: {what}")]
    Parameter {
        /// Which.
        name: &'static str,
        /// What is wrong, with what was expected.
        what: String,
    },
    /// The key makes no signatures of this algorithm.
    #[error("algorithm {came} is not of this key, which is {key}")]
    Algorithm {
        /// What was said.
        came: String,
        /// What the key is.
        key: &'static str,
    },
    /// The value is not of this key over these components.
    #[error("the signature value is not that of this key over what was received")]
    Wrong,
    /// The body is not the one that was digested.
    #[error("the body has {algorithm} {computed}, Content-Digest says {sent}")]
    Digest {
        /// Of which digest.
        algorithm: &'static str,
        /// What was sent, in base64.
        sent: String,
        /// What was received, in base64.
        computed: String,
    },
}

impl Fault {
    /// A stable word.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Unsigned => "unsigned",
            Self::Unreadable { .. } => "unreadable",
            Self::Component { .. } => "component",
            Self::NotCovered { .. } => "not-covered",
            Self::Parameter { .. } => "parameter",
            Self::Algorithm { .. } => "algorithm",
            Self::Wrong => "wrong",
            Self::Digest { .. } => "digest",
        }
    }

    /// What it is about: components, a parameter, a field.
    pub fn about(&self) -> Vec<String> {
        match self {
            Self::NotCovered { components } => components.clone(),
            Self::Component { component, .. } => vec![component.clone()],
            Self::Parameter { name, .. } => vec![(*name).to_owned()],
            Self::Unreadable { field, .. } => vec![(*field).to_owned()],
            Self::Digest { .. } => vec![crate::CONTENT_DIGEST.to_owned()],
            Self::Unsigned | Self::Algorithm { .. } | Self::Wrong => Vec::new(),
        }
    }
}
