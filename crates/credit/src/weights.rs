//! Weights: from comparisons in pairs (the analytic hierarchy process, with its consistency ratio), and from how much the
//! enterprises of a zone differ in an indicator (entropy). In whole numbers with a fixed point, so that everybody who makes
//! them again gets the same.

use crate::MILLION;

/// One thing compared with another: so many times as important.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ratio {
    /// Times.
    pub times: i64,
    /// Of.
    pub of: i64,
}

/// Weights and how far the comparisons contradict each other.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Weighed {
    /// Parts per million, in the order of what was compared; together exactly a million.
    pub weights: Vec<i64>,
    /// Consistency ratio, parts per million: from 100,000 on the comparisons are no ground for weights (Saaty).
    pub inconsistency: i64,
}

/// The fixed point of computing.
const ONE: i128 = 1_000_000_000_000;
/// Steps of the iteration: the vector moves by less than its last digit long before.
const STEPS: usize = 100;
/// Consistency of random comparisons of 1 to 10 things (Saaty), in thousandths.
const RANDOM: [i128; 10] = [0, 0, 580, 900, 1120, 1240, 1320, 1410, 1450, 1490];

/// Weights of things from comparisons of each with each: the principal vector of the matrix, by iteration.
///
/// None if it is no square of ratios above zero, or of more than ten things.
pub fn hierarchy(compared: &[Vec<Ratio>]) -> Option<Weighed> {
    let count = compared.len();
    let sound = compared
        .iter()
        .all(|row| row.len() == count && row.iter().all(|ratio| ratio.times > 0 && ratio.of > 0));
    if count == 0 || count > RANDOM.len() || !sound {
        return None;
    }
    let times = |vector: &[i128]| -> Vec<i128> {
        let row = |row: &Vec<Ratio>| {
            row.iter()
                .zip(vector)
                .map(|(ratio, part)| part * i128::from(ratio.times) / i128::from(ratio.of))
                .sum()
        };
        compared.iter().map(row).collect()
    };
    let mut vector = vec![ONE / count as i128; count];
    for _ in 0..STEPS {
        vector = normal(&times(&vector));
    }
    // The principal value: how many times itself the matrix makes of the vector, on average.
    let made = times(&vector);
    let values = made.iter().zip(&vector).map(|(made, part)| made * ONE / part.max(&1));
    let principal = values.sum::<i128>() / count as i128;
    let random = RANDOM.get(count - 1).copied().unwrap_or(1);
    let inconsistency = if random == 0 {
        0
    } else {
        // (λ − n) ∕ (n − 1) ∕ random, toward zero; a millionth below nothing is nothing.
        let beyond = (principal - count as i128 * ONE).max(0);
        beyond * 1000 * i128::from(MILLION) / (count as i128 - 1) / random / ONE
    };
    Some(Weighed { weights: whole(&vector), inconsistency: inconsistency as i64 })
}

/// Weights of indicators from the points of enterprises (`points[enterprise][indicator]`, not below zero): what all have alike
/// tells nothing and weighs nothing. Equal weights where nothing tells them apart.
pub fn entropy(points: &[Vec<i64>]) -> Vec<i64> {
    let Some(count) = points.first().map(Vec::len).filter(|count| *count > 0) else { return Vec::new() };
    let column =
        |at: usize| points.iter().map(move |row| i128::from(row.get(at).copied().unwrap_or(0).max(0)));
    let diverging: Vec<i128> = (0..count).map(|at| ONE - disorder(&column(at).collect::<Vec<_>>())).collect();
    if diverging.iter().all(|part| *part <= 0) || points.len() < 2 {
        return whole(&vec![ONE / count as i128; count]);
    }
    whole(&normal(&diverging.iter().map(|part| (*part).max(0)).collect::<Vec<_>>()))
}

/// How evenly a sum is spread: 0 to [`ONE`].
fn disorder(column: &[i128]) -> i128 {
    let sum: i128 = column.iter().sum();
    if sum == 0 || column.len() < 2 {
        // Nobody has anything: all alike.
        return ONE;
    }
    let part = |value: &i128| {
        let share = value * ONE / sum;
        if share == 0 { 0 } else { -share * log2(share) / ONE }
    };
    column.iter().map(part).sum::<i128>() * ONE / log2(column.len() as i128 * ONE)
}

/// The logarithm to base 2 of a fixed-point number above zero, bit by bit.
fn log2(mut number: i128) -> i128 {
    let mut whole = 0;
    while number >= 2 * ONE {
        number /= 2;
        whole += ONE;
    }
    while number < ONE {
        number *= 2;
        whole -= ONE;
    }
    let mut bit = ONE / 2;
    while bit > 0 {
        number = number * number / ONE;
        if number >= 2 * ONE {
            number /= 2;
            whole += bit;
        }
        bit /= 2;
    }
    whole
}

fn normal(vector: &[i128]) -> Vec<i128> {
    let sum: i128 = vector.iter().sum::<i128>().max(1);
    vector.iter().map(|part| part * ONE / sum).collect()
}

/// Parts per million of a vector in fixed point.
fn whole(vector: &[i128]) -> Vec<i64> {
    // Normal: each is at most one.
    parts(&vector.iter().map(|part| *part as i64).collect::<Vec<_>>(), MILLION)
}

/// A whole in parts that are to each other as shares are, together exactly the whole: what rounding down leaves goes to the
/// largest remainders, of equal ones to the first. All zero where shares are.
pub fn parts(shares: &[i64], whole: i64) -> Vec<i64> {
    let sum: i128 = shares.iter().map(|share| i128::from(*share)).sum();
    if sum == 0 {
        return vec![0; shares.len()];
    }
    let exact = |share: &i64| i128::from(*share) * i128::from(whole);
    let mut given: Vec<i64> = shares.iter().map(|share| (exact(share) / sum) as i64).collect();
    let mut order: Vec<usize> = (0..shares.len()).collect();
    order.sort_by_key(|at| std::cmp::Reverse(shares.get(*at).map_or(0, |share| exact(share) % sum)));
    let left = whole - given.iter().sum::<i64>();
    for at in order.into_iter().take(usize::try_from(left).unwrap_or(0)) {
        if let Some(part) = given.get_mut(at) {
            *part += 1;
        }
    }
    given
}
