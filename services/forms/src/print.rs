//! Form → job: a printing is recorded, its forms are handed to the spooler, and its job is noted.
//!
//! The record comes first. Whatever happens between it and the note of the job, the same request id
//! finishes the printing: the spooler knows the printing by an id of its own and makes one job of it. The forms of
//! Copy A are in the record, as they are filed: what is handed over is always that.

use std::sync::Arc;

use chrono::{SubsecRound as _, Utc};
use formfeed_domain::Money;
use formfeed_domain::correction::FilingKind;
use formfeed_domain::form::Copy;
use formfeed_domain::printing::Printing;
use formfeed_domain::rules::{self, YearRules};
use formfeed_proto::convert::forms::PrintOrder;
use formfeed_runtime::access::DutySwitch;
use formfeed_runtime::{IntoStatus as _, request_id};
use formfeed_store::forms::{Begun, FormsStore, ToFile};
use tonic::Status;
use tracing::{info, warn};

use crate::draft::Draft;
use crate::duty::Leaving;
use crate::error::{PrintError, rule_status};
use crate::filed;
use crate::format::{self, Format};
use crate::hand_over::{HandOverError, Paper, hand_over};
use crate::peers::Peers;
use crate::standing::Standings;
use crate::turns::Turns;

/// What printing takes.
pub(crate) struct Desk {
    pub(crate) store: Arc<FormsStore>,
    pub(crate) peers: Peers,
    pub(crate) turns: Turns,
    pub(crate) duty: DutySwitch,
}

/// A request to print.
pub(crate) struct Wish {
    /// Makes a retry safe.
    pub(crate) request_id: String,
    /// What was asked, in short, to know a retry by.
    pub(crate) fingerprint: String,
    /// What was asked.
    pub(crate) order: PrintOrder,
    /// Who asks.
    pub(crate) user: String,
}

/// What has come of the printing before this hand-over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Before {
    /// It is new.
    Nothing,
    /// A hand-over whose answer never came.
    CutOff,
}

impl Desk {
    /// Prints, or answers the printing that the same request has brought about before.
    pub(crate) async fn print(&self, wish: Wish) -> Result<Printing, Status> {
        let subject = &wish.order.subject;
        let rules = rules::for_year(subject.tax_year).map_err(rule_status)?;
        rules.form(subject.form_type).map_err(rule_status)?;
        let _turn = self.turns.take(&wish.request_id).await;
        let known = self.store.of_request(&wish.request_id).await;
        let (printing, draft, before) = match known.map_err(|error| error.into_status())? {
            Some((printing, first)) => {
                request_id::check(&wish.request_id, &wish.fingerprint, &first)?;
                if printing.job.is_some() {
                    return Ok(printing);
                }
                warn!(
                    printing = printing.id,
                    "Finishing a hand-over that was cut off"
                );
                let recorded = Draft::recorded(&self.store, &printing.id, rules).await?;
                let draft = match recorded {
                    Some(draft) => draft,
                    None => self.gather(&wish.order, rules).await?,
                };
                (printing, draft, Before::CutOff)
            }
            None => {
                let (printing, draft) = self.begin(&wish, rules).await?;
                (printing, draft, Before::Nothing)
            }
        };
        let paper = Paper {
            stock: &wish.order.stock,
            delivery: wish.order.delivery,
        };
        self.submit(printing, paper, (&draft, before)).await
    }

    async fn gather(&self, order: &PrintOrder, rules: &YearRules) -> Result<Draft, Status> {
        Draft::gather(&self.store, &self.peers, order, rules).await
    }

    /// Records a printing, once everything that could speak against it has been asked.
    async fn begin(&self, wish: &Wish, rules: &YearRules) -> Result<(Printing, Draft), Status> {
        let order = &wish.order;
        let subject = &order.subject;
        let whose = (&subject.payer_id, subject.tax_year);
        self.may_bring_out(whose, &wish.user, Leaving::Printed)
            .await?;
        if order.again_reason.is_empty() {
            let first = self.store.first_of(subject).await;
            if let Some(first) = first.map_err(|error| error.into_status())? {
                return Err(PrintError::printed_before(Box::new(first)).into());
            }
        }
        let today = Utc::now().date_naive();
        let format_year = format::year_of(order.format, subject.tax_year, today)?;
        self.peers.spooler.printer(&order.printer).await?;
        let mut draft = self.gather(order, rules).await?;
        if let Some(format) = Format::of(subject, format_year)? {
            format.takes_all(&draft)?;
        }
        draft.warnings.extend(self.corrected_before(order).await?);
        draft
            .warnings
            .extend(self.twins_as_filed(order, &draft).await?);
        let printing = Printing {
            id: uuid::Uuid::now_v7().to_string(),
            request_id: wish.request_id.clone(),
            subject: order.subject.clone(),
            format_year,
            printer: order.printer.clone(),
            job: None,
            forms: i64::try_from(draft.forms.len()).unwrap_or(i64::MAX),
            total: draft.totals.total,
            user: wish.user.clone(),
            again_reason: order.again_reason.clone(),
            warnings: draft.warnings.clone(),
            create_time: Utc::now().trunc_subsecs(6),
        };
        let filing = filed::filing_of_printing(&printing, order.options, FilingKind::Originals);
        let form_at = |at: usize| {
            let form = draft.forms.get(at)?;
            Some(filed::original(&printing.id, at, form))
        };
        let filed = (order.subject.copy == Copy::A).then_some(ToFile {
            filing: &filing,
            forms: &form_at,
            seen: Some(draft.seen),
        });
        let begun = self.store.begin_filing(&printing, &wish.fingerprint, filed);
        let begun = begun.await;
        match begun.map_err(|error| error.into_status())? {
            Begun::New => Ok((printing, draft)),
            Begun::PrintedBefore(first) => Err(PrintError::printed_before(first).into()),
            Begun::Meanwhile => Err(PrintError::Meanwhile(subject.clone()).into()),
        }
    }

    /// Refuses to file a person with several vendor ids the other way than before: its amounts would be filed twice. A
    /// copy that files nothing is warned of.
    pub(crate) async fn twins_as_filed(
        &self,
        order: &PrintOrder,
        draft: &Draft,
    ) -> Result<Option<String>, Status> {
        if !draft.has_twins {
            return Ok(None);
        }
        let subject = &order.subject;
        let (payer_id, year) = (&subject.payer_id, subject.tax_year);
        let standings = Standings::load(&self.store, &self.peers, payer_id, year).await?;
        let is_merged = order.options.eligibility.merge_twins;
        let Some(filed) = standings.with_other_twins(subject.form_type, is_merged) else {
            return Ok(None);
        };
        let mixed = PrintError::TwinsMixed {
            subject: subject.clone(),
            filed: standings.name(&filed.id),
            is_merged: !is_merged,
        };
        match subject.copy {
            Copy::A => Err(mixed.into()),
            _ => Ok(Some(mixed.to_string())),
        }
    }

    /// A warning where Copy A is printed once more although some of its forms were corrected.
    async fn corrected_before(&self, order: &PrintOrder) -> Result<Option<String>, Status> {
        let subject = &order.subject;
        if subject.copy != Copy::A || order.again_reason.is_empty() {
            return Ok(None);
        }
        let filings = self.store.filings(&subject.payer_id, subject.tax_year);
        let filings = filings.await.map_err(|error| error.into_status())?;
        let is_corrected = filings.iter().any(|filing| {
            filing.kind == FilingKind::Corrections
                && filing.form_type == subject.form_type
                && filing.not_sent.is_none()
        });
        Ok(is_corrected.then(|| {
            "some of these forms were corrected: this prints all of them as originals again"
                .to_owned()
        }))
    }

    /// Hands the forms over and notes the job; a printing that the spooler refuses at its first hand-over is forgotten.
    ///
    /// After a hand-over that was cut off no refusal proves that the spooler did not seal the job then: the printing
    /// stays, and bars a second one without a reason.
    pub(crate) async fn submit(
        &self,
        mut printing: Printing,
        paper: Paper<'_>,
        (draft, before): (&Draft, Before),
    ) -> Result<Printing, Status> {
        let job = match hand_over(&self.peers, &printing, paper, draft).await {
            Ok(job) => job,
            Err(HandOverError::Sealed(job)) => self.peers.spooler.job(&job).await?,
            Err(HandOverError::Unknown(status)) => return Err(status),
            Err(HandOverError::Refused(status)) if before == Before::CutOff => return Err(status),
            Err(HandOverError::Refused(status)) => {
                let withdrawn = self.store.withdraw(&printing.id).await;
                withdrawn.map_err(|error| error.into_status())?;
                return Err(status);
            }
        };
        printing.forms = i64::from(job.forms);
        printing.total = Money::from_cents(job.control_total_cents);
        let sealed = (job.name.as_str(), printing.forms, printing.total);
        let noted = self.store.submitted(&printing.id, sealed, Utc::now()).await;
        noted.map_err(|error| error.into_status())?;
        info!(
            printing = printing.id,
            job = job.name,
            forms = printing.forms,
            "Handed {} forms to the spooler as {}",
            printing.forms,
            job.name
        );
        printing.job = Some(job.name);
        Ok(printing)
    }
}
