//! The dashboard in a real browser, for an office, a party and everybody, over days with something of everything; and its files.

use crate::portal_in_browser::{Served, browser, folder, take_over, visit};
use crate::support::browser::Browser;
use crate::support::people;
use crate::support::{NOW, Zone};
use axum::body::Body;
use axum::http::Request;
use ceb::Document;
use clearance::keys::Time;
use clearance::party::Role;
use clearance::sample::Trade;
use http_body_util::BodyExt;
use store::Duty;
use tower::ServiceExt;

const OFFICE: &str = "8620000001";
const DAY: i64 = 86_400_000;
const DAYS: i64 = 12;

/// Trades of some days: released at once, after hours, later; rejected; from several countries.
async fn lively(zone: &Zone) {
    let built_in = clearance::Rulebook::built_in_tables();
    let rules: Vec<(String, String)> =
        built_in.into_iter().filter(|(name, _)| name == "risk_rules.csv").collect();
    zone.window.publish(&rules, "test").await.unwrap();
    for day in 0..DAYS {
        let now = Time(NOW.0 + day * DAY);
        zone.clock.set(now);
        let trades: Vec<Trade> =
            (0..3 + day as u64 % 4).map(|number| trade(day as u64 * 100 + number, now)).collect();
        for trade in &trades {
            zone.trade(trade).await;
        }
        zone.clock.set(Time(now.0 + 3_600_000 * (1 + day % 5)));
        let arrival = Trade::arrival(day as u64, &trades.iter().collect::<Vec<_>>(), zone.clock.now());
        if let Some(arrival) = arrival {
            let operator = arrival.head.operator_code.to_string();
            zone.send(&operator, Document::Arrival(arrival)).await;
        }
    }
    server::statistics::follow(&zone.window).await.unwrap();
}

fn trade(number: u64, now: Time) -> Trade {
    let mut trade = Trade::new(7, number, now, 1_000_000);
    let countries = ["116", "133", "601", "136", "141", "502", "305", "609"];
    let country = countries[(number * number % 8) as usize];
    trade.declaration.head.country = country.into();
    if number % 5 == 3 {
        trade.declaration.head.buyer_name = "另一人".into();
    }
    trade
}

async fn file(zone: &Zone, address: &str) -> (u16, String, Vec<u8>) {
    let request = Request::builder().uri(address).body(Body::empty()).unwrap();
    let answer = zone.router.clone().oneshot(request).await.unwrap();
    let status = answer.status().as_u16();
    let kind = answer.headers()["content-type"].to_str().unwrap().to_owned();
    (status, kind, answer.into_body().collect().await.unwrap().to_bytes().to_vec())
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_are_fit_for_everybody() {
    let Some(mut browser) = browser() else { return };
    let served = Served::new().await;
    lively(&served.zone).await;
    // Those who signed in days ago have to do so again.
    let agent = served.rejected.declaration.head.agent_code.to_string();
    let (_, one_time) = people::add(&served.zone, "guan.er", OFFICE, Role::Officer, &Duty::ALL).await;
    let officer = people::settle(&served.zone, "guan.er", &one_time, true).await;
    let (_, one_time) = people::add(&served.zone, "li.er", &agent, Role::Agent, &Duty::ALL).await;
    let agent = people::settle(&served.zone, "li.er", &one_time, false).await;
    let faults = tokio::task::spawn_blocking(move || {
        let mut faults = Vec::new();
        let page = |name: &'static str, path: &str| (name, path.to_owned());
        visit(&mut browser, &served, "public", &[page("indicators", "/indicators")], &mut faults);
        take_over(&mut browser, &served.address, &officer);
        let pages =
            [page("figures", "/desk/zone"), page("no-figures", "/desk/zone?from=20200101&to=20200131")];
        visit(&mut browser, &served, "officer", &pages, &mut faults);
        take_over(&mut browser, &served.address, &agent);
        visit(
            &mut browser,
            &served,
            "agent",
            &[page("figures", "/desk/zone"), page("home-figures", "/desk")],
            &mut faults,
        );
        faults
    });
    let faults = faults.await.unwrap();
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chart_is_a_file_in_each_form_and_what_is_not_for_the_reader_is_none() {
    let zone = Zone::new().await;
    lively(&zone).await;
    for chart in ["days", "steps", "durations", "causes", "countries", "goods", "lanes"] {
        let address = format!("/indicators/file?chart={chart}&lang=zh-CN&form=");
        let (status, kind, svg) = file(&zone, &format!("{address}svg")).await;
        assert_eq!((status, kind.as_str()), (200, "image/svg+xml"), "{chart}");
        assert!(String::from_utf8(svg).unwrap().starts_with("<svg xmlns="), "{chart}");
        let (status, kind, csv) = file(&zone, &format!("{address}csv")).await;
        assert_eq!((status, kind.as_str()), (200, "text/csv; charset=utf-8"), "{chart}");
        assert!(String::from_utf8(csv).unwrap().lines().count() > 1, "{chart}");
        let (status, kind, png) = file(&zone, &format!("{address}png")).await;
        if status == 404 {
            // A machine without fonts says so.
            assert!(String::from_utf8(png).unwrap().contains("fonts"), "{chart}");
            continue;
        }
        assert_eq!((status, kind.as_str(), png.starts_with(b"\x89PNG")), (200, "image/png", true), "{chart}");
        std::fs::write(folder().join(format!("file-{chart}.png")), png).unwrap();
    }
    for wrong in ["chart=work&form=svg", "chart=waiting&form=csv", "chart=none&form=svg"] {
        assert_eq!(file(&zone, &format!("/indicators/file?{wrong}")).await.0, 404, "{wrong}");
    }
    for wrong in ["chart=days&form=exe", "chart=days&form=csv&from=x", "chart=days&form=csv&from=20100101"] {
        assert_eq!(file(&zone, &format!("/indicators/file?{wrong}")).await.0, 400, "{wrong}");
    }
    let page = Browser::new(&zone).get("/indicators?lang=en").await;
    assert_eq!(page.status, 200);
    assert!(page.text.len() < 100_000, "{} bytes", page.text.len());
}
