//! Epson ESC/P 2, 24 pins.
//!
//! Source: Epson, *ESC/P Reference Manual* (December 1997), commands of ESC/P 2 and 24-pin printers. What a form needs is
//! written as on 9 pins; the part of a line that ESC J feeds is n/180 inch. ESC $ counts sixtieths of an inch unless ESC ( U
//! sets another unit, which ESC @ takes back.

use formfeed_domain::placement::Pitch;

use super::moves::{Feeds, Move, down_by_esc_j};
use super::{Dialect, Tabs, escp};

const FEEDS: Feeds = Feeds {
    line: 30,
    most: 255,
    bytes: 3,
    lf_returns: true,
};

/// The command set of Epson's 24-pin printers and of those that emulate them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Escp2;

impl Dialect for Escp2 {
    fn begin_sheet(&self, tabs: Option<&[u8]>, out: &mut Vec<u8>) {
        escp::begin_sheet(tabs, out);
    }

    fn tabs(&self) -> Tabs {
        escp::TABS
    }

    fn pitches(&self) -> &'static [Pitch] {
        &Pitch::ALL
    }

    fn pitch(&self, from: Pitch, to: Pitch, out: &mut Vec<u8>) {
        escp::pitch(from, to, out);
    }

    fn steps_of_line(&self) -> i32 {
        FEEDS.line
    }

    fn down(&self, steps: i32, away: bool, out: &mut Vec<u8>) {
        down_by_esc_j(&FEEDS, steps, away, out);
    }

    fn across(&self, _: i32, to: i32, _: Pitch) -> Option<Move> {
        escp::to_sixtieth(to)
    }

    fn needs_eight_bits(&self) -> bool {
        true
    }
}
