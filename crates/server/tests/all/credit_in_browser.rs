//! Credit in a real browser: the page of a party with the reason of every point, and the lists that everybody reads; and the
//! space for trying, where a trade is made with one click and software shows what it can.

use crate::credit::{observe, on_the_black_list};
use crate::portal_in_browser::{Served, browser, sign_in, take_over, visit, visit_in};
use crate::support::people;
use clearance::party::Role;

#[tokio::test(flavor = "multi_thread")]
async fn credit_and_published_lists_are_fit_for_everybody() {
    let Some(mut browser) = browser() else { return };
    let mut served = Served::new().await;
    let seller = served.waiting.declaration.head.ebc_code.to_string();
    observe(&served.zone, &seller).await;
    on_the_black_list(&mut served.zone, &seller).await;
    served.zone.until_listed().await;
    let (_, one_time) =
        people::add(&served.zone, "xin.yong", &seller, Role::Merchant, &[store::Duty::Operator]).await;
    let merchant = people::settle(&served.zone, "xin.yong", &one_time, false).await;
    let faults = tokio::task::spawn_blocking(move || {
        let mut faults = Vec::new();
        let page = |name: &'static str, path: &str| (name, path.to_owned());
        let lists = [page("lists-with-credit", "/lists")];
        visit_in(
            &mut browser,
            &served,
            &["zh-CN", "en", "vi", "th", "lo", "my", "km"],
            ("anybody", &lists),
            &mut faults,
        );
        take_over(&mut browser, &served.address, &merchant);
        visit(&mut browser, &served, "merchant", &[page("credit", "/desk/credit")], &mut faults);
        let officer = served.officer.clone();
        take_over(&mut browser, &served.address, &officer);
        let pages = [
            page("credit-ask", "/desk/credit"),
            page("credit", &format!("/desk/credit?party={seller}")),
            page("credit-nobody", "/desk/credit?party=5301999999"),
        ];
        visit(&mut browser, &served, "officer", &pages, &mut faults);
        faults
    });
    let faults = faults.await.unwrap();
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_space_for_trying_is_fit_for_everybody() {
    let Some(mut browser) = browser() else { return };
    let served = Served::sandbox().await;
    let faults = tokio::task::spawn_blocking(move || {
        let mut faults = Vec::new();
        let page = |name: &'static str, path: &str| (name, path.to_owned());
        sign_in(&mut browser, &served);
        visit(&mut browser, &served, "trying", &[page("sandbox", "/desk/sandbox")], &mut faults);
        // One click makes a trade whose goods are to be looked at, and the page says where it is.
        browser.open(&format!("{}/desk/sandbox", served.address));
        browser.leading(|browser| {
            browser.run("document.querySelector('[name=script][value=inspect]').click(); document.querySelector('[name=send][value=all]').click(); document.querySelector('main form.stack button').click()");
        });
        let made = browser.run("(document.querySelector('main a[href^=\"/desk/consignments/\"]') || {href: ''}).getAttribute('href')");
        let made = made.as_str().unwrap_or_default().to_owned();
        assert!(made.starts_with("/desk/consignments/"), "{made}");
        let pages = [("made", made), page("sandbox-shown", "/desk/sandbox")];
        visit(&mut browser, &served, "trying", &pages, &mut faults);
        faults
    });
    let faults = faults.await.unwrap();
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}
