//! Payers, with their numbers with the states.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use formfeed_domain::payer::{Payer, PayerState};

use super::requests::{create, replaced, revision, tin_word};
use super::{CreateRequest, VendorStore, contains, limit};
use crate::StoreError;
use crate::vendor::rows::{ImportedRow as _, PayerRow, PayerStateRow, instant};
use crate::vendor::{KeepError, PayerRecord, Stamp};

impl VendorStore {
    /// The payer of this key.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn payer(&self, id: &str) -> Result<Option<PayerRecord>, StoreError> {
        let found = on_read!(self.database, vendor, |c, q| {
            match q::payers::get(c, id).await? {
                Some(row) => Some((row, q::payer_states::of_payers(c, &[id.to_owned()]).await?)),
                None => None,
            }
        });
        found.map(|(row, states)| record(row, states)).transpose()
    }

    /// At most `rows` payers after a key, in order of keys; with a text in their name when it is given.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn payers_after(
        &self,
        after: Option<&str>,
        name_contains: Option<&str>,
        rows: usize,
    ) -> Result<Vec<PayerRecord>, StoreError> {
        let pattern = name_contains.map(contains);
        let (rows, states) = on_read!(self.database, vendor, |c, q| {
            let rows = q::payers::page_after(c, after, pattern.as_deref(), limit(rows)).await?;
            let ids: Vec<_> = rows.iter().map(|row| row.payer_id.clone()).collect();
            (rows, q::payer_states::of_payers(c, &ids).await?)
        });
        let mut by_payer: HashMap<String, Vec<PayerStateRow>> = HashMap::new();
        for state in states {
            by_payer
                .entry(state.payer_id.clone())
                .or_default()
                .push(state);
        }
        rows.into_iter()
            .map(|row| {
                let states = by_payer.remove(&row.payer_id).unwrap_or_default();
                record(row, states)
            })
            .collect()
    }

    /// Adds a payer with its states and answers what `answer` makes of it, or what the same request was answered before.
    ///
    /// # Errors
    /// [`KeepError::Exists`], [`KeepError::RequestIdReused`].
    pub async fn create_payer(
        &self,
        request: &CreateRequest,
        payer: &Payer,
        states: &[PayerState],
        now: DateTime<Utc>,
        answer: impl FnOnce(PayerRecord) -> Vec<u8>,
    ) -> Result<Vec<u8>, KeepError> {
        let mut row = PayerRow::from(payer);
        row.succeed(None, instant(now));
        row.seal_tin(&self.keyring, payer.tin.as_ref())?;
        let states: Vec<_> = states.iter().map(PayerStateRow::from).collect();
        let answer = answer(record(row.clone(), states.clone())?);
        let made = ("payer.create", format!("payers/{}", row.payer_id));
        create!(self, request, answer, now, made, |c, q| {
            q::payers::insert(c, vec![row.clone()]).await?;
            q::payer_states::upsert(c, &states).await?
        })
    }

    /// Replaces a payer that still is as it was read; the states as a set. With `keep_tin` its number stays, whatever
    /// `payer.tin` says.
    ///
    /// # Errors
    /// [`KeepError::Stale`].
    pub async fn replace_payer(
        &self,
        payer: &Payer,
        states: &[PayerState],
        keep_tin: bool,
        read: &Stamp,
        now: DateTime<Utc>,
    ) -> Result<PayerRecord, KeepError> {
        let mut row = PayerRow::from(payer);
        row.revision = read.revision + 1;
        row.create_time = instant(read.create_time);
        row.update_time = instant(now);
        row.seal_tin(&self.keyring, payer.tin.as_ref())?;
        let states: Vec<_> = states.iter().map(PayerStateRow::from).collect();
        let row = on_write!(self.database, vendor, |c, q| {
            let mut row = row.clone();
            if keep_tin && let Some(before) = q::payers::get(c, &row.payer_id).await? {
                row.set_tin(before.tin());
            }
            replaced(q::payers::replace(c, &row, read.revision).await?)?;
            q::payer_states::clear(c, &row.payer_id).await?;
            q::payer_states::upsert(c, &states).await?;
            let subject = format!("payers/{}", row.payer_id);
            let details = revision(row.revision).word("tin", tin_word(keep_tin));
            self.auditor
                .note(c, "payer.update", subject, details)
                .await?;
            Ok::<_, KeepError>(row)
        })?;
        Ok(record(row, states)?)
    }
}

fn record(row: PayerRow, states: Vec<PayerStateRow>) -> Result<PayerRecord, StoreError> {
    let states = states
        .into_iter()
        .map(PayerState::try_from)
        .collect::<Result<_, _>>()?;
    row.with_states(states)
}
