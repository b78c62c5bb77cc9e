//! Everything that holds for one tax year.

use std::collections::BTreeMap;

use super::{BoxRule, DeMinimis, Filing, FormRules, RuleError, Threshold};
use crate::edit::Part;
use crate::form::FormType;
use crate::{IncomeType, Rate, TaxYear};

/// The rules of one tax year, put together from the rule files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct YearRules {
    /// Year of the payments.
    pub tax_year: TaxYear,
    /// The returns of the year.
    pub forms: BTreeMap<FormType, FormRules>,
    /// Thresholds of every income type but the two withheld ones.
    pub thresholds: BTreeMap<IncomeType, Threshold>,
    /// Rate of backup withholding on the year's payments.
    pub backup_withholding: Rate,
    /// Due dates and the electronic filing limit.
    pub filing: Filing,
    /// Which errors on a filed form may stand; `None` where every one is corrected.
    pub de_minimis: Option<DeMinimis>,
}

impl YearRules {
    /// The rules of one return.
    ///
    /// # Errors
    /// [`RuleError::NoSuchForm`] where the return did not exist (1099-NEC before 2020).
    pub fn form(&self, form_type: FormType) -> Result<&FormRules, RuleError> {
        self.forms.get(&form_type).ok_or(RuleError::NoSuchForm {
            form_type,
            year: self.tax_year,
        })
    }

    /// The boxes an income type may print in. Income has one; direct sales and withheld tax have one on each form.
    pub fn places(
        &self,
        income_type: IncomeType,
    ) -> impl Iterator<Item = (&FormRules, &BoxRule)> + use<'_> {
        self.forms
            .values()
            .filter_map(move |form| Some((form, form.place(income_type)?)))
    }

    /// The box for a part of an income type's box, such as cash tips; `None` where the year's forms have none.
    pub fn part_box(&self, income_type: IncomeType, part: Part) -> Option<(&FormRules, &BoxRule)> {
        self.places(income_type)
            .find_map(|(form, whole)| Some((form, form.part(part, &whole.id)?)))
    }

    /// From how much on an income type is reported; `None` for the two withheld types, which have no threshold.
    pub fn threshold(&self, income_type: IncomeType) -> Option<&Threshold> {
        self.thresholds.get(&income_type)
    }
}
