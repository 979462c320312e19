//! What another window answered to the same submission is told beside what happened here, and as whose it is.

use crate::gallery::{a_trade, frame};
use portal::Language;
use portal::answers::Entry;
use portal::pages::consignment;

#[test]
fn a_receipt_of_another_window_is_told_as_whose_it_is() {
    let mut trade = a_trade();
    trade.timeline = vec![Entry {
        position: 9,
        time: "20261123100000123".into(),
        what: "receipt-of-window".into(),
        message: Some("CEB311Message".into()),
        window: Some("5301000908".into()),
        info: Some("2 全国窗口已接收".into()),
        ..Entry::default()
    }];
    for (language, words) in
        [(Language::Chinese, "另一窗口的回执"), (Language::English, "receipt of another window")]
    {
        let frame = frame(language, true);
        let page = consignment::page(&frame, &trade, None).shown(&frame);
        for part in [words, "5301000908", "全国窗口已接收"] {
            assert!(page.contains(part), "{part}: {page}");
        }
    }
    trade.timeline[0].window = None;
    let frame = frame(Language::English, true);
    assert!(!consignment::page(&frame, &trade, None).shown(&frame).contains("receipt of another window"));
}
