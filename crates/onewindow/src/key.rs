//! `onewindow key`: the master key of a space that nobody serves.
#![expect(clippy::print_stdout, reason = "the answer of the command")]

use crate::space::Place;
use crate::{Failure, Space};
use store::rotate::Step;

/// Arguments of `key`.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(clap::Subcommand)]
enum Action {
    /// Put a new master key in the place of the old one, which opens nothing afterwards; finishes one that was interrupted.
    #[command(after_help = "Example:\n  onewindow key rotate --data zone")]
    Rotate {
        #[command(flatten)]
        space: Space,
    },
}

/// Runs the command.
pub fn run(arguments: Arguments) -> Result<bool, Failure> {
    let Action::Rotate { space } = arguments.action;
    let mut told = |step: Step| {
        println!("{}", words(step));
        Ok(())
    };
    match space.place()? {
        Place::Folder(folder, options) => store::sqlite::rotate::rotate(&folder, &options, &mut told)?,
        Place::Database(options) => {
            crate::runtime()?.block_on(store::postgres::rotate::rotate(&options, &mut told))?;
        }
    }
    println!("back the new key up, apart from the data; backups made before need the old one");
    Ok(true)
}

fn words(step: Step) -> &'static str {
    match step {
        Step::Made => "a new key lies beside the old one",
        Step::Control => "secrets of people and keys of the evidence log are under it",
        Step::Keys => "data keys are under it",
        Step::Emptied => "what was under the old key is gone",
        Step::Placed => "the new key is in the place of the old one",
    }
}
