//! CEB816 tax bill and CEB818 its state (SPEC §3.17, §3.18). `orderNo` and `logisticsNo` are read where clients send them after
//! `customsCode`; the schema lacks them, so they are written only when set.

use crate::Text;
use crate::record::{Shape, record};
use crate::value::{Decimal, StampMillis};

/// An electronic tax bill (CEB816).
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct TaxBill {
    /// Its head.
    pub head: Box<TaxBillHead>,
    /// Its lines.
    pub lines: Vec<TaxBillLine>,
}

record! {
    /// Head of a tax bill.
    TaxBillHead = "TaxHeadRd" {
        guid: Text, "guid", Shape::Exactly(36), "unique id of the document, 36 characters";
        return_time: StampMillis, "returnTime", Shape::TimeMillis, "when it was decided";
        invt_no: Text, "invtNo", Shape::Upto(18), "declaration number";
        tax_no: Text, "taxNo", Shape::Upto(50), "tax bill number";
        customs_tax: Decimal, "customsTax", Shape::Amount, "duty";
        value_added_tax: Decimal, "valueAddedTax", Shape::Amount, "value-added tax";
        consumption_tax: Decimal, "consumptionTax", Shape::Amount, "consumption tax";
        status: Text, "status", Shape::Exactly(1), "state";
        ent_duty_no: Option<Text>, "entDutyNo", Shape::Upto(50), "payment notice number";
        note: Option<Text>, "note", Shape::Upto(1000), "remark";
        assure_code: Option<Text>, "assureCode", Shape::Upto(64), "guarantor code";
        ebc_code: Option<Text>, "ebcCode", Shape::Upto(64), "merchant code";
        logistics_code: Option<Text>, "logisticsCode", Shape::Upto(64), "logistics firm code";
        agent_code: Option<Text>, "agentCode", Shape::Upto(18), "declaring unit code";
        customs_code: Option<Text>, "customsCode", Shape::Exactly(4), "district where declared";
        order_no: Option<Text>, "orderNo", Shape::Upto(60), "order number of the platform";
        logistics_no: Option<Text>, "logisticsNo", Shape::Upto(60), "waybill number";
    }
}

record! {
    /// One line of a tax bill.
    TaxBillLine = "TaxListRd" {
        gnum: u32, "gnum", Shape::Number, "line number";
        gcode: Text, "gcode", Shape::Exactly(10), "ten-digit HS code";
        tax_price: Decimal, "taxPrice", Shape::Amount, "dutiable value of the line";
        customs_tax: Decimal, "customsTax", Shape::Amount, "duty";
        value_added_tax: Decimal, "valueAddedTax", Shape::Amount, "value-added tax";
        consumption_tax: Decimal, "consumptionTax", Shape::Amount, "consumption tax";
    }
}

record! {
    /// The state of a tax bill (CEB818).
    TaxBillStatus = "TaxHeadStatus" {
        guid: Text, "guid", Shape::Exactly(36), "unique id of the document, 36 characters";
        return_time: StampMillis, "returnTime", Shape::TimeMillis, "when it was decided";
        invt_no: Text, "invtNo", Shape::Upto(18), "declaration number";
        tax_no: Text, "taxNo", Shape::Upto(50), "tax bill number";
        status: Text, "status", Shape::Exactly(1), "state";
        ent_duty_no: Option<Text>, "entDutyNo", Shape::Upto(50), "payment notice number";
        assure_code: Option<Text>, "assureCode", Shape::Upto(64), "guarantor code";
    }
}
