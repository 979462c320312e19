//! `onewindow retention` and `onewindow person`: what rows tell of persons is erased when its time is over, or when the person
//! asks for it and no law stands against it. A data folder must not be served meanwhile; a database may be, and the role that
//! asks needs the right to change rows of the ledger, which servers have not.
#![expect(clippy::print_stdout, reason = "the answer of the command")]

use crate::serve::Opened;
use crate::{Failure, Space};
use register::retention::{ACCOUNTS, SESSIONS};
use server::accounts::{self, Due};
use server::retention::{Plan, carry_out, plan};
use std::io::BufRead;

/// Arguments of `retention`.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    space: Space,
    /// Only say what would be erased.
    #[arg(long)]
    dry_run: bool,
    /// Who has it erased.
    #[arg(long, default_value = "operator")]
    by: String,
}

/// Arguments of `person`.
#[derive(clap::Args)]
pub struct PersonArguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(clap::Subcommand)]
enum Action {
    /// Erase what names a person, whose identity number is the first line of standard input.
    #[command(after_help = "Example:\n  onewindow person erase --data zone --dry-run < number.txt")]
    Erase(Arguments),
}

/// Runs `retention`.
pub fn run(arguments: &Arguments) -> Result<bool, Failure> {
    erase(arguments, None)
}

/// Runs `person`. False = a law stands against erasing some of it.
pub fn run_person(arguments: &PersonArguments) -> Result<bool, Failure> {
    let Action::Erase(arguments) = &arguments.action;
    // Not an argument: every process may read those.
    let mut number = String::new();
    std::io::stdin().lock().read_line(&mut number)?;
    if number.trim().is_empty() {
        return Err("the first line of standard input is the person's identity number".into());
    }
    erase(arguments, Some(number.trim()))
}

fn erase(arguments: &Arguments, person: Option<&str>) -> Result<bool, Failure> {
    let runtime = crate::runtime()?;
    let Opened { window, writer } = runtime.block_on(crate::serve::open(&arguments.space, None))?;
    let done = runtime.block_on(async {
        let plan = plan(&window.read, window.clock.now(), person).await?;
        // What a person asks for is found by the number in documents: accounts have none.
        let due = match person {
            None => accounts::due(&window.control, window.clock.now()).await?,
            Some(_) => Due::default(),
        };
        let mut erased = (0, 0);
        if !arguments.dry_run {
            erased.0 = carry_out(&window, &plan, &arguments.by).await?;
            erased.1 = accounts::carry_out(&window, &due, &arguments.by).await?;
        }
        Ok::<_, store::StoreError>((plan, due, erased))
    });
    drop(window);
    let _ = writer.join();
    let (plan, due, (rows, beside)) = done?;
    tell(&plan, &due);
    if arguments.dry_run {
        println!("nothing was erased: {} rows would be{}", plan.rows(), and_beside(due.count()));
    } else {
        println!("{rows} rows erased{}", and_beside(beside));
    }
    Ok(plan.kept.is_empty())
}

/// Accounts and sessions are no rows of the ledger.
fn and_beside(count: u64) -> String {
    if count == 0 { String::new() } else { format!(", and {count} accounts and sessions") }
}

fn tell(plan: &Plan, due: &Due) {
    for (record_type, rows) in &plan.due {
        println!("{record_type}: {} rows", rows.len());
    }
    if !due.accounts.is_empty() {
        println!("{ACCOUNTS}: {}", due.accounts.len());
    }
    if due.sessions > 0 {
        println!("{SESSIONS}: {}", due.sessions);
    }
    for kept in &plan.kept {
        println!("{}/{}: kept until {} — {}", kept.order.platform, kept.order.order_no, kept.until, kept.law);
    }
}
