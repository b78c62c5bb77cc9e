//! Reads the streams of impact printers back, byte by byte: written from the manuals, and knowing nothing of the encoder.
//!
//! Any byte that the manual of the family does not name is an error, and so is ink beyond the sheet: a real printer would
//! ignore the one and spoil the next sheet by the other. Sources are those named in the encoder's dialects; where two
//! manuals differ about what a command leaves behind, this printer is the one that does less.

use crate::paper::{Page, Word};

/// Width of a sheet in points.
const WIDTH: f64 = 612.0;
/// Points in an inch.
const INCH: f64 = 72.0;
/// Two places closer than this are one.
const SAME: f64 = 0.05;

/// Which printer reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// Epson with 9 pins.
    NinePins,
    /// Epson with 24 pins.
    TwentyFourPins,
    /// IBM Proprinter.
    Proprinter,
    /// Oki Microline.
    Microline,
    /// A line printer.
    Line,
}

/// What a printer puts on paper: a page for each form feed.
///
/// # Errors
/// In words, the first thing that a printer would not do as it was meant.
pub fn decode(family: Family, stream: &[u8]) -> Result<Vec<Page>, String> {
    let mut printer = Printer::new(family, stream);
    while let Some(byte) = printer.next() {
        let at = printer.read;
        printer
            .obey(byte)
            .map_err(|wrong| format!("byte {at}: {wrong}"))?;
    }
    match printer.marks.is_empty() && printer.down == 0.0 {
        true => Ok(printer.pages),
        false => Err("the last sheet is not fed out".to_owned()),
    }
}

/// The family of a dialect by its name.
///
/// # Panics
/// There is no such dialect.
pub fn family(dialect: &str) -> Family {
    match dialect {
        "escp" => Family::NinePins,
        "escp2" => Family::TwentyFourPins,
        "ibm-proprinter" => Family::Proprinter,
        "oki-microline" => Family::Microline,
        "line" => Family::Line,
        other => panic!("no dialect {other}"),
    }
}

struct Mark {
    across: f64,
    down: f64,
    width: f64,
    character: char,
}

struct Printer<'a> {
    family: Family,
    stream: &'a [u8],
    read: usize,
    pages: Vec<Page>,
    marks: Vec<Mark>,
    across: f64,
    down: f64,
    /// Characters per inch.
    cpi: f64,
    /// What a Proprinter's ESC A left for ESC 2.
    stored_spacing: f64,
    spacing: f64,
    page: f64,
    tabs: Vec<f64>,
    /// Whether the head is where a tab took it, and nowhere else.
    has_tabbed: bool,
}

impl<'a> Printer<'a> {
    fn new(family: Family, stream: &'a [u8]) -> Self {
        let mut printer = Self {
            family,
            stream,
            read: 0,
            pages: Vec::new(),
            marks: Vec::new(),
            across: 0.0,
            down: 0.0,
            cpi: 10.0,
            stored_spacing: 12.0,
            spacing: 12.0,
            page: 792.0,
            tabs: Vec::new(),
            has_tabbed: false,
        };
        if family != Family::Line {
            // As somebody else may have left it.
            (printer.cpi, printer.spacing, printer.page) = (12.0, 9.0, 720.0);
        }
        printer
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.stream.get(self.read).copied();
        self.read += usize::from(byte.is_some());
        byte
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N], String> {
        let taken = self.stream.get(self.read..self.read + N);
        self.read += N;
        taken
            .and_then(|bytes| bytes.try_into().ok())
            .ok_or_else(|| "the stream ends within a command".to_owned())
    }

    fn one(&mut self) -> Result<f64, String> {
        Ok(f64::from(self.take::<1>()?[0]))
    }

    fn low_high(&mut self) -> Result<f64, String> {
        Ok(f64::from(u16::from_le_bytes(self.take()?)))
    }

    fn decimal<const N: usize>(&mut self) -> Result<f64, String> {
        let digits = self.take::<N>()?;
        let text = String::from_utf8_lossy(&digits).into_owned();
        match digits.iter().all(u8::is_ascii_digit) {
            true => text.parse().map_err(|_| text),
            false => Err(format!("{text:?} are no digits")),
        }
    }

    fn obey(&mut self, byte: u8) -> Result<(), String> {
        use Family::{Line, Microline, NinePins, Proprinter, TwentyFourPins};
        self.has_tabbed &= byte == b'\t';
        match (self.family, byte) {
            (_, b' '..=b'~') => return self.strike(char::from(byte)),
            (_, b'\r') => self.across = 0.0,
            (Proprinter | Line, b'\n') => self.down += self.spacing,
            (_, b'\n') => (self.across, self.down) = (0.0, self.down + self.spacing),
            (_, 0x0C) => return self.feed_out(),
            (Line, _) => return Err(format!("{byte:#04x} is no format effector")),
            (_, b'\t') => return self.tab(),
            (NinePins | TwentyFourPins | Proprinter, 0x0F) => self.cpi = 120.0 / 7.0,
            (NinePins | TwentyFourPins | Proprinter, 0x12) => self.cpi = 10.0,
            (Microline, 0x1C) => self.cpi = 12.0,
            (Microline, 0x1D) => self.cpi = 120.0 / 7.0,
            (Microline, 0x1E) => self.cpi = 10.0,
            (NinePins | TwentyFourPins, 0x1B) => return self.epson(),
            (Proprinter, 0x1B) => return self.ibm(),
            (Microline, 0x1B) => return self.oki(),
            _ => return Err(format!("{byte:#04x} is no command")),
        }
        Ok(())
    }

    fn epson(&mut self) -> Result<(), String> {
        match self.take::<1>()? {
            [b'@'] => {
                (self.cpi, self.spacing) = (12.0, 9.0); // The panel may say so.
                self.tabs.clear(); // Nor do all agree about these.
            }
            [b'R'] => {
                let set = self.one()?;
                return (set == 0.0).then_some(()).ok_or("another country".into());
            }
            [b'2'] => self.spacing = INCH / 6.0,
            [b'C'] => self.set_page()?,
            [b'P'] => self.cpi = 10.0,
            [b'M'] => self.cpi = 12.0,
            [b'g'] => self.cpi = 15.0,
            [b'D'] => self.set_tabs()?,
            [b'$'] => self.across = self.low_high()? * INCH / 60.0,
            [b'J'] => {
                let parts = match self.family {
                    Family::NinePins => 216.0,
                    _ => 180.0,
                };
                self.down += self.one()? * INCH / parts;
            }
            [other] => return Err(format!("ESC {other:#04x} is no command")),
        }
        Ok(())
    }

    fn ibm(&mut self) -> Result<(), String> {
        match self.take::<1>()? {
            [b'A'] => self.stored_spacing = self.one()?,
            [b'2'] => self.spacing = self.stored_spacing,
            [b'C'] => self.set_page()?,
            [b'5'] => {
                let with_cr = self.one()?;
                return (with_cr == 0.0).then_some(()).ok_or("auto LF".into());
            }
            [b'R'] => self.every_eighth(10.0),
            [b':'] => self.cpi = 12.0,
            [b'd'] => self.across += self.low_high()? * INCH / 120.0,
            [b'J'] => self.down += self.one()? * INCH / 216.0,
            [other] => return Err(format!("ESC {other:#04x} is no command")),
        }
        Ok(())
    }

    fn oki(&mut self) -> Result<(), String> {
        match self.take::<1>()? {
            [0x18] => self.tabs.clear(), // The menu may have others.
            [b'g'] => self.cpi = 15.0,
            [b'6'] => self.spacing = INCH / 6.0,
            [b'\t'] => {
                self.every_eighth(10.0);
                let end = self.take::<1>()?;
                return (end == *b"\r").then_some(()).ok_or("tabs are set".into());
            }
            [b'F'] => self.page = self.decimal::<2>()? * self.spacing,
            [b'5'] => self.top_of_form()?,
            [0x0B] => {
                let lines = self.decimal::<2>()?;
                (self.across, self.down) = (0.0, self.down + lines * self.spacing);
            }
            [b'%'] => match self.take::<1>()? {
                [b'5'] => match self.one()? {
                    parts if (1.0..=127.0).contains(&parts) => self.down += parts * INCH / 144.0,
                    parts => return Err(format!("{parts}/144 inch is out of range")),
                },
                [b'B'] if self.cpi == 10.0 => {
                    self.across = (self.decimal::<4>()? - 1.0) * INCH / 120.0;
                }
                [other] => return Err(format!("ESC % {other:#04x} is no command")),
            },
            [other] => return Err(format!("ESC {other:#04x} is no command")),
        }
        Ok(())
    }

    fn strike(&mut self, character: char) -> Result<(), String> {
        let width = INCH / self.cpi;
        if character != ' ' {
            if self.across + width > WIDTH + SAME {
                return Err(format!("{character:?} is struck beside the sheet"));
            }
            if self.down + 12.0 > self.page + SAME {
                return Err(format!("{character:?} is struck on the next sheet"));
            }
            self.marks.push(Mark {
                across: self.across,
                down: self.down,
                width,
                character,
            });
        }
        self.across += width;
        Ok(())
    }

    fn tab(&mut self) -> Result<(), String> {
        let is_near = |tab: &f64| (tab - self.across).abs() < SAME;
        if !self.has_tabbed && self.tabs.iter().any(is_near) {
            return Err("a tab from a stop: printers may differ".to_owned());
        }
        let next = self.tabs.iter().copied().find(|tab| *tab > self.across);
        self.across = next.ok_or("a tab beyond the last stop")?;
        self.has_tabbed = true;
        Ok(())
    }

    /// After a reset, which a form sends at the top of its sheet only.
    fn every_eighth(&mut self, cpi: f64) {
        self.tabs = (1..=10)
            .map(|stop| f64::from(stop * 8) * INCH / cpi)
            .collect();
    }

    fn set_tabs(&mut self) -> Result<(), String> {
        self.tabs.clear();
        loop {
            let column = self.one()?;
            let place = column * INCH / self.cpi;
            match self.tabs.last() {
                _ if column == 0.0 => return Ok(()),
                Some(last) if place <= *last => return Err("tabs out of order".to_owned()),
                _ if self.tabs.len() == 32 => return Err("more than 32 tabs".to_owned()),
                _ => self.tabs.push(place),
            }
        }
    }

    /// Lines of the spacing now; also makes the current line the top of form.
    fn set_page(&mut self) -> Result<(), String> {
        self.page = self.one()? * self.spacing;
        self.top_of_form()
    }

    fn top_of_form(&mut self) -> Result<(), String> {
        match self.marks.is_empty() && self.down == 0.0 {
            true => Ok(()),
            false => Err("top of form in the middle of a sheet".to_owned()),
        }
    }

    fn feed_out(&mut self) -> Result<(), String> {
        if (self.page - 792.0).abs() > SAME || self.spacing != 12.0 {
            return Err(format!("a page of {} points", self.page));
        }
        let words = words(std::mem::take(&mut self.marks));
        self.pages.push(Page {
            width: WIDTH,
            height: self.page,
            words,
        });
        (self.across, self.down) = (0.0, 0.0);
        Ok(())
    }
}

/// Marks that touch on a line are a word.
fn words(mut marks: Vec<Mark>) -> Vec<Word> {
    let place = |mark: &Mark| (mark.down, mark.across);
    marks.sort_by(|one, other| place(one).partial_cmp(&place(other)).expect("places"));
    let mut words: Vec<Word> = Vec::new();
    for mark in marks {
        match words.last_mut() {
            Some(word)
                if (word.top - mark.down).abs() < SAME
                    && (word.right - mark.across).abs() < SAME =>
            {
                word.text.push(mark.character);
                word.right += mark.width;
            }
            _ => words.push(Word {
                left: mark.across,
                top: mark.down,
                right: mark.across + mark.width,
                bottom: mark.down + 12.0,
                text: mark.character.to_string(),
            }),
        }
    }
    words
}
