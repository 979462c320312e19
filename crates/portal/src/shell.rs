//! What surrounds every page: head, navigation by what the reader may do, switch of language, trail, messages, footer.

use crate::assets;
use crate::language::{Language, Texts};
use crate::parts::{Tone, said};
use maud::{DOCTYPE, Markup, html};

/// A place in the navigation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Desk {
    /// What waits for the reader.
    Home,
    /// An officer's queue.
    Queue,
    /// Trades.
    Consignments,
    /// Export trades.
    Exports,
    /// Sending, filling in, correcting.
    Send,
    /// The space for trying.
    Sandbox,
    /// Receipts.
    Receipts,
    /// Tax bills and guarantees.
    Bills,
    /// Records of registers: filings, goods, shares, requests, webhooks.
    Registers,
    /// Sites that the reader keeps.
    Sites,
    /// Users and tokens of the party.
    People,
    /// Whether and how the window works, for who operates it.
    Operation,
    /// Drafts of the rulebook.
    Drafts,
    /// Secrets of the draw, for who holds one.
    Draws,
    /// Rules and codes.
    Rules,
    /// Figures of the zone, or of the reader's party.
    Figures,
    /// Figures for everybody.
    Indicators,
    /// Tariff and calculator.
    Tariff,
    /// Whether the window works.
    Status,
    /// The reader's own account.
    Account,
    /// A consumer's trades.
    MyTrades,
    /// A consumer's quota.
    MyQuota,
    /// A consumer's disputes.
    MyDisputes,
    /// What is kept of a consumer.
    MyData,
    /// How things go, for consumers.
    Guide,
    /// What is published.
    Lists,
}

impl Desk {
    /// Its address.
    pub fn address(self) -> &'static str {
        match self {
            Self::Home => "/desk",
            Self::Queue => "/desk/queue",
            Self::Consignments => "/desk/consignments",
            Self::Exports => "/desk/exports",
            Self::Send => "/desk/send",
            Self::Sandbox => "/desk/sandbox",
            Self::Receipts => "/desk/receipts",
            Self::Bills => "/desk/bills",
            Self::Registers => "/desk/registers",
            Self::Sites => "/desk/sites",
            Self::People => "/desk/people",
            Self::Operation => "/desk/operation",
            Self::Drafts => "/desk/rulebooks/drafts",
            Self::Draws => "/desk/draws",
            Self::Rules => "/desk/rules",
            Self::Figures => "/desk/zone",
            Self::Indicators => "/indicators",
            Self::Tariff => "/tariff",
            Self::Status => "/status",
            Self::Account => "/desk/account",
            Self::MyTrades => "/my",
            Self::MyQuota => "/my/quota",
            Self::MyDisputes => "/my/disputes",
            Self::MyData => "/my/data",
            Self::Guide => "/guide",
            Self::Lists => "/lists",
        }
    }

    /// Its name.
    pub fn name(self, texts: Texts) -> String {
        match self {
            Self::Home => texts.text("nav-home"),
            Self::Queue => texts.text("nav-queue"),
            Self::Consignments => texts.text("nav-consignments"),
            Self::Exports => texts.text("nav-exports"),
            Self::Send => texts.text("nav-send"),
            Self::Sandbox => texts.text("nav-sandbox"),
            Self::Receipts => texts.text("nav-receipts"),
            Self::Bills => texts.text("nav-bills"),
            Self::Registers => texts.text("nav-registers"),
            Self::Sites => texts.text("nav-sites"),
            Self::People => texts.text("nav-people"),
            Self::Operation => texts.text("nav-operation"),
            Self::Drafts => texts.text("nav-drafts"),
            Self::Draws => texts.text("nav-seeds"),
            Self::Rules => texts.text("nav-rules"),
            Self::Figures => texts.text("nav-figures"),
            Self::Indicators => texts.text("nav-indicators"),
            Self::Tariff => texts.text("nav-tariff"),
            Self::Status => texts.text("nav-status"),
            Self::Account => texts.text("nav-account"),
            Self::MyTrades => texts.text("nav-my-trades"),
            Self::MyQuota => texts.text("nav-my-quota"),
            Self::MyDisputes => texts.text("nav-my-disputes"),
            Self::MyData => texts.text("nav-my-data"),
            Self::Guide => texts.text("nav-guide"),
            Self::Lists => texts.text("nav-lists"),
        }
    }
}

/// Who reads.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reader {
    /// With what he signed in.
    pub login: String,
    /// What every form of his session carries.
    pub guard: String,
    /// Where he may go.
    pub desks: Vec<Desk>,
}

impl Reader {
    /// Whether he came in for himself.
    pub fn is_consumer(&self) -> bool {
        self.desks.contains(&Desk::MyTrades)
    }

    /// Where he begins.
    fn home(&self) -> &'static str {
        if self.is_consumer() { Desk::MyTrades.address() } else { Desk::Home.address() }
    }
}

/// What a page is shown in.
#[derive(Clone)]
pub struct Frame {
    /// The texts of the reader's language.
    pub texts: Texts,
    /// Path and query of the page, without the language: what the switch leads back to.
    pub place: String,
    /// The reader; none = nobody has signed in.
    pub reader: Option<Reader>,
    /// Whether this is a space for trying: every page says so.
    pub sandbox: bool,
}

impl Frame {
    /// What the address of the page has under a name; empty = nothing.
    pub fn asked(&self, name: &str) -> &str {
        let query = self.place.split_once('?').map_or("", |(_, query)| query);
        let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        pairs.find_map(|(known, value)| (known == name).then_some(value)).unwrap_or_default()
    }

    /// The number that the address of the page has under a name: rows before the part that is shown.
    pub fn rows_before(&self, name: &str) -> usize {
        self.asked(name).parse().unwrap_or(0)
    }
}

/// A page without its surroundings.
pub struct Page {
    /// What it is, also the heading.
    pub title: String,
    /// Where it belongs in the navigation.
    pub desk: Option<Desk>,
    /// The pages above it: address and name.
    pub trail: Vec<(String, String)>,
    /// What the reader is told first.
    pub said: Option<(Tone, String)>,
    /// Where he goes on from that.
    pub then: Option<Markup>,
    /// What tells that the page has changed: address of an event stream.
    pub live: Option<String>,
    /// The page itself.
    pub body: Markup,
}

impl Page {
    /// A page of a desk.
    pub fn new(title: String, desk: Option<Desk>, body: Markup) -> Self {
        Self { title, desk, trail: Vec::new(), said: None, then: None, live: None, body }
    }

    /// Below other pages.
    #[must_use]
    pub fn below(mut self, address: &str, name: String) -> Self {
        self.trail.push((address.to_owned(), name));
        self
    }

    /// The language of a title that is nothing but a Chinese name, on a page in another.
    fn title_language(&self, texts: Texts) -> Option<&'static str> {
        let is_han = |letter: char| ('\u{3400}'..='\u{9fff}').contains(&letter);
        let is_name =
            self.title.chars().any(is_han) && !self.title.chars().any(|one| one.is_ascii_alphabetic());
        (texts.language() != Language::Chinese && is_name).then_some("zh-CN")
    }

    /// The whole document.
    pub fn shown(&self, frame: &Frame) -> String {
        let texts = frame.texts;
        html! {
            (DOCTYPE)
            html lang=(texts.language().tag()) {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    title { (self.title) " · " (texts.text("window-name")) }
                    link rel="stylesheet" href=(assets::STYLE.address());
                    link rel="icon" type="image/svg+xml" href=(assets::ICON.address());
                    script src=(assets::SCRIPT.address()) defer {}
                }
                body {
                    a.skip href="#main" { (texts.text("skip-to-content")) }
                    (header(frame))
                    (navigation(frame, self.desk))
                    @if frame.sandbox { p.sandbox { (texts.text("in-sandbox")) } }
                    main #main tabindex="-1" {
                        (trail(texts, &self.trail, &self.title))
                        h1 lang=[self.title_language(texts)] { (self.title) }
                        @if let Some((tone, text)) = &self.said { (said(*tone, html! { p { (text) } })) }
                        @if let Some(then) = &self.then { (then) }
                        @if let Some(live) = &self.live { (news(frame, live)) }
                        (self.body)
                    }
                    (footer(texts))
                }
            }
        }
        .into_string()
    }
}

fn header(frame: &Frame) -> Markup {
    let texts = frame.texts;
    let at_desk = frame.reader.as_ref().is_some_and(|reader| !reader.is_consumer());
    html! {
        header.top {
            div.bar {
                a.name href=(frame.reader.as_ref().map_or("/", Reader::home)) { (texts.text("window-name")) }
                @for language in Language::offered(frame.place.split('?').next().unwrap_or_default()) {
                    @if language != texts.language() && (!at_desk || language.at_desk() == language) {
                        a href=(with_language(&frame.place, language)) lang=(language.tag()) hreflang=(language.tag()) {
                            (language.own_name())
                        }
                    }
                }
                @match &frame.reader {
                    Some(reader) => {
                        @if reader.desks.contains(&Desk::Consignments) { (search(texts)) }
                        @if !reader.is_consumer() {
                            a href=(Desk::Account.address()) { (texts.with("signed-in-as", &[("login", &reader.login)])) }
                        }
                        form method="post" action="/sign-out" {
                            (guard(reader))
                            button.plain { (texts.text("sign-out")) }
                        }
                    }
                    None => { a href="/track" { (texts.text("nav-track")) } a href="/sign-in" { (texts.text("sign-in")) } }
                }
            }
        }
    }
}

/// The box for everything; `/` leads there where there is a script.
fn search(texts: Texts) -> Markup {
    html! {
        form.find method="get" action="/desk/search" role="search" aria-label=(texts.text("search")) {
            input type="search" name="text" required aria-label=(texts.text("search-for")) placeholder=(texts.text("search"))
                autocomplete="off" spellcheck="false" autocapitalize="off" data-find;
            button.plain { (texts.text("search-find")) }
        }
    }
}

/// The hidden field that every form of a session carries.
pub fn guard(reader: &Reader) -> Markup {
    html! { input type="hidden" name="guard" value=(reader.guard); }
}

/// A place with a language in its query.
fn with_language(place: &str, language: Language) -> String {
    let joint = if place.contains('?') { '&' } else { '?' };
    format!("{place}{joint}lang={}", language.tag())
}

fn navigation(frame: &Frame, here: Option<Desk>) -> Markup {
    const PUBLIC: [Desk; 5] = [Desk::Guide, Desk::Lists, Desk::Tariff, Desk::Indicators, Desk::Status];
    let desks = frame.reader.as_ref().map_or(&PUBLIC[..], |reader| &reader.desks);
    html! {
        nav.nav aria-label=(frame.texts.text("navigation")) {
            ul {
                @for desk in desks {
                    li {
                        a href=(desk.address()) aria-current=[(here == Some(*desk)).then_some("page")] {
                            (desk.name(frame.texts))
                        }
                    }
                }
            }
        }
    }
}

fn trail(texts: Texts, trail: &[(String, String)], title: &str) -> Markup {
    html! {
        @if !trail.is_empty() {
            nav.crumbs aria-label=(texts.text("trail")) {
                ol {
                    @for (address, name) in trail { li { a href=(address) { (name) } } }
                    li aria-current="page" { (title) }
                }
            }
        }
    }
}

/// A part of a page that is put in place of an older one while the page is open. Without a script nothing happens to it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Part {
    /// The id of the element that it takes the place of.
    pub id: &'static str,
    /// What tells of the next change: address of an event stream.
    pub next: String,
    /// Whether nothing else of the page is older than it now.
    pub whole: bool,
    /// When it was made, as `HH:mm:ss`.
    pub at: String,
}

impl Part {
    /// The part as it is sent, with the words that tell of it: screen readers read them.
    pub fn shown(&self, texts: Texts, body: &Markup) -> String {
        let told = texts.with("updated-at", &[("time", &self.at)]);
        html! { div id=(self.id) data-part data-next=(self.next) data-whole[self.whole] data-said=(told) { (body) } }
            .into_string()
    }
}

/// Appears when the page has changed; the reader decides when he sees the new one. What is put in place meanwhile is told below.
fn news(frame: &Frame, live: &str) -> Markup {
    html! {
        div role="status" {
            p.muted data-notice {}
            div.said.wait data-live=(live) hidden {
                p { (frame.texts.text("changed-meanwhile")) " " a href=(frame.place) { (frame.texts.text("show-newest")) } }
            }
        }
    }
}

fn footer(texts: Texts) -> Markup {
    html! {
        footer.foot {
            ul {
                li { a href="/guide" { (texts.text("nav-guide")) } }
                li { a href="/lists" { (texts.text("nav-lists")) } }
                li { a href="/tariff" { (texts.text("nav-tariff")) } }
                li { a href="/status" { (texts.text("nav-status")) } }
                li { a href="/v1/openapi.json" { (texts.text("interface")) } }
            }
            p { (texts.text("times-are-china")) " " (texts.text("no-claim")) }
        }
    }
}
