//! `onewindow judging`: pauses the judgement of a space, and has it go on. What comes meanwhile is recorded and answered as
//! received; it is judged afterwards, in order, with the law of the day on which it came.
#![expect(clippy::print_stdout, reason = "the answer of the command")]

use crate::{Failure, Space};
use server::window::JUDGING;

/// Arguments of `judging`.
#[derive(clap::Args)]
pub struct Arguments {
    /// What is wanted.
    #[arg(value_enum)]
    action: Action,
    #[command(flatten)]
    space: Space,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Action {
    /// Record, and do not judge: servers follow within a second or two.
    Pause,
    /// Judge again, what was recorded first.
    Resume,
    /// Say which it is.
    Show,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Result<bool, Failure> {
    let state = crate::runtime()?.block_on(async {
        let control = arguments.space.control().await?;
        match arguments.action {
            Action::Pause => control.set(JUDGING, "paused").await?,
            Action::Resume => control.set(JUDGING, "on").await?,
            Action::Show => {}
        }
        Ok::<_, Failure>(control.setting(JUDGING).await?)
    })?;
    println!("judging is {}", state.as_deref().unwrap_or("on"));
    Ok(true)
}
