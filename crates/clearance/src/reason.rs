//! Every rule: one enum in order of precedence with permanent numbers, each with its layer, the code and Chinese
//! text it is answered with, an explanation and a fix in two languages, and who may see it.

use crate::Text;
use ceb::Kind;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// What a finding does to its document.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Layer {
    /// A negative code: not accepted, the key stays free.
    Refused,
    /// 100: accepted and refused; the next attempt is free.
    Rejected,
    /// A person decides (300).
    Review,
    /// Said, without consequence.
    Note,
}

impl Layer {
    /// The word used in the API.
    pub fn word(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Rejected => "rejected",
            Self::Review => "review",
            Self::Note => "note",
        }
    }
}

/// Who may see a finding (DESIGN §1.2).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Disclosure {
    /// The parties, in full.
    Open,
    /// Officers in full; parties see the measure taken and the right of appeal.
    Sealed,
}

/// Negative codes by kind of document, in the order: order, payment, waybill, waybill status, declaration,
/// cancellation, return, arrival. 0 = the rule does not meet this kind.
type Codes = [i32; 8];

const NONE: Codes = [0; 8];
/// The check of fields: what every kind has.
const FIELDS: Codes = [-301008, -401009, -504011, -505011, -621001, -623001, -625001, -800001];

fn column(kind: Kind) -> Option<usize> {
    Some(match kind {
        Kind::Order => 0,
        Kind::Payment => 1,
        Kind::Waybill => 2,
        Kind::WaybillStatus => 3,
        Kind::Declaration => 4,
        Kind::Cancellation => 5,
        Kind::Return => 6,
        Kind::Arrival => 7,
        _ => return None,
    })
}

macro_rules! reasons {
    ($( $name:ident = $number:literal, $word:literal, $layer:ident, $disclosure:ident, $codes:expr, $customs:expr, $zh:literal,
        $why_en:literal, $why_zh:literal, $fix_en:literal, $fix_zh:literal; )*) => {
        /// A rule, by its permanent number. Earlier ones take precedence in an answer.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        #[repr(u16)]
        pub enum Reason {
            $( #[doc = $why_en] $name = $number, )*
        }

        impl Reason {
            /// All rules, in order of precedence.
            pub const ALL: &'static [Self] = &[$( Self::$name, )*];
            /// The stable word.
            pub fn word(self) -> &'static str { match self { $( Self::$name => $word, )* } }
            /// What it does.
            pub fn layer(self) -> Layer { match self { $( Self::$name => Layer::$layer, )* } }
            /// Who may see it.
            pub fn disclosure(self) -> Disclosure { match self { $( Self::$name => Disclosure::$disclosure, )* } }
            fn codes(self) -> Codes { match self { $( Self::$name => $codes, )* } }
            /// The customs code inside `returnInfo`, for rules of the customs side (SPEC §7.4). Codes from 19000 to
            /// 19999 are this system's own, where no real one is known.
            pub fn customs_code(self) -> Option<&'static str> {
                let code: &'static str = match self { $( Self::$name => $customs, )* };
                (!code.is_empty()).then_some(code)
            }
            fn own_zh(self) -> &'static str { match self { $( Self::$name => $zh, )* } }
            /// Why the rule is there, in English.
            pub fn why_en(self) -> &'static str { match self { $( Self::$name => $why_en, )* } }
            /// Why the rule is there, in Chinese.
            pub fn why_zh(self) -> &'static str { match self { $( Self::$name => $why_zh, )* } }
            /// What to do, in English.
            pub fn fix_en(self) -> &'static str { match self { $( Self::$name => $fix_en, )* } }
            /// What to do, in Chinese.
            pub fn fix_zh(self) -> &'static str { match self { $( Self::$name => $fix_zh, )* } }
        }
    };
}

reasons! {
    TooManyDocuments = 1, "too-many-documents", Refused, Open, [-301015, -401013, -504013, -505017, -621030, -623008, -625004, -800006], "", "",
        "A message carries at most 100 documents (arrivals: one).", "一个报文最多包含100份单证（入库明细单为1份）。",
        "Split the message and send the parts.", "请拆分报文后分别发送。";
    HeadMissing = 2, "head-missing", Refused, Open, [-301007, -401005, -504010, -505010, -621001, -623000, -625200, -800002], "", "",
        "The document has no head.", "单证缺少表头。",
        "Send the head element with all mandatory fields.", "请补充表头及必填字段。";
    NoLines = 3, "no-lines", Refused, Open, [-301001, -401009, -504011, -505011, -621000, -623001, -625006, -800000], "", "",
        "The document has no lines.", "单证缺少表体。",
        "Send at least one line.", "请至少填写一条表体。";
    LineNumbersRepeat = 4, "line-numbers-repeat", Refused, Open, [-301002, -401009, -504011, -505011, -621027, -623001, -625001, -800001], "", "",
        "Line numbers repeat.", "表体序号重复。",
        "Number the lines 1, 2, 3 … without repeats.", "请从1开始连续编号，不得重复。";
    KeyEmpty = 5, "key-empty", Refused, Open, [-301008, -401009, -504011, -505011, -621021, -623019, -625018, -800001], "", "",
        "A field that names the document is empty.", "业务主键为空。",
        "Fill the field.", "请填写业务主键。";
    WrongOperation = 6, "wrong-operation", Refused, Open, [-301012, -401010, -504011, -505011, -621020, -623018, -625017, -800001], "", "",
        "appType or appStatus is not one that this document knows.", "appType或appStatus取值不适用于该单证。",
        "Use appType 1, 2 or 3 (a cancellation: 1) and appStatus 1 or 2.", "appType取1、2、3（撤单仅取1），appStatus取1、2。";
    FieldInvalid = 7, "field-invalid", Refused, Open, FIELDS, "", "",
        "A field is missing, too long or not of its type.", "字段缺失、超长或类型不符。",
        "Correct the field named in the finding.", "请更正提示中的字段。";
    FieldNotAllowed = 8, "field-not-allowed", Refused, Open, FIELDS, "", "",
        "A field has a value that this message does not allow.", "字段取值不在允许范围内。",
        "Use one of the allowed values.", "请使用允许的取值。";
    CodeUnknown = 9, "code-unknown", Refused, Open, [-301008, -401009, -504011, -505011, -621001, -623014, -625001, -800001], "", "",
        "A code is not in its table.", "代码不在参数表中。",
        "Use a code of the table of countries, units, districts, modes or transport.", "请使用参数表中的国别、单位、关区、监管方式或运输方式代码。";
    IdentityNumberWrong = 10, "identity-number-wrong", Refused, Open, [-301008, -401009, -504011, -505011, -621013, -623001, -625026, -800001], "", "",
        "The identity number has a wrong shape, birth date or check digit, so no quota can be looked up.", "身份证号的格式、出生日期或校验码有误，无法查询个人额度。",
        "Ask the buyer for the correct identity number.", "请向订购人核实身份证号。";
    TimeOutOfWindow = 11, "time-out-of-window", Refused, Open, FIELDS, "", "",
        "The sender's time lies too far back or ahead.", "报送时间过早或晚于当前时间。",
        "Set the clock of the sending system and send again with the current appTime.", "请校准系统时钟，以当前appTime重新发送。";
    AmountNegative = 12, "amount-negative", Refused, Open, FIELDS, "", "",
        "Amounts, quantities and weights are not negative.", "金额、数量、重量不得为负。",
        "Correct the value.", "请更正数值。";
    AmountOutOfRange = 13, "amount-out-of-range", Refused, Open, FIELDS, "", "",
        "The value is beyond what can be assessed.", "数值超出可计算范围。",
        "Correct the value.", "请更正数值。";
    OrderSumWrong = 14, "order-sum-wrong", Refused, Open, FIELDS, "", "",
        "acturalPaid is goodsValue + freight + taxTotal − discount.", "实际支付金额应等于商品金额加运杂费加代扣税款减非现金抵扣。",
        "Correct the amounts of the order head.", "请更正订单表头金额。";
    GoodsValueWrong = 15, "goods-value-wrong", Refused, Open, FIELDS, "", "",
        "goodsValue is the sum of the lines' totalPrice.", "商品金额应等于各表体总价之和。",
        "Correct goodsValue or the lines.", "请更正商品金额或表体总价。";
    LineTotalWrong = 16, "line-total-wrong", Refused, Open, FIELDS, "", "",
        "totalPrice is price times qty.", "总价应等于单价乘以数量。",
        "Correct price, qty or totalPrice of the line.", "请更正该项的单价、数量或总价。";
    WeightWrong = 17, "weight-wrong", Refused, Open, FIELDS, "", "",
        "Net weight is above zero and not above gross weight.", "净重应大于零且不大于毛重。",
        "Correct the weights.", "请更正重量。";
    QuantityUnitWrong = 18, "quantity-unit-wrong", Refused, Open, FIELDS, "", "",
        "Quantities and units do not fit each other: equal units need equal quantities, a second unit needs a second quantity.", "数量与单位不符：单位相同则数量应相同，有第二单位则应有第二数量。",
        "Correct the quantities or units of the line.", "请更正该项的数量或单位。";
    StatutoryUnitWrong = 19, "statutory-unit-wrong", Refused, Open, FIELDS, "", "",
        "unit1 and unit2 are the statutory units of the HS code.", "法定单位与商品编码不符。",
        "Use the statutory units of the tariff.", "请使用税则规定的法定计量单位。";
    ModeFieldWrong = 20, "mode-field-wrong", Refused, Open, FIELDS, "", "",
        "The supervision mode asks for this field, or forbids it.", "监管方式要求填写或不得填写该字段。",
        "Fill or empty the field as the mode asks.", "请按监管方式填写或清空该字段。";
    PartyUnknown = 21, "party-unknown", Refused, Open, [-10102; 8], "", "",
        "No filing is in force for this enterprise code.", "该企业代码没有有效备案。",
        "File the enterprise, or correct the code.", "请办理企业备案或更正代码。";
    PartyWrongRole = 22, "party-wrong-role", Refused, Open, [-10101; 8], "", "",
        "The enterprise is not filed in this role.", "该企业未备案为此类型。",
        "File the role, or name the right enterprise.", "请补充企业类型备案或更正企业。";
    PartyNameDiffers = 23, "party-name-differs", Refused, Open, FIELDS, "", "",
        "The name is not the registered name of the code.", "企业名称与备案名称不一致。",
        "Send the registered name exactly.", "请填写备案名称。";
    PartySuspended = 24, "party-suspended", Refused, Open, [-301008, -401009, -504011, -505011, -621022, -623020, -625030, -800001], "", "",
        "The filing of the enterprise is suspended.", "该企业备案已被暂停。",
        "Settle the suspension with the competent agency.", "请与主管部门办理恢复。";
    SenderHasNoPermission = 25, "sender-has-no-permission", Refused, Open, [-301008, -401009, -504011, -505011, -621016, -623026, -625021, -800001], "", "",
        "This sender may not send this document: it is neither the party that answers for it nor entrusted.", "该发送方无权报送此单证。",
        "Send it with the token of the party that answers for it.", "请由负责该单证的企业报送。";
    TransferDiffers = 26, "transfer-differs", Refused, Open, [-301008, -401009, -504011, -505011, -621016, -623026, -625114, -800001], "", "",
        "BaseTransfer does not name the enterprise that sends, or an exchange id it owns.", "传输企业与发送企业不一致。",
        "Put the sender's own copCode, copName and dxpId into BaseTransfer.", "请在BaseTransfer填写本企业的传输信息。";
    SignatureMissing = 27, "signature-missing", Refused, Open, [-301020, -401009, -504011, -505011, -621026, -623017, -625028, -800001], "", "",
        "The document must be signed when it is declared.", "申报时必须加签。",
        "Sign the message, or stage it with appStatus 1.", "请对报文加签，或以appStatus 1暂存。";
    SignedDataDiffer = 28, "signed-data-differ", Refused, Open, [-301020, -401009, -504011, -505011, -621028, -623029, -625208, -800001], "", "",
        "The signed data are not the data received: something changed after signing.", "加签数据与申报数据不一致。",
        "Sign last, and send the bytes unchanged.", "请在最后一步加签，并原样发送。";
    SignatureInvalid = 29, "signature-invalid", Refused, Open, [-301020, -401009, -504011, -505011, -621029, -623029, -625005, -800001], "", "",
        "The signature cannot be verified.", "验签失败。",
        "See the detail in the finding: algorithm, key, certificate or value.", "请根据提示检查算法、密钥、证书或签名值。";
    CertificateNotHolder = 30, "certificate-not-holder", Refused, Open, [-301020, -401009, -504011, -505011, -621015, -623021, -625013, -800001], "", "",
        "The certificate is not registered to the declaring unit.", "证书与申报单位不一致。",
        "Sign with a certificate registered to the declaring unit.", "请使用申报单位登记的证书加签。";
    PreEntryNumberUnknown = 31, "pre-entry-number-unknown", Refused, Open, [-301008, -401009, -504011, -505011, -621019, -623004, -625008, -800001], "", "",
        "preNo is given by the window; this one was not given for this document.", "预录入号由电子口岸生成，该号并非本单证所得。",
        "Leave preNo empty, or send the one received.", "请将预录入号置空或填写回执给出的号码。";
    OldData = 32, "old-data", Refused, Open, [-301014, -401012, -505016, -505016, -621003, -623023, -625004, -800005], "", "",
        "appTime is not later than that of the document already here.", "报送时间不晚于已有单证。",
        "Send changes with a later appTime.", "请以更晚的appTime报送变更。";
    AlreadyExists = 33, "already-exists", Refused, Open, [-301010, -401007, -504015, -505012, -621004, -623009, -625033, -800003], "", "",
        "A document with this key is already here, with other content.", "相同编号的单证已存在且内容不同。",
        "Send a change (appType 2), or use another number.", "请以变更方式（appType 2）报送或更换编号。";
    NothingToChange = 34, "nothing-to-change", Refused, Open, [-301009, -401006, -504014, -505014, -621011, 0, -625016, -800001], "", "",
        "There is no document with this key to change or delete.", "没有可变更或删除的单证。",
        "Send it as new (appType 1).", "请以新增方式（appType 1）报送。";
    StateForbidsChange = 35, "state-forbids-change", Refused, Open, [-301011, -401008, -504016, -505014, -621012, -623013, -625022, -800001], "", "",
        "A declaration that uses the document is under way or done.", "相关清单已申报，状态不允许变更。",
        "Cancel the declaration first, or wait until it is rejected.", "请先撤单，或待清单退单后再变更。";
    StateForbidsDeletion = 36, "state-forbids-deletion", Refused, Open, [-301011, -401008, -504016, -505014, -621010, -623013, -625022, -800001], "", "",
        "The declaration is past the state in which it may be deleted.", "清单状态不是申报中，不能删除。",
        "Send a cancellation (CEB623, of an export CEB605).", "请发送撤单申请（进口CEB623，出口CEB605）。";
    SeveralPayments = 37, "several-payments", Refused, Open, [-401003, -401003, 0, 0, 0, 0, 0, 0], "", "",
        "The order has a payment already, or the payment belongs to another order.", "订单已有支付凭证，或该支付凭证属于其他订单。",
        "Change or delete the earlier payment, or correct the number.", "请变更或删除原支付凭证，或更正编号。";
    WaybillTaken = 38, "waybill-taken", Refused, Open, [0, 0, 0, 0, -621003, 0, 0, 0], "", "",
        "Another declaration uses this waybill.", "该运单已被其他清单使用。",
        "Name the parcel's own waybill.", "请填写本包裹的运单号。";
    WaybillUnknown = 39, "waybill-unknown", Refused, Open, [0, 0, 0, -505014, 0, 0, 0, 0], "", "",
        "There is no waybill with this number.", "没有该运单。",
        "Send the waybill (CEB511) first.", "请先报送运单（CEB511）。";
    DeclarationUnknown = 40, "declaration-unknown", Refused, Open, [0, 0, 0, 0, 0, -623003, -625032, 0], "", "",
        "There is no declaration with this number for this order.", "没有该编号的清单。",
        "Send the invtNo of the receipt with status 120.", "请填写120回执中的清单编号。";
    StateForbidsCancellation = 41, "state-forbids-cancellation", Refused, Open, [0, 0, 0, 0, 0, -623005, 0, 0], "", "",
        "Only a declaration that is entered or under review and not yet released can be cancelled.", "仅未放行的清单可以撤单。",
        "After release, apply for a return (CEB625).", "放行后请申请退货（CEB625）。";
    ReasonEmpty = 42, "reason-empty", Refused, Open, [0, 0, 0, 0, 0, -623012, -625001, 0], "", "",
        "The reason is empty.", "原因为空。",
        "Say why.", "请填写原因。";
    ReturnNotReleased = 43, "return-not-released", Refused, Open, [0, 0, 0, 0, 0, 0, -625030, 0], "", "",
        "Only a released declaration can be returned.", "仅已放行的清单可以退货。",
        "Before release, cancel the declaration (CEB623).", "放行前请撤单（CEB623）。";
    ReturnWindowClosed = 44, "return-window-closed", Refused, Open, [0, 0, 0, 0, 0, 0, -625004, 0], "", "",
        "The time for returns after release is over.", "已超过退货申请期限。",
        "The seller may take the goods back as a domestic matter, without refund of tax or quota.", "可按国内退货处理，税款和额度不予恢复。";
    ReturnCodeUnknown = 45, "return-code-unknown", Refused, Open, [0, 0, 0, 0, 0, 0, -625011, 0], "", "",
        "The HS code is not in the tariff.", "参数库中没有该商品编号。",
        "Send the HS code of the declaration's line.", "请填写原清单的商品编号。";
    ReturnLineUnknown = 46, "return-line-unknown", Refused, Open, [0, 0, 0, 0, 0, 0, -625209, 0], "", "",
        "The declaration has no line with this number and HS code.", "原清单没有该序号与商品编号的表体。",
        "Send gnum and gcode of the declaration.", "请填写原清单的序号和商品编号。";
    ReturnFieldDiffers = 47, "return-field-differs", Refused, Open, [0, 0, 0, 0, 0, 0, -625010, 0], "", "",
        "The name of the returned line is not that of the declaration.", "退货表体的品名与原清单不一致。",
        "Send the name of the declaration.", "请按原清单填写品名。";
    ReturnQuantityExceeds = 48, "return-quantity-exceeds", Refused, Open, [0, 0, 0, 0, 0, 0, -625004, 0], "", "",
        "More is returned than was declared and not yet returned.", "退货数量超过原清单未退数量。",
        "Correct the quantity.", "请更正退货数量。";
    SingleLimit = 49, "single-limit", Refused, Open, [0, 0, 0, 0, -621005, 0, 0, 0], "", "",
        "Over the single limit only one indivisible item may be bought.", "超过单次限值的，仅限单件不可分割商品。",
        "Declare as general trade, or sell within the limit.", "请按一般贸易申报，或在限值内销售。";
    AnnualLimitUsed = 50, "annual-limit-used", Refused, Open, [0, 0, 0, 0, -621018, 0, 0, 0], "", "",
        "With what the buyer has bought this year the purchase is over the yearly limit.", "购买人本年度已用额度加本次购买超过年度限额。",
        "Declare as general trade.", "请按一般贸易申报。";
    Undecided = 51, "undecided", Note, Open, [-301013, -401011, -505015, -505015, -621017, -623027, -625110, -800004], "", "",
        "The document is recorded; its judgement failed and will be repeated after an upgrade.", "单证已收妥，处理异常，将在系统升级后重新处理。",
        "Nothing: the receipt follows.", "无需操作，回执随后发出。";
    AllBodiesEmpty = 52, "all-bodies-empty", Refused, Open, [0, 0, 0, 0, -621024, 0, -625023, 0], "", "",
        "None of the message's documents has a line.", "报文内所有单证的表体均为空。",
        "Send each document with its lines.", "请补充各单证的表体。";
    ReturnUnitDiffers = 53, "return-unit-differs", Refused, Open, [0, 0, 0, 0, 0, 0, -625012, 0], "", "",
        "The unit of the returned line is not that of the declaration.", "退货表体的单位与原清单不一致。",
        "Send the unit of the declaration.", "请按原清单填写单位。";
    WaybillExists = 54, "waybill-exists", Refused, Open, [0, 0, -504012, 0, 0, 0, 0, 0], "", "",
        "The waybill of this order is already here, with other content.", "该订单的运单已存在且内容不同。",
        "Send a change (appType 2).", "请以变更方式（appType 2）报送。";
    CertificateRevoked = 55, "certificate-revoked", Refused, Open, [-301020, -401009, -504011, -505011, -621029, -623029, -625005, -800001], "", "",
        "The certificate was revoked: its party or the agency took it back, for the reason and from the time given.", "证书已吊销：企业或主管部门已按所示原因和时间将其作废。",
        "Sign with another certificate of the declaring unit; register a new one if there is none.", "请使用申报单位的其他有效证书加签；没有的请登记新证书。";
    AlgorithmNotAccepted = 56, "algorithm-not-accepted", Refused, Open, [-301020, -401009, -504011, -505011, -621029, -623029, -625005, -800001], "", "",
        "The signature's algorithm is not one that the window, or the filing of the declaring unit, accepts.", "签名算法不在本窗口或申报单位备案所接受的范围内。",
        "Sign with an algorithm that is accepted, or change the signature policy of the filing.", "请使用可接受的算法加签，或变更备案中的签名策略。";
    ServiceNotPermitted = 57, "service-not-permitted", Refused, Open, [0, -10101, -10101, 0, -10101, 0, 0, 0], "", "",
        "The filing of the enterprise permits no service on that day that this document rests on, in its currency and amount.", "该企业的备案在当日未许可本单证所依据的业务（含币种和单笔限额）。",
        "Have the service added to the filing, or use an enterprise that may give it; GET /v1/institutions lists them.", "请办理业务许可备案，或委托已获许可的企业；可查询/v1/institutions。";
    QuotaLocked = 58, "quota-locked", Refused, Open, [0, 0, 0, 0, -621022, 0, 0, 0], "", "",
        "The buyer has locked his own yearly quota: nobody uses it until he unlocks it.", "订购人已锁定本人年度额度，解锁前任何人不得使用。",
        "Ask the buyer; if the purchase is his, he unlocks his quota and the list is declared again.", "请与订购人核实，确为本人购买的，由其解锁后重新申报。";
    QuotaDisputed = 59, "quota-disputed", Refused, Open, [0, 0, 0, 0, -621022, 0, 0, 0], "", "",
        "The buyer says that an earlier use of his quota by this seller was not his; until that is decided the seller uses it no further.", "订购人对该商户此前使用其额度提出异议，裁定前该商户不得再使用其额度。",
        "Answer the dispute (register disputes); declare again when it is decided.", "请在异议登记（disputes）中答复，待裁定后重新申报。";
    AlreadyReleased = 60, "already-released", Rejected, Open, NONE, "22007", "对应的清单已放行",
        "The declaration that uses this document is released.", "使用该单证的清单已放行。",
        "Nothing can be changed any more; a return is possible (CEB625).", "不能再变更，可申请退货（CEB625）。";
    AnnualLimit = 61, "annual-limit", Rejected, Open, NONE, "1313", "购买人超过年度限值，[*]",
        "With what the buyer has bought or has under way this year the purchase is over the yearly limit.", "购买人本年度已用及在途额度加本次购买超过年度限值。",
        "Wait for the other purchases, or declare as general trade.", "请等待其他清单办结，或按一般贸易申报。";
    GuaranteeInsufficient = 62, "guarantee-insufficient", Rejected, Open, NONE, "1311", "担保金额不足",
        "The guarantor's guarantee does not cover the tax.", "担保企业的担保余额不足以覆盖税款。",
        "Top up the guarantee or settle bills, then declare again.", "请追加担保或缴清税款后重新申报。";
    GoodsNotListed = 63, "goods-not-listed", Rejected, Open, NONE, "19001", "商品不在跨境电子商务零售进口商品清单内[*]",
        "The HS code is not on the list of retail import goods.", "商品编码不在零售进口商品清单内。",
        "Declare as general trade, or correct the code.", "请按一般贸易申报或更正商品编码。";
    GoodsCodeUnknown = 64, "goods-code-unknown", Review, Open, NONE, "19002", "税则参数中没有商品编码[*]",
        "The tariff table of this window does not have the HS code on that day; a person looks at it.", "本系统税则参数中当日没有该商品编码，转人工审核。",
        "Check the code: an edition of the tariff may have renumbered it, and the finding names codes in force nearby; if it is right, wait for the review.", "请核对编码是否因税则改版而变更（附当日有效的相近编码），无误则等待审核。";
    OrderMissing = 65, "order-missing", Rejected, Open, NONE, "19003", "订单信息不存在",
        "No order came in time.", "等待期内未收到订单。",
        "Send the order (CEB311), then declare again.", "请报送订单（CEB311）后重新申报。";
    PaymentMissing = 66, "payment-missing", Rejected, Open, NONE, "19004", "支付信息不存在",
        "No payment for the order came in time, or another than the order names.", "等待期内未收到支付凭证，或与订单所列不符。",
        "Have the payment firm send the payment (CEB411), then declare again.", "请支付企业报送支付凭证（CEB411）后重新申报。";
    WaybillMissing = 67, "waybill-missing", Rejected, Open, NONE, "19005", "运单信息不存在",
        "No waybill came in time.", "等待期内未收到运单。",
        "Have the logistics firm send the waybill (CEB511), then declare again.", "请物流企业报送运单（CEB511）后重新申报。";
    CreditBars = 68, "credit-bars", Rejected, Open, NONE, "19028", "企业因信用名单暂停办理[*]",
        "An enterprise that the declaration names stands on a list of credit by which it may declare nothing for a time.", "清单所列企业在信用名单期限内不得办理申报。",
        "See the decision in the register credit-lists: it names the term, the way to appeal and when repair may be asked for.", "请在信用名单登记（credit-lists）查阅决定，其中载明期限、申诉及信用修复途径。";
    LineCountDiffers = 70, "line-count-differs", Rejected, Open, NONE, "1320", "清单与订单表体数量不一致",
        "List and order have the same number of lines.", "清单与订单的表体项数应一致。",
        "Correct the list or the order.", "请更正清单或订单。";
    LineNumberUnmatched = 71, "line-number-unmatched", Rejected, Open, NONE, "1322", "订单与清单商品表体不一致",
        "Each line number of the list is one of the order.", "清单序号应与订单一一对应。",
        "Number the lines alike.", "请使序号一致。";
    LineNameDiffers = 72, "line-name-differs", Rejected, Open, NONE, "1322", "订单与清单商品表体不一致",
        "The goods name of the list is that of the order.", "清单品名应与订单一致。",
        "Send the name of the order.", "请按订单填写品名。";
    LineQuantityDiffers = 73, "line-quantity-differs", Rejected, Open, NONE, "1322", "订单与清单商品表体不一致",
        "Quantities of list and order are equal.", "清单与订单数量应一致。",
        "Correct the quantity.", "请更正数量。";
    LineUnitDiffers = 74, "line-unit-differs", Rejected, Open, NONE, "1322", "订单与清单商品表体不一致",
        "Units of list and order are equal.", "清单与订单单位应一致。",
        "Correct the unit.", "请更正单位。";
    LinePriceDiffers = 75, "line-price-differs", Rejected, Open, NONE, "1322", "订单与清单商品表体不一致",
        "Prices of list and order are equal.", "清单与订单单价应一致。",
        "Correct the price.", "请更正单价。";
    LineTotalDiffers = 76, "line-total-differs", Rejected, Open, NONE, "1322", "订单与清单商品表体不一致",
        "Totals of list and order are equal.", "清单与订单总价应一致。",
        "Correct the total.", "请更正总价。";
    LineCountryDiffers = 77, "line-country-differs", Rejected, Open, NONE, "1322", "订单与清单商品表体不一致",
        "Origins of list and order are equal.", "清单与订单原产国应一致。",
        "Correct the country.", "请更正原产国。";
    BuyerNameDiffers = 80, "buyer-name-differs", Rejected, Open, NONE, "13127", "清单订购人姓名与订单不一致",
        "The buyer's name of the list is that of the order.", "清单订购人姓名应与订单一致。",
        "Correct the name; mind blanks and middle dots.", "请更正姓名，注意空格与间隔号。";
    BuyerIdTypeDiffers = 81, "buyer-id-type-differs", Rejected, Open, NONE, "19006", "清单订购人证件类型与订单不一致",
        "The buyer's type of identity document is equal in list and order.", "清单与订单的订购人证件类型应一致。",
        "Correct the type.", "请更正证件类型。";
    BuyerIdNumberDiffers = 82, "buyer-id-number-differs", Rejected, Open, NONE, "19007", "清单订购人证件号码与订单不一致",
        "The buyer's identity number is equal in list and order.", "清单与订单的订购人证件号码应一致。",
        "Correct the number.", "请更正证件号码。";
    BuyerTelephoneDiffers = 83, "buyer-telephone-differs", Rejected, Open, NONE, "130126", "清单订购人电话与订单不一致",
        "The buyer's telephone is equal in list and order.", "清单与订单的订购人电话应一致。",
        "Correct the telephone.", "请更正电话。";
    PayerNameDiffers = 84, "payer-name-differs", Rejected, Open, NONE, "1327", "订单订购人与支付人不一致",
        "Buyer and payer are one person, unless the platform verifies identity.", "订购人与支付人应为同一人，平台已认证身份的除外。",
        "The buyer pays, or the platform files that it verifies identity.", "请由订购人本人支付，或由平台备案身份认证。";
    PayerIdNumberDiffers = 85, "payer-id-number-differs", Rejected, Open, NONE, "1327", "订单订购人与支付人不一致",
        "Buyer and payer have one identity number, unless the platform verifies identity.", "订购人与支付人证件号码应一致，平台已认证身份的除外。",
        "The buyer pays, or the platform files that it verifies identity.", "请由订购人本人支付，或由平台备案身份认证。";
    PaidAmountDiffers = 86, "paid-amount-differs", Rejected, Open, NONE, "1332", "订单实际支付金额与支付凭证不一致",
        "The amount paid is that of the order.", "支付金额应与订单实际支付金额一致。",
        "Correct the order or the payment.", "请更正订单或支付凭证。";
    PaymentFirmDiffers = 87, "payment-firm-differs", Rejected, Open, NONE, "13035", "订单与支付凭证的支付企业不一致",
        "Order and payment name one payment firm.", "订单与支付凭证的支付企业应一致。",
        "Correct payCode.", "请更正支付企业代码。";
    PaymentNumberDiffers = 88, "payment-number-differs", Rejected, Open, NONE, "19008", "支付信息不存在",
        "The payment number of the order is that of the payment.", "订单所列支付流水号应与支付凭证一致。",
        "Correct payTransactionId.", "请更正支付流水号。";
    ConsigneeDiffers = 89, "consignee-differs", Rejected, Open, NONE, "19009", "订单收货人与运单不一致",
        "The consignee of the order is that of the waybill.", "订单收货人应与运单一致。",
        "Correct the consignee.", "请更正收货人。";
    ConsigneeTelephoneDiffers = 90, "consignee-telephone-differs", Rejected, Open, NONE, "19010", "订单收货人电话与运单不一致",
        "The consignee's telephone is equal in order and waybill.", "订单与运单的收货人电话应一致。",
        "Correct the telephone.", "请更正电话。";
    ConsigneeAddressDiffers = 91, "consignee-address-differs", Rejected, Open, NONE, "19011", "订单收货地址与运单不一致",
        "The consignee's address is equal in order and waybill.", "订单与运单的收货地址应一致。",
        "Correct the address.", "请更正地址。";
    ListAddressDiffers = 92, "list-address-differs", Rejected, Open, NONE, "19012", "清单收货地址与订单不一致",
        "The consignee's address is equal in list and order.", "清单与订单的收货地址应一致。",
        "Correct the address.", "请更正地址。";
    WaybillOrderDiffers = 93, "waybill-order-differs", Rejected, Open, NONE, "19013", "运单订单编号与清单不一致",
        "The waybill names the order of the list.", "运单的订单编号应与清单一致。",
        "Correct orderNo of the waybill, or the waybill number of the list.", "请更正运单的订单编号或清单的运单号。";
    GrossWeightDiffers = 94, "gross-weight-differs", Rejected, Open, NONE, "19014", "清单毛重与运单不一致",
        "The gross weight of the list is that of the waybill.", "清单毛重应与运单一致。",
        "Correct the weight.", "请更正毛重。";
    FreightDiffers = 95, "freight-differs", Rejected, Open, NONE, "19015", "清单运费与运单不一致",
        "The freight of the list is what the logistics firm charged.", "清单运费应与运单一致。",
        "Correct the freight.", "请更正运费。";
    InsuranceDiffers = 96, "insurance-differs", Rejected, Open, NONE, "19016", "清单保费与运单不一致",
        "The insurance of the list is what the logistics firm charged.", "清单保费应与运单一致。",
        "Correct the insurance.", "请更正保费。";
    MerchantDiffers = 97, "merchant-differs", Rejected, Open, NONE, "19017", "清单电商企业与订单不一致",
        "List and order name one merchant.", "清单与订单的电商企业应一致。",
        "Correct ebcCode.", "请更正电商企业代码。";
    ManuallyRejected = 100, "manually-rejected", Rejected, Open, NONE, "1300", "人工退单，[*]",
        "An officer rejected the declaration.", "关员退单。",
        "See the officer's words; correct and declare again.", "请根据关员意见更正后重新申报。";
    RiskRejected = 101, "risk-rejected", Rejected, Sealed, NONE, "19018", "风险布控退单",
        "A risk rule rejected the declaration.", "风险规则退单。",
        "You may appeal to the customs office of the declaration.", "可向申报地海关申诉。";
    BookItemUnknown = 102, "book-item-unknown", Rejected, Open, NONE, "19030", "账册无此备案序号[*]",
        "The bonded book has no item of this number (itemRecordNo).", "保税账册中没有该备案序号（itemRecordNo）的项目。",
        "Correct itemRecordNo, or have the item added to the book, then declare again.", "请更正备案序号，或先备案该项目，再重新申报。";
    BookShort = 103, "book-short", Rejected, Open, NONE, "19031", "账册可用数量不足[*]",
        "The book has not as much available that may still be sold: what other lists took, and what is about to expire, is not.", "账册可售数量不足：其他清单已预扣的及临近到期停售的不计在内。",
        "Declare less, or enter goods by an entry checklist, then declare again.", "请减少数量，或先以进区核注清单入账，再重新申报。";
    BookItemDiffers = 104, "book-item-differs", Rejected, Open, NONE, "19032", "清单与账册项不符[*]",
        "HS code, units and legal quantities of the line are those of the book's item.", "清单表体的商品编码、计量单位及法定数量应与账册项一致。",
        "Correct the line, or name another item, then declare again.", "请更正表体或改用其他账册项，再重新申报。";
    BookStopped = 105, "book-stopped", Rejected, Open, NONE, "19033", "账册已停用或盘点中[*]",
        "Nothing is taken from a book that is closed, or while a stocktake is under way.", "账册停用或盘点期间不予核扣。",
        "Declare again when the stocktake has ended, or name another book.", "请在盘点结束后重新申报，或改用其他账册。";
    BookLineFaulty = 106, "book-line-faulty", Rejected, Open, NONE, "19034", "清单表体无法核扣账册[*]",
        "The line cannot be taken from the book as it is written.", "该项表体无法按所填内容核扣账册。",
        "Correct the field that is named, then declare again.", "请更正所示字段后重新申报。";
    UncertainRow = 110, "uncertain-row", Review, Open, NONE, "1200", "等待人工审核",
        "A row of the tables that is not sure decided; a person looks at it.", "依据的参数尚不确定，转人工审核。",
        "Nothing: wait for the review.", "请等待审核。";
    BookNotChecked = 111, "book-not-checked", Review, Open, NONE, "1200", "等待人工审核",
        "The bonded book is not kept in this window: everything but the book was checked, a person releases.", "该保税账册不在本窗口管理，其余项目已审核，转人工放行。",
        "Nothing: wait for the review.", "请等待审核。";
    SelectedForReview = 112, "selected-for-review", Review, Sealed, NONE, "1200", "等待人工审核",
        "The declaration was selected for a look at its documents.", "该清单被选取进行单证审核。",
        "Nothing: wait for the review; you may appeal to the customs office.", "请等待审核，可向海关申诉。";
    SelectedForInspection = 113, "selected-for-inspection", Review, Sealed, NONE, "19019", "布控查验",
        "The parcel was selected for inspection.", "该包裹被选取查验。",
        "Present the parcel at the site; you may appeal to the customs office.", "请在监管场所配合查验，可向海关申诉。";
    GoodsFilingDiffers = 114, "goods-filing-differs", Review, Open, NONE, "19114", "商品申报内容与商品备案不一致[*]",
        "HS code, unit, country or bar code of the line are not those with which the merchant filed the goods.", "清单表体的商品编码、单位、国别或条码与电商企业的商品备案不一致。",
        "Correct the line, or change the goods filing, then declare again; otherwise a person decides.", "请更正清单或变更商品备案后重新申报，否则转人工审核。";
    GoodsFilingNotInForce = 115, "goods-filing-not-in-force", Review, Open, NONE, "19115", "商品备案未生效[*]",
        "The merchant's filing of these goods is suspended, revoked or ended.", "该商品的备案已暂停、撤销或终止。",
        "Settle the goods filing with the competent agency, or sell other goods.", "请与主管部门办理商品备案恢复，或更换商品。";
    GoodsNotFiled = 116, "goods-not-filed", Review, Open, NONE, "19116", "商品未备案[*]",
        "This zone asks that goods are filed before they are declared; none are filed under this article number (itemNo).", "本区要求商品先备案后申报，该货号（itemNo）没有备案。",
        "File the goods, and send the number in itemNo.", "请办理商品备案，并在itemNo填写备案货号。";
    SubscriptionNotShared = 120, "subscription-not-shared", Note, Open, NONE, "", "订阅地址[*]未获授权，不予发送",
        "Data and receipts go only to exchange ids of the sender, or under a share.", "数据和回执仅发送给本企业或获授权的地址。",
        "Ask for a share, or leave BaseSubscribe out.", "请申请共享授权或删除BaseSubscribe。";
    VersionOutdated = 130, "version-outdated", Refused, Open, NONE, "", "数据已变更，当前版本为[*]",
        "The consignment changed since the version you saw.", "单证在您查看后已变更。",
        "Look at what changed and decide again.", "请查看变更后重新决定。";
    ActionForbidden = 131, "action-forbidden", Refused, Open, NONE, "", "当前状态[*]不允许操作[*]",
        "The state does not allow this action.", "当前状态不允许该操作。",
        "See the allowed actions of the state.", "请查看该状态允许的操作。";
    SecondOfficerNeeded = 132, "second-officer-needed", Refused, Open, NONE, "", "须由另一名关员复核放行[*]",
        "In this lane two officers release: one proposes, another confirms.", "该通道须双人放行：一人提出，另一人复核。",
        "Let another officer look at it and release it, or decide otherwise.", "请由另一名关员复核放行，或作其他处置。";
    InspectionFaulty = 133, "inspection-faulty", Refused, Open, NONE, "", "查验记录有误：[*]",
        "What an inspection found is not complete, or not of the table of results.", "查验记录不完整，或不在查验结果表内。",
        "Correct the field that is named.", "请更正所示字段。";
    MeasureForbidden = 134, "measure-forbidden", Refused, Open, NONE, "", "查验结果[*]不得作[*]处置，可作：[*]",
        "What was found does not allow this measure; of several results the gravest decides.", "该查验结果不允许此处置；有多项结果的，从最重者。",
        "Choose one of the measures that are named, or correct the result.", "请选择所列处置之一，或更正查验结果。";
    SecondInspectorNeeded = 135, "second-inspector-needed", Refused, Open, NONE, "", "查验结果须由同一单位另一名关员复核[*]",
        "Where two look, another officer of the same office confirms what the first found, or contests it.", "须双人查验的，由同一单位另一名关员复核或提出异议。",
        "Let another officer of that office open the trade and confirm or contest the inspection.", "请由该单位另一名关员打开该票复核或提出异议。";
    PlatformDiffers = 160, "platform-differs", Rejected, Open, NONE, "19040", "出口单证的电商平台不一致",
        "Order, money received and list name one platform.", "订单、收款单与清单的电商平台应一致。",
        "Correct ebpCode; a foreign platform without a code is 无 in all of them.", "请更正电商平台代码；境外平台无代码的，各单证均填“无”。";
    PlatformNameDiffers = 161, "platform-name-differs", Rejected, Open, NONE, "19041", "清单与订单的电商平台名称不一致",
        "A platform without a code is known by its name: list and order name it alike.", "无代码的平台以名称识别，清单与订单应一致。",
        "Correct ebpName.", "请更正电商平台名称。";
    OrderTypeDiffers = 162, "order-type-differs", Rejected, Open, NONE, "19042", "订单类型与监管方式不符",
        "Mode 9710 rests on an order of type B, 9810 on one of type W, the others on one of type E.", "9710对应订单类型B，9810对应W，其余对应E。",
        "Correct orderType of the order or tradeMode of the list.", "请更正订单类型或监管方式。";
    LineItemNumberDiffers = 163, "line-item-number-differs", Rejected, Open, NONE, "1322", "订单与清单商品表体不一致",
        "Article numbers of list and order are equal.", "清单与订单的企业商品货号应一致。",
        "Correct itemNo.", "请更正企业商品货号。";
    LineCurrencyDiffers = 164, "line-currency-differs", Rejected, Open, NONE, "1322", "订单与清单商品表体不一致",
        "Currencies of list and order are equal.", "清单与订单的币制应一致。",
        "Correct the currency of the line.", "请更正该项的币制。";
    ReceivedCurrencyDiffers = 165, "received-currency-differs", Rejected, Open, NONE, "19043", "收款单币制与订单不一致",
        "The money received is in the currency of the order.", "收款单币制应与订单一致。",
        "Correct the currency of the money receipt or of the order.", "请更正收款单或订单的币制。";
    ReceivedAmountDiffers = 166, "received-amount-differs", Rejected, Open, NONE, "19044", "收款金额与订单不一致",
        "The money received is goodsValue + freight of the order.", "收款金额应等于订单商品金额加运杂费。",
        "Correct charge, or the amounts of the order.", "请更正收款金额或订单金额。";
    WaybillMerchantDiffers = 167, "waybill-merchant-differs", Rejected, Open, NONE, "19045", "运单电商企业与清单不一致",
        "A merchant that the waybill names is that of the list.", "运单填写的电商企业应与清单一致。",
        "Correct ebcCode of the waybill, or the waybill number of the list.", "请更正运单的电商企业代码或清单的运单号。";
    ParcelCountDiffers = 168, "parcel-count-differs", Rejected, Open, NONE, "19046", "清单件数与运单不一致",
        "List and waybill have the same number of parcels.", "清单与运单的件数应一致。",
        "Correct packNo.", "请更正件数。";
    ChargeCurrencyDiffers = 169, "charge-currency-differs", Rejected, Open, NONE, "19047", "清单运保费币制与运单不一致",
        "Freight and insurance of the list are in the currency of the waybill.", "清单运费、保费币制应与运单一致。",
        "Correct fCurrency or iCurrency.", "请更正运费币制或保费币制。";
    ExportValueOverLimit = 170, "export-value-over-limit", Rejected, Open, NONE, "19048", "单票价值超过清单申报限额[*]",
        "A list of mode 9710 or 9810 is worth no more than the limit; above it a customs declaration is filed.", "9710、9810清单单票价值不得超过限额，超过的应以报关单申报。",
        "File a customs declaration for this trade.", "请以报关单申报。";
    ExportValueNotConverted = 171, "export-value-not-converted", Review, Open, NONE, "1200", "等待人工审核",
        "The value of the list is not in CNY, and this window has no rate for its currency on that day: whether it is within the limit is decided by a person.", "清单价值非人民币，且无该币制当日汇率，是否超限由人工审核。",
        "Nothing: wait for the review.", "请等待审核。";
    StatisticsFlagWrong = 172, "statistics-flag-wrong", Refused, Open, NONE, "", "",
        "Simplified declaration (A) is for goods without a licence: a list that names one is of kind B.", "简化申报（A）不适用于涉证商品，填写许可证号的应为B",
        "Send statisticsFlag B, or leave licenseNo out.", "请将申报业务类型改为B，或删除许可证号。";
    ExportOrderMissing = 173, "export-order-missing", Rejected, Open, NONE, "19003", "订单信息不存在",
        "No export order came in time.", "等待期内未收到出口订单。",
        "Send the order (CEB303), then declare again.", "请报送订单（CEB303）后重新申报。";
    ReceivedMissing = 174, "received-missing", Rejected, Open, NONE, "19049", "收款单信息不存在",
        "No money receipt came in time, and the law of the day asks for one.", "等待期内未收到收款单，而当日规定要求报送。",
        "Send the money receipt (CEB403), then declare again.", "请报送收款单（CEB403）后重新申报。";
    ExportWaybillMissing = 175, "export-waybill-missing", Rejected, Open, NONE, "19005", "运单信息不存在",
        "No export waybill came in time.", "等待期内未收到出口运单。",
        "Have the logistics firm send the waybill (CEB505), then declare again.", "请物流企业报送运单（CEB505）后重新申报。";
    ExportStateForbidsCancellation = 176, "export-state-forbids-cancellation", Refused, Open, NONE, "", "",
        "A list can be cancelled while it is under review, concluded or released, before its parcel has left the country.", "清单仅在审核、审结或放行后、离境前可以撤单",
        "After departure, apply for a return (CEB213).", "离境后请申请退货（CEB213）。";
    PartNumberWrong = 177, "part-number-wrong", Refused, Open, NONE, "", "",
        "Parts of a document are numbered from 1 to msgCount, which is the same in all of them.", "分段报文序号应从1至msgCount，且各段msgCount一致",
        "Correct msgSeqNo or msgCount.", "请更正报文序号或报文总数。";
    ParcelUnderAnotherBill = 178, "parcel-under-another-bill", Refused, Open, NONE, "", "",
        "A parcel goes under one bill: another master list has it.", "包裹只能归入一个总单，已有其他总分单包含该运单",
        "Correct the waybill number, or send the master list without this parcel.", "请更正运单号，或剔除该运单后报送总分单。";
    SummarisedListUnknown = 179, "summarised-list-unknown", Rejected, Open, NONE, "19050", "汇总申请的清单不存在：[*]",
        "Each list of a summary has an entry number that was given here.", "汇总申请所列清单编号应为本窗口核发。",
        "Correct invtNo, or leave it out.", "请更正清单编号，或剔除后重新申请。";
    ListNotClosed = 180, "list-not-closed", Rejected, Open, NONE, "19051", "清单[*]未结关，不能汇总",
        "A list is summarised when its parcel has left the country (899); one that was cancelled or rejected never is.", "清单在离境结关（899）后方可汇总，已撤单或退单的不汇总。",
        "Wait for its departure, or leave it out.", "请待其离境结关，或剔除后重新申请。";
    ListOfAnotherMerchant = 181, "list-of-another-merchant", Rejected, Open, NONE, "19052", "清单[*]不属于申请的电商企业",
        "A summary has lists of one merchant.", "一份汇总申请只能包含同一电商企业的清单。",
        "Correct ebcCode or invtNo.", "请更正电商企业代码或清单编号。";
    ListOfAnotherDistrict = 182, "list-of-another-district", Rejected, Open, NONE, "19053", "清单[*]的申报地海关与汇总申请不一致",
        "Lists are summarised in the district where they were declared.", "清单应在其申报地海关汇总。",
        "Apply for these lists in their own district.", "请向清单申报地海关另行申请汇总。";
    ListNotForSummary = 183, "list-not-for-summary", Rejected, Open, NONE, "19054", "清单[*]为简化申报，不汇总申报",
        "Lists of kind A are counted as they are (summary statistics); those of kind B are declared in summary.", "申报业务类型A的清单汇总统计，不再汇总申报；B类清单方可汇总申报。",
        "Leave it out: nothing more is to be declared for it.", "请剔除该清单，无需再行申报。";
    ListOutOfSummaryWindow = 184, "list-out-of-summary-window", Rejected, Open, NONE, "19055", "清单[*]不在可汇总的期间内",
        "Lists closed in a month are summarised in the next, until a day of it.", "当月结关的清单于次月规定日期前汇总。",
        "Apply between the days that are named; after them, ask the customs office.", "请在所列期间内申请，逾期请联系海关。";
    ListAlreadySummarised = 185, "list-already-summarised", Rejected, Open, NONE, "19056", "清单[*]已列入汇总申请",
        "A list is summarised once: another application has it, or this one names it twice.", "每份清单只能汇总一次，已有汇总申请包含该清单，或本申请重复列名。",
        "Leave it out, or have the application deleted that has it while it waits for its parts.", "请剔除该清单；原申请尚待其余分段的，可先删除原申请。";
    SummaryTooLarge = 186, "summary-too-large", Rejected, Open, NONE, "19057", "汇总申请超出可容纳的范围[*]",
        "An application has at most so many lists, and sums that the fields of a declaration hold.", "一份汇总申请的清单份数及合计数量、金额不得超出限度。",
        "Apply in several applications, or for a shorter period.", "请分多份申请，或缩短汇总期间。";
    NothingToSummarise = 187, "nothing-to-summarise", Rejected, Open, NONE, "19058", "汇总期间内没有可汇总的清单[*]",
        "The period has a list of this merchant that is closed, of kind B, of this district, and in no other application.", "汇总期间内应有该电商企业在本关区已结关、尚未汇总的B类清单。",
        "Correct startTime and endTime.", "请更正汇总起止时间。";
    ReturnBeforeDeparture = 188, "return-before-departure", Rejected, Open, NONE, "19059", "清单[*]未结关，不能申请退货",
        "Goods come back of a list whose parcel has left the country (899); before that, the list is cancelled.", "清单离境结关（899）后方可申请退货，离境前请撤单。",
        "Wait for the departure, or cancel the list (CEB605).", "请待离境结关后申请，或申请撤单（CEB605）。";
    ReturnTooLate = 189, "return-too-late", Rejected, Open, NONE, "19060", "已超过退运进境期限[*]",
        "Exported goods come back within so many months of their departure.", "出口商品应在规定期限内退运进境。",
        "This window cannot take them back any more; ask the customs office.", "已不能通过本窗口退货，请咨询海关。";
    ReturnPlatformDiffers = 190, "return-platform-differs", Rejected, Open, NONE, "19061", "退货申请与清单的电商平台不一致",
        "The application names the platform of the list.", "退货申请的电商平台应与原清单一致。",
        "Correct ebpCode.", "请更正电商平台代码。";
    ExportReturnLineUnknown = 191, "export-return-line-unknown", Rejected, Open, NONE, "19062", "退货商品不在原清单中[*]",
        "Each line of the application is a line of the list, by number and HS code.", "退货表体的序号与商品编码应为原清单所列。",
        "Correct gnum or gcode, or name another list.", "请更正商品序号或编码，或更正清单编号。";
    ExportReturnGoodsDiffer = 192, "export-return-goods-differ", Rejected, Open, NONE, "19063", "退货商品与原清单不一致[*]",
        "Name, model and units of returned goods are those of the list: what left comes back.", "退货商品的名称、规格型号及计量单位应与原清单一致，应为原出口商品。",
        "Correct the field that is named.", "请更正所示字段。";
    ExportReturnQuantityExceeds = 193, "export-return-quantity-exceeds", Rejected, Open, NONE, "19064", "退货数量超过可退数量[*]",
        "No more comes back than left, less what other returns have.", "退货数量不得超过原清单数量减去其他退货申请的数量。",
        "Reduce the quantity; the customs office can refuse the other application.", "请减少数量；其他退货申请可由海关退单。";
    TallyOfAnotherList = 194, "tally-of-another-list", Rejected, Open, NONE, "19065", "理货单与退货申请的清单编号不一致[*]",
        "A tally that names a list names one whose goods the parcel is awaited with.", "理货单填写清单编号的，应为该运单退货申请所列清单。",
        "Correct invtNo of the tally, or the waybill number.", "请更正理货单的清单编号或运单号。";
    ReturnToAnotherDistrict = 195, "return-to-another-district", Review, Open, NONE, "1200", "等待人工审核",
        "The goods come back to another district than the one where they were declared: a person decides.", "退货申报地与原清单申报地不同，转人工审核。",
        "Nothing: wait for the review.", "请等待审核。";
    ReturnAfterSummary = 196, "return-after-summary", Review, Open, NONE, "1200", "等待人工审核",
        "The list was declared in summary: what was claimed for its goods is settled first, a person decides. The summary stays as it is.", "原清单已汇总申报，涉及已办理的退税等事项，转人工审核；汇总申报不变。",
        "Have the settlement of refunded tax ready.", "请准备退税处理的相关材料。";
    ReturnWithoutRelief = 197, "return-without-relief", Review, Open, NONE, "1200", "等待人工审核",
        "The goods do not come back free of duty and import taxes: too long after their departure, or goods without that relief. A person decides what is due.", "退运商品不适用免税（已超过期限或属于不适用商品），税款由人工审核。",
        "Nothing: wait for the review.", "请等待审核。";
    ReturnCameLate = 198, "return-came-late", Review, Open, NONE, "1200", "等待人工审核",
        "The goods were at the site after the last day on which they may be back: a person decides.", "商品运抵监管场所时已超过退运进境期限，转人工审核。",
        "Nothing: wait for the review.", "请等待审核。";
    ModeNotPermitted = 199, "mode-not-permitted", Rejected, Open, NONE, "19199", "企业未获准使用该监管方式[*]",
        "The filing of the declaring unit, the platform or the merchant limits it to certain supervision modes, for which a pilot enterprise is designated, and the list has another. A filing that names no mode limits nobody.", "申报单位、电商平台或电商企业的备案限定了监管方式（试点企业按指定的监管方式开展业务），清单填写了其他监管方式；备案未列监管方式的不受限。",
        "Declare in one of the modes that are named, or have the mode added to the filing.", "请使用所列监管方式申报，或先变更备案增加该监管方式。";
    CollectionNotPermitted = 200, "collection-not-permitted", Rejected, Open, NONE, "19200", "收款的支付企业未获准办理跨境收款[*]",
        "The filing of the payment firm that received the money of an export lists its services, and collection across the border is none of them on that day, in that currency and amount. A filing that lists no service limits nobody.", "收取出口货款的支付企业，其备案列明的业务在当日不包括跨境收款（含币种和单笔限额）；备案未列业务的不受限。",
        "Receive the money by a firm that may collect it, or have the service added to the filing; GET /v1/institutions lists them.", "请委托已获许可的支付企业收款，或先办理该业务备案；可查询/v1/institutions。";
    ModeNotOfPark = 201, "mode-not-of-park", Review, Open, NONE, "1200", "等待人工审核",
        "The list names a site (loctNo) in a park that may do other supervision modes than the list's: a person decides. A park that names no mode limits nobody.", "清单所填监管场所（loctNo）所在园区未获准开展该监管方式，转人工审核；园区未列监管方式的不受限。",
        "Name a site of a park that may do the mode, or have the mode approved for the park; GET /v1/parks lists them.", "请填写可开展该监管方式的园区的监管场所，或由园区申请增加该监管方式；可查询/v1/parks。";
    ReturnBookUnfit = 202, "return-book-unfit", Refused, Open, NONE, "", "退货不得进入该账册：[*]",
        "Goods of a bonded book come back to another book only if that is open and has an item of the same code and units for each of them.", "退货进入其他账册的，该账册须在用，且每项商品有商品编码与计量单位一致的备案序号。",
        "Name another book or item, or receive the goods in the book that they left.", "请另选账册或备案序号，或退回原账册。";
    BrandNotAuthorised = 206, "brand-not-authorised", Review, Open, NONE, "19206", "商品品牌授权当日无效[*]",
        "The authorisation of the brand that the merchant filed with the goods does not hold on the day of the list: it has ended, or not begun.", "电商企业商品备案中的品牌授权在清单申报当日无效（已到期或尚未开始）。",
        "Have the authorisation renewed and change the goods filing, then declare again; otherwise a person decides.", "请续办品牌授权并变更商品备案后重新申报，否则转人工审核。";
    GoodsQuantityDiffers = 207, "goods-quantity-differs", Review, Open, NONE, "19207", "法定数量与商品备案的换算不一致[*]",
        "The quantity in legal units is not the quantity times the factor with which the merchant filed the goods, to five places.", "法定数量不等于申报数量乘以商品备案的换算系数（五位小数，四舍五入）。",
        "Correct the quantities, or change the factor in the goods filing, then declare again; otherwise a person decides.", "请更正数量或变更商品备案的换算系数后重新申报，否则转人工审核。";
    PrincipalNotNamed = 208, "principal-not-named", Review, Open, NONE, "19208", "申报单位未备案该电商企业的申报委托[*]",
        "The declaring unit has filed for whom it declares, and the merchant of the list is none of them on that day, nor has it named the declaring unit as its domestic agent.", "申报单位已备案其受托申报的企业，清单的电商企业当日不在其中，也未将该申报单位备案为其境内代理人。",
        "File the power of attorney of the merchant, or declare by whoever has it; otherwise a person decides.", "请补充备案该电商企业的委托书，或由受托企业申报，否则转人工审核。";
    ArrivalMissing = 209, "arrival-missing", Rejected, Open, NONE, "19209", "包裹逾期未运抵监管场所，清单失效，所占额度与担保已释放，需重新申报",
        "The parcel of an accepted list was not at the supervised site within the days for which it is waited for: the list ended, and quota, guarantee and waybill are free again.", "已通过审核的清单在等待期内未收到包裹运抵（CEB711）：清单失效，额度、担保和运单已释放。",
        "If the parcel still comes, declare the list again (CEB621, a later appTime): order, payment and waybill need not be sent again, and an arrival that was recorded meanwhile counts.", "包裹仍会运抵的，请重新申报清单（CEB621，appTime须更新）；订单、支付和运单无需重报，其间已登记的运抵继续有效。";
    ArrivalUnclaimed = 210, "arrival-unclaimed", Note, Open, NONE, "", "到货包裹中有[*]票暂无有效清单，须留在监管场所",
        "No list claims the waybill of a parcel that arrived: none was declared yet, or it ended before, because its parcel was waited for in vain, or because it was rejected, cancelled or deleted.", "到货包裹的运单暂无有效清单：尚未申报，或清单已因逾期未运抵、退单、撤单、删除而失效。",
        "Nothing is sent again: the arrival is recorded. Have the list declared, or declared again; it is released with this arrival.", "运抵已登记，无需重报；请通知申报单位申报或重新申报清单，清单凭本次运抵放行。";
    SimplifiedDutiable = 211, "simplified-dutiable", Rejected, Open, NONE, "19211", "应征出口关税的商品不适用简化申报（A）[*]",
        "A simplified list (kind A) is for goods that bear no export duty on the day of the list.", "简化申报（A）仅适用于清单申报当日不征出口关税的商品。",
        "Send statisticsFlag B, with the code of ten digits and its statutory units.", "请将申报业务类型改为B，并填写10位商品编码及其法定计量单位。";
    ParcelInTransfer = 212, "parcel-in-transfer", Refused, Open, NONE, "", "",
        "A parcel that is under transfer to another district, or missing on its way there, has not left the country.", "包裹正在转关途中或转关短少未核销，不能申报离境",
        "Send the departure once its arrival is confirmed, or without this parcel.", "请待指运地海关确认运抵后报送离境单，或剔除该运单后报送。";
    ListInTransfer = 213, "list-in-transfer", Refused, Open, NONE, "", "",
        "A list stands while its parcel is under an open transfer to another district.", "清单所列包裹列入未完结的转关单，转关期间不得撤单",
        "Withdraw the application for the transfer, or ask the office of departure to refuse or revoke it; once the goods are on their way, wait until their arrival is confirmed or a variance is resolved. Then apply again (CEB605, a later appTime).", "请先撤回转关申请，或请启运地海关不予核准或撤销核准；已启运的，待指运地海关确认运抵或异常核销后再申请撤单（CEB605，appTime须更新）。";
}

impl Reason {
    /// The permanent number.
    pub fn number(self) -> u16 {
        self as u16
    }
    /// The rule of a number.
    pub fn from_number(number: u16) -> Option<Self> {
        Self::ALL.iter().copied().find(|reason| reason.number() == number)
    }
    /// The rule of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|reason| reason.word() == word)
    }
    /// The negative code a document of this kind is answered with; 0 if the rule does not refuse this kind.
    pub fn ceb_code(self, kind: Kind) -> i32 {
        if kind.is_export() {
            return crate::export::codes::ceb_code(self, kind);
        }
        column(kind).and_then(|at| self.codes().get(at).copied()).unwrap_or(0)
    }
    /// Every negative code the rule gives.
    pub fn ceb_codes(self) -> impl Iterator<Item = i32> {
        self.codes().into_iter().filter(|code| *code != 0)
    }
    /// The Chinese text for a kind, slots unfilled.
    pub fn zh(self, kind: Option<Kind>) -> &'static str {
        let own = self.own_zh();
        if !own.is_empty() {
            return own;
        }
        if kind.is_some_and(Kind::is_export) {
            return crate::export::codes::text(self);
        }
        let code = kind.map_or(0, |kind| self.ceb_code(kind));
        let texts = error_texts().get(&code).copied().unwrap_or("");
        // Two codes have two texts; which one is meant follows from the rule.
        let second = matches!(
            (self, code),
            (Self::LineNumbersRepeat, -621027)
                | (Self::StateForbidsChange | Self::StateForbidsDeletion, -625022)
        );
        match texts.split_once(" / ") {
            Some((_, text)) if second => text,
            Some((text, _)) => text,
            None => texts,
        }
    }
    /// The Chinese text with `[*]` and bare `*` filled by the run-time texts in order; what is left over follows in
    /// brackets, so that nothing known is kept back.
    pub fn fill_zh(self, kind: Option<Kind>, arguments: &[Text]) -> String {
        let mut arguments = arguments.iter().map(Text::as_str);
        let mut filled = filled(self.zh(kind), arguments.by_ref());
        for rest in arguments {
            filled.push('[');
            filled.push_str(rest);
            filled.push(']');
        }
        filled
    }
}

/// A text of the tables with its slots filled in order; a slot for which nothing is left is empty.
pub(crate) fn filled<'a>(text: &str, mut values: impl Iterator<Item = &'a str>) -> String {
    let template = text.replace("[错误信息]", "[*]").replace("[paymentHead,payment]", "[*]");
    let mut filled = String::with_capacity(template.len() + 32);
    for piece in template.split_inclusive('*') {
        match piece.strip_suffix('*') {
            Some(before) => {
                filled.push_str(before);
                filled.push_str(values.next().unwrap_or(""));
            }
            None => filled.push_str(piece),
        }
    }
    filled
}

/// Chinese text of every negative import code (SPEC §7.2).
pub fn error_texts() -> &'static BTreeMap<i32, &'static str> {
    static TEXTS: OnceLock<BTreeMap<i32, &'static str>> = OnceLock::new();
    TEXTS.get_or_init(|| error_rows().into_iter().map(|(code, text, _)| (code, text)).collect())
}

/// Code, Chinese text and English meaning of every negative import code.
pub fn error_rows() -> Vec<(i32, &'static str, &'static str)> {
    include_str!("../../../tables/import_error_codes.csv").lines().skip(1).filter_map(error_row).collect()
}

/// One line of the table: code, text and meaning, where texts with a comma stand in double quotes.
fn error_row(line: &'static str) -> Option<(i32, &'static str, &'static str)> {
    let (code, rest) = line.split_once(',')?;
    let (text, rest) = cell(rest)?;
    let (meaning, _) = cell(rest)?;
    Some((code.parse().ok()?, text, meaning))
}

fn cell(rest: &'static str) -> Option<(&'static str, &'static str)> {
    match rest.strip_prefix('"') {
        Some(quoted) => quoted.split_once("\","),
        None => rest.split_once(','),
    }
}

/// Why a code of the table is never given here.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NotGiven {
    /// It tells of a failure inside the system that gave it; ours record the document and judge it later.
    InternalFailure,
    /// It answers a screen, not a message.
    UserInterfaceOnly,
    /// Another code says the same.
    Superseded,
    /// No message that the schema allows comes to it.
    UnreachableBySchema,
}

impl NotGiven {
    /// In words.
    pub fn word(self) -> &'static str {
        match self {
            Self::InternalFailure => "internal failure",
            Self::UserInterfaceOnly => "user interface only",
            Self::Superseded => "superseded",
            Self::UnreachableBySchema => "unreachable by schema",
        }
    }
    /// What that means, in English.
    pub fn why_en(self) -> &'static str {
        match self {
            Self::InternalFailure => {
                "It tells of a failure inside the window: documents are recorded here and judged later, and no sender can bring it about."
            }
            Self::UserInterfaceOnly => "It answers somebody at a screen of the old system, not a message.",
            Self::Superseded => "Another code says the same here, with more detail.",
            Self::UnreachableBySchema => "No message that the schema allows comes to it.",
        }
    }
    /// What that means, in Chinese.
    pub fn why_zh(self) -> &'static str {
        match self {
            Self::InternalFailure => "反映系统内部故障：本窗口先登记后处理，报送内容不会引发此代码。",
            Self::UserInterfaceOnly => "仅用于原系统界面操作，不用于报文答复。",
            Self::Superseded => "本窗口由其他更具体的代码代替。",
            Self::UnreachableBySchema => "符合格式规范的报文不会出现此情形。",
        }
    }
}

/// The codes that no sender is answered with here, and why. The codes of [`Reason::Undecided`] stand among them: they
/// are given, but only when a judgement fails.
pub const NOT_GIVEN: &[(NotGiven, &[i32])] = &[
    (
        NotGiven::InternalFailure,
        &[
            -301013, -401011, -505015, -621002, -621008, -621009, -621014, -621017, -621025, -623002,
            -623006, -623007, -623016, -623025, -623027, -623028, -625002, -625019, -625024, -625025,
            -625027, -625110, -625116, -625202, -625203, -625206, -625207, -800004,
        ],
    ),
    (
        NotGiven::UserInterfaceOnly,
        &[
            -301003, -301004, -301005, -301006, -401001, -401002, -401004, -621006, -621023, -623010,
            -623011, -623022, -623024, -625029, -625204, -625205,
        ],
    ),
    (
        NotGiven::Superseded,
        // Unreadable messages get CEB900; the limit of states is 505017, an empty return 625200, an unregistered card
        // 625013, all bodies empty 625023; limits are judged when the list is declared; goods of a return are those of
        // its list (625209, 625011).
        &[-504000, -505000, -505013, -625003, -625007, -625014, -625015, -625020, -625031, -625113],
    ),
    // Flat documents have no head that could be missing; a cancellation is never deleted (appType is 1); a return line
    // has no second unit.
    (NotGiven::UnreachableBySchema, &[-505010, -623000, -623013, -625009]),
];

/// The reference page of all rules and codes.
pub fn reference_markdown() -> String {
    let mut page = String::from(
        "# Rules and codes\n\nGenerated from `crates/clearance/src/reason.rs`; do not edit. Layers: *refused* = a \
         negative code, not accepted, the key stays free; *rejected* = 100, accepted and refused, or *review* where it \
         rests on a row that is not sure; *review* = a person decides; *note* = said, without consequence. Sealed rules show parties only the measure taken.\n\n\
         | no. | rule | layer | codes | why · 说明 | what to do · 处理 |\n|---|---|---|---|---|---|\n",
    );
    for reason in Reason::ALL {
        let mut codes: Vec<String> = reason.ceb_codes().map(|code| code.to_string()).collect();
        codes.dedup();
        codes.extend(reason.customs_code().map(str::to_owned));
        let sealed = if reason.disclosure() == Disclosure::Sealed { ", sealed" } else { "" };
        page.push_str(&format!(
            "| {} | `{}` | {}{sealed} | {} | {} {} | {} {} |\n",
            reason.number(),
            reason.word(),
            reason.layer().word(),
            codes.join(" "),
            reason.why_en(),
            reason.why_zh(),
            reason.fix_en(),
            reason.fix_zh()
        ));
    }
    page.push_str(&crate::export::codes::reference_markdown());
    page.push_str(
        "\n## Import error codes\n\n| code | text | meaning | given by | example |\n|---|---|---|---|---|\n",
    );
    for (code, text, meaning) in error_rows() {
        let given: Vec<&str> = Reason::ALL
            .iter()
            .filter(|reason| reason.ceb_codes().any(|c| c == code))
            .map(|reason| reason.word())
            .collect();
        let why = NOT_GIVEN.iter().find(|(_, codes)| codes.contains(&code)).map(|(why, _)| why.word());
        let given = why.map_or_else(|| given.join(", "), |why| format!("*not given: {why}*"));
        let example = crate::example::examples().iter().find(|one| one.code == code.to_string());
        let example = example.map_or_else(
            || looks_like(code),
            |one| format!("{} · {}：{}", one.case_en, one.case_zh, one.text.replace('|', "\\|")),
        );
        page.push_str(&format!("| {code} | {text} | {meaning} | {given} | {example} |\n"));
    }
    page.push_str(
        "\n## Codes of receipts with status 100 or 300\n\n| code | rules | example |\n|---|---|---|\n",
    );
    for one in
        crate::example::examples().iter().filter(|one| !one.code.starts_with('-') && !one.code.is_empty())
    {
        let rules: Vec<&str> = one.rules.iter().map(|rule| rule.word()).collect();
        let rules = rules.join(", ");
        page.push_str(&format!(
            "| {} | {rules} | {} · {}：{} |\n",
            one.code, one.case_en, one.case_zh, one.text
        ));
    }
    page.push_str(&crate::receipt_text::reference_markdown());
    page
}

/// What a code that is not given would look like, in a cell of the page.
fn looks_like(code: i32) -> String {
    let never = crate::example::not_given().into_iter().find(|one| one.code == code);
    never.map_or_else(String::new, |one| {
        format!("would look like `{}`", one.fragment.replace('\n', " ").replace('|', "\\|"))
    })
}
