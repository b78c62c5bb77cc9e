//! Form → electronic file: the forms are gathered as for Copy A, checked and written, and streamed while they are.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{SubsecRound as _, Utc};
use formfeed_domain::export::{Export, Format};
use formfeed_domain::form::Form;
use formfeed_domain::rules::YearRules;
use formfeed_domain::totals::Totals;
use formfeed_efile as efile;
use formfeed_proto::convert::export::{ExportOrder, export_to};
use formfeed_proto::forms as pb;
use formfeed_proto::forms::export_forms_event::Event;
use formfeed_runtime::{IntoStatus as _, Refusal, detached, incident, reason, request_id};
use sha2::{Digest as _, Sha256};
use tonic::Status;

use crate::draft::Draft;
use crate::error::rule_status;
use crate::peers::Peers;
use crate::print::Desk;
use crate::stream::{Outlet, Stop};

/// Forms whose numbers are released at once.
const BATCH: usize = 500;
/// Bytes of a piece, about.
const PIECE: usize = 64 * 1024;

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
            let again = !wish.order.print.again_reason.is_empty() || wish.order.is_test;
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
    let transmission = transmission(peers, &wish.order, rules, &id).await?;
    let outlet = Arc::new(outlet);
    let written = write(transmission, wish.order.format, outlet.clone()).await?;
    let form = rules.form(subject.form_type).map_err(rule_status)?;
    let sums = written.written.sums.iter();
    let totals: Totals = sums.map(|(_, sums)| sums.totals(form)).sum();
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
        files: written.files,
        digest: written.digest,
        user: wish.user,
        again_reason: wish.order.print.again_reason,
        create_time: Utc::now().trunc_subsecs(6),
    };
    let export = match known {
        Some((first, _)) if first.digest == export.digest => first,
        Some((first, _)) => return Err(Stop::Failed(changed_since(&first))),
        None => {
            let (desk, kept) = (desk.clone(), export.clone());
            let fingerprint = wish.fingerprint;
            let keeping = async move {
                let kept = desk.store.add_export(&kept, &fingerprint).await;
                kept.map_err(|error| error.into_status())
            };
            if let Some(first) = detached::finish(keeping).await? {
                return Err(Stop::Failed(exported_before(&first)));
            }
            export
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
    let remarks = written.written.remarks.iter();
    finished.warnings = remarks.map(ToString::to_string).collect();
    outlet.send(event(Event::Finished(finished))).await
}

fn event(event: Event) -> pb::ExportFormsEvent {
    pb::ExportFormsEvent { event: Some(event) }
}

/// Everything the file says.
async fn transmission(
    peers: &Peers,
    order: &ExportOrder,
    rules: &YearRules,
    id: &str,
) -> Result<efile::Transmission, Status> {
    let subject = &order.print.subject;
    let (transmitter, software) = peers.vendors.transmitter(format!("exports/{id}")).await?;
    let draft = Draft::gather(peers, &order.print, rules).await?;
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
            let tins = (released.payer.as_ref(), tin);
            let form = draft.form(form, &order.print, rules, tins)?;
            entries.push(efile::Entry::original(filed(form, order)));
        }
        payer_tin = released.payer;
    }
    let payer = formfeed_domain::payer::Payer {
        tin: payer_tin,
        ..draft.payer().clone()
    };
    let payer = efile::FilingPayer::of(&payer).ok_or_else(|| without_tin(subject))?;
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

/// A form with what a file says besides: the name in parts, the states that take part.
fn filed(form: Form, order: &ExportOrder) -> efile::FiledForm {
    let year = order.print.subject.tax_year;
    let kind = form.recipient.tin.as_ref().map(formfeed_domain::Tin::kind);
    let name = efile::FiledName::from_line(&form.recipient.name, kind);
    let mut filed = efile::FiledForm::new(form, name);
    for state in &mut filed.states {
        state.combined = order.combined && efile::takes_combined(year, &state.state);
    }
    filed
}

/// What was written, and what it comes to.
struct Made {
    written: efile::Written,
    files: i32,
    digest: String,
}

/// Checks and writes, away from the async workers; the caller gets pieces meanwhile.
async fn write(
    transmission: efile::Transmission,
    format: Format,
    outlet: Arc<Outlet<pb::ExportFormsEvent>>,
) -> Result<Made, Stop> {
    let sink = Sink::new(outlet.clone());
    let files = sink.clone();
    let writing = tokio::task::spawn_blocking(move || {
        let written = match format {
            Format::IrisXml => efile::write_iris(
                &transmission,
                efile::IrisOptions::default(),
                files.begin(1)?,
            ),
            Format::Fire => efile::write_fire(&transmission, files.begin(1)?),
            Format::IrisCsv => {
                let templates = efile::CsvTemplates::built_in();
                let open = |file: &efile::CsvFile| files.begin(file.number);
                efile::write_csv(&transmission, &templates, open)
            }
        };
        written.and_then(|written| {
            let (files, digest) = files.end()?;
            Ok(Made {
                written,
                files,
                digest,
            })
        })
    });
    let written = writing
        .await
        .map_err(|broken| incident::internal(&broken))?;
    match written {
        Ok(made) => Ok(made),
        Err(efile::EfileError::Faults(faults)) => {
            let rejected = faults.iter().filter(|f| f.weight == efile::Weight::Reject);
            for fault in rejected.clone() {
                outlet.send(event(Event::Fault(fault_to(fault)))).await?;
            }
            Err(Stop::Failed(faulty(rejected.count())))
        }
        Err(efile::EfileError::Write(_) | efile::EfileError::Csv(_)) => Err(Stop::CallerLeft),
        Err(other) => Err(Stop::Failed(refused(&other))),
    }
}

/// Where files go: into pieces for the caller, and through the digest.
#[derive(Clone)]
struct Sink(Arc<Mutex<State>>);

struct State {
    outlet: Arc<Outlet<pb::ExportFormsEvent>>,
    file: i32,
    piece: Vec<u8>,
    digest: Sha256,
}

impl Sink {
    fn new(outlet: Arc<Outlet<pb::ExportFormsEvent>>) -> Self {
        Self(Arc::new(Mutex::new(State {
            outlet,
            file: 0,
            piece: Vec::new(),
            digest: Sha256::new(),
        })))
    }

    /// The next file, counted from 1.
    fn begin(&self, file: u32) -> io::Result<Self> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.send()?;
        state.file = i32::try_from(file).map_err(io::Error::other)?;
        Ok(self.clone())
    }

    /// The last piece; how many files there were, and their digest.
    fn end(&self) -> io::Result<(i32, String)> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.send()?;
        let digest = std::mem::take(&mut state.digest).finalize();
        let digits = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        Ok((state.file, digits))
    }
}

impl State {
    fn send(&mut self) -> io::Result<()> {
        if self.piece.is_empty() {
            return Ok(());
        }
        self.digest.update(&self.piece);
        let data = std::mem::take(&mut self.piece);
        let piece = pb::ExportPiece {
            file: self.file,
            data,
        };
        let sent = self.outlet.send_blocking(event(Event::Piece(piece)));
        sent.map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.piece.extend_from_slice(bytes);
        if state.piece.len() >= PIECE {
            state.send()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn fault_to(fault: &efile::Fault) -> pb::ExportFault {
    pb::ExportFault {
        about: fault.about.to_string(),
        field: fault.field.clone(),
        rule: fault.rule.to_owned(),
        problem: fault.problem.clone(),
        way_out: fault.way_out.clone(),
    }
}

fn faulty(faults: usize) -> Status {
    let message = format!(
        "the IRS would refuse the file: {faults} faults; nothing was made. Mend them and export again"
    );
    Refusal::failed_precondition(reason::EXPORT_HAS_FAULTS, message)
        .with("faults", faults)
        .into_status()
}

fn refused(error: &efile::EfileError) -> Status {
    let reason = match error {
        efile::EfileError::NoSchema { .. } => reason::NO_SCHEMA,
        efile::EfileError::NoMapping { .. } => reason::NO_EFILE_MAPPING,
        efile::EfileError::FireRetired { .. } => reason::FIRE_RETIRED,
        other => return incident::internal(other),
    };
    Refusal::failed_precondition(reason, error.to_string()).into_status()
}

fn without_tin(subject: &formfeed_domain::printing::Subject) -> Status {
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

fn changed_since(first: &Export) -> Status {
    let message = format!(
        "what exports/{} was made of has changed since: the same file cannot be made again; ask with a new request id",
        first.id
    );
    Refusal::failed_precondition(reason::EXPORT_CHANGED, message)
        .with("export", format!("exports/{}", first.id))
        .into_status()
}
