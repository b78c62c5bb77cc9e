//! Many connections, some of which nothing is said on, and how long a server keeps those.

use std::time::{Duration, Instant};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;

/// Says nothing more until the server closes the connection; how long it kept it, `None` where that is longer than `within`.
pub async fn until_closed(mut line: TcpStream, within: Duration) -> Option<Duration> {
    let begin = Instant::now();
    let closed = async {
        // A server of HTTP/2 may speak first: of its settings.
        let mut told = [0; 1024];
        while matches!(line.read(&mut told).await, Ok(length) if length > 0) {}
    };
    tokio::time::timeout(within, closed).await.ok()?;
    Some(begin.elapsed())
}

/// Lets this process, and every one that it starts from now on, have as many files and connections open as the system allows.
///
/// # Panics
/// The system does not.
pub fn allow_many() {
    let maximum = getrlimit(Resource::Nofile).maximum;
    let limit = Rlimit {
        current: maximum,
        maximum,
    };
    setrlimit(Resource::Nofile, limit).expect("a limit that one may set");
}
