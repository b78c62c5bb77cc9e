//! Names of form stock.

use formfeed_domain::form::FormType;
use formfeed_domain::stock::{self, Stock};
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
    if name.is_empty() {
        return None;
    }
    read(violations, field, text::check(name))?;
    let stock = match stock::find(name) {
        Ok(stock) => stock,
        Err(unknown) => {
            violations.add_because(unknown.reason(), field, unknown);
            return None;
        }
    };
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
