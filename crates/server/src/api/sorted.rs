//! Orders in which lists of trades and queues stand, by the words that ask for them.

use super::error::Problem;
use super::risk;
use std::cmp::Ordering;
use store::{QueueOrder, Summary};

/// Columns that lists are sorted by.
const SORTED: &str = "created, order, lane, state, entry, district, changed and, for offices, risk";

/// How lines are compared by a column; a minus before it = the largest first. What is equal stays the newest first.
pub(super) fn compared(sort: &str) -> Result<impl Fn(&Summary, &Summary) -> Ordering + Copy, Problem> {
    let (by, falling) = sort.strip_prefix('-').map_or((sort, false), |by| (by, true));
    let compare: fn(&Summary, &Summary) -> Ordering = match by {
        "order" => |one, other| one.order.order_no.cmp(&other.order.order_no),
        "lane" => |one, other| one.lane.cmp(&other.lane),
        "state" => |one, other| one.state.cmp(&other.state),
        "entry" => |one, other| one.invt_no.cmp(&other.invt_no),
        "district" => |one, other| one.customs_code.cmp(&other.customs_code),
        "changed" => |one, other| one.time.cmp(&other.time),
        _ => {
            let wrong = format!("sort is one of {SORTED}, with a minus before it for the largest first");
            return Err(Problem::bad_request(&wrong));
        }
    };
    Ok(move |one: &Summary, other: &Summary| if falling { compare(other, one) } else { compare(one, other) })
}

/// The order in which a queue is asked for; each is right over all that waits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Asked {
    /// As an index has it.
    Kept(QueueOrder),
    /// By risk.
    Risk {
        /// Whether the gravest stands first.
        falling: bool,
    },
}

/// The order of a queue by its word; none = by lane and age.
pub(super) fn order_of(sort: &str) -> Result<Asked, Problem> {
    if let Some(falling) = risk::asked(sort) {
        return Ok(Asked::Risk { falling });
    }
    Ok(Asked::Kept(match sort {
        "" | "-lane" => QueueOrder::Severest,
        "lane" => QueueOrder::Mildest,
        "changed" => QueueOrder::Oldest,
        "-changed" => QueueOrder::Newest,
        _ => {
            let wrong = "sort is one of lane, risk, changed, with a minus before it for the largest first";
            return Err(Problem::bad_request(wrong));
        }
    }))
}
