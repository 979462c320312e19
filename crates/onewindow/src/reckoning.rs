//! What the client of the crash test reckons by itself, so that it shares no arithmetic with the window that it audits.

/// Fen of an amount in yuan with at most two places.
pub fn fen(text: &str) -> i64 {
    let (whole, places) = text.split_once('.').unwrap_or((text, ""));
    let cents: String = places.chars().chain("00".chars()).take(2).collect();
    whole.parse::<i64>().unwrap_or(0) * 100 + cents.parse::<i64>().unwrap_or(0)
}

/// The tax of an invented list, reckoned by the client: 70 % of the VAT on each line's value with its part of freight and
/// insurance, to the fen, half up; the last line bears what is left over. Our invented goods bear no other tax.
pub fn reckoned_tax(declaration: &ceb::Declaration) -> i64 {
    let head = &declaration.head;
    let goods: Vec<i64> = declaration.lines.iter().map(|line| fen(&line.total_price.to_string())).collect();
    let whole: i64 = goods.iter().sum();
    let mut values = goods.clone();
    for charge in [fen(&head.freight.to_string()), fen(&head.insured_fee.to_string())] {
        let mut left = charge;
        for (index, value) in values.iter_mut().enumerate() {
            let part = if index + 1 == goods.len() {
                left
            } else {
                (charge * goods[index] * 2 + whole) / (2 * whole)
            };
            left -= part;
            *value += part;
        }
    }
    let lines = values.iter().zip(&declaration.lines);
    // Nuts and honey are farm products.
    let rate = |line: &ceb::DeclarationLine| if line.gcode.starts_with('0') { 9 } else { 13 };
    lines.map(|(value, line)| (value * rate(line) * 70 * 2 + 10_000) / 20_000).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use clearance::sample::Trade;

    #[test]
    fn client_and_window_reckon_the_same_tax() {
        let book = clearance::Rulebook::builtin();
        let now = clearance::keys::Time(1_795_399_200_000);
        for number in 0..2_000 {
            let declaration = Trade::new(1, number, now, 1_000).declaration;
            let law = book.parameters.on(now.day());
            let assessed = clearance::tax::assess(&declaration, &law, &book.tariff);
            let total = assessed.map(|assessment| assessment.total());
            assert_eq!(total.ok(), Some(reckoned_tax(&declaration)), "trade {number}");
        }
    }
}
