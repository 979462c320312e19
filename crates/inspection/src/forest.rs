//! Trees as they are scored: what a model file holds of what was learnt. Knows nothing of how they were grown.
#![expect(clippy::float_arithmetic, reason = "a score, no money: judgement is given it in thousandths")]

/// One node. A node with `feature` none is a leaf.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Node {
    /// Column that is looked at; none in a leaf.
    pub feature: Option<u16>,
    /// Values up to and with this go left.
    pub cut: f32,
    /// Missing values go left.
    pub missing_left: bool,
    /// Position of the left child in the tree; the right one is the next.
    pub left: u32,
    /// What a leaf adds to the margin.
    pub value: f32,
    /// How many rows of the training came here: what reasons weigh the two ways with.
    pub rows: f32,
}

/// A tree; its root is the first node, and children come after their parent.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tree {
    /// Nodes.
    pub nodes: Vec<Node>,
}

impl Tree {
    /// Which of the two children a row goes to.
    pub fn child(node: &Node, value: f32) -> usize {
        let left = if value.is_nan() { node.missing_left } else { value <= node.cut };
        node.left as usize + usize::from(!left)
    }

    /// What the tree adds to the margin of a row.
    pub fn value(&self, row: &[f32]) -> f32 {
        let mut place = 0;
        while let Some(node) = self.nodes.get(place) {
            let Some(feature) = node.feature else { return node.value };
            let value = row.get(usize::from(feature)).copied().unwrap_or(f32::NAN);
            place = Self::child(node, value);
        }
        0.0
    }

    /// What is wrong with a tree that did not come from our own training: a child outside or not after its parent, a column
    /// that is not there.
    pub fn fault(&self, columns: usize) -> Option<&'static str> {
        if self.nodes.is_empty() {
            return Some("a tree without nodes");
        }
        for (place, node) in self.nodes.iter().enumerate() {
            if !node.value.is_finite() || !node.rows.is_finite() || node.rows < 0.0 {
                return Some("a value that is no number");
            }
            if let Some(feature) = node.feature {
                if usize::from(feature) >= columns {
                    return Some("a column that is not there");
                }
                if node.left as usize <= place || node.left as usize + 1 >= self.nodes.len() {
                    return Some("a child that is not after its parent");
                }
                if node.cut.is_nan() {
                    return Some("a cut that is no number");
                }
            }
        }
        None
    }
}

/// Trees that add up.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Forest {
    /// The margin of a row of which nothing is known: the log odds of the training.
    pub base: f64,
    /// The trees, in the order in which they were learnt.
    pub trees: Vec<Tree>,
}

impl Forest {
    /// The margin (log odds before calibration) of a row. The order of the sum is that of the trees.
    pub fn margin(&self, row: &[f32]) -> f64 {
        self.trees.iter().fold(self.base, |sum, tree| sum + f64::from(tree.value(row)))
    }
}

/// Log odds as a probability.
pub fn probability(margin: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-margin))
}
