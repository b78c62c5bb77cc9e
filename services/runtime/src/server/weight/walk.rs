//! Follows a message byte by byte, wherever its bytes are cut, as far as prost would read it.
//!
//! Where prost finds a message malformed the walk stops, never before: what prost skips, such as groups of fields that nobody
//! knows, is skipped, and what runs beyond the end of the part it is in is followed to its own end.

use super::schema::{Field, Schema};

/// How many messages within each other prost reads: the request, and a hundred within it.
const DEEPEST: usize = 101;

/// Where in a call's messages its reader is, and what the one at hand becomes.
#[derive(Debug)]
pub(in crate::server) struct Walk {
    schema: &'static Schema,
    request: usize,
    /// What a message may become.
    most: u64,
    /// What the message at hand becomes, as far as it is known.
    weight: u64,
    /// What the heaviest message so far becomes.
    heaviest: u64,
    is_too_heavy: bool,
    /// How long the message is, and how much of it has passed.
    length: u64,
    passed: u64,
    /// Up to where content is passed over.
    skipped_until: u64,
    levels: Vec<Level>,
    at: At,
    varint: Varint,
}

/// What the reader is within.
#[derive(Debug, Clone, Copy)]
enum Level {
    Message { message: usize, end: u64 },
    Group { number: u32 },
}

/// What the next byte belongs to.
#[derive(Debug, Clone, Copy)]
enum At {
    Key,
    /// A number, which is not looked at.
    Number,
    /// How long the content of a field is.
    Length(Option<Field>),
    /// Nothing: the message is malformed.
    Lost,
}

/// A number of seven bits a byte, so far.
#[derive(Debug, Default)]
struct Varint {
    value: u64,
    bits: u32,
}

impl Walk {
    /// Before the first message of a call.
    pub(super) fn new(schema: &'static Schema, request: usize, most: u64) -> Self {
        Self {
            schema,
            request,
            most,
            weight: 0,
            heaviest: 0,
            is_too_heavy: false,
            length: 0,
            passed: 0,
            skipped_until: 0,
            levels: Vec::new(),
            at: At::Lost,
            varint: Varint::default(),
        }
    }

    /// Whether any message so far becomes more than it may.
    pub(in crate::server) fn is_too_heavy(&self) -> bool {
        self.is_too_heavy
    }

    /// What the heaviest message so far becomes, in bytes.
    pub(in crate::server) fn heaviest(&self) -> u64 {
        self.heaviest
    }

    /// The next message begins, so many bytes long.
    pub(in crate::server) fn begin(&mut self, length: u64) {
        (self.length, self.passed, self.skipped_until) = (length, 0, 0);
        (self.at, self.varint, self.weight) = (At::Key, Varint::default(), 0);
        self.levels.clear();
        self.levels.push(Level::Message {
            message: self.request,
            end: length,
        });
        self.add(self.schema.weight(self.request));
    }

    /// The next bytes of the message.
    pub(in crate::server) fn read(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        while let Some((first, after)) = rest.split_first() {
            if self.is_too_heavy || matches!(self.at, At::Lost) {
                return;
            }
            if self.passed < self.skipped_until {
                let missing = usize::try_from(self.skipped_until - self.passed);
                let part = missing.unwrap_or(usize::MAX).min(rest.len());
                self.passed += part as u64;
                rest = rest.split_at(part).1;
            } else {
                self.passed += 1;
                self.take(*first);
                rest = after;
            }
            self.leave();
        }
    }

    /// A byte of a key, a number or a length.
    fn take(&mut self, byte: u8) {
        let Some(bits) = u64::from(byte & 0x7f).checked_shl(self.varint.bits) else {
            self.at = At::Lost;
            return;
        };
        self.varint.value |= bits;
        self.varint.bits += 7;
        if byte & 0x80 == 0 {
            let value = std::mem::take(&mut self.varint).value;
            self.at = self.went_on(value).unwrap_or(At::Lost);
        }
    }

    /// What comes after a whole number; none when it can be nothing.
    fn went_on(&mut self, value: u64) -> Option<At> {
        match self.at {
            At::Key => self.enter_field(u32::try_from(value).ok()?),
            At::Number => Some(At::Key),
            At::Length(field) => self.enter_content(field, value),
            At::Lost => None,
        }
    }

    fn enter_field(&mut self, key: u32) -> Option<At> {
        let number = key >> 3;
        if number == 0 {
            return None;
        }
        let field = self.field(number);
        let each = field.map_or(0, |field| field.each);
        match key & 7 {
            0 => {
                self.add(each);
                return Some(At::Number);
            }
            1 => {
                self.add(each);
                self.skipped_until = self.end_of(8)?;
            }
            2 => return Some(At::Length(field)),
            3 => self.enter(Level::Group { number })?,
            4 => self.leave_group(number)?,
            5 => {
                self.add(each);
                self.skipped_until = self.end_of(4)?;
            }
            _ => return None,
        }
        Some(At::Key)
    }

    fn enter_content(&mut self, field: Option<Field>, length: u64) -> Option<At> {
        let end = self.end_of(length)?;
        match field {
            Some(Field {
                message: Some(message),
                each,
                ..
            }) => {
                self.add(each);
                self.enter(Level::Message { message, end })?;
            }
            _ => {
                let added = field.map_or(0, |field| {
                    (field.per_byte.saturating_mul(length)).saturating_add(field.each)
                });
                self.add(added);
                self.skipped_until = end;
            }
        }
        Some(At::Key)
    }

    /// The field of that number of what the reader is within; a group has none that anybody knows.
    fn field(&self, number: u32) -> Option<Field> {
        match self.levels.last()? {
            Level::Message { message, .. } => self.schema.field(*message, number),
            Level::Group { .. } => None,
        }
    }

    /// Where content of that length ends; none when that is beyond the message.
    fn end_of(&self, length: u64) -> Option<u64> {
        let end = self.passed.checked_add(length);
        end.filter(|end| *end <= self.length)
    }

    fn enter(&mut self, level: Level) -> Option<()> {
        if self.levels.len() >= DEEPEST {
            return None;
        }
        self.levels.push(level);
        Some(())
    }

    fn leave_group(&mut self, ended: u32) -> Option<()> {
        match self.levels.pop()? {
            Level::Group { number } if number == ended => Some(()),
            _ => None,
        }
    }

    /// Leaves the parts that are over, once a field is.
    fn leave(&mut self) {
        let is_between = matches!(self.at, At::Key) && self.varint.bits == 0;
        if !is_between || self.passed < self.skipped_until {
            return;
        }
        while let Some(Level::Message { end, .. }) = self.levels.last()
            && self.passed >= *end
        {
            if self.passed > *end {
                self.at = At::Lost; // a field ran beyond the part it is in
                return;
            }
            self.levels.pop();
        }
    }

    fn add(&mut self, weight: u64) {
        self.weight = self.weight.saturating_add(weight);
        self.heaviest = self.heaviest.max(self.weight);
        self.is_too_heavy |= self.weight > self.most;
    }
}

#[cfg(test)]
mod tests;
