//! When the forms of a year are due, and on what medium.

use chrono::NaiveDate;

use crate::TaxYear;

/// Due dates (moved to the next business day) and the electronic filing limit of one tax year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filing {
    /// Year of the payments.
    pub tax_year: TaxYear,
    /// 1099-NEC to the recipient and to the IRS, on any medium; `None` where the form does not exist.
    pub nec_due: Option<NaiveDate>,
    /// 1099-MISC with nonemployee compensation to the IRS (2019 only).
    pub misc_irs_with_nonemployee_compensation: Option<NaiveDate>,
    /// 1099-MISC to the recipient.
    pub misc_recipient: NaiveDate,
    /// The same with substitute payments or an attorney's gross proceeds.
    pub misc_recipient_late: NaiveDate,
    /// 1099-MISC to the IRS on paper.
    pub misc_irs_paper: NaiveDate,
    /// 1099-MISC to the IRS electronically.
    pub misc_irs_efile: NaiveDate,
    /// Form 945, annual return of the withheld tax.
    pub form_945: NaiveDate,
    /// From this many returns on, electronic filing is required.
    pub efile_limit: u32,
    /// Whether the limit counts all information returns together, or each type for itself.
    pub efile_aggregate: bool,
    /// Where the figures stand.
    pub source: String,
}
