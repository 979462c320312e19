//! Templates of processes (`process_templates.csv`): by mode and direction the stations that a trade passes, who acts at each, with which
//! documents, and which clock runs. They are told and not judged: what is judged names its own rules. A station is moved, added or
//! taken away by a row.

use super::{CodeTable, Confidence, Parameters, TableFault, rows, term};
use crate::Text;
use crate::party::Role;
use crate::record::Register;
use ceb::{Day, Kind};

/// File name of the table.
pub(super) const FILE: &str = "process_templates.csv";
/// Which way goods go.
const DIRECTIONS: [&str; 2] = ["import", "export"];

/// A station of a process.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Station {
    /// The process.
    pub process: Text,
    /// Its place in it, from 1.
    pub step: u32,
    /// Its word.
    pub station: Text,
    /// Its name in Chinese.
    pub name_zh: Text,
    /// Its name in English.
    pub name_en: Text,
    /// The supervision mode; empty = any.
    pub mode: Text,
    /// `import` or `export`.
    pub direction: Text,
    /// Who acts.
    pub actors: Vec<Role>,
    /// Numbers of messages, or words of registers.
    pub documents: Vec<Text>,
    /// The parameter by which it is late; empty = no clock runs.
    pub clock: Text,
    /// First day.
    pub from: Day,
    /// Last day; none = open.
    pub to: Option<Day>,
    /// Where it is said.
    pub source: Text,
    /// How sure that is.
    pub confidence: Confidence,
}

/// All stations.
#[derive(Clone, Default, Debug)]
pub struct ProcessTemplates(Vec<Station>);

impl ProcessTemplates {
    pub(super) fn load(text: &str, modes: &CodeTable, faults: &mut Vec<TableFault>) -> Self {
        let mut all: Vec<Station> = Vec::new();
        let header = [
            "process",
            "step",
            "station",
            "station_zh",
            "station_en",
            "mode",
            "direction",
            "actors",
            "documents",
            "clock",
            "valid_from",
            "valid_to",
            "source",
            "certainty",
        ];
        rows(FILE, text, header, faults, |fields| {
            let [process, step, station, zh, en, mode, direction, ..] = fields;
            let [.., actors, documents, clock, from, to, source, certainty] = fields;
            if [process, station, zh, en, actors, source].contains(&"") {
                return Err("process, station, names, actors and source are not empty".to_owned());
            }
            if !mode.is_empty() && modes.name(mode).is_none() {
                return Err(format!("{mode} is no supervision mode"));
            }
            if !DIRECTIONS.contains(&direction) {
                return Err(format!("direction is {}", DIRECTIONS.join(" or ")));
            }
            let role = |word: &str| Role::from_word(word).ok_or_else(|| format!("{word} is no role"));
            let row = Station {
                process: process.into(),
                step: step.parse().ok().filter(|step| *step > 0).ok_or("step is a number from 1")?,
                station: station.into(),
                name_zh: zh.into(),
                name_en: en.into(),
                mode: mode.into(),
                direction: direction.into(),
                actors: actors.split_whitespace().map(role).collect::<Result<_, _>>()?,
                documents: documents.split_whitespace().map(document).collect::<Result<_, _>>()?,
                clock: clock.into(),
                from: term::first_day(from)?,
                to: term::last_day(to)?,
                source: source.into(),
                confidence: term::certainty(certainty)?,
            };
            if !clock.is_empty() && !Parameters::is_named(clock) {
                return Err(format!("{clock} is no parameter"));
            }
            let overlaps = |other: &Station| {
                (&other.process, other.step) == (&row.process, row.step)
                    && term::overlap((other.from, other.to), (row.from, row.to))
            };
            if all.iter().any(overlaps) {
                return Err(format!("two rows of step {step} of {process} hold on the same day"));
            }
            all.push(row);
            Ok(())
        });
        Self(all)
    }

    /// The stations in force on a day, each process in its order.
    pub fn on(&self, day: Day) -> Vec<&Station> {
        let mut found: Vec<&Station> =
            self.0.iter().filter(|row| term::holds(row.from, row.to, day)).collect();
        // Processes stand as in the table, whatever the order of their steps there.
        let first = |process: &Text| self.0.iter().position(|row| row.process == *process);
        found.sort_by_key(|row| (first(&row.process), row.step));
        found
    }
}

/// A document is a message by its number, or a record by the word of its register.
fn document(word: &str) -> Result<Text, String> {
    let is_message = word.parse().ok().and_then(Kind::from_number).is_some();
    if is_message || Register::from_word(word).is_some() {
        return Ok(word.into());
    }
    Err(format!("{word} is neither the number of a message nor a register"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rulebook::Rulebook;

    const HEADER: &str = "process,step,station,station_zh,station_en,mode,direction,actors,documents,clock,valid_from,valid_to,source,certainty\n";

    fn load(text: &str) -> Result<ProcessTemplates, Vec<TableFault>> {
        let mut faults = Vec::new();
        let modes = Rulebook::builtin().codes.trade_modes;
        let table = ProcessTemplates::load(&format!("{HEADER}{text}"), &modes, &mut faults);
        if faults.is_empty() { Ok(table) } else { Err(faults) }
    }

    #[test]
    fn every_mode_of_the_zone_has_a_template_whose_steps_follow_one_another() {
        let book = Rulebook::builtin();
        let stations = book.processes.on(Day::from_number(20_261_201).unwrap());
        for mode in ["9610", "1210", "9710", "9810", "1039"] {
            assert!(stations.iter().any(|one| one.mode == mode), "{mode}");
        }
        for pair in stations.windows(2) {
            let follows = if pair[0].process == pair[1].process { pair[0].step + 1 } else { 1 };
            assert_eq!(pair[1].step, follows, "{} {}", pair[1].process, pair[1].station);
        }
    }

    #[test]
    fn a_station_is_moved_by_its_rows_and_a_wrong_one_is_said_with_its_line() {
        let rows = "p,2,look,查验,looked at,9610,export,officer,603,,20190101,,s,unsure\n\
            p,1,order,下单,ordered,9610,export,platform,303,partner_wait_hours,20190101,20261231,s,unsure\n";
        let table = load(rows).unwrap();
        let words = |day: u32| -> Vec<String> {
            let on = table.on(Day::from_number(day).unwrap());
            on.into_iter().map(|one| one.station.to_string()).collect()
        };
        assert_eq!(words(20_261_201), ["order", "look"]);
        assert_eq!(words(20_270_101), ["look"]);
        for wrong in [
            "p,1,a,甲,a,0001,export,officer,,,20190101,,s,unsure\n",
            "p,1,a,甲,a,9610,sideways,officer,,,20190101,,s,unsure\n",
            "p,1,a,甲,a,9610,export,nobody,,,20190101,,s,unsure\n",
            "p,1,a,甲,a,9610,export,officer,999,,20190101,,s,unsure\n",
            "p,1,a,甲,a,9610,export,officer,,no_such_clock,20190101,,s,unsure\n",
            "p,0,a,甲,a,9610,export,officer,,,20190101,,s,unsure\n",
        ] {
            assert_eq!(load(wrong).unwrap_err()[0].line, 2, "{wrong}");
        }
    }
}
