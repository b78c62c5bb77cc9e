//! Why the spooler's tables refuse a change.

use formfeed_domain::spool::{JobId, LedgerError, PrinterId, ReportError, SheetState};

use super::store::Kept;
use crate::StoreError;

/// A change that the facts do not allow, or a failure of storage.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SpoolError {
    /// Storage failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The report would not add up: our bug, or rows edited by hand.
    #[error(transparent)]
    Report(#[from] ReportError),
    /// The stock of a printer would not add up: our bug, or rows edited by hand.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// A serial number is in a printer, or was used.
    #[error("{stock} number {serial} {} printer {printer}", if *.used { "was used on" } else { "is in" })]
    SerialTaken {
        /// Name of the stock.
        stock: String,
        /// The number.
        serial: u64,
        /// Where.
        printer: PrinterId,
        /// Used, or in doubt, or at work; else only loaded.
        used: bool,
    },
    /// No such job.
    #[error("{0} does not exist")]
    JobNotFound(JobId),
    /// No such printer, or a removed one.
    #[error("printer {0} does not exist")]
    PrinterNotFound(PrinterId),
    /// A printer of that name is there.
    #[error("printer {0} exists already")]
    PrinterExists(PrinterId),
    /// The request id was used with other content.
    #[error("request id {0} was used with other content")]
    RequestIdReused(String),
    /// The request id made a job of other content.
    #[error("request id {request_id} made {job} of other content")]
    JobRequestIdReused {
        /// The id.
        request_id: String,
        /// The job it made.
        job: JobId,
    },
    /// Somebody changed how the printer is set up since it was looked at.
    #[error("{by} changed printer {printer} since you looked: that is change {change}")]
    SetUpAnew {
        /// Which.
        printer: PrinterId,
        /// Who.
        by: String,
        /// The number of that change.
        change: u32,
    },
    /// Who set the printer up would approve it.
    #[error("{by} set printer {printer} up")]
    OwnSetUp {
        /// Which.
        printer: PrinterId,
        /// Who.
        by: String,
    },
    /// No proposal has that key: it was agreed to, withdrawn, or never made.
    #[error("proposal {0} does not exist: somebody agreed to it, or withdrew it")]
    ProposalNotFound(String),
    /// Sheets of the proposal were decided about, or tried again, since it was made.
    #[error(
        "proposal {0} does not stand as it was made: some of its sheets were decided about since"
    )]
    ProposalStale(String),
    /// One person's word is not enough: it is kept as a proposal, and nothing else was changed.
    #[error("{}", takes_two(_0))]
    TakesTwo(Kept),
    /// The printer has jobs that have not ended.
    #[error("printer {printer} has {jobs} open jobs")]
    PrinterInUse {
        /// Which.
        printer: PrinterId,
        /// How many.
        jobs: i64,
    },
    /// A sheet of a job that went elsewhere is still at work on the printer, in doubt, or waits for a word.
    #[error("{sheets} sheets on printer {printer} are not settled")]
    PrinterHolds {
        /// Which.
        printer: PrinterId,
        /// How many.
        sheets: i64,
    },
    /// A sheet on the printer is in doubt.
    #[error("{sheets} sheets on printer {printer} are in doubt")]
    PrinterInDoubt {
        /// Which.
        printer: PrinterId,
        /// How many.
        sheets: i64,
    },
    /// The job has ended, or is about to.
    #[error("{0} has ended or was canceled")]
    JobEnded(JobId),
    /// Something of the job may be on paper, and who asks may end it only before.
    #[error("sheets of {job} were sent")]
    JobSent {
        /// Which.
        job: JobId,
        /// Who asks.
        by: String,
    },
    /// Sheets of the job are in doubt.
    #[error("{sheets} sheets of {job} are in doubt")]
    JobInDoubt {
        /// Which.
        job: JobId,
        /// How many.
        sheets: u32,
    },
    /// The job has fewer sheets.
    #[error("{job} has {sheets} sheets, there is no sheet {sheet}")]
    SheetNotFound {
        /// Which job.
        job: JobId,
        /// Sheets it has.
        sheets: u32,
        /// Sheet asked for.
        sheet: u32,
    },
    /// The sheet is neither in doubt nor does it wait for a word.
    #[error("sheet {sheet} of {job} wants no decision")]
    NothingToDecide {
        /// Which job.
        job: JobId,
        /// First such sheet.
        sheet: u32,
    },
    /// Somebody decided before.
    #[error("{by} decided sheet {sheet} before: {state}")]
    Decided {
        /// First such sheet.
        sheet: u32,
        /// Who.
        by: String,
        /// What.
        state: String,
        /// Whether the decision was the same.
        same: bool,
    },
    /// The number read off a sheet is not the one it was to take: something else lies in the tray.
    #[error("{}", other_serial(*sheet, printer, *taken, *read))]
    OtherSerial {
        /// Which sheet.
        sheet: u32,
        /// Where.
        printer: String,
        /// The number it was to take; `None` on stock without numbers.
        taken: Option<i64>,
        /// The number in the hand.
        read: i64,
    },
    /// The sheet is not where the decision takes it from.
    #[error("sheet {sheet} of {job} is {state}")]
    SheetStands {
        /// Which job.
        job: JobId,
        /// First such sheet.
        sheet: u32,
        /// Where it stands.
        state: SheetState,
        /// What was to be decided.
        verb: &'static str,
    },
    /// No sheet of the job is left that the decision would change.
    #[error("no sheet of {0} from there on was printed")]
    NothingToRestart(JobId),
    /// No such version of the final report.
    #[error("{job} has no final report of version {version}")]
    ReportNotFound {
        /// Which job.
        job: JobId,
        /// Which version.
        version: u32,
    },
    /// Facts changed since the work was chosen: hold, cancel, pause, another load, doubt. Choose again.
    #[error("the work may not go on now")]
    NotNow,
    /// Somebody else has set how the printer is put right since this was worked out.
    #[error("the alignment of printer {0} was changed meanwhile")]
    AlignedMeanwhile(PrinterId),
    /// A sheet that was to go elsewhere does not wait to be printed; `None` when fewer than two do.
    #[error("{}", not_waiting(job, *sheet))]
    NotWaiting {
        /// Which job.
        job: JobId,
        /// First such sheet.
        sheet: Option<u32>,
    },
    /// Another daemon, or a later run of this one, drives the printer by now. Nothing was changed.
    #[error("another spooler drives printer {0} by now")]
    LeaseLost(PrinterId),
    /// Somebody drives the printer and shows life.
    #[error("{spooler} drives printer {printer} and shows life")]
    HolderLives {
        /// Which.
        printer: PrinterId,
        /// Name of the daemon.
        spooler: String,
    },
    /// No daemon of that name ever ran on this database.
    #[error("no spooler {0} has run on this database")]
    SpoolerNotFound(String),
    /// A daemon of another data directory has the name.
    #[error("the spooler's name {0} is taken on this database by one with another data directory")]
    SpoolerNameTaken(String),
    /// What is about to be printed cannot be written into the journal beside the database. Nothing was printed.
    #[error("the journal beside the database cannot be written")]
    Journal(#[source] std::io::Error),
    /// The journal tells that what is about to be printed was printed: the database is an older one. Nothing was printed.
    #[error("the database is older than the paper: {0}")]
    OlderThanPaper(String),
    /// The attempt is not where its keeper left it. Nothing was changed.
    #[error("the attempt was changed by another hand")]
    Overtaken,
}

fn takes_two(kept: &Kept) -> String {
    let Kept {
        by,
        sheets,
        before,
        most,
        ..
    } = kept;
    let before = match before {
        0 => String::new(),
        before => format!(", after {before} within a day"),
    };
    format!(
        "{by} would leave {sheets} sheets out of what is good alone{before}; one person may leave out {most} within a day"
    )
}

fn not_waiting(job: &JobId, sheet: Option<u32>) -> String {
    match sheet {
        Some(sheet) => format!("sheet {sheet} of {job} does not wait to be printed"),
        None => format!("{job} has no two sheets that wait for another printer"),
    }
}

impl From<diesel::result::Error> for SpoolError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Store(error.into())
    }
}

impl From<crate::SealError> for SpoolError {
    fn from(error: crate::SealError) -> Self {
        Self::Store(error.into())
    }
}

fn other_serial(sheet: u32, printer: &str, taken: Option<i64>, read: i64) -> String {
    match taken {
        None => format!("sheet {sheet} has no serial number: its stock was loaded without"),
        Some(taken) => format!(
            "sheet {sheet} was to take number {taken}, not {read}, so every number in the tray may be another: if {read} is misread, say it again; else say the sheet is spoiled or lost, and load the stock anew by the number that lies on top: formfeed printer load-stock {printer} STOCK --sheets SHEETS --first-serial NUMBER"
        ),
    }
}
