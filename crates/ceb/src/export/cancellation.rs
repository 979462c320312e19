//! CEB605 cancellation of an export list and CEB606 its receipt (SPEC §4.13, §4.14).

use crate::Text;
use crate::record::{Shape, record};
use crate::value::{Stamp, StampMillis};

record! {
    /// An application to cancel an export list (CEB605).
    ExportCancellation = "InvtCancel" {
        guid: Text, "guid", Shape::Exactly(36), "unique id of the document, 36 characters";
        app_type: Text, "appType", Shape::Exactly(1), "1 new, 2 change, 3 delete";
        app_time: Stamp, "appTime", Shape::Time, "when the sender sent it";
        app_status: Text, "appStatus", Shape::Exactly(1), "1 stage, 2 declare";
        customs_code: Text, "customsCode", Shape::Exactly(4), "district where declared";
        cop_no: Text, "copNo", Shape::Upto(30), "enterprise's document number";
        pre_no: Option<Text>, "preNo", Shape::Exactly(18), "pre-entry number";
        invt_no: Text, "invtNo", Shape::Upto(20), "declaration number";
        reason: Text, "reason", Shape::Upto(1000), "reason";
        agent_code: Text, "agentCode", Shape::Upto(18), "declaring unit code";
        agent_name: Text, "agentName", Shape::Upto(100), "declaring unit name";
        ebc_code: Text, "ebcCode", Shape::Upto(18), "merchant code";
        ebc_name: Text, "ebcName", Shape::Upto(100), "merchant name";
        note: Option<Text>, "note", Shape::Upto(1000), "remark";
    }
}

record! {
    /// Receipt of a cancellation (CEB606).
    ExportCancellationReceipt = "InvtCancelReturn" {
        guid: Text, "guid", Shape::Exactly(36), "unique id of the document, 36 characters";
        agent_code: Text, "agentCode", Shape::Upto(18), "declaring unit code";
        cop_no: Text, "copNo", Shape::Upto(30), "enterprise's document number";
        pre_no: Text, "preNo", Shape::Upto(18), "pre-entry number; empty when the document was refused before it got one";
        invt_no: Text, "invtNo", Shape::Upto(20), "declaration number";
        return_status: Text, "returnStatus", Shape::Upto(10), "result code";
        return_time: StampMillis, "returnTime", Shape::TimeMillis, "when it was decided";
        return_info: Text, "returnInfo", Shape::Upto(1000), "text of the result";
    }
}
