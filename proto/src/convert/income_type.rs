//! Income types of fields that hold income and never tax withheld.

use formfeed_domain::IncomeType;

use super::{Violations, read_optional};

/// What transactions report as. The withheld types are refused: Relate To codes and the payment's columns feed those.
pub fn income_type_from(
    violations: &mut Violations,
    field: &str,
    word: &str,
) -> Option<IncomeType> {
    let read = read_optional(violations, field, word, str::parse::<IncomeType>);
    let income_type = read.flatten()?;
    if income_type.is_withheld() {
        violations.add(
            field,
            "tax withheld is not income: use a Relate To code or the payment's columns",
        );
        return None;
    }
    Some(income_type)
}
