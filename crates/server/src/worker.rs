//! The worker: fires timers that are due, follows settings, and has the pipeline look what other servers did. Follows are
//! the pipeline's own: they go with the next commit.

use crate::clock::Clock;
use crate::pipeline::{Pipeline, Work};
use crate::window::Window;
use std::sync::atomic::Ordering;
use std::time::Duration;
use store::Read;

/// Timers fired at a time.
const AT_A_TIME: usize = 1_000;

/// Does so every `every`, until the pipeline ends.
pub async fn run<R: Read>(window: Window<R>, every: Duration) {
    loop {
        if let Err(error) = window.follow_settings().await {
            tracing::error!(%error, "settings cannot be read");
        }
        if !window.pipeline.submit(Work::Tend).await {
            return;
        }
        // Timers wait where nothing is judged.
        let paused = window.pause.load(Ordering::Relaxed);
        if paused || fire(&window.pipeline, &window.read, &window.clock).await == 0 {
            tokio::time::sleep(every).await;
        }
    }
}

/// Fires what is due now and waits for it; says how many.
pub async fn fire<R: Read>(pipeline: &Pipeline, read: &R, clock: &Clock) -> usize {
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
    let count = waiting.len();
    for answered in waiting {
        let _ = answered.await;
    }
    count
}
