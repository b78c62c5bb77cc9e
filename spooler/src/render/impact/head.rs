//! The print head: where it stands, and the cheapest way to the next text.

use formfeed_domain::placement::Pitch;

use super::stops::Stops;
use super::{Struck, TOLERANCE};
use crate::render::Dialect;
use crate::render::dialect::Move;
use crate::render::dialect::moves::{HT, nearest};

/// Where the print head stands on a sheet.
pub(super) struct Head<'a> {
    dialect: &'a dyn Dialect,
    stops: &'a Stops,
    /// Parts of a line from the top edge.
    down: i32,
    across: i32,
    pitch: Pitch,
}

/// How a text is reached along its line.
#[derive(Debug, Clone, Copy)]
struct Way {
    /// The pitch on the way.
    via: Pitch,
    tabs: usize,
    blanks: usize,
    by: Option<Move>,
    lands: i32,
    bytes: usize,
}

/// More tabs than this are dearer than a move, where there is one.
const MOST_TABS: usize = 10;

impl<'a> Head<'a> {
    pub(super) fn at_the_top(dialect: &'a dyn Dialect, stops: &'a Stops) -> Self {
        Self {
            dialect,
            stops,
            down: 0,
            across: 0,
            pitch: Pitch::Ten,
        }
    }

    /// To a place further down, if it is not there yet.
    pub(super) fn feed_to(&mut self, down: i32, out: &mut Vec<u8>) {
        if down > self.down {
            self.dialect.down(down - self.down, self.across > 0, out);
            (self.down, self.across) = (down, 0);
        }
    }

    pub(super) fn move_to(&mut self, text: &Struck<'_>, out: &mut Vec<u8>) {
        let way = self.cheapest(text);
        self.set(self.pitch, way.via, out);
        out.extend(std::iter::repeat_n(HT, way.tabs));
        out.extend(std::iter::repeat_n(b' ', way.blanks));
        if let Some(by) = way.by {
            out.extend(by.bytes());
        }
        self.set(way.via, text.pitch, out);
        (self.pitch, self.across) = (text.pitch, way.lands);
    }

    pub(super) fn strike(&mut self, text: &Struck<'_>, out: &mut Vec<u8>) {
        out.extend(text.text.bytes());
        self.across = text.end(self.across);
    }

    /// As [`Head::feed_to`], [`Head::move_to`] and [`Head::strike`], without a byte; answers how many the way along the
    /// line takes.
    pub(super) fn walk(&mut self, text: &Struck<'_>) -> usize {
        if text.down > self.down {
            (self.down, self.across) = (text.down, 0);
        }
        let way = self.cheapest(text);
        (self.pitch, self.across) = (text.pitch, text.end(way.lands));
        way.bytes
    }

    /// Of the ways that come close enough the one with the fewest bytes; where none does, the one that comes closest.
    fn cheapest(&self, text: &Struck<'_>) -> Way {
        let mut best = self.blanks(text, 0, self.across, text.pitch);
        let mut offer = |way: Way| {
            let rank = |way: &Way| {
                let off = (way.lands - text.left).abs();
                (if off <= TOLERANCE { 0 } else { off }, way.bytes)
            };
            if rank(&way) < rank(&best) {
                best = way;
            }
        };
        let mut pitches = vec![text.pitch, self.pitch, Pitch::Ten];
        pitches.dedup();
        for via in pitches {
            offer(self.blanks(text, 0, self.across, via));
            let stops = self.stops.after(self.across);
            let stops = stops.take_while(|stop| *stop <= text.left + TOLERANCE);
            for (tabs, at) in (1..=MOST_TABS).zip(stops) {
                offer(self.blanks(text, tabs, at, via));
            }
            if let Some(by) = self.dialect.across(self.across, text.left, via) {
                offer(Way {
                    via,
                    tabs: 0,
                    blanks: 0,
                    by: Some(by),
                    lands: by.lands,
                    bytes: self.pitches(via, text) + by.bytes().len(),
                });
            }
        }
        best
    }

    /// So many tabs, which end at `at`, and blanks from there on.
    fn blanks(&self, text: &Struck<'_>, tabs: usize, at: i32, via: Pitch) -> Way {
        let advance = via.advance().thousandths();
        let blanks = nearest((text.left - at).max(0), advance);
        let count = usize::try_from(blanks).unwrap_or_default();
        Way {
            via,
            tabs,
            blanks: count,
            by: None,
            lands: at + blanks * advance,
            bytes: self.pitches(via, text) + tabs + count,
        }
    }

    /// Bytes of the changes of pitch before and behind a way.
    fn pitches(&self, via: Pitch, text: &Struck<'_>) -> usize {
        let mut scratch = Vec::new();
        self.set(self.pitch, via, &mut scratch);
        self.set(via, text.pitch, &mut scratch);
        scratch.len()
    }

    fn set(&self, from: Pitch, to: Pitch, out: &mut Vec<u8>) {
        if from != to {
            self.dialect.pitch(from, to, out);
        }
    }
}
