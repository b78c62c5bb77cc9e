//! Another master key around the data keys of services, whether they work or not.

use chrono::{NaiveDateTime, Utc};

use super::data_key::{DataKey, DataKeyRow};
use super::master::MasterKey;
use super::{KeyPlace, MasterSource, opening};
use crate::audit::{Auditor, Details};
use crate::database::Migrations;
use crate::spooler::MIGRATIONS as SPOOLER;
use crate::vendor::VendorStore;
use crate::{Database, DatabaseUrl, SealError, StoreError, checkup};

/// A service that seals, and where its keys are.
#[derive(Debug, Clone)]
pub struct Holder {
    /// Name of the service: `vendor` or `spooler`.
    pub service: String,
    /// Its database.
    pub url: DatabaseUrl,
    /// Where its keys are as yet.
    pub place: KeyPlace,
}

/// What was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// Data keys that were wrapped by another master key before.
    pub data_keys: usize,
    /// Tells the new master key from others: 16 hexadecimal digits.
    pub check: String,
}

/// Why it was not, or not everywhere.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ChangeError {
    /// The new master key cannot be had. Nothing was changed.
    #[error("the new master key cannot be used")]
    New(#[source] SealError),
    /// The keys of a service do not open. Nothing was changed.
    #[error("the keys of the {0} service do not open; nothing was changed")]
    Before(String, #[source] StoreError),
    /// A database failed in the middle: the same command goes on where it stopped.
    #[error(
        "the {service} service's keys were not changed, and those of {changed} were: run the same command again"
    )]
    HalfWay {
        /// The service that failed.
        service: String,
        /// The services that were changed, or `no other`.
        changed: String,
        /// Why.
        #[source]
        source: StoreError,
    },
}

/// A database whose keys all open, by the old master key or the new one.
struct Proved {
    service: &'static str,
    database: Database,
    auditor: Auditor,
    /// None where everything is wrapped by the new one already.
    from: Option<MasterKey>,
}

/// Wraps the data keys of services by another master key. Keys that are wrapped by it already stay as they are. A service at
/// work knows its data keys already, and needs the new master key at its next start.
///
/// # Errors
/// [`ChangeError`]; before everything opens nothing is changed.
pub async fn change_master(
    holders: &[Holder],
    to: &MasterSource,
    reason: &str,
) -> Result<Changed, ChangeError> {
    let to = to.read_to_wrap().await.map_err(ChangeError::New)?;
    let mut all = Vec::new();
    for holder in holders {
        let failed = |error| ChangeError::Before(holder.service.clone(), error);
        all.push(proved(holder, &to).await.map_err(failed)?);
    }
    let (mut data_keys, mut changed) = (0, Vec::new());
    for one in &all {
        match one.change(&to, reason).await {
            Ok(keys) => data_keys += keys,
            Err(source) => {
                return Err(ChangeError::HalfWay {
                    service: one.service.to_owned(),
                    changed: match changed.is_empty() {
                        true => "no other".to_owned(),
                        false => changed.join(", "),
                    },
                    source,
                });
            }
        }
        changed.push(one.service);
    }
    Ok(Changed {
        data_keys,
        check: to.check,
    })
}

/// Tells the master key that a database wants from others; none before its keys were made. Nothing is changed.
pub async fn wanted_master(service: &str, url: &DatabaseUrl) -> Option<String> {
    let keys = checkup::data_keys(service, url).await;
    keys.last().map(|row| row.master_check.clone())
}

async fn proved(holder: &Holder, to: &MasterKey) -> Result<Proved, StoreError> {
    let migrations: Migrations = match holder.service.as_str() {
        "vendor" => VendorStore::MIGRATIONS,
        _ => SPOOLER,
    };
    if wanted_master(&holder.service, &holder.url).await.is_none() {
        return Err(StoreError::Open(
            "there are no data keys in its database yet: start the service once with this version"
                .to_owned(),
        ));
    }
    let service = migrations.service;
    let database = Database::open(&holder.url, migrations).await?;
    let audit_key = holder.place.file(&format!("{service}-audit"));
    let auditor = Auditor::open(&database, service, &audit_key).await?;
    let rows = opening::rows(&database).await?;
    let old = rows.iter().any(|row| row.master_check != to.check);
    let from = match old {
        true => Some(holder.place.source(service).read().await?),
        false => None,
    };
    for row in &rows {
        unwrapped(service, row, from.as_ref(), to)?;
    }
    Ok(Proved {
        service,
        database,
        auditor,
        from,
    })
}

fn unwrapped(
    service: &str,
    row: &DataKeyRow,
    from: Option<&MasterKey>,
    to: &MasterKey,
) -> Result<DataKey, SealError> {
    let old = from.filter(|_| row.master_check != to.check);
    row.unwrap_with(service, old.unwrap_or(to))
}

impl Proved {
    async fn change(&self, to: &MasterKey, reason: &str) -> Result<usize, StoreError> {
        let now: NaiveDateTime = Utc::now().naive_utc();
        let (service, from) = (self.service, self.from.as_ref());
        let details = Details::new()
            .word("from", from.map_or("", |from| from.check.as_str()))
            .word("to", &to.check)
            .word("by", "formfeed keys change-master")
            .text("reason", reason);
        on_write!(self.database, keys, |c, q| {
            let rows = q::locked(c).await?;
            let old: Vec<_> = rows
                .iter()
                .filter(|row| row.master_check != to.check)
                .collect();
            for row in &old {
                let key = unwrapped(service, row, from, to)?;
                q::rewrap(c, &key.wrap(service, to, now)?).await?;
            }
            if !old.is_empty() {
                let details = details.clone();
                self.auditor
                    .note(c, "key.change_master", "keys", details)
                    .await?;
            }
            Ok::<_, StoreError>(old.len())
        })
    }
}
