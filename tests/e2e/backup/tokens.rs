//! Access tokens after a restore: what was revoked since the backup stays revoked.

use formfeed_tests::command::Up;
use serde_json::json;

use super::{Tables, backup, restore};

/// Whether a token opens anything.
fn opens(up: &Up, file: &str) -> bool {
    up.run(&["--token-file", file, "printer", "list"]).code == 0
}

#[test]
fn a_token_that_was_revoked_since_the_backup_stays_revoked() {
    let tables = Tables::sqlite();
    let up = Up::start();
    let tokens = tempfile::tempdir().unwrap();
    let file = |name: &str| tokens.path().join(name).display().to_string();
    for name in ["ada", "bo"] {
        let made = up.run(&["--json", "token", "add", name, "--role", "operator"]);
        let secret = made.ok().json()["secret"].as_str().unwrap().to_owned();
        std::fs::write(file(name), secret).unwrap();
    }
    let bk = tempfile::tempdir().unwrap();
    let to = bk.path().join("bk");
    backup(&up, &tables, &to, &["--with-keys"]).ok();
    up.run(&["token", "revoke", "ada"]).ok();
    let (_, left) = up.stop();

    // Elsewhere nobody knows of it, and that is said.
    let elsewhere = tempfile::tempdir().unwrap();
    let restored = restore(elsewhere.path(), &tables, &to, &["--printed-since", "none"]).ok();
    assert!(restored.err.contains("formfeed token list"), "{restored:?}");

    // A file that cannot be read tells nothing; nothing is changed.
    let there = left.path().join("tokens.toml");
    let good = std::fs::read_to_string(&there).unwrap();
    std::fs::write(&there, "not toml").unwrap();
    let refused = restore(left.path(), &tables, &to, &["--replace"]);
    assert_eq!(refused.code, 3, "{refused:?}");
    assert!(refused.err.contains("tokens.toml"), "{refused:?}");
    std::fs::write(&there, good).unwrap();

    let restored = restore(left.path(), &tables, &to, &["--replace", "--json"]).ok();
    assert!(restored.err.contains("stay revoked: ada"), "{restored:?}");
    let document = restored.json();
    assert_eq!(document["tokens_kept_revoked"], json!(["ada"]));
    assert_eq!(document["tokens_made_anew"], json!([]));
    let up = Up::start_on(left, &[]);
    assert!(!opens(&up, &file("ada")));
    assert!(opens(&up, &file("bo")));
}
