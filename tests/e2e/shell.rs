//! What a shell and a reader get of the command line: completion scripts and manual pages.

use std::fs;
use std::process::Command;

use formfeed_tests::command::formfeed;
use formfeed_tests::tools::run;

/// What bash offers for the last word of a line, by the script that it was given.
fn offered(line: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("formfeed.bash");
    fs::write(&script, formfeed(&["completions", "bash"]).ok().out).unwrap();
    let ask = r#"source "$1"
read -ra COMP_WORDS <<<"$2"
[[ $2 == *" " ]] && COMP_WORDS+=("")
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_formfeed formfeed "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
printf '%s\n' "${COMPREPLY[@]}""#;
    let mut bash = Command::new("bash");
    bash.args(["--norc", "-c", ask, "bash"])
        .arg(script)
        .arg(line);
    let output = run(&mut bash);
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(str::to_owned).collect()
}

#[test]
fn bash_completes_commands_flags_and_values() {
    assert_eq!(offered("formfeed comp"), ["completions"]);
    assert_eq!(offered("formfeed job reso"), ["resolve"]);
    assert_eq!(
        offered("formfeed job resolve 1 --ser"),
        ["--serial", "--server"]
    );
    let evidence = offered("formfeed printer add a b --evidence ");
    assert_eq!(evidence, ["device", "sent", "operator"]);
}

#[test]
fn every_shell_has_its_script_and_an_unknown_one_is_refused() {
    for (shell, word) in [
        ("bash", "complete -F _formfeed"),
        ("elvish", "edit:completion:arg-completer[formfeed]"),
        ("fish", "complete -c formfeed"),
        ("powershell", "Register-ArgumentCompleter"),
        ("zsh", "#compdef formfeed"),
    ] {
        let script = formfeed(&["completions", shell]).ok().out;
        assert!(script.contains(word), "{shell}");
        assert!(script.contains("resolve"), "{shell}");
    }
    let refused = formfeed(&["completions", "cmd"]);
    assert_eq!(refused.code, 2, "{refused:?}");
    assert!(refused.err.contains("[possible values: bash, elvish"));
}

/// The page as a reader sees it. groff must have nothing to say against it.
fn read(page: &std::path::Path) -> String {
    let mut groff = Command::new("groff");
    groff
        .args(["-man", "-Kutf8", "-ww", "-Wbreak", "-Tutf8", "-P-cbou"])
        .arg(page);
    let output = run(&mut groff);
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(complaints.is_empty(), "{}: {complaints}", page.display());
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn every_command_has_a_page_that_groff_reads_without_complaint() {
    let folder = tempfile::tempdir().unwrap();
    let pages = folder.path().join("share/man/man1");
    formfeed(&["man", "--out", pages.to_str().unwrap()]).ok();
    let listed = fs::read_dir(&pages).unwrap();
    let mut names: Vec<_> = listed
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    for wanted in ["formfeed.1", "formfeed-job-resolve.1", "formfeed-top.1"] {
        assert!(names.iter().any(|name| name == wanted), "{names:?}");
    }
    for name in &names {
        let text = read(&pages.join(name));
        assert!(text.contains("SYNOPSIS"), "{name}: {text}");
    }
    let resolve = read(&pages.join("formfeed-job-resolve.1"));
    assert!(resolve.contains("not-printed"), "{resolve}");

    let alone = folder.path().join("alone.1");
    fs::write(&alone, formfeed(&["man"]).ok().out).unwrap();
    assert!(read(&alone).contains("FORMFEED_DATA_DIR"));
}
