//! Transmission → files: checked as a whole, written while the caller reads, known afterwards by their digest.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use formfeed_domain::export::Format;
use formfeed_domain::rules::YearRules;
use formfeed_domain::totals::Totals;
use formfeed_efile as efile;
use formfeed_proto::forms as pb;
use formfeed_proto::forms::export_forms_event::Event;
use formfeed_runtime::{IntoStatus as _, Refusal, incident, reason};
use sha2::{Digest as _, Sha256};
use tonic::Status;

use crate::error::rule_status;
use crate::stream::{Outlet, Stop};

/// Bytes of a piece, about.
const PIECE: usize = 64 * 1024;

/// What was written, and what it comes to.
pub(crate) struct Made {
    /// One per transmission.
    pub(crate) written: Vec<efile::Written>,
    /// How many files.
    pub(crate) files: i32,
    /// SHA-256 of all of them.
    pub(crate) digest: String,
}

impl Made {
    /// Quantity and sums of all forms.
    pub(crate) fn totals(&self, rules: &YearRules) -> Result<Totals, Status> {
        let sums = self.written.iter().flat_map(|written| &written.sums);
        let totals = sums.map(|(form_type, sums)| {
            let form = rules.form(*form_type).map_err(rule_status)?;
            Ok(sums.totals(form))
        });
        totals.sum::<Result<_, Status>>()
    }

    /// What the IRS takes and reports an error for.
    pub(crate) fn warnings(&self) -> Vec<String> {
        let remarks = self.written.iter().flat_map(|written| &written.remarks);
        remarks.map(ToString::to_string).collect()
    }
}

/// Checks and writes, away from the async workers; the caller gets pieces meanwhile. All transmissions are checked
/// before the first is written; of several, each is a file of its own, which only IRIS XML knows.
pub(crate) async fn write(
    transmissions: Vec<efile::Transmission>,
    format: Format,
    outlet: Arc<Outlet<pb::ExportFormsEvent>>,
) -> Result<Made, Stop> {
    let sink = Sink::new(outlet.clone());
    let files = sink.clone();
    let writing = tokio::task::spawn_blocking(move || {
        for transmission in transmissions.iter().skip(1) {
            check(transmission, format)?;
        }
        let written = (1..).zip(&transmissions);
        let written =
            written.map(|(number, transmission)| one(transmission, format, &files, number));
        let written = written.collect::<Result<_, efile::EfileError>>()?;
        let (files, digest) = files.end()?;
        Ok(Made {
            written,
            files,
            digest,
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

fn check(transmission: &efile::Transmission, format: Format) -> Result<(), efile::EfileError> {
    let templates = efile::CsvTemplates::built_in();
    let faults = efile::check(
        transmission,
        match format {
            Format::IrisXml => efile::Format::IrisXml,
            Format::IrisCsv => efile::Format::IrisCsv(&templates),
            Format::Fire => efile::Format::Fire,
        },
    )?;
    match faults.iter().any(|f| f.weight == efile::Weight::Reject) {
        true => Err(efile::EfileError::Faults(faults)),
        false => Ok(()),
    }
}

fn one(
    transmission: &efile::Transmission,
    format: Format,
    files: &Sink,
    number: u32,
) -> Result<efile::Written, efile::EfileError> {
    formfeed_store::panic_point("forms-export", transmission.transmitter.tin.digits());
    match format {
        Format::IrisXml => {
            let options = efile::IrisOptions::default();
            efile::write_iris(transmission, options, files.begin(number)?)
        }
        Format::Fire => efile::write_fire(transmission, files.begin(number)?),
        Format::IrisCsv => {
            let templates = efile::CsvTemplates::built_in();
            let open = |file: &efile::CsvFile| files.begin(file.number);
            efile::write_csv(transmission, &templates, open)
        }
    }
}

/// One message of the answer.
pub(crate) fn event(event: Event) -> pb::ExportFormsEvent {
    pb::ExportFormsEvent { event: Some(event) }
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
