//! The forms of a submission as they come: read, counted, and every bad field of all of them noted.

use std::collections::HashSet;

use formfeed_domain::TaxYear;
use formfeed_domain::form::{Form, FormType};
use formfeed_domain::ids::check_id;
use formfeed_proto::convert::Violations;
use formfeed_proto::convert::form::form_from;
use formfeed_proto::spooler as pb;

/// Bad fields that are listed; more are left out.
const LISTED: usize = 200;

/// Reads forms one after another.
pub(super) struct FormReader {
    kind: Option<(FormType, TaxYear)>,
    count: usize,
    /// Account numbers, and whether the form has CORRECTED: a type 2 correction is two forms of one number. Malformed
    /// ones, of whatever length, are not kept.
    accounts: HashSet<(String, bool)>,
    violations: Violations,
}

impl FormReader {
    /// Of a job of this form type and year; without them the forms are only looked at. `violations` holds what is
    /// wrong with the submission already.
    pub(super) fn new(kind: Option<(FormType, TaxYear)>, violations: Violations) -> Self {
        Self {
            kind,
            count: 0,
            accounts: HashSet::new(),
            violations,
        }
    }

    /// The next form, if it is good.
    pub(super) fn read(&mut self, message: pb::JobForm) -> Option<Form> {
        let field = format!("forms[{}]", self.count);
        self.count += 1;
        let mut bad = Violations::new();
        let account = Some(&message.account_number);
        let account = account.filter(|it| check_id(it).is_ok()).cloned();
        let corrects = message.marks().any(|mark| mark == pb::Mark::Corrected);
        let form = form_from(&mut bad, &field, self.kind, message);
        if account.is_some_and(|account| !self.accounts.insert((account, corrects))) {
            bad.add(format!("{field}.account_number"), "is in the job already");
        }
        let is_good = bad.is_empty();
        let room = LISTED.saturating_sub(self.violations.list().len());
        self.violations.extend(bad.into_iter().take(room));
        form.filter(|_| is_good)
    }

    /// Forms read so far.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// Everything wrong, with the count that the header announces too; 0 means not counted.
    pub(super) fn finish(mut self, announced: i32) -> Violations {
        let announced = usize::try_from(announced).unwrap_or(0);
        if announced != 0 && announced != self.count {
            let found = self.count;
            self.violations.add(
                "header.forms",
                format!("announces {announced} forms, {found} came; nothing was stored"),
            );
        }
        self.violations
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_number_that_is_none_is_told_and_not_kept() {
        let long = "V".repeat(100_000);
        let mut reader = FormReader::new(None, Violations::new());
        for account in [long.as_str(), &long, "V/1", "", "V1", "V1"] {
            reader.read(pb::JobForm {
                account_number: account.to_owned(),
                ..pb::JobForm::default()
            });
        }
        assert_eq!(reader.accounts, HashSet::from([("V1".to_owned(), false)]));
        let bad = reader.finish(0);
        let fields = bad.list().iter().map(|bad| bad.field.as_str());
        let accounts: Vec<_> = fields
            .filter(|field| field.ends_with("account_number"))
            .collect();
        let expected = [0, 1, 2, 3, 5].map(|at| format!("forms[{at}].account_number"));
        assert_eq!(accounts, expected);
    }
}
