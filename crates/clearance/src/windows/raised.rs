//! What a declaration adds to the windows of the keys that it names. Persons stand there by their keyed hash, goods, addresses
//! of goods and waybills by a digest; the words themselves are in no index.

use super::{Measure, Window, WindowFact, WindowValue, Windowed, exported, linked, short};
use crate::Text;
use crate::device::Device;
use crate::event::{Arrived, Person};
use crate::facts::{CountKey, CountKind};
use crate::keys::Time;
use crate::normal;
use crate::tax::Assessment;
use ceb::{Declaration, DeclarationLine, Document};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// What one declaration adds to one key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Raised {
    /// To which.
    pub key: CountKey,
    /// Place of the line, from 1; 0 = the whole list.
    pub line: u16,
    /// Fen.
    pub fen: i64,
    /// Pieces.
    pub pieces: u32,
    /// Who and what was seen with it: 32 bits of a name.
    pub others: Vec<(Measure, u32)>,
    /// Price of a piece in fen.
    pub price: Option<u64>,
    /// Grams a piece.
    pub grams: Option<u64>,
}

impl Raised {
    /// One more, and nothing else of it.
    pub fn once(key: CountKey) -> Self {
        Self { key, line: 0, fen: 0, pieces: 0, others: Vec::new(), price: None, grams: None }
    }
    pub(super) fn of(kind: CountKind, owner: &Text, others: &[(Measure, &str)]) -> Self {
        let others = others.iter().filter(|(_, name)| !name.is_empty());
        Self {
            others: others.map(|(measure, text)| (*measure, name(text))).collect(),
            ..Self::once(CountKey { kind, owner: owner.clone() })
        }
    }
}

/// The windows a declaration raises: those of the persons always, the others where some rule reads their kind; and those of
/// parcels that are only looked at. Of an order, that of its device.
pub fn keys(arrived: &Arrived, read: impl Fn(CountKind) -> bool) -> Vec<CountKey> {
    let Document::Declaration(declaration) = &*arrived.document else {
        let device = arrived.device.iter().filter(|_| read(CountKind::Device));
        return device.map(|device| of_device(device).key).collect();
    };
    let own = raised(&arrived.person, declaration, None, &read).into_iter().map(|raised| raised.key);
    own.chain(linked::keys(&arrived.person, declaration, &read)).collect()
}

/// What a declaration adds, in a fixed order. Nothing is added where a name is empty.
pub fn raised(
    person: &Person,
    declaration: &Declaration,
    assessment: Option<&Assessment>,
    read: impl Fn(CountKind) -> bool,
) -> Vec<Raised> {
    let fen = assessment.map_or(0, Assessment::dutiable);
    let mut all = of_list(person, declaration, fen, &read);
    let by_line = [CountKind::Goods, CountKind::SellerGoods, CountKind::AddressGoods];
    if by_line.into_iter().any(&read) || read(CountKind::SellerWeight) {
        for (index, line) in declaration.lines.iter().enumerate() {
            let goods = goods(line);
            of_line(person, declaration, line, index, &goods, &read, &mut all);
            if index == 0 && read(CountKind::SellerWeight) {
                all.push(of_weight(person, declaration, &goods));
            }
        }
    }
    all.retain(|raised| !raised.key.owner.is_empty());
    all
}

/// Adds them to the windows of a batch, and says what those facts stand at that are asked for: with this declaration, but
/// medians without it, so that no price speaks for itself. What was told stands where there is such.
pub fn raise(
    raised: &[Raised],
    windows: &mut FxHashMap<CountKey, Arc<Window>>,
    asked: &[WindowFact],
    told: &[Windowed],
    now: Time,
) -> Vec<Windowed> {
    let one = |raised: &Raised| {
        let window = Arc::make_mut(windows.entry(raised.key.clone()).or_default());
        let facts = || asked.iter().filter(|fact| fact.kind == raised.key.kind);
        let mut values = Vec::with_capacity(facts().count());
        let mut read = |window: &Window, fact: &WindowFact| {
            let value = window.read(fact.measure, fact.span, now);
            values.extend(value.map(|value| WindowValue { measure: fact.measure, span: fact.span, value }));
        };
        facts().filter(|fact| fact.measure.is_median()).for_each(|fact| read(window, fact));
        window.add(raised, now);
        facts().filter(|fact| !fact.measure.is_median()).for_each(|fact| read(window, fact));
        let told = told.iter().find(|told| told.key == raised.key && told.line == raised.line);
        let values = told.map_or(values, |told| told.values.clone());
        Windowed { key: raised.key.clone(), line: raised.line, values }
    };
    raised.iter().map(one).collect()
}

/// What an order adds to the window of its device.
pub fn of_device(device: &Device) -> Raised {
    let others =
        [(Measure::Identities, device.identity.as_str()), (Measure::Telephones, device.telephone.as_str())];
    Raised::of(CountKind::Device, &device.reference, &others)
}

fn of_list(
    person: &Person,
    declaration: &Declaration,
    fen: i64,
    read: impl Fn(CountKind) -> bool,
) -> Vec<Raised> {
    let head = &declaration.head;
    let (identity, telephone, address) = (&person.identity, &person.telephone, &person.address);
    let merchant = Text::from(head.ebc_code.trim());
    let mut all = vec![
        Raised::of(
            CountKind::Identity,
            identity,
            &[
                (Measure::Telephones, telephone),
                (Measure::Addresses, address),
                (Measure::Merchants, &merchant),
            ],
        ),
        Raised::of(
            CountKind::Telephone,
            telephone,
            &[(Measure::Identities, identity), (Measure::Addresses, address)],
        ),
        Raised::of(
            CountKind::Address,
            address,
            &[(Measure::Identities, identity), (Measure::Telephones, telephone)],
        ),
    ];
    if read(CountKind::Seller) {
        all.push(Raised::of(CountKind::Seller, &merchant, &[]));
    }
    if read(CountKind::SellerName) {
        all.push(Raised::of(CountKind::SellerName, &linked::consignor(&head.ebc_name), &[]));
    }
    all.iter_mut().for_each(|raised| raised.fen = fen);
    if read(CountKind::Waybill) {
        let waybill = short(&[head.logistics_code.trim(), head.logistics_no.trim()]);
        all.push(Raised::of(CountKind::Waybill, &waybill, &[(Measure::Orders, head.order_no.trim())]));
    }
    all
}

fn of_line(
    person: &Person,
    declaration: &Declaration,
    line: &DeclarationLine,
    index: usize,
    goods: &Text,
    read: impl Fn(CountKind) -> bool,
    all: &mut Vec<Raised>,
) {
    let merchant = declaration.head.ebc_code.trim();
    let owners = [
        (CountKind::Goods, goods.clone()),
        (CountKind::SellerGoods, short(&[merchant, goods])),
        (
            CountKind::AddressGoods,
            if person.address.is_empty() { Text::default() } else { short(&[&person.address, goods]) },
        ),
    ];
    for (kind, owner) in owners {
        if !read(kind) {
            continue;
        }
        let others = [(Measure::Identities, person.identity.as_str())];
        let others = if kind == CountKind::AddressGoods { others.as_slice() } else { &[] };
        let prices = matches!(kind, CountKind::Goods | CountKind::SellerGoods);
        all.push(Raised {
            line: u16::try_from(index + 1).unwrap_or(u16::MAX),
            fen: line.total_price.fen_half_up().map_or(0, |(fen, _)| fen),
            pieces: u32::try_from(pieces(line)).unwrap_or(u32::MAX),
            price: price(line).filter(|_| prices),
            grams: grams_a_piece(declaration).filter(|_| kind == CountKind::Goods),
            ..Raised::of(kind, &owner, others)
        });
    }
}

/// Parcels of a merchant that weigh the same to the gram.
fn of_weight(person: &Person, declaration: &Declaration, goods: &Text) -> Raised {
    let head = &declaration.head;
    let owner = short(&[head.ebc_code.trim(), &grams(head.gross_weight).to_string()]);
    let others = [(Measure::Identities, person.identity.as_str()), (Measure::Goods, goods.as_str())];
    Raised::of(CountKind::SellerWeight, &owner, &others)
}

/// What goods are the same on the market: HS code to eight digits, and the name in its normal writing.
pub(crate) fn goods(line: &DeclarationLine) -> Text {
    goods_of(&line.gcode, &line.gname)
}

/// The same of a code and a name.
pub(crate) fn goods_of(hs: &str, name: &str) -> Text {
    let hs = hs.trim();
    short(&[hs.get(..8).unwrap_or(hs), &normal::goods(name)])
}

/// Whole pieces of a line, at least one.
pub(crate) fn pieces(line: &DeclarationLine) -> i64 {
    exported::whole(line.qty)
}

fn price(line: &DeclarationLine) -> Option<u64> {
    let (fen, _) = line.price.fen_half_up()?;
    u64::try_from(fen).ok().filter(|fen| *fen > 0)
}

/// Grams of a weight in kilograms.
pub(crate) fn grams(weight: ceb::Decimal) -> i64 {
    i64::try_from(weight.units() / 100).unwrap_or(i64::MAX)
}

/// Net grams a piece, where the list has one line: only then is it known what weighs.
pub(crate) fn grams_a_piece(declaration: &Declaration) -> Option<u64> {
    let [line] = declaration.lines.as_slice() else { return None };
    let grams = grams(declaration.head.net_weight) / pieces(line);
    u64::try_from(grams).ok().filter(|grams| *grams > 0)
}

/// 32 bits of a name (FNV-1a): enough to tell as many apart as are kept.
fn name(text: &str) -> u32 {
    text.bytes().fold(0x811C_9DC5u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}
