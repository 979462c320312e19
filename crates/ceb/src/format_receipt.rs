//! CEB900 receipt of a message that could not be read (SPEC §3.19).

use crate::Text;
use crate::record::{Shape, record};
use crate::value::StampMillis;

record! {
    /// Receipt of a message refused as a whole (CEB900).
    FormatReceipt = "MessageReturn" {
        guid: Text, "guid", Shape::Exactly(36), "unique id of the document, 36 characters";
        return_status: Text, "returnStatus", Shape::Upto(10), "result code";
        return_info: Text, "returnInfo", Shape::Upto(5000), "text of the result";
        return_time: StampMillis, "returnTime", Shape::TimeMillis, "when it was decided";
        ori_cop_msg_id: Text, "oriCopMsgId", Shape::Upto(255), "CopMsgId of the original envelope";
        ori_message_type: Text, "oriMessageType", Shape::Upto(15), "type of the original message";
        ori_biz_message: Text, "oriBizMessage", Shape::Upto(u16::MAX), "content of the original message";
    }
}
