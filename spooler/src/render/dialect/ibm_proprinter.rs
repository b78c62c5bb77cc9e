//! IBM Proprinter, with auto CR and the alternate graphics mode off, as they leave the factory.
//!
//! Source: the Proprinter III and XL chapters of Okidata, *Microline Reference Manual* (June 1997), Epson, *8900 Series*
//! (Proprinter XL emulation), Datasouth, *3300 User's Guide*, appendix G.2, and Compuprint, *9060 Programmer's Manual*: DC2
//! (10 cpi, ends condensed), ESC : (12 cpi), SI (17.1 cpi), ESC A n with ESC 2 (n/72 inch a line), ESC C (page length in
//! lines, top of form here), ESC 5 NUL (no line feed with CR), ESC R (tabs at every eighth column), HT, ESC d (n/120 inch to
//! the right), ESC J (n/216 inch down). There is no reset and no absolute move. Of ESC D the manuals count columns from 0 or
//! from 1, so that tabs stay where ESC R puts them. 15 cpi (ESC g) is an extension of some: 17 cpi stands for it.

use formfeed_domain::placement::Pitch;

use super::moves::{ESC, Feeds, Move, down_by_esc_j, nearest};
use super::{Dialect, Tabs};
use crate::render::SHEET_LINES;

const SI: u8 = 0x0F;
const DC2: u8 = 0x12;

/// 1/120 inch, in thousandths of a point.
const DOT: i32 = 600;

const FEEDS: Feeds = Feeds {
    line: 36,
    most: 255,
    bytes: 3,
    lf_returns: false,
};

/// The command set of IBM's Proprinters and of those that emulate them.
#[derive(Debug, Clone, Copy)]
pub(super) struct IbmProprinter;

impl Dialect for IbmProprinter {
    fn begin_sheet(&self, _: Option<&[u8]>, out: &mut Vec<u8>) {
        out.extend([DC2, ESC, b'A', 12, ESC, b'2']);
        out.extend([ESC, b'C', SHEET_LINES as u8, ESC, b'5', 0, ESC, b'R']);
    }

    fn tabs(&self) -> Tabs {
        Tabs::EveryEighth
    }

    fn pitches(&self) -> &'static [Pitch] {
        &[Pitch::Ten, Pitch::Twelve, Pitch::Seventeen]
    }

    /// By way of 10 cpi: SI and ESC : after each other mean other pitches on some.
    fn pitch(&self, from: Pitch, to: Pitch, out: &mut Vec<u8>) {
        if from != Pitch::Ten {
            out.push(DC2);
        }
        match to {
            Pitch::Ten => {}
            Pitch::Twelve => out.extend([ESC, b':']),
            Pitch::Fifteen | Pitch::Seventeen => out.push(SI),
        }
    }

    fn steps_of_line(&self) -> i32 {
        FEEDS.line
    }

    fn down(&self, steps: i32, away: bool, out: &mut Vec<u8>) {
        down_by_esc_j(&FEEDS, steps, away, out);
    }

    fn across(&self, from: i32, to: i32, _: Pitch) -> Option<Move> {
        let dots = nearest((to - from).max(0), DOT);
        let [low, high] = u16::try_from(dots).ok()?.to_le_bytes();
        Some(Move::new(from + dots * DOT, [ESC, b'd', low, high]))
    }

    fn needs_eight_bits(&self) -> bool {
        true
    }
}
