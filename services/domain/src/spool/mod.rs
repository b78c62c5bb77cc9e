//! Sheet → job → device: the life of a job in facts, and everything that is derived from them.
//!
//! What is kept is small: a job's facts ([`Job`]), its sheets ([`PlannedSheet`]) and every try to put a sheet on paper
//! ([`Attempt`]). What a sheet and a job *are* follows from the tries ([`SheetState::of`], [`JobStanding::of`]), and so
//! does the [`JobReport`]: nothing is counted up.

mod access;
mod attempt;
mod decision;
mod delivery;
mod event;
mod ids;
mod job;
mod journal;
mod printer;
mod recipient_file;
mod report;
mod ruling;
mod serial;
mod shares;
mod sheet_state;
mod standing;
mod stock_ledger;
mod tally;

pub use access::{
    AccessChange, CertificateFingerprint, FingerprintError, PrinterAccess, PrinterLogin,
};
pub use attempt::{Attempt, AttemptState, IllegalStep, UnknownAttemptState};
pub use decision::{Outcome, SheetRange, SheetRangeError};
pub use delivery::{Delivery, NoPassword, NotTheirs, PasswordRule, UnknownDelivery};
pub use event::JobEvent;
pub use ids::{JobId, PrinterId, SpoolIdError};
pub use job::{
    Decision, Job, JobKind, JobSize, JobSpec, PRIORITIES, USUAL_PRIORITY, UnknownJobKind,
};
pub use journal::{
    JournalEntry, JournalIntent, JournalLine, JournalLoad, PrintedSince, SheetSpan, Tried,
    TriedSheet,
};
pub use printer::{EvidencePolicy, Printer, SetUp, StockLoad, UnknownEvidence};
pub use recipient_file::{RecipientFile, RecipientGrouping, shown_account};
pub use report::{Finality, JobReport, ReportError};
pub use ruling::Ruling;
pub use serial::{SerialRange, SerialRangeError};
pub use shares::{Share, Shares};
pub use sheet_state::{PlannedSheet, Sheet, SheetState};
pub use standing::{JobStanding, JobState, Situation};
pub use stock_ledger::{
    LedgerError, LoadEntry, LoadLedger, SerialClass, SerialRun, StockClass, StockCounts,
    StockLedger, StockTotal,
};
pub use tally::{Sums, Tally};
