//! Printers and the stock in them.

use formfeed_domain::spool::{EvidencePolicy, JobId, Printer, PrinterAccess, PrinterId};

use super::access::new_row;
use super::lease::{assign, tenure};
use super::stock::{numbers, numbers_taken};
use super::{Act, NewLoad, SpoolerStore, Tenure};
use crate::StoreError;
use crate::audit::Details;
use crate::spooler::SpoolError;
use crate::spooler::rows::{
    DecisionRow, LoadRow, PrinterRow, corrupt, job_id, printer_id, small, stored,
};

/// A printer to be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPrinter {
    /// Its name.
    pub id: PrinterId,
    /// The device.
    pub uri: String,
    /// Dialect of an impact printer.
    pub dialect: Option<String>,
    /// Evidence policy; `None` leaves it to device and stock.
    pub evidence: Option<EvidencePolicy>,
    /// Stock in it from the start, and sheets of it.
    pub stock: Option<(String, Option<u32>)>,
    /// Name of the daemon that drives it, and its run; blank for one that is to take it up by itself.
    pub holder: (String, String),
    /// How it is reached beyond its URI.
    pub access: PrinterAccess,
    /// Makes a retry safe.
    pub request_id: String,
    /// Content of the request but for the password, to tell a retry from a reuse.
    pub fingerprint: String,
}

/// A printer with what its attempts say about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrinterStatus {
    /// The facts.
    pub printer: Printer,
    /// Sheets in doubt on it: while there is one, nothing is sent.
    pub in_doubt: u32,
    /// Who drives it; `None` while nobody took it up.
    pub lease: Option<Tenure>,
}

/// What a printer has to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrinterLine {
    /// Jobs that have not ended.
    pub open_jobs: u32,
    /// The job whose sheet is at work.
    pub at_work: Option<JobId>,
}

const UNDER_WAY: [&str; 3] = ["reserved", "intent", "in_flight"];
const AT_STAKE: [&str; 5] = [
    "reserved",
    "intent",
    "in_flight",
    "awaiting_confirmation",
    "in_doubt",
];

/// The printer with its load, or an error when there is none in use.
macro_rules! load_printer {
    ($c:ident, $q:ident, $id:expr) => {{
        let id: &formfeed_domain::spool::PrinterId = $id;
        let row = $q::printers::find(&mut *$c, id.as_str()).await?;
        let row = row
            .filter(|row| row.removed_at.is_none())
            .ok_or_else(|| SpoolError::PrinterNotFound(id.clone()))?;
        let load = match $q::stock_loads::current(&mut *$c, id.as_str()).await? {
            None => None,
            Some(load) => {
                let taken = $q::stock_taken::of_load(&mut *$c, &load.load_id).await?;
                let counts = crate::spooler::store::stock::counts(&taken)?;
                Some(load.domain(counts)?)
            }
        };
        row.domain(load)?
    }};
}

impl SpoolerStore {
    /// Adds a printer, or answers the one that this request added before.
    ///
    /// # Errors
    /// [`SpoolError::RequestIdReused`], [`SpoolError::PrinterExists`], [`SpoolError::SpoolerNotFound`].
    pub async fn create_printer(&self, new: &NewPrinter, act: &Act) -> Result<Printer, SpoolError> {
        let keyring = &self.keyring;
        on_write!(self.database, spooler, |c, q| {
            if let Some(row) = q::printers::of_request(c, &new.request_id).await? {
                let same = row.fingerprint == new.fingerprint && row.removed_at.is_none();
                return match same {
                    true => Ok(load_printer!(c, q, &printer_id(row.printer_id)?)),
                    false => Err(SpoolError::RequestIdReused(new.request_id.clone())),
                };
            }
            match q::printers::find(c, new.id.as_str()).await? {
                None => q::printers::insert(c, printer_row(new, act)).await?,
                Some(old) if old.removed_at.is_some() => {
                    q::printers::replace_removed(c, printer_row(new, act)).await?;
                }
                Some(_) => return Err(SpoolError::PrinterExists(new.id.clone())),
            }
            q::printer_marks::remove(c, new.id.as_str()).await?;
            match new_row(keyring, &new.id, &new.access)? {
                Some(row) => q::printer_access::replace(c, row).await?,
                None => q::printer_access::remove(c, new.id.as_str()).await?,
            }
            if let Some((stock, sheets)) = &new.stock {
                let load = NewLoad {
                    stock: stock.clone(),
                    sheets: *sheets,
                    serials: None,
                };
                let before = q::stock_loads::current(c, new.id.as_str()).await?;
                q::stock_loads::insert(c, load_row(&new.id, &load, act, before)?).await?;
            }
            let holder = (new.holder.0.as_str(), new.holder.1.as_str());
            let why = (act.by.as_str(), "the printer was added");
            assign!(c, q, new.id.as_str(), holder, why);
            q::decisions::insert(c, vec![decision(&new.id, "create", act)]).await?;
            let subject = format!("printers/{}", new.id);
            let details = Details::new().word("uri", &new.uri);
            self.note_act(c, "printer.create", subject, act, details)
                .await?;
            Ok(load_printer!(c, q, &new.id))
        })
    }

    /// One printer.
    ///
    /// # Errors
    /// [`SpoolError::PrinterNotFound`].
    pub async fn printer(&self, id: &PrinterId) -> Result<Printer, SpoolError> {
        on_reads!(self.database, spooler, |c, q| Ok(load_printer!(c, q, id)))
    }

    /// One printer with what its attempts say.
    ///
    /// # Errors
    /// [`SpoolError::PrinterNotFound`].
    pub async fn printer_status(&self, id: &PrinterId) -> Result<PrinterStatus, SpoolError> {
        on_reads!(self.database, spooler, |c, q| {
            let printer = load_printer!(c, q, id);
            let in_doubt = q::attempts::count_on_printer(c, id.as_str(), "in_doubt").await?;
            Ok(PrinterStatus {
                printer,
                in_doubt: u32::try_from(in_doubt).map_err(corrupt)?,
                lease: q::leases::tenure(c, id.as_str()).await?.map(tenure),
            })
        })
    }

    /// What a printer has to do. Its open jobs are counted, which takes the longer the more there are.
    ///
    /// # Errors
    /// Storage.
    pub async fn printer_line(&self, id: &PrinterId) -> Result<PrinterLine, SpoolError> {
        on_reads!(self.database, spooler, |c, q| {
            let open_jobs = q::jobs::count_open(c, id.as_str()).await?
                + q::job_shares::count_open(c, id.as_str()).await?;
            let at_work = q::attempts::job_on_printer(c, id.as_str(), &UNDER_WAY).await?;
            let at_work = at_work.map(job_id);
            Ok(PrinterLine {
                open_jobs: u32::try_from(open_jobs).map_err(corrupt)?,
                at_work: at_work.transpose()?,
            })
        })
    }

    /// Names of printers in use after one, by name.
    ///
    /// # Errors
    /// Storage.
    pub async fn printers_after(
        &self,
        after: &str,
        limit: usize,
    ) -> Result<Vec<PrinterId>, SpoolError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = on_read!(self.database, spooler, |c, q| {
            q::printers::page_after(c, after, limit).await
        })?;
        let ids = rows.into_iter().map(|row| printer_id(row.printer_id));
        Ok(ids.collect::<Result<_, StoreError>>()?)
    }

    /// Notes which stock is loaded, how many sheets of it, and their serial numbers. Numbers that were taken out of a printer
    /// unused may be put in again, anywhere.
    ///
    /// # Errors
    /// [`SpoolError::PrinterNotFound`]; [`SpoolError::SerialTaken`] when a number is in a printer, or was used.
    pub async fn load_stock(
        &self,
        id: &PrinterId,
        new: &NewLoad,
        act: &Act,
    ) -> Result<(), SpoolError> {
        on_write!(self.database, spooler, |c, q| {
            if new.serials.is_some() {
                q::printers::lock_numbers(c).await?;
            }
            let _printer = load_printer!(c, q, id);
            q::printers::touch(c, id.as_str(), stored(act.at)).await?;
            if let Some(range) = new.serials
                && let Some(taken) = numbers_taken!(c, q, &new.stock, range)
            {
                return Err(taken);
            }
            let before = q::stock_loads::current(c, id.as_str()).await?;
            q::stock_loads::insert(c, load_row(id, new, act, before)?).await?;
            q::decisions::insert(c, vec![decision(id, "load_stock", act)]).await?;
            let details = Details::new().word("stock", &new.stock).word(
                "sheets",
                new.sheets
                    .map_or_else(String::new, |sheets| sheets.to_string()),
            );
            self.note_act(
                c,
                "printer.load-stock",
                format!("printers/{id}"),
                act,
                details,
            )
            .await?;
            Ok::<_, SpoolError>(())
        })
    }

    /// Pauses a printer; the sheet at work is finished.
    ///
    /// # Errors
    /// [`SpoolError::PrinterNotFound`].
    pub async fn pause(&self, id: &PrinterId, act: &Act) -> Result<(), SpoolError> {
        on_write!(self.database, spooler, |c, q| {
            let _printer = load_printer!(c, q, id);
            let reason = Some(act.reason.as_str());
            q::printers::set_paused(c, id.as_str(), reason, stored(act.at)).await?;
            q::decisions::insert(c, vec![decision(id, "pause", act)]).await?;
            self.note_act(
                c,
                "printer.pause",
                format!("printers/{id}"),
                act,
                Details::new(),
            )
            .await?;
            Ok::<_, SpoolError>(())
        })
    }

    /// Lets a paused printer go on.
    ///
    /// # Errors
    /// [`SpoolError::PrinterInDoubt`] while a sheet on it is in doubt.
    pub async fn resume(&self, id: &PrinterId, act: &Act) -> Result<(), SpoolError> {
        on_write!(self.database, spooler, |c, q| {
            let _printer = load_printer!(c, q, id);
            let sheets = q::attempts::count_on_printer(c, id.as_str(), "in_doubt").await?;
            if sheets > 0 {
                let printer = id.clone();
                return Err(SpoolError::PrinterInDoubt { printer, sheets });
            }
            q::printers::set_paused(c, id.as_str(), None, stored(act.at)).await?;
            q::decisions::insert(c, vec![decision(id, "resume", act)]).await?;
            self.note_act(
                c,
                "printer.resume",
                format!("printers/{id}"),
                act,
                Details::new(),
            )
            .await?;
            Ok(())
        })
    }

    /// Takes a printer out of use; its history stays.
    ///
    /// # Errors
    /// [`SpoolError::PrinterInUse`] while a job for it is open, [`SpoolError::PrinterHolds`] while a sheet on it is not
    /// settled.
    pub async fn remove_printer(&self, id: &PrinterId, act: &Act) -> Result<(), SpoolError> {
        on_write!(self.database, spooler, |c, q| {
            let _printer = load_printer!(c, q, id);
            q::printers::touch(c, id.as_str(), stored(act.at)).await?;
            let jobs = q::jobs::count_open(c, id.as_str()).await?
                + q::job_shares::count_open(c, id.as_str()).await?;
            if jobs > 0 {
                let printer = id.clone();
                return Err(SpoolError::PrinterInUse { printer, jobs });
            }
            let mut sheets = 0;
            for state in AT_STAKE {
                sheets += q::attempts::count_on_printer(c, id.as_str(), state).await?;
            }
            if sheets > 0 {
                let printer = id.clone();
                return Err(SpoolError::PrinterHolds { printer, sheets });
            }
            q::printers::remove(c, id.as_str(), stored(act.at)).await?;
            q::printer_access::remove(c, id.as_str()).await?;
            q::decisions::insert(c, vec![decision(id, "remove", act)]).await?;
            self.note_act(
                c,
                "printer.delete",
                format!("printers/{id}"),
                act,
                Details::new(),
            )
            .await?;
            Ok(())
        })
    }
}

fn printer_row(new: &NewPrinter, act: &Act) -> PrinterRow {
    PrinterRow {
        printer_id: new.id.as_str().to_owned(),
        uri: new.uri.clone(),
        dialect: new.dialect.clone(),
        evidence: new.evidence.map(|policy| policy.as_str().to_owned()),
        paused: None,
        request_id: new.request_id.clone(),
        fingerprint: new.fingerprint.clone(),
        removed_at: None,
        created_at: stored(act.at),
        updated_at: stored(act.at),
        version: 1,
        changes: 1,
        changed_by: act.by.clone(),
        approved_by: None,
    }
}

/// The key is greater than that of the load before, also where the clock of the daemon that made that one was ahead.
fn load_row(
    printer: &PrinterId,
    new: &NewLoad,
    act: &Act,
    before: Option<LoadRow>,
) -> Result<LoadRow, StoreError> {
    let load_id = match before.filter(|before| before.load_id >= act.id) {
        Some(before) => before.load_id + "0",
        None => act.id.clone(),
    };
    let serials = new.serials.map(numbers).transpose()?;
    Ok(LoadRow {
        load_id,
        printer_id: printer.as_str().to_owned(),
        stock: new.stock.clone(),
        sheets: new.sheets.map(small).transpose()?,
        loaded_by: act.by.clone(),
        loaded_at: stored(act.at),
        first_serial: serials.map(|(first, _)| first),
    })
}

pub(super) fn decision(printer: &PrinterId, verb: &str, act: &Act) -> DecisionRow {
    DecisionRow {
        decision_id: act.id.clone(),
        verb: verb.to_owned(),
        job_id: None,
        sheet: None,
        attempt: None,
        printer_id: Some(printer.as_str().to_owned()),
        decided_by: act.by.clone(),
        reason: act.reason.clone(),
        decided_at: stored(act.at),
        proposed_by: None,
        wastes: false,
    }
}

pub(super) use load_printer;
