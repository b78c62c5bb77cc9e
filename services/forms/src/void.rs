//! Leaving a form out before it is filed, and saying that a batch never went to the IRS.

use chrono::{SubsecRound as _, Utc};
use formfeed_domain::correction::{FiledForm, Filing, FilingKind, NotSent, Source, VoidedForm};
use formfeed_domain::{PayerId, TaxYear};
use formfeed_proto::convert::correction::{FormRef, filing_name};
use formfeed_runtime::IntoStatus as _;
use tonic::Status;

use crate::correction_error::CorrectionError;
use crate::print::Desk;
use crate::standing::{Standing, Standings};

impl Desk {
    /// Leaves a form out. Refused once it was filed, or is on its way to paper.
    pub(crate) async fn void(
        &self,
        form: FormRef,
        reason: String,
        user: String,
    ) -> Result<VoidedForm, Status> {
        self.peers.vendors.payer(&form.payer_id).await?;
        let whose = (&form.payer_id, form.tax_year);
        let standings = Standings::load(&self.store, &self.peers, whose.0, whose.1).await?;
        let id = form.vendor_id.as_str();
        let seen = self.filed_for(whose, &form).await?;
        let last = seen.iter().rev().find_map(|filed| {
            let standing = standings.of(&filed.key);
            (standing != Standing::NotFiled).then_some(&filed.key.0)
        });
        if let Some(filing_id) = last {
            return Err(already_filed(id, standings.name(filing_id)));
        }
        let merged = self.store.filed_merged(whose.0, whose.1).await;
        let merged = merged.map_err(|error| error.into_status())?;
        let with_it = merged.iter().find(|filed| {
            let is_on_it = filed.covers.contains(&form.vendor_id);
            is_on_it
                && filed.form.form_type == form.form_type
                && standings.of(&filed.key) != Standing::NotFiled
        });
        if let Some(filed) = with_it {
            return Err(already_filed(id, standings.name(&filed.key.0)));
        }
        let voided = VoidedForm {
            payer_id: form.payer_id.clone(),
            tax_year: form.tax_year,
            form_type: form.form_type,
            vendor_id: form.vendor_id.clone(),
            reason,
            user,
            create_time: Utc::now().trunc_subsecs(6),
        };
        let seen = seen.last().map_or(0, |last| last.sequence);
        let kept = self.store.void_form(&voided, seen).await;
        let kept = kept.map_err(|error| error.into_status())?;
        kept.ok_or_else(|| CorrectionError::Meanwhile.into())
    }

    /// Takes a form in again.
    pub(crate) async fn restore(&self, form: FormRef) -> Result<VoidedForm, Status> {
        let whose = (&form.payer_id, form.tax_year);
        let of = (form.form_type, &form.vendor_id);
        let known = self.store.restore_form(whose, of).await;
        let known = known.map_err(|error| error.into_status())?;
        known.ok_or_else(|| CorrectionError::NotVoided(form.vendor_id.to_string()).into())
    }

    /// Notes that a batch was never sent.
    pub(crate) async fn mark_not_sent(
        &self,
        (source, id): (Source, String),
        said: NotSent,
    ) -> Result<Filing, Status> {
        let name = filing_name(source, &id);
        let missing = || CorrectionError::NoSuchFiling(name.clone());
        let known = self.store.filing(&id).await;
        known
            .map_err(|error| error.into_status())?
            .filter(|filing| filing.source == source && filing.kind != FilingKind::Copies)
            .ok_or_else(missing)?;
        let marked = self.store.mark_not_sent(&id, &said).await;
        marked.map_err(|error| error.into_status())?;
        let known = self.store.filing(&id).await;
        let known = known.map_err(|error| error.into_status())?;
        Ok(known.ok_or_else(missing)?)
    }

    /// Everything that was filed of a recipient's form type, oldest first.
    async fn filed_for(
        &self,
        whose: (&PayerId, TaxYear),
        form: &FormRef,
    ) -> Result<Vec<FiledForm>, Status> {
        let filed = self
            .store
            .filed_of(whose, (form.form_type, &form.vendor_id));
        filed.await.map_err(|error| error.into_status())
    }
}

fn already_filed(recipient: &str, filed_as: String) -> Status {
    let recipient = recipient.to_owned();
    CorrectionError::Filed {
        recipient,
        filed_as,
    }
    .into()
}
