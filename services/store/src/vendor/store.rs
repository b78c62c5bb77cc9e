//! What the vendor service asks of storage.

use diesel_migrations::{EmbeddedMigrations, embed_migrations};

use crate::database::Migrations;
use crate::{Database, DatabaseUrl, StoreError};

const SQLITE: EmbeddedMigrations = embed_migrations!("../../migrations/vendor/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("../../migrations/vendor/postgres");
/// The vendor service's migrations.
pub(crate) const MIGRATIONS: Migrations = Migrations {
    service: "vendor",
    sqlite: SQLITE,
    postgres: POSTGRES,
};

/// The vendor service's tables.
pub struct VendorStore {
    database: Database,
}

impl VendorStore {
    /// Opens the database and brings its tables up to date.
    ///
    /// # Errors
    /// See [`Database::open`].
    pub async fn open(url: &DatabaseUrl) -> Result<Self, StoreError> {
        Ok(Self {
            database: Database::open(url, MIGRATIONS).await?,
        })
    }

    /// Prototype.
    pub async fn try_it(&self, id: &str) -> Result<i64, StoreError> {
        on_write!(self.database, vendor, |c, q| {
            q::accounts::insert(c, id, "x").await?;
            q::accounts::count(c).await
        })?;
        on_read!(self.database, vendor, |c, q| q::accounts::count(c).await)
    }
}

#[cfg(test)]
mod tests {
    #[tokio::test(flavor = "multi_thread")]
    async fn prototype() {
        let folder = tempfile::tempdir().unwrap();
        let url = crate::DatabaseUrl::Sqlite(folder.path().join("v.db"));
        let store = super::VendorStore::open(&url).await.unwrap();
        assert_eq!(store.try_it("a").await.unwrap(), 1);
        assert!(matches!(
            store.try_it("a").await,
            Err(crate::StoreError::Conflict(_))
        ));
        if let Ok(url) = std::env::var("FORMFEED_TEST_POSTGRES") {
            let store = super::VendorStore::open(&url.parse().unwrap())
                .await
                .unwrap();
            assert_eq!(store.try_it("a").await.unwrap(), 1);
            assert!(matches!(
                store.try_it("a").await,
                Err(crate::StoreError::Conflict(_))
            ));
        }
    }
}
