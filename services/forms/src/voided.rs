//! Forms that a person left out before they were ever filed.

use std::collections::BTreeSet;

use formfeed_domain::eligibility::{Decision, NoForm, NoFormReason};
use formfeed_domain::form::FormType;
use formfeed_domain::{PayerId, TaxYear, VendorId};
use formfeed_runtime::IntoStatus as _;
use formfeed_store::forms::FormsStore;
use tonic::Status;

use crate::decide::Decided;

/// Those of a payer and year.
pub(crate) struct Voided(BTreeSet<(VendorId, FormType)>);

impl Voided {
    pub(crate) async fn load(
        store: &FormsStore,
        payer_id: &PayerId,
        tax_year: TaxYear,
    ) -> Result<Self, Status> {
        let voided = store.voided_forms(payer_id, tax_year).await;
        let voided = voided.map_err(|error| error.into_status())?.into_iter();
        Ok(Self(
            voided
                .map(|voided| (voided.vendor_id, voided.form_type))
                .collect(),
        ))
    }

    /// Turns the forms that are left out into none.
    pub(crate) fn leave_out(&self, decided: &mut Decided) {
        let id = &decided.facts.vendor_id;
        for (form_type, decision) in &mut decided.decisions {
            let is_form = matches!(decision, Decision::Form(_));
            if is_form && self.0.contains(&(id.clone(), *form_type)) {
                *decision = Decision::NoForm(NoForm {
                    reason: NoFormReason::Voided,
                    amounts: Vec::new(),
                });
            }
        }
    }

    /// Whether that form is left out.
    pub(crate) fn has(&self, id: &VendorId, form_type: FormType) -> bool {
        self.0.contains(&(id.clone(), form_type))
    }

    /// How many forms of a type are left out.
    pub(crate) fn count(&self, form_type: FormType) -> i64 {
        let of_type = self.0.iter().filter(|(_, own)| *own == form_type);
        i64::try_from(of_type.count()).unwrap_or(i64::MAX)
    }
}
