//! What the forms service asks of storage about forms as they were filed, and about those left out.

use formfeed_domain::correction::{FiledForm, Filing, NotSent, VoidedForm};
use formfeed_domain::form::FormType;
use formfeed_domain::{PayerId, TaxYear, VendorId};

use super::{FormsStore, told};
use crate::StoreError;
use crate::audit::Details;

impl FormsStore {
    /// The batches of a payer and year, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn filings(
        &self,
        payer_id: &PayerId,
        tax_year: TaxYear,
    ) -> Result<Vec<Filing>, StoreError> {
        on_read!(self.database, forms, |c, q| {
            q::filings::of_year(c, payer_id, tax_year).await
        })
    }

    /// One batch.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn filing(&self, id: &str) -> Result<Option<Filing>, StoreError> {
        on_read!(self.database, forms, |c, q| q::filings::get(c, id).await)
    }

    /// Says of a batch that it was never sent; whether there is such a batch.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn mark_not_sent(&self, id: &str, said: &NotSent) -> Result<bool, StoreError> {
        on_write!(self.database, forms, |c, q| {
            let marked = q::filings::set_not_sent(c, id, said).await?;
            if marked {
                let details = Details::new().text("reason", &said.reason);
                let subject = format!("filings/{id}");
                self.auditor
                    .note(c, "filing.not-sent", subject, details)
                    .await?;
            }
            Ok(marked)
        })
    }

    /// The forms of a batch in their order.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn filed_forms(&self, filing_id: &str) -> Result<Vec<FiledForm>, StoreError> {
        on_read!(self.database, forms, |c, q| {
            q::filed_forms::of_filing(c, filing_id).await
        })
    }

    /// Everything that was filed for the recipients after one key up to another, by recipient, then in the order filed.
    /// `None` is before the first, or after the last.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn filed_between(
        &self,
        (payer_id, tax_year): (&PayerId, TaxYear),
        (after, up_to): (Option<&str>, Option<&str>),
    ) -> Result<Vec<FiledForm>, StoreError> {
        on_read!(self.database, forms, |c, q| {
            q::filed_forms::between(c, (payer_id, tax_year), (after, up_to)).await
        })
    }

    /// The filed forms of a payer and year that have the amounts of several vendor ids on them, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn filed_merged(
        &self,
        payer_id: &PayerId,
        tax_year: TaxYear,
    ) -> Result<Vec<FiledForm>, StoreError> {
        on_read!(self.database, forms, |c, q| {
            q::filed_forms::merged(c, (payer_id, tax_year)).await
        })
    }

    /// What was filed of a recipient's form type, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn filed_of(
        &self,
        whose: (&PayerId, TaxYear),
        form: (FormType, &VendorId),
    ) -> Result<Vec<FiledForm>, StoreError> {
        on_read!(self.database, forms, |c, q| {
            q::filed_forms::of_form(c, whose, form).await
        })
    }

    /// How often something of a payer's year and form type was filed or left out: whoever reads what to file by reads
    /// this first, and files with it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn filing_mark(
        &self,
        whose: (&PayerId, TaxYear, FormType),
    ) -> Result<i64, StoreError> {
        on_read!(self.database, forms, |c, q| {
            q::filing_marks::get(c, whose).await
        })
    }

    /// Leaves a form out; said again, the first word stays. `None` when something was filed for the recipient after the
    /// number `seen`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn void_form(
        &self,
        voided: &VoidedForm,
        seen: i32,
    ) -> Result<Option<VoidedForm>, StoreError> {
        let whose = (&voided.payer_id, voided.tax_year);
        let form = (voided.form_type, &voided.vendor_id);
        on_write!(self.database, forms, |c, q| {
            // First, for whoever files at the same moment waits here for the other.
            q::filing_marks::move_on(c, (whose.0, whose.1, form.0)).await?;
            if q::filed_forms::last_sequence(c, whose, form).await? != seen {
                return Ok(None);
            }
            q::voided_forms::insert(c, voided).await?;
            let (subject, details) = (told::form(whose, form), told::voided(voided));
            self.auditor.note(c, "form.void", subject, details).await?;
            q::voided_forms::get(c, whose, form).await
        })
    }

    /// Takes a form in again that was left out; answers what was said of it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn restore_form(
        &self,
        whose: (&PayerId, TaxYear),
        form: (FormType, &VendorId),
    ) -> Result<Option<VoidedForm>, StoreError> {
        on_write!(self.database, forms, |c, q| {
            let known = q::voided_forms::get(c, whose, form).await?;
            q::filing_marks::move_on(c, (whose.0, whose.1, form.0)).await?;
            q::voided_forms::delete(c, whose, form).await?;
            if known.is_some() {
                let subject = told::form(whose, form);
                self.auditor
                    .note(c, "form.restore", subject, Details::new())
                    .await?;
            }
            Ok(known)
        })
    }

    /// The forms of a payer and year that are left out, by recipient.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn voided_forms(
        &self,
        payer_id: &PayerId,
        tax_year: TaxYear,
    ) -> Result<Vec<VoidedForm>, StoreError> {
        on_read!(self.database, forms, |c, q| {
            q::voided_forms::of_year(c, payer_id, tax_year).await
        })
    }
}
