//! CEB621 declaration list and CEB622 its receipt (SPEC §3.9, §3.10).

use crate::Text;
use crate::record::{Shape, record};
use crate::value::{Day, Decimal, Stamp, StampMillis};

/// A declaration list (CEB621).
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Declaration {
    /// Its head.
    pub head: Box<DeclarationHead>,
    /// Its lines.
    pub lines: Vec<DeclarationLine>,
}

record! {
    /// Head of a declaration.
    DeclarationHead = "InventoryHead" {
        guid: Text, "guid", Shape::Exactly(36), "unique id of the document, 36 characters";
        app_type: Text, "appType", Shape::Exactly(1), "1 new, 2 change, 3 delete";
        app_time: Stamp, "appTime", Shape::Time, "when the sender sent it";
        app_status: Text, "appStatus", Shape::Upto(3), "1 stage, 2 declare";
        order_no: Text, "orderNo", Shape::Upto(60), "order number of the platform";
        ebp_code: Text, "ebpCode", Shape::Upto(18), "platform code";
        ebp_name: Text, "ebpName", Shape::Upto(100), "platform name";
        ebc_code: Text, "ebcCode", Shape::Upto(18), "merchant code";
        ebc_name: Text, "ebcName", Shape::Upto(100), "merchant name";
        logistics_no: Text, "logisticsNo", Shape::Upto(60), "waybill number";
        logistics_code: Text, "logisticsCode", Shape::Upto(18), "logistics firm code";
        logistics_name: Text, "logisticsName", Shape::Upto(100), "logistics firm name";
        cop_no: Option<Text>, "copNo", Shape::Upto(20), "enterprise's document number";
        pre_no: Option<Text>, "preNo", Shape::Upto(18), "pre-entry number";
        assure_code: Text, "assureCode", Shape::Upto(30), "guarantor code";
        ems_no: Option<Text>, "emsNo", Shape::Upto(30), "bonded book number";
        invt_no: Option<Text>, "invtNo", Shape::Upto(18), "declaration number";
        ie_flag: Text, "ieFlag", Shape::Exactly(1), "I import, E export";
        decl_time: Day, "declTime", Shape::Date, "declaration date";
        customs_code: Text, "customsCode", Shape::Exactly(4), "district where declared";
        port_code: Text, "portCode", Shape::Exactly(4), "district of entry";
        ie_date: Option<Day>, "ieDate", Shape::Date, "date of entry";
        buyer_id_type: Text, "buyerIdType", Shape::Exactly(1), "type of the buyer's identity document, 1";
        buyer_id_number: Text, "buyerIdNumber", Shape::Upto(60), "buyer's identity number";
        buyer_name: Text, "buyerName", Shape::Upto(60), "buyer's name";
        buyer_telephone: Text, "buyerTelephone", Shape::Upto(30), "buyer's telephone";
        consignee_address: Text, "consigneeAddress", Shape::Upto(200), "consignee's address";
        agent_code: Text, "agentCode", Shape::Upto(18), "declaring unit code";
        agent_name: Text, "agentName", Shape::Upto(100), "declaring unit name";
        area_code: Option<Text>, "areaCode", Shape::Upto(18), "in-zone warehouse code";
        area_name: Option<Text>, "areaName", Shape::Upto(100), "in-zone warehouse name";
        trade_mode: Text, "tradeMode", Shape::Exactly(4), "supervision mode";
        traf_mode: Text, "trafMode", Shape::Exactly(1), "mode of transport";
        traf_no: Option<Text>, "trafNo", Shape::Upto(100), "means of transport";
        voyage_no: Option<Text>, "voyageNo", Shape::Upto(32), "voyage or flight";
        bill_no: Option<Text>, "billNo", Shape::Upto(37), "master bill number";
        loct_no: Option<Text>, "loctNo", Shape::Upto(10), "supervised site";
        license_no: Option<Text>, "licenseNo", Shape::Upto(19), "licence number";
        country: Text, "country", Shape::Exactly(3), "country";
        freight: Decimal, "freight", Shape::Amount, "freight";
        insured_fee: Decimal, "insuredFee", Shape::Amount, "insurance";
        currency: Text, "currency", Shape::Exactly(3), "currency, 142";
        wrap_type: Option<Text>, "wrapType", Shape::Exactly(1), "packaging";
        pack_no: u32, "packNo", Shape::Number, "number of parcels";
        gross_weight: Decimal, "grossWeight", Shape::Amount, "gross weight in kilograms";
        net_weight: Decimal, "netWeight", Shape::Amount, "net weight in kilograms";
        note: Option<Text>, "note", Shape::Upto(1000), "remark";
    }
}

record! {
    /// One line of a declaration.
    DeclarationLine = "InventoryList" {
        gnum: u32, "gnum", Shape::Number, "line number";
        item_record_no: Option<Text>, "itemRecordNo", Shape::Upto(30), "goods record number in the book";
        item_no: Option<Text>, "itemNo", Shape::Upto(20), "enterprise's article number";
        item_name: Option<Text>, "itemName", Shape::Upto(250), "goods name as sold";
        gcode: Text, "gcode", Shape::Exactly(10), "ten-digit HS code";
        gname: Text, "gname", Shape::Upto(250), "goods name";
        gmodel: Text, "gmodel", Shape::Upto(510), "specification and model";
        bar_code: Option<Text>, "barCode", Shape::Upto(50), "bar code";
        country: Text, "country", Shape::Exactly(3), "country";
        trade_country: Option<Text>, "tradeCountry", Shape::Upto(3), "trading country";
        currency: Text, "currency", Shape::Exactly(3), "currency, 142";
        qty: Decimal, "qty", Shape::Amount, "quantity in that unit";
        unit: Text, "unit", Shape::Exactly(3), "unit of transaction";
        qty1: Decimal, "qty1", Shape::Amount, "first statutory quantity";
        unit1: Text, "unit1", Shape::Exactly(3), "first statutory unit";
        qty2: Option<Decimal>, "qty2", Shape::Amount, "second statutory quantity";
        unit2: Option<Text>, "unit2", Shape::Exactly(3), "second statutory unit";
        price: Decimal, "price", Shape::Amount, "unit price, 0 for a gift";
        total_price: Decimal, "totalPrice", Shape::Amount, "price times quantity";
        note: Option<Text>, "note", Shape::Upto(1000), "remark";
    }
}

record! {
    /// Receipt of a declaration (CEB622).
    DeclarationReceipt = "InventoryReturn" {
        guid: Text, "guid", Shape::Exactly(36), "unique id of the document, 36 characters";
        customs_code: Option<Text>, "customsCode", Shape::Exactly(4), "district where declared";
        ebp_code: Option<Text>, "ebpCode", Shape::Upto(18), "platform code";
        ebc_code: Option<Text>, "ebcCode", Shape::Upto(18), "merchant code";
        agent_code: Option<Text>, "agentCode", Shape::Upto(18), "declaring unit code";
        cop_no: Text, "copNo", Shape::Upto(20), "enterprise's document number";
        pre_no: Text, "preNo", Shape::Upto(18), "pre-entry number; empty when the document was refused before it got one";
        invt_no: Option<Text>, "invtNo", Shape::Exactly(18), "declaration number";
        return_status: Text, "returnStatus", Shape::Upto(10), "result code";
        return_time: StampMillis, "returnTime", Shape::TimeMillis, "when it was decided";
        return_info: Text, "returnInfo", Shape::Upto(1000), "text of the result";
    }
}
