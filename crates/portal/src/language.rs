//! The texts of pages, one file set a language under `locales/`. Words that come from the window (a state, a lane, a kind of
//! problem) belong to a [`Family`]; every other text is asked for by a key that stands in the source, so that a test
//! finds keys that are missing or that nobody uses.

use crate::format::grouped;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::types::FluentNumber;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use std::sync::OnceLock;
use unic_langid::LanguageIdentifier;

/// A language of pages. Chinese and English have every page; those of neighbouring countries have the pages of consumers and
/// most of what everybody reads, and everything else in English.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Language {
    /// Chinese as written in the mainland.
    Chinese,
    /// English.
    English,
    /// Vietnamese.
    Vietnamese,
    /// Thai.
    Thai,
    /// Lao.
    Lao,
    /// Burmese.
    Burmese,
    /// Khmer.
    Khmer,
}

impl Language {
    /// All of them, the first where nobody says which.
    pub const ALL: [Self; 7] =
        [Self::Chinese, Self::English, Self::Vietnamese, Self::Thai, Self::Lao, Self::Burmese, Self::Khmer];
    /// Those that have every page.
    pub const COMPLETE: [Self; 2] = [Self::Chinese, Self::English];

    /// In which language a page is shown to whoever reads this one: in this, or as a whole in English, so that what a page
    /// says of its language is true of all of it.
    #[must_use]
    pub fn on(self, path: &str) -> Self {
        let is_under = |begin: &str| {
            path.strip_prefix(begin)
                .is_some_and(|rest| rest.is_empty() || (begin != "/" && rest.starts_with('/')))
        };
        // The start page is under nothing and has nothing under it. A chart as a file is painted with fonts that have no letters
        // of the neighbours.
        let told = [
            "/",
            "/my",
            "/track",
            "/guide",
            "/lists",
            "/draws",
            "/status",
            "/tariff",
            "/sign-in",
            "/indicators",
            "/register",
            "/trace",
            "/01",
        ];
        // A hearing is held in the words of registers.
        let is_told =
            path != "/indicators/file" && !is_under("/my/hearings") && told.into_iter().any(is_under);
        if Self::COMPLETE.contains(&self) || is_told { self } else { Self::English }
    }

    /// In which language a desk is shown: what surrounds its pages is there in the complete ones alone.
    #[must_use]
    pub fn at_desk(self) -> Self {
        if Self::COMPLETE.contains(&self) { self } else { Self::English }
    }

    /// Languages that a page can be shown in.
    pub fn offered(path: &str) -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(move |language| language.on(path) == *language)
    }

    /// The tag of BCP 47: in `lang`, in the cookie, in addresses.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Chinese => "zh-CN",
            Self::English => "en",
            Self::Vietnamese => "vi",
            Self::Thai => "th",
            Self::Lao => "lo",
            Self::Burmese => "my",
            Self::Khmer => "km",
        }
    }

    /// Its own name for itself.
    pub fn own_name(self) -> &'static str {
        match self {
            Self::Chinese => "中文",
            Self::English => "English",
            Self::Vietnamese => "Tiếng Việt",
            Self::Thai => "ไทย",
            Self::Lao => "ລາວ",
            Self::Burmese => "မြန်မာ",
            Self::Khmer => "ខ្មែរ",
        }
    }

    /// The language of a tag, exactly.
    pub fn from_tag(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.tag() == tag)
    }

    /// The first language of an `Accept-Language` that we have: in its order, which browsers keep by preference.
    pub fn accepted(header: &str) -> Option<Self> {
        let primary = |tag: &str| tag.split([';', '-']).next().unwrap_or_default().trim().to_lowercase();
        header.split(',').map(primary).find_map(|wanted| {
            Self::ALL.into_iter().find(|language| language.tag().split('-').next() == Some(wanted.as_str()))
        })
    }

    fn identifier(self) -> LanguageIdentifier {
        // A tag that does not parse would be no language; a test formats texts in each.
        self.tag().parse().unwrap_or_default()
    }

    /// Its texts where it has not all: what is not in them is English.
    pub fn own_files(self) -> Option<[(&'static str, &'static str); 6]> {
        macro_rules! files {
            ($tag:literal) => {
                Some([
                    ("consumer.ftl", include_str!(concat!("../locales/", $tag, "/consumer.ftl"))),
                    ("guide.ftl", include_str!(concat!("../locales/", $tag, "/guide.ftl"))),
                    ("draws.ftl", include_str!(concat!("../locales/", $tag, "/draws.ftl"))),
                    ("public.ftl", include_str!(concat!("../locales/", $tag, "/public.ftl"))),
                    ("indicators.ftl", include_str!(concat!("../locales/", $tag, "/indicators.ftl"))),
                    ("registering.ftl", include_str!(concat!("../locales/", $tag, "/registering.ftl"))),
                ])
            };
        }
        match self {
            Self::Chinese | Self::English => None,
            Self::Vietnamese => files!("vi"),
            Self::Thai => files!("th"),
            Self::Lao => files!("lo"),
            Self::Burmese => files!("my"),
            Self::Khmer => files!("km"),
        }
    }

    /// The files of all texts: name and text. A language that has not all has those of English.
    pub fn files(self) -> [(&'static str, &'static str); 29] {
        macro_rules! files {
            ($tag:literal) => {
                [
                    ("common.ftl", include_str!(concat!("../locales/", $tag, "/common.ftl"))),
                    ("words.ftl", include_str!(concat!("../locales/", $tag, "/words.ftl"))),
                    ("desk.ftl", include_str!(concat!("../locales/", $tag, "/desk.ftl"))),
                    ("account.ftl", include_str!(concat!("../locales/", $tag, "/account.ftl"))),
                    ("figures.ftl", include_str!(concat!("../locales/", $tag, "/figures.ftl"))),
                    ("public.ftl", include_str!(concat!("../locales/", $tag, "/public.ftl"))),
                    ("officer.ftl", include_str!(concat!("../locales/", $tag, "/officer.ftl"))),
                    ("sandbox.ftl", include_str!(concat!("../locales/", $tag, "/sandbox.ftl"))),
                    ("sending.ftl", include_str!(concat!("../locales/", $tag, "/sending.ftl"))),
                    ("registers.ftl", include_str!(concat!("../locales/", $tag, "/registers.ftl"))),
                    ("demands.ftl", include_str!(concat!("../locales/", $tag, "/demands.ftl"))),
                    ("found.ftl", include_str!(concat!("../locales/", $tag, "/found.ftl"))),
                    ("people.ftl", include_str!(concat!("../locales/", $tag, "/people.ftl"))),
                    ("consumer.ftl", include_str!(concat!("../locales/", $tag, "/consumer.ftl"))),
                    ("guide.ftl", include_str!(concat!("../locales/", $tag, "/guide.ftl"))),
                    ("draws.ftl", include_str!(concat!("../locales/", $tag, "/draws.ftl"))),
                    ("credit.ftl", include_str!(concat!("../locales/", $tag, "/credit.ftl"))),
                    ("books.ftl", include_str!(concat!("../locales/", $tag, "/books.ftl"))),
                    ("exports.ftl", include_str!(concat!("../locales/", $tag, "/exports.ftl"))),
                    ("cases.ftl", include_str!(concat!("../locales/", $tag, "/cases.ftl"))),
                    ("filings.ftl", include_str!(concat!("../locales/", $tag, "/filings.ftl"))),
                    ("parks.ftl", include_str!(concat!("../locales/", $tag, "/parks.ftl"))),
                    ("reports.ftl", include_str!(concat!("../locales/", $tag, "/reports.ftl"))),
                    ("given.ftl", include_str!(concat!("../locales/", $tag, "/given.ftl"))),
                    ("parcels.ftl", include_str!(concat!("../locales/", $tag, "/parcels.ftl"))),
                    ("drafts.ftl", include_str!(concat!("../locales/", $tag, "/drafts.ftl"))),
                    ("inspection.ftl", include_str!(concat!("../locales/", $tag, "/inspection.ftl"))),
                    (
                        "records-of-consumers.ftl",
                        include_str!(concat!("../locales/", $tag, "/records-of-consumers.ftl")),
                    ),
                    ("traces.ftl", include_str!(concat!("../locales/", $tag, "/traces.ftl"))),
                ]
            };
        }
        match self {
            Self::Chinese => files!("zh-CN"),
            _ => files!("en"),
        }
    }

    /// Its texts.
    pub fn texts(self) -> Texts {
        static BUNDLES: OnceLock<[FluentBundle<FluentResource>; 7]> = OnceLock::new();
        let bundles = BUNDLES.get_or_init(|| Self::ALL.map(Self::bundle));
        // In the order of `ALL`, which is that of the languages.
        let bundle = &bundles[self as usize];
        Texts { language: self, bundle }
    }

    fn bundle(self) -> FluentBundle<FluentResource> {
        let mut bundle = FluentBundle::new_concurrent(vec![self.identifier()]);
        // Isolation marks would be copied with numbers and codes; no language here is written from the right.
        bundle.set_use_isolating(false);
        bundle.set_formatter(Some(parted));
        for (_, text) in self.files().into_iter().chain(self.own_files().into_iter().flatten()) {
            // What does not parse is left out; a test holds every file to parse and no key to stand twice.
            let resource = FluentResource::try_new(text.to_owned()).unwrap_or_else(|(whole, _)| whole);
            bundle.add_resource_overriding(resource);
        }
        bundle
    }
}

/// How a number is written whose thousands are parted; none = as everything else is.
fn parted<M>(value: &FluentValue<'_>, _: &M) -> Option<String> {
    match value {
        FluentValue::Number(number) if number.options.use_grouping => Some(grouped(&number.as_string())),
        _ => None,
    }
}

/// Words that come from the window. The key of a word is `family-word`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Family {
    /// State of a declaration.
    State,
    /// Lane, which officers see.
    Lane,
    /// What a finding does.
    Layer,
    /// What a consignment waits for.
    Waiting,
    /// What a deadline is for.
    Deadline,
    /// An officer's action.
    Action,
    /// Root of a message.
    Message,
    /// What happened, where it was no document.
    Event,
    /// Role of a party.
    Role,
    /// Basis of an assessment.
    Basis,
    /// Account that a movement is of.
    Account,
    /// What a movement does.
    Movement,
    /// Where a return stands.
    Return,
    /// Kind of a problem document.
    Problem,
    /// Why nothing is recorded.
    Closed,
    /// How sure a row of law is.
    Confidence,
    /// A field of a message.
    Field,
    /// What software shows in a sandbox.
    Check,
    /// A register.
    Register,
    /// State of a record, and what happened.
    RecordState,
    /// What happened to users and tokens.
    Happening,
    /// A move of a register.
    Move,
    /// A field of a record, by its name or, before it, the word of its register.
    Item,
    /// What helps to fill in a field of a record, as [`Family::Item`].
    Hint,
    /// A word that a field of a record holds.
    Value,
    /// A duty of a user.
    Duty,
    /// What a token is for.
    Scope,
    /// A counter of the window.
    Counter,
    /// A kind of row of the evidence log.
    Row,
    /// State of a declaration, as a consumer is told it.
    Plain,
    /// What a trade waits for, as a consumer is told it.
    Awaited,
    /// A step of a consumer's trade.
    Step,
    /// What became of a use of quota.
    Use,
    /// State of a dispute.
    Dispute,
    /// What was done in a dispute.
    DisputeStep,
    /// Where a return stands, as a consumer is told it.
    PlainReturn,
    /// Role of whoever read something of a consumer.
    PlainRole,
    /// What a state means, in a sentence.
    Meaning,
    /// What follows from an inspection.
    Measure,
}

impl Family {
    /// What its keys begin with.
    pub fn prefix(self) -> &'static str {
        match self {
            Self::State => "state",
            Self::Lane => "lane",
            Self::Layer => "layer",
            Self::Waiting => "waiting",
            Self::Deadline => "deadline",
            Self::Action => "action",
            Self::Message => "message",
            Self::Event => "event",
            Self::Role => "role",
            Self::Basis => "basis",
            Self::Account => "account",
            Self::Movement => "movement",
            Self::Return => "return",
            Self::Problem => "problem",
            Self::Closed => "closed",
            Self::Confidence => "confidence",
            Self::Field => "field",
            Self::Check => "check",
            Self::Register => "register",
            Self::RecordState => "record-state",
            Self::Happening => "what",
            Self::Move => "move",
            Self::Item => "item",
            Self::Hint => "hint",
            Self::Value => "value",
            Self::Duty => "duty",
            Self::Scope => "scope",
            Self::Counter => "counter",
            Self::Row => "row",
            Self::Plain => "plain",
            Self::Awaited => "awaited",
            Self::Step => "stage",
            Self::Use => "use",
            Self::Dispute => "dispute",
            Self::DisputeStep => "dispute-step",
            Self::PlainReturn => "plain-return",
            Self::PlainRole => "plain-role",
            Self::Meaning => "meaning",
            Self::Measure => "measure",
        }
    }
}

/// The texts of one language.
#[derive(Clone, Copy)]
pub struct Texts {
    language: Language,
    bundle: &'static FluentBundle<FluentResource>,
}

impl Texts {
    /// Which language.
    pub fn language(self) -> Language {
        self.language
    }

    /// The text of a key; a key that is missing shows itself, and a test fails.
    pub fn text(self, key: &str) -> String {
        self.formatted(key, None).unwrap_or_else(|| key.to_owned())
    }

    /// The text of a key with its placeholders filled.
    pub fn with(self, key: &str, values: &[(&str, &str)]) -> String {
        self.filled(key, (&[], false), values)
    }

    /// The text of a key with counts, by which a language says something else of one than of several, each with its thousands parted,
    /// and with its other placeholders filled.
    pub fn counted(self, key: &str, counts: &[(&str, u64)], values: &[(&str, &str)]) -> String {
        self.filled(key, (counts, true), values)
    }

    /// The same with numbers whose thousands are not parted.
    pub fn numbered(self, key: &str, numbers: &[(&str, u64)], values: &[(&str, &str)]) -> String {
        self.filled(key, (numbers, false), values)
    }

    fn filled(
        self,
        key: &str,
        (numbers, are_parted): (&[(&str, u64)], bool),
        values: &[(&str, &str)],
    ) -> String {
        let mut arguments = FluentArgs::with_capacity(numbers.len() + values.len());
        for (name, number) in numbers {
            let mut number = FluentNumber::from(*number);
            number.options.use_grouping = are_parted;
            arguments.set(*name, number);
        }
        for (name, value) in values {
            arguments.set(*name, *value);
        }
        self.formatted(key, Some(&arguments)).unwrap_or_else(|| key.to_owned())
    }

    /// A word of a family. One that a newer part of the window says and no text is there for is shown as it is.
    pub fn word(self, family: Family, word: &str) -> String {
        self.known(family, word).unwrap_or_else(|| word.to_owned())
    }

    /// The name of a field of a register's records; a name that no text is there for is shown as it is.
    pub fn item(self, register: &str, name: &str) -> String {
        let own = self.known(Family::Item, &format!("{register}-{name}"));
        own.unwrap_or_else(|| self.word(Family::Item, name))
    }

    /// What helps to fill in a field of a register's records, if anything; of a field within another no register is named:
    /// its name may be that of another field of the register.
    pub fn hint(self, register: &str, name: &str) -> Option<String> {
        self.known(Family::Hint, &format!("{register}-{name}")).or_else(|| self.known(Family::Hint, name))
    }

    /// A word of a family, if there is a text for it.
    pub fn known(self, family: Family, word: &str) -> Option<String> {
        self.formatted(&format!("{}-{word}", family.prefix()), None)
    }

    fn formatted(self, key: &str, arguments: Option<&FluentArgs>) -> Option<String> {
        let pattern = self.bundle.get_message(key)?.value()?;
        let mut errors = Vec::new();
        Some(self.bundle.format_pattern(pattern, arguments, &mut errors).into_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_language_of_a_browser_that_we_have_is_taken() {
        assert_eq!(Language::accepted("fr-FR,fr;q=0.9,en-GB;q=0.8,zh;q=0.5"), Some(Language::English));
        assert_eq!(Language::accepted("vi-VN,vi;q=0.9,en-GB;q=0.8,zh;q=0.5"), Some(Language::Vietnamese));
        assert_eq!(Language::accepted("zh-TW, en;q=0.5"), Some(Language::Chinese));
        assert_eq!(Language::accepted("fr"), None);
        assert_eq!(Language::accepted(""), None);
    }

    #[test]
    fn a_language_that_has_not_every_page_has_those_of_consumers() {
        for (path, shown) in [
            ("/my", Language::Lao),
            ("/my/quota", Language::Lao),
            ("/my/hearings", Language::English),
            ("/track/code", Language::Lao),
            ("/guide", Language::Lao),
            ("/mytrades", Language::English),
            ("/", Language::Lao),
            ("/tariff/calculator", Language::Lao),
            ("/sign-in", Language::Lao),
            ("/indicators", Language::Lao),
            ("/indicators/file", Language::English),
            ("//desk", Language::English),
            ("/register", Language::Lao),
            ("/trace", Language::Lao),
            ("/01/09506000134352/10/L1/21/1", Language::Lao),
            ("/registers", Language::English),
            ("", Language::English),
            ("/desk/queue", Language::English),
        ] {
            assert_eq!(Language::Lao.on(path), shown, "{path}");
            assert_eq!(Language::Chinese.on(path), Language::Chinese);
        }
        assert_eq!(Language::offered("/desk").count(), 2);
        assert_eq!(Language::offered("/my").count(), 7);
        for (index, language) in Language::ALL.into_iter().enumerate() {
            assert_eq!(language as usize, index);
        }
    }

    #[test]
    fn of_one_is_said_otherwise_than_of_several_and_numbers_are_written_as_before() {
        let (english, chinese) = (Language::English.texts(), Language::Chinese.texts());
        let chosen = |number: u64| english.counted("chosen-count", &[("count", number)], &[]);
        assert_eq!(chosen(0), "0 trades chosen.");
        assert_eq!(chosen(1), "1 trade chosen.");
        assert_eq!(chosen(21), "21 trades chosen.");
        assert_eq!(chosen(1_234_567), "1,234,567 trades chosen.");
        assert!(chinese.counted("chosen-count", &[("count", 1_234)], &[]).contains("1,234"));
        let waits = |number: u64| english.numbered("sign-in-slower", &[("seconds", number)], &[]);
        assert!(waits(1).ends_with("after 1 second.") && waits(3_600).ends_with("after 3600 seconds."));
        let selected = [("selected", 1), ("draws", 2)];
        assert_eq!(english.counted("draws-selected", &selected, &[]), "1 of 2 orders selected");
        let sent = english.numbered("track-sent", &[("minutes", 1)], &[("number", "00012")]);
        assert!(sent.contains("number 00012,") && sent.ends_with("for 1 minute."), "{sent}");
    }

    #[test]
    fn placeholders_are_filled_without_invisible_marks() {
        let told = Language::English.texts().with("signed-in-as", &[("login", "li.wei")]);
        assert!(told.contains("li.wei") && told.is_ascii(), "{told:?}");
    }
}
