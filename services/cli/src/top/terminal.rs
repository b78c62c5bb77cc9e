//! The terminal while the screen is drawn on it, and how it is given back: at the end, on an error, on a panic.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};

use crossterm::cursor::{Hide, Show};
use crossterm::event::{DisableBracketedPaste, EnableBracketedPaste, Event};
use crossterm::execute;
use crossterm::terminal::{
    EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use ratatui::backend::CrosstermBackend;
use ratatui::{Frame, Terminal};
use tokio::sync::mpsc;

/// Whether the terminal is ours now.
static IS_OURS: AtomicBool = AtomicBool::new(false);
static HOOK: Once = Once::new();

/// A terminal that shows the screen alone until this is dropped. Never asked for its cursor: the answer would come among the
/// keys, which another thread reads.
pub(super) struct Screen {
    terminal: Terminal<CrosstermBackend<BufWriter<File>>>,
}

impl Screen {
    /// Takes the terminal that stdout leads to. What was on it comes back later.
    pub(super) fn open() -> io::Result<Self> {
        give_back_on_panic();
        IS_OURS.store(true, Ordering::SeqCst);
        enable_raw_mode().inspect_err(|_| give_back())?;
        let mut out = stdout()?;
        execute!(out, EnterAlternateScreen, EnableBracketedPaste, Hide)
            .inspect_err(|_| give_back())?;
        let terminal = Terminal::new(CrosstermBackend::new(BufWriter::new(out)));
        Ok(Self {
            terminal: terminal.inspect_err(|_| give_back())?,
        })
    }

    /// Draws a picture.
    ///
    /// # Errors
    /// When the terminal is gone, or a panic gave it back.
    pub(super) fn draw(&mut self, picture: impl FnOnce(&mut Frame<'_>)) -> io::Result<()> {
        if !IS_OURS.load(Ordering::SeqCst) {
            return Err(io::Error::other("a part of it failed"));
        }
        self.terminal.draw(picture)?;
        Ok(())
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        give_back();
    }
}

/// Keys, pastes and new sizes, read by a thread of its own: on a terminal that is gone reading may never return.
pub(super) fn events() -> mpsc::Receiver<io::Result<Event>> {
    let (tell, events) = mpsc::channel(1);
    std::thread::spawn(move || {
        loop {
            let event = crossterm::event::read();
            let is_last = event.is_err();
            if tell.blocking_send(event).is_err() || is_last {
                return;
            }
        }
    });
    events
}

/// Stdout without the lock that the caller of the command holds: a panic elsewhere has to write there too.
fn stdout() -> io::Result<File> {
    Ok(File::from(rustix::io::dup(rustix::stdio::stdout())?))
}

fn give_back_on_panic() {
    HOOK.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            give_back();
            before(panic);
        }));
    });
}

/// Once, however often it is called.
fn give_back() {
    if IS_OURS.swap(false, Ordering::SeqCst) {
        // There is nobody to tell if this fails.
        disable_raw_mode().ok();
        if let Ok(mut out) = stdout() {
            leave(&mut out).ok();
        }
    }
}

fn leave(out: &mut impl Write) -> io::Result<()> {
    execute!(out, DisableBracketedPaste, LeaveAlternateScreen, Show)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn the_terminal_gets_its_screen_and_its_cursor_back() {
        let mut out = Vec::new();
        leave(&mut out).unwrap();
        assert_eq!(
            out.escape_ascii().to_string(),
            r"\x1b[?2004l\x1b[?1049l\x1b[?25h"
        );
    }
}
