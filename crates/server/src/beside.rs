//! Work that yields: what is sent to other parties, the evidence log, figures, indexes of search and shadow runs follow the ledger
//! and are owed within a second, but the path from a message to its answer comes first. They have a runtime of their own, whose
//! threads the system gives what the others leave and a small share of the rest, so that on a machine whose processors are
//! full they fall behind instead of slowing what they follow, and catch up afterwards. Which work that is, says `serving`.

pub use store::priority::yield_to_others;
use tokio::runtime::{Builder, Handle, Runtime};

/// The name of its threads, by which a bench tells what they took.
pub const NAME: &str = "beside";
/// How many of them: one for every processor would hold more memory and gain nothing.
const THREADS: usize = 2;
/// The runtime of what yields, until it is dropped: what runs in it then ends at its next wait.
pub struct Beside(Option<Runtime>);

impl Beside {
    /// Begins.
    ///
    /// # Errors
    /// When the system gives no threads.
    pub fn begin() -> std::io::Result<Self> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(THREADS)
            .thread_name(NAME)
            .on_thread_start(yield_to_others)
            .enable_all()
            .build()?;
        Ok(Self(Some(runtime)))
    }

    /// Where its tasks are spawned.
    #[must_use]
    pub fn handle(&self) -> &Handle {
        let Self(Some(runtime)) = self else { unreachable!("it is taken when it is dropped") };
        runtime.handle()
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        // In the background: whoever drops it may be a task, which must not wait for threads.
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn only_its_own_threads_stand_below() {
        let stands = || rustix::process::getpriority_process(None).expect("a priority");
        let before = stands();
        let beside = Beside::begin().expect("threads");
        let (task, blocking) = beside.handle().block_on(async {
            let task = beside.handle().spawn(async move { stands() }).await.expect("a task");
            let blocking = beside.handle().spawn_blocking(stands).await.expect("a task");
            (task, blocking)
        });
        let below = (before + store::priority::STEPS).min(19);
        assert_eq!((task, blocking, stands()), (below, below, before));
    }
}
