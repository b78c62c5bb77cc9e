//! Box definitions of a tax year.

use chrono::{DateTime, Utc};
use formfeed_domain::TaxYear;
use formfeed_domain::box_definition::BoxDefinition;

use super::requests::{create, replaced, revision};
use super::{CreateRequest, VendorStore, limit};
use crate::StoreError;
use crate::vendor::rows::BoxDefinitionRow;
use crate::vendor::{KeepError, Stamp, Stored};

impl VendorStore {
    /// The definition of this code in this year.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn box_definition(
        &self,
        tax_year: TaxYear,
        code: &str,
    ) -> Result<Option<Stored<BoxDefinition>>, StoreError> {
        let row = on_read!(self.database, vendor, |c, q| {
            q::box_definitions::get(c, tax_year.year(), code).await?
        });
        row.map(Stored::try_from).transpose()
    }

    /// At most `rows` definitions after a year and code, in order of both; of one year when it is named.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn box_definitions_after(
        &self,
        after: Option<(TaxYear, &str)>,
        only: Option<TaxYear>,
        rows: usize,
    ) -> Result<Vec<Stored<BoxDefinition>>, StoreError> {
        let after = after.map(|(year, code)| (year.year(), code));
        let only = only.map(TaxYear::year);
        let rows = on_read!(self.database, vendor, |c, q| {
            q::box_definitions::page_after(c, after, only, limit(rows)).await?
        });
        rows.into_iter().map(Stored::try_from).collect()
    }

    /// Every definition of a year, by code.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn box_definitions_of(
        &self,
        tax_year: TaxYear,
    ) -> Result<Vec<BoxDefinition>, StoreError> {
        let rows = on_read!(self.database, vendor, |c, q| {
            q::box_definitions::of_year(c, tax_year.year()).await?
        });
        let value = |row| Stored::try_from(row).map(|stored| stored.value);
        rows.into_iter().map(value).collect()
    }

    /// Adds a definition and answers what `answer` makes of it, or what the same request was answered before.
    ///
    /// # Errors
    /// [`KeepError::Exists`], [`KeepError::RequestIdReused`].
    pub async fn create_box_definition(
        &self,
        request: &CreateRequest,
        definition: &BoxDefinition,
        now: DateTime<Utc>,
        answer: impl FnOnce(Stored<BoxDefinition>) -> Vec<u8>,
    ) -> Result<Vec<u8>, KeepError> {
        let row = BoxDefinitionRow::new(definition, Stamp::first(now));
        let answer = answer(row.clone().try_into()?);
        let made = (
            "box-definition.create",
            format!("boxDefinitions/{}-{}", row.tax_year, row.code),
        );
        create!(self, request, answer, now, made, |c, q| {
            q::box_definitions::insert(c, &row).await?
        })
    }

    /// Replaces a definition that still is as it was read.
    ///
    /// # Errors
    /// [`KeepError::Stale`].
    pub async fn replace_box_definition(
        &self,
        definition: &BoxDefinition,
        read: &Stamp,
        now: DateTime<Utc>,
    ) -> Result<Stored<BoxDefinition>, KeepError> {
        let row = BoxDefinitionRow::new(definition, read.next(now));
        on_write!(self.database, vendor, |c, q| {
            replaced(q::box_definitions::replace(c, &row, read.revision).await?)?;
            let subject = format!("boxDefinitions/{}-{}", row.tax_year, row.code);
            let details = revision(row.revision);
            self.auditor
                .note(c, "box-definition.update", subject, details)
                .await?;
            Ok::<_, KeepError>(())
        })?;
        Ok(row.try_into()?)
    }

    /// Removes a definition that still is as it was read.
    ///
    /// # Errors
    /// [`KeepError::Stale`].
    pub async fn delete_box_definition(
        &self,
        definition: &Stored<BoxDefinition>,
    ) -> Result<(), KeepError> {
        let Stored { value, stamp } = definition;
        let (year, code) = (value.tax_year.year(), value.code.as_str());
        on_write!(self.database, vendor, |c, q| {
            replaced(q::box_definitions::delete(c, year, code, stamp.revision).await?)?;
            let subject = format!("boxDefinitions/{year}-{code}");
            let details = revision(stamp.revision);
            self.auditor
                .note(c, "box-definition.delete", subject, details)
                .await?;
            Ok(())
        })
    }
}
