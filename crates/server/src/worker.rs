//! The worker: fires timers that are due, follows settings, writes down who was denied what and how often codes were scanned,
//! erases accounts and sessions whose time is over, watches how much room the disk has and whether the store gets on, and has the pipeline look
//! what other servers did. Follows are the pipeline's own: they go with the next commit.

use crate::accounts;
use crate::clock::Clock;
use crate::intake::{Intake, Still, UNDER_WAY_WITHIN};
use crate::pipeline::{Pipeline, Work};
use crate::serving::Probe;
use crate::window::Window;
use clearance::keys::Time;
use std::time::Duration;
use store::{ChosenRead, Read};

/// Timers fired at a time.
const AT_A_TIME: usize = 1_000;

/// Does so every `every`, while the intake is open, until the pipeline ends. A timer that waits is fired later.
pub async fn run(window: Window, every: Duration) {
    let mut next = Time(0);
    loop {
        window.metrics.rates.see(&window.metrics, window.clock.now());
        if let Err(error) = window.follow_settings().await {
            tracing::error!(%error, "settings cannot be read");
        }
        let closed = window.intake.closed().is_some();
        if !closed && let Err(error) = crate::happenings::carry(&window).await {
            tracing::error!(%error, "what happened to users and tokens cannot be read");
        }
        if !closed {
            crate::denials::write(&window, false).await;
            crate::traceability::scans::write(&window, false).await;
        }
        let now = window.clock.now();
        if !closed && now >= next {
            accounts::keep(&window).await;
            next = Time(now.0 + accounts::EVERY);
        }
        if !closed && !window.pipeline.submit(Work::Tend).await {
            return;
        }
        // Timers wait where nothing is judged.
        let paused = closed || window.is_paused();
        if paused || fire(&window.pipeline, &window.read, &window.clock).await == 0 {
            tokio::time::sleep(every).await;
        }
    }
}

/// Looks every `every` what the disk allows: with less room than `least_bytes` nothing is recorded, before the disk is
/// full in the middle of a commit.
pub async fn watch_room(intake: Intake, probe: Probe, least_bytes: u64, every: Duration) {
    loop {
        if let Some(room) = probe() {
            intake.see(room, least_bytes);
        }
        tokio::time::sleep(every).await;
    }
}

/// Looks every `every` whether the store gets on: while its database does not answer nobody waits for it, while a batch is under way
/// for too long nothing more is taken. What was handed in before is done when it goes on.
pub async fn watch_store(window: Window, every: Duration) {
    let mut pulse = window.read.pulse();
    loop {
        let answers = match &mut pulse {
            Some(pulse) => pulse.answers().await,
            None => true,
        };
        let under_way = window.metrics.progress.longest();
        window.intake.stand(if !answers {
            Still::Everything
        } else if under_way > UNDER_WAY_WITHIN {
            Still::Commits
        } else {
            Still::Nothing
        });
        tokio::time::sleep(every).await;
    }
}

/// Fires what is due now and waits for it; says how many were fired: where judging was paused meanwhile, fewer than were due.
pub async fn fire(pipeline: &Pipeline, read: &ChosenRead, clock: &Clock) -> usize {
    let due = match read.due(clock.now(), AT_A_TIME).await {
        Ok(due) => due,
        Err(error) => {
            tracing::error!(%error, "timers cannot be read");
            return 0;
        }
    };
    let mut waiting = Vec::with_capacity(due.len());
    for timer in due {
        let (answer, answered) = tokio::sync::oneshot::channel();
        if pipeline.submit(Work::Timer(timer, Some(answer))).await {
            waiting.push(answered);
        }
    }
    let mut count = 0;
    for answered in waiting {
        count += usize::from(answered.await.is_ok());
    }
    count
}
