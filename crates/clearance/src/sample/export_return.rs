//! Invented returns of exports: the application, and the tally of the parcel in which the goods come back.

use super::{DISTRICT, Export, PARTIES, bill_no, crc, guid, short_number, stamp, trailing_number};
use crate::keys::Time;
use ceb::Decimal;
use compact_str::format_compact;

impl Export {
    /// An application to bring goods of its list back: lines by their place, with pieces. `nth` tells the returns of one list
    /// apart, below 10. The parcel comes back under the waybill it left under.
    pub fn goods_back(
        &self,
        invt_no: &str,
        nth: u64,
        lines: &[(usize, Decimal)],
        now: Time,
    ) -> ceb::ExportReturn {
        let head = &self.declaration.head;
        let number = trailing_number(&head.order_no) * 10 + nth;
        let seed = u64::from(crc(&head.order_no));
        ceb::ExportReturn {
            head: Box::new(ceb::ExportReturnHead {
                guid: guid(seed, number, 213),
                app_type: "1".into(),
                app_time: stamp(now),
                app_status: "2".into(),
                customs_code: head.customs_code.clone(),
                loct_no: None,
                ebp_code: head.ebp_code.clone(),
                ebp_name: head.ebp_name.clone(),
                ebc_code: head.ebc_code.clone(),
                ebc_name: head.ebc_name.clone(),
                logistics_no: head.logistics_no.clone(),
                logistics_code: head.logistics_code.clone(),
                logistics_name: head.logistics_name.clone(),
                co_el_no: short_number('T', seed, number),
                pre_no: None,
                invt_no: invt_no.into(),
                trade_mode: Some(head.trade_mode.clone()),
                agent_code: head.agent_code.clone(),
                agent_name: head.agent_name.clone(),
                bill_no: bill_no(number),
                ie_flag: "I".into(),
                traf_mode: "5".into(),
                traf_name: "样例航班机".into(),
                port_code: DISTRICT.into(),
                reason: "样例：买家退货".into(),
                country: head.country.clone(),
                voyage_no: format_compact!("XX{:04}", number % 10_000),
                note: None,
            }),
            lines: lines.iter().filter_map(|(at, pieces)| self.line_back(*at, *pieces)).collect(),
        }
    }

    fn line_back(&self, at: usize, pieces: Decimal) -> Option<ceb::ExportReturnLine> {
        let line = self.declaration.lines.get(at)?;
        let whole = line.qty.units().max(1);
        let part = |quantity: Decimal| Decimal::from_units(quantity.units() * pieces.units() / whole);
        Some(ceb::ExportReturnLine {
            gnum: line.gnum,
            gcode: line.gcode.clone(),
            gname: line.gname.clone(),
            gmodel: line.gmodel.clone(),
            qty: pieces,
            qty1: part(line.qty1),
            unit: line.unit.clone(),
            unit1: line.unit1.clone(),
            qty2: line.qty2.map(part),
            unit2: line.unit2.clone(),
            note: None,
        })
    }

    /// The tally of its parcel by the site, naming its list or none.
    pub fn tally(&self, invt_no: Option<&str>, now: Time) -> ceb::ReturnTally {
        let head = &self.declaration.head;
        let (number, seed) = (trailing_number(&head.order_no), u64::from(crc(&head.order_no)));
        let operator = &PARTIES[10];
        ceb::ReturnTally {
            guid: guid(seed, number, 215),
            app_type: "1".into(),
            app_time: stamp(now),
            app_status: "2".into(),
            customs_code: DISTRICT.into(),
            operator_code: operator.0.into(),
            operator_name: operator.1.into(),
            logistics_code: head.logistics_code.clone(),
            logistics_name: head.logistics_name.clone(),
            logistics_no: head.logistics_no.clone(),
            invt_no: invt_no.map(Into::into),
            co_el_no: short_number('L', seed, number),
            pre_no: None,
            bill_no: bill_no(number),
            ie_flag: "I".into(),
            traf_mode: "5".into(),
            traf_name: "样例航班机".into(),
            voyage_no: format_compact!("XX{:04}", number % 10_000),
            location: None,
            note: None,
        }
    }
}
