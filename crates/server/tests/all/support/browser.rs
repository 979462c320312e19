//! Somebody who reads pages: keeps cookies, follows nothing by himself, sends forms as browsers do.

use super::Zone;
use axum::body::Body;
use axum::http::{HeaderMap, Request};
use http_body_util::BodyExt;
use std::collections::BTreeMap;
use tower::ServiceExt;

/// A browser.
pub struct Browser<'a> {
    zone: &'a Zone,
    /// Its cookies.
    pub cookies: BTreeMap<String, String>,
    /// `Accept-Language`.
    pub language: &'static str,
    /// More headers of each request.
    pub more: Vec<(&'static str, String)>,
}

/// A page, as it was answered.
pub struct Shown {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
}

impl Shown {
    /// A header.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }
    /// Where it leads.
    pub fn location(&self) -> &str {
        self.header("location")
    }
    /// The value of a hidden field.
    pub fn hidden(&self, name: &str) -> String {
        let begin = format!("name=\"{name}\" value=\"");
        self.text.split(&begin).nth(1).unwrap_or_default().split('"').next().unwrap().to_owned()
    }
    /// The text without tags, with its entities read.
    pub fn words(&self) -> String {
        let mut words = String::new();
        for piece in self.text.split('<').skip(1) {
            words.push_str(piece.split_once('>').map_or("", |(_, text)| text));
            words.push(' ');
        }
        words.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
    }
}

impl<'a> Browser<'a> {
    /// One in which nobody has signed in.
    pub fn new(zone: &'a Zone) -> Self {
        Self { zone, cookies: BTreeMap::new(), language: "zh-CN", more: Vec::new() }
    }

    /// One with a session.
    pub fn with(zone: &'a Zone, session: &str) -> Self {
        let mut browser = Self::new(zone);
        browser.cookies.insert("__Host-session".to_owned(), session.to_owned());
        browser
    }

    async fn send(&mut self, method: &str, path: &str, body: Option<(String, &str)>) -> Shown {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("accept", "text/html,application/xhtml+xml;q=0.9")
            .header("accept-language", self.language);
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        if !cookies.is_empty() {
            request = request.header("cookie", cookies.join("; "));
        }
        for (name, value) in &self.more {
            request = request.header(*name, value);
        }
        if let Some((_, kind)) = &body {
            request = request.header("content-type", *kind);
        }
        let request = request.body(Body::from(body.map(|(text, _)| text).unwrap_or_default())).unwrap();
        let response = self.zone.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        for value in parts.headers.get_all("set-cookie") {
            let (pair, attributes) = value.to_str().unwrap().split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if attributes.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let bytes = body.collect().await.unwrap().to_bytes();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Shown { status: parts.status.as_u16(), headers: parts.headers, text }
    }

    /// Asks for a page.
    pub async fn get(&mut self, path: &str) -> Shown {
        self.send("GET", path, None).await
    }

    /// Sends a form.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Shown {
        let mut form = form_urlencoded::Serializer::new(String::new());
        for (name, value) in fields {
            form.append_pair(name, value);
        }
        self.send("POST", path, Some((form.finish(), "application/x-www-form-urlencoded"))).await
    }

    /// Sends a form with files, each with its name.
    pub async fn post_files(
        &mut self,
        path: &str,
        fields: &[(&str, &str)],
        files: &[(&str, &str, &str)],
    ) -> Shown {
        let mut body = String::new();
        for (name, value) in fields {
            body += &format!("--edge\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        }
        for (field, name, text) in files {
            body += &format!(
                "--edge\r\ncontent-disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\ncontent-type: text/xml\r\n\r\n{text}\r\n"
            );
        }
        body += "--edge--\r\n";
        self.send("POST", path, Some((body, "multipart/form-data; boundary=edge"))).await
    }

    /// The fields of the last form of a page that posts to an address, as a browser would send them.
    pub fn fields_of(shown: &Shown, action: &str) -> Vec<(String, String)> {
        let form = shown
            .text
            .split(&format!("action=\"{action}\""))
            .nth(1)
            .unwrap()
            .split("</form>")
            .next()
            .unwrap();
        let value = |tag: &str, name: &str| {
            let text = tag.split(&format!(" {name}=\"")).nth(1)?.split('"').next()?;
            Some(text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&"))
        };
        form.split("<input ")
            .skip(1)
            .map(|tag| format!(" {}", tag.split('>').next().unwrap()))
            .filter_map(|tag| Some((value(&tag, "name")?, value(&tag, "value").unwrap_or_default())))
            .collect()
    }
}
