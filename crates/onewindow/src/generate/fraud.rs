//! Fraud that is planted among clean trades, with the truth of what was planted: by this the rules of risk are measured. It knows
//! nothing of the rules: sizes and words are drawn from ranges of its own, some too small to be told from honest trade, and all
//! four documents tell the same story, so that nothing but the rules can see it.

use ceb::Decimal;
use clearance::Text;
use clearance::identity::citizen_check;
use clearance::sample::{Numbers, Person, Trade};

/// Sorts of fraud: word, least and most trades of a case.
const SORTS: [(&str, u64, u64); 14] = [
    ("order-splitting", 4, 10),
    ("borrowed-quota", 3, 9),
    ("stolen-identity", 6, 14),
    ("child", 1, 3),
    ("other-payer", 1, 2),
    ("undervaluation", 1, 6),
    ("weight", 1, 3),
    ("misclassification", 1, 4),
    ("brushing", 25, 60),
    ("second-sale", 3, 9),
    ("brand", 1, 4),
    ("forbidden", 1, 2),
    ("recall", 1, 3),
    ("borrowed-device", 4, 16),
];
/// Trades between two of a case, at most.
const APART: u64 = 40;

/// What was planted: place of the trade, sort, number of the case.
pub type Planted = (usize, &'static str, u64);

/// The sorts, by their words.
pub fn sorts() -> impl Iterator<Item = &'static str> {
    SORTS.into_iter().map(|(word, ..)| word)
}

/// Plants fraud in a share of trades, in parts per million: cases of all sorts in turn, each over trades near to one another.
/// Which, by place. Platforms report the devices of all orders, honest or not.
pub fn plant(trades: &mut [Trade], seed: u64, share: u64) -> Vec<Planted> {
    let wanted = (trades.len() as u64 * share / 1_000_000) as usize;
    let mut draw = Numbers::new(seed ^ 0xF4A0D, 1);
    let mut planted: Vec<Planted> = Vec::new();
    let mut taken = vec![false; trades.len()];
    let mut case = 0;
    while planted.len() < wanted && case < wanted as u64 * 2 {
        let (sort, least, most) = SORTS[(case % SORTS.len() as u64) as usize];
        let size = (least + draw.below(most - least + 1)).min((wanted - planted.len()) as u64);
        let mut at = draw.below(trades.len() as u64) as usize;
        let plan = Plan::new(sort, case, &mut draw);
        let mut done = 0;
        while done < size && at < trades.len() {
            if !taken[at] {
                taken[at] = true;
                plan.spoil(&mut trades[at], done, &mut draw);
                planted.push((at, sort, case));
                done += 1;
            }
            at += 1 + draw.below(APART) as usize;
        }
        case += 1;
    }
    planted.sort_unstable();
    if wanted > 0 {
        let households = trades.len() as u64 * 4;
        for trade in trades.iter_mut().filter(|trade| trade.order.head.note.is_none()) {
            let own = household(&trade.order.head.buyer_id_number) % households;
            set_device(trade, "home", own);
        }
    }
    planted
}

/// The number of a household, from that of one of its members: now and then two have the same.
fn household(identity: &str) -> u64 {
    let digits =
        identity.bytes().fold(0u64, |number, byte| number.wrapping_mul(131).wrapping_add(byte.into()));
    Numbers::new(digits, 2).draw()
}

/// What the platform reports of the device under which it was ordered.
fn set_device(trade: &mut Trade, sort: &str, number: u64) {
    trade.order.head.note = Some(format!("[device={sort}-{number:012}]").into());
}

/// What the trades of a case share.
struct Plan {
    sort: &'static str,
    case: u64,
    /// Who is behind it.
    head: Person,
    /// A number that all of it share.
    grams: u64,
    goods: usize,
}

/// Goods of the frauds: name, HS code, price of a piece in fen, grams.
const GOODS: [(&str, &str, i64, u64); 4] = [
    ("样例胶原蛋白粉", "2106909090", 16_000, 200),
    ("样例巧克力礼盒", "1806900000", 9_000, 450),
    ("样例婴儿纸尿裤", "9619001100", 12_000, 2_500),
    ("样例洁面乳", "3401300000", 7_000, 150),
];
const FORBIDDEN: [&str; 8] = [
    "样例象牙摆件",
    "样例大麻籽",
    "样例仿真枪",
    "样例微型窃听器",
    "样例花卉种子",
    "样例猛犸牙雕",
    "样例气步枪配件",
    "样例鲜果礼盒",
];

impl Plan {
    fn new(sort: &'static str, case: u64, draw: &mut Numbers) -> Self {
        // Far from the numbers of honest consumers.
        let head = Person::new(50_000_000 + case);
        Self { sort, case, head, grams: 300 + draw.below(900), goods: draw.below(4) as usize }
    }

    /// The number of somebody else who lent or lost something to the case.
    fn other(&self, number: u64) -> Person {
        Person::new(60_000_000 + self.case * 100 + number)
    }

    fn spoil(&self, trade: &mut Trade, number: u64, draw: &mut Numbers) {
        let (name, hs, price, grams) = GOODS[self.goods];
        match self.sort {
            "order-splitting" => {
                self.buyer(trade, &self.other(number), true, draw);
                one_line(trade, "样例牛皮手提包", "4202210000", 455_000 + draw.below(40_000) as i64, 1, 900);
            }
            "borrowed-quota" => {
                let other = self.other(number);
                let lent =
                    Person { identity: self.head.identity.clone(), name: self.head.name.clone(), ..other };
                set_buyer(trade, &lent);
            }
            "stolen-identity" => set_buyer(trade, &self.head),
            "child" => {
                let body = format!(
                    "990000{}0{}1{}{:03}",
                    2014 + draw.below(10),
                    1 + draw.below(9),
                    draw.below(10),
                    draw.below(1000)
                );
                let identity = format!("{body}{}", citizen_check(&body).unwrap_or('0')).into();
                set_buyer(trade, &Person { identity, ..self.other(number) });
            }
            "other-payer" => {
                trade.payment.payer_id_number = self.other(number).identity;
                trade.payment.payer_name = self.other(number).name;
            }
            "undervaluation" => {
                one_line(trade, name, hs, (price * (3 + draw.below(25) as i64) / 100).max(1), 1, grams);
            }
            "weight" => {
                let (least, most) = if draw.below(2) == 0 { (20, 70) } else { (150, 400) };
                one_line(trade, name, hs, price, 1, grams * (least + draw.below(most - least)) / 100);
            }
            "misclassification" => {
                let other = GOODS[(self.goods + 1 + draw.below(3) as usize) % 4].1;
                one_line(trade, name, other, price, 1, grams);
            }
            "brushing" => self.brush(trade),
            "second-sale" => {
                self.buyer(trade, &self.other(number), draw.below(2) == 0, draw);
                one_line(trade, name, hs, price, 8 + draw.below(17) as i64, grams);
            }
            "brand" => {
                // Whoever sells it has no leave, or sells it for a song.
                let cheap = trade.declaration.head.ebc_code == "5301960201" || draw.below(2) == 0;
                let price = if cheap { 3_000 + draw.below(25_000) as i64 } else { 30_000 };
                one_line(trade, "样例诺瓦胶原蛋白粉", hs_of_brand(), price, 1, 200);
            }
            "borrowed-device" => {
                // Nothing but the hand that orders is the same; each of the platforms has a reference of its own for it.
                set_buyer(trade, &self.other(number));
                set_device(trade, "hand", self.case);
            }
            "forbidden" => one_line(trade, draw.pick::<&str>(&FORBIDDEN), hs, price, 1, grams),
            _ => {
                one_line(trade, name, hs, price, 1, grams);
                trade.order.lines[0].item_no = Some("SKU-RECALL-1".into());
                trade.declaration.lines[0].item_no = Some("SKU-RECALL-1".into());
            }
        }
    }

    /// Parcels of nothing: whatever was bought, they weigh the same, and one merchant sells them all.
    fn brush(&self, trade: &mut Trade) {
        set_merchant(trade, "5301960202", "样例彩云母婴商贸");
        set_weight(trade, self.grams);
    }

    /// A straw man, at the address of who is behind it, which is written otherwise each time, or near it.
    fn buyer(&self, trade: &mut Trade, other: &Person, same: bool, draw: &mut Numbers) {
        let address = self.head.address.as_str();
        let address = match draw.below(4) {
            _ if !same => other.address.to_string(),
            0 => address.to_owned(),
            1 => address.replace("样例区", "样例区 ").replace('号', "号，"),
            2 => address.chars().map(wide).collect(),
            _ => address.replace('号', "-").replace('室', ""),
        };
        set_buyer(trade, &Person { address: address.into(), ..other.clone() });
    }
}

/// Food of a brand that need not be.
fn hs_of_brand() -> &'static str {
    GOODS[0].1
}

fn wide(c: char) -> char {
    if c.is_ascii_digit() { char::from_u32(u32::from(c) + 0xFEE0).unwrap_or(c) } else { c }
}

/// Who sells it.
pub(super) fn set_merchant(trade: &mut Trade, code: &str, name: &str) {
    trade.order.head.ebc_code = code.into();
    trade.order.head.ebc_name = name.into();
    trade.declaration.head.ebc_code = code.into();
    trade.declaration.head.ebc_name = name.into();
}

fn set_buyer(trade: &mut Trade, person: &Person) {
    let order = &mut trade.order.head;
    order.buyer_name = person.name.clone();
    order.buyer_telephone = person.telephone.clone();
    order.buyer_id_number = person.identity.clone();
    order.consignee = person.name.clone();
    order.consignee_telephone = person.telephone.clone();
    order.consignee_address = person.address.clone();
    trade.payment.payer_name = person.name.clone();
    trade.payment.payer_id_number = person.identity.clone();
    trade.payment.telephone = Some(person.telephone.clone());
    trade.waybill.consignee = person.name.clone();
    trade.waybill.consignee_telephone = person.telephone.clone();
    trade.waybill.consignee_address = person.address.clone();
    let declared = &mut trade.declaration.head;
    declared.buyer_name = person.name.clone();
    declared.buyer_id_number = person.identity.clone();
    declared.buyer_telephone = person.telephone.clone();
    declared.consignee_address = person.address.clone();
}

/// Net grams of the parcel; it is wrapped in as much as others are.
fn set_weight(trade: &mut Trade, grams: u64) {
    const WRAPPED: u64 = 120;
    let kilograms = |grams: u64| Decimal::from_units(i128::from(grams) * 100);
    trade.declaration.head.net_weight = kilograms(grams);
    trade.declaration.head.gross_weight = kilograms(grams + WRAPPED);
    trade.waybill.weight = kilograms(grams + WRAPPED);
}

/// Nothing but so many pieces of one sort of goods.
pub(super) fn one_line(trade: &mut Trade, name: &str, hs: &str, fen: i64, pieces: i64, grams: u64) {
    trade.order.lines.truncate(1);
    trade.declaration.lines.truncate(1);
    let (price, total) = (Decimal::from_fen(fen), Decimal::from_fen(fen * pieces));
    let (Some(ordered), Some(declared)) =
        (trade.order.lines.first_mut(), trade.declaration.lines.first_mut())
    else {
        return;
    };
    (ordered.item_name, ordered.qty, ordered.price, ordered.total_price) =
        (name.into(), Decimal::from_whole(pieces), price, total);
    (declared.item_name, declared.gname) = (Some(name.into()), name.into());
    (declared.qty, declared.price, declared.total_price) = (Decimal::from_whole(pieces), price, total);
    let item = Some(Text::from(format!("SKU{hs}")));
    (ordered.item_no, declared.item_no) = (item.clone(), item);
    declared.gcode = Text::from(hs);
    (declared.unit1, declared.qty1) =
        ("035".into(), Decimal::from_units(i128::from(grams) * i128::from(pieces) * 100));
    (declared.unit2, declared.qty2) = if hs == "4202210000" {
        (Some("007".into()), Some(Decimal::from_whole(pieces)))
    } else {
        (None, None)
    };
    set_weight(trade, grams * pieces as u64);
    let paid = trade.order.head.freight.checked_add(total).unwrap_or_default();
    trade.order.head.goods_value = total;
    trade.order.head.actural_paid = paid;
    trade.payment.amount_paid = paid;
}
