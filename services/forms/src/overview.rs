//! How far a payer's year is: forms to make, what is on paper, who gets none, what is due.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use formfeed_domain::eligibility::{Decision, NoFormReason};
use formfeed_domain::export::Export;
use formfeed_domain::form::{Copy, FormType};
use formfeed_domain::printing::Printing;
use formfeed_domain::rules::YearRules;
use formfeed_proto::convert::date_to;
use formfeed_proto::convert::form::{copy_to, form_type_to};
use formfeed_proto::convert::forms::{decision_to, due_dates_to};
use formfeed_proto::convert::report::YearQuery;
use formfeed_proto::forms as pb;
use formfeed_proto::forms::copy_overview::State;
use formfeed_proto::spooler::{Job, job::State as JobState};
use formfeed_runtime::IntoStatus as _;
use formfeed_store::forms::{FormsStore, PrintingFilter};
use tonic::Status;

use crate::decide::{Decided, decide};
use crate::error::rule_status;
use crate::merge::Persons;
use crate::peers::Peers;
use crate::recipients::{Position, Recipients};
use crate::standing::Standings;
use crate::voided::Voided;

/// Recipients read and decided at once.
const BATCH: usize = 500;
/// Entries of a page of another service.
const PAGE: i32 = 500;
/// Printings read at once.
const PRINTINGS: usize = 500;

/// The forms of a type as things stand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Forms {
    forms: i64,
    total_cents: i64,
    below_threshold: i64,
}

/// Everything a year's recipients come to.
#[derive(Debug, Default)]
struct Tally {
    recipients: i64,
    forms: BTreeMap<FormType, Forms>,
    without_form: BTreeMap<String, i64>,
}

/// The printings of a copy.
struct Printed {
    last: Printing,
    job: Option<Job>,
    printings: i32,
}

/// Looks through a payer's year.
pub(crate) async fn of_year(
    store: &FormsStore,
    peers: &Peers,
    query: &YearQuery,
    rules: &YearRules,
    as_of: NaiveDate,
) -> Result<pb::YearOverview, Status> {
    let voided = Voided::load(store, &query.payer_id, query.tax_year).await?;
    let tally = Tally::of(peers, query, rules, &voided).await?;
    let standings = Standings::load(store, peers, &query.payer_id, query.tax_year).await?;
    let corrected = standings.corrected(store).await?;
    let printed = printed(store, peers, query, &standings).await?;
    let exported = exported(store, query, &standings).await?;
    let returns = tally.forms.values().map(|forms| forms.forms).sum();
    let limit = rules.filing.efile_limit;
    let largest = match rules.filing.efile_aggregate {
        true => returns,
        false => tally.forms.values().map(|f| f.forms).max().unwrap_or(0),
    };
    let mut without_form: Vec<_> = tally.without_form.iter().collect();
    without_form.sort_by_key(|(_, recipients)| std::cmp::Reverse(**recipients));
    let without_form = without_form.into_iter().map(|(reason, recipients)| {
        let (reason, recipients) = (reason.clone(), *recipients);
        pb::NoFormCount { reason, recipients }
    });
    let forms = FormType::ALL.into_iter().filter(|t| rules.form(*t).is_ok());
    let forms = forms.map(|form_type| {
        let now = tally.forms.get(&form_type).copied().unwrap_or_default();
        let copies = printed.iter().filter(|((t, _), _)| *t == form_type);
        pb::FormOverview {
            form_type: form_type_to(form_type).into(),
            forms: now.forms,
            total_amount_cents: now.total_cents,
            below_threshold: now.below_threshold,
            copies: copies
                .map(|((_, copy), p)| p.overview(*copy, now))
                .collect(),
            export: exported
                .get(&form_type)
                .map(|last| export_overview(last, now)),
            corrected: corrected.get(&form_type).copied().unwrap_or_default(),
            voided: voided.count(form_type),
        }
    });
    Ok(pb::YearOverview {
        payer_id: query.payer_id.to_string(),
        tax_year: query.tax_year.year(),
        as_of: Some(date_to(as_of)),
        recipients: tally.recipients,
        forms: forms.collect(),
        without_form: without_form.collect(),
        due_dates: due_dates(rules, as_of),
        returns,
        efile_limit: i32::try_from(limit).unwrap_or(i32::MAX),
        efile_required: largest >= i64::from(limit),
    })
}

impl Tally {
    async fn of(
        peers: &Peers,
        query: &YearQuery,
        rules: &YearRules,
        voided: &Voided,
    ) -> Result<Self, Status> {
        let whose = (&query.payer_id, query.tax_year);
        let mut recipients = Recipients::new(&peers.calculation, whose, PAGE, Position::default());
        let mut tally = Self::default();
        loop {
            let batch = recipients.batch(BATCH).await?;
            if batch.is_empty() {
                return Ok(tally);
            }
            let persons = Persons::without(voided);
            let eligibility = query.options.eligibility;
            for mut decided in decide(peers, batch, rules, eligibility, persons).await? {
                voided.leave_out(&mut decided);
                tally.add(&decided, rules)?;
            }
        }
    }

    fn add(&mut self, decided: &Decided, rules: &YearRules) -> Result<(), Status> {
        self.recipients += 1;
        let (mut has_form, mut reason) = (false, None);
        for (form_type, decision) in &decided.decisions {
            let form = rules.form(*form_type).map_err(rule_status)?;
            let forms = self.forms.entry(*form_type).or_default();
            match decision {
                Decision::Form(_) => {
                    forms.forms += 1;
                    forms.total_cents += decision_to(decision, form).total_amount_cents;
                    has_form = true;
                }
                Decision::NoForm(none) => {
                    let is_below = none.reason == NoFormReason::BelowThreshold;
                    forms.below_threshold += i64::from(is_below);
                    // Who is below a threshold anywhere is counted there.
                    if is_below || reason.is_none() {
                        reason = Some(none.reason.as_str().to_owned());
                    }
                }
            }
        }
        let skipped = decided.skipped.as_ref().map(|s| s.reason.clone());
        if !has_form && let Some(reason) = skipped.or(reason) {
            *self.without_form.entry(reason).or_default() += 1;
        }
        Ok(())
    }
}

/// The last printing of every copy, corrections aside, with its job as it stands, and how many there were.
async fn printed(
    store: &FormsStore,
    peers: &Peers,
    query: &YearQuery,
    standings: &Standings,
) -> Result<BTreeMap<(FormType, Copy), Printed>, Status> {
    let filter = PrintingFilter {
        payer_id: Some(query.payer_id.clone()),
        tax_year: Some(query.tax_year),
    };
    let mut copies = BTreeMap::new();
    let mut before: Option<String> = None;
    loop {
        let page = store.page_before(&filter, before.as_deref(), PRINTINGS);
        let page = page.await.map_err(|error| error.into_status())?;
        before = page.last().map(|last| last.id.clone());
        if before.is_none() {
            break;
        }
        for printing in page
            .into_iter()
            .filter(|p| !standings.holds_corrections(&p.id))
        {
            let key = (printing.subject.form_type, printing.subject.copy);
            let printed = copies.entry(key).or_insert_with(|| Printed {
                last: printing, // newest first
                job: None,
                printings: 0,
            });
            printed.printings += 1;
        }
    }
    for printed in copies.values_mut() {
        if let Some(job) = &printed.last.job {
            printed.job = Some(peers.spooler.job(job).await?);
        }
    }
    Ok(copies)
}

/// The last export of every form type that was no test, corrections aside.
async fn exported(
    store: &FormsStore,
    query: &YearQuery,
    standings: &Standings,
) -> Result<BTreeMap<FormType, Export>, Status> {
    let filter = PrintingFilter {
        payer_id: Some(query.payer_id.clone()),
        tax_year: Some(query.tax_year),
    };
    let mut last = BTreeMap::new();
    let mut before: Option<String> = None;
    loop {
        let page = store.exports_before(&filter, before.as_deref(), PRINTINGS);
        let page = page.await.map_err(|error| error.into_status())?;
        before = page.last().map(|last| last.id.clone());
        if before.is_none() {
            return Ok(last);
        }
        let is_first =
            |export: &Export| !export.is_test && !standings.holds_corrections(&export.id);
        for export in page.into_iter().filter(is_first) {
            last.entry(export.form_type).or_insert(export); // newest first
        }
    }
}

fn export_overview(last: &Export, now: Forms) -> pb::ExportOverview {
    pb::ExportOverview {
        export: format!("exports/{}", last.id),
        forms: last.forms,
        total_amount_cents: last.total.cents(),
        changed: (last.forms, last.total.cents()) != (now.forms, now.total_cents),
    }
}

impl Printed {
    fn overview(&self, copy: Copy, now: Forms) -> pb::CopyOverview {
        let report = self.job.as_ref().and_then(|job| job.report.as_ref());
        let count = |of: fn(&formfeed_proto::spooler::JobReport) -> i32| {
            report.map_or(0, |report| i64::from(of(report)))
        };
        pb::CopyOverview {
            copy: copy_to(copy).into(),
            state: self.state(now).into(),
            printing: format!("printings/{}", self.last.id),
            job: self.last.job.clone().unwrap_or_default(),
            printings: self.printings,
            forms_printed: count(|report| report.forms_printed),
            total_amount_cents: report.map_or(0, |report| report.total_amount_cents),
            sheets_in_doubt: count(|report| report.sheets_in_doubt),
        }
    }

    fn state(&self, now: Forms) -> State {
        let Some(job) = &self.job else {
            return State::CutOff;
        };
        let report = job.report.clone().unwrap_or_default();
        let is_at_work = !matches!(
            job.state(),
            JobState::Completed | JobState::Canceled | JobState::Aborted
        );
        let printed = (i64::from(report.forms_printed), report.total_amount_cents);
        match report.sheets_in_doubt {
            1.. => State::InDoubt,
            _ if is_at_work => State::Printing,
            _ if report.forms_printed < job.forms => State::Incomplete,
            _ if printed == (now.forms, now.total_cents) => State::Done,
            _ => State::Changed,
        }
    }
}

/// Due dates with the days left, earliest first.
fn due_dates(rules: &YearRules, as_of: NaiveDate) -> Vec<pb::DueDateOverview> {
    let mut dates: Vec<_> = due_dates_to(&rules.filing)
        .into_iter()
        .filter_map(|due| {
            let date: NaiveDate = due.date.parse().ok()?;
            Some(pb::DueDateOverview {
                days_left: i32::try_from((date - as_of).num_days()).unwrap_or(i32::MAX),
                due_date: Some(due),
            })
        })
        .collect();
    dates.sort_by_key(|due| due.days_left);
    dates
}
