//! A person's changes of the 1099 information: decided and kept in one transaction, with their history.
//!
//! Every change takes the payer's and year's turn first, as does a run that completes. What the decision has seen is
//! therefore what it replaces; of two users who read the same row, the second finds its etag stale.

use formfeed_domain::IncomeType;
use formfeed_domain::edit::Snapshot;

use super::CalculationStore;
use crate::StoreError;
use crate::audit::Details;
use crate::calculation::{
    AddressCodeChange, ChangeEntry, EditError, EditRequest, InformationEntry, NamedVendor,
    RowChange, Selection,
};

impl CalculationStore {
    /// Changes one row: `decide` sees it as it stands (`None`: there is none), `answer` says what the request is
    /// answered, from the row as it stands then. A request known already gets its first answer.
    ///
    /// # Errors
    /// [`EditError::Refused`] with what `decide` says; [`EditError::RequestReused`] for the id of another request.
    pub async fn edit_row<E: Send + 'static>(
        &self,
        request: &EditRequest,
        income_type: IncomeType,
        decide: impl Fn(Option<&InformationEntry>) -> Result<RowChange, E> + Send + Sync,
        answer: impl Fn(Option<&InformationEntry>) -> Vec<u8> + Send + Sync,
    ) -> Result<Vec<u8>, EditError<E>> {
        let selection = Selection {
            income_type: Some(income_type),
            ..selection(request)
        };
        on_write!(self.database, calculation, |c, q| {
            let turn = q::information_turns::take(c, &request.payer_id, request.tax_year).await?;
            let asked = q::requests::Request {
                user: &request.by.user,
                request_id: &request.request_id,
                fingerprint: &request.fingerprint,
            };
            match q::requests::before(c, asked).await? {
                q::requests::Before::No => {}
                q::requests::Before::Same(answer) => return Ok(answer),
                q::requests::Before::Other => return Err(EditError::RequestReused),
            }
            let before = q::effective::of_recipient(c, &selection).await?.pop();
            let change = decide(before.as_ref()).map_err(EditError::Refused)?;
            match &change.edit {
                Some(edit) => {
                    let made = q::information_edits::Made {
                        request,
                        income_type,
                        calculated: before.as_ref().and_then(|row| row.calculated),
                        vendor: &vendor_of(&change, before.as_ref()),
                        version: turn,
                    };
                    q::information_edits::put(c, &made, edit).await?;
                }
                None => q::information_edits::remove(c, request, income_type).await?,
            }
            let after = q::effective::of_recipient(c, &selection).await?.pop();
            let entry = ChangeEntry {
                sequence: turn,
                recipient_id: request.recipient_id.to_string(),
                income_type: Some(income_type),
                kind: change.kind,
                before: of_row(before.as_ref()),
                after: of_row(after.as_ref()),
                by: request.by.clone(),
            };
            q::information_changes::insert(c, request, &entry).await?;
            let answer = answer(after.as_ref());
            q::requests::insert(c, asked, &answer, request.by.time).await?;
            let subject = format!("{}/{}", subject(request), income_type.as_str());
            let details = told(change.kind.as_str(), request);
            self.auditor
                .note(c, "information.edit", subject, details)
                .await?;
            Ok::<_, EditError<E>>(answer)
        })
    }

    /// Changes the address code of a recipient: `decide` sees its rows as they stand and the code that stands by an
    /// edit, `answer` as in [`Self::edit_row`].
    ///
    /// # Errors
    /// As [`Self::edit_row`].
    pub async fn edit_address_code<E: Send + 'static>(
        &self,
        request: &EditRequest,
        decide: impl Fn(&[InformationEntry], Option<&str>) -> Result<AddressCodeChange, E> + Send + Sync,
        answer: impl Fn(&[InformationEntry]) -> Vec<u8> + Send + Sync,
    ) -> Result<Vec<u8>, EditError<E>> {
        let selection = selection(request);
        on_write!(self.database, calculation, |c, q| {
            let turn = q::information_turns::take(c, &request.payer_id, request.tax_year).await?;
            let asked = q::requests::Request {
                user: &request.by.user,
                request_id: &request.request_id,
                fingerprint: &request.fingerprint,
            };
            match q::requests::before(c, asked).await? {
                q::requests::Before::No => {}
                q::requests::Before::Same(answer) => return Ok(answer),
                q::requests::Before::Other => return Err(EditError::RequestReused),
            }
            let rows = q::effective::of_recipient(c, &selection).await?;
            let edited = q::address_code_edits::get(c, request).await?;
            let change = decide(&rows, edited.as_deref()).map_err(EditError::Refused)?;
            match &change.address_code {
                Some(code) => q::address_code_edits::put(c, request, code, turn).await?,
                None => q::address_code_edits::remove(c, request).await?,
            }
            let after = q::effective::of_recipient(c, &selection).await?;
            let entry = ChangeEntry {
                sequence: turn,
                recipient_id: request.recipient_id.to_string(),
                income_type: None,
                kind: change.kind,
                before: of_address_code(&rows, edited),
                after: of_address_code(&after, change.address_code),
                by: request.by.clone(),
            };
            q::information_changes::insert(c, request, &entry).await?;
            let answer = answer(&after);
            q::requests::insert(c, asked, &answer, request.by.time).await?;
            let (subject, details) = (subject(request), told(change.kind.as_str(), request));
            self.auditor
                .note(c, "information.edit", subject, details)
                .await?;
            Ok::<_, EditError<E>>(answer)
        })
    }

    /// What a request was answered before, if it came before.
    ///
    /// # Errors
    /// [`EditError::RequestReused`] when it came with other content.
    pub async fn edit_answered<E: Send + 'static>(
        &self,
        request: &EditRequest,
    ) -> Result<Option<Vec<u8>>, EditError<E>> {
        on_read!(self.database, calculation, |c, q| {
            let asked = q::requests::Request {
                user: &request.by.user,
                request_id: &request.request_id,
                fingerprint: &request.fingerprint,
            };
            match q::requests::before(c, asked).await? {
                q::requests::Before::No => Ok(None),
                q::requests::Before::Same(answer) => Ok(Some(answer)),
                q::requests::Before::Other => Err(EditError::RequestReused),
            }
        })
    }

    /// The history before an entry (`None`: from the newest), newest first.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn changes_before(
        &self,
        selection: &Selection,
        before: Option<i64>,
        limit: i64,
    ) -> Result<Vec<ChangeEntry>, StoreError> {
        on_read!(self.database, calculation, |c, q| {
            q::information_changes::page_before(c, selection, before, limit).await
        })
    }
}

/// What is edited, as the audit trail calls it.
fn subject(request: &EditRequest) -> String {
    format!(
        "payers/{}/taxYears/{}/information/{}",
        request.payer_id,
        request.tax_year.year(),
        request.recipient_id
    )
}

fn told(kind: &str, request: &EditRequest) -> Details {
    Details::new()
        .word("kind", kind)
        .text("reason", &request.by.reason)
}

fn selection(request: &EditRequest) -> Selection {
    Selection {
        payer_id: request.payer_id.clone(),
        tax_year: request.tax_year,
        recipient_id: Some(request.recipient_id.clone()),
        income_type: None,
    }
}

/// The vendor that the change names, else the one that the row names.
fn vendor_of(change: &RowChange, before: Option<&InformationEntry>) -> NamedVendor {
    let of_row = |row: &InformationEntry| NamedVendor {
        version: row.vendor_version,
        address_code: row.vendor_address_code.clone(),
        name: row.recipient_name.clone(),
    };
    let named = change.vendor.clone();
    named.or_else(|| before.map(of_row)).unwrap_or_default()
}

fn of_row(row: Option<&InformationEntry>) -> Snapshot {
    Snapshot {
        value: row.and_then(InformationEntry::standing),
        address_code: None,
    }
}

fn of_address_code(rows: &[InformationEntry], edited: Option<String>) -> Snapshot {
    let vendors = rows.first().map(|row| row.vendor_address_code.clone());
    Snapshot {
        value: None,
        address_code: edited.or(vendors),
    }
}
