//! The checks of one document by itself: fields, code tables, sender's times, parties and their filings, signature,
//! arithmetic. All findings, not the first. Leaves to `decide` what needs other documents, keys or accounts.

mod export;
mod export_parcels;
mod export_return;
mod export_summary;
mod goods_code;
mod signature;

use crate::Text;
use crate::event::Arrived;
use crate::finding::Finding;
use crate::identity::{IdentityFault, check_citizen, masked};
use crate::keys::Time;
use crate::party::{Parties, Role, Service};
use crate::reason::Reason;
use crate::rulebook::{Law, Membership, Rulebook};
use ceb::{
    Arrival, Cancellation, Day, Decimal, Declaration, DefectRule, Document, Kind, Order, Payment, Return,
    Stamp, Waybill, WaybillStatus,
};

/// The parameter of how far ahead a time may lie.
const FUTURE: &str = "app_time_future_minutes";

/// What a document's checks look at besides the document.
struct Check<'a> {
    arrived: &'a Arrived,
    book: &'a Rulebook,
    parties: &'a Parties,
    law: Law,
    now: Time,
    day: Day,
    found: Vec<Finding>,
}

/// Every finding of a document by itself, the defects of reading first.
pub fn document(arrived: &Arrived, book: &Rulebook, parties: &Parties, now: Time) -> Vec<Finding> {
    let day = now.day();
    let mut check =
        Check { arrived, book, parties, law: book.parameters.on(day), now, day, found: Vec::new() };
    check.defects();
    // A document that could not be read is not judged by what stands in for its fields.
    if !check.found.is_empty() {
        return check.found;
    }
    match &*arrived.document {
        Document::Order(order) => check.order(order),
        Document::Payment(payment) => check.payment(payment),
        Document::Waybill(waybill) => check.waybill(waybill),
        Document::WaybillStatus(status) => check.waybill_status(status),
        Document::Declaration(declaration) => check.declaration(declaration),
        Document::Cancellation(cancellation) => check.cancellation(cancellation),
        Document::Return(return_goods) => check.return_goods(return_goods),
        Document::Arrival(arrival) => check.arrival(arrival),
        Document::ExportOrder(order) => check.export_order(order),
        Document::ExportPayment(payment) => check.export_payment(payment),
        Document::ExportWaybill(waybill) => check.export_waybill(waybill),
        Document::ExportDeclaration(declaration) => check.export_declaration(declaration),
        Document::ExportCancellation(cancellation) => check.export_cancellation(cancellation),
        Document::MasterBill(master) => check.master_bill(master),
        Document::ExportArrival(arrival) => check.export_arrival(arrival),
        Document::Departure(departure) => check.departure(departure),
        Document::SummaryApplication(application) => check.summary_application(application),
        Document::ExportReturn(application) => check.export_return(application),
        Document::ReturnTally(tally) => check.return_tally(tally),
        other => check.found.push(
            Finding::new(Reason::FieldNotAllowed)
                .argument(other.kind().root())
                .field("message", other.kind().root()),
        ),
    }
    check.transfer();
    check.found
}

impl Check<'_> {
    fn note(&mut self, reason: Reason, path: &str, value: impl ToString, expected: &str) {
        let value = value.to_string();
        // The text goes into receipts and to others' screens; the value itself is in the field.
        let shown = masked(path, &value);
        self.found
            .push(Finding::new(reason).argument(format!("{path}:{shown}，{expected}")).field(path, &value));
    }

    fn kind(&self) -> Kind {
        self.arrived.document.kind()
    }

    /// What names the document in texts: the first business key it has.
    fn name(&self) -> Text {
        let name = self.business_key();
        if name.is_empty() { Text::const_new("无") } else { name }
    }

    fn business_key(&self) -> Text {
        match &*self.arrived.document {
            Document::Declaration(d) => d.head.cop_no.clone().unwrap_or_else(|| d.head.order_no.clone()),
            Document::Cancellation(c) => c.cop_no.clone().unwrap_or_else(|| c.invt_no.clone()),
            Document::Return(r) => r.head.cop_no.clone().unwrap_or_else(|| r.head.invt_no.clone()),
            other => other.guid(),
        }
    }

    fn defects(&mut self) {
        let head = self.arrived.document.head_element();
        let kind = self.kind();
        for defect in &self.arrived.defects {
            let reason = match defect.rule {
                DefectRule::TooManyDocuments => Reason::TooManyDocuments,
                DefectRule::NoLines if self.arrived.all_bodies_empty => Reason::AllBodiesEmpty,
                DefectRule::NoLines => Reason::NoLines,
                DefectRule::Missing if defect.path == head => Reason::HeadMissing,
                _ => Reason::FieldInvalid,
            };
            let mut finding = Finding::new(reason).field(&defect.path, &defect.value);
            finding = match reason {
                Reason::FieldInvalid => finding.argument(format!(
                    "{}:{}，{}：{}",
                    defect.path,
                    masked(&defect.path, &defect.value),
                    defect.rule.word(),
                    defect.expected
                )),
                Reason::TooManyDocuments
                    if matches!(kind, Kind::Declaration | Kind::Cancellation | Kind::Return) =>
                {
                    finding.argument(self.name())
                }
                Reason::NoLines if matches!(kind, Kind::Declaration | Kind::Return) => {
                    finding.argument(self.name())
                }
                Reason::HeadMissing
                    if matches!(kind, Kind::Declaration | Kind::Cancellation | Kind::Return) =>
                {
                    finding.argument(self.name())
                }
                _ => finding,
            };
            self.found.push(finding);
        }
    }

    fn equals(&mut self, path: &str, value: &str, allowed: &[&str]) {
        if !allowed.contains(&value) {
            self.note(Reason::FieldNotAllowed, path, value, &format!("应为{}", allowed.join("/")));
        }
    }

    fn filled(&mut self, path: &str, value: &str) {
        if value.trim().is_empty() {
            self.note(Reason::FieldInvalid, path, value, "不能为空");
        }
    }

    fn key(&mut self, path: &str, value: &str) {
        if value.trim().is_empty() {
            let finding = Finding::new(Reason::KeyEmpty).field(path, value);
            let plain = matches!(self.kind(), Kind::Declaration | Kind::Cancellation | Kind::Return);
            self.found.push(if plain { finding } else { finding.argument(format!("{path}不能为空")) });
        }
    }

    fn operation(&mut self, head: &str, app_type: &str, app_status: &str, app_time: Stamp) {
        let types: &[&str] = match self.kind() {
            Kind::Cancellation | Kind::ExportCancellation => &["1"],
            _ => &["1", "2", "3"],
        };
        for (field, value, allowed) in
            [("appType", app_type, types), ("appStatus", app_status, &["1", "2"][..])]
        {
            if !allowed.contains(&value) {
                self.found.push(
                    Finding::new(Reason::WrongOperation)
                        .field(format!("{head}.{field}"), value)
                        .field("allowed", allowed.join(" ")),
                );
            }
        }
        self.within(&format!("{head}.appTime"), app_time);
    }

    fn within(&mut self, path: &str, stamp: Stamp) {
        let sent = Time::from_stamp(stamp).0;
        let oldest = self.now.0 - self.law.app_time_past_days * 86_400_000;
        let newest = self.now.0 + self.law.app_time_future_minutes * 60_000;
        if sent < oldest || sent > newest {
            let expected = format!(
                "应在{}天内且不晚于当前时间{}分钟",
                self.law.app_time_past_days, self.law.app_time_future_minutes
            );
            let parameter = if sent < oldest { "app_time_past_days" } else { FUTURE };
            self.untimely(path, stamp, &expected, parameter);
        }
    }

    /// What happened lies no further ahead than clocks may differ.
    fn not_ahead(&mut self, path: &str, stamp: Stamp) {
        let newest = self.now.0 + self.law.app_time_future_minutes * 60_000;
        if Time::from_stamp(stamp).0 > newest {
            self.untimely(path, stamp, "晚于当前时间", FUTURE);
        }
    }

    fn untimely(&mut self, path: &str, stamp: Stamp, expected: &str, parameter: &str) {
        let finding = Finding::new(Reason::TimeOutOfWindow)
            .argument(format!("{path}:{stamp}，{expected}"))
            .field(path, stamp)
            .resting_on(&self.law, parameter);
        self.found.push(finding);
    }

    fn not_negative(&mut self, path: &str, value: Decimal) {
        if value.is_negative() {
            self.note(Reason::AmountNegative, path, value, "不得为负");
        }
    }

    fn positive(&mut self, path: &str, value: Decimal) {
        if value <= Decimal::ZERO {
            self.note(Reason::AmountNegative, path, value, "应大于零");
        }
    }

    fn code(&mut self, path: &str, value: &str, known: bool) {
        if !known {
            self.note(Reason::CodeUnknown, path, value, "代码不存在");
        }
    }

    fn identity(&mut self, type_path: &str, id_type: &str, path: &str, number: &str) {
        self.equals(type_path, id_type, &["1"]);
        if let Err(fault) = check_citizen(number.trim()) {
            let detail = match fault {
                IdentityFault::Shape => "应为17位数字加校验码".to_owned(),
                IdentityFault::BirthDate => "出生日期无效".to_owned(),
                IdentityFault::CheckDigit { expected } => format!("校验码应为{expected}"),
            };
            let finding =
                Finding::new(Reason::IdentityNumberWrong).field(path, number).field("expected", &detail);
            let named = matches!(self.kind(), Kind::Declaration | Kind::Return);
            self.found.push(if named {
                finding.argument(self.name())
            } else {
                finding.argument(format!("{path}：{detail}"))
            });
        }
    }

    /// The filing of a code: known, in force, in this role, under this name.
    fn party(&mut self, path: &str, code: &str, name: Option<(&str, &str)>, role: Role) {
        let code = code.trim();
        let Some(filing) = self.parties.find(code, self.day) else {
            self.found.push(
                Finding::new(Reason::PartyUnknown).argument(format!("{path}:{code}")).field(path, code),
            );
            return;
        };
        let (registered, suspended, has_role) = (filing.name.clone(), filing.suspended, filing.has(role));
        if !has_role {
            self.found.push(
                Finding::new(Reason::PartyWrongRole)
                    .argument(format!("{path}:{code}"))
                    .field(path, code)
                    .field("role", role.word()),
            );
        }
        if suspended {
            self.note(Reason::PartySuspended, path, code, "备案已暂停");
        }
        if let Some((name_path, name)) = name
            && name.trim() != registered
        {
            self.found.push(
                Finding::new(Reason::PartyNameDiffers)
                    .argument(format!("{name_path}:{name}，备案名称为{registered}"))
                    .field(name_path, name)
                    .field("registered", registered),
            );
        }
    }

    /// What a document rests on, and the filing of a party that it names permits that day.
    fn service(&mut self, document: &str, path: &str, code: &str, transaction: Option<(&str, Decimal)>) {
        if self.law.permitted_services == 0 {
            return;
        }
        // Who is not filed is told so already.
        let Some(filing) = self.parties.find(code.trim(), self.day) else { return };
        for group in self.book.services.asked(document, self.day) {
            let among = |one: &&Service| group.iter().any(|row| row.service == one.service);
            if filing.services.iter().filter(among).any(|one| one.covers(self.day, transaction)) {
                continue;
            }
            let asked: Vec<&str> = group.iter().map(|row| row.service.as_str()).collect();
            let names: Vec<&str> = group.iter().map(|row| row.name_zh.as_str()).collect();
            let held = filing.services.iter().filter(|one| one.holds_on(self.day));
            let held: Vec<&str> = held.map(|one| one.service.as_str()).collect();
            let mut finding = Finding::new(Reason::ServiceNotPermitted)
                .argument(format!("{path}:{}，未获准{}", code.trim(), names.join("/")))
                .field(path, code.trim())
                .field("permitted services", held.join(" "))
                .field("one of", asked.join(" "));
            if let Some((currency, amount)) = transaction {
                finding = finding.field("currency", currency).field("amount", amount);
            }
            self.found.push(finding.resting_on(&self.law, "permitted_services"));
        }
    }

    /// The sender must be one of the parties that answer for the document (RULES 1.7).
    fn sender(&mut self, allowed: &[&str]) {
        let sender = self.arrived.sender.clone();
        let entrusted = self.parties.find(&sender, self.day).is_some_and(|filing| {
            filing.has(Role::Express) && matches!(self.kind(), Kind::Order | Kind::Payment)
        });
        if entrusted || allowed.iter().any(|code| self.parties.same(code.trim(), &sender, self.day)) {
            return;
        }
        self.found.push(
            Finding::new(Reason::SenderHasNoPermission)
                .argument(&sender)
                .field("sender", &sender)
                .field("allowed", allowed.join(" ")),
        );
    }

    fn transfer(&mut self) {
        let Some(transfer) = self.arrived.transfer.clone() else {
            self.note(Reason::FieldInvalid, "BaseTransfer", "", "必填");
            return;
        };
        let sender = self.arrived.sender.clone();
        if !self.parties.same(transfer.cop_code.trim(), &sender, self.day) {
            self.found.push(
                Finding::new(Reason::TransferDiffers)
                    .argument(format!("copCode:{}", transfer.cop_code))
                    .field("BaseTransfer.copCode", &transfer.cop_code)
                    .field("sender", &sender),
            );
        }
        let owner = self.parties.owner_of(&transfer.dxp_id).map(|filing| filing.code.clone());
        if !owner.is_some_and(|owner| self.parties.same(&owner, &sender, self.day)) {
            self.found.push(
                Finding::new(Reason::TransferDiffers)
                    .argument(format!("dxpId:{}", transfer.dxp_id))
                    .field("BaseTransfer.dxpId", &transfer.dxp_id)
                    .field("sender", &sender),
            );
        }
        self.equals("BaseTransfer.dxpMode", &transfer.dxp_mode, &["DXP"]);
        let note = |address: &Text| {
            Finding::new(Reason::SubscriptionNotShared)
                .argument(address)
                .field("BaseSubscribe.dxpAddress", address)
        };
        let unshared: Vec<Finding> = self
            .arrived
            .copies
            .iter()
            .filter(|address| {
                !self
                    .parties
                    .owner_of(address)
                    .is_some_and(|filing| self.parties.same(&filing.code, &sender, self.day))
            })
            .map(note)
            .collect();
        self.found.extend(unshared);
    }

    fn repeated_lines(&mut self, path: &str, numbers: impl Iterator<Item = u32>) {
        let mut seen: Vec<u32> = Vec::new();
        for number in numbers {
            if seen.contains(&number) {
                let finding = Finding::new(Reason::LineNumbersRepeat).field(path, number);
                let plain = matches!(self.kind(), Kind::Order | Kind::Declaration);
                self.found.push(if plain {
                    finding
                } else {
                    finding.argument(format!("{path}:{number}重复"))
                });
                return;
            }
            seen.push(number);
        }
    }

    fn order(&mut self, order: &Order) {
        let head = &order.head;
        self.key("OrderHead.orderNo", &head.order_no);
        self.operation("OrderHead", &head.app_type, &head.app_status, head.app_time);
        self.equals("OrderHead.orderType", &head.order_type, &["I"]);
        self.equals("OrderHead.currency", &head.currency, &["142"]);
        self.party(
            "OrderHead.ebpCode",
            &head.ebp_code,
            Some(("OrderHead.ebpName", &head.ebp_name)),
            Role::Platform,
        );
        self.party(
            "OrderHead.ebcCode",
            &head.ebc_code,
            Some(("OrderHead.ebcName", &head.ebc_name)),
            Role::Merchant,
        );
        if let Some(pay_code) = &head.pay_code {
            self.party("OrderHead.payCode", pay_code, None, Role::Payment);
        }
        self.sender(&[&head.ebp_code, &head.ebc_code]);
        self.identity(
            "OrderHead.buyerIdType",
            &head.buyer_id_type,
            "OrderHead.buyerIdNumber",
            &head.buyer_id_number,
        );
        for (path, value) in [
            ("OrderHead.buyerName", &head.buyer_name),
            ("OrderHead.buyerRegNo", &head.buyer_reg_no),
            ("OrderHead.buyerTelephone", &head.buyer_telephone),
            ("OrderHead.consignee", &head.consignee),
            ("OrderHead.consigneeTelephone", &head.consignee_telephone),
            ("OrderHead.consigneeAddress", &head.consignee_address),
        ] {
            self.filled(path, value);
        }
        for (path, value) in [
            ("OrderHead.goodsValue", head.goods_value),
            ("OrderHead.freight", head.freight),
            ("OrderHead.discount", head.discount),
            ("OrderHead.taxTotal", head.tax_total),
            ("OrderHead.acturalPaid", head.actural_paid),
        ] {
            self.not_negative(path, value);
        }
        self.repeated_lines("OrderList.gnum", order.lines.iter().map(|line| line.gnum));
        for (index, line) in order.lines.iter().enumerate() {
            let path = |field: &str| format!("OrderList[{}].{field}", index + 1);
            self.filled(&path("itemName"), &line.item_name);
            self.filled(&path("gmodel"), &line.gmodel);
            self.equals(&path("currency"), &line.currency, &["142"]);
            self.code(&path("unit"), &line.unit, self.book.codes.units.holds(&line.unit, self.day));
            self.code(
                &path("country"),
                &line.country,
                self.book.codes.countries.holds(&line.country, self.day),
            );
            self.positive(&path("qty"), line.qty);
            self.not_negative(&path("price"), line.price);
            self.line_total(&path("totalPrice"), line.price, line.qty, line.total_price);
        }
        self.order_sums(order);
        self.signature(&head.ebp_code, "OrderHead.ebpCode", &head.app_status, false);
    }

    fn line_total(&mut self, path: &str, price: Decimal, qty: Decimal, total: Decimal) {
        let product = price.product(qty);
        let stated = total.units().checked_mul(Decimal::ONE.units());
        let (Some(product), Some(stated)) = (product, stated) else {
            self.note(Reason::AmountOutOfRange, path, total, "超出范围");
            return;
        };
        let tolerance = i128::from(self.law.arithmetic_tolerance) * Decimal::ONE.units();
        if product.abs_diff(stated) > tolerance.unsigned_abs() {
            let finding = Finding::new(Reason::LineTotalWrong)
                .argument(format!("{path}:{total}，应为{price}×{qty}"))
                .field(path, total)
                .arithmetic(format!("{price} × {qty} ≠ {total}"));
            self.found.push(finding);
        }
    }

    fn order_sums(&mut self, order: &Order) {
        let head = &order.head;
        let paid = head
            .goods_value
            .checked_add(head.freight)
            .and_then(|sum| sum.checked_add(head.tax_total))
            .and_then(|sum| sum.checked_sub(head.discount));
        let lines = order.lines.iter().try_fold(Decimal::ZERO, |sum, line| sum.checked_add(line.total_price));
        let (Some(paid), Some(lines)) = (paid, lines) else {
            self.note(Reason::AmountOutOfRange, "OrderHead", "", "超出范围");
            return;
        };
        let tolerance = u128::from(self.law.arithmetic_tolerance.unsigned_abs());
        if paid.units().abs_diff(head.actural_paid.units()) > tolerance {
            let arithmetic = format!(
                "{} + {} + {} - {} = {paid}",
                head.goods_value, head.freight, head.tax_total, head.discount
            );
            self.found.push(
                Finding::new(Reason::OrderSumWrong)
                    .argument(format!("OrderHead.acturalPaid:{}，应为{paid}", head.actural_paid))
                    .field("OrderHead.acturalPaid", head.actural_paid)
                    .field("expected", paid)
                    .arithmetic(arithmetic),
            );
        }
        if lines.units().abs_diff(head.goods_value.units()) > tolerance {
            self.found.push(
                Finding::new(Reason::GoodsValueWrong)
                    .argument(format!("OrderHead.goodsValue:{}，表体合计为{lines}", head.goods_value))
                    .field("OrderHead.goodsValue", head.goods_value)
                    .field("expected", lines),
            );
        }
    }

    fn payment(&mut self, payment: &Payment) {
        self.key("PaymentHead.payTransactionId", &payment.pay_transaction_id);
        self.key("PaymentHead.orderNo", &payment.order_no);
        self.operation("PaymentHead", &payment.app_type, &payment.app_status, payment.app_time);
        self.equals("PaymentHead.currency", &payment.currency, &["142"]);
        self.party(
            "PaymentHead.payCode",
            &payment.pay_code,
            Some(("PaymentHead.payName", &payment.pay_name)),
            Role::Payment,
        );
        self.party(
            "PaymentHead.ebpCode",
            &payment.ebp_code,
            Some(("PaymentHead.ebpName", &payment.ebp_name)),
            Role::Platform,
        );
        let transaction = Some((payment.currency.as_str(), payment.amount_paid));
        self.service("payment", "PaymentHead.payCode", &payment.pay_code, transaction);
        self.sender(&[&payment.pay_code]);
        self.identity(
            "PaymentHead.payerIdType",
            &payment.payer_id_type,
            "PaymentHead.payerIdNumber",
            &payment.payer_id_number,
        );
        self.filled("PaymentHead.payerName", &payment.payer_name);
        self.not_negative("PaymentHead.amountPaid", payment.amount_paid);
        self.not_ahead("PaymentHead.payTime", payment.pay_time);
        self.signature(&payment.pay_code, "PaymentHead.payCode", &payment.app_status, false);
    }

    fn waybill(&mut self, waybill: &Waybill) {
        self.key("LogisticsHead.logisticsNo", &waybill.logistics_no);
        self.key("LogisticsHead.orderNo", &waybill.order_no);
        self.operation("LogisticsHead", &waybill.app_type, &waybill.app_status, waybill.app_time);
        self.equals("LogisticsHead.currency", &waybill.currency, &["142"]);
        self.party(
            "LogisticsHead.logisticsCode",
            &waybill.logistics_code,
            Some(("LogisticsHead.logisticsName", &waybill.logistics_name)),
            Role::Logistics,
        );
        self.service("waybill", "LogisticsHead.logisticsCode", &waybill.logistics_code, None);
        self.sender(&[&waybill.logistics_code]);
        self.positive("LogisticsHead.weight", waybill.weight);
        self.not_negative("LogisticsHead.freight", waybill.freight.unwrap_or_default());
        self.not_negative("LogisticsHead.insuredFee", waybill.insured_fee.unwrap_or_default());
        self.parcels("LogisticsHead.packNo", waybill.pack_no);
        for (path, value) in [
            ("LogisticsHead.consignee", &waybill.consignee),
            ("LogisticsHead.consigneeAddress", &waybill.consignee_address),
            ("LogisticsHead.consigneeTelephone", &waybill.consignee_telephone),
        ] {
            self.filled(path, value);
        }
        self.signature(&waybill.logistics_code, "LogisticsHead.logisticsCode", &waybill.app_status, false);
    }

    fn parcels(&mut self, path: &str, count: u32) {
        if i64::from(count) != self.law.parcels_per_list {
            self.note(Reason::FieldNotAllowed, path, count, &format!("应为{}", self.law.parcels_per_list));
        }
    }

    fn waybill_status(&mut self, status: &WaybillStatus) {
        self.key("LogisticsStatus.logisticsNo", &status.logistics_no);
        self.operation("LogisticsStatus", &status.app_type, &status.app_status, status.app_time);
        self.equals("LogisticsStatus.logisticsStatus", &status.logistics_status, &["S"]);
        self.party(
            "LogisticsStatus.logisticsCode",
            &status.logistics_code,
            Some(("LogisticsStatus.logisticsName", &status.logistics_name)),
            Role::Logistics,
        );
        self.sender(&[&status.logistics_code]);
        self.not_ahead("LogisticsStatus.logisticsTime", status.logistics_time);
        self.signature(&status.logistics_code, "LogisticsStatus.logisticsCode", &status.app_status, false);
    }

    fn declaration(&mut self, declaration: &Declaration) {
        let head = &declaration.head;
        self.key("InventoryHead.orderNo", &head.order_no);
        self.key("InventoryHead.logisticsNo", &head.logistics_no);
        self.operation("InventoryHead", &head.app_type, &head.app_status, head.app_time);
        self.equals("InventoryHead.ieFlag", &head.ie_flag, &["I"]);
        self.equals("InventoryHead.currency", &head.currency, &["142"]);
        self.party(
            "InventoryHead.ebpCode",
            &head.ebp_code,
            Some(("InventoryHead.ebpName", &head.ebp_name)),
            Role::Platform,
        );
        self.party(
            "InventoryHead.ebcCode",
            &head.ebc_code,
            Some(("InventoryHead.ebcName", &head.ebc_name)),
            Role::Merchant,
        );
        self.party(
            "InventoryHead.logisticsCode",
            &head.logistics_code,
            Some(("InventoryHead.logisticsName", &head.logistics_name)),
            Role::Logistics,
        );
        self.party(
            "InventoryHead.agentCode",
            &head.agent_code,
            Some(("InventoryHead.agentName", &head.agent_name)),
            Role::Agent,
        );
        self.party("InventoryHead.assureCode", &head.assure_code, None, Role::Guarantor);
        self.service("declaration", "InventoryHead.assureCode", &head.assure_code, None);
        let guarantors = [&head.ebp_code, &head.ebc_code, &head.logistics_code, &head.agent_code];
        if !guarantors.iter().any(|code| self.parties.same(code.trim(), head.assure_code.trim(), self.day)) {
            self.note(
                Reason::FieldNotAllowed,
                "InventoryHead.assureCode",
                &head.assure_code,
                "担保企业应为清单中的平台、电商、物流或申报企业",
            );
        }
        self.sender(&[&head.ebc_code, &head.agent_code]);
        self.identity(
            "InventoryHead.buyerIdType",
            &head.buyer_id_type,
            "InventoryHead.buyerIdNumber",
            &head.buyer_id_number,
        );
        self.filled("InventoryHead.buyerName", &head.buyer_name);
        self.filled("InventoryHead.buyerTelephone", &head.buyer_telephone);
        self.filled("InventoryHead.consigneeAddress", &head.consignee_address);
        for (path, code) in
            [("InventoryHead.customsCode", &head.customs_code), ("InventoryHead.portCode", &head.port_code)]
        {
            self.code(path, code, self.book.codes.districts.holds(code, self.day));
        }
        self.code(
            "InventoryHead.trafMode",
            &head.traf_mode,
            self.book.codes.transport_modes.holds(&head.traf_mode, self.day),
        );
        self.code(
            "InventoryHead.country",
            &head.country,
            self.book.codes.countries.holds(&head.country, self.day),
        );
        self.mode(declaration);
        self.not_negative("InventoryHead.freight", head.freight);
        self.not_negative("InventoryHead.insuredFee", head.insured_fee);
        self.parcels("InventoryHead.packNo", head.pack_no);
        self.weights(head.net_weight, head.gross_weight);
        self.repeated_lines("InventoryList.gnum", declaration.lines.iter().map(|line| line.gnum));
        for (index, line) in declaration.lines.iter().enumerate() {
            self.declaration_line(index, line);
        }
        self.signature(&head.agent_code, "InventoryHead.agentCode", &head.app_status, true);
    }

    /// Weights of a list: of imports and of exports alike.
    fn weights(&mut self, net: Decimal, gross: Decimal) {
        if net <= Decimal::ZERO || net > gross {
            self.found.push(
                Finding::new(Reason::WeightWrong)
                    .argument(format!("InventoryHead.netWeight:{net}，毛重为{gross}"))
                    .field("InventoryHead.netWeight", net)
                    .field("InventoryHead.grossWeight", gross),
            );
        }
    }

    fn declaration_line(&mut self, index: usize, line: &ceb::DeclarationLine) {
        let path = |field: &str| format!("InventoryList[{}].{field}", index + 1);
        self.filled(&path("gname"), &line.gname);
        self.filled(&path("gmodel"), &line.gmodel);
        self.equals(&path("currency"), &line.currency, &["142"]);
        self.code(&path("country"), &line.country, self.book.codes.countries.holds(&line.country, self.day));
        for (field, unit) in
            [("unit", Some(&line.unit)), ("unit1", Some(&line.unit1)), ("unit2", line.unit2.as_ref())]
        {
            if let Some(unit) = unit {
                self.code(&path(field), unit, self.book.codes.units.holds(unit, self.day));
            }
        }
        self.positive(&path("qty"), line.qty);
        self.positive(&path("qty1"), line.qty1);
        self.not_negative(&path("price"), line.price);
        self.line_total(&path("totalPrice"), line.price, line.qty, line.total_price);
        let unequal = line.unit == line.unit1 && line.qty != line.qty1;
        let second = match (&line.unit2, line.qty2) {
            (None, None) => true,
            (Some(_), Some(qty)) => qty > Decimal::ZERO,
            _ => false,
        };
        if unequal {
            self.note(
                Reason::QuantityUnitWrong,
                &path("qty1"),
                line.qty1,
                &format!("单位相同，数量应为{}", line.qty),
            );
        }
        if !second {
            self.note(
                Reason::QuantityUnitWrong,
                &path("qty2"),
                line.qty2.unwrap_or_default(),
                "第二数量与第二单位应同时填写且大于零",
            );
        }
        if !line.gcode.bytes().all(|byte| byte.is_ascii_digit()) {
            self.note(Reason::CodeUnknown, &path("gcode"), &line.gcode, "应为10位数字");
            return;
        }
        let Some(row) = self.book.tariff.line(&line.gcode, self.day) else {
            let finding = goods_code::unknown(&self.book.tariff, &path("gcode"), &line.gcode, self.day);
            self.found.push(finding);
            return;
        };
        if line.unit1 != row.unit1 {
            self.note(
                Reason::StatutoryUnitWrong,
                &path("unit1"),
                &line.unit1,
                &format!("法定第一单位为{}", row.unit1),
            );
        }
        // A second statutory unit may be left out where the law asks none of this parcel, but not replaced.
        if let Some(unit2) = &line.unit2
            && Some(unit2) != row.unit2.as_ref()
        {
            let expected = format!("法定第二单位为{}", row.unit2.as_deref().unwrap_or("无"));
            self.note(Reason::StatutoryUnitWrong, &path("unit2"), unit2, &expected);
        }
        match row.membership(self.day) {
            Membership::Listed => {}
            Membership::NotListed => {
                let edition = self.book.editions.on(self.day);
                let edition = edition.map_or_else(Text::default, |one| {
                    compact_str::format_compact!("{} ({})", one.name, one.source)
                });
                self.found.push(
                    Finding::new(Reason::GoodsNotListed)
                        .argument(&line.gcode)
                        .field(path("gcode"), &line.gcode)
                        .field("list edition", edition),
                );
            }
            Membership::Unsure => {
                self.found.push(
                    Finding::new(Reason::UncertainRow)
                        .field(path("gcode"), &line.gcode)
                        .field("table", "tariff.csv listed")
                        .uncertain(),
                );
            }
        }
    }

    fn mode(&mut self, declaration: &Declaration) {
        let head = &declaration.head;
        let allowed = match head.trade_mode.as_str() {
            "9610" | "1210" => true,
            "1239" => self.law.mode_1239 == 1,
            _ => false,
        };
        if !allowed {
            self.note(
                Reason::FieldNotAllowed,
                "InventoryHead.tradeMode",
                &head.trade_mode,
                "应为9610/1210/1239",
            );
            return;
        }
        let empty = |value: &Option<Text>| value.as_deref().unwrap_or("").trim().is_empty();
        let transport = [("trafNo", &head.traf_no), ("voyageNo", &head.voyage_no), ("billNo", &head.bill_no)];
        let bonded = [("emsNo", &head.ems_no), ("areaCode", &head.area_code), ("areaName", &head.area_name)];
        let wrong = |fields: &[(&str, &Option<Text>)], want_empty: bool| -> Vec<String> {
            fields
                .iter()
                .filter(|(_, value)| empty(value) != want_empty)
                .map(|(name, _)| format!("InventoryHead.{name}"))
                .collect()
        };
        let (missing, unwanted) = if head.trade_mode == "9610" {
            // Goods that leave a logistics centre name no means of transport (RULES 7.0).
            let crosses_border = matches!(head.traf_mode.as_str(), "2" | "3" | "4" | "5" | "6");
            (if crosses_border { wrong(&transport, false) } else { Vec::new() }, wrong(&bonded, true))
        } else {
            (wrong(&bonded, false), wrong(&transport, true))
        };
        for path in missing {
            self.note(Reason::ModeFieldWrong, &path, "", &format!("监管方式{}必填", head.trade_mode));
        }
        for path in unwanted {
            self.note(Reason::ModeFieldWrong, &path, "", &format!("监管方式{}应为空", head.trade_mode));
        }
        if head.trade_mode != "9610" {
            if head.country != "142" {
                self.note(Reason::ModeFieldWrong, "InventoryHead.country", &head.country, "保税模式应为142");
            }
            for (index, line) in
                declaration.lines.iter().enumerate().filter(|(_, line)| empty(&line.item_record_no))
            {
                let _ = line;
                self.note(
                    Reason::ModeFieldWrong,
                    &format!("InventoryList[{}].itemRecordNo", index + 1),
                    "",
                    "保税模式必填",
                );
            }
        }
    }

    fn cancellation(&mut self, cancellation: &Cancellation) {
        self.key("InvtCancel.invtNo", &cancellation.invt_no);
        self.key("InvtCancel.orderNo", &cancellation.order_no);
        self.operation("InvtCancel", &cancellation.app_type, &cancellation.app_status, cancellation.app_time);
        self.party(
            "InvtCancel.ebpCode",
            &cancellation.ebp_code,
            Some(("InvtCancel.ebpName", &cancellation.ebp_name)),
            Role::Platform,
        );
        self.party(
            "InvtCancel.ebcCode",
            &cancellation.ebc_code,
            Some(("InvtCancel.ebcName", &cancellation.ebc_name)),
            Role::Merchant,
        );
        self.party(
            "InvtCancel.agentCode",
            &cancellation.agent_code,
            Some(("InvtCancel.agentName", &cancellation.agent_name)),
            Role::Agent,
        );
        self.sender(&[&cancellation.ebc_code, &cancellation.agent_code]);
        self.code(
            "InvtCancel.customsCode",
            &cancellation.customs_code,
            self.book.codes.districts.holds(&cancellation.customs_code, self.day),
        );
        if cancellation.reason.trim().is_empty() {
            self.found.push(Finding::new(Reason::ReasonEmpty).field("InvtCancel.reason", ""));
        }
        self.signature(&cancellation.agent_code, "InvtCancel.agentCode", &cancellation.app_status, true);
    }

    fn return_goods(&mut self, return_goods: &Return) {
        let head = &return_goods.head;
        self.key("InvtRefundHead.invtNo", &head.invt_no);
        self.key("InvtRefundHead.orderNo", &head.order_no);
        self.operation("InvtRefundHead", &head.app_type, &head.app_status, head.app_time);
        self.party(
            "InvtRefundHead.ebpCode",
            &head.ebp_code,
            Some(("InvtRefundHead.ebpName", &head.ebp_name)),
            Role::Platform,
        );
        self.party(
            "InvtRefundHead.ebcCode",
            &head.ebc_code,
            Some(("InvtRefundHead.ebcName", &head.ebc_name)),
            Role::Merchant,
        );
        self.party(
            "InvtRefundHead.agentCode",
            &head.agent_code,
            Some(("InvtRefundHead.agentName", &head.agent_name)),
            Role::Agent,
        );
        self.sender(&[&head.ebc_code, &head.agent_code]);
        self.identity(
            "InvtRefundHead.buyerIdType",
            &head.buyer_id_type,
            "InvtRefundHead.buyerIdNumber",
            &head.buyer_id_number,
        );
        self.code(
            "InvtRefundHead.customsCode",
            &head.customs_code,
            self.book.codes.districts.holds(&head.customs_code, self.day),
        );
        if head.reason.trim().is_empty() {
            self.found.push(
                Finding::new(Reason::ReasonEmpty).argument("reason").field("InvtRefundHead.reason", ""),
            );
        }
        self.repeated_lines("InvtRefundList.gnum", return_goods.lines.iter().map(|line| line.gnum));
        for (index, line) in return_goods.lines.iter().enumerate() {
            self.positive(&format!("InvtRefundList[{}].qty", index + 1), line.qty);
            if self.book.tariff.latest(&line.gcode).is_none() {
                self.found.push(
                    Finding::new(Reason::ReturnCodeUnknown)
                        .argument(self.name())
                        .argument((index + 1).to_string())
                        .argument(&line.gcode)
                        .field(format!("InvtRefundList[{}].gcode", index + 1), &line.gcode),
                );
            }
        }
        self.signature(&head.agent_code, "InvtRefundHead.agentCode", &head.app_status, true);
    }

    fn arrival(&mut self, arrival: &Arrival) {
        let head = &arrival.head;
        self.key("DeliveryHead.copNo", head.cop_no.as_deref().unwrap_or(""));
        self.operation("DeliveryHead", &head.app_type, &head.app_status, head.app_time);
        self.equals("DeliveryHead.ieFlag", &head.ie_flag, &["I"]);
        self.party(
            "DeliveryHead.operatorCode",
            &head.operator_code,
            Some(("DeliveryHead.operatorName", &head.operator_name)),
            Role::SiteOperator,
        );
        self.party(
            "DeliveryHead.logisticsCode",
            &head.logistics_code,
            Some(("DeliveryHead.logisticsName", &head.logistics_name)),
            Role::Logistics,
        );
        self.sender(&[&head.operator_code]);
        self.code(
            "DeliveryHead.customsCode",
            &head.customs_code,
            self.book.codes.districts.holds(&head.customs_code, self.day),
        );
        self.code(
            "DeliveryHead.trafMode",
            &head.traf_mode,
            self.book.codes.transport_modes.holds(&head.traf_mode, self.day),
        );
        self.repeated_lines("DeliveryList.gnum", arrival.lines.iter().map(|line| line.gnum));
        for (index, line) in arrival.lines.iter().enumerate() {
            self.filled(&format!("DeliveryList[{}].logisticsNo", index + 1), &line.logistics_no);
        }
        self.signature(&head.operator_code, "DeliveryHead.operatorCode", &head.app_status, true);
    }
}
