//! The text that is signed (RFC 9421 section 2.5): a line a component, and one with the parameters.

use crate::{Fault, Request};

/// The signature base. `parameters` is the serialised list of components with its parameters.
pub(crate) fn base(request: &Request<'_>, components: &[String], parameters: &str) -> Result<String, Fault> {
    let mut text = String::with_capacity(512);
    for (index, component) in components.iter().enumerate() {
        let fault = |what| Fault::Component { component: component.clone(), what };
        if components.iter().take(index).any(|before| before == component) {
            return Err(fault("it stands twice"));
        }
        let value = value(request, component).map_err(fault)?;
        text.push_str(&format!("\"{component}\": {value}\n"));
    }
    text.push_str(&format!("\"@signature-params\": {parameters}"));
    Ok(text)
}

/// What a component is in a request.
fn value(request: &Request<'_>, component: &str) -> Result<String, &'static str> {
    let query = || request.query.map(|query| format!("?{query}")).unwrap_or_default();
    let path = if request.path.is_empty() { "/" } else { request.path };
    Ok(match component {
        "@method" => request.method.to_owned(),
        "@scheme" => request.scheme.to_ascii_lowercase(),
        "@authority" => authority(request),
        "@path" => path.to_owned(),
        "@query" => request.query.map_or_else(|| "?".to_owned(), |query| format!("?{query}")),
        "@request-target" => format!("{path}{}", query()),
        "@target-uri" => {
            format!("{}://{}{path}{}", request.scheme.to_ascii_lowercase(), authority(request), query())
        }
        derived if derived.starts_with('@') => {
            return Err(
                "it is none of @method, @target-uri, @authority, @scheme, @request-target, @path, @query",
            );
        }
        field => request.field(field).ok_or("the request has no such field")?,
    })
}

/// The host in lower case, without the port that its scheme has anyway.
fn authority(request: &Request<'_>) -> String {
    let authority = request.authority.to_ascii_lowercase();
    let default = if request.scheme.eq_ignore_ascii_case("https") { ":443" } else { ":80" };
    authority.strip_suffix(default).map(str::to_owned).unwrap_or(authority)
}
