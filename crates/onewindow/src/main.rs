//! The command line: one binary for operators, integrators and testers. Exit codes: 0 done, 1 something fell short, 2
//! wrong use, 3 the store failed while it was open: start again.
#![expect(
    clippy::print_stderr,
    reason = "what a person should read of progress and faults goes to standard error"
)]

mod agencies;
mod archiving;
mod audit;
mod backup;
mod bench;
mod conservation;
mod convert;
mod counterpart;
mod crash;
mod credit;
mod demo;
mod draws;
mod exports;
mod generate;
mod judging;
mod key;
mod migrate;
mod party;
mod pkcs11;
mod process;
mod provider;
mod reckoning;
mod request_key;
mod retention;
mod risk;
mod rulebook;
mod serve;
mod sign;
mod space;
mod submit;
mod token;
mod user;
mod verify;

use clap::{CommandFactory, Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;

/// Small allocations of many threads: measurably faster than the system's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A single window for cross-border e-commerce.
#[derive(Parser)]
#[command(
    name = "onewindow",
    version,
    about,
    after_help = "Examples:\n  onewindow demo\n  onewindow serve --data zone --listen 0.0.0.0:8620\n  onewindow generate --declarations 1000 --seed 7 --out messages\n  onewindow party import --data zone messages/parties.json\n  onewindow submit --data zone messages\n  onewindow verify --data zone"
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

use space::Space;

#[derive(Subcommand)]
enum Command {
    /// Serve a space over HTTP.
    #[command(
        after_help = "Examples:\n  onewindow serve --data zone --listen 127.0.0.1:8620\n  onewindow serve --database postgres://onewindow@db.example/zone --master-key zone.key"
    )]
    Serve(serve::Arguments),
    /// Start a demo zone with invented parties, print addresses and tokens, and replay a small day.
    #[command(after_help = "Example:\n  onewindow demo --listen 127.0.0.1:8620")]
    Demo(demo::Arguments),
    /// Write realistic CEB messages of invented trades and the parties they name, the same for the same seed and instant.
    #[command(
        after_help = "Example:\n  onewindow generate --declarations 1000 --seed 7 --out messages --defects 0.05"
    )]
    Generate(generate::Arguments),
    /// Send messages to a server, or straight into a data folder.
    #[command(
        after_help = "Examples:\n  onewindow party import --data zone messages/parties.json\n  onewindow submit --data zone messages\n  onewindow submit --server http://127.0.0.1:8620 --tokens demo/tokens.txt messages\n  onewindow submit --server https://window.example --request-key machine.pem order.xml"
    )]
    Submit(submit::Arguments),
    /// Convert orders, payments and waybills from one standard to another, and name what it cannot hold.
    #[command(
        after_help = "Examples:\n  onewindow convert --from ceb-import --to unified order.xml > order.json\n  onewindow convert --from unified --to ceb-export --json order.json\n  onewindow convert --schema > documents.schema.json"
    )]
    Convert(convert::Arguments),
    /// Sign messages with a key in a file or in a hardware token (PKCS#11), or say whose signature they have.
    #[command(
        after_help = "Examples:\n  onewindow sign order.xml --private-key key.pem --certificate certificate.pem --out order.signed.xml\n  ONEWINDOW_PIN=... onewindow sign messages --module /usr/lib/softhsm/libsofthsm2.so --token port --key signing --out signed\n  onewindow sign --verify order.signed.xml --json\n\nThe PIN of a token comes from the variable ONEWINDOW_PIN or from --pin-file, never from the arguments, which other users of\nthe machine can read."
    )]
    Sign(sign::Arguments),
    /// Measure declarations a second, end to end from bytes to durable receipts.
    #[command(
        after_help = "Examples:\n  onewindow bench --stored 100000 --declarations 20000 --batch 100 --json\n  onewindow bench --http --connections 64 --batch 1 --rate 500 --warm-up 2000\n  onewindow bench --data zone --http --curve 0,100000,1000000 --batch 1,100 --physical --plot speed.svg\n  onewindow bench --compare --database 'host=/run/postgresql dbname=bench' --repeat 3"
    )]
    Bench(bench::Arguments),
    /// Kill a server under load at random instants, again and again, and audit what is left.
    #[command(after_help = "Example:\n  onewindow crash-test --rounds 200")]
    CrashTest(crash::Arguments),
    /// Let random life happen to two bonded books on a store that crashes, and add up what it leaves of every movement.
    #[command(
        after_help = "Examples:\n  onewindow conservation-test --operations 1000000 --seed 7\n  onewindow conservation-test --operations 20000 --folder kept && onewindow audit books kept/exported/*.csv"
    )]
    ConservationTest(conservation::Arguments),
    /// Verify a data folder: every digest, chain link, payload, version and balance, and every decision made again.
    #[command(after_help = "Example:\n  onewindow verify --data zone --json")]
    Verify(verify::Arguments),
    /// Signed heads and exports of the evidence log, and their check by whoever trusts nobody's store.
    #[command(
        after_help = "Examples:\n  onewindow audit head --data zone\n  onewindow audit export --data zone --out zone.evidence\n  onewindow audit verify zone.evidence --against head.txt --json"
    )]
    Audit(audit::Arguments),
    /// Commit to a secret of the draw, and hand it over: for customs and the operator of the zone.
    #[command(
        after_help = "Examples:\n  onewindow draws commit --period 20261207 --side customs --keep 20261207.secret --server https://window.example\n  onewindow draws hand-over --keep 20261207.secret --server https://window.example"
    )]
    Draws(draws::Arguments),
    /// Group a month of closed export lists into summarised declarations.
    #[command(
        after_help = "Examples:\n  onewindow exports summarise --data zone --month 2026-05 --party 5301960201 --json\n  onewindow exports bench --lists 1000000"
    )]
    Exports(exports::Arguments),
    /// Make the tables of a space in a PostgreSQL database, or bring them up to date.
    #[command(
        after_help = "Example:\n  onewindow migrate --database postgres://owner@db.example/zone --grant onewindow"
    )]
    Migrate(migrate::Arguments),
    /// Pause the judgement of what comes, or have it go on: it is recorded and answered as received meanwhile.
    #[command(
        after_help = "Examples:\n  onewindow judging pause --data zone\n  onewindow judging resume --data zone"
    )]
    Judging(judging::Arguments),
    /// Copy a data folder into a backup, also while a server works on it; what the backup has is not copied again.
    #[command(after_help = "Example:\n  onewindow backup --data zone --out /backup/zone")]
    Backup(backup::Arguments),
    /// Make a new data folder of a backup, verified up to the row that its manifest names.
    #[command(
        after_help = "Example:\n  onewindow restore --from /backup/zone --data restored --master-key zone.key"
    )]
    Restore(backup::RestoreArguments),
    /// Write the rows of closed trades by month as Parquet files with proofs, without what tells of persons; the ledger stays.
    #[command(
        after_help = "Examples:\n  onewindow archive --data zone --month 202611 --out archive/202611\n  onewindow audit archive archive/202611 --json"
    )]
    Archive(archiving::Arguments),
    /// Put a new master key in the place of the old one.
    Key(key::Arguments),
    /// Erase what rows tell of persons where its time is over.
    #[command(after_help = "Example:\n  onewindow retention --data zone --dry-run")]
    Retention(retention::Arguments),
    /// Erase what is kept of one person, as far as no law wants it kept.
    Person(retention::PersonArguments),
    /// File parties, and list those that are filed.
    Party(party::Arguments),
    /// Publish, list and export the tables that decisions are made with.
    Rulebook(rulebook::Arguments),
    /// Weigh the indicators of credit by what the enterprises of a space differ in.
    Credit(credit::Arguments),
    /// Train, use, compare and watch a model that learns from inspections.
    Risk(risk::Arguments),
    /// Issue, list and revoke tokens.
    #[command(
        after_help = "Examples:\n  onewindow token issue --data zone --party 5301960101 --role platform --name integrator\n  onewindow token list --data zone"
    )]
    Token(token::Arguments),
    /// Be another agency, bank or carrier: take what a webhook sends or ask for what a rule gives, check it, answer it, or fail as a
    /// script says.
    #[command(
        after_help = "Examples:\n  onewindow counterpart police --window http://127.0.0.1:8620 --token $AGENCY --listen 127.0.0.1:8630\n  onewindow counterpart tax --key 3b6a… --script 'outage 3..10; delay 200' --script-file scripts.txt\n  onewindow counterpart tax --window http://127.0.0.1:8620 --token $AGENCY --share 5301000901:taxes --once"
    )]
    Counterpart(counterpart::Arguments),
    /// Run eight agencies as eight processes, send them what is shared, have each ask for the same, and say how long it took.
    #[command(after_help = "Example:\n  onewindow agencies --trades 1000 --rate 50 --json")]
    Agencies(agencies::Arguments),
    /// Add, list, disable and unlock people who sign in, and reset their passwords.
    #[command(
        after_help = "Examples:\n  onewindow user add --data zone --login li.wei --name 'Li Wei' --party 8620000001 --role zone-operator --duty admin\n  onewindow user list --data zone\n  onewindow user reset-password --data zone li.wei"
    )]
    User(user::Arguments),
    /// Add, list and remove providers of identities (OpenID Connect) with which people sign in.
    #[command(
        after_help = "Example:\n  onewindow provider add --data zone --name bureau --issuer https://login.bureau.example --client onewindow --window https://window.example --party 5301000901 --role agency < secret.txt"
    )]
    Provider(provider::Arguments),
    /// Print the completions of a shell.
    #[command(after_help = "Example:\n  onewindow completions bash > /etc/bash_completion.d/onewindow")]
    Completions {
        /// Which shell.
        shell: clap_complete::Shell,
    },
    /// Print the man page, or write one for every command into a folder.
    #[command(
        after_help = "Examples:\n  onewindow man | man -l -\n  onewindow man --out /usr/local/share/man/man1"
    )]
    Man {
        /// Folder, made if absent.
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
    },
}

/// Exit code of a store that failed while it was open: starting again recovers what is durable.
const STORE_FAILED: u8 = 3;

/// Exit code of wrong use, as the command line's own.
const WRONG_USE: u8 = 2;

/// Why a command fell short.
type Failure = Box<dyn std::error::Error + Send + Sync>;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    end_with_the_reader();
    start_log(&arguments.command);
    let done = match arguments.command {
        Command::Serve(arguments) => serve::run(arguments),
        Command::Demo(arguments) => demo::run(arguments),
        Command::Generate(arguments) => generate::run(arguments),
        Command::Submit(arguments) => submit::run(arguments),
        Command::Convert(arguments) => convert::run(&arguments),
        Command::Sign(arguments) => sign::run(arguments),
        Command::Bench(arguments) => bench::run(arguments),
        Command::CrashTest(arguments) => crash::run(arguments),
        Command::ConservationTest(arguments) => conservation::run(&arguments),
        Command::Verify(arguments) => verify::run(arguments),
        Command::Audit(arguments) => audit::run(arguments),
        Command::Draws(arguments) => draws::run(arguments),
        Command::Exports(arguments) => exports::run(arguments),
        Command::Migrate(arguments) => migrate::run(&arguments),
        Command::Judging(arguments) => judging::run(&arguments),
        Command::Backup(arguments) => backup::run(arguments),
        Command::Restore(arguments) => backup::restore(arguments),
        Command::Archive(arguments) => archiving::run(&arguments),
        Command::Key(arguments) => key::run(arguments),
        Command::Retention(arguments) => retention::run(&arguments),
        Command::Person(arguments) => retention::run_person(&arguments),
        Command::Party(arguments) => party::run(arguments),
        Command::Rulebook(arguments) => rulebook::run(arguments),
        Command::Credit(arguments) => credit::run(arguments),
        Command::Risk(arguments) => risk::run(arguments),
        Command::Token(arguments) => token::run(arguments),
        Command::Counterpart(arguments) => counterpart::run(arguments),
        Command::Agencies(arguments) => agencies::run(&arguments),
        Command::User(arguments) => user::run(arguments),
        Command::Provider(arguments) => provider::run(arguments),
        Command::Completions { shell } => {
            clap_complete::generate(shell, &mut Arguments::command(), "onewindow", &mut std::io::stdout());
            Ok(true)
        }
        Command::Man { out } => man(out.as_deref()).map(|()| true).map_err(Failure::from),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(failure) => {
            eprintln!("onewindow: {failure}");
            let mut cause = failure.source();
            while let Some(next) = cause {
                eprintln!("  because: {next}");
                cause = next.source();
            }
            if failure.is::<audit::Unusable>() {
                return ExitCode::from(WRONG_USE);
            }
            let store_failed = failure.is::<server::serving::Ended>();
            if store_failed { ExitCode::from(STORE_FAILED) } else { ExitCode::FAILURE }
        }
    }
}

/// Whoever reads the answer may have seen enough (`… | head`): then the command ends, as others do, without a word.
fn end_with_the_reader() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        let gone = |text: &str| text.starts_with("failed printing to stdout") && text.contains("Broken pipe");
        if info.payload_as_str().is_some_and(gone) {
            std::process::exit(1);
        }
        usual(info);
    }));
}

/// The log of a command, on standard error.
fn start_log(command: &Command) {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "warn".into());
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        // Whoever reads standard error may be gone: nothing fails for that.
        .log_internal_errors(false);
    let format = match command {
        Command::Serve(arguments) => arguments.log_format(),
        Command::Demo(arguments) => arguments.log_format(),
        _ => serve::LogFormat::Text,
    };
    match format {
        serve::LogFormat::Text => log.init(),
        serve::LogFormat::Json => log.json().init(),
    }
}

fn man(out: Option<&std::path::Path>) -> std::io::Result<()> {
    match out {
        None => clap_mangen::Man::new(Arguments::command()).render(&mut std::io::stdout()),
        Some(folder) => {
            std::fs::create_dir_all(folder)?;
            clap_mangen::generate_to(Arguments::command(), folder)
        }
    }
}

fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    Ok(tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?)
}
