//! CEB411 payment and CEB412 its receipt (SPEC §3.3, §3.4).

use crate::Text;
use crate::record::{Shape, record};
use crate::value::{Decimal, Stamp, StampMillis};

record! {
    /// A payment voucher (CEB411).
    Payment = "PaymentHead" {
        guid: Text, "guid", Shape::Exactly(36), "unique id of the document, 36 characters";
        app_type: Text, "appType", Shape::Exactly(1), "1 new, 2 change, 3 delete";
        app_time: Stamp, "appTime", Shape::Time, "when the sender sent it";
        app_status: Text, "appStatus", Shape::Upto(3), "1 stage, 2 declare";
        pay_code: Text, "payCode", Shape::Upto(18), "payment firm code";
        pay_name: Text, "payName", Shape::Upto(100), "payment firm name";
        pay_transaction_id: Text, "payTransactionId", Shape::Upto(60), "payment number within the payment firm";
        order_no: Text, "orderNo", Shape::Upto(60), "order number of the platform";
        ebp_code: Text, "ebpCode", Shape::Upto(18), "platform code";
        ebp_name: Text, "ebpName", Shape::Upto(100), "platform name";
        payer_id_type: Text, "payerIdType", Shape::Exactly(1), "type of the payer's identity document, 1";
        payer_id_number: Text, "payerIdNumber", Shape::Upto(60), "payer's identity number";
        payer_name: Text, "payerName", Shape::Upto(60), "payer's name";
        telephone: Option<Text>, "telephone", Shape::Upto(60), "payer's telephone";
        amount_paid: Decimal, "amountPaid", Shape::Amount, "amount paid";
        currency: Text, "currency", Shape::Exactly(3), "currency, 142";
        pay_time: Stamp, "payTime", Shape::Time, "when it was paid";
        note: Option<Text>, "note", Shape::Upto(1000), "remark";
    }
}

record! {
    /// Receipt of a payment (CEB412).
    PaymentReceipt = "PaymentReturn" {
        guid: Text, "guid", Shape::Exactly(36), "unique id of the document, 36 characters";
        pay_code: Text, "payCode", Shape::Upto(18), "payment firm code";
        pay_transaction_id: Text, "payTransactionId", Shape::Upto(60), "payment number within the payment firm";
        return_status: Text, "returnStatus", Shape::Upto(10), "result code";
        return_time: StampMillis, "returnTime", Shape::TimeMillis, "when it was decided";
        return_info: Text, "returnInfo", Shape::Upto(1000), "text of the result";
    }
}
