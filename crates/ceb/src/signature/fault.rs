//! What can be wrong with a signature, each fault with a stable name. How a fault is answered (−621026, −621028,
//! −621029 and their neighbours) is left to the judgement.

use super::algorithm::Algorithm;
use super::scan::XmlFault;
use crate::Text;
use std::fmt;

/// Why a message is not verified.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum SignatureFault {
    /// The message is not XML that can be canonicalised.
    NotWellFormed {
        /// Byte offset (of the signature's own text, when the fault is found there).
        offset: usize,
        /// What is wrong there.
        reason: &'static str,
    },
    /// The root has no child `ds:Signature`.
    NoSignature,
    /// The root has more than one child `ds:Signature`.
    SeveralSignatures {
        /// How many.
        count: usize,
    },
    /// The signature node is there without a signature value.
    EmptySignature,
    /// A node of the signature is missing.
    MissingNode {
        /// Its path below `ds:Signature`.
        path: &'static str,
    },
    /// A node of the signature is empty.
    EmptyNode {
        /// Its path below `ds:Signature`.
        path: &'static str,
    },
    /// A node of the signature stands more than once, where once is allowed.
    RepeatedNode {
        /// Its path below `ds:Signature`.
        path: &'static str,
    },
    /// An algorithm that this profile does not have.
    UnsupportedAlgorithm {
        /// The node that names it.
        node: &'static str,
        /// Its URI.
        uri: Text,
    },
    /// There is more than one reference: a signature covers the whole message with one.
    SeveralReferences {
        /// How many.
        count: usize,
    },
    /// The reference is not `URI=""`.
    ReferenceNotWholeDocument {
        /// The URI; `(none)` when the attribute is missing.
        uri: Text,
    },
    /// The reference does not say that the signature is left out of what is digested.
    NotEnveloped,
    /// A value is not base64.
    NotBase64 {
        /// Path of its node below `ds:Signature`.
        path: &'static str,
    },
    /// The certificate cannot be read.
    CertificateUnreadable {
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The certificate's key cannot make such signatures.
    KeyUnsuitable {
        /// The signature's algorithm.
        algorithm: Algorithm,
        /// What the key is.
        key: Text,
    },
    /// The message is not what was signed: under none of the white-space variants is its digest the declared one.
    DigestDiffers {
        /// `DigestValue` as sent, base64.
        declared: Text,
        /// The digest of the message without its signature, base64.
        computed: Text,
    },
    /// The signature value does not belong to `SignedInfo` and the certificate's key.
    SignatureValueWrong {
        /// The signature's algorithm.
        algorithm: Algorithm,
    },
}

impl SignatureFault {
    /// The fault's permanent name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::NotWellFormed { .. } => "not_well_formed",
            Self::NoSignature => "no_signature",
            Self::SeveralSignatures { .. } => "several_signatures",
            Self::EmptySignature => "empty_signature",
            Self::MissingNode { .. } => "missing_node",
            Self::EmptyNode { .. } => "empty_node",
            Self::RepeatedNode { .. } => "repeated_node",
            Self::UnsupportedAlgorithm { .. } => "unsupported_algorithm",
            Self::SeveralReferences { .. } => "several_references",
            Self::ReferenceNotWholeDocument { .. } => "reference_not_whole_document",
            Self::NotEnveloped => "not_enveloped",
            Self::NotBase64 { .. } => "not_base64",
            Self::CertificateUnreadable { .. } => "certificate_unreadable",
            Self::KeyUnsuitable { .. } => "key_unsuitable",
            Self::DigestDiffers { .. } => "digest_differs",
            Self::SignatureValueWrong { .. } => "signature_value_wrong",
        }
    }

    /// What is wrong, in Chinese.
    pub fn text_zh(&self) -> String {
        match self {
            Self::NotWellFormed { offset, .. } => format!("报文第{offset}字节处无法规范化"),
            Self::NoSignature => "报文没有签名节点".to_owned(),
            Self::SeveralSignatures { count } => format!("报文有{count}个签名节点，只允许一个"),
            Self::EmptySignature => "签名值为空".to_owned(),
            Self::MissingNode { path } => format!("缺少节点{path}"),
            Self::EmptyNode { path } => format!("节点{path}为空"),
            Self::RepeatedNode { path } => format!("节点{path}重复"),
            Self::UnsupportedAlgorithm { node, uri } => format!("{node}的算法不受支持：{uri}"),
            Self::SeveralReferences { count } => format!("Reference有{count}个，只允许一个"),
            Self::ReferenceNotWholeDocument { uri } => format!("Reference的URI应为空，实为{uri}"),
            Self::NotEnveloped => "缺少enveloped-signature变换".to_owned(),
            Self::NotBase64 { path } => format!("节点{path}不是Base64"),
            Self::CertificateUnreadable { .. } => "证书无法读取".to_owned(),
            Self::KeyUnsuitable { algorithm, key } => format!("证书密钥（{key}）与算法{algorithm}不符"),
            Self::DigestDiffers { declared, computed } => {
                format!("报文签名后被改动：摘要应为{computed}，实为{declared}")
            }
            Self::SignatureValueWrong { algorithm } => format!("{algorithm}签名值与证书公钥不符"),
        }
    }
}

impl From<XmlFault> for SignatureFault {
    fn from(fault: XmlFault) -> Self {
        Self::NotWellFormed { offset: fault.offset, reason: fault.reason }
    }
}

impl fmt::Display for SignatureFault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotWellFormed { offset, reason } => write!(out, "byte {offset}: {reason}"),
            Self::NoSignature => write!(out, "the message has no ds:Signature"),
            Self::SeveralSignatures { count } => {
                write!(out, "the message has {count} signatures, one is allowed")
            }
            Self::EmptySignature => write!(out, "ds:Signature is empty"),
            Self::MissingNode { path } => write!(out, "ds:Signature/{path} is missing"),
            Self::EmptyNode { path } => write!(out, "ds:Signature/{path} is empty"),
            Self::RepeatedNode { path } => write!(out, "ds:Signature/{path} stands more than once"),
            Self::UnsupportedAlgorithm { node, uri } => {
                write!(out, "{node} names an algorithm that is not supported: {uri}")
            }
            Self::SeveralReferences { count } => {
                write!(out, "SignedInfo has {count} references, one is allowed")
            }
            Self::ReferenceNotWholeDocument { uri } => {
                write!(out, "the reference must be URI=\"\" (the whole message), it is {uri}")
            }
            Self::NotEnveloped => write!(out, "the reference lacks the transform enveloped-signature"),
            Self::NotBase64 { path } => write!(out, "ds:Signature/{path} is not base64"),
            Self::CertificateUnreadable { reason } => {
                write!(out, "the certificate cannot be read: {reason}")
            }
            Self::KeyUnsuitable { algorithm, key } => {
                write!(out, "the certificate's key ({key}) does not make {algorithm} signatures")
            }
            Self::DigestDiffers { declared, computed } => {
                write!(
                    out,
                    "the message was changed after signing: digest declared {declared}, computed {computed}"
                )
            }
            Self::SignatureValueWrong { algorithm } => {
                write!(out, "the {algorithm} signature value does not verify with the certificate's key")
            }
        }
    }
}

impl std::error::Error for SignatureFault {}
