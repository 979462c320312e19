//! Why a score is what it is: each feature's part of the margin, by exact Shapley values over the paths of the trees (TreeSHAP,
//! Lundberg and others 2018, path-dependent). The parts and the expected margin add up to the margin.
#![expect(clippy::float_arithmetic, reason = "parts of a score, no money")]

use crate::forest::{Forest, Tree};

/// One feature on the path to a node: which, the share of ways that go on without it, whether the row goes on with it, and the
/// weight of subsets of so many features.
#[derive(Clone, Copy, Debug, Default)]
struct Step {
    feature: Option<u16>,
    without: f64,
    with: f64,
    weight: f64,
}

/// The margin that is expected when nothing is known of a row, as the trees weigh their ways.
pub fn expected(forest: &Forest) -> f64 {
    forest.trees.iter().fold(forest.base, |sum, tree| sum + mean(tree))
}

fn mean(tree: &Tree) -> f64 {
    // Children come after their parent: from the back each is known before it is asked for.
    let mut means = vec![0.0; tree.nodes.len()];
    for (place, node) in tree.nodes.iter().enumerate().rev() {
        means[place] = match node.feature {
            None => f64::from(node.value),
            Some(_) => {
                let (left, right) = (node.left as usize, node.left as usize + 1);
                let share = share(tree, place, left);
                means[left] * share + means[right] * (1.0 - share)
            }
        };
    }
    means.first().copied().unwrap_or(0.0)
}

/// The share of a node's rows that went to a child.
fn share(tree: &Tree, parent: usize, child: usize) -> f64 {
    let left = tree.nodes[parent].left as usize;
    let (one, other) = (f64::from(tree.nodes[left].rows), f64::from(tree.nodes[left + 1].rows));
    let whole = one + other;
    if whole <= 0.0 {
        return 0.5;
    }
    if child == left { one / whole } else { other / whole }
}

/// Each column's part of a row's margin.
pub fn parts(forest: &Forest, row: &[f32], columns: usize) -> Vec<f64> {
    let mut parts = vec![0.0; columns];
    let mut steps = Vec::new();
    for tree in &forest.trees {
        if !tree.nodes.is_empty() {
            let mut walk = Walk { tree, row, parts: &mut parts, steps: &mut steps };
            walk.go(0, 0, Step { feature: None, without: 1.0, with: 1.0, weight: 0.0 });
        }
    }
    parts
}

struct Walk<'a> {
    tree: &'a Tree,
    row: &'a [f32],
    parts: &'a mut [f64],
    /// The paths of a node and of those above it, one after another: nothing is allocated on the way.
    steps: &'a mut Vec<Step>,
}

impl Walk<'_> {
    /// `from`: where the path of the parent begins; it ends where the steps end.
    fn go(&mut self, place: usize, from: usize, step: Step) {
        let start = self.steps.len();
        self.steps.extend_from_within(from..);
        extend(self.steps, start, step);
        let node = self.tree.nodes[place];
        match node.feature {
            None => self.leaf(start, f64::from(node.value)),
            Some(feature) => {
                let value = self.row.get(usize::from(feature)).copied().unwrap_or(f32::NAN);
                let hot = Tree::child(&node, value);
                let (mut without, mut with) = (1.0, 1.0);
                let before = self.steps[start..].iter().position(|step| step.feature == Some(feature));
                if let Some(at) = before {
                    (without, with) = (self.steps[start + at].without, self.steps[start + at].with);
                    unwind(self.steps, start, at);
                }
                for child in [node.left as usize, node.left as usize + 1] {
                    let share = share(self.tree, place, child);
                    let with = if child == hot { with } else { 0.0 };
                    let step = Step { feature: Some(feature), without: without * share, with, weight: 0.0 };
                    // A way that no row of the training took, and this one does not take, has no part.
                    if step.without > 0.0 || step.with > 0.0 {
                        self.go(child, start, step);
                    }
                }
            }
        }
        self.steps.truncate(start);
    }

    fn leaf(&mut self, start: usize, value: f64) {
        let path = &self.steps[start..];
        for at in 1..path.len() {
            let step = path[at];
            if let Some(part) = step.feature.and_then(|feature| self.parts.get_mut(usize::from(feature))) {
                *part += unwound_sum(path, at) * (step.with - step.without) * value;
            }
        }
    }
}

fn extend(steps: &mut Vec<Step>, start: usize, step: Step) {
    let depth = steps.len() - start;
    steps.push(Step { weight: if depth == 0 { 1.0 } else { 0.0 }, ..step });
    let path = &mut steps[start..];
    for at in (0..depth).rev() {
        let weight = path[at].weight;
        path[at + 1].weight += step.with * weight * (at + 1) as f64 / (depth + 1) as f64;
        path[at].weight = step.without * weight * (depth - at) as f64 / (depth + 1) as f64;
    }
}

fn unwind(steps: &mut Vec<Step>, start: usize, at: usize) {
    let path = &mut steps[start..];
    let depth = path.len() - 1;
    let Step { without, with, .. } = path[at];
    let mut next = path[depth].weight;
    for place in (0..depth).rev() {
        if with != 0.0 {
            let before = path[place].weight;
            path[place].weight = next * (depth + 1) as f64 / ((place + 1) as f64 * with);
            next = before - path[place].weight * without * (depth - place) as f64 / (depth + 1) as f64;
        } else {
            path[place].weight *= (depth + 1) as f64 / (without * (depth - place) as f64);
        }
    }
    for place in at..depth {
        let weight = path[place].weight;
        path[place] = Step { weight, ..path[place + 1] };
    }
    steps.pop();
}

fn unwound_sum(path: &[Step], at: usize) -> f64 {
    let depth = path.len() - 1;
    let Step { without, with, .. } = path[at];
    let mut next = path[depth].weight;
    let mut sum = 0.0;
    for place in (0..depth).rev() {
        if with != 0.0 {
            let part = next * (depth + 1) as f64 / ((place + 1) as f64 * with);
            sum += part;
            next = path[place].weight - part * without * (depth - place) as f64 / (depth + 1) as f64;
        } else if without != 0.0 {
            sum += path[place].weight * (depth + 1) as f64 / (without * (depth - place) as f64);
        }
    }
    sum
}
