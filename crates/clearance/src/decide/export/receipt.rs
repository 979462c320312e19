//! Receipts of exports: which typed document answers which (SPEC §4).

use super::super::receipt::Numbers;
use crate::Text;
use crate::keys::Time;
use ceb::Document;

/// The receipt of a document of exports; none of what has none.
pub(in crate::decide) fn answer(
    document: &Document,
    guid: Text,
    return_status: Text,
    return_info: Text,
    numbers: &Numbers,
    time: Time,
) -> Option<Document> {
    let return_time = time.stamp_millis();
    let (pre_no, invt_no) = (numbers.pre_no.clone(), numbers.invt_no.clone().unwrap_or_default());
    Some(match document {
        Document::ExportOrder(order) => Document::ExportOrderReceipt(ceb::ExportOrderReceipt {
            guid,
            ebp_code: order.head.ebp_code.clone(),
            ebc_code: order.head.ebc_code.clone(),
            order_no: order.head.order_no.clone(),
            return_status,
            return_time,
            return_info,
        }),
        Document::ExportPayment(payment) => Document::ExportPaymentReceipt(ceb::ExportPaymentReceipt {
            guid,
            ebc_code: payment.ebc_code.clone(),
            order_no: payment.order_no.clone(),
            pay_no: payment.pay_no.clone(),
            return_status,
            return_time,
            return_info,
        }),
        Document::ExportWaybill(waybill) => Document::ExportWaybillReceipt(ceb::ExportWaybillReceipt {
            guid,
            logistics_code: waybill.logistics_code.clone(),
            logistics_no: waybill.logistics_no.clone(),
            return_status,
            return_time,
            return_info,
        }),
        Document::ExportDeclaration(declaration) => {
            let head = &declaration.head;
            Document::ExportDeclarationReceipt(ceb::ExportDeclarationReceipt {
                guid,
                agent_code: head.agent_code.clone(),
                cop_no: head.cop_no.clone(),
                pre_no,
                invt_no,
                ebc_code: head.ebc_code.clone(),
                ebp_code: head.ebp_code.clone(),
                order_no: head.order_no.clone(),
                statistics_flag: head.statistics_flag.clone(),
                return_status,
                return_time,
                return_info,
            })
        }
        Document::ExportCancellation(cancellation) => {
            Document::ExportCancellationReceipt(ceb::ExportCancellationReceipt {
                guid,
                agent_code: cancellation.agent_code.clone(),
                cop_no: cancellation.cop_no.clone(),
                pre_no,
                invt_no: cancellation.invt_no.clone(),
                return_status,
                return_time,
                return_info,
            })
        }
        Document::MasterBill(master) => Document::MasterBillReceipt(ceb::MasterBillReceipt {
            guid,
            agent_code: master.head.agent_code.clone(),
            logistics_code: master.head.logistics_code.clone(),
            cop_no: master.head.cop_no.clone(),
            pre_no,
            bill_no: master.head.bill_no.clone(),
            msg_seq_no: master.head.msg_seq_no,
            return_status,
            return_time,
            return_info,
        }),
        Document::ExportArrival(arrival) => Document::ExportArrivalReceipt(ceb::ExportArrivalReceipt {
            guid,
            operator_code: arrival.head.operator_code.clone(),
            logistics_code: arrival.head.logistics_code.clone(),
            pre_no,
            cop_no: arrival.head.cop_no.clone(),
            bill_no: arrival.head.bill_no.clone().unwrap_or_default(),
            msg_seq_no: arrival.head.msg_seq_no,
            return_status,
            return_time,
            return_info,
        }),
        Document::Departure(departure) => Document::DepartureReceipt(ceb::DepartureReceipt {
            guid,
            logistics_code: departure.head.logistics_code.clone(),
            cop_no: departure.head.cop_no.clone(),
            pre_no,
            msg_seq_no: departure.head.msg_seq_no,
            return_status,
            return_time,
            return_info,
        }),
        Document::SummaryApplication(application) => Document::SummaryReceipt(ceb::SummaryReceipt {
            guid,
            agent_code: application.head.agent_code.clone(),
            ebc_code: application.head.ebc_code.clone(),
            cop_no: application.head.cop_no.clone(),
            pre_no,
            sum_no: numbers.sum_no.clone(),
            msg_seq_no: application.head.msg_seq_no,
            return_status,
            return_time,
            return_info,
        }),
        Document::ExportReturn(back) => Document::ExportReturnReceipt(ceb::ExportReturnReceipt {
            guid,
            ebp_code: Some(back.head.ebp_code.clone()),
            ebc_code: Some(back.head.ebc_code.clone()),
            agent_code: back.head.agent_code.clone(),
            co_el_no: back.head.co_el_no.clone(),
            pre_no: Some(pre_no).filter(|number| !number.is_empty()),
            invt_no: back.head.invt_no.clone(),
            return_status,
            return_time,
            return_info,
        }),
        Document::ReturnTally(tally) => Document::ReturnTallyReceipt(ceb::ReturnTallyReceipt {
            guid,
            operator_code: tally.operator_code.clone(),
            logistics_code: tally.logistics_code.clone(),
            logistics_no: tally.logistics_no.clone(),
            co_el_no: tally.co_el_no.clone(),
            pre_no: Some(pre_no).filter(|number| !number.is_empty()),
            return_status,
            return_time,
            return_info,
        }),
        _ => return None,
    })
}
