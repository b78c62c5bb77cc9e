//! The states of a form.

use super::{Finding, Kind, Severity};
use crate::form::FormType;
use crate::state_rows::{Remark, StateRows};

/// Checks the state rows of a recipient's form.
pub fn of_states(vendor_id: &str, form_type: FormType, rows: &StateRows) -> Vec<Finding> {
    let finding = |remark: &Remark| {
        let kind = match remark {
            Remark::NoNumber { .. } => Kind::NoStateNumber,
            Remark::Beyond(_) => Kind::MoreThanTwoStates,
            Remark::Negative { .. } => Kind::NegativeStateIncome,
            Remark::Estimated => Kind::StatesOfEditedAmount,
            Remark::Nameless { .. } => Kind::IncomeWithoutState,
        };
        let severity = match remark.is_warning() {
            true => Severity::Warning,
            false => Severity::Note,
        };
        let effect = format!("Form {form_type}: {remark}");
        Finding::new(kind, severity, format!("vendors/{vendor_id}"), effect)
    };
    rows.remarks().iter().map(finding).collect()
}

/// Tells of a form that only states want.
pub fn for_states_alone(vendor_id: &str, form_type: FormType, rows: &StateRows) -> Option<Finding> {
    let states: Vec<_> = rows.states().map(|row| row.state.as_str()).collect();
    (!rows.is_empty()).then(|| {
        let effect = format!(
            "Form {form_type}: the IRS gets none, {} does",
            states.join(" and ")
        );
        let record = format!("vendors/{vendor_id}");
        Finding::new(Kind::FormForStatesAlone, Severity::Note, record, effect)
    })
}
