//! Order, payment and waybill in every standard that we know of them, in one table: each row is a member of the unified standard, with
//! the field of CEB that has it in imports and in exports, and its name in the neutral form for other countries. All conversions,
//! there and back, read this table ([`crate::unified`], [`crate::neutral`], [`crate::convert`]); nothing else knows which is which.

use ceb::Kind;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// Which way goods go, as China sees it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Direction {
    /// Into the country.
    Import,
    /// Out of it.
    Export,
}

impl Direction {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Import, Self::Export];
    /// The word of the unified standard.
    pub fn word(self) -> &'static str {
        match self {
            Self::Import => "import",
            Self::Export => "export",
        }
    }
    /// The direction of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.word() == word)
    }
}

/// How a value is written outside of CEB.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// As in CEB.
    Same,
    /// ISO 4217.
    Currency,
    /// ISO 3166, two letters.
    Country,
    /// RFC 3339, China standard time.
    Time,
    /// A word for what is done with the document.
    Operation,
}
use Form::{Country, Currency, Operation, Same, Time};

/// A member of the unified standard.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// Its path in the unified standard.
    pub member: &'static str,
    /// Its path in the neutral form; empty = it has none there, and stands under `CN` as CEB calls it.
    pub neutral: &'static str,
    /// How its value is written in both.
    pub form: Form,
    /// The field of CEB in imports; empty = imports have none.
    pub import: &'static str,
    /// The field of CEB in exports; empty = exports have none.
    pub export: &'static str,
}

impl Row {
    /// The field of CEB; none where that direction has none.
    pub fn field(&self, direction: Direction) -> Option<&'static str> {
        let field = match direction {
            Direction::Import => self.import,
            Direction::Export => self.export,
        };
        (!field.is_empty()).then_some(field)
    }
}

const fn row(
    member: &'static str,
    neutral: &'static str,
    form: Form,
    import: &'static str,
    export: &'static str,
) -> Row {
    Row { member, neutral, form, import, export }
}
/// A member that CEB calls alike in both directions.
const fn both(member: &'static str, neutral: &'static str, form: Form, field: &'static str) -> Row {
    row(member, neutral, form, field, field)
}
/// A member that only imports have.
const fn imports(member: &'static str, neutral: &'static str, field: &'static str) -> Row {
    row(member, neutral, Same, field, "")
}
/// A member that only exports have.
const fn exports(member: &'static str, neutral: &'static str, field: &'static str) -> Row {
    row(member, neutral, Same, "", field)
}

const ID: Row = both("id", "ID", Same, "guid");
const OPERATION: Row = both("operation", "", Operation, "appType");
const ISSUED: Row = both("issued", "IssueDateTime", Time, "appTime");
const NOTE: Row = both("note", "AdditionalInformation.Content", Same, "note");
const PLATFORM: Row = both("platform.code", "Intermediary.ID", Same, "ebpCode");
const PLATFORM_NAME: Row = both("platform.name", "Intermediary.Name", Same, "ebpName");
const ORDER_NUMBER: &str = "UCR.TraderAssignedReferenceID";
const PAID_IN: Row = both("currency", "Payment.CurrencyTypeCode", Currency, "currency");

const ORDER: &[Row] = &[
    ID,
    OPERATION,
    ISSUED,
    both("order.number", ORDER_NUMBER, Same, "orderNo"),
    PLATFORM,
    PLATFORM_NAME,
    both("seller.code", "Seller.ID", Same, "ebcCode"),
    both("seller.name", "Seller.Name", Same, "ebcName"),
    both("amounts.goods", "GoodsShipment.InvoiceAmount", Same, "goodsValue"),
    both("amounts.freight", "CustomsValuation.FreightChargeAmount", Same, "freight"),
    imports("amounts.discount", "CustomsValuation.ChargeDeduction.OtherChargeDeductionAmount", "discount"),
    imports("amounts.tax", "DutyTaxFee.DeductAmount", "taxTotal"),
    imports("amounts.paid", "Payment.PaymentAmount", "acturalPaid"),
    PAID_IN,
    imports("payment.firm.code", "Payment.Party.ID", "payCode"),
    imports("payment.firm.name", "Payment.Party.Name", "payName"),
    imports("payment.number", "Payment.ReferenceID", "payTransactionId"),
    imports("buyer.account", "", "buyerRegNo"),
    imports("buyer.name", "Buyer.Name", "buyerName"),
    imports("buyer.telephone", "Buyer.Communication.ID", "buyerTelephone"),
    imports("buyer.identityNumber", "Buyer.ID", "buyerIdNumber"),
    imports("consignee.name", "Consignee.Name", "consignee"),
    imports("consignee.telephone", "Consignee.Communication.ID", "consigneeTelephone"),
    imports("consignee.address", "Consignee.Address.Line", "consigneeAddress"),
    imports("consignee.district", "", "consigneeDistrict"),
    NOTE,
];
const ORDER_LINE: &[Row] = &[
    both("number", "SequenceNumeric", Same, "gnum"),
    both("article", "Commodity.TradeItemID", Same, "itemNo"),
    both("name", "Commodity.Description", Same, "itemName"),
    imports("model", "", "gmodel"),
    both("description", "", Same, "itemDescribe"),
    both("barCode", "Commodity.GTIN", Same, "barCode"),
    both("unit", "", Same, "unit"),
    both("quantity", "Commodity.GoodsMeasure.TariffQuantity", Same, "qty"),
    both("price", "Commodity.InvoiceLine.UnitPriceAmount", Same, "price"),
    both("total", "Commodity.InvoiceLine.ItemChargeAmount", Same, "totalPrice"),
    both("currency", "Commodity.InvoiceLine.CurrencyTypeCode", Currency, "currency"),
    row("origin", "Origin.CountryCode", Country, "country", ""),
    NOTE,
];
const PAYMENT: &[Row] = &[
    ID,
    OPERATION,
    ISSUED,
    both("order.number", ORDER_NUMBER, Same, "orderNo"),
    PLATFORM,
    PLATFORM_NAME,
    exports("seller.code", "Seller.ID", "ebcCode"),
    exports("seller.name", "Seller.Name", "ebcName"),
    both("payment.firm.code", "Payment.Party.ID", Same, "payCode"),
    both("payment.firm.name", "Payment.Party.Name", Same, "payName"),
    row("payment.number", "Payment.ReferenceID", Same, "payTransactionId", "payNo"),
    row("payment.time", "Payment.PaymentDateTime", Time, "payTime", "accountingDate"),
    row("amounts.paid", "Payment.PaymentAmount", Same, "amountPaid", "charge"),
    PAID_IN,
    imports("payer.name", "Payer.Name", "payerName"),
    imports("payer.telephone", "Payer.Communication.ID", "telephone"),
    imports("payer.identityNumber", "Payer.ID", "payerIdNumber"),
    NOTE,
];
const WAYBILL: &[Row] = &[
    ID,
    OPERATION,
    ISSUED,
    both("carrier.code", "Carrier.ID", Same, "logisticsCode"),
    both("carrier.name", "Carrier.Name", Same, "logisticsName"),
    both("waybill.number", "Consignment.TransportContractDocument.ID", Same, "logisticsNo"),
    imports("waybill.master", "Consignment.MasterTransportContractDocument.ID", "billNo"),
    imports("order.number", ORDER_NUMBER, "orderNo"),
    both("amounts.freight", "Consignment.Freight.Amount", Same, "freight"),
    both("amounts.insurance", "CustomsValuation.InsuranceChargeAmount", Same, "insuredFee"),
    both("currency", "Consignment.Freight.CurrencyTypeCode", Currency, "currency"),
    row("grossWeight", "Consignment.TotalGrossMassMeasure", Same, "weight", "grossWeight"),
    both("packages", "Consignment.TotalPackageQuantity", Same, "packNo"),
    both("goods", "Consignment.CargoDescription", Same, "goodsInfo"),
    imports("consignee.name", "Consignee.Name", "consignee"),
    imports("consignee.address", "Consignee.Address.Line", "consigneeAddress"),
    imports("consignee.telephone", "Consignee.Communication.ID", "consigneeTelephone"),
    exports("seller.code", "Consignor.ID", "ebcCode"),
    exports("seller.name", "Consignor.Name", "ebcName"),
    exports("seller.telephone", "Consignor.Communication.ID", "ebcTelephone"),
    NOTE,
];

/// One of the three documents.
#[derive(Debug)]
pub struct Sort {
    /// Its word in the unified standard.
    pub word: &'static str,
    /// Its word in the neutral form, in imports and in exports.
    pub neutral: [&'static str; 2],
    /// The messages of CEB that have it, in imports and in exports.
    pub kinds: [Kind; 2],
    /// Members of its head.
    pub head: &'static [Row],
    /// Members of its lines; none = it has no lines.
    pub line: &'static [Row],
}

/// The three documents.
pub const SORTS: [Sort; 3] = [
    Sort {
        word: "order",
        neutral: ["Order", "ExportOrder"],
        kinds: [Kind::Order, Kind::ExportOrder],
        head: ORDER,
        line: ORDER_LINE,
    },
    Sort {
        word: "payment",
        neutral: ["Payment", "ExportPayment"],
        kinds: [Kind::Payment, Kind::ExportPayment],
        head: PAYMENT,
        line: &[],
    },
    Sort {
        word: "waybill",
        neutral: ["Waybill", "ExportWaybill"],
        kinds: [Kind::Waybill, Kind::ExportWaybill],
        head: WAYBILL,
        line: &[],
    },
];

impl Sort {
    /// The sort of a message of CEB, and which way its goods go; none of the others.
    pub fn of(kind: Kind) -> Option<(&'static Self, Direction)> {
        Self::found(|sort, at| sort.kinds[at] == kind)
    }

    /// The sort of a word of the neutral form.
    pub fn of_neutral(word: &str) -> Option<(&'static Self, Direction)> {
        Self::found(|sort, at| sort.neutral[at] == word)
    }

    /// The sort of a word of the unified standard.
    pub fn of_word(word: &str) -> Option<&'static Self> {
        all().iter().find(|sort| sort.word == word)
    }

    fn found(wanted: impl Fn(&Self, usize) -> bool) -> Option<(&'static Self, Direction)> {
        let both = |sort: &'static Self| Direction::ALL.map(|direction| (sort, direction));
        all().iter().flat_map(both).find(|&(sort, direction)| wanted(sort, direction as usize))
    }

    /// The message of CEB.
    pub fn kind(&self, direction: Direction) -> Kind {
        self.kinds[direction as usize]
    }

    /// The word of the neutral form.
    pub fn neutral_word(&self, direction: Direction) -> &'static str {
        self.neutral[direction as usize]
    }
}

fn all() -> &'static [Sort] {
    const ALL: &[Sort] = &SORTS;
    ALL
}

type Codes = BTreeMap<String, String>;

/// Codes of customs to ISO and back: currencies, countries.
fn codes(form: Form, back: bool) -> Option<&'static Codes> {
    static TABLES: OnceLock<[Codes; 4]> = OnceLock::new();
    let tables = TABLES.get_or_init(|| {
        let pairs = |text: &str, at: usize| -> Codes {
            let rows = text.lines().skip(1).filter_map(|line| {
                let mut cells = line.split(',');
                Some((cells.next()?.to_owned(), cells.nth(at)?.to_owned()))
            });
            rows.filter(|(_, iso)| !iso.is_empty()).collect()
        };
        let turned = |codes: &Codes| codes.iter().map(|(code, iso)| (iso.clone(), code.clone())).collect();
        let currencies = pairs(include_str!("../../../tables/currencies.csv"), 1);
        let countries = pairs(include_str!("../../../tables/neutral_countries.csv"), 0);
        let (currencies_back, countries_back) = (turned(&currencies), turned(&countries));
        [currencies, currencies_back, countries, countries_back]
    });
    match form {
        Currency => Some(&tables[usize::from(back)]),
        Country => Some(&tables[2 + usize::from(back)]),
        Same | Time | Operation => None,
    }
}

/// A code that ISO has none for says whose it is.
const CUSTOMS: &str = "CN:";
/// What is done with a document: as CEB has it, and the word.
pub(crate) const OPERATIONS: [(&str, &str); 3] = [("1", "new"), ("2", "change"), ("3", "delete")];

/// A value of CEB as others read it.
pub(crate) fn written(form: Form, text: &str) -> Cow<'_, str> {
    match (form, codes(form, false)) {
        (_, Some(codes)) => match codes.get(text) {
            Some(iso) => Cow::Owned(iso.clone()),
            None => Cow::Owned(format!("{CUSTOMS}{text}")),
        },
        (Time, _) if text.len() == 14 && text.bytes().all(|byte| byte.is_ascii_digit()) => {
            Cow::Owned(format!("{}+08:00", crate::spelled(text)))
        }
        (Operation, _) => {
            let word = OPERATIONS.into_iter().find(|(code, _)| *code == text);
            Cow::Borrowed(word.map_or(text, |(_, word)| word))
        }
        _ => Cow::Borrowed(text),
    }
}

/// A value of others as CEB has it. What is none of the form stays as it is: what is wrong with it is then told of its field.
pub(crate) fn read(form: Form, text: &str) -> Cow<'_, str> {
    match (form, codes(form, true)) {
        (_, Some(codes)) => match (codes.get(text), text.strip_prefix(CUSTOMS)) {
            (Some(code), _) => Cow::Owned(code.clone()),
            (None, Some(code)) => Cow::Borrowed(code),
            (None, None) => Cow::Borrowed(text),
        },
        (Time, _) => match text.strip_suffix("+08:00") {
            Some(local) => Cow::Owned(local.chars().filter(char::is_ascii_digit).take(14).collect()),
            None => Cow::Borrowed(text),
        },
        (Operation, _) => {
            let code = OPERATIONS.into_iter().find(|(_, word)| *word == text);
            Cow::Borrowed(code.map_or(text, |(code, _)| code))
        }
        _ => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn rows_are_of_fields_that_are_there_and_each_path_is_one() {
        for sort in &SORTS {
            for direction in Direction::ALL {
                let parts = sort.kind(direction).parts();
                for (part, rows) in [sort.head, sort.line].into_iter().enumerate() {
                    let known: BTreeSet<&str> = parts
                        .get(part)
                        .into_iter()
                        .flat_map(|part| part.fields)
                        .map(|rule| rule.name)
                        .collect();
                    let here: Vec<&Row> = rows.iter().filter(|row| row.field(direction).is_some()).collect();
                    for row in &here {
                        assert!(
                            known.contains(row.field(direction).unwrap()),
                            "{}.{}",
                            sort.word,
                            row.member
                        );
                    }
                    let members: BTreeSet<&str> = rows.iter().map(|row| row.member).collect();
                    assert_eq!(members.len(), rows.len(), "{}: a member is one row", sort.word);
                    let named: Vec<&str> =
                        here.iter().map(|row| row.neutral).filter(|path| !path.is_empty()).collect();
                    let paths: BTreeSet<&str> = named.iter().copied().collect();
                    assert_eq!(paths.len(), named.len(), "{}", sort.word);
                }
            }
        }
    }

    #[test]
    fn codes_are_those_of_iso_or_say_whose_they_are() {
        assert_eq!((written(Currency, "142"), read(Currency, "CNY")), ("CNY".into(), "142".into()));
        assert_eq!((written(Country, "119"), read(Country, "LA")), ("LA".into(), "119".into()));
        assert_eq!((written(Country, "702"), read(Country, "CN:702")), ("CN:702".into(), "702".into()));
        assert_eq!((written(Operation, "2"), read(Operation, "change")), ("change".into(), "2".into()));
        assert_eq!(written(Time, "20261123100000"), "2026-11-23T10:00:00+08:00");
        assert_eq!(read(Time, "2026-11-23T10:00:00+08:00"), "20261123100000");
        assert_eq!(
            read(Time, "2026-11-23T03:00:00+01:00"),
            "2026-11-23T03:00:00+01:00",
            "not converted: told"
        );
        for back in [false, true] {
            assert!(codes(Currency, back).is_some_and(|codes| codes.len() > 20));
            assert!(
                codes(Country, back).is_some_and(|codes| codes.len() > 60),
                "no two countries have one code"
            );
        }
    }
}
