//! Form → sheet: which form goes on which slot, with VOID on every slot that is left.

/// What is printed on one slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Slot {
    /// The form at this place of the job, counted from 0.
    Form(usize),
    /// Nobody's: on Copy A an X in the VOID box and nothing else, on any other copy nothing at all.
    Void,
}

/// One sheet, its slots from top to bottom. Never empty, never without a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetPlan {
    /// One entry per slot of the stock.
    pub slots: Vec<Slot>,
}

impl SheetPlan {
    /// The forms on the sheet, as places in the job, from top to bottom.
    pub fn forms(&self) -> impl Iterator<Item = usize> {
        self.slots.iter().filter_map(|slot| match slot {
            Slot::Form(index) => Some(*index),
            Slot::Void => None,
        })
    }

    /// How many slots are void.
    pub fn void_slots(&self) -> usize {
        self.slots.len() - self.forms().count()
    }
}

/// Why no sheets can be planned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ImposeError {
    /// A job without forms prints nothing, not a sheet of voids.
    #[error("there are no forms to print")]
    NoForms,
    /// A stock has at least one slot.
    #[error("a sheet needs at least one slot")]
    NoSlots,
}

impl ImposeError {
    /// The stable word for clients.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::NoForms => "NO_FORMS",
            Self::NoSlots => "STOCK_WITHOUT_SLOTS",
        }
    }
}

/// Lays the forms of a job on full sheets, in their order; the last sheet's blank slots are void.
///
/// # Errors
/// [`ImposeError`] for a job without forms or a sheet without slots.
///
/// Source: Costpoint, *Printing 1099 Information*: full sheets, an X in the void box of each blank 1099.
pub fn impose(form_count: usize, slots_per_sheet: usize) -> Result<Vec<SheetPlan>, ImposeError> {
    match (form_count, slots_per_sheet) {
        (0, _) => Err(ImposeError::NoForms),
        (_, 0) => Err(ImposeError::NoSlots),
        _ => Ok((0..form_count)
            .step_by(slots_per_sheet)
            .map(|first| SheetPlan {
                slots: (0..slots_per_sheet)
                    .map(|slot| match slot < form_count - first {
                        true => Slot::Form(first + slot),
                        false => Slot::Void,
                    })
                    .collect(),
            })
            .collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn seven_forms_fill_three_sheets_of_three_with_two_voids() {
        let sheets = impose(7, 3).unwrap();
        assert_eq!(sheets.len(), 3);
        assert_eq!(sheets[2].slots, [Slot::Form(6), Slot::Void, Slot::Void]);
        assert_eq!(sheets[2].void_slots(), 2);
    }

    #[test]
    fn a_job_without_forms_prints_no_sheet_of_voids() {
        assert_eq!(impose(0, 3), Err(ImposeError::NoForms));
        assert_eq!(impose(3, 0), Err(ImposeError::NoSlots));
    }

    proptest! {
        #[test]
        fn every_form_is_on_exactly_one_slot_and_every_sheet_is_full(
            forms in 1_usize..5_000,
            slots in 1_usize..6,
        ) {
            let sheets = impose(forms, slots).unwrap();
            let placed: Vec<_> = sheets.iter().flat_map(SheetPlan::forms).collect();
            prop_assert_eq!(&placed, &(0..forms).collect::<Vec<_>>());
            let voids: usize = sheets.iter().map(SheetPlan::void_slots).sum();
            prop_assert_eq!(forms + voids, slots * sheets.len());
            prop_assert!(voids < slots);
            prop_assert!(sheets.iter().all(|sheet| sheet.slots.len() == slots));
        }
    }
}
