//! Receipts: which typed document answers which, with a guid and time fixed by what they answer.

use super::Case;
use crate::Text;
use crate::consignment::{Attempt, Bill, Consignment, Filed};
use crate::event::Arrived;
use crate::keys::Time;
use crate::outcome::Receipt;
use ceb::{Decimal, Document};
use compact_str::format_compact;
use ring::digest::{SHA256, digest};

/// Numbers that a receipt names beside the business keys.
#[derive(Clone, Default, Debug)]
pub(super) struct Numbers {
    pub pre_no: Text,
    pub invt_no: Option<Text>,
    pub rkd_no: Option<Text>,
    pub sum_no: Option<Text>,
}

impl Numbers {
    pub fn of(attempt: &Attempt) -> Self {
        Self { pre_no: attempt.pre_no.clone(), invt_no: attempt.invt_no.clone(), ..Self::default() }
    }
}

/// 36 upper-case characters derived from what the receipt belongs to.
fn guid(key: &[Text], version: u32, index: usize) -> Text {
    // One digest of it all: fed part by part it takes twice as long.
    let mut content = Vec::with_capacity(8 + key.iter().map(|part| 4 + part.len()).sum::<usize>());
    for part in key {
        content.extend_from_slice(&(part.len() as u32).to_be_bytes());
        content.extend_from_slice(part.as_bytes());
    }
    content.extend_from_slice(&version.to_be_bytes());
    content.extend_from_slice(&(index as u32).to_be_bytes());
    let digest = digest(&SHA256, &content);
    let mut text = Text::with_capacity(36);
    for (at, byte) in digest.as_ref().iter().take(16).enumerate() {
        if matches!(at, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        for half in [byte >> 4, byte & 0x0F] {
            text.push(char::from(if half < 10 { b'0' + half } else { b'A' + half - 10 }));
        }
    }
    text
}

impl Case<'_> {
    /// Sends a receipt of a document that just arrived.
    pub(super) fn send(
        &mut self,
        arrived: &Arrived,
        status: i32,
        info: &str,
        numbers: &Numbers,
        last: &mut Time,
        key: (&[Text], u32),
    ) {
        if arrived.preview {
            return;
        }
        let recipients = [arrived.recipient.clone()];
        self.deliver(&arrived.document, &recipients, status, info, numbers, last, key);
    }

    /// Sends a receipt of a filed document, one status on.
    pub(super) fn report(
        &mut self,
        consignment: &mut Consignment,
        filed: &Filed,
        status: i32,
        info: &str,
        numbers: &Numbers,
    ) {
        let key = [consignment.key.platform.clone(), consignment.key.order_no.clone()];
        let mut recipients = vec![filed.recipient.clone()];
        recipients.extend(filed.copies.iter().cloned());
        let mut last = consignment.last_time;
        self.deliver(
            &filed.document,
            &recipients,
            status,
            info,
            numbers,
            &mut last,
            (&key, consignment.version + 1),
        );
        consignment.last_time = last;
    }

    pub(super) fn deliver(
        &mut self,
        document: &Document,
        recipients: &[Text],
        status: i32,
        info: &str,
        numbers: &Numbers,
        last: &mut Time,
        key: (&[Text], u32),
    ) {
        let time = Time(self.now.0.max(last.0 + 1));
        *last = time;
        for recipient in recipients {
            let guid = guid(key.0, key.1, self.out.receipts.len());
            if let Some(document) = answer(document, guid, status, info, numbers, time) {
                self.out.receipts.push(Receipt {
                    recipient: recipient.clone(),
                    document: Box::new(document),
                    time,
                    status,
                });
            }
        }
    }

    /// Sends what answers no single document: made for each recipient, with its guid and time.
    pub(super) fn give(
        &mut self,
        recipients: &[Text],
        status: i32,
        last: &mut Time,
        key: (&[Text], u32),
        make: impl Fn(Text, Time) -> Document,
    ) {
        let time = Time(self.now.0.max(last.0 + 1));
        *last = time;
        for recipient in recipients {
            let guid = guid(key.0, key.1, self.out.receipts.len());
            let document = Box::new(make(guid, time));
            self.out.receipts.push(Receipt { recipient: recipient.clone(), document, time, status });
        }
    }

    /// Sends the tax bill (816) or its state (818) to the declaration's recipients.
    pub(super) fn send_bill(
        &mut self,
        consignment: &mut Consignment,
        attempt: &Attempt,
        bill: &Bill,
        state_only: bool,
    ) {
        let key = [consignment.key.platform.clone(), consignment.key.order_no.clone()];
        let filed = &attempt.declaration;
        for recipient in std::iter::once(&filed.recipient).chain(&filed.copies) {
            let time = Time(self.now.0.max(consignment.last_time.0 + 1));
            consignment.last_time = time;
            let guid = guid(&key, consignment.version + 1, self.out.receipts.len());
            let document = if state_only {
                bill_state(attempt, bill, guid, time)
            } else {
                tax_bill(attempt, bill, guid, time)
            };
            if let Some(document) = document {
                self.out.receipts.push(Receipt {
                    recipient: recipient.clone(),
                    document: Box::new(document),
                    time,
                    status: i32::from(bill.status),
                });
            }
        }
    }
}

fn answer(
    document: &Document,
    guid: Text,
    status: i32,
    info: &str,
    numbers: &Numbers,
    time: Time,
) -> Option<Document> {
    let return_status = format_compact!("{status}");
    let (return_time, return_info) = (time.stamp_millis(), Text::from(info));
    Some(match document {
        Document::Order(order) => Document::OrderReceipt(ceb::OrderReceipt {
            guid,
            ebp_code: order.head.ebp_code.clone(),
            ebc_code: order.head.ebc_code.clone(),
            order_no: order.head.order_no.clone(),
            return_status,
            return_time,
            return_info,
        }),
        Document::Payment(payment) => Document::PaymentReceipt(ceb::PaymentReceipt {
            guid,
            pay_code: payment.pay_code.clone(),
            pay_transaction_id: payment.pay_transaction_id.clone(),
            return_status,
            return_time,
            return_info,
        }),
        Document::Waybill(waybill) => Document::WaybillReceipt(ceb::WaybillReceipt {
            guid,
            logistics_code: waybill.logistics_code.clone(),
            logistics_no: waybill.logistics_no.clone(),
            return_status,
            return_time,
            return_info,
        }),
        Document::WaybillStatus(state) => Document::WaybillStatusReceipt(ceb::WaybillStatusReceipt {
            guid,
            logistics_code: state.logistics_code.clone(),
            logistics_no: state.logistics_no.clone(),
            logistics_status: state.logistics_status.clone(),
            return_status,
            return_time,
            return_info,
        }),
        Document::Declaration(declaration) => Document::DeclarationReceipt(ceb::DeclarationReceipt {
            guid,
            customs_code: Some(declaration.head.customs_code.clone())
                .filter(|code| code.chars().count() == 4),
            ebp_code: Some(declaration.head.ebp_code.clone()),
            ebc_code: Some(declaration.head.ebc_code.clone()),
            agent_code: Some(declaration.head.agent_code.clone()),
            cop_no: declaration.head.cop_no.clone().unwrap_or_default(),
            pre_no: numbers.pre_no.clone(),
            invt_no: numbers.invt_no.clone(),
            return_status,
            return_time,
            return_info,
        }),
        Document::Cancellation(cancellation) => Document::CancellationReceipt(ceb::CancellationReceipt {
            guid,
            customs_code: Some(cancellation.customs_code.clone()).filter(|code| code.chars().count() == 4),
            agent_code: Some(cancellation.agent_code.clone()),
            ebp_code: Some(cancellation.ebp_code.clone()),
            ebc_code: Some(cancellation.ebc_code.clone()),
            cop_no: cancellation.cop_no.clone().unwrap_or_default(),
            pre_no: numbers.pre_no.clone(),
            invt_no: numbers.invt_no.clone(),
            return_status,
            return_time,
            return_info,
        }),
        Document::Return(return_goods) => Document::ReturnReceipt(ceb::ReturnReceipt {
            guid,
            customs_code: Some(return_goods.head.customs_code.clone())
                .filter(|code| code.chars().count() == 4),
            agent_code: Some(return_goods.head.agent_code.clone()),
            ebp_code: Some(return_goods.head.ebp_code.clone()),
            ebc_code: Some(return_goods.head.ebc_code.clone()),
            cop_no: return_goods.head.cop_no.clone().unwrap_or_default(),
            pre_no: numbers.pre_no.clone(),
            invt_no: numbers.invt_no.clone(),
            return_status,
            return_time,
            return_info,
        }),
        Document::Arrival(arrival) => Document::ArrivalReceipt(ceb::ArrivalReceipt {
            guid,
            customs_code: Some(arrival.head.customs_code.clone()).filter(|code| code.chars().count() == 4),
            operator_code: Some(arrival.head.operator_code.clone()),
            cop_no: arrival.head.cop_no.clone(),
            pre_no: Some(numbers.pre_no.clone()).filter(|number| !number.is_empty()),
            rkd_no: numbers.rkd_no.clone(),
            return_status,
            return_time,
            return_info,
        }),
        other => {
            return super::export::receipt::answer(other, guid, return_status, return_info, numbers, time);
        }
    })
}

fn tax_bill(attempt: &Attempt, bill: &Bill, guid: Text, time: Time) -> Option<Document> {
    let assessment = attempt.assessment.as_ref()?;
    let Document::Declaration(declaration) = &*attempt.declaration.document else { return None };
    let head = &declaration.head;
    let lines = assessment
        .lines
        .iter()
        .map(|line| ceb::TaxBillLine {
            gnum: line.gnum,
            gcode: line.hs.clone(),
            tax_price: Decimal::from_fen(line.dutiable),
            customs_tax: Decimal::from_fen(line.duty),
            value_added_tax: Decimal::from_fen(line.vat),
            consumption_tax: Decimal::from_fen(line.consumption_tax),
        })
        .collect();
    Some(Document::TaxBill(ceb::TaxBill {
        head: Box::new(ceb::TaxBillHead {
            guid,
            return_time: time.stamp_millis(),
            invt_no: attempt.invt_no.clone()?,
            tax_no: bill.number.clone(),
            customs_tax: Decimal::from_fen(assessment.duty()),
            value_added_tax: Decimal::from_fen(assessment.vat()),
            consumption_tax: Decimal::from_fen(assessment.consumption_tax()),
            status: format_compact!("{}", bill.status),
            ent_duty_no: bill.notice.clone(),
            note: None,
            assure_code: Some(head.assure_code.clone()),
            ebc_code: Some(head.ebc_code.clone()),
            logistics_code: Some(head.logistics_code.clone()),
            agent_code: Some(head.agent_code.clone()),
            customs_code: Some(head.customs_code.clone()),
            order_no: None,
            logistics_no: None,
        }),
        lines,
    }))
}

fn bill_state(attempt: &Attempt, bill: &Bill, guid: Text, time: Time) -> Option<Document> {
    let Document::Declaration(declaration) = &*attempt.declaration.document else { return None };
    Some(Document::TaxBillStatus(ceb::TaxBillStatus {
        guid,
        return_time: time.stamp_millis(),
        invt_no: attempt.invt_no.clone()?,
        tax_no: bill.number.clone(),
        status: format_compact!("{}", bill.status),
        ent_duty_no: bill.notice.clone(),
        assure_code: Some(declaration.head.assure_code.clone()),
    }))
}
