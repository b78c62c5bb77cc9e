//! States as people see them: a sign, a word, and a colour that only says the same once more.

use formfeed_domain::spool::AttemptState;
use formfeed_proto::spooler as pb;
use maud::{Markup, html};

/// How a state is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Look {
    /// Its colour: good, live, wait, warn, bad or idle.
    pub(super) class: &'static str,
    pub(super) sign: &'static str,
    pub(super) word: &'static str,
}

const fn look(class: &'static str, sign: &'static str, word: &'static str) -> Look {
    Look { class, sign, word }
}

impl Look {
    /// A badge.
    pub(super) fn show(self) -> Markup {
        html! {
            span class={ "state " (self.class) } { span aria-hidden="true" { (self.sign) " " } (self.word) }
        }
    }
}

pub(super) fn of_job(state: pb::job::State) -> Look {
    use pb::job::State;
    match state {
        State::Unspecified => look("idle", "·", "unknown"),
        State::Pending => look("wait", "…", "pending"),
        State::Held => look("warn", "Ⅱ", "held"),
        State::Processing => look("live", "▶", "processing"),
        State::Stopped => look("bad", "■", "stopped"),
        State::Canceled => look("idle", "–", "canceled"),
        State::Aborted => look("bad", "✗", "aborted"),
        State::Completed => look("good", "✓", "completed"),
        State::NeedsDecision => look("bad", "?", "needs a decision"),
        State::AwaitingConfirmation => look("warn", "?", "awaits confirmation"),
    }
}

pub(super) fn of_sheet(state: pb::sheet::State) -> Look {
    use pb::sheet::State;
    match state {
        State::Unspecified => look("idle", "·", "unknown"),
        State::Pending => look("wait", "·", "pending"),
        State::Live => look("live", "▶", "sending"),
        State::Good => look("good", "✓", "good"),
        State::InDoubt => look("bad", "?", "in doubt"),
        State::Spoiled => look("warn", "✗", "spoiled"),
        State::Lost => look("warn", "∅", "lost"),
        State::Abandoned => look("idle", "–", "abandoned"),
        State::AwaitingConfirmation => look("warn", "…", "to confirm"),
    }
}

pub(super) fn of_attempt(state: pb::attempt::State) -> Look {
    use pb::attempt::State;
    match state {
        State::Unspecified => look("idle", "·", "unknown"),
        State::Reserved => look("wait", "·", "reserved"),
        State::Intent => look("live", "▶", "about to be sent"),
        State::InFlight => look("live", "▶", "being sent"),
        State::Good => look("good", "✓", "good"),
        State::InDoubt => look("bad", "?", "in doubt"),
        State::Spoiled => look("warn", "✗", "spoiled"),
        State::Lost => look("warn", "∅", "lost"),
        State::NotPrinted => look("idle", "–", "not printed"),
        State::Released => look("idle", "–", "released, no byte left"),
        State::AwaitingConfirmation => look("warn", "…", "to confirm"),
    }
}

pub(super) fn of_printer(state: pb::printer::State) -> Look {
    use pb::printer::State;
    match state {
        State::Unspecified => look("idle", "·", "unknown"),
        State::Idle => look("good", "✓", "idle"),
        State::Processing => look("live", "▶", "printing"),
        State::Stopped => look("bad", "■", "stopped"),
        State::Quarantined => look("bad", "?", "waits for a decision"),
    }
}

/// What is asked of sheets in a state.
pub(super) fn asked(state: AttemptState) -> Look {
    match state {
        AttemptState::AwaitingConfirmation => look("warn", "…", "to confirm"),
        AttemptState::Spoiled => look("warn", "✗", "spoiled"),
        AttemptState::Lost => look("warn", "∅", "lost"),
        _ => look("bad", "?", "in doubt"),
    }
}
