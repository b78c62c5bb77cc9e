//! The alignment sheet: an X in every place that a form may have ink, on every slot.

use super::ink::Ink;
use super::{FieldKind, FitError, Layout, LayoutError, TransmittalLayout};
use crate::form::Copy;
use crate::own_files;
use crate::placement::PlacedText;
use crate::stock::{Stock, Takes};

/// What an alignment sheet of a stock is laid out by: the newest that there is for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TestLayout {
    /// Of a return, on a copy.
    Form(&'static Layout, Copy),
    /// Of Form 1096.
    Transmittal(&'static TransmittalLayout),
}

/// The layout of the newest year on a stock: Copy A where the stock is for it.
///
/// # Errors
/// [`LayoutError::NothingOnStock`].
pub fn newest_on(stock: &Stock) -> Result<TestLayout, LayoutError> {
    let library = own_files::library();
    let nothing = || LayoutError::NothingOnStock {
        stock: stock.name.clone(),
    };
    if stock.takes == Takes::Transmittal {
        let of_stock = library.transmittals().iter();
        let of_stock = of_stock.filter(|layout| layout.stock.name == stock.name);
        let newest = of_stock.max_by_key(|layout| layout.tax_years.iter().max().copied());
        return newest.map(TestLayout::Transmittal).ok_or_else(nothing);
    }
    let of_stock = library.layouts().iter();
    let of_stock = of_stock.filter(|layout| layout.stock.name == stock.name);
    let newest = of_stock.max_by_key(|layout| layout.tax_years.iter().max().copied());
    let layout = newest.ok_or_else(nothing)?;
    let copy = layout.copies.iter().min().copied().ok_or_else(nothing)?;
    Ok(TestLayout::Form(layout, copy))
}

impl TestLayout {
    /// The ink of an alignment sheet.
    ///
    /// # Errors
    /// [`FitError`] where a field of the layout holds nothing.
    pub fn crosses(&self) -> Result<Vec<PlacedText>, FitError> {
        let mut placed = Vec::new();
        match self {
            Self::Form(layout, copy) => {
                for slot in 0..layout.stock.slots_per_sheet {
                    let ink = Ink::new(layout.fields_on(*copy), &layout.stock, slot, WHOSE)?;
                    placed.extend(filled(ink)?);
                }
            }
            Self::Transmittal(layout) => {
                let ink = Ink::new(layout.fields.iter(), &layout.stock, 0, WHOSE)?;
                placed.extend(filled(ink)?);
            }
        }
        Ok(placed)
    }
}

/// What stands for an account number in a [`FitError`] about an alignment sheet.
const WHOSE: &str = "alignment";

fn filled(mut ink: Ink<'_>) -> Result<Vec<PlacedText>, FitError> {
    for (name, kind) in ink.names() {
        match kind {
            FieldKind::Mark => ink.mark(&name)?,
            _ => ink.fill(&name)?,
        }
    }
    Ok(ink.finish())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stock;

    #[test]
    fn every_stock_has_an_alignment_sheet_with_ink_on_every_slot_and_within_its_fields() {
        for stock in stock::all() {
            let layout = newest_on(stock).unwrap();
            let placed = layout.crosses().unwrap();
            for slot in 1..=stock.slots_per_sheet {
                let of_slot = format!("slot {slot} ");
                let ink = placed.iter().filter(|it| it.field.starts_with(&of_slot));
                assert!(ink.count() > 10, "{} {of_slot}", stock.name);
            }
            assert!(placed.iter().all(|it| it.text.chars().all(|c| c == 'X')));
        }
    }
}
