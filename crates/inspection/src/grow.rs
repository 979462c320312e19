//! Grows one tree leaf by leaf: the leaf whose split gains most is split next. Splits are found on histograms of bins; of two
//! children only the smaller is summed, the other is the difference. Each column is summed by one thread in the order of rows,
//! so that the tree is the same on any number of threads.
#![expect(clippy::float_arithmetic, reason = "gradients of a model, no money")]

use crate::bins::Binned;
use crate::forest::{Node, Tree};
use crate::learn::Settings;

/// First and second derivative of the loss, summed over the rows of a bin.
#[derive(Clone, Copy, Default, Debug)]
struct Sum {
    gradient: f64,
    hessian: f64,
}

impl Sum {
    fn add(&mut self, other: Self) {
        self.gradient += other.gradient;
        self.hessian += other.hessian;
    }

    fn less(self, other: Self) -> Self {
        Self { gradient: self.gradient - other.gradient, hessian: self.hessian - other.hessian }
    }

    fn gain(self, l2: f64) -> f64 {
        self.gradient * self.gradient / (self.hessian + l2)
    }
}

/// A split of a leaf.
#[derive(Clone, Copy, Debug)]
struct Split {
    gain: f64,
    column: usize,
    /// The last bin that goes left.
    bin: u8,
    missing_left: bool,
}

struct Leaf {
    node: usize,
    /// Its rows: a range of `Growing::rows`.
    from: usize,
    to: usize,
    sum: Sum,
    depth: u32,
    histogram: Vec<Sum>,
    split: Option<Split>,
}

/// What a tree grows from.
pub struct Ground<'a> {
    /// The rows as bins.
    pub binned: &'a Binned,
    /// First derivative of the loss by row.
    pub gradients: &'a [f64],
    /// Second derivative by row.
    pub hessians: &'a [f64],
    /// Columns that this tree may look at, ascending.
    pub columns: &'a [usize],
    /// How it grows.
    pub settings: &'a Settings,
}

/// A grown tree; its splits by bins too, for rows that are binned alike.
pub struct Grown {
    /// As it is scored.
    pub tree: Tree,
    /// The last bin that goes left, by node.
    pub bins: Vec<u8>,
}

impl Grown {
    /// What the tree adds to a binned row.
    pub fn value(&self, binned: &Binned, row: usize) -> f32 {
        let mut place = 0;
        loop {
            let node = &self.tree.nodes[place];
            let Some(feature) = node.feature else { return node.value };
            let bin = binned.columns[usize::from(feature)][row];
            let left = if bin == 0 { node.missing_left } else { bin <= self.bins[place] };
            place = node.left as usize + usize::from(!left);
        }
    }
}

struct Growing<'a> {
    ground: &'a Ground<'a>,
    rows: Vec<u32>,
    /// Where the bins of each column of the ground begin in a histogram.
    places: Vec<usize>,
    cells: usize,
    spare: Vec<Vec<Sum>>,
    grown: Grown,
}

/// Grows a tree over some rows.
pub fn grow(ground: &Ground<'_>, rows: Vec<u32>) -> Grown {
    let mut places = Vec::with_capacity(ground.columns.len());
    let mut cells = 0;
    for column in ground.columns {
        places.push(cells);
        cells += ground.binned.cuts[*column].bins();
    }
    let grown = Grown { tree: Tree::default(), bins: Vec::new() };
    Growing { ground, rows, places, cells, spare: Vec::new(), grown }.run()
}

impl Growing<'_> {
    fn run(mut self) -> Grown {
        let to = self.rows.len();
        let mut root = self.leaf(0, to, 0);
        root.histogram = self.histogram(0, to);
        root.split = self.best(&root);
        let mut leaves = vec![root];
        while leaves.len() < self.ground.settings.leaves {
            let gain = |leaf: &Leaf| leaf.split.map_or(f64::NEG_INFINITY, |split| split.gain);
            // The first of equal ones: `max_by` would take the last.
            let chosen = (0..leaves.len())
                .reduce(|best, other| if gain(&leaves[other]) > gain(&leaves[best]) { other } else { best });
            let Some(chosen) = chosen.filter(|chosen| leaves[*chosen].split.is_some()) else { break };
            let leaf = leaves.swap_remove(chosen);
            if let Some((left, right)) = self.split(leaf) {
                leaves.push(left);
                leaves.push(right);
            }
        }
        self.grown
    }

    /// A new node, a leaf so far.
    fn leaf(&mut self, from: usize, to: usize, depth: u32) -> Leaf {
        let ground = self.ground;
        let mut sum = Sum::default();
        for row in &self.rows[from..to] {
            let row = *row as usize;
            sum.add(Sum { gradient: ground.gradients[row], hessian: ground.hessians[row] });
        }
        let settings = ground.settings;
        let value = -sum.gradient / (sum.hessian + settings.l2) * settings.learning_rate;
        let node = Node {
            feature: None,
            cut: 0.0,
            missing_left: false,
            left: 0,
            value: value as f32,
            rows: (to - from) as f32,
        };
        self.grown.tree.nodes.push(node);
        self.grown.bins.push(0);
        let node = self.grown.tree.nodes.len() - 1;
        Leaf { node, from, to, sum, depth, histogram: Vec::new(), split: None }
    }

    /// Splits a leaf into two.
    fn split(&mut self, leaf: Leaf) -> Option<(Leaf, Leaf)> {
        let split = leaf.split?;
        let bins = &self.ground.binned.columns[split.column];
        let goes_left = |row: u32| match bins[row as usize] {
            0 => split.missing_left,
            bin => bin <= split.bin,
        };
        let rows = &mut self.rows[leaf.from..leaf.to];
        let (left, right): (Vec<u32>, Vec<u32>) = rows.iter().partition(|row| goes_left(**row));
        rows[..left.len()].copy_from_slice(&left);
        rows[left.len()..].copy_from_slice(&right);
        let middle = leaf.from + left.len();
        let mut left = self.leaf(leaf.from, middle, leaf.depth + 1);
        let mut right = self.leaf(middle, leaf.to, leaf.depth + 1);
        let node = &mut self.grown.tree.nodes[leaf.node];
        node.feature = Some(split.column as u16);
        node.cut = self.ground.binned.cuts[split.column].cut_after(split.bin).unwrap_or(f32::MAX);
        node.missing_left = split.missing_left;
        node.left = left.node as u32;
        node.value = 0.0;
        self.grown.bins[leaf.node] = split.bin;
        let (small, large) = if middle - leaf.from <= leaf.to - middle {
            (&mut left, &mut right)
        } else {
            (&mut right, &mut left)
        };
        small.histogram = self.histogram(small.from, small.to);
        large.histogram = leaf.histogram;
        for (whole, part) in large.histogram.iter_mut().zip(&small.histogram) {
            *whole = whole.less(*part);
        }
        for leaf in [&mut left, &mut right] {
            leaf.split = self.best(leaf);
            if leaf.split.is_none() {
                self.spare.push(std::mem::take(&mut leaf.histogram));
            }
        }
        Some((left, right))
    }

    /// Sums the derivatives of some rows by bin.
    fn histogram(&mut self, from: usize, to: usize) -> Vec<Sum> {
        /// Additions below which a second thread costs more than it brings.
        const ALONE: usize = 150_000;
        let mut histogram = self.spare.pop().unwrap_or_default();
        histogram.clear();
        histogram.resize(self.cells, Sum::default());
        let ground = self.ground;
        let rows = &self.rows[from..to];
        let sums: Vec<Sum> = rows
            .iter()
            .map(|row| *row as usize)
            .map(|row| Sum { gradient: ground.gradients[row], hessian: ground.hessians[row] })
            .collect();
        let mut parts = Vec::with_capacity(ground.columns.len());
        let mut rest = histogram.as_mut_slice();
        for column in ground.columns {
            let (part, after) = rest.split_at_mut(ground.binned.cuts[*column].bins());
            parts.push((part, ground.binned.columns[*column].as_slice()));
            rest = after;
        }
        let fill = |parts: &mut [(&mut [Sum], &[u8])]| {
            for (part, bins) in parts {
                for (row, sum) in rows.iter().zip(&sums) {
                    part[usize::from(bins[*row as usize])].add(*sum);
                }
            }
        };
        let threads = ground.settings.threads.max(1);
        if threads == 1 || rows.len() * parts.len() < ALONE {
            fill(&mut parts);
        } else {
            let share = parts.len().div_ceil(threads);
            std::thread::scope(|scope| {
                for some in parts.chunks_mut(share) {
                    scope.spawn(|| fill(some));
                }
            });
        }
        histogram
    }

    /// The split of a leaf that gains most; the first column of equal ones.
    fn best(&self, leaf: &Leaf) -> Option<Split> {
        let settings = self.ground.settings;
        if leaf.to - leaf.from < 2 || leaf.depth >= settings.depth {
            return None;
        }
        let mut best: Option<Split> = None;
        for (column, place) in self.ground.columns.iter().zip(&self.places) {
            let bins = self.ground.binned.cuts[*column].bins();
            self.best_of(leaf.sum, &leaf.histogram[*place..*place + bins], *column, &mut best);
        }
        best
    }

    fn best_of(&self, whole: Sum, cells: &[Sum], column: usize, best: &mut Option<Split>) {
        let settings = self.ground.settings;
        let (missing, cells) = match cells {
            [missing, cells @ ..] => (*missing, cells),
            [] => return,
        };
        let before = whole.gain(settings.l2);
        // Differences of sums leave a trace where nothing is missing.
        let some_missing = missing.hessian > 1e-9;
        let last = cells.len().saturating_sub(1);
        let mut present = Sum::default();
        for (place, cell) in cells.iter().enumerate() {
            present.add(*cell);
            for missing_left in [false, true] {
                // Beyond the last bin only what is missing is left.
                if (missing_left || place == last) && (!some_missing || (missing_left && place == last)) {
                    continue;
                }
                let mut left = present;
                if missing_left {
                    left.add(missing);
                }
                let right = whole.less(left);
                if left.hessian < settings.child_weight || right.hessian < settings.child_weight {
                    continue;
                }
                let gain = left.gain(settings.l2) + right.gain(settings.l2) - before;
                if gain > settings.least_gain.max(best.map_or(0.0, |best| best.gain)) {
                    // What training never missed goes with the many.
                    let missing_left = if some_missing { missing_left } else { left.hessian > right.hessian };
                    *best = Some(Split { gain, column, bin: 1 + place as u8, missing_left });
                }
            }
        }
    }
}
