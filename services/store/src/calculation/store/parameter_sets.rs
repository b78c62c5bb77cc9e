//! Saved parameters of runs.

use formfeed_domain::{ParameterSetId, PayerId};

use super::CalculationStore;
use crate::StoreError;
use crate::audit::Details;
use crate::calculation::{NewParameterSet, ParameterSet, ParameterSetError};

impl CalculationStore {
    /// One set.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn parameter_set(
        &self,
        id: &ParameterSetId,
    ) -> Result<Option<ParameterSet>, StoreError> {
        on_read!(self.database, calculation, |c, q| {
            q::parameter_sets::get(c, id).await
        })
    }

    /// Sets after a name, by name; of one payer, or of all.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn parameter_sets_after(
        &self,
        after: &str,
        payer_id: Option<&PayerId>,
        limit: i64,
    ) -> Result<Vec<ParameterSet>, StoreError> {
        on_read!(self.database, calculation, |c, q| {
            q::parameter_sets::page_after(c, after, payer_id, limit).await
        })
    }

    /// Makes a set, and keeps `answer` as what the request was answered; a request known already gets its first answer.
    ///
    /// # Errors
    /// [`ParameterSetError`] when the name is taken, or the id belongs to another request.
    pub async fn create_parameter_set(
        &self,
        new: &NewParameterSet,
        answer: &[u8],
    ) -> Result<Vec<u8>, ParameterSetError> {
        match self.try_create_parameter_set(new, answer).await {
            // Another request was faster between our look and our entry: look again.
            Err(ParameterSetError::Store(StoreError::Conflict(_))) => {
                self.try_create_parameter_set(new, answer).await
            }
            made => made,
        }
    }

    async fn try_create_parameter_set(
        &self,
        new: &NewParameterSet,
        answer: &[u8],
    ) -> Result<Vec<u8>, ParameterSetError> {
        on_write!(self.database, calculation, |c, q| {
            let asked = q::requests::Request {
                user: &new.set.user,
                request_id: &new.request_id,
                fingerprint: &new.fingerprint,
            };
            match q::requests::before(c, asked).await? {
                q::requests::Before::No => {}
                q::requests::Before::Same(answer) => return Ok(answer),
                q::requests::Before::Other => return Err(ParameterSetError::RequestReused),
            }
            if q::parameter_sets::get(c, &new.set.id).await?.is_some() {
                return Err(ParameterSetError::Exists);
            }
            q::parameter_sets::insert(c, &new.set).await?;
            q::requests::insert(c, asked, answer, new.set.create_time).await?;
            let (subject, details) = told(&new.set.id, new.set.version);
            self.auditor
                .note(c, "parameter-set.create", subject, details)
                .await?;
            Ok(answer.to_vec())
        })
    }

    /// Replaces a set that has the version before; answers whether it still had.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn replace_parameter_set(&self, set: &ParameterSet) -> Result<bool, StoreError> {
        on_write!(self.database, calculation, |c, q| {
            let replaced = q::parameter_sets::replace(c, set).await?;
            if replaced {
                let (subject, details) = told(&set.id, set.version);
                self.auditor
                    .note(c, "parameter-set.update", subject, details)
                    .await?;
            }
            Ok(replaced)
        })
    }

    /// Deletes a set of a version; answers whether it still had it.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn delete_parameter_set(
        &self,
        id: &ParameterSetId,
        version: i64,
    ) -> Result<bool, StoreError> {
        on_write!(self.database, calculation, |c, q| {
            let deleted = q::parameter_sets::delete(c, id, version).await?;
            if deleted {
                let (subject, details) = told(id, version);
                self.auditor
                    .note(c, "parameter-set.delete", subject, details)
                    .await?;
            }
            Ok(deleted)
        })
    }
}

fn told(id: &ParameterSetId, version: i64) -> (String, Details) {
    let details = Details::new().number("version", version);
    (format!("parameterSets/{id}"), details)
}
