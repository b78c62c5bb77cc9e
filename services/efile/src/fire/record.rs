//! One record: 750 bytes at their positions, counted from 1 as the IRS counts them.

use std::io::Write;

use formfeed_domain::Money;

use crate::error::EfileError;

pub(super) const LENGTH: usize = 750;

/// A record under construction: blanks, and CR LF at its end.
pub(super) struct Record {
    bytes: [u8; LENGTH],
    no_room: Option<String>,
}

impl Record {
    pub(super) fn new(kind: char) -> Self {
        let mut record = Self {
            bytes: [b' '; LENGTH],
            no_room: None,
        };
        record.bytes[LENGTH - 2..].copy_from_slice(b"\r\n");
        record.text(1, 1, &kind.to_string());
        record
    }

    /// ASCII text at the left of its field.
    pub(super) fn text(&mut self, from: usize, width: usize, text: &str) {
        if text.len() > width || !text.bytes().all(|b| matches!(b, b' '..=b'~')) {
            self.no_room
                .get_or_insert_with(|| format!("at position {from}"));
            return;
        }
        self.bytes[from - 1..from - 1 + text.len()].copy_from_slice(text.as_bytes());
    }

    /// `1`, or nothing.
    pub(super) fn flag(&mut self, at: usize, is_so: bool) {
        self.text(at, 1, if is_so { "1" } else { "" });
    }

    /// Digits with zeros before them.
    pub(super) fn number(&mut self, from: usize, width: usize, number: u64) {
        self.text(from, width, &format!("{number:0width$}"));
    }

    /// Whole cents with zeros before them; amounts below zero have no room.
    pub(super) fn money(&mut self, from: usize, width: usize, amount: Money) {
        match u64::try_from(amount.cents()) {
            Ok(cents) => self.number(from, width, cents),
            Err(_) => {
                self.no_room
                    .get_or_insert_with(|| format!("at position {from}"));
            }
        }
    }
}

/// The file: records in order, numbered.
pub(super) struct Records<W> {
    /// `None` rehearses.
    out: Option<W>,
    written: u64,
}

impl Records<std::io::Sink> {
    /// Takes records and keeps none; what has no room has been found by the checks.
    pub(super) fn rehearsal() -> Self {
        Self {
            out: None,
            written: 0,
        }
    }
}

impl<W: Write> Records<W> {
    pub(super) fn new(out: W) -> Self {
        Self {
            out: Some(out),
            written: 0,
        }
    }

    /// Numbers the record and writes it.
    pub(super) fn write(&mut self, mut record: Record) -> Result<(), EfileError> {
        self.written += 1;
        record.number(500, 8, self.written);
        let Some(out) = &mut self.out else {
            return Ok(());
        };
        match record.no_room {
            Some(field) => Err(EfileError::NoRoom { field }),
            None => Ok(out.write_all(&record.bytes)?),
        }
    }

    /// Flushes; answers how many records there are.
    pub(super) fn finish(mut self) -> Result<u64, EfileError> {
        if let Some(out) = &mut self.out {
            out.flush()?;
        }
        Ok(self.written)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_has_no_room_stops_the_file_instead_of_being_cut() {
        let write = |fill: &dyn Fn(&mut Record)| {
            let mut record = Record::new('B');
            fill(&mut record);
            let mut out = Vec::new();
            let result = Records::new(&mut out).write(record);
            (result.is_ok(), out.len())
        };
        assert_eq!(
            write(&|record| record.text(12, 9, "123456789")),
            (true, LENGTH)
        );
        assert_eq!(
            write(&|record| record.text(12, 9, "1234567890")),
            (false, 0)
        );
        assert_eq!(write(&|record| record.text(12, 9, "É")), (false, 0));
        assert_eq!(write(&|record| record.number(2, 2, 100)), (false, 0));
        assert_eq!(
            write(&|record| record.money(55, 12, Money::from_cents(-1))),
            (false, 0)
        );
    }
}
