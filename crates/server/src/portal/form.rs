//! What a form of a page sent, taken only if a page of the same session gave it. Most forms are a few fields; those of the
//! routes in [`WITH_FILES`] may bring files, which are held in memory and handed on whole.

use super::guard::pairs;
use crate::api::error::Problem;
use ::portal::Reader;
use axum::body::{Body, Bytes};
use axum::extract::{FromRequestParts, MatchedPath};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use multer::{Constraints, Multipart, SizeLimit};
use std::collections::BTreeMap;

/// Routes whose forms bring files, with the bytes of a form at most.
pub const WITH_FILES: &[(&str, u64)] = &[
    ("/desk/send", 64 << 20),
    ("/desk/consignments/{platform}/{order_no}/inspections", 64 << 20),
    ("/desk/exports/{merchant}/{order_no}/inspections", 64 << 20),
    ("/desk/registers/{register}/new", 16 << 20),
    ("/desk/rulebooks/drafts", 8 << 20),
    ("/desk/rulebooks/drafts/{id}", 8 << 20),
    ("/desk/registers/{register}/{id}/actions", 16 << 20),
    ("/desk/parcels", 8 << 20),
];
/// Bytes of every other form at most.
const PLAIN: usize = 65_536;
/// Bytes of a form that fills in a document or a list at most: 99 lines of many fields, or a thousand parcels.
const LONG: usize = 1 << 20;
/// Routes of such forms.
const LONG_FORMS: &[&str] = &["/desk/documents", "/desk/sites/{code}/records"];
/// Files of a form at most.
const FILES: usize = 200;

/// A file that came with a form.
#[derive(Clone, Debug)]
pub struct File {
    /// The field it came in.
    pub field: String,
    /// What its sender calls it; for showing alone.
    pub name: String,
    /// Its content.
    pub bytes: Bytes,
}

/// What a form sent, checked to be of a page of this window.
#[derive(Clone, Default, Debug)]
pub struct Form {
    pairs: BTreeMap<String, String>,
    /// Its files, in order; those without content are left out.
    pub files: Vec<File>,
}

impl Form {
    /// The text of a field; empty where it is not there.
    pub fn get(&self, name: &str) -> &str {
        self.pairs.get(name).map(String::as_str).unwrap_or_default()
    }

    /// Every field with its text.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// Whether a browser says that another site made it send this.
fn is_foreign(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return !matches!(site, "same-origin" | "none");
    }
    let host = text("host").unwrap_or_default();
    text("origin").is_some_and(|origin| origin.split("://").nth(1) != Some(host))
}

/// The form of a request, if a page of the session sent it.
pub(super) async fn form(parts: &Parts, body: Body, reader: Option<&Reader>) -> Result<Form, Problem> {
    if is_foreign(&parts.headers) {
        return Err(Problem::foreign_form());
    }
    let form = read(parts, body).await?;
    match reader {
        Some(reader) if form.get("guard") != reader.guard && parts.uri.path() != "/sign-in" => {
            Err(Problem::foreign_form())
        }
        _ => Ok(form),
    }
}

async fn read(parts: &Parts, body: Body) -> Result<Form, Problem> {
    let route = parts.extensions.get::<MatchedPath>().map(MatchedPath::as_str).unwrap_or_default();
    let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    if let Ok(boundary) = multer::parse_boundary(kind.unwrap_or_default()) {
        let most = WITH_FILES.iter().find(|(known, _)| *known == route).map(|(_, most)| *most);
        let most = most.ok_or_else(|| Problem::bad_request("this form brings no files"))?;
        let limits = SizeLimit::new().whole_stream(most);
        let constraints = Constraints::new().size_limit(limits);
        return parted(Multipart::with_constraints(body.into_data_stream(), boundary, constraints)).await;
    }
    let most = if LONG_FORMS.contains(&route) { LONG } else { PLAIN };
    let bytes = axum::body::to_bytes(body, most).await.map_err(|_| Problem::too_large())?;
    Ok(Form { pairs: pairs(&bytes), files: Vec::new() })
}

/// A form in parts.
async fn parted(mut parts: Multipart<'_>) -> Result<Form, Problem> {
    let mut form = Form::default();
    loop {
        let part = parts.next_field().await.map_err(unreadable)?;
        let Some(part) = part else { return Ok(form) };
        let field = part.name().unwrap_or_default().to_owned();
        let name = part.file_name().map(str::to_owned);
        let bytes = part.bytes().await.map_err(unreadable)?;
        match name {
            None => {
                form.pairs.insert(field, String::from_utf8_lossy(&bytes).into_owned());
            }
            // A browser sends a file without name and content where none was chosen.
            Some(_) if bytes.is_empty() => {}
            Some(_) if form.files.len() == FILES => {
                return Err(Problem::bad_request(&format!("at most {FILES} files with one form")));
            }
            Some(name) => form.files.push(File { field, name, bytes }),
        }
    }
}

fn unreadable(error: multer::Error) -> Problem {
    match error {
        multer::Error::StreamSizeExceeded { .. } | multer::Error::FieldSizeExceeded { .. } => {
            Problem::too_large()
        }
        _ => Problem::bad_request("the form is broken: it ended early, or its parts are not marked"),
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Form {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.remove::<Self>().ok_or_else(Problem::forbidden)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| {
                (header::HeaderName::from_static(name), header::HeaderValue::from_static(value))
            })
            .collect()
    }

    #[test]
    fn a_form_of_another_site_is_known_by_what_the_browser_says() {
        let foreign = |pairs| is_foreign(&headers(pairs));
        assert!(foreign(&[("sec-fetch-site", "cross-site")]) && foreign(&[("sec-fetch-site", "same-site")]));
        assert!(!foreign(&[("sec-fetch-site", "same-origin"), ("origin", "null")]));
        assert!(foreign(&[("origin", "https://elsewhere.example"), ("host", "window.example")]));
        assert!(foreign(&[("origin", "null"), ("host", "window.example")]));
        assert!(!foreign(&[("origin", "https://window.example"), ("host", "window.example")]));
        assert!(!foreign(&[]));
    }
}
