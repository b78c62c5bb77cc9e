//! The contract of the services: clean by a linter nobody here wrote, and nothing of what was released is taken back.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use formfeed_tests::tools::{tool, workspace};

/// The contract of the last release; a release puts its own beside it and here (`buf build proto --exclude-source-info`).
const RELEASED: &str = "tests/fixtures/contract/0.1.0.binpb";

fn buf(arguments: &[&str], contract: &Path) -> Output {
    let buf = tool("browser/node_modules/.bin/buf");
    let mut command = Command::new(buf);
    command.current_dir(workspace());
    command
        .arg(arguments[0])
        .arg(contract)
        .args(&arguments[1..]);
    command.output().expect("a judge of contracts")
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[test]
fn the_contract_is_clean_by_its_linter() {
    let judged = buf(&["lint"], &workspace().join("proto"));
    assert!(judged.status.success(), "{}", told(&judged));
}

#[test]
fn nothing_of_the_released_contract_is_taken_back() {
    let against = ["breaking", "--against", RELEASED];
    let judged = buf(&against, &workspace().join("proto"));
    assert!(judged.status.success(), "{}", told(&judged));

    // It would be found, a field of a message as well as a method.
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("proto");
    let copied = Command::new("cp")
        .arg("-r")
        .args([&workspace().join("proto"), &copy])
        .status();
    assert!(copied.unwrap().success());
    let file = copy.join("formfeed/vendor/v1/token_service.proto");
    let text = fs::read_to_string(&file).unwrap();
    let method = "  rpc RevokeToken(RevokeTokenRequest) returns (Token);\n";
    for (taken, name) in [
        ("  string secret = 2;\n", "secret"),
        (method, "RevokeToken"),
    ] {
        let without = text.replace(taken, "");
        assert_ne!(without, text, "{name}");
        fs::write(&file, without).unwrap();
        let judged = buf(&against, &copy);
        assert!(!judged.status.success(), "{name} was taken back");
        assert!(told(&judged).contains(name), "{}", told(&judged));
    }
}
