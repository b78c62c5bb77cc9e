//! A parallel port with a printer behind it: a named pipe, which takes bytes as a port does and has no status lines.

use std::fs::File;
use std::io::Read;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, PoisonError};

use rustix::fs::{FileType, Mode};

/// A printer at the other end of a named pipe.
#[derive(Debug)]
pub struct ParallelPort {
    folder: tempfile::TempDir,
    state: Arc<(Mutex<State>, Condvar)>,
}

#[derive(Debug, Default)]
struct State {
    received: Vec<u8>,
    is_stopped: bool,
    is_gone: bool,
    is_out: bool,
}

impl ParallelPort {
    /// Lays the pipe and switches the printer on.
    ///
    /// # Panics
    /// The pipe cannot be made.
    pub fn start() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("lp0");
        let mode = Mode::RUSR | Mode::WUSR;
        rustix::fs::mknodat(rustix::fs::CWD, &path, FileType::Fifo, mode, 0).expect("a pipe");
        let state = Arc::<(Mutex<State>, Condvar)>::default();
        // A reader that is there before anybody writes: opened for both, so that it does not wait.
        let paper = File::options().read(true).write(true).open(&path);
        let (paper, ours) = (paper.expect("the pipe opens"), Arc::clone(&state));
        let reader = File::options()
            .read(true)
            .custom_flags(rustix::fs::OFlags::NONBLOCK.bits().cast_signed())
            .open(&path)
            .expect("the pipe opens");
        drop(paper);
        std::thread::spawn(move || take(reader, &ours));
        Self { folder, state }
    }

    /// Where to print to.
    pub fn uri(&self) -> String {
        format!("parallel:{}", self.node().display())
    }

    /// The device node.
    pub fn node(&self) -> PathBuf {
        self.folder.path().join("lp0")
    }

    /// Every byte that came through so far.
    pub fn received(&self) -> Vec<u8> {
        self.with(|state| state.received.clone())
    }

    /// The printer takes no byte until it goes on.
    pub fn stop(&self) {
        self.with(|state| state.is_stopped = true);
    }

    /// The printer takes bytes again.
    pub fn go_on(&self) {
        self.with(|state| state.is_stopped = false);
    }

    /// Pulls the cable; it is out when this returns.
    pub fn pull_cable(&self) {
        self.with(|state| state.is_gone = true);
        let (state, changed) = &*self.state;
        let held = state.lock().unwrap_or_else(PoisonError::into_inner);
        let out = changed.wait_while(held, |state| !state.is_out);
        drop(out.unwrap_or_else(PoisonError::into_inner));
    }

    fn with<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let (state, changed) = &*self.state;
        let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
        let answer = change(&mut state);
        changed.notify_all();
        answer
    }
}

fn take(mut paper: File, state: &(Mutex<State>, Condvar)) {
    let (state, changed) = state;
    loop {
        {
            let held = state.lock().unwrap_or_else(PoisonError::into_inner);
            let held = changed
                .wait_while(held, |state| state.is_stopped && !state.is_gone)
                .unwrap_or_else(PoisonError::into_inner);
            if held.is_gone {
                break;
            }
        }
        let mut bytes = [0; 256];
        match paper.read(&mut bytes) {
            // Nobody writes now, or nothing; somebody may again.
            Ok(0) | Err(_) => std::thread::sleep(std::time::Duration::from_millis(2)),
            Ok(count) => {
                let mut held = state.lock().unwrap_or_else(PoisonError::into_inner);
                held.received.extend_from_slice(&bytes[..count]);
            }
        }
    }
    drop(paper);
    state.lock().unwrap_or_else(PoisonError::into_inner).is_out = true;
    changed.notify_all();
}
