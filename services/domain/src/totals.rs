//! What Form 1096 wants of the forms: how many, how much, and the tax withheld.

use std::iter::Sum;
use std::ops::{Add, AddAssign};

use crate::Money;
use crate::form::{Form, Mark};
use crate::rules::{BoxKind, FormRules};

/// Quantity and amounts of some forms. Void forms count as nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// How many forms (Form 1096 box 3).
    pub forms: usize,
    /// Sum of the boxes that make the form's total (Form 1096 box 5).
    pub total: Money,
    /// Federal income tax withheld (Form 1096 box 4).
    pub federal_withheld: Money,
    /// State tax withheld, over all state rows.
    pub state_withheld: Money,
}

impl Totals {
    /// The totals of one form by the rules of its year.
    ///
    /// Source: Form 1096 instructions, boxes 3 to 5.
    pub fn of_form(form: &Form, rules: &FormRules) -> Self {
        if form.marks.contains(&Mark::Void) {
            return Self::default();
        }
        let sum = |wanted: &dyn Fn(&crate::rules::BoxRule) -> bool| -> Money {
            form.boxes
                .iter()
                .filter(|(id, _)| rules.find(id).is_some_and(wanted))
                .map(|(_, amount)| *amount)
                .sum()
        };
        Self {
            forms: 1,
            total: sum(&|rule| rule.in_total),
            federal_withheld: sum(&|rule| rule.kind == BoxKind::FederalWithheld),
            state_withheld: form.states.iter().map(|row| row.tax_withheld).sum(),
        }
    }
}

impl Add for Totals {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self {
            forms: self.forms + other.forms,
            total: self.total + other.total,
            federal_withheld: self.federal_withheld + other.federal_withheld,
            state_withheld: self.state_withheld + other.state_withheld,
        }
    }
}

impl AddAssign for Totals {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sum for Totals {
    fn sum<I: Iterator<Item = Self>>(totals: I) -> Self {
        totals.fold(Self::default(), Add::add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::{BoxId, FormType, PayerBlock, RecipientBlock, StateRow};
    use crate::{TaxYear, rules};

    fn totals(boxes: &[(&str, i64)], marks: &[Mark]) -> Totals {
        let tax_year = TaxYear::new(2025).unwrap();
        let blank = String::new;
        let form = Form {
            form_type: FormType::Misc,
            tax_year,
            account_number: blank(),
            payer: PayerBlock {
                name: blank(),
                street: blank(),
                city_line: blank(),
                parts: None,
                phone: blank(),
                tin: None,
            },
            recipient: RecipientBlock {
                name: blank(),
                name_2: blank(),
                street: blank(),
                city_line: blank(),
                parts: None,
                tin: None,
            },
            boxes: boxes
                .iter()
                .map(|(id, cents)| (BoxId::from(*id), Money::from_cents(*cents)))
                .collect(),
            occupation_codes: Vec::new(),
            marks: marks.iter().copied().collect(),
            states: vec![StateRow {
                tax_withheld: Money::from_cents(3),
                ..StateRow::default()
            }],
        };
        Totals::of_form(
            &form,
            rules::for_year(tax_year)
                .unwrap()
                .form(FormType::Misc)
                .unwrap(),
        )
    }

    #[test]
    fn deferred_compensation_and_withheld_tax_are_no_part_of_the_total() {
        let found = totals(
            &[
                ("1", 100),
                ("10", 20),
                ("4", 7),
                ("12", 1_000),
                ("15", 1_000),
            ],
            &[],
        );
        assert_eq!(found.forms, 1);
        assert_eq!(found.total, Money::from_cents(120));
        assert_eq!(found.federal_withheld, Money::from_cents(7));
        assert_eq!(found.state_withheld, Money::from_cents(3));
    }

    #[test]
    fn a_void_form_counts_as_nothing_and_direct_sales_alone_as_a_form() {
        assert_eq!(totals(&[("1", 100)], &[Mark::Void]), Totals::default());
        let sales = totals(&[], &[Mark::DirectSales]);
        assert_eq!((sales.forms, sales.total), (1, Money::ZERO));
        let both: Totals = [sales, totals(&[("1", 100)], &[])].into_iter().sum();
        assert_eq!((both.forms, both.total), (2, Money::from_cents(100)));
    }
}
