//! Sends over HTTP to addresses that others chose: never to this machine or a network inside, unless the operator named it;
//! never where an answer points to; and nothing waits for a receiver longer than it may.

use ipnet::IpNet;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{StatusCode, Url};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

/// Networks that are not the public Internet: who says that he is there wants to be reached from inside.
const INSIDE: [&str; 22] = [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.88.99.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/3",
    "::/96",
    "64:ff9b::/96",
    "64:ff9b:1::/48",
    "2001:db8::/32",
    "2002::/16",
    "fc00::/7",
    "fe80::/10",
    "ff00::/8",
];

/// How long a receiver may take to answer.
const PATIENCE: Duration = Duration::from_secs(15);
/// Bytes of an answer that are read at most.
const ANSWER: usize = 1 << 20;
/// Longest wait that a receiver may ask for.
const LONGEST: Duration = Duration::from_secs(3_600);

/// Which addresses may be sent to.
#[derive(Clone, Default, Debug)]
pub struct Reach {
    inside: Vec<IpNet>,
    allowed: Vec<IpNet>,
}

impl Reach {
    /// The public Internet by HTTPS, and these networks, by HTTP too.
    pub fn new(allowed: Vec<IpNet>) -> Self {
        Self { inside: INSIDE.iter().filter_map(|net| net.parse().ok()).collect(), allowed }
    }

    fn is_named(&self, address: IpAddr) -> bool {
        self.allowed.iter().any(|net| net.contains(&address))
    }

    /// Whether an address may be sent to.
    pub fn allows(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.is_named(address) || !self.inside.iter().any(|net| net.contains(&address))
    }
}

/// Resolves names to addresses that may be sent to: what is checked is what is connected to.
struct Resolver {
    reach: Reach,
    /// Whether only what the operator named may be reached: for what travels in clear.
    named: bool,
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (reach, named) = (self.reach.clone(), self.named);
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let allowed: Vec<SocketAddr> = found.filter(|address| may(&reach, named, address.ip())).collect();
            if allowed.is_empty() {
                return Err(Box::<dyn std::error::Error + Send + Sync>::from(OUTSIDE));
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

const OUTSIDE: &str = "its address is in a network that nothing is sent to; the operator of the window names the networks inside";

fn may(reach: &Reach, named: bool, address: IpAddr) -> bool {
    let address = address.to_canonical();
    if named { reach.is_named(address) } else { reach.allows(address) }
}

/// What a receiver said.
#[derive(Debug)]
pub enum Reply {
    /// It has it; with the body of its answer.
    Taken(Vec<u8>),
    /// It refuses what it was sent, as it will again: what it answers.
    Refused(String),
    /// It wants nothing any more.
    Gone,
    /// Not now: what happened, and how long it wants to be left alone.
    Later(String, Option<Duration>),
}

/// Sends.
#[derive(Clone)]
pub struct Client {
    reach: Reach,
    /// With TLS, to whatever may be reached.
    secure: reqwest::Client,
    /// Without, to networks that the operator named.
    clear: reqwest::Client,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("reach", &self.reach).finish_non_exhaustive()
    }
}

impl Client {
    /// A client for a reach; `tls` says whom it believes.
    ///
    /// # Errors
    /// When the library cannot be started.
    pub fn new(reach: Reach, tls: &rustls::ClientConfig) -> Result<Self, reqwest::Error> {
        let builder = |named: bool| {
            reqwest::Client::builder()
                .tls_backend_preconfigured(tls.clone())
                .no_proxy()
                .redirect(Policy::none())
                .timeout(PATIENCE)
                .dns_resolver(Arc::new(Resolver { reach: reach.clone(), named }))
                .user_agent(concat!("onewindow/", env!("CARGO_PKG_VERSION")))
        };
        Ok(Self { secure: builder(false).https_only(true).build()?, clear: builder(true).build()?, reach })
    }

    /// Sends a body once.
    pub async fn send(
        &self,
        url: &str,
        media_type: &str,
        headers: &[(&str, String)],
        body: Vec<u8>,
    ) -> Reply {
        let url = match Url::parse(url) {
            Ok(url) => url,
            Err(error) => return Reply::Later(format!("{url}: {error}"), None),
        };
        let named = url.scheme() == "http";
        // A host that is an address is not resolved.
        let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']).parse::<IpAddr>();
        if host.is_ok_and(|address| !may(&self.reach, named, address)) {
            return Reply::Later(OUTSIDE.to_owned(), None);
        }
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            if let (Ok(name), Ok(value)) = (HeaderName::try_from(*name), HeaderValue::from_str(value)) {
                map.insert(name, value);
            }
        }
        map.insert(
            reqwest::header::CONTENT_TYPE,
            HeaderValue::from_str(media_type).unwrap_or(HeaderValue::from_static("application/json")),
        );
        let client = if named { &self.clear } else { &self.secure };
        match client.post(url).headers(map).body(body).send().await {
            Ok(response) => reply(response).await,
            Err(error) => Reply::Later(causes(&error), None),
        }
    }
}

async fn reply(mut response: reqwest::Response) -> Reply {
    let status = response.status();
    let wait = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
    let wait = wait.map(|seconds| Duration::from_secs(seconds).min(LONGEST));
    // Who has it already answers as the first time, or says so (409).
    if status.is_success() || status == StatusCode::CONFLICT {
        let mut body = Vec::new();
        // An answer that is longer, or ends in the middle, is as none: what was sent was taken.
        while let Ok(Some(part)) = response.chunk().await {
            body.extend_from_slice(&part);
            if body.len() > ANSWER {
                return Reply::Taken(Vec::new());
            }
        }
        return Reply::Taken(body);
    }
    match status {
        StatusCode::GONE => Reply::Gone,
        StatusCode::BAD_REQUEST
        | StatusCode::PAYLOAD_TOO_LARGE
        | StatusCode::UNSUPPORTED_MEDIA_TYPE
        | StatusCode::UNPROCESSABLE_ENTITY => Reply::Refused(status.to_string()),
        status => Reply::Later(format!("the receiver answers {status}"), wait),
    }
}

/// An error with all that it was caused by, without the address, which may have a secret in it.
fn causes(error: &reqwest::Error) -> String {
    let mut texts: Vec<String> = Vec::new();
    let mut cause: Option<&dyn std::error::Error> = std::error::Error::source(error);
    while let Some(error) = cause {
        let text = error.to_string();
        if texts.last() != Some(&text) {
            texts.push(text);
        }
        cause = error.source();
    }
    if error.is_timeout() {
        texts.push(format!("no answer in {} seconds", PATIENCE.as_secs()));
    }
    if texts.is_empty() { "it cannot be reached".to_owned() } else { texts.join(": ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_public_internet_and_what_the_operator_names_is_reached() {
        let named = Reach::new(vec!["10.8.0.0/16".parse().unwrap(), "::1/128".parse().unwrap()]);
        for (address, allowed) in [
            ("1.1.1.1", true),
            ("2606:4700::1111", true),
            ("10.8.3.4", true),
            ("::1", true),
            ("10.9.0.1", false),
            ("127.0.0.1", false),
            ("169.254.169.254", false),
            ("192.168.1.1", false),
            ("172.31.0.1", false),
            ("100.64.0.1", false),
            ("0.0.0.0", false),
            ("255.255.255.255", false),
            ("::ffff:127.0.0.1", false),
            ("::ffff:10.8.0.1", true),
            ("::127.0.0.1", false),
            ("64:ff9b::7f00:1", false),
            ("fd00::1", false),
            ("fe80::1", false),
        ] {
            assert_eq!(named.allows(address.parse().unwrap()), allowed, "{address}");
        }
        assert_eq!(named.inside.len(), INSIDE.len(), "every row is a network");
    }
}
