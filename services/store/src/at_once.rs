//! Statements on SQLite one after another on one thread, where each by itself would go to another thread and come back.

use std::cell::Cell;
use std::error::Error;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::{Mutex, PoisonError, mpsc};

use diesel_async::sync_connection_wrapper::SpawnBlocking;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::task::{block_in_place, spawn_blocking};

thread_local! {
    /// Whether this thread may stand still, for its other tasks are another's by now.
    static MAY_BLOCK: Cell<bool> = const { Cell::new(false) };
}

/// Runs what `work` asks of SQLite on the thread that polls it, which lets go of its other tasks first: for several calls
/// of a store one after another, each of which would pass them on by itself. On a runtime of one thread there is nobody to
/// take them, and each statement goes to a thread of its own.
pub async fn at_once<T>(work: impl Future<Output = T>) -> T {
    let mut work = pin!(work);
    poll_fn(|context| match Handle::current().runtime_flavor() {
        RuntimeFlavor::MultiThread => block_in_place(|| {
            let _mark = Mark::set();
            work.as_mut().poll(context)
        }),
        _ => work.as_mut().poll(context),
    })
    .await
}

/// [`MAY_BLOCK`] while it lives; then what it was.
struct Mark {
    before: bool,
}

impl Mark {
    fn set() -> Self {
        Self {
            before: MAY_BLOCK.replace(true),
        }
    }
}

impl Drop for Mark {
    fn drop(&mut self) {
        MAY_BLOCK.set(self.before);
    }
}

/// Where the statements of a connection run: here in [`at_once`], else on a thread for what blocks. There a statement that was
/// begun is waited for, even by who lets go of it: the connection is no one else's before.
#[derive(Debug)]
pub struct Statements;

impl SpawnBlocking for Statements {
    fn spawn_blocking<'a, R: Send + 'static>(
        &mut self,
        statement: impl FnOnce() -> R + Send + 'static,
    ) -> BoxFuture<'a, Result<R, Box<dyn Error + Send + Sync>>> {
        async move {
            if MAY_BLOCK.get() {
                return Ok(statement());
            }
            let (end, ended) = mpsc::channel();
            let begun = spawn_blocking(move || {
                let _end: mpsc::Sender<()> = end;
                statement()
            });
            let _wait = Wait(ended.into());
            begun.await.map_err(Box::from)
        }
        .boxed()
    }

    fn get_runtime() -> Self {
        Self
    }
}

/// Waits for the end of a statement when it is dropped.
struct Wait(Mutex<mpsc::Receiver<()>>);

impl Drop for Wait {
    fn drop(&mut self) {
        let ended = self.0.get_mut().unwrap_or_else(PoisonError::into_inner);
        ended.recv().ok(); // nothing is sent: the other end goes away with the statement
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::thread;
    use std::time::Duration;

    use super::*;

    async fn thread_of_a_statement() -> thread::ThreadId {
        let ran = Statements.spawn_blocking(|| thread::current().id());
        ran.await.unwrap()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn statements_at_once_stay_on_their_thread_and_others_leave_it() {
        let task = async {
            let alone = thread_of_a_statement().await;
            let (own, first, second) = at_once(async {
                let first = thread_of_a_statement().await;
                (thread::current().id(), first, thread_of_a_statement().await)
            })
            .await;
            assert_eq!((own, own), (first, second));
            assert_ne!(thread::current().id(), alone);
            assert!(!MAY_BLOCK.get(), "no longer than they last");
        };
        tokio::spawn(task).await.unwrap();
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 1)]
    async fn other_tasks_go_on_while_a_statement_stands_still() {
        let (open, wait) = mpsc::channel();
        let standing = tokio::spawn(at_once(async move {
            Statements.spawn_blocking(move || wait.recv()).await
        }));
        tokio::spawn(async move { open.send(()).unwrap() })
            .await
            .unwrap();
        standing.await.unwrap().unwrap().unwrap();
    }

    #[tokio::test]
    async fn on_a_runtime_of_one_thread_each_leaves_it_and_is_waited_for_by_who_lets_go() {
        let ran = at_once(thread_of_a_statement()).await;
        assert_ne!(ran, thread::current().id());
        let done = Arc::new(AtomicBool::new(false));
        let (begin, begun) = mpsc::channel();
        let statement = Statements.spawn_blocking({
            let done = done.clone();
            move || {
                begin.send(()).unwrap();
                thread::sleep(Duration::from_millis(50));
                done.store(true, Ordering::SeqCst);
            }
        });
        let mut statement = pin!(statement);
        assert!(futures::poll!(statement.as_mut()).is_pending());
        begun.recv().unwrap();
        statement.set(async { Ok(()) }.boxed());
        assert!(done.load(Ordering::SeqCst));
    }
}
