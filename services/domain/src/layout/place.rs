//! Form → ink: the text of one form on one slot.

use super::{Field, FieldKind, FitError, Layout};
use crate::Money;
use crate::form::{Copy, Form, Mark, StateRow};
use crate::placement::{Pitch, PlacedText};
use crate::typeset::{self, Fitted, TypesetError};

impl Layout {
    /// The ink of one form on one slot, counted from 0 at the top of the sheet.
    ///
    /// A void form prints the X in its VOID box and nothing else.
    ///
    /// # Errors
    /// [`FitError`] for the first field that cannot be printed as it should: nothing is cut or left out.
    pub fn place(
        &self,
        form: &Form,
        slot_index: usize,
        copy: Copy,
    ) -> Result<Vec<PlacedText>, FitError> {
        if form.form_type != self.form_type || !self.copies.contains(&copy) {
            return Err(FitError::NotServed {
                account_number: form.account_number.clone(),
                form_type: form.form_type,
                copy,
            });
        }
        if form.marks.contains(&Mark::Void) {
            return self.place_void(slot_index);
        }
        let mut ink = Ink::new(self, slot_index, &form.account_number)?;
        ink.parties(form, copy)?;
        ink.text("account", &form.account_number)?;
        ink.year(form)?;
        for mark in &form.marks {
            ink.put(mark.as_str(), vec!["X".to_owned()], Pitch::Ten)?;
        }
        for (id, amount) in &form.boxes {
            ink.money(&format!("box_{id}"), *amount)?;
        }
        for (index, row) in form.states.iter().enumerate() {
            ink.state(index + 1, row)?;
        }
        Ok(ink.placed)
    }

    /// The ink of a slot that holds no form: the X in its VOID box.
    ///
    /// # Errors
    /// [`FitError::NoSuchSlot`] beyond the last slot.
    pub fn place_void(&self, slot_index: usize) -> Result<Vec<PlacedText>, FitError> {
        let mut ink = Ink::new(self, slot_index, "")?;
        ink.put(Mark::Void.as_str(), vec!["X".to_owned()], Pitch::Ten)?;
        Ok(ink.placed)
    }
}

/// What has been placed so far on one slot.
struct Ink<'a> {
    layout: &'a Layout,
    slot: i32,
    account_number: &'a str,
    placed: Vec<PlacedText>,
}

impl<'a> Ink<'a> {
    fn new(
        layout: &'a Layout,
        slot_index: usize,
        account_number: &'a str,
    ) -> Result<Self, FitError> {
        let slots = layout.stock.slots_per_sheet;
        let slot = i32::try_from(slot_index)
            .ok()
            .filter(|_| slot_index < slots);
        Ok(Self {
            layout,
            slot: slot.ok_or_else(|| FitError::NoSuchSlot {
                stock: layout.stock.name.clone(),
                slots,
                slot: slot_index.saturating_add(1),
            })?,
            account_number,
            placed: Vec::new(),
        })
    }

    fn parties(&mut self, form: &Form, copy: Copy) -> Result<(), FitError> {
        let (payer, recipient) = (&form.payer, &form.recipient);
        self.block(
            "payer",
            [&payer.name, &payer.street, &payer.city_line, &payer.phone],
        )?;
        if let Some(tin) = &payer.tin {
            self.text("payer_tin", &tin.full())?;
        }
        if let Some(tin) = &recipient.tin {
            let number = match copy.truncates_recipient_tin() {
                true => tin.truncated(),
                false => tin.full(),
            };
            self.text("recipient_tin", &number)?;
        }
        self.name(&recipient.name, &recipient.name_2, copy)?;
        self.text("street", &recipient.street)?;
        self.text("city", &recipient.city_line)
    }

    /// One line; blank text leaves no ink.
    fn text(&mut self, name: &str, text: &str) -> Result<(), FitError> {
        let field = self.field(name)?;
        let line = self.printable(typeset::printable(name, text))?;
        let pitch = self.fitted(field, &line)?;
        self.put(name, vec![line], pitch)
    }

    /// Lines from the first on, all in one pitch; blank ones close up.
    fn block<const N: usize>(&mut self, name: &str, texts: [&String; N]) -> Result<(), FitError> {
        let field = self.field(name)?;
        let mut lines = Vec::new();
        for text in texts {
            let line = self.printable(typeset::printable(name, text))?;
            if !line.is_empty() {
                lines.push(line);
            }
        }
        let longest = lines.iter().max_by_key(|line| line.len());
        let pitch = match longest {
            Some(line) => self.fitted(field, line)?,
            None => Pitch::Ten,
        };
        self.put(name, lines, pitch)
    }

    /// The recipient's name: one line while any pitch holds it, else two; a given second line stays as it is.
    fn name(&mut self, first: &str, second: &str, copy: Copy) -> Result<(), FitError> {
        const NAME: &str = "recipient_name";
        let field = self.field(NAME)?;
        let set = |text| match copy {
            Copy::A => typeset::name_line(NAME, text),
            _ => typeset::printable(NAME, text),
        };
        let (first, second) = (self.printable(set(first))?, self.printable(set(second))?);
        if !second.is_empty() {
            let longest = if first.len() < second.len() {
                &second
            } else {
                &first
            };
            let pitch = self.fitted(field, longest)?;
            return self.put(NAME, vec![first, second], pitch);
        }
        let on_one_line = typeset::fit_line(&first, field.room());
        let on_two_lines = || {
            (field.lines.len() == 2)
                .then(|| typeset::fit_two_lines(&first, field.room()))
                .flatten()
        };
        match on_one_line.or_else(on_two_lines) {
            Some(Fitted { lines, pitch }) => self.put(NAME, lines, pitch),
            None => Err(self.does_not_fit(field, first.len())),
        }
    }

    /// The calendar year, with as many digits as the field takes.
    fn year(&mut self, form: &Form) -> Result<(), FitError> {
        let digits = form.tax_year.to_string();
        let shown = match self.field("year")?.max_characters {
            Some(2) => &digits[2..],
            _ => &digits,
        };
        self.text("year", shown)
    }

    /// Plain digits with a point and cents.
    fn money(&mut self, name: &str, amount: Money) -> Result<(), FitError> {
        match amount.is_negative() {
            true => Err(FitError::Negative {
                field: name.to_owned(),
                account_number: self.account_number.to_owned(),
            }),
            false => self.text(name, &amount.to_string()),
        }
    }

    /// One of the two state rows; what is zero or blank leaves no ink.
    fn state(&mut self, number: usize, row: &StateRow) -> Result<(), FitError> {
        if !row.tax_withheld.is_zero() {
            self.money(&format!("state_{number}_tax"), row.tax_withheld)?;
        }
        self.text(&format!("state_{number}_number"), &row.state_and_number)?;
        match row.income.is_zero() {
            true => Ok(()),
            false => self.money(&format!("state_{number}_income"), row.income),
        }
    }

    /// Puts lines into a field: a name on its last lines, anything else from the first line on.
    fn put(&mut self, name: &str, lines: Vec<String>, pitch: Pitch) -> Result<(), FitError> {
        let field = self.field(name)?;
        let Some(spare) = field.lines.len().checked_sub(lines.len()) else {
            return Err(self.does_not_fit(field, lines.iter().map(String::len).sum()));
        };
        let skipped = match field.kind {
            FieldKind::Name => spare,
            _ => 0,
        };
        let stock = self.layout.stock;
        let texts = lines.into_iter().zip(&field.lines[skipped..]);
        for (text, line) in texts.filter(|(text, _)| !text.is_empty()) {
            self.placed.push(PlacedText {
                field: format!("slot {} {name}", self.slot + 1),
                left: field.left_of(text.len(), pitch),
                baseline: field.baseline_of(*line) + stock.pitch.times(self.slot),
                line: line + stock.lines_per_form * self.slot,
                pitch,
                text,
            });
        }
        Ok(())
    }

    fn field(&self, name: &str) -> Result<&'a Field, FitError> {
        self.layout.field(name).ok_or_else(|| FitError::NoField {
            field: name.to_owned(),
            account_number: self.account_number.to_owned(),
        })
    }

    /// The widest pitch at which a line fits its field.
    fn fitted(&self, field: &Field, line: &str) -> Result<Pitch, FitError> {
        typeset::fit_line(line, field.room())
            .filter(|_| field.max_characters.is_none_or(|max| line.len() <= max))
            .map(|fitted| fitted.pitch)
            .ok_or_else(|| self.does_not_fit(field, line.len()))
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
