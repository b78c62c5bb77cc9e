//! Imports, the counts of their files, and their staged records.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use formfeed_domain::Tin;

use crate::seal::Place;
use crate::vendor::schema::{import_files, import_records, imports};
use crate::vendor::sealed_tin::TinColumns;
use crate::{Keyring, SealError, StoreError};

/// State of an import whose records still come in.
pub(crate) const STAGING: &str = "staging";
/// State of an import whose records have all come in.
pub(crate) const STAGED: &str = "staged";
/// State of an import that readers see.
pub(crate) const PUBLISHED: &str = "published";

#[derive(Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = imports, primary_key(import_id), treat_none_as_default_value = false, treat_none_as_null = true)]
pub(crate) struct ImportRow {
    pub(crate) import_id: String,
    pub(crate) state: String,
    pub(crate) staging_id: String,
    pub(crate) has_faults: bool,
    pub(crate) digest_key_version: Option<i32>,
    pub(crate) digest_sealed: Option<Vec<u8>>,
    pub(crate) create_time: NaiveDateTime,
    pub(crate) update_time: NaiveDateTime,
}

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = import_files, treat_none_as_default_value = false)]
pub(crate) struct ImportFileRow {
    pub(crate) import_id: String,
    pub(crate) file: String,
    pub(crate) new_records: i64,
    pub(crate) changed_records: i64,
    pub(crate) same_records: i64,
}

#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = import_records, treat_none_as_default_value = false)]
pub(crate) struct ImportRecordRow {
    pub(crate) import_id: String,
    pub(crate) file: String,
    pub(crate) key: String,
    pub(crate) line: i32,
    pub(crate) content: Option<String>,
    pub(crate) tin_key_version: Option<i32>,
    pub(crate) tin_sealed: Option<Vec<u8>>,
}

impl ImportRecordRow {
    /// Seals the record's number for this row.
    pub(crate) fn seal_tin(
        &mut self,
        keyring: &Keyring,
        tin: Option<&Tin>,
    ) -> Result<(), SealError> {
        let id = self.place_id();
        let sealed = TinColumns::seal(keyring, place(&id), tin)?;
        self.tin_key_version = sealed.key_version;
        self.tin_sealed = sealed.sealed;
        Ok(())
    }

    /// Opens the record's number; `readable` brings its kind, which stands in the record's content.
    pub(crate) fn open_tin(
        &self,
        keyring: &Keyring,
        readable: TinColumns,
    ) -> Result<Option<Tin>, StoreError> {
        let columns = TinColumns {
            key_version: self.tin_key_version,
            sealed: self.tin_sealed.clone(),
            digest: None,
            ..readable
        };
        columns.open(keyring, place(&self.place_id()))
    }

    fn place_id(&self) -> String {
        format!("{}/{}/{}", self.import_id, self.file, self.key)
    }
}

fn place(id: &str) -> Place<'_> {
    Place {
        table: "import_records",
        column: "tin_sealed",
        id,
    }
}
