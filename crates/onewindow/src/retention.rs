//! `onewindow retention` and `onewindow person`: what rows tell of persons is erased when its time is over, or when the person
//! asks for it and no law stands against it. A data folder must not be served meanwhile; a database may be, and the role that
//! asks needs the right to change rows of the ledger, which servers have not.
#![expect(clippy::print_stdout, reason = "the answer of the command")]

use crate::serve::Opened;
use crate::{Failure, Space};
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
        let erased = if arguments.dry_run { 0 } else { carry_out(&window, &plan, &arguments.by).await? };
        Ok::<_, store::StoreError>((plan, erased))
    });
    drop(window);
    let _ = writer.join();
    let (plan, erased) = done?;
    tell(&plan);
    if arguments.dry_run {
        println!("nothing was erased: {} rows would be", plan.rows());
    } else {
        println!("{erased} rows erased");
    }
    Ok(plan.kept.is_empty())
}

fn tell(plan: &Plan) {
    for (record_type, rows) in &plan.due {
        println!("{record_type}: {} rows", rows.len());
    }
    for kept in &plan.kept {
        println!("{}/{}: kept until {} — {}", kept.order.platform, kept.order.order_no, kept.until, kept.law);
    }
}
