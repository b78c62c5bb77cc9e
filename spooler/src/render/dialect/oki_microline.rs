//! Oki Microline Standard, 9 pins.
//!
//! Source: Okidata, *Microline Reference Manual* (June 1997), chapters 8 and 9, Oki, *Microline 3320/3321 Product
//! Specifications*, chapter 12, and Lexmark, *Forms Printer 2480 Technical Reference*, section 5 (Microline emulation): ESC CAN
//! (initialize), RS, FS, ESC g, GS (10, 12, 15, 17.1 cpi), ESC 6 (6 lines per inch), ESC F with two digits (form length in
//! lines), ESC 5 (top of form here), LF (down a line, and to the left edge), ESC VT with two digits (so many lines down, to the
//! left edge), ESC % 5 n (n/144 inch down, 1 to 127), ESC % B with four digits (dot columns from the left edge, the first is
//! 0001, 1/120 inch apart at 10 cpi), ESC HT CR (tabs at every eighth column), HT. Setting tabs takes four bytes each: more
//! than they save on a form.

use formfeed_domain::placement::Pitch;

use super::moves::{CR, ESC, Feeds, HT, LF, Move, nearest};
use super::{Dialect, Tabs};
use crate::render::SHEET_LINES;

const CAN: u8 = 0x18;
const VT: u8 = 0x0B;
const RS: u8 = 0x1E;
const FS: u8 = 0x1C;
const GS: u8 = 0x1D;

/// 1/120 inch, in thousandths of a point.
const DOT: i32 = 600;

const FEEDS: Feeds = Feeds {
    line: 24,
    most: 127,
    bytes: 4,
    lf_returns: true,
};

/// More lines than this are skipped by one command.
const LINES_BY_LF: i32 = 4;

/// The command set of Oki's Microlines.
#[derive(Debug, Clone, Copy)]
pub(super) struct OkiMicroline;

impl Dialect for OkiMicroline {
    fn begin_sheet(&self, _: Option<&[u8]>, out: &mut Vec<u8>) {
        let [tens, ones] = digits(SHEET_LINES);
        out.extend([ESC, CAN, RS, ESC, b'6', ESC, b'F', tens, ones, ESC, b'5']);
        out.extend([ESC, HT, CR]);
    }

    fn tabs(&self) -> Tabs {
        Tabs::EveryEighth
    }

    fn pitches(&self) -> &'static [Pitch] {
        &Pitch::ALL
    }

    fn pitch(&self, _: Pitch, to: Pitch, out: &mut Vec<u8>) {
        match to {
            Pitch::Ten => out.push(RS),
            Pitch::Twelve => out.push(FS),
            Pitch::Fifteen => out.extend([ESC, b'g']),
            Pitch::Seventeen => out.push(GS),
        }
    }

    fn steps_of_line(&self) -> i32 {
        FEEDS.line
    }

    fn down(&self, steps: i32, away: bool, out: &mut Vec<u8>) {
        let (lines, rest) = (steps / FEEDS.line, steps % FEEDS.line);
        match lines {
            0 if away => out.push(CR),
            0..=LINES_BY_LF => out.extend((0..lines).map(|_| LF)),
            _ => {
                let [tens, ones] = digits(lines);
                out.extend([ESC, VT, tens, ones]);
            }
        }
        for part in FEEDS.parts(rest) {
            out.extend([ESC, b'%', b'5', part]);
        }
    }

    fn across(&self, _: i32, to: i32, pitch: Pitch) -> Option<Move> {
        let dots = nearest(to, DOT);
        if pitch != Pitch::Ten || !(0..9_999).contains(&dots) {
            return None;
        }
        let ([a, b], [c, d]) = (digits((dots + 1) / 100), digits((dots + 1) % 100));
        Some(Move::new(dots * DOT, [ESC, b'%', b'B', a, b, c, d]))
    }

    fn needs_eight_bits(&self) -> bool {
        false
    }
}

/// Two decimal digits.
fn digits(number: i32) -> [u8; 2] {
    [number / 10 % 10, number % 10].map(|digit| b'0' + digit as u8)
}
