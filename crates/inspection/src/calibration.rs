//! From a margin to a probability: what share of declarations with such a margin was found illicit. Isotonic: the shares of the
//! tuning rows, pooled until they rise (pool adjacent violators), joined by straight lines.
#![expect(clippy::float_arithmetic, reason = "probabilities, no money")]

/// Points through which the probability rises with the margin.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Calibration {
    /// Margin and probability, both ascending.
    pub points: Vec<(f64, f64)>,
}

#[derive(Clone, Copy)]
struct Block {
    margins: f64,
    found: f64,
    rows: f64,
}

impl Calibration {
    /// Fits margins to what was found. A block of fewer than `least` rows is pooled with its neighbour, so that no probability
    /// rests on a handful; each share is drawn a little to the middle, so that none is 0 or 1.
    pub fn fit(margins: &[f64], found: &[bool], least: usize) -> Self {
        let mut order: Vec<usize> = (0..margins.len().min(found.len())).collect();
        order.sort_by(|one, other| margins[*one].total_cmp(&margins[*other]).then(one.cmp(other)));
        let mut blocks: Vec<Block> = Vec::new();
        let rows = order.chunks(least.max(1));
        for some in rows {
            let mut block = Block { margins: 0.0, found: 0.0, rows: 0.0 };
            for row in some {
                block.margins += margins[*row];
                block.found += f64::from(u8::from(found[*row]));
                block.rows += 1.0;
            }
            while let Some(last) = blocks.last().copied() {
                if last.found * block.rows < block.found * last.rows {
                    break;
                }
                block.margins += last.margins;
                block.found += last.found;
                block.rows += last.rows;
                blocks.pop();
            }
            blocks.push(block);
        }
        let point = |block: &Block| (block.margins / block.rows, (block.found + 0.5) / (block.rows + 1.0));
        let mut points: Vec<(f64, f64)> = Vec::new();
        for (margin, share) in blocks.iter().map(point) {
            // Drawing to the middle may turn neighbours of different size: the line stays level there.
            let share = points.last().map_or(share, |(_, before)| before.max(share));
            points.push((margin, share));
        }
        Self { points }
    }

    /// The probability of a margin; level outside the points. Without points the margin is taken as log odds.
    pub fn probability(&self, margin: f64) -> f64 {
        let after = self.points.partition_point(|(point, _)| *point <= margin);
        match (after.checked_sub(1).and_then(|place| self.points.get(place)), self.points.get(after)) {
            (None, None) => crate::forest::probability(margin),
            (Some((_, share)), None) | (None, Some((_, share))) => *share,
            (Some((low, low_share)), Some((high, high_share))) => {
                let way = (margin - low) / (high - low);
                low_share + (high_share - low_share) * way
            }
        }
    }

    /// The probability in whole thousandths: all that judgement is given of a score.
    pub fn thousandths(&self, margin: f64) -> u16 {
        (self.probability(margin) * 1000.0).round().clamp(0.0, 1000.0) as u16
    }
}
