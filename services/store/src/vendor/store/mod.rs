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

use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use diesel_migrations::{EmbeddedMigrations, embed_migrations};
use formfeed_domain::relate_to;

use super::rows::{ImportedRow as _, RelateToRow, instant};
use crate::audit::{Audited, Auditor, Trail};
use crate::database::Migrations;
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
    auditor: Auditor,
}

impl VendorStore {
    /// The vendor service's migrations.
    pub const MIGRATIONS: Migrations = Migrations {
        service: "vendor",
        sqlite: SQLITE,
        postgres: POSTGRES,
    };

    /// Opens the database, brings its tables up to date, adds default Relate To codes that are missing, and reads the
    /// key file, and beside it `vendor-index.key`, the key of the digests, and `vendor-audit.key`, that of the audit
    /// trail. A key file is made only while nothing is sealed, digested or written with it. TINs that an older program has sealed get their digests now, once.
    ///
    /// # Errors
    /// See [`Database::open`] and [`Keyring::open`].
    pub async fn open(
        url: &DatabaseUrl,
        key_file: &Path,
        now: DateTime<Utc>,
    ) -> Result<Self, StoreError> {
        let database = Database::open(url, Self::MIGRATIONS).await?;
        let sealed = on_read!(database, vendor, |c, q| q::sealed::exists(c).await?);
        let digested = on_read!(database, vendor, |c, q| q::tin_digests::exist(c).await?);
        let index_file = key_file.with_file_name("vendor-index.key");
        let keyring = Keyring::open(key_file, !sealed)?.with_index(&index_file, !digested)?;
        let keyring = Arc::new(keyring);
        let audit_file = key_file.with_file_name("vendor-audit.key");
        let auditor = Auditor::open(&database, "vendor", &audit_file).await?;
        let store = Self {
            database,
            keyring,
            auditor,
        };
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
