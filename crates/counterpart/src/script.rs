//! What a counterpart does beside taking what it is sent, and the text in which somebody says so: steps with `;` between
//! them for one counterpart, lines `NAME: STEPS` for several. Leaves to others: where the text comes from, and when it is read
//! again.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::Range;
use std::str::FromStr;
use std::time::Duration;

/// What a counterpart does beside taking what it is sent. Requests are counted from 0, from when the script was set.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Script {
    /// It takes so long for an answer.
    pub delay: Duration,
    /// It is down for these requests: 503.
    pub outage: Option<Range<u64>>,
    /// It refuses these requests for good: 422.
    pub refuses: Option<Range<u64>>,
    /// It loses its answer to these: the request was taken, the connection says 502.
    pub loses: Option<Range<u64>>,
    /// It objects to records that have this text in a field.
    pub objects: BTreeSet<String>,
    /// Of the police: whose an identity number is. Another name under it is objected to.
    pub persons: BTreeMap<String, String>,
}

/// The steps, for whoever wrote another.
const STEPS: &str = "delay MILLISECONDS, outage, refuse or lose with nothing (until told otherwise), COUNT or FROM..TO, \
                     object TEXT, person NUMBER NAME";
/// Longest delay: the window waits fifteen seconds for an answer.
const LONGEST_DELAY: u64 = 600_000;

/// Requests, as `FROM..TO`, `COUNT` of the next, or nothing for all that come.
///
/// # Errors
/// What was expected.
pub fn requests(text: &str) -> Result<Range<u64>, String> {
    let number = |text: &str| text.trim().parse::<u64>().ok();
    let found = match text.trim() {
        "" => Some(0..u64::MAX),
        one => match one.split_once("..") {
            None => number(one).map(|count| 0..count),
            Some((from, to)) => number(from).zip(number(to)).map(|(from, to)| from..to),
        },
    };
    found
        .filter(|range| !range.is_empty())
        .ok_or_else(|| format!("{text}: requests are COUNT or FROM..TO, as 3..10"))
}

impl FromStr for Script {
    type Err = String;

    /// Steps with `;` between them; none = it works.
    fn from_str(text: &str) -> Result<Self, String> {
        let mut script = Self::default();
        for step in text.split(';').map(str::trim).filter(|step| !step.is_empty()) {
            let (word, rest) = step.split_once(char::is_whitespace).unwrap_or((step, ""));
            let rest = rest.trim();
            match word {
                "delay" => {
                    let millis = rest.parse().ok().filter(|millis| *millis <= LONGEST_DELAY);
                    let millis = millis.ok_or_else(|| {
                        format!("{step}: a delay is a number of milliseconds up to {LONGEST_DELAY}")
                    })?;
                    script.delay = Duration::from_millis(millis);
                }
                "outage" => script.outage = Some(requests(rest)?),
                "refuse" => script.refuses = Some(requests(rest)?),
                "lose" => script.loses = Some(requests(rest)?),
                "object" if !rest.is_empty() => drop(script.objects.insert(rest.to_owned())),
                "person" => {
                    let (number, name) = rest
                        .split_once(char::is_whitespace)
                        .ok_or_else(|| format!("{step}: person NUMBER NAME"))?;
                    script.persons.insert(number.to_ascii_uppercase(), name.trim().to_owned());
                }
                _ => return Err(format!("{step}: steps are {STEPS}")),
            }
        }
        Ok(script)
    }
}

impl fmt::Display for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut steps = Vec::new();
        if !self.delay.is_zero() {
            steps.push(format!("delay {}", self.delay.as_millis()));
        }
        for (word, range) in [("outage", &self.outage), ("refuse", &self.refuses), ("lose", &self.loses)] {
            match range {
                None => {}
                Some(range) if *range == (0..u64::MAX) => steps.push(word.to_owned()),
                Some(range) => steps.push(format!("{word} {}..{}", range.start, range.end)),
            }
        }
        steps.extend(self.objects.iter().map(|text| format!("object {text}")));
        steps.extend(self.persons.iter().map(|(number, name)| format!("person {number} {name}")));
        f.write_str(&steps.join("; "))
    }
}

/// Scripts of several counterparts by name.
///
/// One a line, `NAME: STEPS`; `all` is everybody. Of lines for one counterpart the last counts: whoever wants another script
/// adds a line. What is empty or begins with `#` is for people.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Scripts {
    lines: Vec<(String, Script)>,
}

/// Everybody.
const ALL: &str = "all";

impl Scripts {
    /// Reads lines. `known` are the names that there are. What is wrong is told by its line and left out, so that a slip in one
    /// line does not set the others back.
    pub fn read(text: &str, known: &[&str]) -> (Self, Vec<String>) {
        let (mut scripts, mut wrong) = (Self::default(), Vec::new());
        for (index, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            match Self::line(line, known) {
                Ok(read) => scripts.lines.push(read),
                Err(why) => wrong.push(format!("line {}: {why}", index + 1)),
            }
        }
        (scripts, wrong)
    }

    /// One line.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn line(line: &str, known: &[&str]) -> Result<(String, Script), String> {
        let (name, steps) = line.split_once(':').ok_or_else(|| format!("{line}: NAME: STEPS"))?;
        let name = name.trim();
        if name != ALL && !known.contains(&name) {
            return Err(format!("{name}: one of {ALL}, {}", known.join(", ")));
        }
        Ok((name.to_owned(), steps.parse()?))
    }

    /// With a line after the others.
    pub fn push(&mut self, line: (String, Script)) {
        self.lines.push(line);
    }

    /// The script of a counterpart, and the number of the line that it is from: the same line said once more is another.
    pub fn of(&self, name: &str) -> Option<(usize, &Script)> {
        let found = self.lines.iter().enumerate().rfind(|(_, (of, _))| of == name || of == ALL);
        found.map(|(number, (_, script))| (number, script))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_is_read_as_it_is_written() {
        let text =
            "delay 20; outage 3..10; refuse; lose 0..2; object 样例 他人; person 110101199001011237 样例一";
        let script: Script = text.parse().unwrap();
        assert_eq!(script.to_string(), text);
        assert_eq!((script.delay.as_millis(), script.outage.clone()), (20, Some(3..10)));
        assert_eq!(script.refuses, Some(0..u64::MAX));
        assert_eq!(script.persons["110101199001011237"], "样例一");
        assert_eq!("outage 5".parse::<Script>().unwrap().outage, Some(0..5), "the next five");
        assert_eq!(" ; ".parse::<Script>().unwrap(), Script::default());
        for wrong in [
            "delay",
            "delay soon",
            "delay 600001",
            "outage 5..5",
            "outage x",
            "object",
            "person 1",
            "sleep 1",
        ] {
            let why = wrong.parse::<Script>().unwrap_err();
            assert!(why.contains(wrong.split(' ').next_back().unwrap()), "{wrong}: {why}");
        }
    }

    #[test]
    fn the_last_line_for_a_counterpart_counts_and_what_is_wrong_is_left_out() {
        let text = "# who is down\nall: delay 5\n\ntax: outage\nnobody: outage\nbank refuse\nbank: refuse 2\ntax: outage";
        let (scripts, wrong) = Scripts::read(text, &["tax", "bank"]);
        let of = |name: &str| scripts.of(name).map(|(line, script)| (line, script.to_string()));
        assert_eq!(of("tax"), Some((3, "outage".to_owned())), "said twice: the second");
        assert_eq!(of("bank"), Some((2, "refuse 0..2".to_owned())));
        assert_eq!(of("post"), Some((0, "delay 5".to_owned())));
        assert_eq!(wrong.len(), 2, "{wrong:?}");
        assert!(
            wrong[0].starts_with("line 5: nobody") && wrong[1].starts_with("line 6: bank refuse"),
            "{wrong:?}"
        );
        assert_eq!(Scripts::read("tax: outage", &["tax"]).0.of("bank"), None);
    }
}
