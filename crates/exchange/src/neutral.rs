//! Orders, payments and waybills, of imports and exports, in a form that is nobody's own: members named as classes and attributes of the WCO Data
//! Model are, currencies and countries as ISO has them, times with their zone. A counterpart in another country reads and
//! writes it without knowing CEB. What the model has no name for stands under `CN`, as CEB has it, so that nothing is lost
//! on the way there and back. Which names are the model's is from memory of its version 3: [`VERSION`] grows when one is
//! corrected.

use ceb::{Document, Kind, Nesting};
use serde_json::{Map, Value, json};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// Version of this form.
pub const VERSION: u32 = 1;
/// The member with which a message in it begins.
pub const ROOT: &str = "NeutralMessage";
/// What has no name in the model.
const OWN: &str = "CN";
/// Lines of a document.
const LINES: &str = "GovernmentAgencyGoodsItem";

/// How a value is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Same,
    /// ISO 4217.
    Currency,
    /// ISO 3166, two letters.
    Country,
    /// RFC 3339, China standard time.
    Time,
}
use Form::{Country, Currency, Same, Time};

/// Field of CEB, path here, form.
type Name = (&'static str, &'static str, Form);

const ORDER: &[Name] = &[
    ("guid", "ID", Same),
    ("appTime", "IssueDateTime", Time),
    ("orderNo", "UCR.TraderAssignedReferenceID", Same),
    ("ebpCode", "Intermediary.ID", Same),
    ("ebpName", "Intermediary.Name", Same),
    ("ebcCode", "Seller.ID", Same),
    ("ebcName", "Seller.Name", Same),
    ("goodsValue", "GoodsShipment.InvoiceAmount", Same),
    ("freight", "CustomsValuation.FreightChargeAmount", Same),
    ("discount", "CustomsValuation.ChargeDeduction.OtherChargeDeductionAmount", Same),
    ("taxTotal", "DutyTaxFee.DeductAmount", Same),
    ("acturalPaid", "Payment.PaymentAmount", Same),
    ("currency", "Payment.CurrencyTypeCode", Currency),
    ("payCode", "Payment.Party.ID", Same),
    ("payName", "Payment.Party.Name", Same),
    ("payTransactionId", "Payment.ReferenceID", Same),
    ("buyerName", "Buyer.Name", Same),
    ("buyerTelephone", "Buyer.Communication.ID", Same),
    ("buyerIdNumber", "Buyer.ID", Same),
    ("consignee", "Consignee.Name", Same),
    ("consigneeTelephone", "Consignee.Communication.ID", Same),
    ("consigneeAddress", "Consignee.Address.Line", Same),
    ("note", "AdditionalInformation.Content", Same),
];
const ORDER_LINE: &[Name] = &[
    ("gnum", "SequenceNumeric", Same),
    ("itemNo", "Commodity.TradeItemID", Same),
    ("itemName", "Commodity.Description", Same),
    ("barCode", "Commodity.GTIN", Same),
    ("qty", "Commodity.GoodsMeasure.TariffQuantity", Same),
    ("price", "Commodity.InvoiceLine.UnitPriceAmount", Same),
    ("totalPrice", "Commodity.InvoiceLine.ItemChargeAmount", Same),
    ("currency", "Commodity.InvoiceLine.CurrencyTypeCode", Currency),
    ("country", "Origin.CountryCode", Country),
    ("note", "AdditionalInformation.Content", Same),
];
const PAYMENT: &[Name] = &[
    ("guid", "ID", Same),
    ("appTime", "IssueDateTime", Time),
    ("payCode", "Payment.Party.ID", Same),
    ("payName", "Payment.Party.Name", Same),
    ("payTransactionId", "Payment.ReferenceID", Same),
    ("orderNo", "UCR.TraderAssignedReferenceID", Same),
    ("ebpCode", "Intermediary.ID", Same),
    ("ebpName", "Intermediary.Name", Same),
    ("payerIdNumber", "Payer.ID", Same),
    ("payerName", "Payer.Name", Same),
    ("telephone", "Payer.Communication.ID", Same),
    ("amountPaid", "Payment.PaymentAmount", Same),
    ("currency", "Payment.CurrencyTypeCode", Currency),
    ("payTime", "Payment.PaymentDateTime", Time),
    ("note", "AdditionalInformation.Content", Same),
];
const WAYBILL: &[Name] = &[
    ("guid", "ID", Same),
    ("appTime", "IssueDateTime", Time),
    ("logisticsCode", "Carrier.ID", Same),
    ("logisticsName", "Carrier.Name", Same),
    ("logisticsNo", "Consignment.TransportContractDocument.ID", Same),
    ("billNo", "Consignment.MasterTransportContractDocument.ID", Same),
    ("orderNo", "UCR.TraderAssignedReferenceID", Same),
    ("freight", "Consignment.Freight.Amount", Same),
    ("insuredFee", "CustomsValuation.InsuranceChargeAmount", Same),
    ("currency", "Consignment.Freight.CurrencyTypeCode", Currency),
    ("weight", "Consignment.TotalGrossMassMeasure", Same),
    ("packNo", "Consignment.TotalPackageQuantity", Same),
    ("goodsInfo", "Consignment.CargoDescription", Same),
    ("consignee", "Consignee.Name", Same),
    ("consigneeAddress", "Consignee.Address.Line", Same),
    ("consigneeTelephone", "Consignee.Communication.ID", Same),
    ("note", "AdditionalInformation.Content", Same),
];

const EXPORT_ORDER: &[Name] = &[
    ("guid", "ID", Same),
    ("appTime", "IssueDateTime", Time),
    ("orderNo", "UCR.TraderAssignedReferenceID", Same),
    ("ebpCode", "Intermediary.ID", Same),
    ("ebpName", "Intermediary.Name", Same),
    ("ebcCode", "Seller.ID", Same),
    ("ebcName", "Seller.Name", Same),
    ("goodsValue", "GoodsShipment.InvoiceAmount", Same),
    ("freight", "CustomsValuation.FreightChargeAmount", Same),
    ("currency", "Payment.CurrencyTypeCode", Currency),
    ("note", "AdditionalInformation.Content", Same),
];
const EXPORT_ORDER_LINE: &[Name] = &[
    ("gnum", "SequenceNumeric", Same),
    ("itemNo", "Commodity.TradeItemID", Same),
    ("itemName", "Commodity.Description", Same),
    ("barCode", "Commodity.GTIN", Same),
    ("qty", "Commodity.GoodsMeasure.TariffQuantity", Same),
    ("price", "Commodity.InvoiceLine.UnitPriceAmount", Same),
    ("totalPrice", "Commodity.InvoiceLine.ItemChargeAmount", Same),
    ("currency", "Commodity.InvoiceLine.CurrencyTypeCode", Currency),
    ("note", "AdditionalInformation.Content", Same),
];
const EXPORT_PAYMENT: &[Name] = &[
    ("guid", "ID", Same),
    ("appTime", "IssueDateTime", Time),
    ("orderNo", "UCR.TraderAssignedReferenceID", Same),
    ("ebpCode", "Intermediary.ID", Same),
    ("ebpName", "Intermediary.Name", Same),
    ("ebcCode", "Seller.ID", Same),
    ("ebcName", "Seller.Name", Same),
    ("payCode", "Payment.Party.ID", Same),
    ("payName", "Payment.Party.Name", Same),
    ("payNo", "Payment.ReferenceID", Same),
    ("charge", "Payment.PaymentAmount", Same),
    ("currency", "Payment.CurrencyTypeCode", Currency),
    ("accountingDate", "Payment.PaymentDateTime", Time),
    ("note", "AdditionalInformation.Content", Same),
];
const EXPORT_WAYBILL: &[Name] = &[
    ("guid", "ID", Same),
    ("appTime", "IssueDateTime", Time),
    ("logisticsCode", "Carrier.ID", Same),
    ("logisticsName", "Carrier.Name", Same),
    ("logisticsNo", "Consignment.TransportContractDocument.ID", Same),
    ("freight", "Consignment.Freight.Amount", Same),
    ("insuredFee", "CustomsValuation.InsuranceChargeAmount", Same),
    ("currency", "Consignment.Freight.CurrencyTypeCode", Currency),
    ("grossWeight", "Consignment.TotalGrossMassMeasure", Same),
    ("packNo", "Consignment.TotalPackageQuantity", Same),
    ("goodsInfo", "Consignment.CargoDescription", Same),
    ("ebcCode", "Consignor.ID", Same),
    ("ebcName", "Consignor.Name", Same),
    ("ebcTelephone", "Consignor.Communication.ID", Same),
    ("note", "AdditionalInformation.Content", Same),
];

/// The documents that have this form: word of their type, kind, names of head and lines.
const DOCUMENTS: [(&str, Kind, &[Name], &[Name]); 6] = [
    ("Order", Kind::Order, ORDER, ORDER_LINE),
    ("Payment", Kind::Payment, PAYMENT, &[]),
    ("Waybill", Kind::Waybill, WAYBILL, &[]),
    ("ExportOrder", Kind::ExportOrder, EXPORT_ORDER, EXPORT_ORDER_LINE),
    ("ExportPayment", Kind::ExportPayment, EXPORT_PAYMENT, &[]),
    ("ExportWaybill", Kind::ExportWaybill, EXPORT_WAYBILL, &[]),
];

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
        Same | Time => None,
    }
}

/// A code that ISO has none for says whose it is.
const CUSTOMS: &str = "CN:";

fn written<'a>(form: Form, text: &'a str) -> Cow<'a, str> {
    match (form, codes(form, false)) {
        (_, Some(codes)) => match codes.get(text) {
            Some(iso) => Cow::Owned(iso.clone()),
            None => Cow::Owned(format!("{CUSTOMS}{text}")),
        },
        (Time, _) if text.len() == 14 && text.bytes().all(|byte| byte.is_ascii_digit()) => {
            Cow::Owned(format!("{}+08:00", crate::spelled(text)))
        }
        _ => Cow::Borrowed(text),
    }
}

/// What is none of the form stays as it is: what is wrong with it is then told of its field.
fn read<'a>(form: Form, text: &'a str) -> Cow<'a, str> {
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
        _ => Cow::Borrowed(text),
    }
}

fn put(object: &mut Map<String, Value>, path: &str, value: Value) {
    match path.split_once('.') {
        None => drop(object.insert(path.to_owned(), value)),
        Some((class, rest)) => {
            let inner = object.entry(class).or_insert_with(|| json!({}));
            if let Some(inner) = inner.as_object_mut() {
                put(inner, rest, value);
            }
        }
    }
}

fn renamed(names: &[Name], record: &Map<String, Value>) -> Map<String, Value> {
    let mut object = Map::new();
    for (field, value) in record.iter().filter(|(_, value)| !value.is_array()) {
        let text = value.as_str().map_or_else(|| Cow::Owned(value.to_string()), Cow::Borrowed);
        match names.iter().find(|(name, ..)| name == field) {
            Some((_, path, form)) => put(&mut object, path, written(*form, &text).into()),
            None => put(&mut object, &format!("{OWN}.{field}"), text.into()),
        }
    }
    object
}

/// A record of a dataset, whole or under a mask, in this form; none where the dataset has no such form.
pub fn of(kind: Kind, record: &Map<String, Value>) -> Option<Value> {
    let (word, _, head, line) = DOCUMENTS.into_iter().find(|(_, known, ..)| *known == kind)?;
    let mut object = renamed(head, record);
    object.insert("TypeCode".to_owned(), word.into());
    if let Some(lines) = record.get("lines").and_then(Value::as_array) {
        let lines = lines.iter().filter_map(Value::as_object).map(|row| Value::Object(renamed(line, row)));
        object.insert(LINES.to_owned(), lines.collect());
    }
    Some(Value::Object(object))
}

/// The fields of an object by their names in CEB; a member that has none keeps its path, and is told as unknown.
fn fields(names: &[Name], prefix: &str, object: &Map<String, Value>, into: &mut Map<String, Value>) {
    for (member, value) in object {
        let path = if prefix.is_empty() { member.clone() } else { format!("{prefix}.{member}") };
        if let Some(inner) = value.as_object() {
            fields(names, &path, inner, into);
            continue;
        }
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let own = path.strip_prefix(OWN).and_then(|rest| rest.strip_prefix('.'));
        match (names.iter().find(|(_, known, _)| *known == path), own) {
            (Some((field, _, form)), _) => drop(into.insert((*field).to_owned(), read(*form, &text).into())),
            (None, Some(field)) => drop(into.insert(field.to_owned(), text.into())),
            (None, None) => drop(into.insert(path, text.into())),
        }
    }
}

/// The kind of a document in this form, by its `TypeCode`; none = it is no such document.
pub fn kind_of(document: &Value) -> Option<Kind> {
    let word = document.get("TypeCode")?.as_str()?;
    DOCUMENTS.into_iter().find(|(known, ..)| *known == word).map(|(_, kind, ..)| kind)
}

/// A document as its dataset has it, without a mask.
pub fn record(document: &Document) -> Map<String, Value> {
    let whole = document.to_json();
    let parts = document.kind().parts();
    let head = parts.first().and_then(|part| whole.get(part.element)).unwrap_or(&whole);
    let mut record = head.as_object().cloned().unwrap_or_default();
    if let Some(lines) = parts.get(1).and_then(|part| whole.get(part.element)) {
        record.insert("lines".to_owned(), lines.clone());
    }
    record
}

/// What a message in this form has to have, for whoever sent another.
pub const EXPECTED: &str = "documents that all have one TypeCode: Order, Payment or Waybill, of exports ExportOrder, ExportPayment or ExportWaybill";

/// The message of these bytes, if they are JSON in this form.
pub fn parse(bytes: &[u8]) -> Option<Value> {
    // Another message is read once, by its own reader.
    let begin: Vec<u8> =
        bytes.iter().filter(|byte| !byte.is_ascii_whitespace()).take(ROOT.len() + 3).copied().collect();
    let expected = format!("{{\"{ROOT}\"");
    begin.starts_with(expected.as_bytes()).then(|| serde_json::from_slice(bytes).ok()).flatten()
}

/// The same message as CEB has it in JSON; none where it is not understood at all. Its documents are of one type.
pub fn to_ceb(message: &Value) -> Option<Value> {
    let body = message.get(ROOT)?.as_object()?;
    let documents = body.get("documents")?.as_array()?;
    let word = documents.first()?.get("TypeCode")?.as_str()?;
    let (_, kind, head, line) = DOCUMENTS.into_iter().find(|(known, ..)| *known == word)?;
    let parts = kind.parts();
    let mut converted = Vec::with_capacity(documents.len());
    for document in documents {
        let mut object = document.as_object()?.clone();
        if object.remove("TypeCode").as_ref().and_then(Value::as_str) != Some(word) {
            return None;
        }
        let lines = object.remove(LINES);
        let mut record = Map::new();
        fields(head, "", &object, &mut record);
        if kind.nesting() == Nesting::Flat {
            converted.push(Value::Object(record));
            continue;
        }
        let mut whole = Map::new();
        whole.insert(parts.first()?.element.to_owned(), record.into());
        if let Some(part) = parts.get(1) {
            let rows = lines.as_ref().and_then(Value::as_array).into_iter().flatten();
            let rows = rows.filter_map(Value::as_object).map(|row| {
                let mut record = Map::new();
                fields(line, "", row, &mut record);
                Value::Object(record)
            });
            whole.insert(part.element.to_owned(), rows.collect());
        }
        converted.push(Value::Object(whole));
    }
    let mut ceb = Map::new();
    ceb.insert("guid".to_owned(), body.get("guid").cloned().unwrap_or_default());
    ceb.insert("version".to_owned(), "1.0".into());
    ceb.insert(kind.element().to_owned(), converted.into());
    if let Some(transfer) = body.get("BaseTransfer") {
        ceb.insert("BaseTransfer".to_owned(), transfer.clone());
    }
    Some(json!({ kind.root(): ceb }))
}

/// A message of documents, as their datasets have them, in this form.
pub fn message(
    guid: &str,
    kind: Kind,
    records: &[Map<String, Value>],
    transfer: Option<&Value>,
) -> Option<Value> {
    let documents: Vec<Value> = records.iter().map(|record| of(kind, record)).collect::<Option<_>>()?;
    let mut body = json!({"guid": guid, "version": VERSION, "documents": documents});
    if let Some(transfer) = transfer {
        body["BaseTransfer"] = transfer.clone();
    }
    Some(json!({ ROOT: body }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clearance::keys::Time as Instant;
    use clearance::sample::{self, Export, Trade};
    use std::collections::BTreeSet;

    #[test]
    fn there_and_back_nothing_is_lost() {
        for number in 0..50 {
            let trade = Trade::new(9, number, Instant(1_795_399_200_000), 1_000);
            let export = Export::new(9, number, Instant(1_795_399_200_000));
            let money = (export.order.head.ebc_code.clone(), Document::ExportPayment(export.payment.clone()));
            let documents = trade.documents().into_iter().chain(export.documents()).chain([money]);
            for (sender, document) in documents {
                let sent = sample::message(&sender, vec![document.clone()]);
                let json = ceb::write_json(&sent);
                let transfer = &json[document.kind().root()]["BaseTransfer"];
                let Some(neutral) =
                    message(&sent.guid, document.kind(), &[record(&document)], Some(transfer))
                else {
                    let lists = [Kind::Declaration, Kind::ExportDeclaration];
                    assert!(lists.contains(&document.kind()), "all but the lists have this form");
                    continue;
                };
                let back = to_ceb(&neutral).unwrap();
                let parsed = ceb::parse_json(back.to_string().as_bytes(), &ceb::Limits::default());
                assert_eq!(parsed.defects, [], "{neutral}");
                let entries = parsed.message.unwrap().entries;
                assert_eq!(entries[0].document, document, "{neutral}");
            }
        }
    }

    #[test]
    fn names_are_of_fields_that_are_there_and_each_path_is_one() {
        for (word, kind, head, line) in DOCUMENTS {
            for (part, names) in [head, line].into_iter().enumerate() {
                let known: BTreeSet<&str> = kind
                    .parts()
                    .get(part)
                    .into_iter()
                    .flat_map(|part| part.fields)
                    .map(|rule| rule.name)
                    .collect();
                let paths: BTreeSet<&str> = names.iter().map(|(_, path, _)| *path).collect();
                assert_eq!(paths.len(), names.len(), "{word}");
                for (field, ..) in names {
                    assert!(known.contains(field), "{word}.{field}");
                }
            }
        }
    }

    #[test]
    fn codes_are_those_of_iso_or_say_whose_they_are() {
        assert_eq!((written(Currency, "142"), read(Currency, "CNY")), ("CNY".into(), "142".into()));
        assert_eq!((written(Country, "119"), read(Country, "LA")), ("LA".into(), "119".into()));
        assert_eq!((written(Country, "702"), read(Country, "CN:702")), ("CN:702".into(), "702".into()));
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

    #[test]
    fn what_is_not_understood_is_none_or_told_of_its_field() {
        let text = format!(" {{ \"{ROOT}\": {{}} }}");
        assert!(parse(text.as_bytes()).is_some() && parse(b"{\"CEB311Message\": {}}").is_none());
        assert!(parse(b"{\"NeutralMessage\": ").is_none(), "its own reader tells");
        for wrong in [
            json!({}),
            json!({ROOT: {}}),
            json!({ROOT: {"documents": []}}),
            json!({ROOT: {"documents": [{"TypeCode": "Letter"}]}}),
            json!({ROOT: {"documents": [{"TypeCode": "Order"}, {"TypeCode": "Payment"}]}}),
            json!({ROOT: {"documents": [7]}}),
        ] {
            assert_eq!(to_ceb(&wrong), None, "{wrong}");
        }
        let odd = json!({ROOT: {"guid": "0".repeat(36), "documents": [{"TypeCode": "Order", "Buyer": {"Shoe": 7}}]}});
        let parsed = ceb::parse_json(to_ceb(&odd).unwrap().to_string().as_bytes(), &ceb::Limits::default());
        let told = format!("{:?}", parsed.message.unwrap().entries[0].defects);
        assert!(told.contains("Buyer.Shoe"), "{told}");
    }
}
