//! Which corrections need not be made.

use super::{Action, Change, Field};
use crate::Money;
use crate::rules::{BoxKind, DeMinimis, FormRules};

/// Whether the law lets what was filed stand unless the recipient asks for a correction: nothing is wrong but amounts, and
/// none by more than it forgives. State data are the state's affair and do not count.
///
/// Source: IRC § 6721(c)(3); figures from `rules/corrections.toml`.
pub fn need_not_be_made(action: &Action, form: &FormRules, limits: Option<&DeMinimis>) -> bool {
    let (Action::TypeOne(changes), Some(limits)) = (action, limits) else {
        return false;
    };
    changes.iter().all(|change| match change {
        Change::Amount { box_id, old, new } => {
            let kind = form.find(box_id).map(|rule| rule.kind);
            let limit = match kind {
                Some(BoxKind::FederalWithheld) => limits.withheld,
                _ => limits.amount,
            };
            apart(*old, *new) <= limit
        }
        Change::Text { field, .. } => *field == Field::State,
        Change::Mark { .. } | Change::Tin => false,
    })
}

fn apart(one: Money, two: Money) -> Money {
    if one > two { one - two } else { two - one }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::{BoxId, FormType, Mark};
    use crate::{TaxYear, rules};

    fn amount(box_id: &str, old: i64, new: i64) -> Change {
        Change::Amount {
            box_id: BoxId::from(box_id),
            old: Money::from_cents(old),
            new: Money::from_cents(new),
        }
    }

    fn text(field: Field) -> Change {
        Change::Text {
            field,
            old: "1 Elm".to_owned(),
            new: "2 Elm".to_owned(),
        }
    }

    fn may_stand(changes: Vec<Change>) -> bool {
        let rules = rules::for_year(TaxYear::new(2025).unwrap()).unwrap();
        let form = rules.form(FormType::Nec).unwrap();
        need_not_be_made(&Action::TypeOne(changes), form, rules.de_minimis.as_ref())
    }

    #[test]
    fn a_hundred_dollars_may_stand_and_a_cent_more_may_not() {
        assert!(may_stand(vec![amount("1", 1_000_00, 1_100_00)]));
        assert!(may_stand(vec![amount("1", 1_000_00, 900_00)]));
        assert!(!may_stand(vec![amount("1", 1_000_00, 1_100_01)]));
        assert!(may_stand(vec![amount("4", 0, 25_00)]));
        assert!(!may_stand(vec![amount("4", 0, 25_01)]));
        assert!(!may_stand(vec![
            amount("1", 10_00, 20_00),
            amount("4", 0, 26_00)
        ]));
    }

    #[test]
    fn nothing_but_amounts_is_forgiven_and_the_state_is_told_apart() {
        let small = || amount("1", 1_000_00, 1_001_00);
        assert!(may_stand(vec![small(), text(Field::State)]));
        assert!(!may_stand(vec![small(), text(Field::Address)]));
        let is_set = true;
        let mark = Mark::DirectSales;
        assert!(!may_stand(vec![small(), Change::Mark { mark, is_set }]));
        let late = Action::New { is_second: false };
        let rules = rules::for_year(TaxYear::new(2025).unwrap()).unwrap();
        let form = rules.form(FormType::Nec).unwrap();
        assert!(!need_not_be_made(&late, form, rules.de_minimis.as_ref()));
    }
}
