//! What the calculation service asks of storage.

mod checks;
mod edits;
mod history;
mod imports;
mod lab;
mod paid;
mod parameter_sets;
mod proof;
mod results;
mod runs;
mod staging;
mod standing;
mod work;

use std::path::Path;

use diesel_migrations::{EmbeddedMigrations, embed_migrations};

pub use checks::{AccountUse, CheckedPayment};
pub use imports::ImportError;
pub use paid::PaidTo;
pub use proof::RunGround;
pub use runs::RunError;

use crate::audit::{Audited, Auditor, Trail};
use crate::database::Migrations;
use crate::{Database, DatabaseUrl, StoreError};

const SQLITE: EmbeddedMigrations = embed_migrations!("../../migrations/calculation/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("../../migrations/calculation/postgres");
/// The calculation service's migrations.
pub(crate) const MIGRATIONS: Migrations = Migrations {
    service: "calculation",
    sqlite: SQLITE,
    postgres: POSTGRES,
};

/// The calculation service's tables: imports and the history (`imports`, `staging`, `history`), runs (`runs`, `work`,
/// `parameter_sets`), what they yield (`results`), what it is proved by (`proof`), and what people made of it (`edits`).
pub struct CalculationStore {
    database: Database,
    auditor: Auditor,
}

impl CalculationStore {
    /// Opens the database, brings its tables up to date, and reads the key file of the audit trail, which is made with
    /// the first start only.
    ///
    /// # Errors
    /// See [`Database::open`]; [`StoreError::Open`] when the key is not the one of the trail.
    pub async fn open(url: &DatabaseUrl, audit_key: &Path) -> Result<Self, StoreError> {
        let database = Database::open(url, MIGRATIONS).await?;
        let auditor = Auditor::open(&database, MIGRATIONS.service, audit_key).await?;
        Ok(Self { database, auditor })
    }
}

impl CalculationStore {
    /// A sign of life of the database; see [`Database::ping`].
    ///
    /// # Errors
    /// As there.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.database.ping().await
    }
}

impl Audited for CalculationStore {
    fn trail(&self) -> Trail<'_> {
        Trail::new(&self.database, &self.auditor)
    }
}
