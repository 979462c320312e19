//! `onewindow risk audit`: lists that were released without anybody having opened them, held against the rules of today, so that officers
//! choose which to audit; and how much of what inspections found in the same time those rules would have hit. Windows say what they
//! said then: of those that no rule read then nothing is known. What the newer model says of them is `risk export` and `risk score`.
//! Imports and exports are audited apart, each by the rules that are about them.
#![expect(clippy::print_stdout, reason = "the answer of the command")]

use super::history::{Term, Which, each_judged, finished};
use crate::{Failure, Space};
use ceb::{Day, Document};
use clearance::consignment::{Consignment, Lane, RiskHit, State};
use clearance::export::{ExportKey, ExportState, ExportTrade, ExportTradeKey};
use clearance::keys::{OrderKey, Time};
use clearance::party::Parties;
use clearance::risk::{ExportFacts, RiskFacts};
use clearance::score::Score;
use clearance::{Rulebook, Text};
use server::clock::Clock;
use server::risk_table::Judged;
use server::shadow::Result as Found;
use std::cmp::Reverse;
use std::path::PathBuf;
use store::Read;

/// Arguments of `risk audit`.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    space: Space,
    /// The lists to audit, the gravest first, written anew.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Which trade: each has rules of its own.
    #[arg(long, value_enum, default_value_t = Which::Import)]
    trade: Which,
    #[command(flatten)]
    term: Term,
    /// Lists at most.
    #[arg(long, default_value_t = 100)]
    most: usize,
}

/// A list as it was judged, and what the rules of today hit of it; where nobody opened its goods, one to audit.
struct Candidate {
    /// A trade of exports goes by its marked name.
    key: OrderKey,
    attempt: u32,
    declared: Day,
    /// On which lane it went.
    lane: Option<Lane>,
    hits: Vec<RiskHit>,
    /// What a model gave it then; of exports no rule reads a score.
    score: Option<u16>,
}

impl Candidate {
    fn import(book: &Rulebook, consignment: &Consignment, day: Day) -> Option<Self> {
        let attempt = consignment.attempt.as_ref()?;
        Some(Self {
            key: consignment.key.clone(),
            attempt: attempt.number,
            declared: attempt.business_date,
            lane: attempt.lane,
            hits: hits(book, consignment, day),
            score: Score::of(&attempt.counts).map(|score| score.thousandths),
        })
    }

    fn export(book: &Rulebook, parties: &Parties, trade: &ExportTrade, day: Day) -> Option<Self> {
        let attempt = trade.attempt.as_ref()?;
        Some(Self {
            key: trade.key.marked(),
            attempt: attempt.number,
            declared: attempt.business_date,
            lane: attempt.lane,
            hits: hits_of_export(book, parties, trade, day),
            score: None,
        })
    }

    /// The lane that the rules of today ask for.
    fn asked(&self) -> Option<Lane> {
        self.hits.iter().map(|hit| hit.lane).max()
    }
}

/// What was judged in the time that was asked for, as the rules of today see it.
#[derive(Default)]
struct Audited {
    candidates: Vec<Candidate>,
    judged: u64,
    /// Opened, with a result that says whether anything had to follow.
    inspected: u64,
    illicit: u64,
    /// Of those that were opened, hit by the rules of today.
    hit: u64,
    /// And illicit.
    caught: u64,
}

impl Audited {
    /// One more list, with what an inspection found of it.
    fn judged(&mut self, one: Candidate, illicit: Option<bool>) {
        let is_hit = !one.hits.is_empty();
        self.judged += 1;
        if let Some(illicit) = illicit {
            self.inspected += 1;
            self.illicit += u64::from(illicit);
            self.hit += u64::from(is_hit);
            self.caught += u64::from(illicit && is_hit);
        } else if is_hit {
            self.candidates.push(one);
        }
    }

    /// The gravest lane first, then the most hits, the highest score, and by name.
    fn order(&mut self) {
        self.candidates.sort_by_cached_key(|one| {
            (Reverse(one.asked()), Reverse(one.hits.len()), Reverse(one.score), one.key.clone(), one.attempt)
        });
    }
}

/// What the rules of a day hit of a list, with what was known of it when it was judged.
fn hits(book: &Rulebook, consignment: &Consignment, day: Day) -> Vec<RiskHit> {
    let Some(attempt) = &consignment.attempt else { return Vec::new() };
    let Document::Declaration(declaration) = &*attempt.declaration.document else { return Vec::new() };
    let payment = consignment.payment.as_ref().and_then(|filed| match &*filed.document {
        Document::Payment(payment) => Some(payment),
        _ => None,
    });
    let facts =
        RiskFacts { declaration, assessment: attempt.assessment.as_ref(), payment, counts: &attempt.counts };
    book.risk.evaluate(&facts, day)
}

/// The same of a list of exports. Where the law of the day looks at none, its rules hit none.
fn hits_of_export(book: &Rulebook, parties: &Parties, trade: &ExportTrade, day: Day) -> Vec<RiskHit> {
    let (Some(attempt), Some(declaration)) = (&trade.attempt, trade.declaration()) else { return Vec::new() };
    if book.parameters.on(day).export_looks != 1 {
        return Vec::new();
    }
    let then = attempt.business_date;
    let since = parties.since(declaration.head.ebc_code.trim(), then);
    let facts = ExportFacts {
        declaration,
        rates: &book.rates,
        value: trade.value,
        merchant_since: since.map(|since| later(since, (then, day))),
        counts: &trade.look.counts,
    };
    book.risk.evaluate_export(&facts, day)
}

/// A day as much later as there is between two others: who was new when he declared is as new on the day whose rules are asked.
fn later(day: Day, (first, second): (Day, Day)) -> Day {
    let passed = Time::start_of(second).0 - Time::start_of(first).0;
    Time(Time::start_of(day).0 + passed).day()
}

/// Whether anything had to follow from what was found of lines; none = nobody knows.
fn illicit(found: &Found, mut lines: impl Iterator<Item = u32>) -> Option<bool> {
    let first = lines.find_map(|line| found.of(line))?;
    Some(first || lines.any(|line| found.of(line) == Some(true)))
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Result<bool, Failure> {
    let runtime = crate::runtime()?;
    let opened = runtime.block_on(crate::serve::open(&arguments.space, None))?;
    let audited = runtime.block_on(audit(&opened.window, arguments));
    drop(opened.window);
    let _ = opened.writer.join();
    let (audited, written) = audited?;
    println!(
        "{} lists judged; the rules of today hit {} that nobody opened, {written} of them are released: {}",
        audited.judged,
        audited.candidates.len(),
        arguments.out.display()
    );
    println!(
        "{} were opened, {} of them illicit: the rules of today hit {} of the illicit, and {} of all that were opened",
        audited.inspected, audited.illicit, audited.caught, audited.hit
    );
    Ok(true)
}

/// The second is how many were written.
async fn audit(window: &server::Window, arguments: &Arguments) -> Result<(Audited, usize), Failure> {
    let reference = window.reference();
    let book = reference.current();
    let today = Clock::Real.now().day();
    let mut audited = Audited::default();
    let judged = |judged: &Judged, result: Option<&Found>| -> Result<(), Failure> {
        let one = match judged {
            Judged::Import(consignment) => Candidate::import(book, consignment, today),
            Judged::Export(trade) => Candidate::export(book, &reference.parties, trade, today),
        };
        let known = result.and_then(|result| illicit(result, lines(judged).into_iter()));
        if let Some(one) = one {
            audited.judged(one, known);
        }
        Ok(())
    };
    each_judged(window, (arguments.trade, &arguments.term), judged).await?;
    audited.order();
    let written = write(window, arguments, &audited.candidates).await?;
    Ok((audited, written))
}

/// Numbers of its lines, as results name them.
fn lines(judged: &Judged) -> Vec<u32> {
    let document = match judged {
        Judged::Import(one) => one.attempt.as_ref().map(|attempt| &*attempt.declaration.document),
        Judged::Export(one) => one.attempt.as_ref().map(|attempt| &*attempt.declaration.document),
    };
    match document {
        Some(Document::Declaration(list)) => list.lines.iter().map(|line| line.gnum).collect(),
        Some(Document::ExportDeclaration(list)) => list.lines.iter().map(|line| line.gnum).collect(),
        _ => Vec::new(),
    }
}

/// Where the list stands by now, with its number; none = another took its place.
async fn standing(
    window: &server::Window,
    one: &Candidate,
) -> Result<Option<(State, Option<Text>)>, Failure> {
    let now = match ExportTradeKey::of_marked(&one.key) {
        None => {
            let consignment = window.read.consignment(&one.key).await?;
            let attempt = consignment.and_then(|consignment| consignment.attempt);
            attempt.map(|attempt| (attempt.number, attempt.state, attempt.invt_no))
        }
        Some(key) => {
            let state = window.read.export(&ExportKey::Trade(key)).await?;
            let trade = state.as_ref().and_then(ExportState::trade);
            let attempt = trade.and_then(|trade| trade.attempt.as_ref());
            attempt.map(|attempt| (attempt.number, attempt.state, attempt.invt_no.clone()))
        }
    };
    let now = now.filter(|(number, ..)| *number == one.attempt);
    Ok(now.map(|(_, state, entry)| (state, entry)))
}

/// What a joint case is opened about: a trade of imports. Of exports the number of the list has to do, which names no merchant.
fn about(key: &OrderKey) -> String {
    match ExportTradeKey::of_marked(key) {
        None => format!("{}/{}", key.platform, key.order_no),
        Some(_) => String::new(),
    }
}

/// Writes those that are released by now.
async fn write(
    window: &server::Window,
    arguments: &Arguments,
    candidates: &[Candidate],
) -> Result<usize, Failure> {
    let partial = arguments.out.with_added_extension("partial");
    let mut out = csv::Writer::from_path(&partial)?;
    out.write_record([
        "rank",
        "about",
        "entry",
        "declared",
        "lane",
        "lane_today",
        "rules",
        "evidence",
        "score",
    ])?;
    let mut written = 0;
    for one in candidates {
        if written == arguments.most {
            break;
        }
        let Some((State::Released | State::Closed, entry)) = standing(window, one).await? else { continue };
        written += 1;
        let word = |lane: Option<Lane>| lane.map_or("", Lane::word).to_owned();
        let rules: Vec<&str> = one.hits.iter().map(|hit| hit.rule.as_str()).collect();
        let evidence: Vec<&str> = one.hits.iter().map(|hit| hit.evidence.as_str()).collect();
        out.write_record([
            written.to_string(),
            about(&one.key),
            entry.map(|entry| entry.to_string()).unwrap_or_default(),
            one.declared.number().to_string(),
            word(one.lane),
            word(one.asked()),
            rules.join(" "),
            evidence.join("; "),
            one.score.map(|score| score.to_string()).unwrap_or_default(),
        ])?;
    }
    finished(out, &partial, &arguments.out)?;
    Ok(written)
}

#[cfg(test)]
mod tests {
    use super::super::in_memory::Window;
    use super::*;
    use clearance::sample::{Export, Trade};

    const NOW: Time = Time(1_795_399_200_000);

    /// A trade, as it is after its documents agreed, whose first goods have a name.
    fn judged(window: &mut Window, number: u64, name: Option<&str>) -> Consignment {
        let mut trade = Trade::new(1, number, NOW, 1_000_000);
        if let Some(name) = name {
            trade.declaration.lines[0].gname = name.into();
        }
        window.now = NOW;
        for (sender, document) in trade.documents() {
            window.send(&sender, document);
        }
        let key = OrderKey::new(&trade.order.head.ebp_code, &trade.order.head.order_no);
        (*window.facts.consignments[&key]).clone()
    }

    #[test]
    fn what_nobody_opened_is_ranked_and_what_was_opened_measures_the_rules() {
        let mut window = Window::new(Vec::new());
        let book = Rulebook::builtin();
        let plain = judged(&mut window, 1, None);
        let papers = judged(&mut window, 2, Some("样例对讲机"));
        let grave = judged(&mut window, 3, Some("样例象牙摆件"));
        let mut audited = Audited::default();
        let of = |consignment: &Consignment| Candidate::import(&book, consignment, NOW.day()).unwrap();
        for consignment in [&papers, &plain, &grave] {
            audited.judged(of(consignment), None);
        }
        audited.order();
        let ranked: Vec<&OrderKey> = audited.candidates.iter().map(|one| &one.key).collect();
        assert_eq!(ranked, [&grave.key, &papers.key], "a plain one is nobody's concern");
        assert_eq!(audited.candidates[0].asked(), Some(Lane::Hold));
        assert_eq!((audited.judged, audited.inspected), (3, 0));
        // Two that were illicit, of which the rules see one; one that was not, and is hit all the same.
        let mut audited = Audited::default();
        for (consignment, illicit) in [(&grave, true), (&plain, true), (&papers, false)] {
            audited.judged(of(consignment), Some(illicit));
        }
        assert!(audited.candidates.is_empty(), "they were opened");
        assert_eq!((audited.inspected, audited.illicit, audited.hit, audited.caught), (3, 2, 2, 1));
        // Rules that are not in force yet hit nothing.
        let before = Day::from_number(20_180_101).unwrap_or_default();
        let mut audited = Audited::default();
        audited.judged(Candidate::import(&book, &grave, before).unwrap(), None);
        assert!(audited.candidates.is_empty());
    }

    #[test]
    fn exports_are_held_against_the_rules_about_exports_as_new_as_their_merchants_were() {
        let mut window = Window::new(Vec::new());
        window.now = NOW;
        let mut judged = |number: u64, name: Option<&str>| {
            let mut export = Export::new(1, number, NOW);
            if let Some(name) = name {
                export.declaration.lines[0].gname = name.into();
            }
            for (sender, document) in export.documents() {
                window.send(&sender, document);
            }
            let state = window.facts.exports[&ExportKey::Trade(export.key())].clone();
            (**state.trade().unwrap()).clone()
        };
        let plain = judged(1, None);
        let relics = judged(2, Some("样例古籍"));
        let grave = judged(3, Some("样例象牙摆件"));
        let parties = clearance::sample::parties();
        let book = Rulebook::builtin();
        let mut audited = Audited::default();
        for trade in [&relics, &plain, &grave] {
            audited.judged(Candidate::export(&book, &parties, trade, NOW.day()).unwrap(), None);
        }
        audited.order();
        let ranked: Vec<(OrderKey, Option<Lane>)> =
            audited.candidates.iter().map(|one| (one.key.clone(), one.asked())).collect();
        let expected =
            [(grave.key.marked(), Some(Lane::Hold)), (relics.key.marked(), Some(Lane::Inspection))];
        assert_eq!((ranked.as_slice(), audited.judged), (&expected[..], 3));
        assert_eq!(
            (about(&grave.key.marked()), about(&grave.key.as_pair()).is_empty()),
            (String::new(), false)
        );
        // Who was filed for ninety days when he declared is so for the rules of a year later too.
        let rules = "id,dimension,valid_from,valid_to,lane,condition,note\n\
            new,quality,20190101,,hold,trade = export and merchant_days = 90,\n";
        let mut parties = Parties::default();
        for mut filing in clearance::sample::filings() {
            filing.valid_from = Time(NOW.0 - 90 * 86_400_000).day();
            parties.file(filing);
        }
        let book = Rulebook::load(1, &[("risk_rules.csv".to_owned(), rules.to_owned())]).unwrap();
        let asked = |day: Day| Candidate::export(&book, &parties, &plain, day).unwrap().asked();
        let year_later = Time(NOW.0 + 365 * 86_400_000).day();
        assert_eq!([asked(NOW.day()), asked(year_later)], [Some(Lane::Hold); 2]);
        // Nor is anything hit where the law looks at no exports.
        let text =
            Rulebook::built_in_tables().into_iter().find(|(name, _)| name == "parameters.csv").unwrap().1;
        let law = text.replace("\nexport_looks,1,", "\nexport_looks,0,");
        let book = Rulebook::load(1, &[("parameters.csv".to_owned(), law)]).unwrap();
        assert!(Candidate::export(&book, &parties, &grave, NOW.day()).unwrap().hits.is_empty());
    }
}
