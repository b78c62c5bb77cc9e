//! `formfeed top`: the print room on one screen, kept true by the spooler's streams.
//!
//! The questions that wait for a person stand above all; keys do what the commands of `job` and `printer` do, through the
//! same calls. Nothing is decided here and nothing is kept. Start at [`run`]; what a key does is in `room.rs`, what
//! an answer leads to in `question.rs`, what is drawn in `draw.rs`.

mod action;
mod detail;
mod draw;
mod feed;
mod form;
mod orders;
mod pace;
mod question;
mod room;
mod second_person;
mod sheet_words;
mod terminal;
mod truth;

use std::io::{self, IsTerminal as _};
use std::sync::Arc;
use std::time::Duration;

use crossterm::event::{Event, KeyEventKind};
use formfeed_runtime::service::Service;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::connect::ConnectArgs;
use crate::errors::{CliError, Exit};
use crate::output::Output;
use draw::{Colours, draw, has_room};
use feed::News;
use room::{Room, Wish};
use terminal::Screen;

/// News that wait to be drawn.
const AHEAD: usize = 64;
/// How long what was asked for last may take when the operator leaves.
const LEAVES_WITHIN: Duration = Duration::from_secs(5);

/// Shows the print room until the operator leaves, or a signal ends it.
pub(crate) async fn run(connect: ConnectArgs, output: &Output<'_>) -> Result<Exit, CliError> {
    let no_screen = |why: &str| {
        let words =
            format!("{why}; for scripts there are `printer list`, `job list` and `job watch`");
        Err(CliError::Usage(words))
    };
    if output.json {
        return no_screen("top draws a screen and has no --json");
    }
    if !io::stdout().is_terminal() {
        return no_screen("top draws on a terminal, and stdout is none");
    }
    // What is wrong from the beginning is told before the screen is taken.
    let link = connect.find()?.link(Service::Spooler)?;
    let room = Room::new(truth::look(&link).await?);
    let failed = |error| CliError::failed("drawing on the terminal", error);
    show(room, connect).await.map_err(failed)?;
    Ok(Exit::Done)
}

async fn show(mut room: Room, connect: ConnectArgs) -> io::Result<()> {
    let (tell, mut news) = mpsc::channel(AHEAD);
    let wake = Arc::new(Notify::new());
    let mut feed = tokio::spawn(feed::run(connect.clone(), wake.clone(), tell.clone()));
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut hangup = signal(SignalKind::hangup())?;
    let colours = Colours::from_environment();
    let mut acts = JoinSet::new();
    let mut screen = Screen::open()?;
    let mut events = terminal::events();
    loop {
        screen.draw(|frame| {
            room.in_sight = has_room(frame.area());
            draw(frame, &room, &colours);
        })?;
        let event = tokio::select! {
            event = events.recv() => event,
            told = news.recv() => {
                if let Some(told) = told {
                    room.hear(told);
                }
                while let Ok(more) = news.try_recv() {
                    room.hear(more);
                }
                continue;
            }
            // Only a fault of ours ends it, and its panic gave the terminal back.
            fault = &mut feed => return fault.map_err(io::Error::other),
            _ = terminate.recv() => break,
            _ = interrupt.recv() => break,
            _ = hangup.recv() => break,
        };
        match event {
            None => break,
            Some(Err(error)) => return Err(error),
            Some(Ok(Event::Key(key))) if key.kind == KeyEventKind::Press => match room.key(key) {
                Wish::Nothing => {}
                Wish::Leave => break,
                Wish::Act(action) => {
                    let (connect, wake, tell) = (connect.clone(), wake.clone(), tell.clone());
                    acts.spawn(async move {
                        let acted = action::act(&connect, action).await;
                        tell.send(News::Acted(acted)).await.ok();
                        wake.notify_one();
                    });
                }
            },
            Some(Ok(Event::Paste(text))) => room.paste(&text),
            // Another size is taken up by the next picture.
            Some(Ok(_)) => {}
        }
    }
    feed.abort();
    drop(screen);
    // What was asked for last still gets through.
    timeout(LEAVES_WITHIN, acts.join_all()).await.ok();
    Ok(())
}
