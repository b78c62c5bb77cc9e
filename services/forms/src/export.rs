//! Form → electronic file: the forms are gathered as for Copy A, checked and written, and streamed while they are.

use std::sync::Arc;

use chrono::{SubsecRound as _, Utc};
use formfeed_domain::Tin;
use formfeed_domain::correction::{FiledForm, FilingKind};
use formfeed_domain::export::{Export, Format};
use formfeed_domain::form::Form;
use formfeed_domain::printing::Subject;
use formfeed_domain::state_rows::MAX_ROWS;
use formfeed_efile as efile;
use formfeed_proto::convert::export::{ExportOrder, export_to};
use formfeed_proto::forms as pb;
use formfeed_proto::forms::export_forms_event::Event;
use formfeed_runtime::{IntoStatus as _, Refusal, detached, reason, request_id};
use formfeed_store::forms::{Kept, ToFile};
use tonic::Status;

use crate::draft::{Draft, DraftForm, Filer};
use crate::duty::Leaving;
use crate::error::{PrintError, rule_status};
use crate::filed;
use crate::peers::Peers;
use crate::print::Desk;
use crate::replace::{Alike, Rejected};
use crate::stream::{Outlet, Stop};
use crate::warnings::Named;
use crate::write_files::{event, write};

/// Forms whose numbers are released at once.
const BATCH: usize = 500;

/// A request to export.
pub(crate) struct Wish {
    /// Makes a retry safe.
    pub(crate) request_id: String,
    /// What was asked, in short, to know a retry by.
    pub(crate) fingerprint: String,
    /// What was asked.
    pub(crate) order: ExportOrder,
    /// Who asks.
    pub(crate) user: String,
}

/// Makes the file of a wish and streams it. A retry makes the file of the first time again.
pub(crate) async fn export(
    desk: &Arc<Desk>,
    wish: Wish,
    outlet: Outlet<pb::ExportFormsEvent>,
) -> Result<(), Stop> {
    let (store, peers) = (&desk.store, &desk.peers);
    let subject = wish.order.print.subject.clone();
    let rules = formfeed_domain::rules::for_year(subject.tax_year).map_err(rule_status)?;
    rules.form(subject.form_type).map_err(rule_status)?;
    let known = store.export_of_request(&wish.request_id).await;
    let known = known.map_err(|error| error.into_status())?;
    let id = match &known {
        Some((first, fingerprint)) => {
            let same = request_id::check(&wish.request_id, &wish.fingerprint, fingerprint);
            same.map_err(Status::from)?;
            first.id.clone()
        }
        None => {
            let whose = (&subject.payer_id, subject.tax_year);
            desk.may_bring_out(whose, &wish.user, Leaving::Exported)
                .await?;
            let is_replacement = wish.order.replaces.is_some();
            let has_reason = !wish.order.print.again_reason.is_empty() || is_replacement;
            let again = has_reason || wish.order.is_test;
            let whose = (&subject.payer_id, subject.tax_year, subject.form_type);
            let first = store.first_export_of(whose).await;
            if let Some(first) = first.map_err(|error| error.into_status())?
                && !again
            {
                return Err(Stop::Failed(exported_before(&first)));
            }
            uuid::Uuid::now_v7().to_string()
        }
    };
    let replaced = match &wish.order.replaces {
        None => None,
        Some(replaced) => {
            let alike = Alike {
                subject: &subject,
                format: wish.order.format,
                is_test: wish.order.is_test,
                kind: FilingKind::Originals,
            };
            Some(Rejected::of(store, replaced, &alike).await?)
        }
    };
    let given = &wish.order.print.again_reason;
    let again_reason = replaced
        .as_ref()
        .map_or_else(|| given.clone(), |replaced| replaced.reason(given));
    let kind = replaced
        .as_ref()
        .map_or(efile::Kind::Original, Rejected::kind_of_originals);
    let draft = Draft::gather(store, peers, &wish.order.print, rules).await?;
    if let Some(replaced) = &replaced {
        // Only now: what is filed from here on is noticed when this is kept.
        replaced.check_whole(store, peers, &id).await?;
    }
    let mut about_states = draft.about_states.clone();
    let blanks = draft.forms.iter().map(DraftForm::blank);
    about_states.extend(not_combined(blanks, wish.order.combining()));
    if known.is_none() && !wish.order.is_test {
        desk.twins_as_filed(&wish.order.print, &draft).await?;
    }
    let transmission = efile::Transmission {
        kind,
        ..transmission(peers, &wish.order, &draft, &id).await?
    };
    let outlet = Arc::new(outlet);
    let made = write(vec![transmission], wish.order.format, outlet.clone()).await?;
    let totals = made.totals(rules)?;
    let export = Export {
        id,
        request_id: wish.request_id,
        payer_id: subject.payer_id,
        tax_year: subject.tax_year,
        form_type: subject.form_type,
        format: wish.order.format,
        is_test: wish.order.is_test,
        forms: i64::try_from(totals.forms).unwrap_or(i64::MAX),
        total: totals.total,
        federal_withheld: totals.federal_withheld,
        files: made.files,
        digest: made.digest.clone(),
        user: wish.user,
        again_reason,
        create_time: Utc::now().trunc_subsecs(6),
    };
    let export = match known {
        Some((first, _)) if first.digest == export.digest => first,
        Some((first, _)) => return Err(Stop::Failed(changed_since(&first))),
        None => {
            let (desk, kept) = (desk.clone(), export.clone());
            let fingerprint = wish.fingerprint;
            let places = filed::places(export.format, &made.written, draft.forms.len());
            let options = wish.order.print.options;
            let filing = filed::filing_of_export(&kept, options, FilingKind::Originals);
            let keeping = async move {
                let form_at = |at: usize| {
                    let form = filed::original(&kept.id, at, draft.forms.get(at)?);
                    let placed = places.get(at).copied().flatten();
                    Some(FiledForm { placed, ..form })
                };
                let filed = (!kept.is_test).then_some(ToFile {
                    filing: &filing,
                    forms: &form_at,
                    seen: Some(draft.seen),
                });
                let kept = desk.store.add_export(&kept, &fingerprint, filed).await;
                kept.map_err(|error| error.into_status())
            };
            match detached::finish(keeping).await? {
                Kept::New => export,
                Kept::MadeBefore(first) => return Err(Stop::Failed(exported_before(&first))),
                Kept::Meanwhile => {
                    let subject = wish.order.print.subject;
                    return Err(Stop::Failed(PrintError::Meanwhile(subject).into()));
                }
            }
        }
    };
    tracing::info!(
        export = export.id,
        forms = export.forms,
        format = export.format.as_str(),
        "Made an electronic file of {} forms",
        export.forms
    );
    let mut finished = export_to(&export);
    finished.warnings = made.warnings();
    finished.warnings.extend(about_states);
    finished
        .warnings
        .extend(replaced.as_ref().and_then(Rejected::at_upload));
    outlet.send(event(Event::Finished(finished))).await
}

/// Everything the file says.
async fn transmission(
    peers: &Peers,
    order: &ExportOrder,
    draft: &Draft,
    id: &str,
) -> Result<efile::Transmission, Status> {
    let subject = &order.print.subject;
    let (transmitter, software) = peers.vendors.transmitter(format!("exports/{id}")).await?;
    let mut entries = Vec::with_capacity(draft.forms.len());
    let mut payer_tin = None;
    for batch in draft.forms.chunks(BATCH) {
        let versions = batch.iter().map(|form| form.version.clone()).collect();
        let purpose = format!("exports/{id}");
        let released = peers
            .vendors
            .release_tins(versions, &subject.payer_id, purpose);
        let released = released.await?;
        for (form, tin) in batch.iter().zip(released.vendors) {
            let form = form.with_tins(released.payer.as_ref(), tin);
            entries.push(efile::Entry::original(filed_form(form, order.combining())));
        }
        payer_tin = released.payer;
    }
    let payer = filing_payer(peers, subject, payer_tin).await?;
    Ok(efile::Transmission {
        tax_year: subject.tax_year,
        environment: match order.is_test {
            true => efile::Environment::Test,
            false => efile::Environment::Production,
        },
        kind: efile::Kind::Original,
        unique_id: id.to_owned(),
        transmitter,
        software,
        prior_year: order.prior_year,
        payers: vec![efile::PayerForms {
            payer,
            form_type: subject.form_type,
            entries,
            replaces: None,
        }],
    })
}

/// Who files, with its number.
pub(crate) async fn filing_payer(
    peers: &Peers,
    subject: &Subject,
    tin: Option<Tin>,
) -> Result<efile::FilingPayer, Status> {
    let filer = Filer::of(peers, &subject.payer_id).await?;
    let payer = formfeed_domain::payer::Payer { tin, ..filer.payer };
    efile::FilingPayer::of(&payer).ok_or_else(|| without_tin(subject))
}

/// A form with what a file says besides: the name in parts, the states that take part. A record of FIRE has room for
/// one of these: the first.
pub(crate) fn filed_form(form: Form, combining: Option<Format>) -> efile::FiledForm {
    let kind = form.recipient.tin.as_ref().map(Tin::kind);
    let name = efile::FiledName::from_line(&form.recipient.name, kind);
    let year = form.tax_year;
    let mut filed = efile::FiledForm::new(form, name);
    let Some(format) = combining else {
        return filed;
    };
    let taking = filed.states.iter_mut();
    let taking = taking.filter(|state| efile::takes_combined(year, &state.state));
    for state in taking.take(combined_states(format)) {
        state.combined = true;
    }
    filed
}

/// How many states of a form the IRS passes its record on to.
fn combined_states(format: Format) -> usize {
    match format {
        Format::Fire => 1,
        Format::IrisXml | Format::IrisCsv => MAX_ROWS,
    }
}

/// A warning that names the forms whose record does not reach every state in combined filing.
pub(crate) fn not_combined<'f>(
    forms: impl Iterator<Item = &'f Form>,
    combining: Option<Format>,
) -> Option<String> {
    let room = combined_states(combining?);
    let mut found = Named::default();
    for form in forms {
        let states = form.states.iter();
        let states = states.map(|row| efile::StateFiling::of(row, false).state);
        let taking = states.filter(|state| efile::takes_combined(form.tax_year, state));
        for state in taking.skip(room) {
            found.add(format_args!("{} {state}", form.account_number));
        }
    }
    found.told("states that the IRS does not pass the record on to, which has room for one: file with them yourself")
}

fn without_tin(subject: &Subject) -> Status {
    let payer = &subject.payer_id;
    let message =
        format!("payer {payer} has no TIN, and no electronic file goes without: give it one");
    Refusal::failed_precondition(reason::EXPORT_HAS_FAULTS, message)
        .with("payer_id", payer)
        .into_status()
}

fn exported_before(first: &Export) -> Status {
    let message = format!(
        "{} of payer {} for {} was made as an electronic file before, as exports/{}; give a reason to make it again",
        first.form_type, first.payer_id, first.tax_year, first.id
    );
    Refusal::already_exists(reason::ALREADY_EXPORTED, message)
        .with("export", format!("exports/{}", first.id))
        .into_status()
}

pub(crate) fn changed_since(first: &Export) -> Status {
    let message = format!(
        "what exports/{} was made of has changed since: the same file cannot be made again; ask with a new request id",
        first.id
    );
    Refusal::failed_precondition(reason::EXPORT_CHANGED, message)
        .with("export", format!("exports/{}", first.id))
        .into_status()
}
