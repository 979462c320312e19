//! CEB701 application for a summary declaration, CEB702 its receipt and CEB792 its result (SPEC §4.21–4.23).

use crate::Text;
use crate::record::{Shape, record};
use crate::value::{Decimal, Stamp, StampMillis};

/// An application to declare lists in summary (CEB701): a period, or the lists by number.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct SummaryApplication {
    /// Its head.
    pub head: Box<SummaryApplicationHead>,
    /// Its lines.
    pub lines: Vec<SummaryApplicationLine>,
}

record! {
    /// Head of a summary application.
    SummaryApplicationHead = "SummaryApplyHead" {
        guid: Text, "guid", Shape::Exactly(36), "unique id of the document, 36 characters";
        app_type: Text, "appType", Shape::Exactly(1), "1 new, 2 change, 3 delete";
        app_time: Stamp, "appTime", Shape::Time, "when the sender sent it";
        app_status: Text, "appStatus", Shape::Exactly(1), "1 stage, 2 declare";
        customs_code: Text, "customsCode", Shape::Exactly(4), "district where declared";
        cop_no: Text, "copNo", Shape::Upto(30), "enterprise's document number";
        pre_no: Option<Text>, "preNo", Shape::Upto(18), "pre-entry number";
        sum_no: Option<Text>, "sumNo", Shape::Upto(18), "number of the summary";
        agent_code: Text, "agentCode", Shape::Upto(18), "declaring unit code";
        agent_name: Text, "agentName", Shape::Upto(100), "declaring unit name";
        ebc_code: Text, "ebcCode", Shape::Upto(18), "merchant code";
        ebc_name: Text, "ebcName", Shape::Upto(100), "merchant name";
        decl_agent_code: Text, "declAgentCode", Shape::Upto(18), "code of the unit that files the customs declaration";
        decl_agent_name: Text, "declAgentName", Shape::Upto(100), "name of the unit that files the customs declaration";
        start_time: Option<Stamp>, "startTime", Shape::Time, "begin of the period that is summarised";
        end_time: Option<Stamp>, "endTime", Shape::Time, "end of the period that is summarised";
        loct_no: Option<Text>, "loctNo", Shape::Upto(10), "supervised site";
        summary_flag: Text, "summaryFlag", Shape::Exactly(1), "1 by consignor, 2 by consignor and producing unit";
        item_name_flag: Text, "itemNameFlag", Shape::Exactly(1), "1 under the goods names of the lists";
        msg_count: u32, "msgCount", Shape::Number, "parts that the document was split into, 1 when it was not";
        msg_seq_no: u32, "msgSeqNo", Shape::Number, "number of this part, from 1";
        note: Option<Text>, "note", Shape::Upto(1000), "remark";
    }
}

record! {
    /// One list of a summary application.
    SummaryApplicationLine = "SummaryApplyList" {
        invt_no: Text, "invtNo", Shape::Upto(20), "declaration number";
    }
}

record! {
    /// Receipt of a summary application (CEB702).
    SummaryReceipt = "SummaryReturn" {
        guid: Text, "guid", Shape::Exactly(36), "unique id of the document, 36 characters";
        agent_code: Text, "agentCode", Shape::Upto(18), "declaring unit code";
        ebc_code: Text, "ebcCode", Shape::Upto(18), "merchant code";
        cop_no: Text, "copNo", Shape::Upto(30), "enterprise's document number";
        pre_no: Text, "preNo", Shape::Upto(18), "pre-entry number; empty when the document was refused before it got one";
        sum_no: Option<Text>, "sumNo", Shape::Exactly(18), "number of the summary";
        msg_seq_no: u32, "msgSeqNo", Shape::Number, "number of this part, from 1";
        return_status: Text, "returnStatus", Shape::Upto(10), "result code";
        return_time: StampMillis, "returnTime", Shape::TimeMillis, "when it was decided";
        return_info: Text, "returnInfo", Shape::Upto(1000), "text of the result";
    }
}

/// What a summary became: one customs declaration (CEB792).
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct SummaryResult {
    /// Its head.
    pub head: Box<SummaryResultHead>,
    /// Its lines.
    pub lines: Vec<SummaryResultLine>,
}

record! {
    /// Head of a summary result.
    SummaryResultHead = "SummaryResultHead" {
        guid: Text, "guid", Shape::Exactly(36), "unique id of the document, 36 characters";
        customs_code: Text, "customsCode", Shape::Exactly(4), "district where declared";
        sum_no: Text, "sumNo", Shape::Exactly(18), "number of the summary";
        op_date: StampMillis, "opDate", Shape::TimeMillis, "when it was summarised";
        decl_seq_no: Text, "declSeqNo", Shape::Exactly(18), "unified number of the customs declaration";
        dec_tmp_no: Option<Text>, "decTmpNo", Shape::Exactly(18), "temporary number of the customs declaration";
        dec_pre_no: Option<Text>, "decPreNo", Shape::Exactly(18), "pre-entry number of the customs declaration";
        entry_id: Option<Text>, "entryId", Shape::Exactly(18), "number of the customs declaration";
        dec_state: Text, "decState", Shape::Upto(3), "state of the customs declaration";
        agent_code: Text, "agentCode", Shape::Upto(18), "declaring unit code";
        agent_name: Text, "agentName", Shape::Upto(100), "declaring unit name";
        ebc_code: Text, "ebcCode", Shape::Upto(18), "merchant code";
        ebc_name: Text, "ebcName", Shape::Upto(100), "merchant name";
        decl_agent_code: Text, "declAgentCode", Shape::Upto(18), "code of the unit that files the customs declaration";
        decl_agent_name: Text, "declAgentName", Shape::Upto(100), "name of the unit that files the customs declaration";
        gross_weight: Decimal, "grossWeight", Shape::Amount, "gross weight in kilograms";
        net_weight: Decimal, "netWeight", Shape::Amount, "net weight in kilograms";
        msg_count: u32, "msgCount", Shape::Number, "parts that the document was split into, 1 when it was not";
        msg_seq_no: u32, "msgSeqNo", Shape::Number, "number of this part, from 1";
        note: Option<Text>, "note", Shape::Upto(1000), "remark";
    }
}

record! {
    /// One line of a list in the customs declaration.
    SummaryResultLine = "SummaryResultList" {
        invt_no: Text, "invtNo", Shape::Upto(20), "declaration number";
        logistics_no: Text, "logisticsNo", Shape::Upto(32), "waybill number";
        gseqno: u32, "gseqno", Shape::Digits(5), "line number in the customs declaration";
        gnum: u32, "gnum", Shape::Digits(5), "line number in the list";
        gcode: Text, "gcode", Shape::Exactly(10), "ten-digit HS code";
    }
}
