//! One set of trusted certificates for webhooks and for Postgres.

use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

use crate::error::Error;

/// Trusts the system's certificates (`SSL_CERT_FILE` and `SSL_CERT_DIR` are honoured) and those in `extra`, a PEM file.
///
/// # Errors
/// When `extra` cannot be read or holds no certificate.
pub(crate) fn client_config(extra: Option<&Path>) -> Result<ClientConfig, Error> {
    let mut roots = RootCertStore::empty();
    let found = rustls_native_certs::load_native_certs();
    let (trusted, _unusable) = roots.add_parsable_certificates(found.certs);
    if trusted == 0 {
        tracing::warn!(
            "no system certificates found: https deliveries will fail; install ca-certificates"
        );
    }
    if let Some(path) = extra {
        let unreadable = |error: rustls::pki_types::pem::Error| {
            Error::config(
                format!("cannot use {} as certificates: {error}", path.display()),
                "Set --database-ca-file (VIGIL_WORKER_DATABASE_CA_FILE) to a readable PEM file with at least one certificate.",
            )
        };
        let mut added = 0;
        for certificate in CertificateDer::pem_file_iter(path).map_err(unreadable)? {
            roots.add(certificate.map_err(unreadable)?)?;
            added += 1;
        }
        if added == 0 {
            return Err(unreadable(rustls::pki_types::pem::Error::NoItemsFound));
        }
    }
    Ok(
        ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth(),
    )
}
