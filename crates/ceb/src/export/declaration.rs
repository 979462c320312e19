//! CEB603 export declaration list and CEB604 its receipt (SPEC §4.11, §4.12).

use crate::Text;
use crate::record::{Shape, record};
use crate::value::{Day, Decimal, Stamp, StampMillis};

/// An export declaration list (CEB603).
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ExportDeclaration {
    /// Its head.
    pub head: Box<ExportDeclarationHead>,
    /// Its lines.
    pub lines: Vec<ExportDeclarationLine>,
}

record! {
    /// Head of an export declaration.
    ExportDeclarationHead = "InventoryHead" {
        guid: Text, "guid", Shape::Exactly(36), "unique id of the document, 36 characters";
        app_type: Text, "appType", Shape::Exactly(1), "1 new, 2 change, 3 delete";
        app_time: Stamp, "appTime", Shape::Time, "when the sender sent it";
        app_status: Text, "appStatus", Shape::Exactly(1), "1 stage, 2 declare";
        customs_code: Text, "customsCode", Shape::Exactly(4), "district where declared";
        ebp_code: Text, "ebpCode", Shape::Upto(18), "platform code; 无 for a foreign platform without one";
        ebp_name: Text, "ebpName", Shape::Upto(100), "platform name";
        order_no: Text, "orderNo", Shape::Upto(60), "order number of the platform";
        logistics_code: Text, "logisticsCode", Shape::Upto(18), "logistics firm code";
        logistics_name: Text, "logisticsName", Shape::Upto(100), "logistics firm name";
        logistics_no: Text, "logisticsNo", Shape::Upto(32), "waybill number";
        cop_no: Text, "copNo", Shape::Upto(30), "enterprise's document number";
        pre_no: Option<Text>, "preNo", Shape::Exactly(18), "pre-entry number";
        invt_no: Option<Text>, "invtNo", Shape::Upto(20), "declaration number";
        ie_flag: Text, "ieFlag", Shape::Exactly(1), "I import, E export";
        port_code: Text, "portCode", Shape::Exactly(4), "district of exit";
        ie_date: Day, "ieDate", Shape::Date, "date of exit";
        statistics_flag: Text, "statisticsFlag", Shape::Exactly(1), "A simplified declaration, B summary later";
        agent_code: Text, "agentCode", Shape::Upto(18), "declaring unit code";
        agent_name: Text, "agentName", Shape::Upto(100), "declaring unit name";
        ebc_code: Text, "ebcCode", Shape::Upto(18), "merchant code";
        ebc_name: Text, "ebcName", Shape::Upto(100), "merchant name";
        owner_code: Text, "ownerCode", Shape::Upto(18), "producing or selling unit code";
        owner_name: Text, "ownerName", Shape::Upto(100), "producing or selling unit name";
        iac_code: Option<Text>, "iacCode", Shape::Upto(18), "enterprise in the special zone, code";
        iac_name: Option<Text>, "iacName", Shape::Upto(100), "enterprise in the special zone, name";
        ems_no: Option<Text>, "emsNo", Shape::Upto(30), "bonded book number";
        trade_mode: Text, "tradeMode", Shape::Exactly(4), "supervision mode";
        traf_mode: Text, "trafMode", Shape::Exactly(1), "mode of transport";
        traf_name: Option<Text>, "trafName", Shape::Upto(100), "name of the means of transport, or later in the master bill";
        voyage_no: Option<Text>, "voyageNo", Shape::Upto(32), "voyage or flight, or later in the master bill";
        bill_no: Option<Text>, "billNo", Shape::Upto(37), "master bill number, or later in the master bill";
        total_package_no: Option<Text>, "totalPackageNo", Shape::Upto(37), "number of the pallet or bag, or later in the master bill";
        loct_no: Option<Text>, "loctNo", Shape::Upto(10), "supervised site";
        license_no: Option<Text>, "licenseNo", Shape::Upto(19), "licence number";
        country: Text, "country", Shape::Exactly(3), "country of destination";
        port_of_destination: Text, "POD", Shape::Upto(4), "port of destination";
        freight: Decimal, "freight", Shape::Amount, "freight";
        freight_currency: Text, "fCurrency", Shape::Exactly(3), "currency of freight";
        freight_flag: Text, "fFlag", Shape::Exactly(1), "how freight is given: 3 in total";
        insured_fee: Decimal, "insuredFee", Shape::Amount, "insurance";
        insurance_currency: Text, "iCurrency", Shape::Exactly(3), "currency of insurance";
        insurance_flag: Text, "iFlag", Shape::Exactly(1), "how insurance is given: 3 in total";
        wrap_type: Text, "wrapType", Shape::Exactly(1), "packaging";
        pack_no: u32, "packNo", Shape::Number, "number of parcels";
        gross_weight: Decimal, "grossWeight", Shape::Amount, "gross weight in kilograms";
        net_weight: Decimal, "netWeight", Shape::Amount, "net weight in kilograms";
        note: Option<Text>, "note", Shape::Upto(1000), "remark";
    }
}

record! {
    /// One line of an export declaration.
    ExportDeclarationLine = "InventoryList" {
        gnum: u32, "gnum", Shape::Digits(5), "line number";
        item_no: Text, "itemNo", Shape::Upto(20), "enterprise's article number";
        item_record_no: Option<Text>, "itemRecordNo", Shape::Upto(30), "item number in the book";
        item_name: Option<Text>, "itemName", Shape::Upto(250), "goods name of the enterprise";
        gcode: Text, "gcode", Shape::Exactly(10), "ten-digit HS code";
        gname: Text, "gname", Shape::Upto(250), "goods name";
        gmodel: Text, "gmodel", Shape::Upto(250), "specification and model";
        bar_code: Text, "barCode", Shape::Upto(50), "bar code; 无 without one";
        country: Text, "country", Shape::Exactly(3), "country of final destination";
        currency: Text, "currency", Shape::Exactly(3), "currency code";
        qty: Decimal, "qty", Shape::Amount, "quantity in that unit";
        qty1: Decimal, "qty1", Shape::Amount, "first statutory quantity";
        qty2: Option<Decimal>, "qty2", Shape::Amount, "second statutory quantity";
        unit: Text, "unit", Shape::Exactly(3), "unit of transaction";
        unit1: Text, "unit1", Shape::Exactly(3), "first statutory unit";
        unit2: Option<Text>, "unit2", Shape::Upto(3), "second statutory unit";
        price: Decimal, "price", Shape::Amount, "unit price, 0 for a gift";
        total_price: Decimal, "totalPrice", Shape::Amount, "price times quantity";
        note: Option<Text>, "note", Shape::Upto(1000), "remark";
    }
}

record! {
    /// Receipt of an export declaration (CEB604).
    ExportDeclarationReceipt = "InventoryReturn" {
        guid: Text, "guid", Shape::Exactly(36), "unique id of the document, 36 characters";
        agent_code: Text, "agentCode", Shape::Upto(18), "declaring unit code";
        cop_no: Text, "copNo", Shape::Upto(30), "enterprise's document number";
        pre_no: Text, "preNo", Shape::Upto(18), "pre-entry number; empty when the document was refused before it got one";
        invt_no: Text, "invtNo", Shape::Upto(20), "declaration number; empty before there is one";
        ebc_code: Text, "ebcCode", Shape::Upto(18), "merchant code";
        ebp_code: Text, "ebpCode", Shape::Upto(18), "platform code; 无 for a foreign platform without one";
        order_no: Text, "orderNo", Shape::Upto(60), "order number of the platform";
        statistics_flag: Text, "statisticsFlag", Shape::Exactly(1), "A simplified declaration, B summary later";
        return_status: Text, "returnStatus", Shape::Upto(10), "result code";
        return_time: StampMillis, "returnTime", Shape::TimeMillis, "when it was decided";
        return_info: Text, "returnInfo", Shape::Upto(1000), "text of the result";
    }
}
