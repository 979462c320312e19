//! The match of order, money received and waybill with an export list (RULES 9.1 to 9.3): every comparison its own rule,
//! with both values; exact decimals with a tolerance, texts as sent, trimmed. What no public source compares is compared
//! where a dated parameter says so. Leaves to others when there is enough to match.

use super::{NO_PLATFORM, order_type};
use crate::finding::Finding;
use crate::matching::{amount, asked, count_differs, ordered, text};
use crate::reason::Reason;
use crate::rulebook::Law;
use ceb::{ExportDeclaration, ExportOrder, ExportPayment, ExportWaybill};

/// Compares the documents of a trade; an empty list means they agree. Merchant, order number and waybill number are the
/// keys by which they were found.
pub fn compare(
    order: &ExportOrder,
    payment: Option<&ExportPayment>,
    waybill: &ExportWaybill,
    declaration: &ExportDeclaration,
    law: &Law,
) -> Vec<Finding> {
    let mut found = Vec::new();
    lines(order, declaration, law, &mut found);
    heads(order, declaration, &mut found);
    if let Some(payment) = payment {
        found.extend(received(order, payment, law));
    }
    carriage(waybill, declaration, law, &mut found);
    found
}

/// Compares money received with its order alone: it may come after the list is concluded (RULES 9.1).
pub fn received(order: &ExportOrder, payment: &ExportPayment, law: &Law) -> Vec<Finding> {
    let mut found = Vec::new();
    let head = &order.head;
    text(
        &mut found,
        Reason::PlatformDiffers,
        "OrderHead.ebpCode",
        &head.ebp_code,
        "Receipts.ebpCode",
        &payment.ebp_code,
    );
    text(
        &mut found,
        Reason::ReceivedCurrencyDiffers,
        "OrderHead.currency",
        &head.currency,
        "Receipts.currency",
        &payment.currency,
    );
    asked(&mut found, law, (law.export_compare_received, "export_compare_received"), |found| {
        if let Some(whole) = head.goods_value.checked_add(head.freight) {
            amount(
                found,
                Reason::ReceivedAmountDiffers,
                ("OrderHead.goodsValue+freight", whole),
                ("Receipts.charge", payment.charge),
                law.amount_tolerance,
            );
        }
    });
    found
}

fn lines(order: &ExportOrder, declaration: &ExportDeclaration, law: &Law, found: &mut Vec<Finding>) {
    if count_differs(
        [&declaration.head.order_no, &order.head.order_no],
        [declaration.lines.len(), order.lines.len()],
        found,
    ) {
        return;
    }
    for (index, line) in declaration.lines.iter().enumerate() {
        let own = |field: &str| format!("InventoryList[{}].{field}", index + 1);
        let Some((at, ordered)) = ordered(&order.lines, |one| one.gnum, (index, line.gnum), found) else {
            continue;
        };
        let theirs = |field: &str| format!("OrderList[{}].{field}", at + 1);
        let texts = [
            (Reason::LineItemNumberDiffers, "itemNo", &line.item_no, &ordered.item_no),
            (Reason::LineUnitDiffers, "unit", &line.unit, &ordered.unit),
            (Reason::LineCurrencyDiffers, "currency", &line.currency, &ordered.currency),
        ];
        // The enterprise's name of the goods is optional in the list; what it does not state is not compared.
        if let Some(name) = &line.item_name {
            let (left, right) = (own("itemName"), theirs("itemName"));
            text(found, Reason::LineNameDiffers, &left, name, &right, &ordered.item_name);
        }
        for (reason, field, one, other) in texts {
            text(found, reason, &own(field), one, &theirs(field), other);
        }
        let amounts = [
            (Reason::LineQuantityDiffers, "qty", line.qty, ordered.qty, 0),
            (Reason::LinePriceDiffers, "price", line.price, ordered.price, law.amount_tolerance),
            (
                Reason::LineTotalDiffers,
                "totalPrice",
                line.total_price,
                ordered.total_price,
                law.amount_tolerance,
            ),
        ];
        for (reason, field, one, other, tolerance) in amounts {
            amount(found, reason, (&own(field), one), (&theirs(field), other), tolerance);
        }
    }
}

fn heads(order: &ExportOrder, declaration: &ExportDeclaration, found: &mut Vec<Finding>) {
    let (list, order) = (&declaration.head, &order.head);
    text(
        found,
        Reason::PlatformDiffers,
        "InventoryHead.ebpCode",
        &list.ebp_code,
        "OrderHead.ebpCode",
        &order.ebp_code,
    );
    // A platform without a code is known by its name alone.
    if list.ebp_code.trim() == NO_PLATFORM {
        text(
            found,
            Reason::PlatformNameDiffers,
            "InventoryHead.ebpName",
            &list.ebp_name,
            "OrderHead.ebpName",
            &order.ebp_name,
        );
    }
    let expected = order_type(&list.trade_mode);
    if order.order_type != expected {
        found.push(
            Finding::new(Reason::OrderTypeDiffers)
                .field("InventoryHead.tradeMode", &list.trade_mode)
                .field("OrderHead.orderType", &order.order_type)
                .field("expected", expected),
        );
    }
}

fn carriage(waybill: &ExportWaybill, declaration: &ExportDeclaration, law: &Law, found: &mut Vec<Finding>) {
    let list = &declaration.head;
    // The waybill need not name a merchant; one that it names is that of the list.
    if let Some(merchant) = &waybill.ebc_code {
        text(
            found,
            Reason::WaybillMerchantDiffers,
            "InventoryHead.ebcCode",
            &list.ebc_code,
            "Logistics.ebcCode",
            merchant,
        );
    }
    asked(found, law, (law.export_compare_weight, "export_compare_weight"), |found| {
        amount(
            found,
            Reason::GrossWeightDiffers,
            ("InventoryHead.grossWeight", list.gross_weight),
            ("Logistics.grossWeight", waybill.gross_weight),
            law.weight_tolerance,
        );
    });
    asked(found, law, (law.export_compare_parcels, "export_compare_parcels"), |found| {
        if list.pack_no != waybill.pack_no {
            found.push(
                Finding::new(Reason::ParcelCountDiffers)
                    .field("InventoryHead.packNo", list.pack_no)
                    .field("Logistics.packNo", waybill.pack_no),
            );
        }
    });
    asked(found, law, (law.export_compare_charges, "export_compare_charges"), |found| {
        let charges = [
            (Reason::FreightDiffers, "freight", list.freight, waybill.freight),
            (Reason::InsuranceDiffers, "insuredFee", list.insured_fee, waybill.insured_fee),
        ];
        for (reason, field, one, other) in charges {
            let (left, right) = (format!("InventoryHead.{field}"), format!("Logistics.{field}"));
            amount(found, reason, (&left, one), (&right, other), law.amount_tolerance);
        }
        for (field, currency) in
            [("fCurrency", &list.freight_currency), ("iCurrency", &list.insurance_currency)]
        {
            let left = format!("InventoryHead.{field}");
            text(
                found,
                Reason::ChargeCurrencyDiffers,
                &left,
                currency,
                "Logistics.currency",
                &waybill.currency,
            );
        }
    });
}
