//! What was published and lies beside the project without being part of it: samples, schemas, worked examples. A test that needs them
//! says that it was skipped where they are not, unless `ONEWINDOW_REQUIRE_SAMPLES` asks for them.

use std::io::Write;
use std::path::{Path, PathBuf};

/// Where a file or folder of theirs is; none where it is not.
pub fn published(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared").join(name);
    let found = path.canonicalize().ok();
    let required = std::env::var_os("ONEWINDOW_REQUIRE_SAMPLES").is_some();
    assert!(found.is_some() || !required, "{name} does not lie beside the project");
    if found.is_none() {
        // Past what the test harness keeps of tests that pass: that nothing was checked is seen.
        let said = format!(
            "skipped: {name} does not lie beside the project; ONEWINDOW_REQUIRE_SAMPLES=1 asks for it\n"
        );
        let _ = std::io::stderr().write_all(said.as_bytes());
    }
    found
}
