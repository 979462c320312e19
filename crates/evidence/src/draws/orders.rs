//! The orders behind a list, for whoever may see them all: that each handle, salt and share is what the order gives, and that
//! none is left out or added.

use super::{Drawn, Report, Unreadable, committed, digits, handle, order_bytes, text, whole};
use crate::SpaceHead;
use ring::hmac;
use serde_json::Value;
use std::collections::BTreeSet;

/// Shares are parts of so many.
const ALL: u64 = 1_000_000;

fn share(terms: &Value) -> Option<u64> {
    let made = u128::from(whole(terms, "base")?) * u128::from(whole(terms, "factor")?);
    let made = made.saturating_mul(u128::from(whole(terms, "goods")?)) / 10_000;
    let made = u64::try_from(made).unwrap_or(u64::MAX);
    Some(made.max(whole(terms, "share")?).max(whole(terms, "floor")?).min(ALL))
}

pub(super) fn check(
    orders: &str,
    told: &Value,
    lines: &[Drawn],
    beacon: Option<&SpaceHead>,
    report: &mut Report,
) -> Result<(), Unreadable> {
    let mut read = orders.lines().enumerate().map(|(at, line)| {
        serde_json::from_str::<Value>(line)
            .map_err(|error| Unreadable(format!("line {} of the orders is no JSON: {error}", at + 1)))
    });
    let first = read.next().ok_or_else(|| Unreadable("the file of orders is empty".to_owned()))??;
    let (Some(salt), Some(key)) = (digits::<32>(&first, "salt"), digits::<32>(&first, "key")) else {
        return Err(Unreadable("the first line of the orders has no key of the salts".to_owned()));
    };
    if digits::<32>(told, "salts") != Some(committed(&report.period, "salts", &salt, &key)) {
        report.fault("the key of the salts does not open its commitment");
    }
    let key = hmac::Key::new(hmac::HMAC_SHA256, &key);
    let (mut count, mut places) = (0u64, BTreeSet::new());
    let mut listed = lines.iter();
    for order in read {
        let order = order?;
        count += 1;
        let (Some(platform), Some(order_no)) = (text(&order, "platform"), text(&order, "orderNo")) else {
            return Err(Unreadable(format!("order {count} has no platform and number")));
        };
        let name = format!("order {order_no} of {platform}");
        let mut input = b"onewindow draw salt 1\n".to_vec();
        input.extend_from_slice(&order_bytes(platform, order_no));
        let mut salt = [0; 16];
        salt.copy_from_slice(&hmac::sign(&key, &input).as_ref()[..16]);
        if digits::<16>(&order, "salt") != Some(salt) {
            report.fault(format!("{name} has another salt than the key gives"));
        }
        let made = handle(&salt, platform, order_no);
        if digits::<32>(&order, "handle") != Some(made) {
            report.fault(format!("{name} stands in the list by another name than its own"));
        }
        match listed.next() {
            Some(line) if line.handle == made => {
                let same = whole(&order, "drawn") == Some(line.number)
                    && whole(&order, "ratio") == Some(line.ratio)
                    && order["selected"].as_bool() == Some(line.selected);
                if !same {
                    report.fault(format!("{name} is another draw in the list"));
                }
                if !order["terms"].is_null() && share(&order["terms"]) != Some(line.ratio) {
                    report.fault(format!("{name} has another share than mode, grade, goods and lists make"));
                }
            }
            _ => report.fault(format!("{name} is not where the list would have it")),
        }
        let place = (whole(&order, "writer"), whole(&order, "sequence"));
        let (Some(writer), Some(sequence)) = place else {
            report.fault(format!("{name} names no row"));
            continue;
        };
        if !places.insert((writer, sequence)) {
            report.fault(format!("{name} names the row of another"));
        }
        let older =
            beacon.and_then(|head| head.writer(u16::try_from(writer).ok()?)).map_or(0, |one| one.size);
        if sequence <= older {
            report.fault(format!("{name} was drawn before the beacon"));
        }
    }
    if count != report.draws {
        report.fault(format!("the list has {} draws, and there are {count} orders", report.draws));
    }
    report.orders = Some(count);
    Ok(())
}
