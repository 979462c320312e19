//! Another master key: interrupted at every step it is finished by asking again, everything is there afterwards, and the old
//! key opens nothing.

use crate::support::people::{PASSWORD, add, enrol, sign_in};
use crate::support::{NOW, Zone, another_read, open, plain};
use ceb::Document;
use clearance::party::Role;
use std::path::{Path, PathBuf};
use store::rotate::Step;
use store::{Duty, MasterKey, Read, StoreError, postgres, sqlite};

const OFFICER: &str = "8620000001";

fn key_of(folder: &Path) -> PathBuf {
    if folder.join("address").exists() {
        folder.join("space.key")
    } else {
        MasterKey::default_path(&folder.join("data"))
    }
}

/// Rotates, up to and with a step; none = all.
async fn rotate(folder: &Path, until: Option<Step>) -> Result<(), StoreError> {
    let mut told = |step: Step| match until {
        Some(last) if step == last => Err(StoreError::MasterKey("interrupted".to_owned())),
        _ => Ok(()),
    };
    match std::fs::read_to_string(folder.join("address")) {
        Ok(address) => {
            let options = postgres::Options::new(&address, key_of(folder));
            postgres::rotate::rotate(&options, &mut told).await
        }
        Err(_) => sqlite::rotate::rotate(&folder.join("data"), &sqlite::Options::default(), &mut told),
    }
}

/// Waits until the process before has left the space.
async fn rotated(folder: &Path, until: Option<Step>) -> Result<(), StoreError> {
    for _ in 0..200 {
        match rotate(folder, until).await {
            Err(StoreError::Locked { .. }) => {}
            Err(StoreError::Failed { source, .. }) if source.to_string().contains("work on it") => {}
            done => return done,
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("the space is still in use");
}

/// A head is signed, as soon as the log has followed.
async fn signed(zone: &Zone) {
    for _ in 0..400 {
        if zone.get(OFFICER, "/v1/evidence/head").await.0 == 200 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("{:?}", zone.get(OFFICER, "/v1/evidence/head").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotation_interrupted_anywhere_is_finished_and_the_old_key_opens_nothing() {
    let mut zone = Zone::new().await;
    let trade = plain(&zone, 0);
    zone.trade(&trade).await;
    let (_, one_time) = add(&zone, "li", OFFICER, Role::Officer, &[Duty::Decider]).await;
    let session = crate::support::people::settle(&zone, "li", &one_time, false).await;
    let (_, recovery) = enrol(&zone, &session).await;
    signed(&zone).await;
    let provider =
        store::Provider { name: "样例".to_owned(), settings: "{}".to_owned(), secret: b"one".to_vec() };
    zone.window.control.set_provider(&provider).await.unwrap();
    let before = (zone.shown(OFFICER, &trade).await, zone.window.read.keyed_hash("identity:x"));
    let (_, keys) = zone.get(OFFICER, "/v1/evidence/keys").await;
    for (turn, step) in Step::ALL.into_iter().enumerate() {
        let Zone { window, router, folder, clock, tokens } = zone;
        drop((window, router));
        let key = key_of(folder.path());
        let old = std::fs::read_to_string(&key).unwrap();
        let interrupted = rotated(folder.path(), Some(step)).await;
        assert!(interrupted.is_err(), "{step:?}");
        if step != Step::Placed {
            // Nothing but the rotation opens it now, and it says so.
            let refused = MasterKey::load_or_create(&key, false).unwrap_err().to_string();
            assert!(refused.contains("onewindow key rotate"), "{step:?}: {refused}");
            rotated(folder.path(), None).await.unwrap();
        }
        assert_ne!(std::fs::read_to_string(&key).unwrap(), old, "{step:?}");
        // Whoever has the old key and everything else opens nothing.
        let new = std::fs::read_to_string(&key).unwrap();
        std::fs::write(&key, &old).unwrap();
        let opened = match std::fs::read_to_string(folder.path().join("address")) {
            Ok(address) => {
                postgres::PostgresRead::open(&postgres::Options::new(&address, key.clone())).await.err()
            }
            Err(_) => sqlite::verify::verify(&folder.path().join("data"), &key, &mut |_| {}).err(),
        };
        assert!(matches!(opened, Some(StoreError::MasterKey(_))), "{step:?}: {opened:?}");
        std::fs::write(&key, &new).unwrap();
        let (report, _) = another_read(folder.path()).await;
        assert_eq!((report.faults.as_slice(), report.erased), ([].as_slice(), 0), "{step:?}");
        // With the new one everything is as it was: rows, hashes, second factors, keys that sign heads.
        let window = open(&folder, &clock).await;
        let router = server::api::router(window.clone());
        zone = Zone { window, router, folder, clock, tokens };
        let shown = zone.shown(OFFICER, &trade).await;
        assert_eq!(shown["attempt"], before.0["attempt"], "{step:?}");
        assert_eq!(zone.window.read.keyed_hash("identity:x"), before.1);
        let (status, _, told) = sign_in(&zone, "li", PASSWORD, Some(&recovery[turn])).await;
        assert_eq!(status, 201, "{step:?}: {told}");
        assert!(zone.window.control.credentials("li").await.unwrap().unwrap().1.second_factor.is_some());
        let kept = zone.window.control.provider("样例").await.unwrap().unwrap();
        assert_eq!(kept.secret, b"one", "{step:?}");
        let another = plain(&zone, 100 + 100 * turn as u64);
        zone.send(&another.order.head.ebp_code, Document::Order(another.order.clone())).await;
        assert_eq!(zone.get(OFFICER, "/v1/evidence/keys").await.1, keys, "{step:?}");
        signed(&zone).await;
    }
}

/// A new data key each month: what a stolen one opens is bounded.
#[tokio::test(flavor = "multi_thread")]
async fn each_month_has_a_data_key_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let (store, control) = server::window::embedded(&data, &sqlite::Options::default(), &mut |_| {}).unwrap();
    let clock = server::clock::Clock::simulated(NOW);
    let opened =
        server::Window::open(store, control, clock.clone(), |error| panic!("{error}")).await.unwrap();
    let (window, writer) = opened;
    let rows = || {
        let mut found = Vec::new();
        for entry in std::fs::read_dir(&data).unwrap().map(Result::unwrap) {
            let name = entry.file_name().into_string().unwrap();
            if name.starts_with("ledger-") && name.ends_with(".db") {
                let file = rusqlite::Connection::open(entry.path()).unwrap();
                let all =
                    "SELECT sequence, kind, time, hex(substr(payload, 17, 4)) FROM row WHERE kind >= 16 AND length(payload) > 1
                     UNION ALL SELECT first, 0, 0, hex(substr(payload, 17, 4)) FROM block";
                let mut rows = file.prepare(all).unwrap();
                let read = |row: &rusqlite::Row<'_>| {
                    Ok((
                        row.get::<_, i64>(0)?,
                        row.get::<_, u8>(1)?,
                        row.get::<_, i64>(2)?,
                        row.get::<_, String>(3)?,
                    ))
                };
                found.extend(rows.query_map([], read).unwrap().map(Result::unwrap));
            }
        }
        found.sort_unstable();
        found
    };
    let keys = || rows().into_iter().map(|row| row.3).collect::<std::collections::BTreeSet<String>>().len();
    let send = async |month: i64| {
        clock.set(clearance::keys::Time(NOW.0 + month * 31 * 86_400_000));
        let filing = clearance::sample::filings().swap_remove(month as usize);
        // The key is made after the first batch of a month: what is sealed once it is there has it.
        let mut again = filing.clone();
        again.name = format!("{} 二", filing.name).into();
        assert_eq!(window.file_all(vec![filing], "test").await, 1);
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        assert_eq!(window.file_all(vec![again], "test").await, 1);
    };
    send(0).await;
    let first = keys();
    send(1).await;
    assert_eq!(keys(), first + 1, "{:?}", rows());
    send(2).await;
    assert_eq!(keys(), first + 2, "{:?}", rows());
    drop(window);
    writer.join().unwrap();
    let key = MasterKey::default_path(&data);
    assert_eq!(sqlite::verify::verify(&data, &key, &mut |_| {}).unwrap().faults, []);
}
