//! `onewindow demo`: a Kunming demo zone on the embedded database. Everything in it is invented.
#![expect(clippy::print_stdout, reason = "what the newcomer reads")]

mod abroad;
pub mod agencies;
mod applicants;
mod counterparts;
mod parcels;
pub mod parks;
mod past;
mod platform;
mod seeds;

use crate::serve::{LogFormat, Operation, open_to_serve, serve, stop};
use crate::{Failure, Space, generate};
use ceb::{Document, Style};
use clearance::Text;
use clearance::party::Role;
use clearance::sample::{self, Trade};
use server::{Window, password};
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;
use store::{Duty, NewUser, UserState};

/// Arguments of `demo`.
#[derive(clap::Args)]
pub struct Arguments {
    /// Folder for the zone's data, tokens and samples.
    #[arg(long, default_value = "demo")]
    folder: PathBuf,
    /// Address to listen on.
    #[arg(long, default_value = "127.0.0.1:8620")]
    listen: SocketAddr,
    /// Trades to replay after the start.
    #[arg(long, default_value_t = 200)]
    trades: u64,
    /// Make the zone a space for trying, where outcomes are scripted and partners played; in a folder of its own.
    #[arg(long)]
    sandbox: bool,
    /// What a simulated outside system does beside answering, as 'tax: outage 5' or 'police: delay 200; object TEXT'; may be repeated.
    /// While the zone runs, lines are added to counterparts.txt in its folder. The steps are in docs/counterparts.md.
    #[arg(long, value_name = "NAME: STEPS", value_parser = counterparts::line)]
    script: Vec<(String, counterpart::Script)>,
    #[command(flatten)]
    operation: Operation,
}

impl Arguments {
    /// Form of the log.
    pub fn log_format(&self) -> LogFormat {
        self.operation.log_format
    }
}

/// Runs the command.
pub fn run(arguments: Arguments) -> Result<bool, Failure> {
    crate::runtime()?.block_on(async {
        std::fs::create_dir_all(&arguments.folder)?;
        let space = Space::folder(arguments.folder.join("data"), None);
        // A sandbox has no past: its outcomes are scripted from the first trade on.
        let past = if arguments.sandbox { 0 } else { past::live(&space, &arguments.folder).await? };
        let listener = tokio::net::TcpListener::bind(arguments.listen).await?;
        let address = listener.local_addr()?;
        let opened = open_to_serve(&space, address).await?;
        let (window, stop) = (opened.window.clone(), stop()?);
        if arguments.sandbox {
            window.make_sandbox().await?;
        }
        let mut filed = 0;
        for filings in [sample::filings(), sample::agencies_with_authority(), sample::partners()] {
            filed += window.file_all(filings, "demo").await;
        }
        window.file_all(seeds::operator().into_iter().collect(), "demo").await;
        looks_at_goods(&window).await?;
        seeds::short_periods(&window).await?;
        let counterparts = counterparts::open(&window, &arguments.folder, &arguments.script).await?;
        let parks = parks::open(&window).await?;
        let applicants = applicants::open(&window).await?;
        parcels::open(&window).await?;
        window.set_public_address(&format!("http://{address}")).await?;
        platform::open(&window, &arguments.folder, address).await?;
        let messages_to = messages(&window, &arguments.folder).await?;
        let (tokens, from_abroad) = tokens(&window, &arguments.folder).await?;
        people(&window, &arguments.folder).await?;
        let seed = window.clock.now().0 as u64;
        samples(&arguments.folder, seed, &window)?;
        println!("The demo zone of Kunming (districts 86xx) is open at http://{address}");
        if window.is_sandbox() {
            println!("  it is a sandbox: make trades to try with at http://{address}/desk/sandbox");
        }
        println!("  {past} trades of the days before are there: http://{address}/indicators");
        println!("  parties filed now: {filed}; everything in this zone is invented");
        println!("  tokens:  {}   (shell variables: {})", arguments.folder.join("tokens.txt").display(), arguments.folder.join("tokens.sh").display());
        println!("  people:  {}   (they sign in at http://{address}/sign-in)", arguments.folder.join("people.txt").display());
        println!("  buyers:  http://{address}/track with the number of an order; its code comes here and into {}", arguments.folder.join("messages.txt").display());
        println!("  samples: {}", arguments.folder.join("samples").display());
        println!("  try:     . {}/tokens.sh", arguments.folder.display());
        println!("           curl -s -H \"Authorization: Bearer $PLATFORM\" --data-binary @{}/samples/clear-1-order.xml http://{address}/v1/messages", arguments.folder.display());
        println!("  parks:   {parks} at http://{address}/parks; `keeper` scans parcels at http://{address}/desk/sites");
        println!("  filing:  {applicants} applications wait: a payment firm's for `exchange`, a carrier's for `postal`, each of its authority: http://{address}/desk/reviews");
        println!("  draws:   http://{address}/draws  (who committed to which secret, and how to draw again)");
        println!("  {} outside systems are sent what customs shares with them, and answer: GET /v1/registers/deliveries, /v1/registers/answers", counterparts.count());
        println!("           one fails when a line in {} says so, as `tax: outage 5`; http://{address}/status counts who takes nothing", arguments.folder.join(counterparts::FILE).display());
        println!("  {} tokens were issued; the README's first five minutes goes on from here", tokens.len());
        let replayed = tokio::spawn(replay(window.clone(), seed, arguments.trades));
        let abroad = (seed, arguments.trades / SHARE_FROM_ABROAD);
        let beside = [
            tokio::spawn(seeds::run(window.clone(), arguments.folder.clone())),
            tokio::spawn(abroad::run(window.clone(), address, from_abroad, abroad)),
            tokio::spawn(counterparts.run()),
        ];
        drop(window);
        // Its agencies are on this machine.
        let mut operation = arguments.operation;
        operation.push_network.push(agencies::NETWORK.parse()?);
        operation.messages_to.get_or_insert(messages_to);
        serve(opened, listener, &space, &operation, stop).await?;
        replayed.abort();
        beside.iter().for_each(tokio::task::JoinHandle::abort);
        Ok(true)
    })
}

/// This zone holds declared goods against the goods filing, where there is one: a person looks at what differs.
async fn looks_at_goods(window: &Window) -> Result<(), Failure> {
    let change = |text: &str| text.replace("\ngoods_filing_9610,0,", "\ngoods_filing_9610,1,");
    window.publish_changed("parameters.csv", change, "demo").await?;
    Ok(())
}

/// Of so many trades of the small day one more comes from the window of another country.
const SHARE_FROM_ABROAD: u64 = 20;

/// Fresh tokens for every party of the zone, and the one with which the window of another country sends; those of an earlier start
/// are revoked.
async fn tokens(window: &Window, folder: &Path) -> Result<(Vec<(Text, String)>, String), Failure> {
    for token in window.control.tokens().await?.iter().filter(|token| token.name == "demo" && !token.revoked)
    {
        window.control.revoke(token.id).await?;
    }
    let mut issued = Vec::new();
    let (mut lines, mut shell) = (String::new(), String::new());
    let partners = sample::agencies_with_authority().into_iter().chain(sample::partners());
    for filing in sample::filings().into_iter().chain(partners) {
        let role = filing.roles.first().copied().unwrap_or(Role::Merchant);
        let token = window.control.issue(&filing.code, role, "demo", &[], window.clock.now(), None).await?;
        writeln!(lines, "{} {token}", filing.code)?;
        let variable = role.word().to_uppercase().replace('-', "_");
        if !shell.contains(&format!("export {variable}=")) {
            writeln!(shell, "export {variable}={token}")?;
        }
        let authority = match filing.code.as_str() {
            sample::EXCHANGE_ADMINISTRATION => Some("EXCHANGE_ADMINISTRATION"),
            sample::POSTAL_ADMINISTRATION => Some("POSTAL_ADMINISTRATION"),
            _ => None,
        };
        if let Some(variable) = authority {
            writeln!(shell, "export {variable}={token}")?;
        }
        issued.push((filing.code, token));
    }
    let from_abroad = abroad::token(window).await?;
    writeln!(shell, "export FOREIGN_WINDOW={from_abroad}")?;
    private(&folder.join("tokens.txt"), &lines)?;
    private(&folder.join("tokens.sh"), &shell)?;
    Ok((issued, from_abroad))
}

/// A provider of messages that writes what it is sent where the newcomer sees it; says where it listens.
async fn messages(window: &Window, folder: &Path) -> Result<String, Failure> {
    let path = folder.join("messages.txt");
    private(&path, "")?;
    let key = window.evidence.sender(window.clock.now()).await?.public();
    let provider = counterpart::Messages::by_machine(vec![key], move |message| {
        let text = |name: &str| message[name].as_str().unwrap_or_default();
        let said = message["text"]["en"].as_str().unwrap_or_default();
        let line = format!("to {}: {said}\n", text("to"));
        print!("  message {line}");
        let written = std::fs::OpenOptions::new().append(true).open(&path);
        let written = written.and_then(|mut file| std::io::Write::write_all(&mut file, line.as_bytes()));
        if let Err(error) = written {
            tracing::warn!(%error, "a message of the demo was not written down");
        }
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/", listener.local_addr()?);
    tokio::spawn(axum::serve(listener, provider.router()).into_future());
    Ok(url)
}

/// People of the zone who sign in at the portal: those of the sample's agent, of customs, and of the authorities that decide on
/// filings, with fresh passwords.
async fn people(window: &Window, folder: &Path) -> Result<(), Failure> {
    // Two of customs: what two have to look at or release, two do.
    const DECIDES: &[Duty] = &[Duty::Decider, Duty::Inspector];
    let wanted: [(&str, &str, Role, &[Duty]); 7] = [
        ("operator", "5301980501", Role::Agent, &[Duty::Operator]),
        ("officer", agencies::CUSTOMS, Role::Officer, DECIDES),
        ("second", agencies::CUSTOMS, Role::Officer, DECIDES),
        ("keeper", parks::OPERATOR, Role::SiteOperator, &[Duty::Keeper]),
        ("reviewer", agencies::CUSTOMS, Role::Officer, &[Duty::Reviewer]),
        ("exchange", sample::EXCHANGE_ADMINISTRATION, Role::Agency, &[Duty::Reviewer]),
        ("postal", sample::POSTAL_ADMINISTRATION, Role::Agency, &[Duty::Reviewer]),
    ];
    let mut lines = String::new();
    for (login, party, role, duties) in wanted {
        let user = NewUser {
            login: login.into(),
            name: "样例".into(),
            party: party.into(),
            role,
            duties: duties.to_vec(),
            districts: Vec::new(),
        };
        let text = password::one_time()?;
        let hash = password::hash(&text)?;
        let now = window.clock.now();
        let id = match window.control.add_user(&user, &hash, now).await? {
            Some(id) => id,
            // From an earlier start.
            None => match window.control.credentials(login).await? {
                Some((known, _)) => known.id,
                None => continue,
            },
        };
        window.control.set_password(id, &hash, UserState::Active, now).await?;
        writeln!(lines, "{login} {text}")?;
    }
    private(&folder.join("people.txt"), &lines)
}

/// A file that only its owner reads.
fn private(path: &Path, text: &str) -> Result<(), Failure> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    let mut file =
        std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    Ok(file.write_all(text.as_bytes())?)
}

/// The trade of the samples: parties are those whose tokens have the plain names, so that one variable fits each file.
fn plain_trade(seed: u64, from: u64, window: &Window) -> Trade {
    let now = window.clock.now();
    (from..)
        .map(|number| Trade::new(seed, number, now, 1_000_000))
        .find(|trade| {
            let head = &trade.declaration.head;
            let plain = [
                (&head.ebp_code, "5301960101"),
                (&trade.payment.pay_code, "5301960301"),
                (&head.logistics_code, "5301960401"),
                (&head.agent_code, "5301980501"),
            ];
            let drawn = clearance::risk::draw(
                &window.reference().sampling_seed,
                &clearance::keys::OrderKey::new(&head.ebp_code, &head.order_no),
            );
            plain.iter().all(|(code, wanted)| code.as_str() == *wanted) && drawn > 100_000
        })
        .unwrap_or_else(|| Trade::new(seed, from, now, 1_000_000))
}

/// Two purchases as files: one that clears, one whose list names another buyer.
fn samples(folder: &Path, seed: u64, window: &Window) -> Result<(), Failure> {
    let folder = folder.join("samples");
    std::fs::create_dir_all(&folder)?;
    let clear = plain_trade(seed, 1_000_000, window);
    let mut rejected = plain_trade(seed, 2_000_000, window);
    rejected.declaration.head.buyer_name = "样例他人".into();
    for (name, trade) in [("clear", &clear), ("rejected", &rejected)] {
        let mut documents: Vec<(Text, Document)> = trade.documents().to_vec();
        if let Some(arrival) = Trade::arrival(seed, &[trade], window.clock.now()) {
            documents.push((arrival.head.operator_code.clone(), Document::Arrival(arrival)));
        }
        for (index, (sender, document)) in documents.into_iter().enumerate() {
            let word = ["order", "payment", "waybill", "declaration", "arrival"][index];
            let message = sample::message(&sender, vec![document]);
            std::fs::write(
                folder.join(format!("{name}-{}-{word}.xml", index + 1)),
                ceb::write(&message, Style::Prefixed),
            )?;
        }
        let place = format!("{}/{}\n", trade.order.head.ebp_code, trade.order.head.order_no);
        std::fs::write(folder.join(format!("{name}-consignment.txt")), place)?;
    }
    Ok(())
}

/// A small day: trades come in, some of them defective; parcels arrive a little later.
async fn replay(window: Window, seed: u64, count: u64) {
    let mut trades = generate::trades(seed, 0, count, generate::persons(count), 80_000, window.clock.now());
    past::from_everywhere(&mut trades, &mut sample::Numbers::new(seed, 1));
    for (done, chunk) in trades.chunks(10).enumerate() {
        for (sender, _, bytes) in generate::messages(chunk, seed, 10, window.clock.now()) {
            if window.send(&bytes.into(), &sender).await.is_none() {
                return;
            }
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
        if (done + 1).is_multiple_of(5) {
            let metrics = &window.metrics;
            let read =
                |counter: &std::sync::atomic::AtomicU64| counter.load(std::sync::atomic::Ordering::Relaxed);
            println!(
                "  replayed {:>4} of {count} trades: {} released, {} rejected (100), {} documents refused, {} receipts",
                (done + 1) * 10,
                read(&metrics.declarations_released),
                read(&metrics.declarations_rejected),
                read(&metrics.documents_refused),
                read(&metrics.receipts)
            );
        }
    }
    println!("The small day is over; the window stays open. End it with Ctrl-C.");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::serve::Opened;
    use std::sync::atomic::Ordering;

    /// The newcomer sees trades released and others refused, and afterwards the window is as open as before.
    #[test]
    fn the_small_day_is_replayed_to_its_end() {
        let folder = tempfile::tempdir().unwrap();
        let space = Space::folder(folder.path().join("data"), None);
        let runtime = crate::runtime().unwrap();
        let Opened { window, writer } = runtime.block_on(crate::serve::open(&space, None)).unwrap();
        runtime.block_on(async {
            window.file_all(sample::filings(), "demo").await;
            replay(window.clone(), 7, 100).await;
            let read = |counter: &std::sync::atomic::AtomicU64| counter.load(Ordering::Relaxed);
            let metrics = &window.metrics;
            // Four documents of each trade, but for what the defects leave out.
            assert!(read(&metrics.documents) > 300, "{}", read(&metrics.documents));
            assert!(read(&metrics.declarations_released) > 0);
            assert!(read(&metrics.declarations_rejected) + read(&metrics.documents_refused) > 0);
            assert!(read(&metrics.receipts) > 300, "{}", read(&metrics.receipts));
            let trade = Trade::new(8, 1, window.clock.now(), 10);
            let sender = trade.order.head.ebp_code.clone();
            let message = sample::message(&sender, vec![Document::Order(trade.order)]);
            let answer = window.send(&ceb::write(&message, Style::Prefixed).into(), &sender).await;
            assert!(answer.is_some(), "it stays open");
        });
        drop(window);
        let _ = writer.join();
    }
}
