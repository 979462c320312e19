//! How good a score is on declarations whose inspection is known: what the share with the highest scores holds.
#![expect(clippy::float_arithmetic, reason = "figures of a model, no money")]

/// Shares that are told: per cent of the declarations.
pub const SHARES: [u32; 4] = [1, 2, 5, 10];

/// What the highest scores hold.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct At {
    /// Per cent of the declarations that are looked at.
    pub share: u32,
    /// How many that are.
    pub looked_at: usize,
    /// Illicit ones among them ÷ looked at.
    pub precision: f64,
    /// Illicit ones among them ÷ all illicit ones.
    pub recall: f64,
    /// Declared duty of the illicit ones among them ÷ that of all illicit ones.
    pub revenue: f64,
}

/// How good a score is.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Measured {
    /// Declarations.
    pub rows: usize,
    /// Illicit ones.
    pub illicit: usize,
    /// Probability that an illicit one has the higher score of a pair (area under the curve).
    pub auc: f64,
    /// What each share holds.
    pub at: Vec<At>,
}

/// Positions by falling score; equal scores in the order of the rows.
pub fn ranking(scores: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|one, other| scores[*other].total_cmp(&scores[*one]).then(one.cmp(other)));
    order
}

/// How many a share is, at least one.
pub fn count(rows: usize, per_cent: u32) -> usize {
    ((rows * per_cent as usize + 50) / 100).max(1).min(rows)
}

/// Measures scores. The duty of each declaration weighs what it would bring.
pub fn measure(scores: &[f64], found: &[bool], duty: &[f64]) -> Measured {
    let order = ranking(scores);
    let illicit = found.iter().filter(|found| **found).count();
    let duty_of = |row: usize| if found[row] { duty.get(row).copied().unwrap_or(0.0) } else { 0.0 };
    let all_duty: f64 = (0..found.len()).map(duty_of).sum();
    let part = |some: f64, whole: f64| if whole > 0.0 { some / whole } else { 0.0 };
    let at = SHARES.map(|share| {
        let looked_at = count(scores.len(), share);
        let top = &order[..looked_at];
        let caught = top.iter().filter(|row| found[**row]).count() as f64;
        At {
            share,
            looked_at,
            precision: part(caught, looked_at as f64),
            recall: part(caught, illicit as f64),
            revenue: part(top.iter().map(|row| duty_of(*row)).sum(), all_duty),
        }
    });
    Measured { rows: scores.len(), illicit, auc: auc(scores, found, &order), at: at.to_vec() }
}

/// Area under the curve; a pair of equal scores counts half.
fn auc(scores: &[f64], found: &[bool], order: &[usize]) -> f64 {
    let (mut below, mut illicit, mut licit) = (0.0, 0.0, 0.0);
    let mut groups: Vec<&[usize]> = order.chunk_by(|one, other| scores[*one] == scores[*other]).collect();
    // The lowest scores first.
    groups.reverse();
    for same in groups {
        let hits = same.iter().filter(|row| found[**row]).count() as f64;
        let misses = same.len() as f64 - hits;
        below += hits * (licit + misses / 2.0);
        illicit += hits;
        licit += misses;
    }
    let pairs = illicit * licit;
    if pairs > 0.0 { below / pairs } else { 0.5 }
}

/// One line of a calibration table: declarations by what was foretold.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Band {
    /// From this probability on, thousandths.
    pub from: u16,
    /// Declarations.
    pub rows: usize,
    /// Mean of the foretold probabilities.
    pub foretold: f64,
    /// Share that was illicit.
    pub observed: f64,
}

/// Foretold against observed, in ten bands.
pub fn bands(probabilities: &[f64], found: &[bool]) -> Vec<Band> {
    let mut sums = [(0usize, 0.0, 0.0); 10];
    for (probability, found) in probabilities.iter().zip(found) {
        let band = ((probability * 10.0) as usize).min(9);
        sums[band].0 += 1;
        sums[band].1 += probability;
        sums[band].2 += f64::from(u8::from(*found));
    }
    let line = |(band, (rows, foretold, observed)): (usize, (usize, f64, f64))| Band {
        from: band as u16 * 100,
        rows,
        foretold: foretold / rows as f64,
        observed: observed / rows as f64,
    };
    sums.into_iter().enumerate().filter(|(_, (rows, ..))| *rows > 0).map(line).collect()
}
