//! Dated parameters and the view of one day: every limit, rate and window a judgement uses.

use super::later::LATER;
use super::{Confidence, Rate, TableFault, rows, term};
use crate::Text;
use ceb::Day;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// One value of a parameter, when it holds, and who says so.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Dated {
    /// In the parameter's unit.
    pub value: i64,
    /// First day.
    pub from: Day,
    /// Last day; none = until further notice.
    pub to: Option<Day>,
    /// Where it is written.
    pub source: Text,
    /// How sure that is.
    pub confidence: Confidence,
}

/// All parameters, dated.
#[derive(Clone, Default, Debug)]
pub struct Parameters {
    values: FxHashMap<Text, Vec<Dated>>,
    /// The parameters from each day on which one of them changes, ascending: every judgement asks for them.
    steps: Vec<Law>,
}

macro_rules! law {
    ($( $(#[$meta:meta])* $name:ident; )*) => {
        /// Every parameter as it stands on one day. Units as in `tables/parameters.csv`.
        #[derive(Clone, PartialEq, Eq, Default, Debug)]
        pub struct Law {
            /// The day.
            pub day: Day,
            /// The parameters that are not sure on that day.
            pub doubts: Arc<[&'static str]>,
            $( $(#[$meta])* pub $name: i64, )*
        }

        impl Parameters {
            /// The parameters of a day; a day before the first law has the first law.
            pub fn on(&self, day: Day) -> Law {
                let step = self.steps.partition_point(|step| step.day <= day).saturating_sub(1);
                self.steps.get(step).map_or_else(|| self.looked_up(day), |law| Law { day, ..law.clone() })
            }
            fn looked_up(&self, day: Day) -> Law {
                let unsure = |name: &&'static str| !self.confidence(name, day).is_sure();
                let doubts = Self::names().iter().copied().filter(unsure).collect();
                Law { day, doubts, $( $name: self.value(stringify!($name), day), )* }
            }
            fn names() -> &'static [&'static str] {
                &[$( stringify!($name), )*]
            }
        }
    };
}

law! {
    /// Most a single purchase may be worth, in fen; equality is inside.
    single_limit;
    /// Most a person may buy in a calendar year, in fen; equality is inside.
    annual_limit;
    /// Percent of statutory VAT and consumption tax due within the limits.
    tax_share;
    /// VAT, standard, percent.
    vat_standard;
    /// VAT, reduced, percent.
    vat_reduced;
    /// Tolerance of amounts between documents, 0.00001 CNY.
    amount_tolerance;
    /// Tolerance of sums and products within a document, 0.00001 CNY.
    arithmetic_tolerance;
    /// Tolerance of gross weight between list and waybill, 0.00001 kg.
    weight_tolerance;
    /// 1 = list and waybill weights are compared.
    compare_weight;
    /// 1 = freight and insurance of list and waybill are compared.
    compare_charges;
    /// 1 = freight of list and order is compared.
    compare_order_freight;
    /// Hours a declared list waits for its partners.
    partner_wait_hours;
    /// Days an `appTime` may lie back.
    app_time_past_days;
    /// Minutes an `appTime` may lie ahead.
    app_time_future_minutes;
    /// Months after which a waybill number may be used again.
    waybill_reuse_months;
    /// Days after release within which a return is applied for.
    return_apply_days;
    /// Days after release within which the goods must be back.
    return_back_days;
    /// Day after release on which bills are summarised.
    settlement_first_day;
    /// Day after release after which an unpaid bill is overdue.
    settlement_last_day;
    /// 1 = direct purchase waits for arrival.
    arrival_required;
    /// Days for which an accepted list waits for its parcel, then it ends; 0 = it waits for ever.
    arrival_wait_days;
    /// 1 = buyer may differ from payer where the platform verifies identity.
    identity_exempts_payer;
    /// Parcels of a list or waybill.
    parcels_per_list;
    /// 1 = taxes are rounded per line, 0 = once a list.
    tax_rounding_per_line;
    /// 1 = mode 1239 may be declared.
    mode_1239;
    /// Share of 9610 declarations opened at random, parts per million.
    sampling_base_9610;
    /// Of 1210.
    sampling_base_1210;
    /// Of 1239.
    sampling_base_1239;
    /// Percent of the base for grade A.
    sampling_factor_a;
    /// Percent of the base for ordinary grade.
    sampling_factor_standard;
    /// Percent of the base for grade D.
    sampling_factor_d;
    /// Share of them that is opened at random at least, whatever the mode, parts per million.
    sampling_share_d;
    /// Share that nobody escapes, parts per million.
    sampling_floor;
    /// 1 = a cancellation before release and without a look is approved at once.
    cancellation_automatic;
    /// Minutes within which a platform answers what customs asks of a payment.
    payment_data_minutes;
    /// Minutes that the times of one payment may lie apart, in that answer and in the payment document.
    payment_data_time_tolerance;
    /// Goods filing of direct purchase: 0 = not looked at, 1 = declared goods are held against it, 2 = and must be filed.
    goods_filing_9610;
    /// Of bonded goods.
    goods_filing_1210;
    /// Of bonded goods in cities without the list's exemptions.
    goods_filing_1239;
    /// 1 = a document rests on a service that the filing of its payment firm, carrier or guarantor permits that day.
    permitted_services;
    /// 1 = the modes of platform and merchant are looked at too, not only those of the declaring unit.
    modes_of_enterprises;
    /// Lane from which on a release by hand needs a second officer, by its number; 0 = none does.
    second_officer_lane;
    /// Minutes for which an officer has a trade to himself that he took from the queue.
    assignment_minutes;
    /// Trades that one decision may be taken on at once.
    bulk_decisions;
    /// 1 = the note of a list may script its outcome: for spaces in which people try, never for trades.
    scripted_outcomes;
    /// 1 = a quota that its person locked, or disputes with the seller, is not used.
    quota_guards;
    /// Minutes for which a one-time code to a consumer counts.
    consumer_code_minutes;
    /// Tries that one such code has.
    consumer_code_tries;
    /// Codes that one number, and one telephone, is sent before it has to wait.
    consumer_codes_free;
    /// Days within which platform and seller answer a dispute of a use of quota.
    dispute_answer_days;
    /// Days within which the competent agency decides it.
    dispute_decide_days;
    /// 1 = what follows from lists and grades of credit is obeyed.
    credit_obeyed;
    /// Days for which an enterprise is heard before it is put on a list that takes something from it.
    credit_hearing_days;
    /// Days within which the competent agency decides what is contested, appealed or asked of credit.
    credit_decision_days;
    /// Days for which a demand is open to offers, unless whoever asks names fewer.
    demand_days;
    /// Photographs of one inspection at most.
    inspection_photographs;
    /// Bytes of one photograph at most.
    photograph_bytes;
    /// 1 = where two look, the second officer confirms by himself; 0 = the first names him.
    inspection_second_confirms;
    /// 1 = a draft of the rulebook is published only when it was tried as it stands.
    rulebook_tried;
    /// Days for which an agency may object to what a joint case decided.
    case_objection_days;
    /// Days that a seed of the draw is drawn with; 0 = the window draws with a seed of its own.
    draw_period_days;
    /// Hours between the end of commitments and the period, in which the holders hand their secrets over.
    draw_handover_hours;
    /// Days after a period for which its seed stays secret, and what was drawn with it stands.
    draw_secret_days;
    /// Days after a period after which its seed is told, whatever is still under way.
    draw_reveal_days;
    /// Thousandths by which what a vehicle has loaded may differ from the lists of its parcels.
    bonded_gate_weight_tolerance;
    /// Thousandths by which what a unit of consolidated exports has loaded may differ from the lists of its parcels.
    consolidation_weight_tolerance;
    /// Days of each class by which indicators of parks tell how long goods have lain in stock.
    stock_ageing_days;
    /// 1 = a list of 9610 or of a special zone waits for the money receipt.
    export_payment_required;
    /// The same of exports to enterprises (9710, 9810).
    export_payment_required_enterprises;
    /// 1 = modes 9710 and 9810 may be declared.
    export_modes_enterprises;
    /// Most that a list of 9710 or 9810 may be worth, in fen; equality is inside.
    export_list_limit;
    /// 1 = the goods of simplified lists (kind A) are held against the export duties.
    export_simplified_duties;
    /// 1 = gross weights of export list and waybill are compared.
    export_compare_weight;
    /// 1 = numbers of parcels of export list and waybill are compared.
    export_compare_parcels;
    /// 1 = freight and insurance of export list and waybill are compared.
    export_compare_charges;
    /// 1 = money received is compared with the amount of the order.
    export_compare_received;
    /// 1 = a concluded export list is released when its parcel is at the site.
    export_arrival_required;
    /// 1 = and when it goes under a bill.
    export_master_required;
    /// 1 = a cancellation of an export before departure and without a look is approved at once.
    export_cancellation_automatic;
    /// Day of the month, put off to a working day, until which lists closed in the month before are summarised; 0 = always.
    export_summary_last_day;
    /// 1 = lists are summarised when the month in which they were closed is over.
    export_summary_month_over;
    /// Lists that an application to summarise has at most, all its parts together.
    export_summary_lists;
    /// 1 = lists were declared in the district where they are summarised.
    export_summary_compare_district;
    /// The state (`decState`) with which a summarised declaration begins.
    export_summary_state;
    /// Months after its departure within which goods of an export may be back.
    export_return_months;
    /// Months after its departure within which they come back free of duty and import taxes; 0 = they never do.
    export_return_relief_months;
    /// First chapter of the tariff whose goods have no such relief.
    export_return_food_first;
    /// Last chapter of it; 0 = all goods have it.
    export_return_food_last;
    /// 1 = a return of exported goods that nothing stands against is approved at once; 0 = an officer approves it.
    export_return_automatic;
    /// 1 = goods come back to the district where they were declared, elsewhere a person decides.
    export_return_compare_district;
    /// Minutes for which a site may work from its list of parcels that may pass.
    site_pass_list_minutes;
    /// 1 = what follows from lists and grades of credit for guarantee, settlement, refunds, exports and new filings is obeyed,
    /// where `credit_obeyed` is 1.
    credit_terms_obeyed;
    /// 1 = how many of a consumer's disputes were refused is told to himself and to officers with a purpose.
    consumer_conduct;
    /// Months that this looks back.
    consumer_conduct_months;
    /// Most that a parcel from Hong Kong, Macao or Taiwan may be worth, in fen; equality is inside.
    parcel_limit_near;
    /// Most that a parcel from elsewhere may be worth, in fen; equality is inside.
    parcel_limit;
    /// Tax on a parcel up to which none is due, in fen; equality is inside.
    parcel_tax_exempt;
    /// Days after which an event weighs half in facts that link parcels with trades; 0 = all weigh the same.
    linked_half_life_days;
    /// Scans of one traceability code from which on a copy is warned of, if they are from many places.
    trace_warning_scans;
    /// Places, as networks, that are many.
    trace_warning_places;
    /// Days after the arrival of the conveyance until which goods that entered first are declared.
    provisional_entry_days;
    /// 1 = they are working days; 0 = calendar days, the last put off to a working day.
    provisional_entry_working_days;
    /// Days before the last of a deadline of a book from which its holder is warned.
    bonded_warning_days;
    /// Days for which an officer may extend that deadline, once.
    provisional_entry_extension_days;
    /// Months for which goods may stay at an exhibition.
    exhibition_months;
    /// Months for which an officer may extend them, once.
    exhibition_extension_months;
    /// Day of the month after a sale at an exhibition until which its tax is paid, put off to a working day.
    exhibition_tax_day;
    /// 1 = it is paid within the year of the sale.
    exhibition_tax_same_year;
    /// 1 = a list of another enterprise, for which somebody is responsible who answers for this one too, is looked at; where
    /// `credit_obeyed` is 1.
    credit_reach;
    /// 1 = sealed rules, the draw, the grade of credit and the table of inspections hold for exports as for imports.
    export_looks;
    /// Share of lists of exports opened at random, parts per million.
    sampling_base_export;
    /// 1 = what is due of exported goods that come back, or would be without the relief, is reckoned when they are released.
    export_return_taxes;
    /// 1 = the modes of the park in which a site lies are looked at.
    modes_of_parks;
    /// 1 = goods of a bonded book may come back to another book than the one that they left.
    return_across_books;
    /// 1 = where goods are held against their filing, so are the term of the brand's authorisation and the legal quantities.
    goods_filing_terms;
    /// Whom declaring units act for: 0 = not looked at, 1 = who filed his principals declares for those alone, 2 = and must have
    /// filed them.
    powers_of_attorney;
    /// Months after the export within which tax on goods that entered a special zone is applied for; 0 = no such term.
    entry_refund_months;
    /// Hours from departure within which goods under transfer arrive in the district of exit.
    transit_transfer_hours;
    /// The working day of the next month by whose end a statement of centralised tax is paid.
    centralised_tax_working_day;
    /// Months for which leave to pay taxes together is given at most.
    centralised_tax_months;
    /// Most that a declaration of market procurement may be worth, in whole USD; equality is inside.
    market_declaration_limit;
    /// Kinds of goods up to which such a declaration names each; with more it may be declared in summary.
    market_summarised_kinds;
    /// Kinds of goods, the most valuable, that a declaration in summary names each all the same.
    market_summarised_itemised;
    /// 1 = it is declared in the district of its market.
    market_own_district;
    /// 1 = its goods are exempt from value-added tax, and none is refunded.
    market_tax_exempt;
    /// Per mille of its total by which what was received may differ when it is closed.
    market_receipt_tolerance;
    /// Share of its declarations that are looked at by the draw, parts per million.
    market_sampling;
}

impl Parameters {
    pub(super) fn load(text: &str, faults: &mut Vec<TableFault>) -> Self {
        let mut parameters = Self::default();
        let header = ["name", "value", "unit", "valid_from", "valid_to", "source", "confidence", "note"];
        rows("parameters.csv", text, header, faults, |[name, value, _, from, to, source, confidence, _]| {
            if !Self::names().contains(&name) {
                return Err(format!("no parameter is named {name}"));
            }
            if source.is_empty() {
                return Err("a parameter has a source".to_owned());
            }
            let dated = Dated {
                value: value.parse().map_err(|_| format!("{value} is not a whole number"))?,
                from: term::first_day(from)?,
                to: term::last_day(to)?,
                source: source.into(),
                confidence: Confidence::from_word(confidence)
                    .ok_or("confidence is seen, known, memory or unsure")?,
            };
            let values = parameters.values.entry(name.into()).or_default();
            if values.iter().any(|other| term::overlap((other.from, other.to), (dated.from, dated.to))) {
                return Err(format!("two rows of {name} hold on the same day"));
            }
            values.push(dated);
            values.sort_by_key(|value| value.from);
            Ok(())
        });
        for name in Self::names() {
            if !parameters.values.contains_key(*name) && !LATER.iter().any(|(later, _)| later == name) {
                faults.push(TableFault {
                    file: "parameters.csv",
                    line: 1,
                    what: format!("parameter {name} is missing"),
                });
            }
        }
        let all = parameters.values.values().flatten();
        let days = all.flat_map(|value| [Some(value.from), value.to.and_then(Day::next)]).flatten();
        let days: std::collections::BTreeSet<Day> = days.chain([Day::default()]).collect();
        parameters.steps = days.into_iter().map(|day| parameters.looked_up(day)).collect();
        parameters
    }

    /// Whether there is a parameter of this name.
    pub fn is_named(name: &str) -> bool {
        Self::names().contains(&name)
    }

    /// A parameter as it holds on a day; before its first day, as it holds then.
    pub fn dated(&self, name: &str, day: Day) -> Option<&Dated> {
        let values = self.values.get(name)?;
        values.iter().rev().find(|value| term::holds(value.from, value.to, day)).or_else(|| values.first())
    }

    fn value(&self, name: &str, day: Day) -> i64 {
        let later = || LATER.iter().find(|(later, _)| *later == name).map_or(0, |(_, value)| *value);
        self.dated(name, day).map_or_else(later, |dated| dated.value)
    }

    /// How sure the value of a parameter is on a day.
    pub fn confidence(&self, name: &str, day: Day) -> Confidence {
        self.dated(name, day).map_or(Confidence::Unsure, |dated| dated.confidence)
    }
}

impl Law {
    /// Whether a parameter is sure enough on that day that what rests on it may reject.
    pub fn is_sure_of(&self, parameter: &str) -> bool {
        !self.doubts.contains(&parameter)
    }
    /// VAT of a class.
    pub fn vat(&self, class: super::VatClass) -> Rate {
        Rate::percent(match class {
            super::VatClass::Standard => self.vat_standard,
            super::VatClass::Reduced => self.vat_reduced,
        })
    }
    /// What is asked of the goods filing in a mode: 0, 1 or 2.
    pub fn goods_filing(&self, trade_mode: &str) -> i64 {
        match trade_mode {
            "1210" => self.goods_filing_1210,
            "1239" => self.goods_filing_1239,
            _ => self.goods_filing_9610,
        }
    }
    /// The parameter that says so.
    pub fn goods_filing_parameter(trade_mode: &str) -> &'static str {
        match trade_mode {
            "1210" => "goods_filing_1210",
            "1239" => "goods_filing_1239",
            _ => "goods_filing_9610",
        }
    }
    /// Whether an export list of a mode waits for money received, and the parameter that says so.
    pub fn export_payment(&self, trade_mode: &str) -> (bool, &'static str) {
        if crate::export::to_enterprises(trade_mode) {
            return (self.export_payment_required_enterprises == 1, "export_payment_required_enterprises");
        }
        (self.export_payment_required == 1, "export_payment_required")
    }
    /// Base sampling share of a mode, parts per million.
    pub fn sampling_base(&self, trade_mode: &str) -> i64 {
        match trade_mode {
            "1210" => self.sampling_base_1210,
            "1239" => self.sampling_base_1239,
            _ => self.sampling_base_9610,
        }
    }
}
