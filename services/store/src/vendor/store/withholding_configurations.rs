//! Configurations of backup withholding, each with its further types.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use formfeed_domain::backup::Configuration;

use super::requests::{create, replaced, revision};
use super::{CreateRequest, VendorStore, limit};
use crate::StoreError;
use crate::vendor::rows::{ConfigurationRow, FurtherTypeRow};
use crate::vendor::{KeepError, Stamp, Stored};

impl VendorStore {
    /// The configuration from this date on.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn withholding_configuration(
        &self,
        effective_date: NaiveDate,
    ) -> Result<Option<Stored<Configuration>>, StoreError> {
        let (rows, types) = on_read!(self.database, vendor, |c, q| {
            let row = q::withholding_configurations::get(c, effective_date).await?;
            let types = q::withholding_configurations::types_of(c, &[effective_date]).await?;
            (row, types)
        });
        Ok(with_types(rows, types)?.pop())
    }

    /// The configuration in force on a date: the last that began by then.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn withholding_configuration_on(
        &self,
        date: NaiveDate,
    ) -> Result<Option<Stored<Configuration>>, StoreError> {
        let (rows, types) = on_read!(self.database, vendor, |c, q| {
            let row = q::withholding_configurations::in_force(c, date).await?;
            let dates: Vec<_> = row.iter().map(|row| row.effective_date).collect();
            let types = q::withholding_configurations::types_of(c, &dates).await?;
            (row, types)
        });
        Ok(with_types(rows, types)?.pop())
    }

    /// At most `rows` configurations after a date, in order of dates.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn withholding_configurations_after(
        &self,
        after: Option<NaiveDate>,
        rows: usize,
    ) -> Result<Vec<Stored<Configuration>>, StoreError> {
        let (rows, types) = on_read!(self.database, vendor, |c, q| {
            let rows = q::withholding_configurations::page_after(c, after, limit(rows)).await?;
            let dates: Vec<_> = rows.iter().map(|row| row.effective_date).collect();
            let types = q::withholding_configurations::types_of(c, &dates).await?;
            (rows, types)
        });
        with_types(rows, types)
    }

    /// Adds a configuration and answers what `answer` makes of it, or what the same request was answered before.
    ///
    /// # Errors
    /// [`KeepError::Exists`], [`KeepError::RequestIdReused`].
    pub async fn create_withholding_configuration(
        &self,
        request: &CreateRequest,
        configuration: &Configuration,
        now: DateTime<Utc>,
        answer: impl FnOnce(Stored<Configuration>) -> Vec<u8>,
    ) -> Result<Vec<u8>, KeepError> {
        let row = ConfigurationRow::new(configuration, Stamp::first(now));
        let types = FurtherTypeRow::of(configuration);
        let answer = answer(row.clone().with(types.clone())?);
        let made = (
            "withholding-configuration.create",
            format!("withholdingConfigurations/{}", row.effective_date),
        );
        create!(self, request, answer, now, made, |c, q| {
            q::withholding_configurations::insert(c, &row).await?;
            q::withholding_configurations::replace_types(c, row.effective_date, &types).await?
        })
    }

    /// Replaces a configuration that still is as it was read.
    ///
    /// # Errors
    /// [`KeepError::Stale`].
    pub async fn replace_withholding_configuration(
        &self,
        configuration: &Configuration,
        read: &Stamp,
        now: DateTime<Utc>,
    ) -> Result<Stored<Configuration>, KeepError> {
        let row = ConfigurationRow::new(configuration, read.next(now));
        let types = FurtherTypeRow::of(configuration);
        on_write!(self.database, vendor, |c, q| {
            let date = row.effective_date;
            replaced(q::withholding_configurations::replace(c, &row, read.revision).await?)?;
            q::withholding_configurations::replace_types(c, date, &types).await?;
            let (subject, details) = (
                format!("withholdingConfigurations/{date}"),
                revision(row.revision),
            );
            let action = "withholding-configuration.update";
            self.auditor.note(c, action, subject, details).await?;
            Ok::<_, KeepError>(())
        })?;
        Ok(row.with(types)?)
    }
}

fn with_types(
    rows: impl IntoIterator<Item = ConfigurationRow>,
    types: Vec<FurtherTypeRow>,
) -> Result<Vec<Stored<Configuration>>, StoreError> {
    let mut of = HashMap::<NaiveDate, Vec<FurtherTypeRow>>::new();
    for row in types {
        of.entry(row.effective_date).or_default().push(row);
    }
    rows.into_iter()
        .map(|row| {
            let types = of.remove(&row.effective_date).unwrap_or_default();
            row.with(types)
        })
        .collect()
}
