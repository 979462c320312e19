//! What receipts say beside findings: that a check is passed, what an officer did, what lapsed. Each text with its code stands
//! here and nowhere else; the codes of findings are those of [`crate::reason`]. A code has one meaning over both: what SPEC
//! §7.4 defines is used as it is there, the others, from 19000 to 19999, are this system's own.

macro_rules! texts {
    ($( $name:ident, $code:literal, $zh:literal, $after:literal, $when:literal; )*) => {
        /// A text of receipts that comes of no finding.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub enum ReceiptText {
            $( #[doc = $when] $name, )*
        }

        impl ReceiptText {
            /// All of them.
            pub const ALL: &'static [Self] = &[$( Self::$name, )*];
            /// The customs code.
            pub const fn code(self) -> &'static str { match self { $( Self::$name => $code, )* } }
            /// The words, in Chinese as receipts are.
            pub const fn zh(self) -> &'static str { match self { $( Self::$name => $zh, )* } }
            /// When it is said, in English.
            pub const fn when(self) -> &'static str { match self { $( Self::$name => $when, )* } }
            /// What `returnInfo` says (SPEC §5.5).
            pub const fn info(self) -> &'static str {
                match self { $( Self::$name => concat!("[Code:", $code, ";Desc:", $zh, "]", $after), )* }
            }
        }
    };
}

texts! {
    Checked, "1800", "逻辑校验通过", "", "The documents agree, or the document is right by itself.";
    AwaitsLists, "1800", "逻辑校验通过，等待清单审结", "", "A bill waits until the lists of its parcels are concluded.";
    AwaitsParts, "1800", "逻辑校验通过，等待其余分段", "", "A document that comes in parts waits for the others.";
    InReview, "1200", "等待人工审核", "", "A person looks at it.";
    Refused, "1300", "人工退单", "", "An officer refuses an application.";
    Approved, "2300", "审核通过", "", "It is approved.";
    ApprovedAwaitsArrival, "2300", "审核通过，等待运抵", "", "It is approved and is released when its parcel is at the site.";
    ApprovedAwaitsTally, "2300", "审核通过，等待退货理货", "", "A return of exported goods is approved and waits for its goods.";
    Cancelled, "2300", "审核通过", ",撤单申请审核通过,清单已成功撤单", "A cancellation is approved: the list is cancelled.";
    Concluded, "2300", "审结", "", "An officer concludes a list.";
    Released, "2600", "放行", "", "It is released.";
    Opened, "19019", "布控查验", "", "The parcel is opened.";
    ReturnLapsed, "19020", "逾期未退回，退货申请失效", "", "The goods of a return did not come in time.";
    Suspended, "19021", "挂起", "", "An officer suspends it.";
    Detained, "19022", "扣留", "", "An officer detains the goods.";
    ReExported, "19023", "退运", "", "The goods are sent back abroad.";
    Closed, "19024", "结关", "", "It is closed.";
    HandedOver, "19025", "移交", "", "An officer hands the goods of a return over.";
}

impl ReceiptText {
    /// The same with what is said of it beside, such as an officer's words.
    pub fn with(self, text: &str) -> String {
        if text.is_empty() {
            return self.info().to_owned();
        }
        format!("[Code:{};Desc:{}，{text}]", self.code(), self.zh())
    }
}

/// Part of the reference page of rules and codes.
pub(crate) fn reference_markdown() -> String {
    let mut page = String::from(
        "\n## Texts of receipts beside rules\n\nGenerated from `crates/clearance/src/receipt_text.rs`. Words of an officer \
         follow within the bracket.\n\n| code | text | when |\n|---|---|---|\n",
    );
    for text in ReceiptText::ALL {
        page.push_str(&format!("| {} | {} | {} |\n", text.code(), text.info(), text.when()));
    }
    page
}

#[cfg(test)]
mod tests {
    use super::ReceiptText;
    use crate::reason::Reason;
    use std::collections::{BTreeMap, BTreeSet};

    /// What SPEC §7.4 defines: the code, and the words with which it may be said.
    const OF_CUSTOMS: [(&str, &[&str]); 15] = [
        ("1200", &["等待人工审核"]),
        ("1300", &["人工退单"]),
        ("1311", &["担保金额不足"]),
        ("1313", &["购买人超过年度限值"]),
        ("1320", &["清单与订单表体数量不一致"]),
        ("1322", &["订单与清单商品表体不一致"]),
        ("1327", &["订单订购人与支付人不一致"]),
        ("1332", &["订单实际支付金额与支付凭证不一致"]),
        ("1800", &["逻辑校验通过"]),
        ("2300", &["审核通过", "审结"]),
        ("2600", &["放行"]),
        ("13035", &["订单与支付凭证的支付企业不一致"]),
        ("13127", &["清单订购人姓名与订单不一致"]),
        ("130126", &["清单订购人电话与订单不一致"]),
        ("22007", &["对应的清单已放行"]),
    ];
    /// Codes of customs whose meaning nothing here has, or whose text is not known.
    const NOT_USED: [&str; 3] = ["1301", "1371", "22001"];

    /// Every code with every text that it is said with, of findings and beside them.
    fn said() -> BTreeMap<&'static str, BTreeSet<&'static str>> {
        let mut said: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        let reasons =
            Reason::ALL.iter().filter_map(|one| one.customs_code().map(|code| (code, one.zh(None))));
        for (code, text) in reasons.chain(ReceiptText::ALL.iter().map(|one| (one.code(), one.zh()))) {
            said.entry(code).or_default().insert(text);
        }
        said
    }

    #[test]
    fn a_code_of_ours_has_one_meaning() {
        let mut ours = 0;
        for (code, texts) in said() {
            if OF_CUSTOMS.iter().any(|(known, _)| *known == code) {
                continue;
            }
            ours += 1;
            assert!(code.len() == 5 && code.starts_with("19"), "{code} is neither of customs nor of ours");
            assert_eq!(texts.len(), 1, "{code} means {texts:?}");
        }
        assert!(ours > 40, "only {ours} codes are looked at");
    }

    #[test]
    fn a_code_of_customs_is_said_in_its_sense() {
        let said = said();
        for (code, senses) in OF_CUSTOMS {
            let texts = said.get(code).unwrap_or_else(|| panic!("{code} is said of nothing"));
            for text in texts {
                assert!(senses.iter().any(|sense| text.starts_with(sense)), "{code} is said as {text}");
            }
        }
        for code in NOT_USED {
            assert!(!said.contains_key(code), "{code} is said in a sense that is not known");
        }
    }

    #[test]
    fn words_stand_within_the_bracket() {
        assert_eq!(ReceiptText::Detained.with(""), "[Code:19022;Desc:扣留]");
        assert_eq!(ReceiptText::Detained.with("样例"), "[Code:19022;Desc:扣留，样例]");
        assert_eq!(
            ReceiptText::Cancelled.info(),
            "[Code:2300;Desc:审核通过],撤单申请审核通过,清单已成功撤单"
        );
    }
}
