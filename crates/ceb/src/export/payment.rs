//! CEB403 money received for an order and CEB404 its receipt (SPEC §4.3, §4.4).

use crate::Text;
use crate::record::{Shape, record};
use crate::value::{Decimal, Stamp, StampMillis};

record! {
    /// Money received for an export order (CEB403).
    ExportPayment = "Receipts" {
        guid: Text, "guid", Shape::Exactly(36), "unique id of the document, 36 characters";
        app_type: Text, "appType", Shape::Exactly(1), "1 new, 2 change, 3 delete";
        app_time: Stamp, "appTime", Shape::Time, "when the sender sent it";
        app_status: Text, "appStatus", Shape::Exactly(1), "1 stage, 2 declare";
        ebp_code: Text, "ebpCode", Shape::Upto(18), "platform code; 无 for a foreign platform without one";
        ebp_name: Text, "ebpName", Shape::Upto(100), "platform name";
        ebc_code: Text, "ebcCode", Shape::Upto(18), "merchant code";
        ebc_name: Text, "ebcName", Shape::Upto(100), "merchant name";
        order_no: Text, "orderNo", Shape::Upto(60), "order number of the platform";
        pay_code: Option<Text>, "payCode", Shape::Upto(18), "payment firm code, of a domestic one";
        pay_name: Text, "payName", Shape::Upto(100), "payment firm name; 现金支付 where nothing was paid on line";
        pay_no: Option<Text>, "payNo", Shape::Upto(60), "payment number";
        charge: Decimal, "charge", Shape::Amount, "amount received";
        currency: Text, "currency", Shape::Exactly(3), "currency code";
        accounting_date: Stamp, "accountingDate", Shape::Time, "when the money arrived";
        note: Option<Text>, "note", Shape::Upto(1000), "remark";
    }
}

record! {
    /// Receipt of money received (CEB404).
    ExportPaymentReceipt = "ReceiptsReturn" {
        guid: Text, "guid", Shape::Exactly(36), "unique id of the document, 36 characters";
        ebc_code: Text, "ebcCode", Shape::Upto(18), "merchant code";
        order_no: Text, "orderNo", Shape::Upto(60), "order number of the platform";
        pay_no: Option<Text>, "payNo", Shape::Upto(60), "payment number";
        return_status: Text, "returnStatus", Shape::Upto(10), "result code";
        return_time: StampMillis, "returnTime", Shape::TimeMillis, "when it was decided";
        return_info: Text, "returnInfo", Shape::Upto(1000), "text of the result";
    }
}
