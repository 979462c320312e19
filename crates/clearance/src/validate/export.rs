//! The checks of one document of exports by itself (SPEC §4, RULES 9.2 to 9.5, 9.12). What imports check alike is
//! `validate.rs`; what needs other documents is `export/matching.rs`.

use super::{Check, goods_code};
use crate::export::{NO_PLATFORM, leaves_zone, to_enterprises};
use crate::finding::Finding;
use crate::party::Role;
use crate::reason::Reason;
use ceb::{Decimal, ExportDeclaration, ExportDeclarationLine, ExportOrder, ExportPayment, ExportWaybill};

impl Check<'_> {
    /// A platform is filed, unless it is one abroad that has no code.
    pub(super) fn export_platform(&mut self, head: &str, code: &str, name: &str) {
        let (path, name_path) = (format!("{head}.ebpCode"), format!("{head}.ebpName"));
        if code.trim() == NO_PLATFORM {
            return self.filled(&name_path, name);
        }
        self.party(&path, code, Some((&name_path, name)), Role::Platform);
    }

    pub(super) fn merchant(&mut self, head: &str, code: &str, name: &str) {
        let name_path = format!("{head}.ebcName");
        self.party(&format!("{head}.ebcCode"), code, Some((&name_path, name)), Role::Merchant);
    }

    fn currency(&mut self, path: &str, value: &str) {
        self.code(path, value, self.book.codes.currencies.holds(value, self.day));
    }

    pub(super) fn export_order(&mut self, order: &ExportOrder) {
        let head = &order.head;
        self.key("OrderHead.orderNo", &head.order_no);
        self.key("OrderHead.ebcCode", &head.ebc_code);
        self.operation("OrderHead", &head.app_type, &head.app_status, head.app_time);
        self.equals("OrderHead.orderType", &head.order_type, &["E", "B", "W"]);
        self.export_platform("OrderHead", &head.ebp_code, &head.ebp_name);
        self.merchant("OrderHead", &head.ebc_code, &head.ebc_name);
        self.sender(&[&head.ebp_code, &head.ebc_code]);
        self.currency("OrderHead.currency", &head.currency);
        self.not_negative("OrderHead.goodsValue", head.goods_value);
        self.not_negative("OrderHead.freight", head.freight);
        self.repeated_lines("OrderList.gnum", order.lines.iter().map(|line| line.gnum));
        for (index, line) in order.lines.iter().enumerate() {
            let path = |field: &str| format!("OrderList[{}].{field}", index + 1);
            self.filled(&path("itemNo"), &line.item_no);
            self.filled(&path("itemName"), &line.item_name);
            self.code(&path("unit"), &line.unit, self.book.codes.units.holds(&line.unit, self.day));
            self.currency(&path("currency"), &line.currency);
            self.positive(&path("qty"), line.qty);
            self.not_negative(&path("price"), line.price);
            self.line_total(&path("totalPrice"), line.price, line.qty, line.total_price);
        }
        self.export_goods_value(order);
        // A platform abroad signs nothing here: then it is the merchant who does.
        let (holder, path) = match head.ebp_code.trim() {
            NO_PLATFORM => (&head.ebc_code, "OrderHead.ebcCode"),
            _ => (&head.ebp_code, "OrderHead.ebpCode"),
        };
        self.signature(holder, path, &head.app_status, false);
    }

    /// The value of the goods is the sum of the lines, where all are in the currency of the head.
    fn export_goods_value(&mut self, order: &ExportOrder) {
        let head = &order.head;
        if order.lines.iter().any(|line| line.currency != head.currency) {
            return;
        }
        let sum = order.lines.iter().try_fold(Decimal::ZERO, |sum, line| sum.checked_add(line.total_price));
        let Some(sum) = sum else {
            return self.note(Reason::AmountOutOfRange, "OrderHead.goodsValue", head.goods_value, "超出范围");
        };
        let tolerance = u128::from(self.law.arithmetic_tolerance.unsigned_abs());
        if sum.units().abs_diff(head.goods_value.units()) > tolerance {
            self.found.push(
                Finding::new(Reason::GoodsValueWrong)
                    .argument(format!("OrderHead.goodsValue:{}，表体合计为{sum}", head.goods_value))
                    .field("OrderHead.goodsValue", head.goods_value)
                    .field("expected", sum),
            );
        }
    }

    pub(super) fn export_payment(&mut self, payment: &ExportPayment) {
        self.key("Receipts.orderNo", &payment.order_no);
        self.key("Receipts.ebcCode", &payment.ebc_code);
        self.operation("Receipts", &payment.app_type, &payment.app_status, payment.app_time);
        self.export_platform("Receipts", &payment.ebp_code, &payment.ebp_name);
        self.merchant("Receipts", &payment.ebc_code, &payment.ebc_name);
        // Whoever pays from abroad, or in cash, has no code here.
        let payer = payment.pay_code.as_deref().unwrap_or_default();
        if payer.is_empty() {
            self.filled("Receipts.payName", &payment.pay_name);
        } else {
            let name = Some(("Receipts.payName", payment.pay_name.as_str()));
            self.party("Receipts.payCode", payer, name, Role::Payment);
        }
        self.sender(&[&payment.ebc_code, payer]);
        self.currency("Receipts.currency", &payment.currency);
        self.not_negative("Receipts.charge", payment.charge);
        self.not_ahead("Receipts.accountingDate", payment.accounting_date);
        self.signature(&payment.ebc_code, "Receipts.ebcCode", &payment.app_status, false);
    }

    pub(super) fn export_waybill(&mut self, waybill: &ExportWaybill) {
        self.key("Logistics.logisticsNo", &waybill.logistics_no);
        self.key("Logistics.logisticsCode", &waybill.logistics_code);
        self.operation("Logistics", &waybill.app_type, &waybill.app_status, waybill.app_time);
        self.carrier("Logistics", &waybill.logistics_code, &waybill.logistics_name);
        self.sender(&[&waybill.logistics_code]);
        self.currency("Logistics.currency", &waybill.currency);
        self.not_negative("Logistics.freight", waybill.freight);
        self.not_negative("Logistics.insuredFee", waybill.insured_fee);
        self.positive("Logistics.grossWeight", waybill.gross_weight);
        self.parcel_count("Logistics.packNo", waybill.pack_no);
        self.filled("Logistics.goodsInfo", &waybill.goods_info);
        self.signature(&waybill.logistics_code, "Logistics.logisticsCode", &waybill.app_status, false);
    }

    fn parcel_count(&mut self, path: &str, count: u32) {
        if count == 0 {
            self.note(Reason::FieldNotAllowed, path, count, "应大于零");
        }
    }

    pub(super) fn export_declaration(&mut self, declaration: &ExportDeclaration) {
        let head = &declaration.head;
        for (path, value) in [
            ("InventoryHead.orderNo", &head.order_no),
            ("InventoryHead.ebcCode", &head.ebc_code),
            ("InventoryHead.logisticsNo", &head.logistics_no),
            ("InventoryHead.copNo", &head.cop_no),
        ] {
            self.key(path, value);
        }
        self.operation("InventoryHead", &head.app_type, &head.app_status, head.app_time);
        self.equals("InventoryHead.ieFlag", &head.ie_flag, &["E"]);
        self.equals("InventoryHead.statisticsFlag", &head.statistics_flag, &["A", "B"]);
        self.export_platform("InventoryHead", &head.ebp_code, &head.ebp_name);
        self.merchant("InventoryHead", &head.ebc_code, &head.ebc_name);
        self.carrier("InventoryHead", &head.logistics_code, &head.logistics_name);
        self.declaring_unit("InventoryHead", &head.agent_code, &head.agent_name);
        // A producing or selling unit need not be registered.
        self.filled("InventoryHead.ownerCode", &head.owner_code);
        self.filled("InventoryHead.ownerName", &head.owner_name);
        self.sender(&[&head.ebc_code, &head.agent_code]);
        self.export_codes(declaration);
        self.export_mode(declaration);
        self.export_statistics(declaration);
        self.not_negative("InventoryHead.freight", head.freight);
        self.not_negative("InventoryHead.insuredFee", head.insured_fee);
        self.equals("InventoryHead.fFlag", &head.freight_flag, &["3"]);
        self.equals("InventoryHead.iFlag", &head.insurance_flag, &["3"]);
        self.parcel_count("InventoryHead.packNo", head.pack_no);
        self.weights(head.net_weight, head.gross_weight);
        self.repeated_lines("InventoryList.gnum", declaration.lines.iter().map(|line| line.gnum));
        for (index, line) in declaration.lines.iter().enumerate() {
            self.export_line(index, line, &head.statistics_flag);
        }
        self.signature(&head.agent_code, "InventoryHead.agentCode", &head.app_status, true);
    }

    fn export_codes(&mut self, declaration: &ExportDeclaration) {
        let head = &declaration.head;
        let codes = &self.book.codes;
        let known = [
            ("customsCode", &head.customs_code, codes.districts.holds(&head.customs_code, self.day)),
            ("portCode", &head.port_code, codes.districts.holds(&head.port_code, self.day)),
            ("trafMode", &head.traf_mode, codes.transport_modes.holds(&head.traf_mode, self.day)),
            ("country", &head.country, codes.countries.holds(&head.country, self.day)),
            ("fCurrency", &head.freight_currency, codes.currencies.holds(&head.freight_currency, self.day)),
            (
                "iCurrency",
                &head.insurance_currency,
                codes.currencies.holds(&head.insurance_currency, self.day),
            ),
        ];
        for (field, value, is_known) in known {
            self.code(&format!("InventoryHead.{field}"), value, is_known);
        }
        self.filled("InventoryHead.POD", &head.port_of_destination);
        if head.country == CHINA {
            self.note(
                Reason::FieldNotAllowed,
                "InventoryHead.country",
                &head.country,
                "出口运抵国不得为中国",
            );
        }
    }

    /// What a mode asks for, and what only lists out of a special zone have (RULES 9.5).
    fn export_mode(&mut self, declaration: &ExportDeclaration) {
        let head = &declaration.head;
        let mode = head.trade_mode.as_str();
        let allowed = match mode {
            "9610" | "1210" => true,
            "1239" => self.law.mode_1239 == 1,
            _ => to_enterprises(mode) && self.law.export_modes_enterprises == 1,
        };
        if !allowed {
            let expected = "应为9610/1210/1239/9710/9810中当日可用的监管方式";
            return self.note(Reason::FieldNotAllowed, "InventoryHead.tradeMode", mode, expected);
        }
        let empty = |value: &Option<crate::Text>| value.as_deref().unwrap_or("").trim().is_empty();
        if !leaves_zone(mode) {
            if !empty(&head.ems_no) {
                self.note(
                    Reason::ModeFieldWrong,
                    "InventoryHead.emsNo",
                    "",
                    &format!("监管方式{mode}应为空"),
                );
            }
            return;
        }
        for (field, value) in
            [("iacCode", &head.iac_code), ("iacName", &head.iac_name), ("emsNo", &head.ems_no)]
        {
            if empty(value) {
                let path = format!("InventoryHead.{field}");
                self.note(Reason::ModeFieldWrong, &path, "", &format!("监管方式{mode}必填"));
            }
        }
        for (index, line) in declaration.lines.iter().enumerate() {
            if empty(&line.item_record_no) {
                let path = format!("InventoryList[{}].itemRecordNo", index + 1);
                self.note(Reason::ModeFieldWrong, &path, "", &format!("监管方式{mode}必填"));
            }
        }
    }

    /// Simplified declaration is for goods that need no licence (RULES 9.4); that they bear no export duty is judged with the
    /// match (`export/simplified.rs`).
    fn export_statistics(&mut self, declaration: &ExportDeclaration) {
        let head = &declaration.head;
        let licence = head.license_no.as_deref().unwrap_or("").trim();
        if head.statistics_flag == "A" && !licence.is_empty() {
            self.found.push(
                Finding::new(Reason::StatisticsFlagWrong)
                    .argument(format!("licenseNo:{licence}"))
                    .field("InventoryHead.statisticsFlag", &head.statistics_flag)
                    .field("InventoryHead.licenseNo", licence),
            );
        }
    }

    fn export_line(&mut self, index: usize, line: &ExportDeclarationLine, statistics_flag: &str) {
        let path = |field: &str| format!("InventoryList[{}].{field}", index + 1);
        self.filled(&path("itemNo"), &line.item_no);
        self.filled(&path("gname"), &line.gname);
        self.filled(&path("gmodel"), &line.gmodel);
        self.currency(&path("currency"), &line.currency);
        self.code(&path("country"), &line.country, self.book.codes.countries.holds(&line.country, self.day));
        self.measured(
            &path,
            [Some(&line.unit), Some(&line.unit1), line.unit2.as_ref()],
            [line.qty, line.qty1],
        );
        self.not_negative(&path("price"), line.price);
        self.line_total(&path("totalPrice"), line.price, line.qty, line.total_price);
        if line.unit == line.unit1 && line.qty != line.qty1 {
            let expected = format!("单位相同，数量应为{}", line.qty);
            self.note(Reason::QuantityUnitWrong, &path("qty1"), line.qty1, &expected);
        }
        self.second_quantity(&path("qty2"), line.unit2.is_some(), line.qty2);
        self.export_goods_code(&path("gcode"), line, statistics_flag, &path("unit1"));
    }

    /// Units of a line are known, and the quantities that it must have above zero.
    pub(super) fn measured(
        &mut self,
        path: &dyn Fn(&str) -> String,
        units: [Option<&crate::Text>; 3],
        quantities: [Decimal; 2],
    ) {
        for (field, unit) in ["unit", "unit1", "unit2"].into_iter().zip(units) {
            if let Some(unit) = unit {
                self.code(&path(field), unit, self.book.codes.units.holds(unit, self.day));
            }
        }
        for (field, quantity) in ["qty", "qty1"].into_iter().zip(quantities) {
            self.positive(&path(field), quantity);
        }
    }

    /// The second quantity and its unit are both there, or neither.
    pub(super) fn second_quantity(&mut self, path: &str, has_unit: bool, quantity: Option<Decimal>) {
        let fits = match quantity {
            None => !has_unit,
            Some(quantity) => has_unit && quantity > Decimal::ZERO,
        };
        if !fits {
            let expected = "第二数量与第二单位应同时填写且大于零";
            self.note(Reason::QuantityUnitWrong, path, quantity.unwrap_or_default(), expected);
        }
    }

    /// Of a simplified declaration the chapter alone must exist (SPEC §4.11); of the other the code, as far as the
    /// tariff here knows it.
    fn export_goods_code(&mut self, path: &str, line: &ExportDeclarationLine, flag: &str, unit_path: &str) {
        let digits = line.gcode.bytes().all(|byte| byte.is_ascii_digit());
        let chapter = line.gcode.get(..2).and_then(|chapter| chapter.parse::<u8>().ok()).unwrap_or(0);
        if !digits || !(1..=97).contains(&chapter) || chapter == RESERVED_CHAPTER {
            return self.note(Reason::CodeUnknown, path, &line.gcode, "应为10位数字且章号存在");
        }
        if flag == "A" {
            return;
        }
        let Some(row) = self.book.tariff.line(&line.gcode, self.day) else {
            self.found.push(goods_code::unknown(&self.book.tariff, path, &line.gcode, self.day));
            return;
        };
        if line.unit1 != row.unit1 {
            let expected = format!("法定第一单位为{}", row.unit1);
            self.note(Reason::StatutoryUnitWrong, unit_path, &line.unit1, &expected);
        }
    }
}

/// China among the countries.
pub(super) const CHINA: &str = "142";
/// The chapter of the tariff that is kept free.
const RESERVED_CHAPTER: u8 = 77;
