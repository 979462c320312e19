//! One rule's result: which rule, which fields, which values, the arithmetic, what to do.

use crate::Text;
use crate::reason::{Layer, Reason};
use crate::rulebook::Law;
use ceb::Kind;

/// A field and what it held.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Field {
    /// Document and path, as integrators know it: `InventoryHead.buyerName`, `OrderList[2].qty`.
    pub path: Text,
    /// The value as judged; personal values are masked by whoever shows them to others than the sender.
    pub value: Text,
}

/// What one rule found. Its texts come from [`Reason`] and these values.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// The rule.
    pub reason: Reason,
    /// The run-time texts that fill the `[*]` of the rule's Chinese text, in order.
    pub arguments: Vec<Text>,
    /// The fields compared, with their values: the document's own first.
    pub fields: Vec<Field>,
    /// The arithmetic, where there was one: `14000 + 5000 + 50 - 0 = 19050`.
    pub arithmetic: Option<Text>,
    /// Whether a row marked unsure, second-hand or from memory decided: leads to manual review, never to 100.
    pub uncertain: bool,
}

impl Finding {
    /// A finding without values yet.
    pub fn new(reason: Reason) -> Self {
        Self { reason, arguments: Vec::new(), fields: Vec::new(), arithmetic: None, uncertain: false }
    }
    /// Adds a run-time text.
    #[must_use]
    pub fn argument(mut self, text: impl AsRef<str>) -> Self {
        self.arguments.push(Text::from(text.as_ref()));
        self
    }
    /// Adds a field with its value.
    #[must_use]
    pub fn field(mut self, path: impl AsRef<str>, value: impl ToString) -> Self {
        self.fields.push(Field { path: Text::from(path.as_ref()), value: Text::from(value.to_string()) });
        self
    }
    /// Sets the arithmetic.
    #[must_use]
    pub fn arithmetic(mut self, text: impl AsRef<str>) -> Self {
        self.arithmetic = Some(Text::from(text.as_ref()));
        self
    }
    /// Marks that an unsure row decided.
    #[must_use]
    pub fn uncertain(mut self) -> Self {
        self.uncertain = true;
        self
    }

    /// Names a dated parameter that it rests on, a limit, a window or that the rule is asked at all, where that is not sure on the day
    /// of the law.
    #[must_use]
    pub fn resting_on(self, law: &Law, parameter: &str) -> Self {
        if law.is_sure_of(parameter) {
            return self;
        }
        self.field("table", format!("parameters.csv {parameter}")).uncertain()
    }

    /// What it does to its document: what would reject, but rests on a row that is not sure, is decided by a person.
    pub fn layer(&self) -> Layer {
        match self.reason.layer() {
            Layer::Rejected if self.uncertain => Layer::Review,
            layer => layer,
        }
    }

    /// The Chinese text of the rule for a kind of document, with its run-time values.
    pub fn text_zh(&self, kind: Option<Kind>) -> String {
        self.reason.fill_zh(kind, &self.arguments)
    }

    /// What `returnInfo` says for this finding (SPEC §5.5): the text alone for e-port codes,
    /// `[Code:1322;Desc:…]` with the compared fields in a second bracket for customs codes. Values that tell of a person
    /// are masked: a receipt goes to subscribers too, and what a list was compared with is another's document.
    pub fn return_info(&self, kind: Option<Kind>) -> String {
        let mut info = match self.reason.customs_code() {
            Some(code) => format!("[Code:{code};Desc:{}]", self.text_zh(kind)),
            None => self.text_zh(kind),
        };
        if self.reason.customs_code().is_some() && !self.fields.is_empty() {
            info.push('[');
            for (index, field) in self.fields.iter().enumerate() {
                if index > 0 {
                    info.push(',');
                }
                info.push_str(&field.path);
                info.push(':');
                info.push_str(&crate::identity::masked(&field.path, &field.value));
            }
            info.push(']');
        }
        info
    }
}
