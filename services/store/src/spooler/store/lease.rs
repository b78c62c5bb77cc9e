//! Who drives which printer: leases with an epoch, kept by daemons that show life.
//!
//! Time moves no lease. A daemon has the printers in its name from its start on; another gets one by a person's word only.
//! What changes an attempt first holds the lease, in the same transaction: an old holder changes nothing.

use std::time::Duration;

use chrono::{DateTime, Utc};
use formfeed_domain::spool::{AttemptState, PrinterId};

use super::life::take_step;
use super::printers::{decision, load_printer};
use super::{Act, Change, SpoolerStore};
use crate::StoreError;
use crate::audit::Details;
use crate::spooler::SpoolError;
use crate::spooler::rows::{LeaseRow, TenureRow, corrupt, printer_id};

/// What a daemon is on its database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Its name, the same after a restart.
    pub name: String,
    /// Id of its data directory: two directories never share a name.
    pub home: String,
    /// Its present run.
    pub instance: String,
    /// How long it counts as alive after a sign of life.
    pub life: Duration,
}

/// A printer's lease as its holder has it: valid until there is a greater epoch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// The printer.
    pub printer: PrinterId,
    /// Name of the holder.
    pub spooler: String,
    /// Run of the holder.
    pub instance: String,
    /// Grows by one with every holder and run.
    pub epoch: i64,
}

/// A printer's present holder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenure {
    /// Name of the daemon.
    pub spooler: String,
    /// Its run; blank until it took the printer up.
    pub instance: String,
    /// The epoch.
    pub epoch: i64,
    /// Since when, by the database's clock.
    pub since: DateTime<Utc>,
    /// Who brought it about.
    pub by: String,
    /// Why.
    pub reason: String,
    /// Where the daemon answers.
    pub address: String,
    /// Its last sign of life, by the database's clock; `None` when it stopped in good order.
    pub seen_at: Option<DateTime<Utc>>,
    /// Whether that is recent enough, by the database's clock.
    pub shows_life: bool,
    /// What it last told of the device, as it wrote it; blank for nothing.
    pub condition: String,
}

/// An epoch of a printer's lease.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeaseChange {
    /// The epoch.
    pub epoch: i64,
    /// Who held it.
    pub spooler: String,
    /// Who brought it about.
    pub by: String,
    /// Why.
    pub reason: String,
    /// Since when, by the database's clock.
    pub since: DateTime<Utc>,
}

/// Refuses what an old holder asks. Within a writing transaction, before it takes the row of a job: all who need both
/// take them in this order.
macro_rules! held {
    ($c:ident, $q:ident, $lease:expr) => {{
        let lease: &crate::spooler::Lease = $lease;
        let by = (lease.spooler.as_str(), lease.instance.as_str(), lease.epoch);
        if !$q::leases::hold(&mut *$c, lease.printer.as_str(), by).await? {
            return Err(SpoolError::LeaseLost(lease.printer.clone()));
        }
    }};
}

/// Gives a printer its first holder, or a new one in a new epoch; the daemon takes it up when it next shows life, where
/// `instance` is blank.
macro_rules! assign {
    ($c:ident, $q:ident, $printer:expr, $holder:expr, $why:expr) => {{
        let (printer, holder, why): (&str, (&str, &str), (&str, &str)) = ($printer, $holder, $why);
        if $q::spoolers::home(&mut *$c, holder.0).await?.is_none() {
            return Err(SpoolError::SpoolerNotFound(holder.0.to_owned()));
        }
        if let Some(row) = $q::leases::find(&mut *$c, printer).await? {
            let next = (holder.0, holder.1, row.epoch);
            $q::leases::pass_on(&mut *$c, printer, next, why).await?;
        } else {
            $q::leases::begin(&mut *$c, printer, holder, why).await?;
        }
    }};
}

pub(super) use {assign, held};

/// Who takes up what is a daemon's own.
const BY_ITSELF: &str = "spooler";

impl SpoolerStore {
    /// Notes a daemon that starts; its run is the daemon's present one from now on, and an earlier run does nothing more.
    ///
    /// # Errors
    /// [`SpoolError::SpoolerNameTaken`].
    pub async fn enroll(&self, me: &Identity, address: &str) -> Result<(), SpoolError> {
        let life_ms = i32::try_from(me.life.as_millis()).map_err(corrupt)?;
        let check = self.keyring.check();
        on_write!(self.database, spooler, |c, q| {
            let before = q::spoolers::home(c, &me.name).await?;
            if before.is_some_and(|home| home != me.home) {
                return Err(SpoolError::SpoolerNameTaken(me.name.clone()));
            }
            let names = (me.name.as_str(), me.home.as_str(), me.instance.as_str());
            q::spoolers::enroll(c, names, (address, check, life_ms)).await?;
            Ok(())
        })
    }

    /// Takes the printers in the daemon's name, and those that nobody holds, each in a new epoch: the first thing a run does.
    ///
    /// # Errors
    /// Storage.
    pub async fn take_own(&self, me: &Identity) -> Result<Vec<Lease>, SpoolError> {
        self.take_up(me, |_| true, "it started").await
    }

    /// Shows life, takes up printers that were given to the daemon meanwhile and those that nobody holds, and answers all
    /// that it drives: none once a later run of it has started.
    ///
    /// # Errors
    /// Storage.
    pub async fn show_life(&self, me: &Identity) -> Result<Vec<Lease>, SpoolError> {
        let lives = on_write!(self.database, spooler, |c, q| {
            Ok::<_, SpoolError>(q::spoolers::beat(c, &me.name, &me.instance).await?)
        })?;
        match lives {
            true => {
                self.take_up(me, |row| row.instance.is_empty(), "it was added")
                    .await
            }
            false => Ok(Vec::new()),
        }
    }

    /// Notes that the daemon stopped in good order.
    ///
    /// # Errors
    /// Storage.
    pub async fn retire(&self, me: &Identity) -> Result<(), SpoolError> {
        on_write!(self.database, spooler, |c, q| {
            q::spoolers::retire(c, &me.name, &me.instance).await?;
            Ok(())
        })
    }

    async fn take_up(
        &self,
        me: &Identity,
        wanted: impl Fn(&LeaseRow) -> bool,
        why: &str,
    ) -> Result<Vec<Lease>, SpoolError> {
        let (name, instance) = (me.name.as_str(), me.instance.as_str());
        let (rows, unheld) = on_reads!(self.database, spooler, |c, q| {
            let rows = q::leases::of_spooler(c, name).await?;
            Ok::<_, SpoolError>((rows, q::leases::unheld(c).await?))
        })?;
        let (own, others): (Vec<_>, Vec<_>) = rows
            .into_iter()
            .partition(|row| row.instance == me.instance);
        let others: Vec<_> = others.into_iter().filter(|row| wanted(row)).collect();
        let mut leases: Vec<Lease> = Vec::with_capacity(own.len());
        for row in own {
            leases.push(lease(me, row.printer_id, row.epoch)?);
        }
        if others.is_empty() && unheld.is_empty() {
            return Ok(leases);
        }
        let taken: Vec<(String, i64)> = on_write!(self.database, spooler, |c, q| {
            let (mut taken, why) = (Vec::new(), (BY_ITSELF, why));
            for row in &others {
                let next = (name, instance, row.epoch);
                if q::leases::pass_on(c, &row.printer_id, next, why).await? {
                    taken.push((row.printer_id.clone(), row.epoch + 1));
                }
            }
            for printer in &unheld {
                if q::leases::begin(c, printer, (name, instance), why).await? {
                    taken.push((printer.clone(), 1));
                }
            }
            Ok::<_, SpoolError>(taken)
        })?;
        for (printer, epoch) in taken {
            leases.push(lease(me, printer, epoch)?);
        }
        Ok(leases)
    }

    /// Whether a lease is still in force at this moment.
    ///
    /// # Errors
    /// [`SpoolError::LeaseLost`] when it is not.
    pub async fn in_force(&self, lease: &Lease) -> Result<(), SpoolError> {
        let row = on_reads!(self.database, spooler, |c, q| {
            q::leases::find(c, lease.printer.as_str()).await
        })?;
        let same = |row: LeaseRow| {
            (row.spooler, row.instance, row.epoch)
                == (lease.spooler.clone(), lease.instance.clone(), lease.epoch)
        };
        match row.is_some_and(same) {
            true => Ok(()),
            false => Err(SpoolError::LeaseLost(lease.printer.clone())),
        }
    }

    /// Gives a printer to this daemon by a person's word. What its holder had reserved is released; what was about to
    /// leave or had left is in doubt, which a person settles. Taking what one has changes nothing.
    ///
    /// # Errors
    /// [`SpoolError::HolderLives`] while the holder shows life, unless `although_holder_lives`.
    pub async fn take_over(
        &self,
        id: &PrinterId,
        me: &Identity,
        although_holder_lives: bool,
        act: &Act,
    ) -> Result<(), SpoolError> {
        use AttemptState::{InDoubt, InFlight, Intent, Released, Reserved};
        let printer = id.as_str();
        on_write!(self.database, spooler, |c, q| {
            let _printer = load_printer!(c, q, id);
            let why = (act.by.as_str(), act.reason.as_str());
            let Some(row) = q::leases::tenure(c, printer).await? else {
                q::leases::begin(c, printer, (&me.name, &me.instance), why).await?;
                let details = Details::new().word("to", &me.name);
                self.note_act(
                    c,
                    "printer.take-over",
                    format!("printers/{id}"),
                    act,
                    details,
                )
                .await?;
                return Ok(());
            };
            let holder = tenure(row);
            if (&holder.spooler, &holder.instance) == (&me.name, &me.instance) {
                return Ok(());
            }
            if holder.shows_life && !although_holder_lives {
                return Err(SpoolError::HolderLives {
                    printer: id.clone(),
                    spooler: holder.spooler,
                });
            }
            let next = (me.name.as_str(), me.instance.as_str(), holder.epoch);
            if !q::leases::pass_on(c, printer, next, why).await? {
                return Err(SpoolError::Overtaken);
            }
            q::decisions::insert(c, vec![decision(id, "take_over", act)]).await?;
            let live = ["reserved", "intent", "in_flight"];
            let mut tokens: Vec<(String, AttemptState)> = Vec::new();
            for attempt in q::attempts::on_printer(c, printer, &live).await? {
                let found = (attempt.token, attempt.state.parse().map_err(corrupt)?);
                if !tokens.contains(&found) {
                    tokens.push(found);
                }
            }
            for (token, from) in tokens {
                let to = match from {
                    Reserved => Released,
                    Intent | InFlight => InDoubt,
                    _ => continue,
                };
                let change = Change {
                    reason: Some(format!(
                        "{printer} was taken over from {} by {}: {}",
                        holder.spooler, act.by, act.reason
                    )),
                    ..Change::new(from, to)
                };
                take_step!(c, q, &token, &change, act.at);
            }
            let details = Details::new()
                .word("from", &holder.spooler)
                .word("to", &me.name);
            self.note_act(
                c,
                "printer.take-over",
                format!("printers/{id}"),
                act,
                details,
            )
            .await?;
            Ok(())
        })
    }

    /// Keeps what the holder tells of a device, while it holds it.
    ///
    /// # Errors
    /// Storage.
    pub async fn note_condition(&self, lease: &Lease, condition: &str) -> Result<(), SpoolError> {
        on_write!(self.database, spooler, |c, q| {
            let printer = lease.printer.as_str();
            q::leases::set_condition(c, printer, lease.epoch, condition).await?;
            Ok(())
        })
    }

    /// Who held a printer, the newest first; only before an epoch, where one is named.
    ///
    /// # Errors
    /// [`SpoolError::PrinterNotFound`].
    pub async fn lease_changes(
        &self,
        id: &PrinterId,
        before: Option<i64>,
        limit: usize,
    ) -> Result<Vec<LeaseChange>, SpoolError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = on_reads!(self.database, spooler, |c, q| {
            let _printer = load_printer!(c, q, id);
            let before = before.unwrap_or(i64::MAX);
            Ok::<_, SpoolError>(q::leases::changes_before(c, id.as_str(), before, limit).await?)
        })?;
        let changes = rows.into_iter().map(|row| LeaseChange {
            epoch: row.epoch,
            spooler: row.spooler,
            by: row.changed_by,
            reason: row.reason,
            since: row.since.and_utc(),
        });
        Ok(changes.collect())
    }
}

fn lease(me: &Identity, printer: String, epoch: i64) -> Result<Lease, StoreError> {
    Ok(Lease {
        printer: printer_id(printer)?,
        spooler: me.name.clone(),
        instance: me.instance.clone(),
        epoch,
    })
}

/// Alive is who gave a sign within its own limit, in the run that holds the printer or may take it up. A clock that went
/// back makes nobody look dead.
pub(super) fn tenure(row: TenureRow) -> Tenure {
    let recent = row
        .seen_at
        .is_some_and(|seen| (row.now - seen).num_milliseconds() < i64::from(row.life_ms));
    let present = row.instance.is_empty() || row.instance == row.running;
    Tenure {
        shows_life: recent && present,
        spooler: row.spooler,
        instance: row.instance,
        epoch: row.epoch,
        since: row.since.and_utc(),
        by: row.changed_by,
        reason: row.reason,
        address: row.address,
        seen_at: row.seen_at.map(|seen| seen.and_utc()),
        condition: row.condition,
    }
}
