//! A plain line printer, or anything in its place: printable characters, CR, LF and FF, 10 cpi and 6 lines per inch.
//!
//! Source: ISO/IEC 646 (ECMA-6), format effectors. Pitch, line spacing and form length are set at the printer.

use formfeed_domain::placement::Pitch;

use super::moves::{CR, LF, Move};
use super::{Dialect, Tabs};

/// No commands at all.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line;

impl Dialect for Line {
    fn begin_sheet(&self, _: Option<&[u8]>, _: &mut Vec<u8>) {}

    fn tabs(&self) -> Tabs {
        Tabs::None
    }

    fn pitches(&self) -> &'static [Pitch] {
        &[Pitch::Ten]
    }

    fn pitch(&self, _: Pitch, _: Pitch, _: &mut Vec<u8>) {}

    fn steps_of_line(&self) -> i32 {
        1
    }

    fn down(&self, lines: i32, away: bool, out: &mut Vec<u8>) {
        if away {
            out.push(CR);
        }
        out.extend((0..lines).map(|_| LF));
    }

    fn across(&self, _: i32, _: i32, _: Pitch) -> Option<Move> {
        None
    }

    fn needs_eight_bits(&self) -> bool {
        false
    }
}
