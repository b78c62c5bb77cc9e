//! What takes two where duty is separated: a printer, and many sheets that are called spoiled or lost.

use std::time::Duration;

use formfeed::errors::Exit;
use formfeed_tests::world::World;
use serde_json::Value;

use super::{OF, by, done, person};

mod printer;
mod sheets;

const SWITCH_ON: [&str; 5] = ["duty", "set", "on", "--reason", "year end"];

/// Asserts how it is refused, and answers the message.
async fn refused_as(world: &World, name: &str, line: &[&str], reason: &str) -> String {
    let (exit, told) = by(world, name, line).await;
    assert_eq!(exit, Exit::Refused, "{line:?}: {told}");
    assert_eq!(told["error"]["reason"], reason, "{told}");
    told["error"]["message"].as_str().unwrap().to_owned()
}

fn print<'a>(form: &'a str, printer: &'a str) -> Vec<&'a str> {
    let what = ["--form", form, "--printer", printer];
    [&["print"], &OF[..], &what].concat()
}

async fn until(world: &World, line: &[&str], what: impl Fn(&Value) -> bool) -> Value {
    let look = async {
        loop {
            let shown = done(world, "olga", line).await;
            if what(&shown) {
                return shown;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let found = tokio::time::timeout(Duration::from_secs(30), look).await;
    found.unwrap_or_else(|_| panic!("{line:?} never showed it"))
}

async fn people(world: &World, people: &[(&str, &str)]) {
    for (name, role) in people {
        person(world, name, role).await;
    }
}
