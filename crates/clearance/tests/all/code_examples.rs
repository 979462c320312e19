//! Examples of the catalogue that the pure core gives: for every rule that the examples of the server do not meet, a case is judged and
//! its answer held against `tables/rule_examples.csv`; `ONEWINDOW_UPDATE=1` writes it anew.

use crate::bonded::{HOLDER, NUMBER, kept, returned_across};
use crate::deadlines::{go_to, released_on};
use crate::signatures::{RECORDED, Signers, signed};
use crate::support::{NOW, Window, arrived, key, trade};
use crate::{
    export_parcels as parcels, goods, inspections, permits, standing, summaries, summary_periods, verdicts,
};
use book::Book;
use ceb::{Decimal, Document, Style};
use clearance::event::{ActionKind, Cause, OfficerAction};
use clearance::inspection::Measure;
use clearance::keys::{Position, Time};
use clearance::outcome::Outcome;
use clearance::party::Entrusted;
use clearance::reason::Reason;
use clearance::record::{Actor, Record, RecordKey, Register};
use clearance::sample::{self, Export, Trade, stamp};
use clearance::{bonded, example, guard, transit};
use std::sync::Arc;

/// What was sent or decided, in English and in Chinese.
type Case = [&'static str; 2];

/// What was judged, in the order of the table.
#[derive(Default)]
struct Seen {
    rows: Vec<[String; 7]>,
    /// Cases that did not bring their rule about, with what was answered instead.
    missing: Vec<String>,
}

impl Seen {
    /// The last answer in a window that has the rule: of these documents.
    #[track_caller]
    fn add(&mut self, reason: Reason, case: Case, window: &Window, sent: &[Document]) {
        let mut xml = Vec::new();
        for document in sent {
            ceb::write_document(document, Style::Prefixed, &mut xml);
        }
        let Some(outcome) = self.last(window, reason) else { return };
        let kind = sent.last().map(Document::kind);
        let finding = outcome.answer.findings.iter().find(|one| one.reason == reason).unwrap();
        let paths: Vec<&str> = finding.fields.iter().map(|field| field.path.as_str()).collect();
        let fragment = example::fragment(std::str::from_utf8(&xml).unwrap(), &paths);
        let told = finding.text_zh(kind);
        self.row(reason, case, outcome, told, fragment);
    }

    /// The last answer that has the rule: to an officer's decision.
    #[track_caller]
    fn decided(&mut self, reason: Reason, case: Case, window: &Window, decision: &str) {
        let Some(outcome) = self.last(window, reason) else { return };
        let finding = outcome.answer.findings.iter().find(|one| one.reason == reason).unwrap();
        self.row(reason, case, outcome, finding.text_zh(None), decision.to_owned());
    }

    /// The last answer that has the rule.
    fn last<'a>(&mut self, window: &'a Window, reason: Reason) -> Option<&'a Outcome> {
        let has = |outcome: &&Outcome| outcome.answer.findings.iter().any(|one| one.reason == reason);
        let found = window.outcomes.iter().rev().find(has);
        if found.is_none() {
            let told = |one: &Outcome| format!("{} {}", one.answer.status, one.answer.info);
            let told: Vec<String> = window.outcomes.iter().map(told).collect();
            self.missing.push(format!("{}: {}", reason.word(), told.join(" | ")));
        }
        found
    }

    fn row(&mut self, reason: Reason, [en, zh]: Case, outcome: &Outcome, told: String, fragment: String) {
        if fragment.is_empty() || told.contains("[*]") {
            self.missing.push(format!("{en}: {told} {fragment}"));
        }
        let status = outcome.answer.status;
        let code = match reason.customs_code() {
            Some(code) => code.to_owned(),
            None if status < -1 => status.to_string(),
            None => String::new(),
        };
        let info = outcome.answer.info.as_str();
        let text = if info.contains(&told) { info.to_owned() } else { told };
        let mut rules: Vec<&str> = Vec::new();
        for finding in &outcome.answer.findings {
            if !rules.contains(&finding.reason.word()) {
                rules.push(finding.reason.word());
            }
        }
        let state = if status > 0 { status.to_string() } else { "none".to_owned() };
        self.rows.push([code, rules.join(" "), state, en.to_owned(), zh.to_owned(), text, fragment]);
    }
}

fn later(minutes: i64) -> ceb::Stamp {
    stamp(Time(NOW.0 + minutes * 60_000))
}

/// Documents that are wrong in themselves.
fn of_fields(seen: &mut Seen) {
    let mut one = |reason, case: Case, document: Document| {
        let mut window = Window::without_draws();
        window.send(document.clone());
        seen.add(reason, case, &window, &[document]);
    };
    let clean = trade(1);
    let mut payment = clean.payment.clone();
    payment.payer_name = " ".into();
    let case = ["payment with a blank name of the payer", "支付单付款人姓名为空白"];
    one(Reason::FieldInvalid, case, Document::Payment(payment));
    let mut order = clean.order.clone();
    order.head.app_time = later(10 * 24 * 60);
    let case = ["order sent with a time that lies ten days ahead", "订单报送时间晚于当前时间十天"];
    one(Reason::TimeOutOfWindow, case, Document::Order(order));
    // The largest that a field of the message holds.
    let most = Decimal::parse("99999999999999").unwrap();
    let mut list = clean.declaration.clone();
    (list.lines[0].price, list.lines[0].qty) = (most, Decimal::ONE);
    (list.lines[0].qty1, list.lines[0].total_price) = (Decimal::ONE, most);
    let case = ["list with a price beyond what is reckoned with", "清单价格超出可计算范围"];
    one(Reason::AmountOutOfRange, case, Document::Declaration(list));
    let mut order = clean.order.clone();
    order.lines[0].price = order.lines[0].price.checked_add(Decimal::ONE).unwrap();
    let case = ["order line whose total is not price times quantity", "订单表体总价不等于单价乘以数量"];
    one(Reason::LineTotalWrong, case, Document::Order(order));
    let mut list = clean.declaration.clone();
    list.head.net_weight = Decimal::from_whole(99);
    let case = ["list whose net weight is above its gross weight", "清单净重大于毛重"];
    one(Reason::WeightWrong, case, Document::Declaration(list));
    let mut list = clean.declaration.clone();
    list.lines[0].qty1 = list.lines[0].qty.checked_add(Decimal::ONE).unwrap();
    list.lines[0].unit1 = list.lines[0].unit.clone();
    let case = ["list line with equal units and unequal quantities", "清单表体单位相同而数量不同"];
    one(Reason::QuantityUnitWrong, case, Document::Declaration(list));
    let mut list = clean.declaration.clone();
    list.lines[0].unit1 = "012".into();
    let case = ["list line in a unit that the tariff does not have for it", "清单表体法定单位与税则不符"];
    one(Reason::StatutoryUnitWrong, case, Document::Declaration(list));
    let mut export = Export::new(1, 5, NOW);
    export.declaration.head.license_no = Some("XK-1".into());
    let case = ["export list of kind A that names a licence", "A类出口清单填写了许可证号"];
    one(Reason::StatisticsFlagWrong, case, Document::ExportDeclaration(export.declaration));
}

/// Who may send, and by which means.
fn of_parties(seen: &mut Seen) {
    let mut signers = Signers::new(&[]);
    let now = signers.zone.now;
    signers.revoke(RECORDED, now, None);
    signers.told(signed(RECORDED, "sm2-sm3"));
    let list = Document::Declaration(signers.trade.declaration.clone());
    let case = ["list signed with a certificate that its party had revoked", "清单使用已吊销的证书加签"];
    seen.add(Reason::CertificateRevoked, case, &signers.zone, std::slice::from_ref(&list));
    let mut signers = Signers::new(&["sm2-sm3"]);
    signers.told(signed(RECORDED, "rsa-sha1"));
    let case = [
        "list signed with RSA by a party whose filing accepts SM2 alone",
        "申报单位备案仅接受SM2，清单以RSA加签",
    ];
    seen.add(Reason::AlgorithmNotAccepted, case, &signers.zone, &[list]);
    let clean = trade(1);
    let mut window = Window::without_draws();
    window.parameter("permitted_services,0", "permitted_services,1");
    permits::refile(&mut window, &clean.payment.pay_code, |filing| filing.services.clear());
    let payment = Document::Payment(clean.payment.clone());
    window.send(payment.clone());
    let case = ["payment of a firm whose filing permits no payment service", "支付企业备案未许可支付业务"];
    seen.add(Reason::ServiceNotPermitted, case, &window, &[payment]);
    let mut window = Window::without_draws();
    permits::refile(&mut window, &clean.declaration.head.agent_code, |filing| {
        filing.modes = vec!["1210".into()];
    });
    let case = [
        "list in a mode that the filing of its declaring unit does not name",
        "清单的监管方式不在申报单位备案所列之内",
    ];
    judged(seen, Reason::ModeNotPermitted, case, window, &clean);
    let mut window = Window::without_draws();
    permits::placed(&mut window, "KMG8620001", &["1210"], true);
    let mut elsewhere = clean.clone();
    elsewhere.declaration.head.loct_no = Some("KMG8620001".into());
    let case = [
        "list that names a site in a park that may do other modes",
        "清单所填监管场所所在园区未获准开展该监管方式",
    ];
    judged(seen, Reason::ModeNotOfPark, case, window, &elsewhere);
    let mut window = Window::without_draws();
    permits::refile(&mut window, &clean.declaration.head.agent_code, |filing| {
        let valid_from = filing.valid_from;
        filing.principals = vec![Entrusted { code: "5301960299".into(), valid_from, valid_to: None }];
    });
    let case = [
        "list for a merchant that is none of the principals that its declaring unit filed",
        "清单的电商企业不在申报单位备案的委托企业之内",
    ];
    judged(seen, Reason::PrincipalNotNamed, case, window, &clean);
    let mut window = Window::without_draws();
    let export = Export::new(1, 5, NOW);
    permits::refile(&mut window, export.payment.pay_code.as_deref().unwrap(), |filing| {
        filing.services = vec![permits::service("internet-payment")];
    });
    let mut sent = Vec::new();
    for (sender, document) in std::iter::once(export.received()).chain(export.documents()) {
        window.send_as(&sender, document.clone());
        sent.push(document);
    }
    let case = [
        "export whose money was received by a firm that may not collect it across the border",
        "出口货款由未获准跨境收款的支付企业收取",
    ];
    seen.add(Reason::CollectionNotPermitted, case, &window, &sent);
    let mut window = Window::without_draws();
    let other = sample::exchange_id(&clean.payment.pay_code).unwrap();
    let order = Document::Order(clean.order.clone());
    let mut came = arrived(&clean.order.head.ebp_code, order.clone());
    came.copies = vec![came.recipient.clone(), other.into()];
    window.run(Cause::Document(Arc::new(came)));
    let case =
        ["order whose receipts are asked for at another's exchange id", "订单请求把回执抄送他人的传输编号"];
    seen.add(Reason::SubscriptionNotShared, case, &window, &[order]);
    let mut window = Window::without_draws();
    window.table("credit_measures.csv", |text| text.replace("black,may_declare,1,", "black,may_declare,0,"));
    standing::stands(&mut window, Register::CreditList, &standing::seller(&clean), "black", 100);
    judged(
        seen,
        Reason::CreditBars,
        ["list of a merchant whose credit bars him", "电商企业因信用名单不得申报"],
        window,
        &clean,
    );
}

/// Sends a whole trade and keeps what its list was answered.
#[track_caller]
fn judged(seen: &mut Seen, reason: Reason, case: Case, mut window: Window, trade: &Trade) {
    window.trade(trade);
    let sent: Vec<Document> = trade.documents().into_iter().map(|(_, document)| document).collect();
    seen.add(reason, case, &window, &sent);
}

/// Lists of their quota, their guarantee, the tariff.
fn of_lists(seen: &mut Seen) {
    let clean = trade(1);
    let list = Document::Declaration(clean.declaration.clone());
    let person = guard::person(&clean.declaration.head.buyer_id_number);
    let seller = clean.declaration.head.ebc_code.clone();
    for (reason, key, state, case) in [
        (
            Reason::QuotaLocked,
            guard::lock_of(&person),
            "locked",
            ["list of a buyer who locked his quota", "订购人已锁定本人额度"],
        ),
        (
            Reason::QuotaDisputed,
            guard::dispute_of(&person, &seller),
            "open",
            [
                "list of a buyer who disputes an earlier use by this seller",
                "订购人对该商户此前使用额度有异议",
            ],
        ),
    ] {
        let mut window = Window::without_draws();
        window.facts.records.insert(key.clone(), Arc::new(record(key, state)));
        judged(seen, reason, case, window, &clean);
    }
    let account = ledger::Account::quota(clean.declaration.head.buyer_id_number.clone(), 2026);
    let mut window = Window::without_draws();
    let balance = ledger::Balance { posted: 0, held: 2_599_999, limit: Some(2_600_000) };
    window.facts.balances.insert(account, balance);
    let case = ["list of a buyer whose other purchases are under way", "购买人其他在途清单已占用年度额度"];
    judged(seen, Reason::AnnualLimit, case, window, &clean);
    let mut window = Window::without_draws();
    permits::refile(&mut window, &clean.declaration.head.assure_code, |filing| filing.guarantee_limit = 1);
    let case = ["list whose guarantor has a guarantee of one fen left", "担保企业担保余额仅剩一分"];
    judged(seen, Reason::GuaranteeInsufficient, case, window, &clean);
    let of_tariff = |change: &[(usize, &str)]| {
        let mut window = Window::without_draws();
        window.table("tariff.csv", |text| verdicts::tariff_row(text, &clean, change));
        window
    };
    let case =
        ["list with goods that the list of retail imports does not have", "商品不在零售进口商品清单内"];
    judged(seen, Reason::GoodsNotListed, case, of_tariff(&[(10, "no")]), &clean);
    let case =
        ["list whose goods rest on a row of the tariff that is not sure", "商品依据的税则参数尚不确定"];
    judged(seen, Reason::UncertainRow, case, of_tariff(&[(10, "yes"), (12, "unsure")]), &clean);
    let rules = |lane: &str| {
        let mut window = Window::without_draws();
        let text = format!("id,valid_from,valid_to,lane,condition,note\nr,20190101,,{lane},lines >= 1,\n");
        window.table("risk_rules.csv", |_| text);
        window
    };
    let case = ["list that a risk rule rejects", "清单命中风险规则被退单"];
    judged(seen, Reason::RiskRejected, case, rules("reject"), &clean);
    let case = ["list that is chosen for a look at its documents", "清单被选取单证审核"];
    judged(seen, Reason::SelectedForReview, case, rules("document-check"), &clean);
    let case = ["list whose parcel is chosen for inspection", "包裹被选取查验"];
    judged(seen, Reason::SelectedForInspection, case, rules("inspection"), &clean);
    // What is missing after the days in which it is waited for.
    for (reason, missing, case) in [
        (Reason::OrderMissing, 0, ["list whose order did not come in time", "等待期内未收到订单"]),
        (Reason::PaymentMissing, 1, ["list whose payment did not come in time", "等待期内未收到支付单"]),
        (Reason::WaybillMissing, 2, ["list whose waybill did not come in time", "等待期内未收到运单"]),
    ] {
        let mut window = Window::without_draws();
        for (index, (_, document)) in clean.documents().into_iter().enumerate() {
            if index != missing {
                window.send(document);
            }
        }
        window.wait_days(4);
        seen.add(reason, case, &window, std::slice::from_ref(&list));
    }
    let mut window = Window::without_draws();
    window.trade(&clean);
    window.wait_days(31);
    let case = ["list whose parcel did not come in time", "等待期内包裹未运抵"];
    seen.add(Reason::ArrivalMissing, case, &window, std::slice::from_ref(&list));
    let late = Document::Arrival(Trade::arrival(1, &[&clean], window.now).unwrap());
    window.send(late.clone());
    let case = ["arrival of a parcel whose list has ended", "清单已失效的包裹运抵"];
    seen.add(Reason::ArrivalUnclaimed, case, &window, &[late]);
    let mut window = Window::without_draws();
    window.trade(&clean);
    window.arrive(&clean);
    let mut order = clean.order.clone();
    (order.head.app_type, order.head.app_time) = ("2".into(), later(1));
    window.now = Time(NOW.0 + 60_000);
    window.send(Document::Order(order.clone()));
    let case = ["change of an order whose list is released", "变更已放行清单的订单"];
    seen.add(Reason::AlreadyReleased, case, &window, &[Document::Order(order)]);
    let (mut window, sold) = released_on(20_260_901);
    go_to(&mut window, 20_261_009);
    let back = sold.return_goods(&window.entry(&sold), &[(0, Decimal::ONE)], window.now);
    window.apply_for_return(&sold);
    let case = ["return applied for after the days for returns", "超过退货申请期限后申请退货"];
    seen.add(Reason::ReturnWindowClosed, case, &window, &[Document::Return(back)]);
    of_lines(seen);
}

fn record(key: RecordKey, state: &str) -> Record {
    let at = Position { writer: 0, sequence: 3 };
    Record {
        key,
        version: 1,
        state: state.into(),
        parties: Vec::new(),
        created: NOW,
        changed: NOW,
        first: at,
        last: at,
        previous: None,
        actor: Actor::default(),
        action: "lock".into(),
        note: String::new(),
        format: 1,
        body: "{}".to_owned(),
        charges: Vec::new(),
    }
}

/// Lines that differ from their order in price or quantity.
fn of_lines(seen: &mut Seen) {
    let product = |line: &ceb::DeclarationLine| {
        Decimal::from_units(line.price.product(line.qty).unwrap() / Decimal::ONE.units())
    };
    let mut changed = (11..).map(trade).find(|one| one.declaration.lines[0].qty > Decimal::ONE).unwrap();
    let line = &mut changed.declaration.lines[0];
    line.price = line.price.checked_add(Decimal::ONE).unwrap();
    line.total_price = product(line);
    let case = ["price other than in the order", "清单单价与订单不同"];
    judged(seen, Reason::LinePriceDiffers, case, Window::without_draws(), &changed);
    let mut changed = (11..).map(trade).find(|one| one.declaration.lines[0].price > Decimal::ONE).unwrap();
    let line = &mut changed.declaration.lines[0];
    line.qty = line.qty.checked_add(Decimal::ONE).unwrap();
    line.total_price = product(line);
    let case = ["quantity other than in the order", "清单数量与订单不同"];
    judged(seen, Reason::LineQuantityDiffers, case, Window::without_draws(), &changed);
}

/// Bonded goods and their book, goods and their filing.
fn of_goods(seen: &mut Seen) {
    let mut of_book = |reason, case: Case, change: &dyn Fn(&mut Window, &mut Trade)| {
        let mut window = Window::without_draws();
        let mut trade = kept(&mut window, 1, 10);
        change(&mut window, &mut trade);
        let list = Document::Declaration(trade.declaration);
        window.send(list.clone());
        seen.add(reason, case, &window, &[list]);
    };
    let case = ["list of an item that the bonded book does not have", "清单所填备案序号在账册中不存在"];
    of_book(Reason::BookItemUnknown, case, &|_, trade| {
        trade.declaration.lines[0].item_record_no = Some("9".into());
    });
    let case = ["list of more pieces than the bonded book has", "清单数量超过账册可用数量"];
    of_book(Reason::BookShort, case, &|window, _| {
        window.facts.bonded.stocks.clear();
        kept(window, 1, 1);
    });
    let case = ["list whose goods code is not that of the book's item", "清单商品编码与账册项不同"];
    of_book(Reason::BookItemDiffers, case, &|window, _| {
        let stocks = &mut window.facts.bonded.stocks;
        stocks.values_mut().for_each(|stock| stock.item.gcode = "0000000001".into());
    });
    let case = ["list from a bonded book whose stocks are being counted", "账册盘点期间申报清单"];
    of_book(Reason::BookStopped, case, &|window, _| {
        let id = bonded::book_id(HOLDER, NUMBER);
        let book = window.facts.bonded.books.remove(&id).unwrap();
        window.facts.bonded.books.insert(id, Book { counting: Some("PD1".into()), ..book });
    });
    let mut window = Window::without_draws();
    let trade = kept(&mut window, 1, 10);
    window.facts.bonded.books.clear();
    let case = ["list from a bonded book that is not kept here", "清单账册不在本窗口管理"];
    judged(seen, Reason::BookNotChecked, case, window, &trade);
    let single = goods::single();
    let filed =
        |hs_code: &str| clearance::goods::Declared { hs_code: hs_code.into(), ..goods::right(&single) };
    let ended = clearance::goods::Declared {
        brand: (None, ceb::Day::from_number(20_261_122)),
        ..goods::right(&single)
    };
    let heavier = clearance::goods::Declared {
        factors: (Some(Decimal::from_whole(99)), None),
        ..goods::right(&single)
    };
    for (reason, level, filing, case) in [
        (
            Reason::GoodsFilingDiffers,
            1,
            Some(("filed", Some(filed("9999999999")))),
            ["list whose goods code is not that of the goods filing", "清单商品编码与商品备案不同"],
        ),
        (
            Reason::GoodsFilingNotInForce,
            1,
            Some(("revoked", None)),
            ["list of goods whose filing was revoked", "清单商品的备案已撤销"],
        ),
        (Reason::GoodsNotFiled, 2, None, ["list of goods that are not filed", "清单商品未备案"]),
        (
            Reason::BrandNotAuthorised,
            1,
            Some(("filed", Some(ended))),
            [
                "list of goods whose brand authorisation ended the day before",
                "清单商品的品牌授权已于前一日到期",
            ],
        ),
        (
            Reason::GoodsQuantityDiffers,
            1,
            Some(("filed", Some(heavier))),
            ["list whose legal quantity is not that of the goods filing", "清单法定数量与商品备案的换算不同"],
        ),
    ] {
        let mut window = goods::window(level);
        if let Some((state, filed)) = filing {
            goods::file(&mut window, &single, state, filed);
        }
        judged(seen, reason, case, window, &single);
    }
}

/// What officers decide.
fn of_officers(seen: &mut Seen) {
    let clean = trade(1);
    let mut window = Window::without_draws();
    window.trade(&clean);
    window.act(&clean, ActionKind::Approve);
    let case = ["officer approves a list that waits for no review", "对不在审核中的清单核准"];
    seen.decided(Reason::ActionForbidden, case, &window, "{\"action\": \"approve\", \"version\": 4}");
    let stale = OfficerAction {
        id: "stale".into(),
        officer: "样例关员".into(),
        party: "8620000001".into(),
        order: key(&clean),
        version: 1,
        kind: ActionKind::Suspend,
        text: "样例".into(),
    };
    window.run(Cause::Action(Arc::new(stale)));
    let case = ["officer decides on a version that is no longer the last", "按已过期的版本作出决定"];
    seen.decided(Reason::VersionOutdated, case, &window, "{\"action\": \"suspend\", \"version\": 1}");
    window.act(&clean, ActionKind::Suspend);
    window.act(&clean, ActionKind::Reject);
    let case = ["officer rejects a list", "关员退单"];
    let decision = "{\"action\": \"reject\", \"text\": \"样例\"}";
    seen.decided(Reason::ManuallyRejected, case, &window, decision);
    let mut window = Window::without_draws();
    let rules = "id,valid_from,valid_to,lane,condition,note\nr,20190101,,hold,lines >= 1,\n";
    window.table("risk_rules.csv", |_| rules.to_owned());
    window.trade(&clean);
    window.act_as("甲", &clean, ActionKind::Release);
    window.act_as("甲", &clean, ActionKind::Release);
    let case = ["the officer who proposed a release confirms it himself", "提出放行的关员自行复核"];
    seen.decided(Reason::SecondOfficerNeeded, case, &window, "{\"action\": \"release\", \"version\": 5}");
    let (mut window, looked) = inspections::looked_at();
    let nothing = inspections::inspection(Vec::new(), Measure::Release);
    inspections::record(&mut window, &looked, nothing);
    let case = ["inspection recorded without a result", "查验记录没有查验结果"];
    seen.decided(Reason::InspectionFaulty, case, &window, "{\"found\": [], \"measure\": \"release\"}");
    let prohibited = inspections::inspection(vec![inspections::found(1, "prohibited")], Measure::Release);
    inspections::record(&mut window, &looked, prohibited);
    let case = ["prohibited goods were found and are to be released", "查获禁止进境物品却作放行处置"];
    let decision = "{\"found\": [{\"line\": 1, \"result\": \"prohibited\"}], \"measure\": \"release\"}";
    seen.decided(Reason::MeasureForbidden, case, &window, decision);
    let infringing = inspections::inspection(vec![inspections::found(0, "infringing")], Measure::DetainLegal);
    inspections::record(&mut window, &looked, infringing);
    window.act(&looked, ActionKind::ConfirmInspection);
    let case = ["the officer who recorded an inspection confirms it himself", "记录查验的关员自行复核"];
    seen.decided(Reason::SecondInspectorNeeded, case, &window, "{\"action\": \"confirm-inspection\"}");
    let mut window = Window::without_draws();
    let (left, mut received) = returned_across(&mut window);
    received.to = received.from.clone();
    window.act(&left, ActionKind::ReceiveReturnAt(Box::new(received)));
    let case = [
        "returned goods are to come to another book, and the one that they left is named",
        "退货拟入其他账册，所填却为原账册",
    ];
    let decision =
        format!("{{\"action\": \"receive-return\", \"book\": \"{}\"}}", bonded::book_id(HOLDER, NUMBER));
    seen.decided(Reason::ReturnBookUnfit, case, &window, &decision);
}

/// A whole export with a change, the money received before it, under a law with parameters changed.
#[track_caller]
fn exported(
    seen: &mut Seen,
    reason: Reason,
    case: Case,
    parameters: &[(&str, &str)],
    change: &dyn Fn(&mut Export),
) {
    let mut window = Window::new();
    parameters.iter().for_each(|(from, to)| window.parameter(from, to));
    let mut changed = Export::new(1, 11, NOW);
    change(&mut changed);
    let (sender, received) = changed.received();
    window.send_as(&sender, received.clone());
    let mut sent = vec![received];
    for (sender, document) in changed.documents() {
        window.send_as(&sender, document.clone());
        sent.push(document);
    }
    seen.add(reason, case, &window, &sent);
}

fn of_exports(seen: &mut Seen) {
    let one = |seen: &mut Seen, reason, case: Case, change: &dyn Fn(&mut Export)| {
        exported(seen, reason, case, &[], change);
    };
    one(
        seen,
        Reason::PlatformDiffers,
        ["export list that names another platform than its order", "出口清单与订单的电商平台不同"],
        &|one| {
            one.declaration.head.ebp_code = "5301960102".into();
            one.declaration.head.ebp_name = "样例滇池优选平台".into();
        },
    );
    one(
        seen,
        Reason::PlatformNameDiffers,
        ["foreign platform without a code under two names", "无代码境外平台的名称不同"],
        &|one| {
            for (code, name) in [
                (&mut one.order.head.ebp_code, &mut one.order.head.ebp_name),
                (&mut one.payment.ebp_code, &mut one.payment.ebp_name),
                (&mut one.declaration.head.ebp_code, &mut one.declaration.head.ebp_name),
            ] {
                (*code, *name) = ("无".into(), "Sample Mall".into());
            }
            one.declaration.head.ebp_name = "Another Mall".into();
        },
    );
    one(
        seen,
        Reason::OrderTypeDiffers,
        ["export order of type B under mode 9610", "9610清单对应B类订单"],
        &|one| {
            one.order.head.order_type = "B".into();
        },
    );
    one(
        seen,
        Reason::LineItemNumberDiffers,
        ["export line under another article number", "出口清单表体货号与订单不同"],
        &|one| {
            one.declaration.lines[0].item_no = "OTHER".into();
        },
    );
    one(
        seen,
        Reason::LineCurrencyDiffers,
        ["export line in another currency", "出口清单表体币制与订单不同"],
        &|one| {
            one.declaration.lines[0].currency = "502".into();
        },
    );
    one(
        seen,
        Reason::ReceivedCurrencyDiffers,
        ["money received in another currency than the order's", "收款单币制与订单不同"],
        &|one| {
            one.payment.currency = "502".into();
        },
    );
    one(
        seen,
        Reason::WaybillMerchantDiffers,
        ["export waybill that names another merchant", "出口运单电商企业与清单不同"],
        &|one| {
            one.waybill.ebc_code = Some("5301960202".into());
        },
    );
    let sure = ("no public source compares it,unsure", "no public source compares it,known");
    let received = [("export_compare_received,0,", "export_compare_received,1,"), sure];
    let case = ["money received is another amount than the order's", "收款金额与订单不同"];
    exported(seen, Reason::ReceivedAmountDiffers, case, &received, &|one| {
        one.payment.charge = Decimal::from_whole(1)
    });
    let parcels = [("export_compare_parcels,0,", "export_compare_parcels,1,"), sure];
    let case = ["export waybill of another number of parcels", "出口运单件数与清单不同"];
    exported(seen, Reason::ParcelCountDiffers, case, &parcels, &|one| one.waybill.pack_no = 3);
    let charges = [("export_compare_charges,0,", "export_compare_charges,1,"), sure];
    let case =
        ["freight of the export list in another currency than the waybill's", "出口清单运费币制与运单不同"];
    exported(seen, Reason::ChargeCurrencyDiffers, case, &charges, &|one| {
        one.declaration.head.freight_currency = "502".into();
    });
    let dear = |one: &mut Export| {
        *one = Export::new(1, 9, NOW).in_mode("9710");
        let (price, piece) = (Decimal::from_whole(5_001), Decimal::ONE);
        one.order.lines.truncate(1);
        one.declaration.lines.truncate(1);
        let (ordered, declared) = (&mut one.order.lines[0], &mut one.declaration.lines[0]);
        (ordered.qty, ordered.price, ordered.total_price) = (piece, price, price);
        (declared.qty, declared.qty1, declared.price, declared.total_price) = (piece, piece, price, price);
        one.order.head.goods_value = price;
        one.payment.charge = price;
    };
    let known = [("announcement 2020-75,memory,most that", "announcement 2020-75,known,most that")];
    let case = ["export list of mode 9710 above the limit of a list", "9710清单超过单票限额"];
    exported(seen, Reason::ExportValueOverLimit, case, &known, &dear);
    let mut window = Window::new();
    window.table("export_duties.csv", |text| format!("{text}6109,10,20190101,,sample,known,\n"));
    let mut dutiable = Export::new(1, 11, NOW);
    dutiable.declaration.lines.iter_mut().for_each(|line| line.gcode = "6109100021".into());
    for (sender, document) in dutiable.documents() {
        window.send_as(&sender, document);
    }
    let case = ["simplified export list of goods that bear an export duty", "A类出口清单商品应征出口关税"];
    let list = Document::ExportDeclaration(dutiable.declaration);
    seen.add(Reason::SimplifiedDutiable, case, &window, &[list]);
    let case = ["export list of mode 9710 in a currency for which there is no rate", "9710清单币制无汇率"];
    exported(seen, Reason::ExportValueNotConverted, case, &[], &|one| {
        dear(one);
        one.declaration.lines[0].currency = "502".into();
        (one.order.lines[0].currency, one.order.head.currency) = ("502".into(), "502".into());
        one.payment.currency = "502".into();
    });
    let clean = Export::new(1, 2, NOW);
    let list = Document::ExportDeclaration(clean.declaration.clone());
    let mut window = Window::new();
    window.send(list.clone());
    window.wait_days(4);
    let case = ["export list whose order did not come in time", "等待期内未收到出口订单"];
    seen.add(Reason::ExportOrderMissing, case, &window, std::slice::from_ref(&list));
    let case = ["export list whose waybill did not come in time", "等待期内未收到出口运单"];
    seen.add(Reason::ExportWaybillMissing, case, &window, std::slice::from_ref(&list));
    let mut window = Window::new();
    window
        .parameter("export_payment_required,0,0 or 1,20241215", "export_payment_required,1,0 or 1,20241215");
    window.parameter("announcement 2024-167,memory", "announcement 2024-167,known");
    for (sender, document) in clean.documents() {
        window.send_as(&sender, document);
    }
    window.wait_days(4);
    let case = ["export list whose money receipt did not come in time", "等待期内未收到收款单"];
    seen.add(Reason::ReceivedMissing, case, &window, &[list]);
}

/// What comes after export lists.
fn of_bills(seen: &mut Seen) {
    let mut window = Window::new();
    let trades = parcels::exports(3);
    trades.iter().for_each(|one| parcels::declare(&mut window, one));
    window.send(parcels::master(&trades[..2]));
    let second = parcels::master(&trades[1..]);
    window.send(second.clone());
    let case = ["master list with a parcel that another bill has", "总分单包含已归入其他总单的包裹"];
    seen.add(Reason::ParcelUnderAnotherBill, case, &window, &[second]);
    let mut moving = window.clone();
    let parcel = transit::key(&parcels::waybill(&trades[0]));
    moving.facts.records.insert(parcel.clone(), Arc::new(record(parcel, transit::HELD)));
    let gone = parcels::departure(&trades[..1]);
    moving.send(gone.clone());
    let case =
        ["departure with a parcel that is under transfer to another district", "离境单包含转关途中的包裹"];
    seen.add(Reason::ParcelInTransfer, case, &moving, &[gone]);
    let list = transit::key_of_list(&trades[1].key());
    moving.facts.records.insert(list.clone(), Arc::new(record(list, transit::HELD)));
    let entry = parcels::entry(&moving, &trades[1]);
    let unmoved = Document::ExportCancellation(trades[1].cancellation(&entry, NOW));
    moving.send(unmoved.clone());
    let case = [
        "cancellation of an export list that is under transfer to another district",
        "申请撤销转关途中的出口清单",
    ];
    seen.add(Reason::ListInTransfer, case, &moving, &[unmoved]);
    window.send(parcels::arrival(&trades[..2]));
    window.send(parcels::departure(&trades[..2]));
    let entry = parcels::entry(&window, &trades[1]);
    let late = Document::ExportCancellation(trades[1].cancellation(&entry, NOW));
    window.send(late.clone());
    let case = ["cancellation of an export list whose parcel has left", "包裹离境后申请撤销出口清单"];
    seen.add(Reason::ExportStateForbidsCancellation, case, &window, &[late]);
}

fn of_summaries(seen: &mut Seen) {
    let (clean, exports, numbers) = summaries::closed(3);
    let good = summaries::application(&exports, &numbers);
    let mut one = |reason, case: Case, window: &mut Window, application: &ceb::SummaryApplication| {
        summaries::send(window, application);
        seen.add(reason, case, window, &[Document::SummaryApplication(application.clone())]);
    };
    let mut unknown = good.clone();
    unknown.lines[0].invt_no = "86202026E999999999".into();
    let case = ["summary with a list number that was never given", "汇总申请含有未曾核发的清单编号"];
    one(Reason::SummarisedListUnknown, case, &mut clean.clone(), &unknown);
    let mut here = clean.clone();
    let waiting = Export::new(1, 77, summaries::LATER).to_summarise();
    summaries::conclude(&mut here, &waiting);
    let mut early = good.clone();
    early.lines[0].invt_no = summaries::number(&here, &waiting);
    let case = ["summary with a list whose parcel is still here", "汇总申请含有未离境的清单"];
    one(Reason::ListNotClosed, case, &mut here, &early);
    let mut others = good.clone();
    let known = sample::parties();
    let name = known.find("5301960202", summaries::LATER.day()).unwrap().name.clone();
    (others.head.ebc_code, others.head.ebc_name) = ("5301960202".into(), name);
    let case = ["summary by a merchant whose lists they are not", "申请企业并非清单的电商企业"];
    one(Reason::ListOfAnotherMerchant, case, &mut clean.clone(), &others);
    let mut district = good.clone();
    district.lines.truncate(1);
    district.head.customs_code = "8601".into();
    let case = ["summary in another district than its lists'", "汇总申请与清单的申报地海关不同"];
    one(Reason::ListOfAnotherDistrict, case, &mut clean.clone(), &district);
    let mut twice = good.clone();
    twice.lines[1] = twice.lines[0].clone();
    let case = ["summary that names a list twice", "汇总申请重复列名同一清单"];
    one(Reason::ListAlreadySummarised, case, &mut clean.clone(), &twice);
    let mut simple = Window::new();
    let mut of_kind_a = summaries::exports(2);
    of_kind_a[0].declaration.head.statistics_flag = "A".into();
    summaries::close(&mut simple, &of_kind_a);
    simple.now = summaries::LATER;
    let application = summaries::application(&of_kind_a, &summaries::numbers(&simple, &of_kind_a));
    let case = ["summary with a list of kind A", "汇总申请含有A类清单"];
    one(Reason::ListNotForSummary, case, &mut simple, &application);
    let mut late = clean.clone();
    late.now = Time(summaries::LATER.0 + 20 * 86_400_000);
    let mut application = good.clone();
    application.head.app_time = stamp(late.now);
    let case = ["summary after the last day for last month's lists", "超过次月规定日期申请汇总"];
    one(Reason::ListOutOfSummaryWindow, case, &mut late, &application);
    let mut small = clean.clone();
    small.parameter("export_summary_lists,10000,", "export_summary_lists,2,");
    let case = ["summary of three lists where two are the limit", "限两份清单时申请汇总三份"];
    one(Reason::SummaryTooLarge, case, &mut small, &good);
    let before = summary_periods::of_period(&summaries::another(&good, "S-4"), 20_261_001, 20_261_031);
    let case = ["summary of a month in which nothing was closed", "申请汇总的月份没有结关清单"];
    one(Reason::NothingToSummarise, case, &mut clean.clone(), &before);
    let mut window = clean;
    let mut parts = summaries::parts(&good);
    summaries::send(&mut window, &parts[0]);
    parts[1].head.msg_seq_no = 4;
    let case = ["part 4 of a summary of three parts", "三段汇总申请中的第4段"];
    one(Reason::PartNumberWrong, case, &mut window, &parts[1]);
}

#[test]
fn every_rule_is_shown_with_what_brings_it_about() {
    let mut seen = Seen::default();
    of_fields(&mut seen);
    of_parties(&mut seen);
    of_lists(&mut seen);
    of_goods(&mut seen);
    of_officers(&mut seen);
    of_exports(&mut seen);
    of_bills(&mut seen);
    of_summaries(&mut seen);
    crate::export_returns::examples(&mut |reason, case, window, sent| seen.add(reason, case, window, sent));
    assert_eq!(seen.missing, Vec::<String>::new());
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(["code", "rules", "state", "case_en", "case_zh", "text", "fragment"]).unwrap();
    for row in &seen.rows {
        table.write_record(row).unwrap();
    }
    let found = String::from_utf8(table.into_inner().unwrap()).unwrap();
    let place = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tables/rule_examples.csv");
    if std::env::var_os("ONEWINDOW_UPDATE").is_some() {
        std::fs::write(place, &found).unwrap();
    }
    let expected = std::fs::read_to_string(place).unwrap();
    for (found, expected) in found.lines().zip(expected.lines()) {
        assert_eq!(found, expected);
    }
    assert_eq!(found.lines().count(), expected.lines().count());
}
