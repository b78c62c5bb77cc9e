//! Signs of life for the service manager, which kills and starts a process that gives none.
//!
//! Who is killed in the middle of a sheet leaves it in doubt. So a sign is missing only when a new start would help: the
//! runtime runs no tasks, or a question to a service's tables is neither answered nor refused in time, as when every thread
//! or connection for them is stuck. A database that is away answers with an error in time, and that is a sign of life; a
//! slow disk is not asked; and of printers, which may stand still for a weekend, and of clients, who may come in crowds,
//! nothing here depends.

use std::time::Duration;

use futures::future::join_all;
use tokio::time::{MissedTickBehavior, interval, timeout};
use tokio_util::sync::CancellationToken;
use tracing::warn;

use super::manager::Manager;
use super::{Member, addresses};

/// Signs of life in the time that the manager goes without one.
const SIGNS: u32 = 4;
/// Between two looks at the tables when no manager waits for signs.
const LOOK_EVERY: Duration = Duration::from_secs(30);
/// For an answer or an error. A pool gives up on a connection after ten seconds.
const ANSWER_WITHIN: Duration = Duration::from_secs(15);

/// How the tables of the services are.
#[derive(Debug, PartialEq, Eq)]
enum Sign {
    /// All of them answer.
    Well,
    /// Those of these services answer with an error.
    Away(Vec<&'static str>),
    /// Those of these services do not answer at all.
    Stuck(Vec<&'static str>),
}

/// Gives signs of life for as long as the process runs, and tells when it stops.
pub(super) async fn until_stopped(manager: Manager, members: Vec<Member>, stop: CancellationToken) {
    let every = manager
        .patience
        .map_or(LOOK_EVERY, |patience| patience / SIGNS);
    // Of half a minute of patience a quarter passes between two signs, and half until one is given up.
    let within = manager
        .patience
        .map_or(ANSWER_WITHIN, |patience| ANSWER_WITHIN.min(patience / 2));
    let mut ticks = interval(every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (mut stopping, mut last) = (false, Sign::Well);
    loop {
        tokio::select! {
            () = stop.cancelled(), if !stopping => {
                stopping = true;
                manager.tell("STOPPING=1\nSTATUS=letting calls and sheets at work end");
            }
            _ = ticks.tick() => {
                let sign = look(&members, within).await;
                if !matches!(sign, Sign::Stuck(_)) && manager.patience.is_some() {
                    manager.tell("WATCHDOG=1");
                }
                if sign != last && !stopping {
                    manager.tell(&status(&sign, &members));
                }
                last = sign;
            }
        }
    }
}

fn status(sign: &Sign, members: &[Member]) -> String {
    let text = match sign {
        Sign::Well => addresses(members),
        Sign::Away(services) => format!("the database of {} is away", services.join(", ")),
        Sign::Stuck(services) => format!("the database of {} does not answer", services.join(", ")),
    };
    if *sign != Sign::Well {
        warn!("{text}");
    }
    format!("STATUS={text}")
}

async fn look(members: &[Member], within: Duration) -> Sign {
    let asked = members.iter().map(|member| timeout(within, member.ask()));
    let (mut away, mut stuck) = (Vec::new(), Vec::new());
    for (member, answered) in members.iter().zip(join_all(asked).await) {
        match answered {
            Ok(Ok(())) => {}
            Ok(Err(_)) => away.push(member.service().name()),
            Err(_) => stuck.push(member.service().name()),
        }
    }
    match (stuck.is_empty(), away.is_empty()) {
        (false, _) => Sign::Stuck(stuck),
        (true, false) => Sign::Away(away),
        (true, true) => Sign::Well,
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixDatagram;
    use std::sync::mpsc;

    use formfeed_store::StoreError;

    use super::*;
    use crate::service::Service;

    const WITHIN: Duration = Duration::from_millis(50);

    fn away() -> Member {
        let refused = || async { Err(StoreError::Unavailable("away".into())) };
        Member::new(Service::Forms, "http://127.0.0.1:1", refused)
    }

    #[tokio::test]
    async fn a_database_that_is_away_is_a_sign_of_life_and_one_that_never_answers_is_none() {
        let well = Member::new(Service::Vendor, "http://127.0.0.1:1", || async { Ok(()) });
        let stuck = Member::new(Service::Spooler, "http://127.0.0.1:1", std::future::pending);
        let all = [well, away(), stuck];
        assert_eq!(look(&all[..1], WITHIN).await, Sign::Well);
        assert_eq!(look(&all[..2], WITHIN).await, Sign::Away(vec!["forms"]));
        assert_eq!(look(&all, WITHIN).await, Sign::Stuck(vec!["spooler"]));
        assert_eq!(
            status(&Sign::Away(vec!["forms"]), &all),
            "STATUS=the database of forms is away"
        );
    }

    /// A manager that goes without a sign for 0.4 seconds, and its own end of the socket.
    fn manager() -> (tempfile::TempDir, UnixDatagram, Manager) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notify");
        let socket = UnixDatagram::bind(&path).unwrap();
        let manager = Manager::at(path.as_os_str(), Some(Duration::from_millis(400))).unwrap();
        (folder, socket, manager)
    }

    /// Whether a message begins with a word within a second.
    fn hears(socket: &UnixDatagram, word: &str) -> bool {
        let end = std::time::Instant::now() + Duration::from_secs(1);
        while let Some(left) = end.checked_duration_since(std::time::Instant::now()) {
            let left = left.max(Duration::from_millis(1));
            socket.set_read_timeout(Some(left)).unwrap();
            let mut message = [0; 256];
            if let Ok(length) = socket.recv(&mut message)
                && message[..length].starts_with(word.as_bytes())
            {
                return true;
            }
        }
        false
    }

    #[test]
    fn a_runtime_that_runs_no_tasks_gives_no_sign_of_life_until_it_does_again() {
        let mut runtime = tokio::runtime::Builder::new_multi_thread();
        let runtime = runtime.worker_threads(1).enable_all().build().unwrap();
        let (_folder, socket, manager) = manager();
        let well = Member::new(Service::Vendor, "http://127.0.0.1:1", || async { Ok(()) });
        runtime.spawn(until_stopped(manager, vec![well], CancellationToken::new()));
        assert!(hears(&socket, "WATCHDOG=1"));
        let (free, stuck) = mpsc::channel::<()>();
        let (begin, begun) = mpsc::channel();
        runtime.spawn(async move {
            begin.send(()).unwrap();
            stuck.recv().ok(); // the one thread of the runtime stands still here
        });
        begun.recv().unwrap();
        hears(&socket, "no such word"); // what was on its way
        assert!(!hears(&socket, "WATCHDOG=1"));
        free.send(()).unwrap();
        assert!(hears(&socket, "WATCHDOG=1"));
    }

    #[test]
    fn tables_that_never_answer_give_no_sign_of_life_and_are_told() {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let (_folder, socket, manager) = manager();
        let stuck = Member::new(Service::Spooler, "http://127.0.0.1:1", std::future::pending);
        runtime.spawn(until_stopped(
            manager,
            vec![stuck],
            CancellationToken::new(),
        ));
        assert!(hears(
            &socket,
            "STATUS=the database of spooler does not answer"
        ));
        assert!(!hears(&socket, "WATCHDOG=1"));
    }
}
