//! Epson ESC/P, 9 pins.
//!
//! Source: Epson, *ESC/P Reference Manual* (December 1997), commands of 9-pin printers: ESC @ (initialize), ESC R (national
//! characters), ESC 2 (1/6 inch), ESC C (page length in lines, which also makes the current line the top of form and ends a
//! skip over the perforation), ESC P, ESC M, ESC g, SI, DC2 (pitch), ESC D and HT (tabs, in columns of the pitch at the time;
//! every eighth after ESC @), ESC $ (absolute, 1/60 inch), ESC J (n/216 inch down, the column stays), LF (down a line, to the left
//! edge). Tabs are set on every sheet that uses them: emulators differ about what ESC @ does to them.

use formfeed_domain::placement::Pitch;

use super::moves::{ESC, Feeds, Move, down_by_esc_j, nearest};
use super::{Dialect, Tabs};
use crate::render::SHEET_LINES;

const SI: u8 = 0x0F;
const DC2: u8 = 0x12;

/// One sixtieth of an inch, in thousandths of a point.
const SIXTIETH: i32 = 1_200;

const FEEDS: Feeds = Feeds {
    line: 36,
    most: 255,
    bytes: 3,
    lf_returns: true,
};

/// The command set of Epson's 9-pin printers and the many that emulate them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Escp;

impl Dialect for Escp {
    fn begin_sheet(&self, tabs: Option<&[u8]>, out: &mut Vec<u8>) {
        begin_sheet(tabs, out);
    }

    fn tabs(&self) -> Tabs {
        TABS
    }

    fn pitches(&self) -> &'static [Pitch] {
        &Pitch::ALL
    }

    fn pitch(&self, from: Pitch, to: Pitch, out: &mut Vec<u8>) {
        pitch(from, to, out);
    }

    fn steps_of_line(&self) -> i32 {
        FEEDS.line
    }

    fn down(&self, steps: i32, away: bool, out: &mut Vec<u8>) {
        down_by_esc_j(&FEEDS, steps, away, out);
    }

    fn across(&self, _: i32, to: i32, _: Pitch) -> Option<Move> {
        to_sixtieth(to)
    }

    fn needs_eight_bits(&self) -> bool {
        true
    }
}

pub(super) const TABS: Tabs = Tabs::Settable {
    most: 32,
    bytes: 3,
    bytes_each: 1,
};

pub(super) fn begin_sheet(tabs: Option<&[u8]>, out: &mut Vec<u8>) {
    // Reset; the switches on the panel may choose another country's # and @, another pitch.
    out.extend([ESC, b'@', ESC, b'R', 0, ESC, b'2']);
    out.extend([ESC, b'C', SHEET_LINES as u8, ESC, b'P']);
    if let Some(tabs) = tabs {
        out.extend([ESC, b'D']);
        out.extend(tabs);
        out.push(0);
    }
}

pub(super) fn pitch(from: Pitch, to: Pitch, out: &mut Vec<u8>) {
    if from == Pitch::Seventeen {
        out.push(DC2);
    }
    match to {
        Pitch::Ten if from == Pitch::Seventeen => {}
        Pitch::Ten => out.extend([ESC, b'P']),
        Pitch::Twelve => out.extend([ESC, b'M']),
        Pitch::Fifteen => out.extend([ESC, b'g']),
        Pitch::Seventeen if from == Pitch::Ten => out.push(SI),
        Pitch::Seventeen => out.extend([ESC, b'P', SI]),
    }
}

/// `ESC $`.
pub(super) fn to_sixtieth(place: i32) -> Option<Move> {
    let sixtieths = nearest(place, SIXTIETH);
    let [low, high] = u16::try_from(sixtieths).ok()?.to_le_bytes();
    Some(Move::new(sixtieths * SIXTIETH, [ESC, b'$', low, high]))
}
