//! A host that takes connections and says nothing: whoever wants something of a database there is told so within bounds, as of one that
//! may come back.

use std::time::{Duration, Instant};
use store::postgres::{Options, PostgresRead};

#[tokio::test]
async fn a_host_that_takes_a_connection_and_says_nothing_is_given_up() {
    // What arrives is taken by the machine; nobody reads it.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let folder = tempfile::tempdir().unwrap();
    let address = format!("host=127.0.0.1 port={port} user=onewindow dbname=zone");
    let began = Instant::now();
    let opened = PostgresRead::open(&Options::new(&address, folder.path().join("space.key"))).await;
    let error = opened.err().expect("nobody answered");
    assert!(error.may_pass(), "{error}");
    assert!(began.elapsed() < Duration::from_secs(20), "given up after {:?}", began.elapsed());
    drop(listener);
}
