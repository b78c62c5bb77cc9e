//! Opening the tables, and what a start finds unfinished in them.

use chrono::{DateTime, Utc};
use formfeed_domain::spool::{AttemptState, JobId, PrinterId};

use super::{Change, Lease, MIGRATIONS, SpoolerStore};
use crate::audit::Auditor;
use crate::keys::KeyPlace;
use crate::keys::opening::{self, Wanted};
use crate::spooler::SpoolError;
use crate::spooler::rows::{AttemptRow, count, job_id};
use crate::spooler::sealed_columns::SEALING;
use crate::{Database, DatabaseUrl, StoreError};

/// The attempts of one device job that has not ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenAttempts {
    /// Its job.
    pub job: JobId,
    /// Name of the attempts on the device.
    pub token: String,
    /// Name of the whole on the device.
    pub device_job: String,
    /// Where they stand.
    pub state: AttemptState,
    /// Their sheets, in order.
    pub sheets: Vec<u32>,
    /// What is known, as a JSON document; blank for nothing.
    pub evidence: String,
    /// Name of the daemon that made them, where it is known.
    pub spooler: Option<String>,
}

impl SpoolerStore {
    /// Opens the database for a run of the daemon, brings its tables up to date, and opens its keys, which are made with the
    /// first start only, and `spooler-audit.key`, that of the audit trail.
    ///
    /// # Errors
    /// See [`Database::open`]; [`StoreError::Seal`] when the keys are not those of the database.
    pub async fn open(
        url: &DatabaseUrl,
        place: &KeyPlace,
        instance: &str,
    ) -> Result<Self, StoreError> {
        let application = format!("formfeed-spooler-{instance}");
        // A daemon that stands still in the middle of a transaction gives way to who takes its printers over.
        let session = format!(
            "SET application_name TO '{application}'; SET idle_in_transaction_session_timeout TO '10s';"
        );
        let database = Database::open_with(url, MIGRATIONS, &session).await?;
        let wanted = Wanted {
            sealing: SEALING,
            place,
            digests: None,
        };
        let keyring = opening::open(&database, &wanted).await?;
        let audit_key = place.file("spooler-audit");
        let auditor = Auditor::open(&database, MIGRATIONS.service, &audit_key).await?;
        Ok(Self {
            keyring,
            master: place.source(MIGRATIONS.service),
            auditor,
            database,
            application,
            server: match url {
                DatabaseUrl::Postgres(url) => Some(url.clone()),
                DatabaseUrl::Sqlite(_) => None,
            },
        })
    }

    /// A sign of life of the database; see [`Database::ping`].
    ///
    /// # Errors
    /// As there.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.database.ping().await
    }

    /// What a start must do first on a printer: what was reserved is released, for no byte left; what was about to
    /// leave or had left falls in doubt. Doing it again changes nothing.
    ///
    /// # Errors
    /// Storage.
    pub async fn recover(&self, lease: &Lease, now: DateTime<Utc>) -> Result<(), SpoolError> {
        use AttemptState::{InDoubt, InFlight, Intent, Released, Reserved};
        for open in self.open_attempts(&lease.printer).await? {
            let to = match open.state {
                Reserved => Released,
                Intent | InFlight => InDoubt,
                _ => continue,
            };
            let change = Change {
                reason: Some("the spooler stopped while the sheet was at work".to_owned()),
                ..Change::new(open.state, to)
            };
            self.step(lease, &open.token, &change, now).await?;
        }
        Ok(())
    }

    /// The device jobs on a printer that have not ended, whatever their state.
    ///
    /// # Errors
    /// Storage.
    pub async fn open_attempts(
        &self,
        printer: &PrinterId,
    ) -> Result<Vec<OpenAttempts>, SpoolError> {
        const OPEN: [&str; 5] = [
            "reserved",
            "intent",
            "in_flight",
            "awaiting_confirmation",
            "in_doubt",
        ];
        let rows = on_read!(self.database, spooler, |c, q| {
            q::attempts::on_printer(c, printer.as_str(), &OPEN).await
        })?;
        Ok(grouped(rows)?)
    }
}

/// Attempts by device job and state.
pub(super) fn grouped(rows: Vec<AttemptRow>) -> Result<Vec<OpenAttempts>, StoreError> {
    let mut open: Vec<OpenAttempts> = Vec::new();
    for row in rows {
        add(&mut open, row)?;
    }
    Ok(open)
}

/// Sheets of one device job may stand differently once some of them were decided.
fn add(open: &mut Vec<OpenAttempts>, row: AttemptRow) -> Result<(), StoreError> {
    let state = row.state.parse().map_err(crate::spooler::rows::corrupt)?;
    let sheet = count(row.sheet)?;
    let same = open
        .iter_mut()
        .find(|it| it.token == row.token && it.state == state);
    match same {
        Some(same) => same.sheets.push(sheet),
        None => open.push(OpenAttempts {
            job: job_id(row.job_id)?,
            token: row.token,
            device_job: row.device_job,
            state,
            sheets: vec![sheet],
            evidence: row.evidence,
            spooler: row.spooler,
        }),
    }
    Ok(())
}
