//! Invented exports: the documents of a trade, and those of many parcels.

use super::{DISTRICT, Numbers, PARTIES, bill_no, crc, guid, short_number, stamp, trailing_number};
use crate::Text;
use crate::export::{ExportTradeKey, NO_PLATFORM, order_type};
use crate::keys::Time;
use ceb::{Decimal, Document};
use compact_str::format_compact;

/// Goods that are sold abroad: HS code, name, model, grams a piece, price in fen.
const GOODS: [(&str, &str, &str, u64, i64); 4] = [
    ("6109100021", "样例棉制T恤衫", "样例牌|针织|全棉", 200, 4_900),
    ("6402992900", "样例运动鞋", "样例牌|橡胶底", 800, 15_900),
    ("4202220000", "样例帆布提包", "样例牌|纺织面", 500, 8_800),
    ("9503008900", "样例拼装玩具", "样例牌|塑料", 350, 6_600),
];
/// Pieces: the unit in which they are sold and counted.
const PIECES: &str = "011";

/// Kilograms.
const KILOGRAMS: &str = "035";

/// The first statutory unit of goods that are sold abroad.
fn statutory_unit(hs: &str) -> &'static str {
    match hs {
        "6402992900" | "4202220000" => KILOGRAMS,
        "9503008900" => "007",
        _ => PIECES,
    }
}

/// The documents of one export.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Export {
    /// The order.
    pub order: ceb::ExportOrder,
    /// The money received.
    pub payment: ceb::ExportPayment,
    /// The waybill.
    pub waybill: ceb::ExportWaybill,
    /// The list.
    pub declaration: ceb::ExportDeclaration,
}

impl Export {
    /// The export with a number: clean, consistent, retail (9610), by air out of the demo zone's airport.
    pub fn new(seed: u64, number: u64, now: Time) -> Self {
        let mut draw = Numbers::new(seed, number);
        let (platform, merchant, payer) = (&PARTIES[0], &PARTIES[2], &PARTIES[4]);
        let carrier = &PARTIES[6 + draw.below(2) as usize];
        let agent = &PARTIES[8 + draw.below(2) as usize];
        let order_no = format_compact!("EX{seed:X}-{number:010}");
        let logistics_no = format_compact!("EY{seed:X}{number:012}");
        let pieces: Vec<(u32, usize, u64)> = (0..1 + draw.below(2))
            .map(|at| (at as u32 + 1, draw.below(4) as usize, 1 + draw.below(3)))
            .collect();
        let value: i64 = pieces.iter().map(|(_, goods, count)| GOODS[*goods].4 * *count as i64).sum();
        let grams: u64 = pieces.iter().map(|(_, goods, count)| GOODS[*goods].3 * count).sum();
        let weight = |grams: u64| Decimal::from_units(i128::from(grams) * 100);
        let freight = 2_000 + draw.below(30) as i64 * 100;
        let (app_time, value, freight) = (stamp(now), Decimal::from_fen(value), Decimal::from_fen(freight));
        let order = ceb::ExportOrder {
            head: Box::new(ceb::ExportOrderHead {
                guid: guid(seed, number, 303),
                app_type: "1".into(),
                app_time,
                app_status: "2".into(),
                order_type: "E".into(),
                order_no: order_no.clone(),
                ebp_code: platform.0.into(),
                ebp_name: platform.1.into(),
                ebc_code: merchant.0.into(),
                ebc_name: merchant.1.into(),
                goods_value: value,
                freight,
                currency: "142".into(),
                note: None,
            }),
            lines: pieces.iter().map(ordered).collect(),
        };
        let payment = ceb::ExportPayment {
            guid: guid(seed, number, 403),
            app_type: "1".into(),
            app_time,
            app_status: "2".into(),
            ebp_code: platform.0.into(),
            ebp_name: platform.1.into(),
            ebc_code: merchant.0.into(),
            ebc_name: merchant.1.into(),
            order_no: order_no.clone(),
            pay_code: Some(payer.0.into()),
            pay_name: payer.1.into(),
            pay_no: Some(format_compact!("EP{seed:X}{number:012}")),
            charge: value.checked_add(freight).unwrap_or(value),
            currency: "142".into(),
            accounting_date: app_time,
            note: None,
        };
        let waybill = ceb::ExportWaybill {
            guid: guid(seed, number, 505),
            app_type: "1".into(),
            app_time,
            app_status: "2".into(),
            logistics_code: carrier.0.into(),
            logistics_name: carrier.1.into(),
            logistics_no: logistics_no.clone(),
            freight,
            insured_fee: Decimal::ZERO,
            currency: "142".into(),
            gross_weight: weight(grams + 120),
            pack_no: 1,
            goods_info: "样例商品".into(),
            ebc_code: Some(merchant.0.into()),
            ebc_name: Some(merchant.1.into()),
            ebc_telephone: None,
            note: None,
        };
        let declaration = ceb::ExportDeclaration {
            head: Box::new(ceb::ExportDeclarationHead {
                guid: guid(seed, number, 603),
                app_type: "1".into(),
                app_time,
                app_status: "2".into(),
                customs_code: DISTRICT.into(),
                ebp_code: platform.0.into(),
                ebp_name: platform.1.into(),
                order_no,
                logistics_code: carrier.0.into(),
                logistics_name: carrier.1.into(),
                logistics_no,
                cop_no: short_number('E', seed, number),
                pre_no: None,
                invt_no: None,
                ie_flag: "E".into(),
                port_code: DISTRICT.into(),
                ie_date: now.day(),
                statistics_flag: "A".into(),
                agent_code: agent.0.into(),
                agent_name: agent.1.into(),
                ebc_code: merchant.0.into(),
                ebc_name: merchant.1.into(),
                owner_code: merchant.0.into(),
                owner_name: merchant.1.into(),
                iac_code: None,
                iac_name: None,
                ems_no: None,
                trade_mode: "9610".into(),
                traf_mode: "5".into(),
                traf_name: None,
                voyage_no: None,
                bill_no: None,
                total_package_no: None,
                loct_no: None,
                license_no: None,
                country: "119".into(),
                port_of_destination: "2605".into(),
                freight,
                freight_currency: "142".into(),
                freight_flag: "3".into(),
                insured_fee: Decimal::ZERO,
                insurance_currency: "142".into(),
                insurance_flag: "3".into(),
                wrap_type: "2".into(),
                pack_no: 1,
                gross_weight: weight(grams + 120),
                net_weight: weight(grams),
                note: None,
            }),
            lines: pieces.iter().map(declared).collect(),
        };
        Self { order, payment, waybill, declaration }
    }

    /// The same in another mode, with what that mode asks for.
    #[must_use]
    pub fn in_mode(mut self, mode: &str) -> Self {
        self.declaration.head.trade_mode = mode.into();
        self.order.head.order_type = order_type(mode).into();
        if crate::export::leaves_zone(mode) {
            let head = &mut self.declaration.head;
            head.iac_code = Some(PARTIES[10].0.into());
            head.iac_name = Some(PARTIES[10].1.into());
            head.ems_no = Some("T8620W000001".into());
            for line in &mut self.declaration.lines {
                line.item_record_no = Some(format_compact!("{}", line.gnum));
            }
        }
        self
    }

    /// The same as a list that is declared in summary after its departure: with quantities in statutory units.
    #[must_use]
    pub fn to_summarise(mut self) -> Self {
        self.declaration.head.statistics_flag = "B".into();
        for line in &mut self.declaration.lines {
            let grams = GOODS.iter().find(|goods| goods.0 == line.gcode).map_or(0, |goods| goods.3);
            let unit = statutory_unit(&line.gcode);
            line.unit1 = unit.into();
            if unit == KILOGRAMS {
                line.qty1 = Decimal::from_units(line.qty.units() * i128::from(grams) / 1_000);
            }
        }
        self
    }

    /// An application to declare lists in summary, by their numbers: one part.
    pub fn summary(exports: &[&Self], numbers: &[Text], now: Time) -> Option<ceb::SummaryApplication> {
        let head = &exports.first()?.declaration.head;
        let number = trailing_number(&head.order_no);
        let seed = u64::from(crc(&head.order_no));
        Some(ceb::SummaryApplication {
            head: Box::new(ceb::SummaryApplicationHead {
                guid: guid(seed, number, 701),
                app_type: "1".into(),
                app_time: stamp(now),
                app_status: "2".into(),
                customs_code: DISTRICT.into(),
                cop_no: short_number('S', seed, number),
                pre_no: None,
                sum_no: None,
                agent_code: head.agent_code.clone(),
                agent_name: head.agent_name.clone(),
                ebc_code: head.ebc_code.clone(),
                ebc_name: head.ebc_name.clone(),
                decl_agent_code: head.agent_code.clone(),
                decl_agent_name: head.agent_name.clone(),
                start_time: None,
                end_time: None,
                loct_no: None,
                summary_flag: "1".into(),
                item_name_flag: "1".into(),
                msg_count: 1,
                msg_seq_no: 1,
                note: None,
            }),
            lines: numbers
                .iter()
                .map(|number| ceb::SummaryApplicationLine { invt_no: number.clone() })
                .collect(),
        })
    }

    /// Its key.
    pub fn key(&self) -> ExportTradeKey {
        ExportTradeKey::new(&self.order.head.ebc_code, &self.order.head.order_no)
    }

    /// What every export needs, in the order in which it usually comes, each with the code of its sender: order, waybill,
    /// list.
    pub fn documents(&self) -> [(Text, Document); 3] {
        // A platform abroad sends nothing here.
        let orders = match self.order.head.ebp_code.as_str() {
            NO_PLATFORM => &self.order.head.ebc_code,
            platform => &Text::from(platform),
        };
        [
            (orders.clone(), Document::ExportOrder(self.order.clone())),
            (self.waybill.logistics_code.clone(), Document::ExportWaybill(self.waybill.clone())),
            (self.declaration.head.agent_code.clone(), Document::ExportDeclaration(self.declaration.clone())),
        ]
    }

    /// The money received, with the code of its sender.
    pub fn received(&self) -> (Text, Document) {
        (self.payment.ebc_code.clone(), Document::ExportPayment(self.payment.clone()))
    }

    /// The master list of several exports that one carrier brings: one part.
    pub fn master_bill(exports: &[&Self], now: Time) -> Option<ceb::MasterBill> {
        let head = &exports.first()?.declaration.head;
        let number = trailing_number(&head.order_no);
        let weights = exports.iter().map(|one| one.waybill.gross_weight);
        Some(ceb::MasterBill {
            head: Box::new(ceb::MasterBillHead {
                guid: guid(u64::from(crc(&head.order_no)), number, 607),
                app_type: "1".into(),
                app_time: stamp(now),
                app_status: "2".into(),
                customs_code: DISTRICT.into(),
                cop_no: short_number('M', u64::from(crc(&head.order_no)), number),
                pre_no: None,
                agent_code: head.agent_code.clone(),
                agent_name: head.agent_name.clone(),
                loct_no: None,
                traf_mode: "5".into(),
                traf_name: "样例航班机".into(),
                voyage_no: format_compact!("XX{:04}", number % 10_000),
                bill_no: bill_no(number),
                domestic_traf_no: None,
                gross_weight: weights.fold(Decimal::ZERO, |sum, one| sum.checked_add(one).unwrap_or(sum)),
                logistics_code: head.logistics_code.clone(),
                logistics_name: head.logistics_name.clone(),
                msg_count: 1,
                msg_seq_no: 1,
                note: None,
            }),
            lines: exports
                .iter()
                .enumerate()
                .map(|(index, one)| ceb::MasterBillLine {
                    gnum: index as u32 + 1,
                    total_package_no: None,
                    logistics_no: one.waybill.logistics_no.clone(),
                    invt_no: None,
                    note: None,
                })
                .collect(),
        })
    }

    /// Their arrival at the site they leave from.
    pub fn arrival(exports: &[&Self], now: Time) -> Option<ceb::ExportArrival> {
        let head = &exports.first()?.declaration.head;
        let (number, operator) = (trailing_number(&head.order_no), &PARTIES[10]);
        Some(ceb::ExportArrival {
            head: Box::new(ceb::ExportArrivalHead {
                guid: guid(u64::from(crc(&head.order_no)), number, 507),
                app_type: "1".into(),
                app_time: stamp(now),
                app_status: "2".into(),
                customs_code: DISTRICT.into(),
                cop_no: short_number('A', u64::from(crc(&head.order_no)), number),
                pre_no: None,
                operator_code: operator.0.into(),
                operator_name: operator.1.into(),
                loct_no: None,
                ie_flag: "E".into(),
                traf_mode: "5".into(),
                bill_no: Some(bill_no(number)),
                domestic_traf_no: "样例A00001".into(),
                logistics_code: head.logistics_code.clone(),
                logistics_name: head.logistics_name.clone(),
                msg_count: 1,
                msg_seq_no: 1,
                note: None,
            }),
            lines: exports
                .iter()
                .enumerate()
                .map(|(index, one)| ceb::ExportArrivalLine {
                    gnum: index as u32 + 1,
                    logistics_no: one.waybill.logistics_no.clone(),
                    total_package_no: None,
                    note: None,
                })
                .collect(),
        })
    }

    /// Their departure from the country.
    pub fn departure(exports: &[&Self], now: Time) -> Option<ceb::Departure> {
        let head = &exports.first()?.declaration.head;
        let number = trailing_number(&head.order_no);
        Some(ceb::Departure {
            head: Box::new(ceb::DepartureHead {
                guid: guid(u64::from(crc(&head.order_no)), number, 509),
                app_type: "1".into(),
                app_time: stamp(now),
                app_status: "2".into(),
                customs_code: DISTRICT.into(),
                cop_no: short_number('D', u64::from(crc(&head.order_no)), number),
                pre_no: None,
                logistics_code: head.logistics_code.clone(),
                logistics_name: head.logistics_name.clone(),
                traf_mode: "5".into(),
                traf_name: Some("样例航班机".into()),
                voyage_no: Some(format_compact!("XX{:04}", number % 10_000)),
                bill_no: Some(bill_no(number)),
                leave_time: stamp(now),
                msg_count: 1,
                msg_seq_no: 1,
                note: None,
            }),
            lines: exports
                .iter()
                .enumerate()
                .map(|(index, one)| ceb::DepartureLine {
                    gnum: index as u32 + 1,
                    total_package_no: None,
                    logistics_no: one.waybill.logistics_no.clone(),
                    note: None,
                })
                .collect(),
        })
    }

    /// An application to cancel its list.
    pub fn cancellation(&self, invt_no: &str, now: Time) -> ceb::ExportCancellation {
        let head = &self.declaration.head;
        let number = trailing_number(&head.order_no);
        ceb::ExportCancellation {
            guid: guid(u64::from(crc(&head.order_no)), number, 605),
            app_type: "1".into(),
            app_time: stamp(now),
            app_status: "2".into(),
            customs_code: head.customs_code.clone(),
            cop_no: short_number('C', u64::from(crc(&head.order_no)), number),
            pre_no: None,
            invt_no: invt_no.into(),
            reason: "样例：买家取消".into(),
            agent_code: head.agent_code.clone(),
            agent_name: head.agent_name.clone(),
            ebc_code: head.ebc_code.clone(),
            ebc_name: head.ebc_name.clone(),
            note: None,
        }
    }
}

fn ordered((gnum, goods, count): &(u32, usize, u64)) -> ceb::ExportOrderLine {
    let (hs, name, _, _, price) = GOODS[*goods];
    ceb::ExportOrderLine {
        gnum: *gnum,
        item_no: format_compact!("SKU{hs}"),
        item_name: name.into(),
        item_describe: None,
        bar_code: None,
        unit: PIECES.into(),
        currency: "142".into(),
        qty: Decimal::from_whole(*count as i64),
        price: Decimal::from_fen(price),
        total_price: Decimal::from_fen(price * *count as i64),
        note: None,
    }
}

fn declared((gnum, goods, count): &(u32, usize, u64)) -> ceb::ExportDeclarationLine {
    let (hs, name, model, _, price) = GOODS[*goods];
    let pieces = Decimal::from_whole(*count as i64);
    ceb::ExportDeclarationLine {
        gnum: *gnum,
        item_no: format_compact!("SKU{hs}"),
        item_record_no: None,
        item_name: Some(name.into()),
        gcode: hs.into(),
        gname: name.into(),
        gmodel: model.into(),
        bar_code: "无".into(),
        country: "119".into(),
        currency: "142".into(),
        qty: pieces,
        qty1: pieces,
        qty2: None,
        unit: PIECES.into(),
        unit1: PIECES.into(),
        unit2: None,
        price: Decimal::from_fen(price),
        total_price: Decimal::from_fen(price * *count as i64),
        note: None,
    }
}
