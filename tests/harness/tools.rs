//! Finds the programs that tests check our work with. A missing one fails the test: what was not
//! checked must not look checked.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The top of the source tree.
pub fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// A file of the tools' folder: `$FORMFEED_TEST_TOOLS`, else `target/test-tools`.
///
/// # Panics
/// It is not there.
pub fn tool(path: &str) -> PathBuf {
    let folder = std::env::var_os("FORMFEED_TEST_TOOLS")
        .map_or_else(|| workspace().join("target/test-tools"), PathBuf::from);
    let tool = folder.join(path);
    assert!(
        tool.exists(),
        "{} is missing: run tests/tools/install.sh",
        tool.display()
    );
    tool
}

/// Runs a program to its end.
///
/// # Panics
/// It is not installed, or fails.
pub fn run(command: &mut Command) -> Output {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("{program}: {error}; run tests/tools/install.sh"));
    assert!(
        output.status.success(),
        "{program} ended with {}: {}{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    output
}
