//! Whose certificates are believed where something is reached by TLS: the public authorities, or those of a file.

use crate::StoreError;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use std::path::Path;
use std::sync::Arc;

/// TLS of a client that believes the authorities of a PEM file, or the public ones.
///
/// # Errors
/// When the file cannot be read or has no certificate.
pub fn client(path: Option<&Path>) -> Result<ClientConfig, StoreError> {
    let roots = authorities(path)?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config
        .map_err(|error| StoreError::Failed { operation: "prepare TLS".to_owned(), source: error.into() })?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

fn authorities(path: Option<&Path>) -> Result<RootCertStore, StoreError> {
    let refused = |source: Box<dyn std::error::Error + Send + Sync>| StoreError::Failed {
        operation: "read the certificates of authorities".to_owned(),
        source,
    };
    let mut roots = RootCertStore::empty();
    let Some(path) = path else {
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        return Ok(roots);
    };
    let certificates =
        CertificateDer::pem_file_iter(path).map_err(|error| refused(error.to_string().into()))?;
    for certificate in certificates {
        let certificate = certificate.map_err(|error| refused(error.to_string().into()))?;
        roots.add(certificate).map_err(|error| refused(error.into()))?;
    }
    if roots.is_empty() {
        return Err(refused(format!("{}: it has no certificate", path.display()).into()));
    }
    Ok(roots)
}
