//! Correction → job: the forms that put right what was filed, recorded as filed before they are handed over.

use std::collections::BTreeMap;

use chrono::{SubsecRound as _, Utc};
use formfeed_domain::VendorId;
use formfeed_domain::correction::{self, Action, FiledForm, FilingKind};
use formfeed_domain::form::{Copy, FormType};
use formfeed_domain::printing::Printing;
use formfeed_domain::rules::{self, YearRules};
use formfeed_domain::spool::Delivery;
use formfeed_proto::convert::correction::{CorrectionsQuery, PrintCorrectionsOrder};
use formfeed_proto::convert::forms::FormOptions;
use formfeed_runtime::{IntoStatus as _, request_id};
use formfeed_store::StoreError;
use formfeed_store::forms::ToFile;
use tonic::Status;

use crate::candidates::{Candidate, Search};
use crate::correction_error::CorrectionError;
use crate::draft::{Draft, DraftForm};
use crate::duty::Leaving;
use crate::error::rule_status;
use crate::filed::filing_of_printing;
use crate::hand_over::Paper;
use crate::print::{Before, Desk};
use crate::standing::Standings;
use crate::warnings::Findings;

/// A request to print corrections.
pub(crate) struct Wish {
    /// Makes a retry safe.
    pub(crate) request_id: String,
    /// What was asked, in short, to know a retry by.
    pub(crate) fingerprint: String,
    /// What was asked.
    pub(crate) order: PrintCorrectionsOrder,
    /// Who asks.
    pub(crate) user: String,
}

/// What an order is about.
fn query_of(order: &PrintCorrectionsOrder) -> CorrectionsQuery {
    CorrectionsQuery {
        payer_id: order.subject.payer_id.clone(),
        tax_year: order.subject.tax_year,
        form_type: Some(order.subject.form_type),
        recipients: order.recipients.clone(),
        include_small: order.include_small,
    }
}

impl Desk {
    /// Prints corrections, or answers the printing that the same request has brought about before.
    pub(crate) async fn print_corrections(&self, wish: Wish) -> Result<Printing, Status> {
        let order = &wish.order;
        let paper = Paper {
            stock: &order.stock,
            delivery: Delivery::Job,
        };
        let rules = rules::for_year(order.subject.tax_year).map_err(rule_status)?;
        rules.form(order.subject.form_type).map_err(rule_status)?;
        let _turn = self.turns.take(&wish.request_id).await;
        let known = self.store.of_request(&wish.request_id).await;
        let known = known.map_err(|error| error.into_status())?;
        if let Some((printing, first)) = known {
            request_id::check(&wish.request_id, &wish.fingerprint, &first)?;
            if printing.job.is_some() {
                return Ok(printing);
            }
            let recorded = Draft::recorded(&self.store, &printing.id, rules).await?;
            let draft = match recorded {
                Some(draft) => draft,
                None => self.copies(order, rules, Some(&printing.id)).await?.0,
            };
            return self.submit(printing, paper, (&draft, Before::CutOff)).await;
        }
        let whose = (&order.subject.payer_id, order.subject.tax_year);
        self.may_bring_out(whose, &wish.user, Leaving::Printed)
            .await?;
        self.peers.spooler.printer(&order.printer).await?;
        let (printing, draft) = match order.subject.copy {
            Copy::A => self.begin_corrections(&wish, rules).await?,
            _ => self.begin_copies(&wish, rules).await?,
        };
        self.submit(printing, paper, (&draft, Before::Nothing))
            .await
    }

    /// Records corrections as filed by this printing.
    async fn begin_corrections(
        &self,
        wish: &Wish,
        rules: &YearRules,
    ) -> Result<(Printing, Draft), Status> {
        let query = query_of(&wish.order);
        let search = Search::begin(&self.store, &self.peers, query.clone()).await?;
        let (candidates, standings) = search.all().await?;
        let id = uuid::Uuid::now_v7().to_string();
        let about_states = about_states(&candidates);
        let forms = to_file(&id, candidates, &query)?;
        let mut draft = Draft::default();
        for form in &forms {
            draft.add(DraftForm::of_filed(form.clone()), rules)?;
        }
        let mut warnings = filed_electronically(&forms, &standings);
        warnings.extend(about_states);
        let printing = Printing {
            warnings,
            ..printing(id, wish, &draft)
        };
        let options = standings.options(wish.order.subject.form_type);
        let filing = filing_of_printing(&printing, options, FilingKind::Corrections);
        let form_at = |at: usize| forms.get(at).cloned();
        let filed = Some(ToFile {
            filing: &filing,
            forms: &form_at,
            seen: None,
        });
        let begun = self.store.begin_filing(&printing, &wish.fingerprint, filed);
        begun.await.map_err(meanwhile)?;
        Ok((printing, draft))
    }

    /// Records the printing of another copy, which files nothing.
    async fn begin_copies(
        &self,
        wish: &Wish,
        rules: &YearRules,
    ) -> Result<(Printing, Draft), Status> {
        let id = uuid::Uuid::now_v7().to_string();
        let (draft, options) = self.copies(&wish.order, rules, None).await?;
        let printing = printing(id, wish, &draft);
        let filing = filing_of_printing(&printing, options, FilingKind::Copies);
        let filed = Some(ToFile {
            filing: &filing,
            forms: &|_| None,
            seen: None,
        });
        let begun = self.store.begin_filing(&printing, &wish.fingerprint, filed);
        begun.await.map_err(|error| error.into_status())?;
        Ok((printing, draft))
    }

    /// The forms of the last batch of corrections that has some of this type; of the last one before `before`, where a
    /// printing is finished that was cut off.
    async fn copies(
        &self,
        order: &PrintCorrectionsOrder,
        rules: &YearRules,
        before: Option<&str>,
    ) -> Result<(Draft, FormOptions), Status> {
        let query = query_of(order);
        let (payer_id, tax_year) = (&query.payer_id, query.tax_year);
        let standings = Standings::load(&self.store, &self.peers, payer_id, tax_year).await?;
        for filing in standings.corrections() {
            let is_too_new = before.is_some_and(|before| filing.id.as_str() >= before);
            if is_too_new || filing.not_sent.is_some() {
                continue;
            }
            let forms = self.store.filed_forms(&filing.id).await;
            let mut draft = Draft::default();
            for form in forms.map_err(|error| error.into_status())? {
                let is_wanted = form.form.form_type == order.subject.form_type
                    && is_wanted(&query, &form.vendor_id);
                if is_wanted {
                    draft.add(DraftForm::of_filed(form), rules)?;
                }
            }
            if !draft.forms.is_empty() {
                return Ok((draft, standings.options(order.subject.form_type)));
            }
        }
        Err(CorrectionError::NoCorrections(query).into())
    }
}

/// What to look at in the state rows of the forms that are due instead.
fn about_states(candidates: &[Candidate]) -> Vec<String> {
    let mut findings = Findings::default();
    let filed = candidates.iter().filter(|candidate| {
        candidate.waits_for.is_none() && !matches!(candidate.action, Action::StateOnly(_))
    });
    for form in filed.filter_map(|candidate| candidate.today.as_ref()) {
        findings.look_at_states(form);
    }
    findings.about_states()
}

/// The forms to file as the batch of that id, in order, those of each recipient behind one another.
///
/// What waits for a job is left for later, and what need not be corrected is left out, unless its recipient was asked for
/// by name.
pub(crate) fn to_file(
    id: &str,
    candidates: Vec<Candidate>,
    query: &CorrectionsQuery,
) -> Result<Vec<FiledForm>, Status> {
    let mut forms = Vec::new();
    let mut sequences = BTreeMap::<(String, FormType), i32>::new();
    let mut waiting = None;
    let mut small = 0;
    for candidate in candidates {
        if matches!(candidate.action, Action::StateOnly(_)) {
            continue;
        }
        if candidate.is_small && !query.include_small && query.recipients.is_empty() {
            small += 1;
            continue;
        }
        if let Some(waits_for) = &candidate.waits_for {
            let recipient = candidate.vendor_id.to_string();
            let waits_for = waits_for.clone();
            let waits = CorrectionError::Waits {
                recipient,
                waits_for,
            };
            if !query.recipients.is_empty() {
                return Err(waits.into());
            }
            waiting.get_or_insert(waits);
            continue;
        }
        let filed = candidate.filed.as_ref();
        let today = candidate.today.as_ref();
        let made = correction::forms(
            &candidate.action,
            filed.map(|filed| (&filed.key, &filed.form)),
            today.map(DraftForm::blank),
        );
        for correcting in made {
            let (version, covers) = match (correcting.has_filed_tin, filed, today) {
                (true, Some(filed), _) => {
                    let filed = DraftForm::of_filed(filed.clone());
                    (filed.version, filed.covers)
                }
                (_, _, Some(today)) => (today.version.clone(), today.covers.clone()),
                _ => continue,
            };
            let key = (candidate.vendor_id.to_string(), correcting.form.form_type);
            let sequence = sequences.entry(key).or_insert(candidate.last_sequence);
            *sequence += 1;
            forms.push(FiledForm {
                key: (
                    id.to_owned(),
                    u32::try_from(forms.len()).unwrap_or(u32::MAX),
                ),
                vendor_id: candidate.vendor_id.clone(),
                covers,
                vendor_version: version.version,
                address_code: version.address_code,
                sequence: *sequence,
                step: correcting.step,
                corrects: correcting.corrects,
                placed: None,
                form: correcting.form,
            });
        }
    }
    match (forms.is_empty(), waiting) {
        (false, _) => Ok(forms),
        (true, Some(waits)) => Err(waits.into()),
        (true, None) if small > 0 => Err(CorrectionError::OnlySmall(query.clone(), small).into()),
        (true, None) => Err(CorrectionError::NothingToCorrect(query.clone()).into()),
    }
}

/// A form of the same number was filed since the candidates were read.
pub(crate) fn meanwhile(error: StoreError) -> Status {
    match error {
        StoreError::Conflict(_) => CorrectionError::Meanwhile.into(),
        other => other.into_status(),
    }
}

/// What was filed electronically because the law wanted it is corrected electronically.
///
/// Source: T.D. 9972; Treas. Reg. § 301.6011-2(c).
fn filed_electronically(forms: &[FiledForm], standings: &Standings) -> Vec<String> {
    let corrected = forms.iter().filter(|form| form.step.is_marked());
    let filed_as = corrected.filter_map(|form| form.corrects.as_ref());
    let count = filed_as.filter(|key| standings.is_export(&key.0)).count();
    match count {
        0 => Vec::new(),
        _ => vec![format!(
            "{count} of the corrected forms were filed electronically: where the law wanted that, it wants their corrections so too"
        )],
    }
}

fn is_wanted(query: &CorrectionsQuery, id: &VendorId) -> bool {
    query.recipients.is_empty() || query.recipients.contains(id)
}

fn printing(id: String, wish: &Wish, draft: &Draft) -> Printing {
    Printing {
        id,
        request_id: wish.request_id.clone(),
        subject: wish.order.subject.clone(),
        format_year: wish.order.subject.tax_year,
        printer: wish.order.printer.clone(),
        job: None,
        forms: i64::try_from(draft.forms.len()).unwrap_or(i64::MAX),
        total: draft.totals.total,
        user: wish.user.clone(),
        again_reason: wish.order.reason.clone(),
        warnings: Vec::new(),
        create_time: Utc::now().trunc_subsecs(6),
    }
}
