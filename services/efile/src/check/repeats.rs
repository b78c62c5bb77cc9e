//! The same recipient twice: only an account number tells the two forms apart.

use std::collections::HashSet;

use formfeed_domain::form::FormType;

use crate::fault::Finder;
use crate::form_view::FormView;

/// Remembers recipients and account numbers of one payer's records of one type and step.
#[derive(Default)]
pub(crate) struct Repeats {
    tins: HashSet<(FormType, Vec<u8>)>,
    accounts: HashSet<(FormType, Vec<u8>, String)>,
}

impl Repeats {
    /// Source: IRIS business rules TY2025, FS1H001; there only reported, here refused: two such forms can never be
    /// told apart, so neither could be corrected.
    pub(crate) fn check(&mut self, finder: &mut Finder, view: &FormView<'_>) {
        let form = &view.filed.form;
        let Some(tin) = &form.recipient.tin else {
            return;
        };
        let key = tin.digits().as_bytes().to_vec();
        let account = form.account_number.trim().to_ascii_uppercase(); // as FIRE writes it
        let is_known = !self.tins.insert((form.form_type, key.clone()));
        let is_repeat = !self.accounts.insert((form.form_type, key, account.clone()));
        if is_repeat || (is_known && account.is_empty()) {
            finder.reject(
                "FS1H001",
                "account number",
                "does not tell this form from another one of the same recipient TIN",
                "give each of the recipient's forms an account number of its own, or merge them",
            );
        }
    }
}
