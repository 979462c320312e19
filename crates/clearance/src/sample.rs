//! Invented parties and trades: what the demo zone, the generator, the bench and the tests send. Everything is made up;
//! identity numbers carry a district that does not exist and a right check digit. Deterministic by seed and number.

mod bonded;
mod export;
mod export_return;

pub use bonded::shelf;
pub use export::Export;

use crate::Text;
use crate::identity::{citizen_check, credit_check};
use crate::keys::Time;
use crate::party::{CreditGrade, Filing, Parties, Role, Service};
use ceb::{Day, Decimal, Document, Kind, Message, Stamp};
use compact_str::format_compact;

/// A small generator of numbers (SplitMix64): the same seed gives the same numbers for ever.
#[derive(Clone, Debug)]
pub struct Numbers(u64);

impl Numbers {
    /// From a seed and a stream.
    pub fn new(seed: u64, stream: u64) -> Self {
        let mut numbers = Self(seed ^ stream.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        numbers.draw();
        numbers
    }
    /// The next number.
    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
    /// The next number below a bound above 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.draw() % bound.max(1)
    }
    /// One of several.
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len() as u64) as usize]
    }
}

/// (customs code, name, roles, exchange id) of the demo zone's parties.
type Entry = (&'static str, &'static str, &'static [Role], &'static str);

const PARTIES: [Entry; 12] = [
    ("5301960101", "样例云岭跨境商城", &[Role::Platform], "DXPENT0000530101"),
    ("5301960102", "样例滇池优选平台", &[Role::Platform, Role::Merchant], "DXPENT0000530102"),
    ("5301960201", "样例春城海外贸易商", &[Role::Merchant], "DXPENT0000530201"),
    ("5301960202", "样例彩云母婴商贸", &[Role::Merchant], "DXPENT0000530202"),
    ("5301960301", "样例翠湖支付", &[Role::Payment], "DXPENT0000530301"),
    ("5301960302", "样例金马支付", &[Role::Payment], "DXPENT0000530302"),
    ("5301960401", "样例长水国际物流", &[Role::Logistics, Role::Guarantor], "DXPENT0000530401"),
    ("5301960402", "样例磨憨速运", &[Role::Logistics, Role::Express], "DXPENT0000530402"),
    ("5301980501", "样例碧鸡报关", &[Role::Agent, Role::Guarantor], "DXPENT0000530501"),
    ("5301980502", "样例官渡报关", &[Role::Agent, Role::Guarantor], "DXPENT0000530502"),
    ("5301960601", "样例昆明机场监管场所", &[Role::SiteOperator], "DXPENT0000530601"),
    ("8620000001", "样例昆明机场海关", &[Role::Officer, Role::ZoneOperator], "DXPEDC0000008620"),
];

/// Districts of the demo zone.
pub const DISTRICT: &str = "8620";
/// Guarantee of each guarantor, fen: 1,000 million CNY.
const GUARANTEE: i64 = 100_000_000_000;

/// A unified social credit code with its check character, for a customs code.
fn credit_code(customs_code: &str) -> Text {
    let body = format!("91530100MA{}", customs_code.get(3..10).unwrap_or("0000000"));
    format_compact!("{body}{}", credit_check(&body).unwrap_or('0'))
}

/// The filings of the demo zone.
pub fn filings() -> Vec<Filing> {
    let from = Day::from_number(20_160_408).unwrap_or_default();
    PARTIES
        .iter()
        .enumerate()
        .map(|(index, (code, name, roles, exchange_id))| Filing {
            version: index as u32 + 1,
            code: Text::new(code),
            other_code: Some(credit_code(code)),
            name: Text::new(name),
            roles: roles.to_vec(),
            valid_from: from,
            valid_to: None,
            suspended: false,
            exchange_ids: vec![Text::new(exchange_id)],
            grade: if index == 2 { CreditGrade::A } else { CreditGrade::Standard },
            verifies_identity: false,
            guarantee_limit: if roles.contains(&Role::Guarantor) { GUARANTEE } else { 0 },
            certificates: Vec::new(),
            algorithms: Vec::new(),
            signature_required: false,
            modes: Vec::new(),
            services: Vec::new(),
            arrival_required: None,
            principals: Vec::new(),
            domestic_agent: None,
        })
        .collect()
}

/// Agencies and a bank of the demo zone, who work on what others share with them.
pub fn agencies() -> Vec<Filing> {
    const AGENCIES: [(&str, &str, Role, &str); 8] = [
        ("5301000901", "样例昆明税务局", Role::Agency, "counterpart-tax"),
        ("5301000902", "样例昆明外汇管理局", Role::Agency, "counterpart-foreign-exchange"),
        ("5301000903", "样例昆明商务局", Role::Agency, "counterpart-commerce"),
        ("5301000904", "样例昆明市场监督管理局", Role::Agency, "counterpart-market-supervision"),
        ("5301000905", "样例昆明公安局", Role::Agency, "counterpart-police"),
        ("5301000906", "样例昆明邮政", Role::Agency, "counterpart-post"),
        ("5301000907", "样例春城银行", Role::Bank, ""),
        ("5301000908", "样例国际贸易单一窗口", Role::Agency, "counterpart-trade-window"),
    ];
    let of = |(code, name, role, word): (&'static str, &'static str, Role, &'static str)| {
        // The country's window is a party to the exchange of messages itself.
        let exchange_id = if code == "5301000908" { Some("DXPEDCCEB0000002") } else { None };
        Some(with_words(partner(code, name, &[role], exchange_id)?, &[word]))
    };
    AGENCIES.into_iter().filter_map(of).collect()
}

/// A filing with more words among its services, from its first day on; an empty one is none.
fn with_words(mut filing: Filing, words: &[&str]) -> Filing {
    let valid_from = filing.valid_from;
    let words = words.iter().filter(|word| !word.is_empty());
    let service = |word: &&str| Service { service: (*word).into(), valid_from, ..Service::default() };
    filing.services.extend(words.map(service));
    filing
}

/// The tax office among [`agencies`], which decides on refunds of tax.
pub const TAX_OFFICE: &str = "5301000901";
/// The foreign exchange administration among [`agencies`], which decides on payment firms and banks.
pub const EXCHANGE_ADMINISTRATION: &str = "5301000902";
/// The postal administration, which decides on carriers: another than the post, whom it licenses.
pub const POSTAL_ADMINISTRATION: &str = "5301000913";

/// [`agencies`], where those that are the authority of a role (`filing_reviewers.csv`) have its word, so that they decide on what is
/// filed in it and customs no longer does; with them the postal administration.
pub fn agencies_with_authority() -> Vec<Filing> {
    const WORDS: [(&str, &str); 3] = [
        (TAX_OFFICE, "tax-administration"),
        (EXCHANGE_ADMINISTRATION, "foreign-exchange-administration"),
        (POSTAL_ADMINISTRATION, "postal-administration"),
    ];
    let postal = partner(POSTAL_ADMINISTRATION, "样例昆明市邮政管理局", &[Role::Agency], None);
    let granted = |agency: Filing| {
        let words = WORDS.iter().filter(|(code, _)| agency.code == *code);
        let words: Vec<&str> = words.map(|(_, word)| *word).collect();
        with_words(agency, &words)
    };
    agencies().into_iter().chain(postal).map(granted).collect()
}

/// The other systems that the demo zone exchanges records with: the customs system of the country, a railway, an airport, and the
/// window of another country, which also sends documents of its own platform, payment firm and carrier.
pub fn partners() -> Vec<Filing> {
    const ABROAD: &[Role] = &[Role::Agency, Role::Platform, Role::Payment, Role::Logistics];
    const PARTNERS: [(&str, &str, &[Role], &str); 4] = [
        ("5301000909", "样例海关通关管理系统", &[Role::Agency], "counterpart-customs"),
        ("5301000910", "样例昆明铁路口岸", &[Role::Agency], "counterpart-railway"),
        ("5301000911", "样例昆明机场货运", &[Role::Agency], "counterpart-airport"),
        (ABROAD_CODE, "样例老挝国家单一窗口", ABROAD, "counterpart-foreign-window"),
    ];
    let of = |(code, name, roles, word): (&'static str, &'static str, &'static [Role], &'static str)| {
        let exchange_id = if code == ABROAD_CODE { Some("DXPENT0000530912") } else { None };
        Some(with_words(partner(code, name, roles, exchange_id)?, &[word]))
    };
    PARTNERS.into_iter().filter_map(of).collect()
}

/// The window of another country among [`partners`].
pub const ABROAD_CODE: &str = "5301000912";

fn partner(code: &str, name: &str, roles: &[Role], exchange_id: Option<&str>) -> Option<Filing> {
    Some(Filing {
        code: code.into(),
        other_code: None,
        name: name.into(),
        roles: roles.to_vec(),
        exchange_ids: exchange_id.map(Text::from).into_iter().collect(),
        ..filings().into_iter().next()?
    })
}

/// The parties of the demo zone, filed.
pub fn parties() -> Parties {
    let mut parties = Parties::default();
    for filing in filings() {
        parties.file(filing);
    }
    parties
}

/// Goods that are sold: HS code, name, model, unit, first and second statutory unit, grams a piece, price in fen from, to.
struct Goods(&'static str, &'static str, &'static str, &'static str, Option<&'static str>, u64, u64, u64);

const GOODS: [Goods; 10] = [
    Goods("1901101000", "样例婴儿配方奶粉", "样例牌|800克罐装|3段", "035", None, 800, 12_000, 36_000),
    Goods("2106909090", "样例胶原蛋白粉", "样例牌|200克袋装", "035", None, 200, 8_000, 25_000),
    Goods("1806900000", "样例巧克力礼盒", "样例牌|450克盒装", "035", None, 450, 4_000, 15_000),
    Goods("3401300000", "样例洁面乳", "样例牌|150克支装", "035", None, 150, 3_000, 12_000),
    Goods("4202210000", "样例牛皮手提包", "样例牌|黑色|中号", "035", Some("007"), 900, 60_000, 180_000),
    Goods("9503002900", "样例毛绒玩偶", "样例牌|40厘米", "007", Some("035"), 600, 3_000, 20_000),
    Goods("8516400000", "样例蒸汽电熨斗", "样例牌|2000瓦", "007", None, 1_200, 15_000, 50_000),
    Goods("0802620000", "样例夏威夷果仁", "样例牌|500克袋装", "035", None, 500, 5_000, 12_000),
    Goods("0409000000", "样例天然蜂蜜", "样例牌|500克瓶装", "035", None, 500, 6_000, 40_000),
    Goods("9619001100", "样例婴儿纸尿裤", "样例牌|L码|54片", "035", None, 2_500, 8_000, 16_000),
];

const SURNAMES: [&str; 8] = ["样", "例", "试", "拟", "虚", "假", "演", "示"];
const GIVEN: [&str; 10] = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十"];
const STREETS: [&str; 6] = ["样例路", "演示街", "虚构巷", "测试大道", "模拟里", "示范坊"];

/// A consumer: name, identity number, telephone, address.
#[derive(Clone, Debug)]
pub struct Person {
    /// Name.
    pub name: Text,
    /// Identity number with a right check digit and a district that does not exist.
    pub identity: Text,
    /// Telephone of a range that is not given out.
    pub telephone: Text,
    /// Address.
    pub address: Text,
}

impl Person {
    /// The consumer with a number.
    pub fn new(number: u64) -> Self {
        let mut draw = Numbers::new(number, 77);
        let (year, month, day) = (1960 + draw.below(45), 1 + draw.below(12), 1 + draw.below(28));
        let body = format!("990000{year}{month:02}{day:02}{:03}", number % 1000);
        Self {
            name: format_compact!("{}{}{}", draw.pick(&SURNAMES), draw.pick(&GIVEN), draw.pick(&GIVEN)),
            identity: format_compact!("{body}{}", citizen_check(&body).unwrap_or('0')),
            telephone: format_compact!("100{:08}", number % 100_000_000),
            // One household an address: many parcels to one address are what the risk rules look for.
            address: format_compact!(
                "云南省昆明市样例区{}{}号{}室",
                draw.pick(&STREETS),
                1 + draw.below(999),
                100 + number % 100_000
            ),
        }
    }
}

/// The documents of one trade.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Trade {
    /// The order.
    pub order: ceb::Order,
    /// The payment.
    pub payment: ceb::Payment,
    /// The waybill.
    pub waybill: ceb::Waybill,
    /// The declaration.
    pub declaration: ceb::Declaration,
}

fn guid(seed: u64, number: u64, kind: u16) -> Text {
    let mut draw = Numbers::new(seed ^ number, u64::from(kind));
    let (a, b) = (draw.draw(), draw.draw());
    format_compact!(
        "{:08X}-{:04X}-4{:03X}-A{:03X}-{:012X}",
        a >> 32,
        a & 0xFFFF,
        (a >> 16) & 0xFFF,
        b >> 52,
        b & 0xFFFF_FFFF_FFFF
    )
}

/// A stamp of an instant in China.
pub fn stamp(now: Time) -> Stamp {
    Stamp::from_number(now.stamp_millis().number() / 1000).unwrap_or_default()
}

impl Trade {
    /// The trade with a number: clean, consistent, direct purchase by air into the demo zone's airport. `persons` is how
    /// many consumers share the trades.
    pub fn new(seed: u64, number: u64, now: Time, persons: u64) -> Self {
        let mut draw = Numbers::new(seed, number);
        let person = Person::new(draw.below(persons));
        let app_time = stamp(now);
        let platform = &PARTIES[draw.below(2) as usize];
        let merchant = &PARTIES[2 + draw.below(2) as usize];
        let payer = &PARTIES[4 + draw.below(2) as usize];
        let carrier = &PARTIES[6 + draw.below(2) as usize];
        let agent = &PARTIES[8 + draw.below(2) as usize];
        let order_no = format_compact!("OW{seed:X}-{number:010}");
        let lines = lines(&mut draw);
        let goods_fen: i64 = lines.iter().map(|line| line.total).sum();
        let weight_grams: u64 = lines.iter().map(|line| line.grams * line.count).sum();
        let freight = 500 + draw.below(40) as i64 * 100;
        let net = Decimal::from_units(i128::from(weight_grams) * 100);
        let gross = Decimal::from_units(i128::from(weight_grams + 120) * 100);
        let paid = Decimal::from_fen(goods_fen + freight);
        let pay_id = format_compact!("PAY{seed:X}{number:012}");
        let order = ceb::Order {
            head: Box::new(ceb::OrderHead {
                guid: guid(seed, number, 311),
                app_type: "1".into(),
                app_time,
                app_status: "2".into(),
                order_type: "I".into(),
                order_no: order_no.clone(),
                ebp_code: platform.0.into(),
                ebp_name: platform.1.into(),
                ebc_code: merchant.0.into(),
                ebc_name: merchant.1.into(),
                goods_value: Decimal::from_fen(goods_fen),
                freight: Decimal::from_fen(freight),
                discount: Decimal::ZERO,
                tax_total: Decimal::ZERO,
                actural_paid: paid,
                currency: "142".into(),
                buyer_reg_no: format_compact!("user{}", person.telephone),
                buyer_name: person.name.clone(),
                buyer_telephone: person.telephone.clone(),
                buyer_id_type: "1".into(),
                buyer_id_number: person.identity.clone(),
                pay_code: Some(payer.0.into()),
                pay_name: Some(payer.1.into()),
                pay_transaction_id: Some(pay_id.clone()),
                batch_numbers: None,
                consignee: person.name.clone(),
                consignee_telephone: person.telephone.clone(),
                consignee_address: person.address.clone(),
                consignee_district: Some("530100".into()),
                note: None,
            }),
            lines: lines.iter().map(Line::ordered).collect(),
        };
        let payment = ceb::Payment {
            guid: guid(seed, number, 411),
            app_type: "1".into(),
            app_time,
            app_status: "2".into(),
            pay_code: payer.0.into(),
            pay_name: payer.1.into(),
            pay_transaction_id: pay_id,
            order_no: order_no.clone(),
            ebp_code: platform.0.into(),
            ebp_name: platform.1.into(),
            payer_id_type: "1".into(),
            payer_id_number: person.identity.clone(),
            payer_name: person.name.clone(),
            telephone: Some(person.telephone.clone()),
            amount_paid: paid,
            currency: "142".into(),
            pay_time: app_time,
            note: None,
        };
        let waybill_no = format_compact!("YD{seed:X}{number:012}");
        let waybill = ceb::Waybill {
            guid: guid(seed, number, 511),
            app_type: "1".into(),
            app_time,
            app_status: "2".into(),
            logistics_code: carrier.0.into(),
            logistics_name: carrier.1.into(),
            logistics_no: waybill_no.clone(),
            bill_no: Some(bill_no(number)),
            order_no: order_no.clone(),
            freight: Some(Decimal::from_fen(freight)),
            insured_fee: Some(Decimal::ZERO),
            currency: "142".into(),
            weight: gross,
            pack_no: 1,
            goods_info: None,
            consignee: person.name.clone(),
            consignee_address: person.address.clone(),
            consignee_telephone: person.telephone.clone(),
            note: None,
        };
        let declaration = ceb::Declaration {
            head: Box::new(ceb::DeclarationHead {
                guid: guid(seed, number, 621),
                app_type: "1".into(),
                app_time,
                app_status: "2".into(),
                order_no,
                ebp_code: platform.0.into(),
                ebp_name: platform.1.into(),
                ebc_code: merchant.0.into(),
                ebc_name: merchant.1.into(),
                logistics_no: waybill_no,
                logistics_code: carrier.0.into(),
                logistics_name: carrier.1.into(),
                cop_no: Some(short_number('Q', seed, number)),
                pre_no: None,
                assure_code: agent.0.into(),
                ems_no: None,
                invt_no: None,
                ie_flag: "I".into(),
                decl_time: now.day(),
                customs_code: DISTRICT.into(),
                port_code: DISTRICT.into(),
                ie_date: None,
                buyer_id_type: "1".into(),
                buyer_id_number: person.identity.clone(),
                buyer_name: person.name.clone(),
                buyer_telephone: person.telephone.clone(),
                consignee_address: person.address.clone(),
                agent_code: agent.0.into(),
                agent_name: agent.1.into(),
                area_code: None,
                area_name: None,
                trade_mode: "9610".into(),
                traf_mode: "5".into(),
                traf_no: Some("样例航班机".into()),
                voyage_no: Some(format_compact!("XX{:04}", number / 1000 % 10_000)),
                bill_no: Some(bill_no(number)),
                loct_no: None,
                license_no: None,
                country: "116".into(),
                freight: Decimal::from_fen(freight),
                insured_fee: Decimal::ZERO,
                currency: "142".into(),
                wrap_type: Some("2".into()),
                pack_no: 1,
                gross_weight: gross,
                net_weight: net,
                note: None,
            }),
            lines: lines.iter().map(Line::declared).collect(),
        };
        Self { order, payment, waybill, declaration }
    }

    /// The arrival of several trades' parcels that one carrier brought: one document.
    pub fn arrival(seed: u64, trades: &[&Trade], now: Time) -> Option<ceb::Arrival> {
        let first = trades.first()?;
        let operator = &PARTIES[10];
        let head = &first.declaration.head;
        Some(ceb::Arrival {
            head: Box::new(ceb::ArrivalHead {
                guid: guid(seed, u64::from(crc(&first.waybill.logistics_no)), 711),
                app_type: "1".into(),
                app_time: stamp(now),
                app_status: "2".into(),
                customs_code: DISTRICT.into(),
                cop_no: Some(short_number(
                    'R',
                    u64::from(crc(&first.waybill.logistics_no)),
                    trailing_number(&first.waybill.logistics_no),
                )),
                pre_no: None,
                rkd_no: None,
                operator_code: operator.0.into(),
                operator_name: operator.1.into(),
                ie_flag: "I".into(),
                traf_mode: "5".into(),
                traf_no: head.traf_no.clone().unwrap_or_default(),
                voyage_no: head.voyage_no.clone().unwrap_or_default(),
                bill_no: head.bill_no.clone().unwrap_or_default(),
                logistics_code: head.logistics_code.clone(),
                logistics_name: head.logistics_name.clone(),
                unload_location: None,
                note: None,
            }),
            lines: trades
                .iter()
                .enumerate()
                .map(|(index, trade)| ceb::ArrivalLine {
                    gnum: index as u32 + 1,
                    logistics_no: trade.waybill.logistics_no.clone(),
                    note: None,
                })
                .collect(),
        })
    }

    /// An application to cancel the declaration.
    pub fn cancellation(&self, invt_no: &str, now: Time) -> ceb::Cancellation {
        let head = &self.declaration.head;
        ceb::Cancellation {
            guid: guid(623, trailing_number(&head.order_no), 623),
            app_type: "1".into(),
            app_time: stamp(now),
            app_status: "2".into(),
            customs_code: head.customs_code.clone(),
            order_no: head.order_no.clone(),
            ebp_code: head.ebp_code.clone(),
            ebp_name: head.ebp_name.clone(),
            ebc_code: head.ebc_code.clone(),
            ebc_name: head.ebc_name.clone(),
            logistics_no: head.logistics_no.clone(),
            logistics_code: head.logistics_code.clone(),
            logistics_name: head.logistics_name.clone(),
            cop_no: Some(short_number('C', u64::from(crc(&head.order_no)), trailing_number(&head.order_no))),
            pre_no: None,
            invt_no: invt_no.into(),
            buyer_id_type: "1".into(),
            buyer_id_number: head.buyer_id_number.clone(),
            buyer_name: head.buyer_name.clone(),
            buyer_telephone: head.buyer_telephone.clone(),
            agent_code: head.agent_code.clone(),
            agent_name: head.agent_name.clone(),
            reason: "样例：买家取消".into(),
            note: None,
        }
    }

    /// An application to return quantities of lines (index from 0, quantity).
    pub fn return_goods(&self, invt_no: &str, back: &[(usize, Decimal)], now: Time) -> ceb::Return {
        let head = &self.declaration.head;
        let lines = back
            .iter()
            .filter_map(|(index, qty)| self.declaration.lines.get(*index).map(|line| (line, *qty)))
            .map(|(line, qty)| ceb::ReturnLine {
                gnum: line.gnum,
                gcode: line.gcode.clone(),
                gname: line.gname.clone(),
                qty,
                unit: line.unit.clone(),
                note: None,
            })
            .collect();
        ceb::Return {
            head: Box::new(ceb::ReturnHead {
                guid: guid(625, trailing_number(&head.order_no), 625),
                app_type: "1".into(),
                app_time: stamp(now),
                app_status: "2".into(),
                customs_code: head.customs_code.clone(),
                order_no: head.order_no.clone(),
                ebp_code: head.ebp_code.clone(),
                ebp_name: head.ebp_name.clone(),
                ebc_code: head.ebc_code.clone(),
                ebc_name: head.ebc_name.clone(),
                logistics_no: head.logistics_no.clone(),
                logistics_code: head.logistics_code.clone(),
                logistics_name: head.logistics_name.clone(),
                cop_no: Some(short_number(
                    'T',
                    u64::from(crc(&head.order_no)),
                    trailing_number(&head.order_no),
                )),
                pre_no: None,
                invt_no: invt_no.into(),
                buyer_id_type: "1".into(),
                buyer_id_number: head.buyer_id_number.clone(),
                buyer_name: head.buyer_name.clone(),
                buyer_telephone: head.buyer_telephone.clone(),
                agent_code: head.agent_code.clone(),
                agent_name: head.agent_name.clone(),
                reason: "样例：不合适".into(),
                note: None,
            }),
            lines,
        }
    }

    /// The delivery of the parcel.
    pub fn delivered(&self, now: Time) -> ceb::WaybillStatus {
        ceb::WaybillStatus {
            guid: guid(513, trailing_number(&self.waybill.logistics_no), 513),
            app_type: "1".into(),
            app_time: stamp(now),
            app_status: "2".into(),
            logistics_code: self.waybill.logistics_code.clone(),
            logistics_name: self.waybill.logistics_name.clone(),
            logistics_no: self.waybill.logistics_no.clone(),
            logistics_status: "S".into(),
            logistics_time: stamp(now),
            note: None,
        }
    }

    /// The four documents in the order in which they usually come, each with the code of its sender.
    pub fn documents(&self) -> [(Text, Document); 4] {
        [
            (self.order.head.ebp_code.clone(), Document::Order(self.order.clone())),
            (self.payment.pay_code.clone(), Document::Payment(self.payment.clone())),
            (self.waybill.logistics_code.clone(), Document::Waybill(self.waybill.clone())),
            (self.declaration.head.agent_code.clone(), Document::Declaration(self.declaration.clone())),
        ]
    }
}

fn bill_no(number: u64) -> Text {
    format_compact!("999-{:08}", number / 200 % 100_000_000)
}

/// An enterprise's own number, at most 20 characters, unlike for unlike seeds.
fn short_number(letter: char, seed: u64, number: u64) -> Text {
    format_compact!("{letter}{:08X}{:010}", Numbers::new(seed, 99).draw() >> 32, number % 10_000_000_000)
}

fn trailing_number(text: &str) -> u64 {
    let digits: String = text.chars().rev().take_while(char::is_ascii_digit).take(15).collect();
    digits.chars().rev().collect::<String>().parse().unwrap_or(0)
}

fn crc(text: &str) -> u32 {
    text.bytes().fold(0x811C_9DC5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

struct Line {
    gnum: u32,
    goods: &'static Goods,
    count: u64,
    grams: u64,
    price: i64,
    total: i64,
}

fn lines(draw: &mut Numbers) -> Vec<Line> {
    let count = 1 + draw.below(2);
    (0..count)
        .map(|index| {
            let goods = draw.pick(&GOODS);
            let pieces = if goods.6 > 50_000 { 1 } else { 1 + draw.below(3) };
            let price = (goods.6 + draw.below(goods.7 - goods.6)) as i64;
            Line {
                gnum: index as u32 + 1,
                goods,
                count: pieces,
                grams: goods.5,
                price,
                total: price * pieces as i64,
            }
        })
        .collect()
}

impl Line {
    fn ordered(&self) -> ceb::OrderLine {
        ceb::OrderLine {
            gnum: self.gnum,
            item_no: Some(format_compact!("SKU{}", self.goods.0)),
            item_name: self.goods.1.into(),
            gmodel: self.goods.2.into(),
            item_describe: None,
            bar_code: Some("无".into()),
            unit: "011".into(),
            qty: Decimal::from_whole(self.count as i64),
            price: Decimal::from_fen(self.price),
            total_price: Decimal::from_fen(self.total),
            currency: "142".into(),
            country: "116".into(),
            note: None,
        }
    }
    fn declared(&self) -> ceb::DeclarationLine {
        let kilograms = Decimal::from_units(i128::from(self.grams * self.count) * 100);
        let quantity =
            |unit: &str| if unit == "035" { kilograms } else { Decimal::from_whole(self.count as i64) };
        ceb::DeclarationLine {
            gnum: self.gnum,
            item_record_no: None,
            item_no: Some(format_compact!("SKU{}", self.goods.0)),
            item_name: Some(self.goods.1.into()),
            gcode: self.goods.0.into(),
            gname: self.goods.1.into(),
            gmodel: self.goods.2.into(),
            bar_code: None,
            country: "116".into(),
            trade_country: Some("116".into()),
            currency: "142".into(),
            qty: Decimal::from_whole(self.count as i64),
            unit: "011".into(),
            qty1: quantity(self.goods.3),
            unit1: self.goods.3.into(),
            qty2: self.goods.4.map(quantity),
            unit2: self.goods.4.map(Text::new),
            price: Decimal::from_fen(self.price),
            total_price: Decimal::from_fen(self.total),
            note: None,
        }
    }
}

/// A message of documents of one kind, sent by a party of the demo zone.
pub fn message(sender: &str, documents: Vec<Document>) -> Message {
    let kind = documents.first().map_or(Kind::Order, Document::kind);
    let mut message = Message::new(kind);
    message.guid = documents.first().map(Document::guid).unwrap_or_default();
    let party = PARTIES.iter().find(|party| party.0 == sender);
    message.transfer = party.map(|(code, name, _, exchange_id)| ceb::BaseTransfer {
        cop_code: Text::new(code),
        cop_name: Text::new(name),
        dxp_mode: "DXP".into(),
        dxp_id: Text::new(exchange_id),
        note: None,
    });
    documents.into_iter().fold(message, Message::with)
}

/// The exchange id of a party of the demo zone.
pub fn exchange_id(code: &str) -> Option<&'static str> {
    PARTIES.iter().find(|party| party.0 == code).map(|party| party.3)
}
