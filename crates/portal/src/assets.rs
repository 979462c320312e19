//! What pages fetch besides themselves: one stylesheet, one script, and one more for keepers of sites. Each has the digest of its content in its name, so
//! that a browser may keep it for ever and has the new one at once when it changes.

/// A file that is served as it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Asset {
    stem: &'static str,
    ending: &'static str,
    /// Its content.
    pub text: &'static str,
    /// Its media type.
    pub kind: &'static str,
}

/// The stylesheet.
pub const STYLE: Asset = Asset {
    stem: "portal",
    ending: "css",
    text: include_str!("../assets/portal.css"),
    kind: "text/css; charset=utf-8",
};

/// The script: live updates and keys; every page works without it.
pub const SCRIPT: Asset = Asset {
    stem: "portal",
    ending: "js",
    text: include_str!("../assets/portal.js"),
    kind: "text/javascript; charset=utf-8",
};

/// The script of a keeper's page: answers in place, sounds, and the list for when the network is lost.
pub const KEEPER: Asset = Asset {
    stem: "keeper",
    ending: "js",
    text: include_str!("../assets/keeper.js"),
    kind: "text/javascript; charset=utf-8",
};

/// The sign in a browser's tab.
pub const ICON: Asset = Asset {
    stem: "window",
    ending: "svg",
    text: include_str!("../assets/window.svg"),
    kind: "image/svg+xml",
};

/// Where they are served.
pub const PATH: &str = "/static/";

/// FNV-1a over 64 bits: a name for a content that changes with it. It guards nothing, so it need not be hard to meet.
const fn digest(bytes: &[u8]) -> u64 {
    let (mut hash, mut index) = (0xcbf2_9ce4_8422_2325_u64, 0);
    while index < bytes.len() {
        hash = (hash ^ bytes[index] as u64).wrapping_mul(0x0100_0000_01b3);
        index += 1;
    }
    hash
}

impl Asset {
    /// Its name with the digest of its content.
    pub fn name(&self) -> String {
        format!("{}-{:016x}.{}", self.stem, digest(self.text.as_bytes()), self.ending)
    }

    /// Its address.
    pub fn address(&self) -> String {
        format!("{PATH}{}", self.name())
    }

    /// The asset of a name; none for the name of another content.
    pub fn find(name: &str) -> Option<Self> {
        [STYLE, SCRIPT, KEEPER, ICON].into_iter().find(|asset| asset.name() == name)
    }
}

/// What a page may fetch, run and be sent to: itself alone. Nothing inline runs and nothing inline styles.
pub const CONTENT_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; \
     connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_asset_is_found_by_its_whole_name_alone() {
        for asset in [STYLE, SCRIPT, KEEPER, ICON] {
            assert_eq!(Asset::find(&asset.name()), Some(asset));
        }
        assert_eq!(Asset::find("portal-0000000000000000.css"), None);
        assert_eq!(Asset::find("portal.css"), None);
    }
}
