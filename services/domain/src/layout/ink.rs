//! Texts → ink: how a field of any layout takes what stands in it.

use super::{Field, FieldKind, FitError};
use crate::Money;
use crate::form::AddressParts;
use crate::placement::{LINE_HEIGHT, Pitch, PlacedText};
use crate::points::Points;
use crate::stock::Stock;
use crate::typeset::{self, Fitted, TypesetError, characters};

/// An X on a drawn form is set smaller: its square is as large as on a preprinted one, its font has taller letters.
const PITCH_OF_DRAWN_X: Pitch = Pitch::Fifteen;

/// Half of the height of that X (729/1000 em of DejaVu Sans Mono).
const HALF_HEIGHT_OF_DRAWN_X: Points = Points::from_thousandths(2_906);

/// What has been placed so far on one slot.
pub(super) struct Ink<'a> {
    fields: Vec<&'a Field>,
    stock: &'a Stock,
    slot: i32,
    account_number: &'a str,
    placed: Vec<PlacedText>,
}

impl<'a> Ink<'a> {
    /// An empty slot with these fields, counted from 0 at the top of the sheet.
    pub(super) fn new(
        fields: impl Iterator<Item = &'a Field>,
        stock: &'a Stock,
        slot_index: usize,
        account_number: &'a str,
    ) -> Result<Self, FitError> {
        let slots = stock.slots_per_sheet;
        let slot = i32::try_from(slot_index)
            .ok()
            .filter(|_| slot_index < slots);
        Ok(Self {
            fields: fields.collect(),
            stock,
            slot: slot.ok_or_else(|| FitError::NoSuchSlot {
                stock: stock.name.clone(),
                slots,
                slot: slot_index.saturating_add(1),
            })?,
            account_number,
            placed: Vec::new(),
        })
    }

    pub(super) fn finish(self) -> Vec<PlacedText> {
        self.placed
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.fields.iter().any(|field| field.name == name)
    }

    pub(super) fn field(&self, name: &str) -> Result<&'a Field, FitError> {
        let mut fields = self.fields.iter();
        let found = fields.find(|field| field.name == name);
        found.copied().ok_or_else(|| FitError::NoField {
            field: name.to_owned(),
            account_number: self.account_number.to_owned(),
        })
    }

    /// The X of a check box.
    pub(super) fn mark(&mut self, name: &str) -> Result<(), FitError> {
        let pitch = match self.stock.is_drawn {
            true => PITCH_OF_DRAWN_X,
            false => Pitch::Ten,
        };
        self.put(name, vec!["X".to_owned()], pitch)
    }

    /// One line; blank text leaves no ink and needs no field.
    pub(super) fn text(&mut self, name: &str, text: &str) -> Result<(), FitError> {
        if text.trim().is_empty() {
            return Ok(());
        }
        let field = self.field(name)?;
        let line = self.printable(self.set(name, text))?;
        let pitch = self.fitted(field, &line)?;
        self.put(name, vec![line], pitch)
    }

    /// The fields of the slot, each once, and what they take.
    pub(super) fn names(&self) -> Vec<(String, FieldKind)> {
        let mut names: Vec<(String, FieldKind)> = Vec::new();
        for field in &self.fields {
            if names.iter().all(|(name, _)| *name != field.name) {
                names.push((field.name.clone(), field.kind));
            }
        }
        names
    }

    /// As many X as a field holds in the usual pitch, on each of its lines.
    pub(super) fn fill(&mut self, name: &str) -> Result<(), FitError> {
        let field = self.field(name)?;
        let pitch = self.widest();
        let room = typeset::capacity(field.room(), pitch).max(1);
        let count = field.max_characters.map_or(room, |most| most.min(room));
        let lines = vec!["X".repeat(count); field.lines.len().max(1)];
        self.put(name, lines, pitch)
    }

    /// Plain digits with a point and cents.
    pub(super) fn money(&mut self, name: &str, amount: Money) -> Result<(), FitError> {
        match amount.is_negative() {
            true => Err(FitError::Negative {
                field: name.to_owned(),
                account_number: self.account_number.to_owned(),
            }),
            false => self.text(name, &amount.to_string()),
        }
    }

    /// Lines from the first on, all in one pitch; blank ones close up.
    pub(super) fn block<const N: usize>(
        &mut self,
        name: &str,
        texts: [&String; N],
    ) -> Result<(), FitError> {
        let field = self.field(name)?;
        let mut lines = Vec::new();
        for text in texts {
            let line = self.printable(self.set(name, text))?;
            if !line.is_empty() {
                lines.push(line);
            }
        }
        let longest = lines.iter().max_by_key(|line| characters(line));
        let pitch = match longest {
            Some(line) => self.fitted(field, line)?,
            None => self.widest(),
        };
        self.put(name, lines, pitch)
    }

    /// A name: one line while any pitch holds it, else two; a given second line stays as it is.
    pub(super) fn name(&mut self, name: &str, names: [&str; 2]) -> Result<(), FitError> {
        self.name_set(name, names, Self::set)
    }

    /// The same as Copy A wants a name.
    pub(super) fn name_of_copy_a(&mut self, name: &str, names: [&str; 2]) -> Result<(), FitError> {
        self.name_set(name, names, |_, field, text| {
            typeset::name_line(field, text)
        })
    }

    fn name_set(
        &mut self,
        name: &str,
        [first, second]: [&str; 2],
        set: impl Fn(&Self, &str, &str) -> Result<String, TypesetError>,
    ) -> Result<(), FitError> {
        let field = self.field(name)?;
        let first = self.printable(set(self, name, first))?;
        let second = self.printable(set(self, name, second))?;
        if !second.is_empty() {
            let longest = if characters(&first) < characters(&second) {
                &second
            } else {
                &first
            };
            let pitch = self.fitted(field, longest)?;
            return self.put(name, vec![first, second], pitch);
        }
        let on_one_line = typeset::fit_line(&first, field.room());
        let on_two_lines = || {
            (field.lines.len() == 2)
                .then(|| typeset::fit_two_lines(&first, field.room()))
                .flatten()
        };
        match on_one_line.or_else(on_two_lines) {
            Some(Fitted { lines, pitch }) => self.put(name, lines, pitch.max(self.widest())),
            None => Err(self.does_not_fit(field, characters(&first))),
        }
    }

    /// The parts of an address that this form has fields for; none where there is no address.
    pub(super) fn divided<'p>(
        &self,
        name: &str,
        city_line: &str,
        parts: Option<&'p AddressParts>,
    ) -> Result<Option<&'p AddressParts>, FitError> {
        match parts.is_none() && !city_line.trim().is_empty() {
            true => Err(FitError::NotDivided {
                field: name.to_owned(),
                account_number: self.account_number.to_owned(),
            }),
            false => Ok(parts),
        }
    }

    /// Puts lines into a field: a name on its last lines, anything else from the first line on.
    fn put(&mut self, name: &str, lines: Vec<String>, pitch: Pitch) -> Result<(), FitError> {
        let field = self.field(name)?;
        let Some(spare) = field.lines.len().checked_sub(lines.len()) else {
            return Err(self.does_not_fit(field, lines.iter().map(|line| characters(line)).sum()));
        };
        let skipped = match field.kind {
            FieldKind::Name => spare,
            _ => 0,
        };
        let down = self.stock.offset_top + self.stock.pitch.times(self.slot);
        let texts = lines.into_iter().zip(&field.lines[skipped..]);
        for (text, line) in texts.filter(|(text, _)| !text.is_empty()) {
            self.placed.push(PlacedText {
                field: self.place(name),
                left: field.left_of(characters(&text), pitch) + self.stock.offset_left,
                baseline: down
                    + match (field.kind, self.stock.is_drawn) {
                        (FieldKind::Mark, true) => field.baseline_of_mark(HALF_HEIGHT_OF_DRAWN_X),
                        _ => field.baseline_of(*line),
                    },
                line: line + whole_lines(down),
                pitch,
                text,
            });
        }
        Ok(())
    }

    /// A field of this slot, as errors name it.
    fn place(&self, name: &str) -> String {
        ["slot ", &(self.slot + 1).to_string(), " ", name].concat()
    }

    /// The widest pitch of the stock: titles that are drawn leave less height than preprinted ones.
    fn widest(&self) -> Pitch {
        match self.stock.is_drawn {
            true => Pitch::Twelve,
            false => Pitch::Ten,
        }
    }

    /// The widest pitch at which a line fits its field.
    fn fitted(&self, field: &Field, line: &str) -> Result<Pitch, FitError> {
        let needed = characters(line);
        typeset::pitch_for(needed, field.room())
            .filter(|_| field.max_characters.is_none_or(|max| needed <= max))
            .map(|pitch| pitch.max(self.widest()))
            .ok_or_else(|| self.does_not_fit(field, needed))
    }

    /// A text in the characters that the stock can show.
    pub(super) fn set(&self, field: &str, text: &str) -> Result<String, TypesetError> {
        match self.stock.is_drawn {
            true => typeset::latin(field, text),
            false => typeset::printable(field, text),
        }
    }

    fn printable(&self, set: Result<String, TypesetError>) -> Result<String, FitError> {
        set.map_err(|source| FitError::Unprintable {
            account_number: self.account_number.to_owned(),
            source,
        })
    }

    fn does_not_fit(&self, field: &Field, needed: usize) -> FitError {
        let lines = match field.kind {
            FieldKind::Name => field.lines.len(),
            _ => 1,
        };
        let per_line = typeset::capacity(field.room(), Pitch::Seventeen);
        FitError::DoesNotFit {
            field: field.name.clone(),
            account_number: self.account_number.to_owned(),
            needed,
            available: (per_line * lines).min(field.max_characters.unwrap_or(usize::MAX)),
        }
    }
}

/// The print lines nearest to a way down the sheet; what is left of it the baseline has.
fn whole_lines(down: Points) -> i32 {
    let line = LINE_HEIGHT.thousandths();
    (down.thousandths() + line / 2).div_euclid(line)
}
