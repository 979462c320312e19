//! The list of the draws of a period: one line an order, by names that tell nothing to whoever has not the order's salt. Made
//! from the rows of the ledger whenever it is asked for; what it must come to is in the record of the period.

use crate::Window;
use clearance::keys::{OrderKey, Position};
use clearance::outcome::DrawTerms;
use clearance::risk;
use register::draw::{Period, hex};
use ring::digest::{Context, SHA256};
use std::collections::BTreeMap;
use store::{Cursor, Read, Row, StoreError};

/// Rows read at a time.
const AT_A_TIME: usize = 5_000;

/// The draw of an order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    /// Its name in the list.
    pub handle: [u8; 32],
    /// What was drawn, parts per million.
    pub number: u32,
    /// The highest share that it was held against.
    pub ratio: u32,
    /// What that is made of.
    pub terms: Option<DrawTerms>,
    /// The order: for those alone who may see all.
    pub order: OrderKey,
    /// Its salt.
    pub salt: [u8; 16],
    /// Where it was drawn first.
    pub position: Position,
}

impl Line {
    /// Whether it was selected.
    pub fn is_selected(&self) -> bool {
        self.number < self.ratio
    }

    /// The line as it is published, with its line feed.
    pub fn text(&self) -> String {
        format!("{},{},{},{}\n", hex(&self.handle), self.number, self.ratio, u8::from(self.is_selected()))
    }
}

/// SHA-256 over the lines as they are published.
pub fn digest(lines: &[Line]) -> [u8; 32] {
    let mut context = Context::new(&SHA256);
    for line in lines {
        context.update(line.text().as_bytes());
    }
    let mut sum = [0; 32];
    sum.copy_from_slice(context.finish().as_ref());
    sum
}

/// Reads the draws of a period out of the rows from its beacon up to a place, in order of their names; none where its seed cannot
/// be made.
///
/// # Errors
/// When the store cannot be read.
pub async fn read(
    window: &Window,
    period: &Period,
    through: &Cursor,
) -> Result<Option<Vec<Line>>, StoreError> {
    let Some(seed) = period.seed.and_then(|number| period.made_of(number)) else { return Ok(None) };
    let Some(of) = seed.period else { return Ok(None) };
    let mut after =
        period.beacon.as_ref().and_then(|beacon| Cursor::parse(&beacon.after)).unwrap_or_default();
    let mut lines: BTreeMap<[u8; 32], Line> = BTreeMap::new();
    loop {
        let (mut rows, mut reached) = (0, after.clone());
        let mut visit = |position: Position, row: Row| {
            rows += 1;
            reached.reach(position);
            if position.sequence <= through.sequence(position.writer) {
                add(&mut lines, position, row, seed.number, &of);
            }
            rows < AT_A_TIME
        };
        window.read.scan(&after, &mut visit).await?;
        let ended = rows < AT_A_TIME || reached.covers(through);
        after = reached;
        if ended {
            return Ok(Some(lines.into_values().collect()));
        }
        // The worker's other work, and whoever asks something small, comes in between.
        tokio::task::yield_now().await;
    }
}

fn add(
    lines: &mut BTreeMap<[u8; 32], Line>,
    position: Position,
    row: Row,
    seed: u32,
    period: &risk::DrawPeriod,
) {
    let Row::Event(event) = row else { return };
    let Some(outcome) = event.outcome else { return };
    let Some(draw) = outcome.read.draw.filter(|draw| draw.seed == seed) else { return };
    // An export stands by its name with the mark before it, as it was drawn.
    let order = match (outcome.order, outcome.export.trade) {
        (Some(order), _) => order,
        (None, Some(trade)) => trade.marked(),
        (None, None) => return,
    };
    let salt = risk::salt(period, &order);
    let handle = risk::handle(&salt, &order);
    let line = lines.entry(handle).or_insert_with(|| Line {
        handle,
        number: draw.drawn,
        ratio: draw.ratio,
        terms: draw.terms,
        order,
        salt,
        position,
    });
    if draw.ratio > line.ratio {
        (line.ratio, line.terms) = (draw.ratio, draw.terms);
    }
}
