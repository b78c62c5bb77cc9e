//! What the vendor service asks of storage, one file per resource.

mod accounts;
mod addresses;
mod b_notices;
mod box_definitions;
mod cash_accounts;
mod counts;
mod imports;
mod keys;
mod organizations;
mod payers;
mod publication;
mod relate_to_codes;
mod requests;
mod reveal;
mod staged;
mod tins;
mod transmitters;
mod twins;
mod vendors;
mod withholding_configurations;
mod withholding_orders;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use diesel_migrations::{EmbeddedMigrations, embed_migrations};
use formfeed_domain::relate_to;

use super::rows::{ImportedRow as _, RelateToRow, instant};
use crate::audit::{Audited, Auditor, Trail};
use crate::database::Migrations;
use crate::keys::opening::{self, Wanted};
use crate::keys::{KeyPlace, Keyed, Keys, MasterSource};
use crate::vendor::sealed_columns::SEALING;
use crate::{Database, DatabaseUrl, Keyring, StoreError};

pub use counts::FileCounts;
pub use imports::Begun;
pub use requests::CreateRequest;
pub use reveal::{Find, Reveal};
pub use staged::{ExtractRecord, StagedRecord};
pub use tins::OpenedTin;
pub use twins::Twin;
pub use vendors::{VendorFilter, VersionRef};

const SQLITE: EmbeddedMigrations = embed_migrations!("../../migrations/vendor/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("../../migrations/vendor/postgres");

/// Rows read or written by one query: well below SQLite's limit of 32,766 bound values for the widest table.
pub(crate) const PAGE: i64 = 500;

/// The vendor service's tables, and the key that seals its secrets.
pub struct VendorStore {
    database: Database,
    keyring: Arc<Keyring>,
    master: MasterSource,
    auditor: Auditor,
}

impl VendorStore {
    /// The vendor service's migrations.
    pub const MIGRATIONS: Migrations = Migrations {
        service: "vendor",
        sqlite: SQLITE,
        postgres: POSTGRES,
    };

    /// Opens the database, brings its tables up to date, adds default Relate To codes that are missing, and opens its keys
    /// and `vendor-audit.key`, that of the audit trail. Keys are made only while nothing is sealed, digested or written
    /// with them. TINs that an older program has sealed get their digests now, once.
    ///
    /// # Errors
    /// See [`Database::open`]; [`StoreError::Seal`] when the keys are not those of the database.
    pub async fn open(
        url: &DatabaseUrl,
        place: &KeyPlace,
        now: DateTime<Utc>,
    ) -> Result<Self, StoreError> {
        let database = Database::open(url, Self::MIGRATIONS).await?;
        let digests = on_read!(database, vendor, |c, q| q::tin_digests::exist(c).await?);
        let wanted = Wanted {
            sealing: SEALING,
            place,
            digests: Some(digests),
        };
        let keyring = Arc::new(opening::open(&database, &wanted).await?);
        let auditor = Auditor::open(&database, "vendor", &place.file("vendor-audit")).await?;
        let store = Self {
            database,
            keyring,
            master: place.source("vendor"),
            auditor,
        };
        store.prove_digests().await?;
        store.add_default_relate_to_codes(now).await?;
        store.add_missing_digests().await?;
        Ok(store)
    }

    /// A sign of life of the database; see [`Database::ping`].
    ///
    /// # Errors
    /// As there.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.database.ping().await
    }

    async fn add_default_relate_to_codes(&self, now: DateTime<Utc>) -> Result<(), StoreError> {
        let row = |code| {
            let mut row = RelateToRow::from(code);
            row.succeed(None, instant(now));
            row
        };
        let rows: Vec<_> = relate_to::defaults().iter().map(row).collect();
        on_write!(self.database, vendor, |c, q| {
            q::relate_to_codes::insert_missing(c, &rows).await
        })
    }
}

impl Audited for VendorStore {
    fn trail(&self) -> Trail<'_> {
        Trail::new(&self.database, &self.auditor)
    }
}

impl Keyed for VendorStore {
    fn keys(&self) -> Keys<'_> {
        Keys {
            sealing: SEALING,
            database: &self.database,
            auditor: &self.auditor,
            keyring: &self.keyring,
            master: &self.master,
        }
    }
}

/// A text to look for as a pattern of LIKE, whatever its case; its own `%`, `_` and `\` mean themselves.
fn contains(text: &str) -> String {
    let mut pattern = String::from("%");
    for c in text.to_lowercase().chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

/// Rows as a limit of a query.
fn limit(rows: usize) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}
