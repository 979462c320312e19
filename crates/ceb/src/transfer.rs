//! The parts that every declaration message shares (SPEC §2).

use crate::Text;
use crate::record::{Shape, record};

record! {
    /// Who transports the message.
    BaseTransfer = "BaseTransfer" {
        cop_code: Text, "copCode", Shape::Upto(18), "enterprise that transports the message";
        cop_name: Text, "copName", Shape::Upto(100), "its name";
        dxp_mode: Text, "dxpMode", Shape::Exactly(3), "transport mode, DXP";
        dxp_id: Text, "dxpId", Shape::Upto(30), "its exchange id";
        note: Option<Text>, "note", Shape::Upto(1000), "remark";
    }
}

record! {
    /// Who else shall receive data or receipts.
    BaseSubscribe = "BaseSubscribe" {
        status: Text, "status", Shape::Upto(100), "state";
        dxp_mode: Text, "dxpMode", Shape::Exactly(3), "transport mode, DXP";
        dxp_address: Text, "dxpAddress", Shape::Upto(100), "exchange id of the subscriber";
        note: Option<Text>, "note", Shape::Upto(1000), "remark";
    }
}
