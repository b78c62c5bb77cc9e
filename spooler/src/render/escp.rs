//! Epson ESC/P, 9 pins.
//!
//! Source: Epson ESC/P Reference Manual, 9-pin commands: ESC @, ESC R, ESC 2, ESC C, ESC P, ESC M,
//! ESC g, SI, DC2, ESC $, ESC J.

use formfeed_domain::placement::Pitch;

use super::{Dialect, SHEET_LINES};

const ESC: u8 = 0x1B;
const SI: u8 = 0x0F;
const DC2: u8 = 0x12;

/// The command set of Epson's 9-pin printers and the many that emulate them.
#[derive(Debug, Clone, Copy)]
pub struct Escp;

impl Dialect for Escp {
    fn begin_sheet(&self, out: &mut Vec<u8>) {
        // Reset; the switches on the panel may choose another country's # and @, another pitch.
        out.extend([ESC, b'@', ESC, b'R', 0, ESC, b'2']);
        // Also makes the current line the top of form and ends any skip over the perforation.
        out.extend([ESC, b'C', SHEET_LINES as u8, ESC, b'P']);
    }

    fn pitch(&self, from: Pitch, to: Pitch, out: &mut Vec<u8>) {
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

    fn move_to(&self, sixtieths: u16, out: &mut Vec<u8>) -> bool {
        let [low, high] = sixtieths.to_le_bytes();
        out.extend([ESC, b'$', low, high]);
        true
    }

    fn feed(&self, steps: u8, out: &mut Vec<u8>) -> bool {
        out.extend([ESC, b'J', steps]);
        true
    }
}
