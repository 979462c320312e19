//! `onewindow risk audit`: lists that were released without anybody having opened them, held against the rules of today, so that officers
//! choose which to audit; and how much of what inspections found in the same time those rules would have hit. Windows say what they
//! said then: of those that no rule read then nothing is known. What the newer model says of them is `risk export` and `risk score`.
#![expect(clippy::print_stdout, reason = "the answer of the command")]

use super::history::{Term, each_judged, finished};
use crate::{Failure, Space};
use ceb::{Day, Document};
use clearance::Rulebook;
use clearance::consignment::{Attempt, Consignment, Lane, RiskHit, State};
use clearance::keys::OrderKey;
use clearance::risk::RiskFacts;
use clearance::score::Score;
use server::clock::Clock;
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
    #[command(flatten)]
    term: Term,
    /// Lists at most.
    #[arg(long, default_value_t = 100)]
    most: usize,
}

/// A list that the rules of today hit and nobody opened.
struct Candidate {
    key: OrderKey,
    attempt: u32,
    declared: Day,
    /// On which lane it went.
    lane: Option<Lane>,
    hits: Vec<RiskHit>,
    /// What a model gave it then.
    score: Option<u16>,
}

impl Candidate {
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
    fn judged(&mut self, book: &Rulebook, consignment: &Consignment, illicit: Option<bool>, today: Day) {
        let Some(attempt) = &consignment.attempt else { return };
        let hits = hits(book, consignment, attempt, today);
        self.judged += 1;
        if let Some(illicit) = illicit {
            self.inspected += 1;
            self.illicit += u64::from(illicit);
            self.hit += u64::from(!hits.is_empty());
            self.caught += u64::from(illicit && !hits.is_empty());
        } else if !hits.is_empty() {
            self.candidates.push(Candidate {
                key: consignment.key.clone(),
                attempt: attempt.number,
                declared: attempt.business_date,
                lane: attempt.lane,
                hits,
                score: Score::of(&attempt.counts).map(|score| score.thousandths),
            });
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
fn hits(book: &Rulebook, consignment: &Consignment, attempt: &Attempt, day: Day) -> Vec<RiskHit> {
    let Document::Declaration(declaration) = &*attempt.declaration.document else { return Vec::new() };
    let payment = consignment.payment.as_ref().and_then(|filed| match &*filed.document {
        Document::Payment(payment) => Some(payment),
        _ => None,
    });
    let facts =
        RiskFacts { declaration, assessment: attempt.assessment.as_ref(), payment, counts: &attempt.counts };
    book.risk.evaluate(&facts, day)
}

/// Whether anything had to follow from what was found of so many lines; none = nobody knows.
fn illicit(found: &Found, lines: usize) -> Option<bool> {
    (1..=lines as u32).filter_map(|line| found.of(line)).max()
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
    let judged = |consignment: &Consignment, result: Option<&Found>| {
        let known = result.and_then(|result| illicit(result, lines(consignment)));
        audited.judged(book, consignment, known, today);
        Ok(())
    };
    each_judged(window, &arguments.term, judged).await?;
    audited.order();
    let written = write(window, arguments, &audited.candidates).await?;
    Ok((audited, written))
}

fn lines(consignment: &Consignment) -> usize {
    consignment.attempt.as_ref().map_or(0, |attempt| match &*attempt.declaration.document {
        Document::Declaration(declaration) => declaration.lines.len(),
        _ => 0,
    })
}

/// Writes those that are released by now. `about` is what a joint case is opened about.
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
        let now = window.read.consignment(&one.key).await?.and_then(|consignment| consignment.attempt);
        let Some(attempt) = now.filter(|attempt| attempt.number == one.attempt) else { continue };
        if !matches!(attempt.state, State::Released | State::Closed) {
            continue;
        }
        written += 1;
        let word = |lane: Option<Lane>| lane.map_or("", Lane::word).to_owned();
        let rules: Vec<&str> = one.hits.iter().map(|hit| hit.rule.as_str()).collect();
        let evidence: Vec<&str> = one.hits.iter().map(|hit| hit.evidence.as_str()).collect();
        out.write_record([
            written.to_string(),
            format!("{}/{}", one.key.platform, one.key.order_no),
            attempt.invt_no.as_ref().map(ToString::to_string).unwrap_or_default(),
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
    use clearance::keys::Time;
    use clearance::sample::Trade;

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
        for consignment in [&papers, &plain, &grave] {
            audited.judged(&book, consignment, None, NOW.day());
        }
        audited.order();
        let ranked: Vec<&OrderKey> = audited.candidates.iter().map(|one| &one.key).collect();
        assert_eq!(ranked, [&grave.key, &papers.key], "a plain one is nobody's concern");
        assert_eq!(audited.candidates[0].asked(), Some(Lane::Hold));
        assert_eq!((audited.judged, audited.inspected), (3, 0));
        // Two that were illicit, of which the rules see one; one that was not, and is hit all the same.
        let mut audited = Audited::default();
        for (consignment, illicit) in [(&grave, true), (&plain, true), (&papers, false)] {
            audited.judged(&book, consignment, Some(illicit), NOW.day());
        }
        assert!(audited.candidates.is_empty(), "they were opened");
        assert_eq!((audited.inspected, audited.illicit, audited.hit, audited.caught), (3, 2, 2, 1));
        // Rules that are not in force yet hit nothing.
        let before = Day::from_number(20_180_101).unwrap_or_default();
        let mut audited = Audited::default();
        audited.judged(&book, &grave, None, before);
        assert!(audited.candidates.is_empty());
    }
}
