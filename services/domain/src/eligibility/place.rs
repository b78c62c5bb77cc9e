//! Where each amount of a recipient belongs: form, box, and whether it stands there.

use std::collections::BTreeMap;

use super::{Decision, Incomes, Options, decide_together, drafts};
use crate::IncomeType;
use crate::form::{BoxId, FormType, Mark};
use crate::rules::YearRules;

/// The place of one amount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The form.
    pub form_type: FormType,
    /// The box on it.
    pub box_id: BoxId,
    /// Whether the form comes out and shows the amount, or the X that direct sales bring.
    pub is_shown: bool,
}

/// The place of every amount in `own`, by the decision that [`decide_together`] makes of the same; an amount without an
/// entry has no box in that year.
pub fn places(
    own: &Incomes,
    tested: &Incomes,
    rules: &YearRules,
    options: Options,
) -> BTreeMap<IncomeType, Place> {
    let decisions = decide_together(own, tested, rules, options);
    let mut places = BTreeMap::new();
    for (form_type, draft) in drafts(own, tested, rules, options) {
        let decision = decisions.get(&form_type);
        for income_type in own.keys().copied() {
            if let Some(box_id) = draft.box_of(income_type) {
                places.insert(
                    income_type,
                    Place {
                        form_type,
                        box_id: box_id.clone(),
                        is_shown: is_shown(decision, income_type, box_id),
                    },
                );
            }
        }
    }
    places
}

fn is_shown(decision: Option<&Decision>, income_type: IncomeType, box_id: &BoxId) -> bool {
    let Some(Decision::Form(content)) = decision else {
        return false;
    };
    match income_type {
        IncomeType::DirectSales => content.marks.contains(&Mark::DirectSales),
        IncomeType::StateTaxWithheld => content.state_withheld.is_positive(),
        _ => content.boxes.contains_key(box_id),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Money, TaxYear, rules};

    fn placed(amounts: &[(IncomeType, i64)]) -> Vec<String> {
        let rules = rules::for_year(TaxYear::new(2025).unwrap()).unwrap();
        let own: Incomes = amounts
            .iter()
            .map(|(income_type, cents)| (*income_type, Money::from_cents(*cents)))
            .collect();
        places(&own, &own, rules, Options::default())
            .into_iter()
            .map(|(income_type, place)| {
                let shown = if place.is_shown { "shown" } else { "not shown" };
                format!(
                    "{income_type}: {} {} {shown}",
                    place.form_type.as_str(),
                    place.box_id
                )
            })
            .collect()
    }

    #[test]
    fn withheld_tax_stands_on_the_form_with_more_of_the_income() {
        use IncomeType::*;
        assert_eq!(
            placed(&[
                (NonemployeeCompensation, 1_00),
                (Rents, 2_00),
                (FederalIncomeTaxWithheld, 48),
                (StateTaxWithheld, 5)
            ]),
            [
                "nonemployee_compensation: nec 1 not shown",
                "rents: misc 1 shown",
                "federal_income_tax_withheld: misc 4 shown",
                "state_tax_withheld: misc 16 shown",
            ]
        );
    }

    #[test]
    fn direct_sales_have_one_place_and_a_negative_row_is_not_shown() {
        use IncomeType::*;
        assert_eq!(
            placed(&[
                (NonemployeeCompensation, 600_00),
                (DirectSales, 5_000_00),
                (Royalties, -1_00)
            ]),
            [
                "nonemployee_compensation: nec 1 shown",
                "royalties: misc 2 not shown",
                "direct_sales: nec 2 shown",
            ]
        );
    }
}
