//! Narrower pitches and second lines for what does not fit.

use crate::placement::Pitch;
use crate::points::Points;

/// Lines that fit, and the pitch at which they do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fitted {
    /// One or two lines.
    pub lines: Vec<String>,
    /// The widest pitch that holds them.
    pub pitch: Pitch,
}

/// How many characters fit at a pitch.
pub(crate) fn capacity(width: Points, pitch: Pitch) -> usize {
    usize::try_from(width.thousandths() / pitch.advance().thousandths()).unwrap_or(0)
}

/// The widest pitch at which one line holds so many characters; `None` when even 17 cpi is too wide.
pub(crate) fn pitch_for(characters: usize, width: Points) -> Option<Pitch> {
    let mut pitches = Pitch::ALL.into_iter();
    pitches.find(|pitch| characters <= capacity(width, *pitch))
}

/// One line at the widest pitch that holds it; `None` when even 17 cpi is too wide.
pub fn fit_line(text: &str, width: Points) -> Option<Fitted> {
    let pitch = pitch_for(characters(text), width)?;
    Some(Fitted {
        lines: vec![text.to_owned()],
        pitch,
    })
}

/// Two lines, broken at a blank, at the widest pitch that holds both; `None` when none does.
pub fn fit_two_lines(text: &str, width: Points) -> Option<Fitted> {
    Pitch::ALL.into_iter().find_map(|pitch| {
        let (first, second) = break_at_blank(text, capacity(width, pitch))?;
        Some(Fitted {
            lines: vec![first.to_owned(), second.to_owned()],
            pitch,
        })
    })
}

/// The longest first line that ends before a blank, if what follows fits too.
fn break_at_blank(text: &str, capacity: usize) -> Option<(&str, &str)> {
    text.match_indices(' ')
        .map(|(at, _)| (&text[..at], text[at..].trim_start()))
        .rfind(|(first, second)| characters(first) <= capacity && characters(second) <= capacity)
}

/// How many places of a fixed pitch a text takes: a letter that carries its mark takes one.
pub fn characters(text: &str) -> usize {
    match text.is_ascii() {
        true => text.len(),
        false => text.chars().count(),
    }
}
