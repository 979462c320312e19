//! Why a command is refused: rule, field, both values, what to do; in Chinese and English.

use crate::Text;

/// One thing that is wrong.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refusal {
    /// Which rule.
    pub rule: Rule,
    /// Which field of the command.
    pub field: Text,
    /// What it says.
    pub value: Text,
    /// What stands against it: what was expected, or what is there.
    pub other: Text,
}

macro_rules! rules {
    ($($rule:ident, $word:literal: $zh:literal, $en:literal, $do_zh:literal, $do_en:literal;)*) => {
        /// The rules of a book.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub enum Rule {
            $( #[doc = $en] $rule, )*
        }

        impl Rule {
            /// All rules.
            pub const ALL: &'static [Self] = &[$( Self::$rule, )*];
            /// The stable word of answers.
            pub fn word(self) -> &'static str {
                match self { $( Self::$rule => $word, )* }
            }
            /// What is wrong, in Chinese and in English.
            pub fn texts(self) -> (&'static str, &'static str) {
                match self { $( Self::$rule => ($zh, $en), )* }
            }
            /// What to do, in Chinese and in English.
            pub fn advice(self) -> (&'static str, &'static str) {
                match self { $( Self::$rule => ($do_zh, $do_en), )* }
            }
        }
    };
}

rules! {
    Form, "form": "字段格式不符", "The field does not have its form.",
        "按要求的格式填写", "Write the field in the form that is asked for.";
    DocumentKind, "document-kind": "该单证不能作此变动", "This kind of document cannot make this movement.",
        "使用所列种类的单证", "Use a document of a kind that is listed.";
    LineUsed, "line-used": "该单证的此项已作过另一变动", "This line of the document has already made another movement.",
        "核对单证号与项号；更正须另用单证", "Check number and line; a correction needs a document of its own.";
    BookUnknown, "book-unknown": "账册不存在", "There is no such book.",
        "核对账册号", "Check the number of the book.";
    BookClosed, "book-closed": "账册已停用", "The book is closed.",
        "使用在用账册", "Use a book that is open.";
    ItemUnknown, "item-unknown": "账册中无此项", "The book has no such item.",
        "核对备案序号，或先备案", "Check the number of the item, or file it first.";
    Counting, "counting": "账册盘点中，暂停变动", "A stocktake is under way; nothing moves until it ends.",
        "盘点结束后再报", "Send it again when the stocktake has ended.";
    NotCounting, "not-counting": "该盘点未开始或不是当前盘点", "This stocktake has not begun, or is not the one under way.",
        "先开始盘点，并使用其单号", "Begin the stocktake first, and use its number.";
    Quantity, "quantity": "数量须大于零", "A quantity must be above zero.",
        "更正数量", "Correct the quantity.";
    Conversion, "conversion": "法定数量与申报数量及换算系数不符", "A legal quantity does not follow from the declared one.",
        "核对换算系数与数量", "Check factor and quantities.";
    OutOfRange, "out-of-range": "数量超出可记载范围", "The balance would have more digits than can be kept.",
        "核对数量", "Check the quantity.";
    LotUnknown, "lot-unknown": "无此批次", "There is no such lot.",
        "核对批次号", "Check the number of the lot.";
    LotDiffers, "lot-differs": "同号批次的原产国或保质期不同", "A lot of this number has another origin or expiry.",
        "使用新的批次号，或更正", "Use another number of lot, or correct it.";
    StopSale, "stop-sale": "批次已到停售期", "The lot may not be sold any more: it expires.",
        "选用其他批次；到期货物退运或销毁", "Take another lot; what expires goes back abroad or is destroyed.";
    NotEnough, "not-enough": "可用数量不足", "There is not as much available.",
        "减少数量，或先入账", "Take less, or enter goods first.";
    LineUnknown, "line-unknown": "所引单证项不存在", "The line that is referred to has moved nothing.",
        "核对所引单证号与项号", "Check number and line that are referred to.";
    LineElsewhere, "line-elsewhere": "所引单证项属于其他账册或账册项", "The line that is referred to belongs to another book or item.",
        "核对账册号与备案序号", "Check book and item.";
    WrongPlace, "wrong-place": "所引货物不在可作此处理的状态", "The goods do not rest where this could be done with them.",
        "按货物所处状态选择处理方式", "Choose what can be done with goods that rest there.";
    MoreThanOpen, "more-than-open": "超过所引单证项的未结数量", "More than what is still open of the line.",
        "减少数量", "Take less.";
    SameBook, "same-book": "转出与转入为同一账册", "A transfer cannot go to the book that it leaves.",
        "填写转入账册号", "Name the book that shall receive it.";
    NoReceiver, "no-receiver": "未填写转入账册，或非转出而填写", "A transfer names the book that receives it, nothing else does.",
        "仅转出时填写转入账册号", "Name the receiving book for transfers, and for them alone.";
    NotReceiver, "not-receiver": "该转出的转入账册不是本账册", "The transfer was sent to another book.",
        "由转入账册办理", "The book that it was sent to receives it.";
    ItemDiffers, "item-differs": "商品编码或计量单位与账册项不同", "The HS code or a unit differs from the item's.",
        "选用商品编码与单位相同的账册项，或更正", "Use an item with the same HS code and units, or correct it.";
    Approval, "approval": "盘亏须附补税或核销单证", "A loss needs the document by which it was taxed or written off.",
        "填写补税或核销单证号", "Name that document.";
    Cause, "cause": "盘点差异须说明原因", "A difference needs its cause.",
        "填写差异原因", "Say what explains it.";
    Recalled, "recalled": "批次已召回，停止销售与转出", "The lot is recalled: it goes to no buyer and into no other book.",
        "选用其他批次；召回货物退运、销毁或送检", "Take another lot; what is recalled goes back abroad, is destroyed or looked at.";
}

impl Refusal {
    /// A refusal.
    pub fn new(rule: Rule, field: &str, value: &str, other: &str) -> Self {
        Self { rule, field: field.into(), value: value.into(), other: other.into() }
    }
    /// The whole answer in Chinese.
    pub fn zh(&self) -> String {
        let (what, to_do) = (self.rule.texts().0, self.rule.advice().0);
        format!("[{}]{what}（{}:{}，{}）。{to_do}。", self.rule.word(), self.field, self.value, self.other)
    }
    /// The whole answer in English.
    pub fn en(&self) -> String {
        let (what, to_do) = (self.rule.texts().1, self.rule.advice().1);
        format!("[{}] {what} {}: {}; {}. {to_do}", self.rule.word(), self.field, self.value, self.other)
    }
}
