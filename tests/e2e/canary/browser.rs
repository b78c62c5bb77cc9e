//! The console, walked through link by link as who is signed in.

use std::collections::BTreeSet;
use std::process::Command;

use formfeed_tests::tools::run;

use super::needles::STRAY;
use super::run::{Run, told};

/// Pages that are looked at.
const MOST: usize = 120;

/// Looks at every page there is, and at some that there are not; answers how many.
pub(super) fn walked(run: &Run) -> usize {
    let folder = tempfile::tempdir().unwrap();
    let console = Console {
        run,
        url: run.endpoint("console"),
        jar: run.file(&folder, "jar"),
    };
    let token = std::fs::read_to_string(run.admin()).unwrap();
    console.posts("/sign-in", &[("token", token.trim())]);
    console.posts("/sign-in", &[("token", STRAY)]);
    let mut waiting = vec!["/".to_owned(), "/waiting".to_owned(), "/healthz".to_owned()];
    waiting.extend(["jobs", "printers", "reports"].map(|of| format!("/{of}/{STRAY}")));
    waiting.push(format!("/jobs?printer={STRAY}&after={STRAY}"));
    let mut seen = BTreeSet::new();
    while let Some(path) = waiting.pop() {
        if seen.len() < MOST && seen.insert(path.clone()) {
            let page = console.gets(&path);
            waiting.extend(links(&page));
        }
    }
    assert!(
        seen.contains("/stock") && seen.iter().any(|path| path.contains("/sheets/")),
        "{seen:?}"
    );
    console.misused();
    seen.len()
}

struct Console<'a> {
    run: &'a Run,
    url: String,
    jar: String,
}

impl Console<'_> {
    fn gets(&self, path: &str) -> String {
        let url = format!("{}{path}", self.url);
        let curl = ["-sS", "-i", "--max-time", "2", "-b", &self.jar, &url];
        let page = Command::new("curl").args(curl).output().unwrap().stdout;
        // Whoever asks for a number by its address is told what he asked for.
        if !path.contains(STRAY) {
            self.run.keep(format!("console {path}"), page.clone());
        }
        String::from_utf8_lossy(&page).into_owned()
    }

    fn posts(&self, path: &str, fields: &[(&str, &str)]) {
        let url = format!("{}{path}", self.url);
        let mut curl = Command::new("curl");
        curl.args(["-sS", "-i", "-b", &self.jar, "-c", &self.jar, "-H"]);
        curl.arg(format!("Origin: {}", self.url));
        for (name, value) in fields {
            curl.args(["--data-urlencode", &format!("{name}={value}")]);
        }
        let page = run(curl.arg(&url)).stdout;
        if !path.contains(STRAY) {
            self.run.keep(format!("console after {path}"), page);
        }
    }

    /// Numbers in fields of forms, one of them a form that is taken.
    fn misused(&self) {
        let told = told();
        let page = self.gets("/printers/matrix");
        let hidden = |name: &str| {
            let of = format!("name=\"{name}\" value=\"");
            let rest = page.split(&of).nth(1).unwrap_or_default();
            rest.split('"')
                .next()
                .unwrap()
                .replace("&quot;", "\"")
                .replace("&amp;", "&")
        };
        let (seen, crumb) = (hidden("seen"), hidden("csrf"));
        let begin = [("csrf", crumb.as_str()), ("seen", seen.as_str())];
        let pause = [&begin[..], &[("verb", "pause"), ("reason", &told)]].concat();
        self.posts("/printers/matrix", &pause);
        for fields in [
            [("verb", STRAY), ("reason", STRAY)],
            [("verb", "load"), ("stock", STRAY)],
            [("verb", "load"), ("sheets", STRAY)],
        ] {
            self.posts("/printers/matrix", &[&begin[..], &fields].concat());
            self.posts(&format!("/jobs/{STRAY}"), &[&begin[..], &fields].concat());
        }
    }
}

fn links(page: &str) -> Vec<String> {
    let mut links = Vec::new();
    for attribute in ["href=\"", "src=\"", "action=\""] {
        let parts = page.split(attribute).skip(1);
        let paths = parts.filter_map(|rest| rest.split('"').next());
        let ours = paths.filter(|path| path.starts_with('/') && !path.ends_with("/picture"));
        links.extend(ours.map(|path| path.replace("&amp;", "&")));
    }
    links
}
