//! Rows that an import writes: whether a staged record is new, changed or the same.

use chrono::NaiveDateTime;
use formfeed_domain::Tin;
use formfeed_domain::extract::File;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::ImportRecordRow;
use crate::seal::Place;
use crate::vendor::sealed_tin::TinColumns;
use crate::{Keyring, StoreError};

/// A row made of one record of an extract.
///
/// Its serialized form holds what the extract says and nothing else: equal text means an equal record, TINs aside.
pub(crate) trait ImportedRow: Serialize + DeserializeOwned + Send + 'static {
    /// The file it comes from.
    const FILE: File;
    /// The table it lies in: part of the place of its TIN.
    const TABLE: &'static str;

    /// Its key, the parts joined by `/`.
    fn key(&self) -> String;

    /// Makes this row the next one after `before`, or the first: counts and times.
    fn succeed(&mut self, before: Option<&Self>, now: NaiveDateTime);

    /// Its sealed number.
    fn tin(&self) -> TinColumns {
        TinColumns::default()
    }

    /// Replaces its sealed number.
    fn set_tin(&mut self, _tin: TinColumns) {}

    /// Key of the row its number is sealed for.
    fn place_id(&self) -> String {
        self.key()
    }

    /// Opens its number.
    fn open_tin(&self, keyring: &Keyring) -> Result<Option<Tin>, StoreError> {
        self.tin().open(keyring, place::<Self>(&self.place_id()))
    }

    /// Seals a number for this row.
    fn seal_tin(&mut self, keyring: &Keyring, tin: Option<&Tin>) -> Result<(), StoreError> {
        let sealed = TinColumns::seal(keyring, place::<Self>(&self.place_id()), tin)?;
        self.set_tin(sealed);
        Ok(())
    }

    /// What the extract says, as text.
    fn content(&self) -> Result<String, StoreError> {
        serde_json::to_string(self).map_err(|error| StoreError::Corrupt(error.to_string()))
    }
}

fn place<R: ImportedRow>(id: &str) -> Place<'_> {
    Place {
        table: R::TABLE,
        column: "tin_sealed",
        id,
    }
}

/// What publication does with a staged record.
pub(crate) enum Verdict<R> {
    /// It was not there before.
    New(R),
    /// It was there with other values.
    Changed(R),
    /// It was there already, the same.
    Same,
}

/// A staged record, read: what can be known of it before the row stored under its key.
pub(crate) struct Read<R> {
    /// Its key, as staged.
    pub(crate) key: String,
    /// Its number is not set.
    row: R,
    tin: Option<Tin>,
    content: String,
}

impl<R: ImportedRow> Read<R> {
    /// Reads a staged record and opens its number.
    pub(crate) fn of(keyring: &Keyring, staged: ImportRecordRow) -> Result<Self, StoreError> {
        let content = staged.content.as_deref().unwrap_or_default();
        let row: R = serde_json::from_str(content).map_err(|_| {
            StoreError::Corrupt("a staged record is not readable: stage it again".to_owned())
        })?;
        Ok(Self {
            tin: staged.open_tin(keyring, row.tin())?,
            row,
            key: staged.key,
            content: staged.content.unwrap_or_default(),
        })
    }

    /// Holds it against the row stored under its key.
    pub(crate) fn against(
        self,
        keyring: &Keyring,
        before: Option<&R>,
        now: NaiveDateTime,
    ) -> Result<Verdict<R>, StoreError> {
        let Self {
            mut row,
            tin,
            content,
            ..
        } = self;
        if let Some(before) = before
            && before.content()? == content
            && before.open_tin(keyring)? == tin
        {
            return Ok(Verdict::Same);
        }
        row.succeed(before, now);
        row.seal_tin(keyring, tin.as_ref())?;
        Ok(match before {
            Some(_) => Verdict::Changed(row),
            None => Verdict::New(row),
        })
    }
}
