//! Names of form stock.

use formfeed_domain::form::FormType;
use formfeed_domain::stock::{self, Stock, Takes};
use formfeed_domain::text;

use super::{Violations, read};

/// Reads the name of a form stock that takes a form type, if one is known; blank leaves the choice to the printer. An
/// unknown one is noted under `field` with a reason of its own.
pub fn read_stock(
    violations: &mut Violations,
    field: &str,
    name: &str,
    form_type: Option<FormType>,
) -> Option<&'static Stock> {
    let stock = read_any_stock(violations, field, name)?;
    if let Some(form_type) = form_type
        && !stock.takes_form(form_type)
    {
        let takes = stock.takes;
        violations.add(
            field,
            format!("stock {name} takes Form {takes}, not Form {form_type}"),
        );
        return None;
    }
    Some(stock)
}

/// The same of a stock that takes Form 1096.
pub fn read_transmittal_stock(
    violations: &mut Violations,
    field: &str,
    name: &str,
) -> Option<&'static Stock> {
    let stock = read_any_stock(violations, field, name)?;
    let takes = stock.takes;
    if takes != Takes::Transmittal {
        violations.add(
            field,
            format!("stock {name} takes Form {takes}, not Form 1096"),
        );
        return None;
    }
    Some(stock)
}

fn read_any_stock(violations: &mut Violations, field: &str, name: &str) -> Option<&'static Stock> {
    if name.is_empty() {
        return None;
    }
    read(violations, field, text::check(name))?;
    match stock::find(name) {
        Ok(stock) => Some(stock),
        Err(unknown) => {
            violations.add_because(unknown.reason(), field, unknown);
            None
        }
    }
}
