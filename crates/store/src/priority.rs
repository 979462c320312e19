//! Threads that yield to the path from a message to its answer. Who they are, says who starts them.

/// How far below the others they stand. Ten steps are a tenth of the share of an ordinary thread on Linux: enough never to
/// starve, while they hold what others may wait for.
pub const STEPS: i32 = 10;

/// Puts the calling thread below the others of its process. Where the system knows priorities of processes alone, or allows
/// nothing, the thread runs like any other: that is slower for the others and wrong for nobody.
pub fn yield_to_others() {
    #[cfg(target_os = "linux")]
    {
        let stands = rustix::process::getpriority_process(None).unwrap_or(0);
        let _ = rustix::process::setpriority_process(None, (stands + STEPS).min(19));
    }
}
