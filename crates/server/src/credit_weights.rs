//! How much the enterprises of a zone differ in each indicator, beside the weight that the tables give it (`onewindow credit
//! weights`): what all have alike tells nothing of anybody. Weights are tables, published by people; this says what the facts of a day
//! would make of them, indicator by indicator within its dimension. How entropy is reckoned belongs to the crate `credit`.

use crate::Window;
use crate::credit::known;
use ::credit::{Model, Reading, Told, entropy};
use ceb::Day;
use clearance::Text;
use std::collections::BTreeSet;
use store::StoreError;

/// An indicator with both weights.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Weight {
    /// Its dimension.
    pub dimension: Text,
    /// Its word.
    pub indicator: Text,
    /// Its part of the dimension by the tables, percent.
    pub share: i64,
    /// Its part by entropy, parts per million: those of a dimension are a million together, or all none.
    pub by_entropy: i64,
    /// Enterprises of which enough is observed.
    pub told: usize,
}

/// Both weights of every indicator of a day, over all enterprises that are filed.
///
/// # Errors
/// When the store cannot be read.
pub async fn weights(window: &Window, day: Day) -> Result<Vec<Weight>, StoreError> {
    let reference = window.reference();
    let parties: BTreeSet<Text> = reference.parties.all().iter().map(|filing| filing.code.clone()).collect();
    let mut read = Vec::with_capacity(parties.len());
    for party in &parties {
        read.push(known(window, party, day).await?.assessment.readings);
    }
    Ok(weigh(&reference.current().credit, day, &read))
}

/// The points of an indicator, where enough is observed.
fn points(readings: &[Reading], indicator: &str) -> Option<i64> {
    let of = readings.iter().find(|one| one.indicator == indicator);
    of.filter(|one| one.told == Told::Enough).map(|one| one.points)
}

fn weigh(model: &Model, day: Day, read: &[Vec<Reading>]) -> Vec<Weight> {
    let mut all = Vec::new();
    for dimension in model.dimensions(day) {
        let indicators: Vec<_> =
            model.indicators(day).filter(|one| one.dimension == dimension.dimension).collect();
        let column = |indicator: &str| -> Vec<Option<i64>> {
            read.iter().map(|readings| points(readings, indicator)).collect()
        };
        let columns: Vec<Vec<Option<i64>>> = indicators.iter().map(|one| column(&one.indicator)).collect();
        let told: Vec<usize> = columns.iter().map(|column| column.iter().flatten().count()).collect();
        // Of one enterprise nothing can differ.
        let compared: Vec<usize> = (0..columns.len()).filter(|at| told[*at] > 1).collect();
        let rows = (0..read.len()).filter(|row| compared.iter().any(|at| columns[*at][*row].is_some()));
        // Of whom an indicator says nothing stands in the middle: he makes it neither more nor less telling.
        let middle = |at: usize| columns[at].iter().flatten().sum::<i64>() / told[at].max(1) as i64;
        let matrix: Vec<Vec<i64>> = rows
            .map(|row| compared.iter().map(|at| columns[*at][row].unwrap_or_else(|| middle(*at))).collect())
            .collect();
        let weighed = entropy(&matrix);
        for (at, one) in indicators.iter().enumerate() {
            let place = compared.iter().position(|compared| *compared == at);
            all.push(Weight {
                dimension: dimension.dimension.clone(),
                indicator: one.indicator.clone(),
                share: one.share,
                by_entropy: place.and_then(|place| weighed.get(place)).copied().unwrap_or(0),
                told: told[at],
            });
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use clearance::Rulebook;

    fn reading(indicator: &str, points: i64, told: Told) -> Reading {
        Reading {
            indicator: indicator.into(),
            dimension: Text::default(),
            told,
            part: 0,
            whole: 0,
            sample: 0,
            minimum: 0,
            value: ceb::Decimal::from_whole(0),
            points,
            weight: 0,
            gives: 0,
            observations: Vec::new(),
            contested: Vec::new(),
        }
    }

    #[test]
    fn what_all_have_alike_weighs_nothing() {
        let book = Rulebook::builtin();
        let day = Day::from_number(20_261_130).expect("a day");
        let of = |one: &::credit::Indicator| one.dimension.clone();
        let first = book.credit.indicators(day).next().expect("an indicator");
        let names: Vec<Text> = book
            .credit
            .indicators(day)
            .filter(|one| of(one) == of(first))
            .map(|one| one.indicator.clone())
            .take(2)
            .collect();
        let [alike, apart] = names.as_slice() else { panic!("a dimension of one indicator") };
        let party =
            |points: i64| vec![reading(alike, 80_000, Told::Enough), reading(apart, points, Told::Enough)];
        let unknown = vec![reading(alike, 0, Told::Nothing), reading(apart, 5, Told::TooFew)];
        let weighed = weigh(&book.credit, day, &[party(100_000), party(10_000), party(40_000), unknown]);
        let by = |name: &Text| weighed.iter().find(|one| one.indicator == *name).expect("it is weighed");
        assert_eq!((by(alike).by_entropy, by(apart).by_entropy), (0, 1_000_000));
        assert_eq!((by(alike).told, by(apart).told), (3, 3));
        assert!(weighed.iter().filter(|one| one.told == 0).all(|one| one.by_entropy == 0));
        assert_eq!(weighed.len(), book.credit.indicators(day).count());
    }
}
