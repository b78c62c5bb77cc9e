//! A form in the format of another year: the same amounts in the boxes that another revision has for them.
//!
//! Boxes are found by what goes into them, never by their number: MISC box 13 is one thing in 2021 and another in 2025.
//! The calendar year, the thresholds and the totals stay those of the form's own year.
//!
//! Source: Costpoint, *Creating 1099 Information*, which prints every year in the current year's format.

use std::collections::BTreeMap;

use crate::edit::Part;
use crate::form::{BoxId, Form, Mark};
use crate::rules::{BoxKind, BoxRule, FormRules};
use crate::{IncomeType, Money};

/// Something on a form that another revision has no place for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("account {account_number}: {what} has no box on Form {form} {revision}")]
pub struct NoPlace {
    /// Which form.
    pub account_number: String,
    /// Box, title and amount, or a mark.
    pub what: String,
    /// The return in the other format.
    pub form: &'static str,
    /// Its revision.
    pub revision: String,
}

/// From one revision to another.
#[derive(Debug, Clone, Copy)]
pub struct Reformat<'r> {
    /// The form's own rules.
    pub own: &'r FormRules,
    /// The rules of the year whose format it takes.
    pub format: &'r FormRules,
}

impl Reformat<'_> {
    /// The form in the other format. `has` tells which income types are in its amounts, where that is known: a box that
    /// sums several is moved only where all that is in it goes into one box.
    ///
    /// # Errors
    /// Everything on it that has no place there.
    pub fn form(
        &self,
        form: &Form,
        has: impl Fn(IncomeType) -> bool,
    ) -> Result<Form, Vec<NoPlace>> {
        let mut missing = Vec::new();
        let mut boxes = BTreeMap::<BoxId, Money>::new();
        for (id, amount) in &form.boxes {
            match self.target(id, &has) {
                Some(target) => *boxes.entry(target.id.clone()).or_default() += *amount,
                None => missing.push(self.named(id, *amount)),
            }
        }
        let codes_part = self.part_target(Part::OccupationCodes);
        if !form.occupation_codes.is_empty() && codes_part.is_none() {
            missing.push("the occupation code".to_owned());
        }
        let marks = form.marks.iter().filter(|mark| !self.takes(**mark));
        missing.extend(marks.map(|mark| format!("the X of {}", words(*mark))));
        let has_states = self.format.of_kind(BoxKind::StateWithheld).is_some();
        if !form.states.is_empty() && !has_states {
            missing.push("the state's row".to_owned());
        }
        if !missing.is_empty() {
            let named = missing.into_iter().map(|what| NoPlace {
                account_number: form.account_number.clone(),
                what,
                form: self.format.form_type.title(),
                revision: self.format.revision.clone(),
            });
            return Err(named.collect());
        }
        Ok(Form {
            boxes,
            ..form.clone()
        })
    }

    /// The box that takes what is in a box of the form's own revision.
    fn target(&self, id: &BoxId, has: &impl Fn(IncomeType) -> bool) -> Option<&BoxRule> {
        let own = self.own.find(id)?;
        if let Some(part) = &own.part {
            let whole = self.target(&part.of, has)?;
            return self.format.part(part.part, &whole.id);
        }
        let places = |types: &mut dyn Iterator<Item = IncomeType>| {
            let mut places = types.map(|income| self.format.place(income));
            let first = places.next()??;
            let is_one = places.all(|place| place.is_some_and(|place| place.id == first.id));
            is_one.then_some(first)
        };
        let known = || own.income.iter().copied().filter(|income| has(*income));
        match known().next() {
            Some(_) => places(&mut known()),
            None => own
                .income
                .iter()
                .find_map(|income| self.format.place(*income)),
        }
    }

    fn part_target(&self, part: Part) -> Option<&BoxRule> {
        let is_it = |rule: &&BoxRule| rule.part.as_ref().is_some_and(|found| found.part == part);
        self.format.boxes.iter().find(is_it)
    }

    fn takes(&self, mark: Mark) -> bool {
        matches!(mark, Mark::Void | Mark::Corrected) || self.format.marks.contains(&mark)
    }

    /// `box 13 (Excess golden parachute payments) 500.00`.
    fn named(&self, id: &BoxId, amount: Money) -> String {
        let title = self.own.find(id).map_or("", |rule| rule.title.as_str());
        format!("box {id} ({title}) {amount}")
    }
}

fn words(mark: Mark) -> &'static str {
    match mark {
        Mark::Void => "VOID",
        Mark::Corrected => "CORRECTED",
        Mark::SecondTinNotice => "2nd TIN not.",
        Mark::DirectSales => "direct sales",
        Mark::Fatca => "FATCA",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::{FormType, PayerBlock, RecipientBlock};
    use crate::totals::Totals;
    use crate::{TaxYear, rules};

    fn rules_of(form_type: FormType, year: i32) -> Option<&'static FormRules> {
        let rules = rules::for_year(TaxYear::new(year).unwrap()).unwrap();
        rules.form(form_type).ok()
    }

    fn form(form_type: FormType, year: i32, boxes: &[(&str, i64)]) -> Form {
        let blank = String::new;
        Form {
            form_type,
            tax_year: TaxYear::new(year).unwrap(),
            account_number: "V1".to_owned(),
            payer: PayerBlock {
                name: blank(),
                street: blank(),
                city_line: blank(),
                parts: None,
                phone: blank(),
                tin: None,
            },
            recipient: RecipientBlock::default(),
            boxes: boxes
                .iter()
                .map(|(id, cents)| (BoxId::from(*id), Money::from_cents(*cents)))
                .collect(),
            occupation_codes: Vec::new(),
            marks: [].into(),
            states: Vec::new(),
        }
    }

    fn moved(form: &Form, to: i32, has: &[IncomeType]) -> Result<Vec<String>, Vec<String>> {
        let reformat = Reformat {
            own: rules_of(form.form_type, form.tax_year.year()).unwrap(),
            format: rules_of(form.form_type, to).unwrap(),
        };
        let moved = reformat.form(form, |income| has.contains(&income));
        let told = |form: Form| {
            let boxes = form.boxes.iter();
            boxes.map(|(id, amount)| format!("{id}={amount}")).collect()
        };
        moved
            .map(told)
            .map_err(|missing| missing.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn amounts_go_by_what_they_are_and_not_by_their_number() {
        let misc = form(FormType::Misc, 2021, &[("1", 1), ("4", 2), ("14", 3)]);
        let expected = ["1=0.01", "4=0.02", "15=0.03"].map(str::to_owned);
        assert_eq!(moved(&misc, 2025, &[]).unwrap(), expected);
        let nec = form(FormType::Nec, 2020, &[("1", 5), ("4", 2)]);
        let expected = ["1a=0.05", "4=0.02"].map(str::to_owned);
        assert_eq!(moved(&nec, 2026, &[]).unwrap(), expected);
    }

    #[test]
    fn what_has_no_box_there_is_named_with_its_amount() {
        let misc = form(FormType::Misc, 2021, &[("1", 1), ("13", 500_00)]);
        assert_eq!(
            moved(&misc, 2025, &[]).unwrap_err(),
            [
                "account V1: box 13 (Excess golden parachute payments) 500.00 has no box on Form 1099-MISC Rev. April 2025"
            ]
        );
        let mut tipped = form(FormType::Nec, 2026, &[("1a", 9), ("1b", 3)]);
        tipped.occupation_codes = vec!["101".parse().unwrap()];
        assert_eq!(moved(&tipped, 2025, &[]).unwrap_err().len(), 2);
        let mut foreign = form(FormType::Nec, 2020, &[("1", 9)]);
        foreign.marks = [Mark::Fatca].into();
        assert_eq!(
            moved(&foreign, 2025, &[]).unwrap_err(),
            ["account V1: the X of FATCA has no box on Form 1099-NEC Rev. April 2025"]
        );
    }

    #[test]
    fn a_box_that_sums_two_incomes_does_not_move_where_they_part() {
        use IncomeType::{FishPurchased, NonemployeeCompensation};
        let nec = form(FormType::Nec, 2020, &[("1", 700_00)]);
        assert!(moved(&nec, 2025, &[NonemployeeCompensation]).is_ok());
        assert!(moved(&nec, 2025, &[NonemployeeCompensation, FishPurchased]).is_err());
        assert!(moved(&nec, 2025, &[FishPurchased]).is_err());
    }

    #[test]
    fn no_change_of_format_changes_a_total() {
        let years = || 2019..=2026;
        for form_type in FormType::ALL {
            for (from, to) in years().flat_map(|from| years().map(move |to| (from, to))) {
                let Some((own, format)) = rules_of(form_type, from).zip(rules_of(form_type, to))
                else {
                    continue;
                };
                let reformat = Reformat { own, format };
                let amounts = own
                    .boxes
                    .iter()
                    .filter(|rule| matches!(rule.kind, BoxKind::Amount | BoxKind::FederalWithheld));
                for rule in amounts {
                    let before = form(form_type, from, &[(&rule.id.0, 700_00)]);
                    let Ok(after) = reformat.form(&before, |_| false) else {
                        continue;
                    };
                    assert_eq!(
                        Totals::of_form(&before, own),
                        Totals::of_form(&after, format),
                        "box {} of {form_type} {from} in the format of {to}",
                        rule.id
                    );
                }
            }
        }
    }
}
