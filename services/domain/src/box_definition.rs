//! The first tier of Relate To codes: which code feeds which box in a tax year.
//!
//! A code by itself names its income type once and for all; the definitions of a year stand before that.
//!
//! Source: seed, BusinessPlus common codes CK99/RELATE01 to RELATE03 over RT01 and RT02.

use crate::relate_to::{Effect, Position, RelateTo};
use crate::{RelateToCode, TaxYear};

/// What a code feeds in one tax year. A code has at most one definition a year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoxDefinition {
    /// The year.
    pub tax_year: TaxYear,
    /// The code.
    pub code: RelateToCode,
    /// Field it is about; `None` is every position the code is defined in.
    pub position: Option<Position>,
    /// What it does; never [`Effect::None`].
    pub effect: Effect,
    /// Free text.
    pub description: String,
    /// The group it was entered under, such as RELATE01; free text.
    pub group: String,
}

impl BoxDefinition {
    /// Whether it is about this code in this position.
    pub fn is_about(&self, position: Position, code: &RelateToCode) -> bool {
        &self.code == code && self.position.is_none_or(|own| own == position)
    }
}

/// What a code does in the year of these definitions: the year's word for it, else its own.
pub fn effect_in_year(code: &RelateTo, of_year: &[BoxDefinition]) -> Effect {
    of_year
        .iter()
        .find(|definition| definition.is_about(code.position, &code.code))
        .map_or(code.effect, |definition| definition.effect)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::IncomeType;
    use crate::relate_to::defaults;

    fn definition(code: &str, position: Option<Position>, effect: Effect) -> BoxDefinition {
        BoxDefinition {
            tax_year: TaxYear::new(2025).unwrap(),
            code: RelateToCode::new(code).unwrap(),
            position,
            effect,
            description: String::new(),
            group: "RELATE01".to_owned(),
        }
    }

    #[test]
    fn the_years_definition_stands_before_the_codes_own_income_type() {
        let of_year = [
            definition("PA", None, Effect::Reports(IncomeType::Royalties)),
            definition("CC", Some(Position::Two), Effect::Excludes),
        ];
        let effect = |code: &str, position| {
            let of = |known: &&RelateTo| known.code.as_str() == code && known.position == position;
            effect_in_year(defaults().iter().find(of).unwrap(), &of_year)
        };
        assert_eq!(
            effect("PA", Position::One),
            Effect::Reports(IncomeType::Royalties)
        );
        assert_eq!(
            effect("PA", Position::Two),
            Effect::Reports(IncomeType::Royalties)
        );
        let own = Effect::Reports(IncomeType::NonemployeeCompensation);
        assert_eq!(effect("CC", Position::One), own);
        assert_eq!(effect("CC", Position::Two), Effect::Excludes);
        assert_eq!(effect("EX", Position::One), Effect::Excludes);
        for code in defaults() {
            assert_eq!(effect_in_year(&code, &[]), code.effect);
        }
    }
}
