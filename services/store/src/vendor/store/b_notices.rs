//! B-notices about vendors.

use chrono::{DateTime, Utc};
use formfeed_domain::backup::BNotice;

use super::requests::{create, replaced, revision};
use super::{CreateRequest, VendorStore, limit};
use crate::StoreError;
use crate::vendor::rows::BNoticeRow;
use crate::vendor::{KeepError, Stamp, Stored};

impl VendorStore {
    /// At most `rows` notices after a vendor and key, in order of both; of one vendor when it is named.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn b_notices_after(
        &self,
        after: Option<(&str, &str)>,
        vendor_id: Option<&str>,
        rows: usize,
    ) -> Result<Vec<Stored<BNotice>>, StoreError> {
        let rows = on_read!(self.database, vendor, |c, q| {
            q::b_notices::page_after(c, after, vendor_id, limit(rows)).await?
        });
        rows.into_iter().map(Stored::try_from).collect()
    }

    /// Every notice about these vendors, by vendor and key.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn b_notices_of(
        &self,
        vendor_ids: &[String],
    ) -> Result<Vec<Stored<BNotice>>, StoreError> {
        let rows = on_read!(self.database, vendor, |c, q| {
            q::b_notices::of_vendors(c, vendor_ids).await?
        });
        rows.into_iter().map(Stored::try_from).collect()
    }

    /// Adds a notice and answers what `answer` makes of it, or what the same request was answered before.
    ///
    /// # Errors
    /// [`KeepError::Exists`], [`KeepError::RequestIdReused`].
    pub async fn create_b_notice(
        &self,
        request: &CreateRequest,
        notice: &BNotice,
        now: DateTime<Utc>,
        answer: impl FnOnce(Stored<BNotice>) -> Vec<u8>,
    ) -> Result<Vec<u8>, KeepError> {
        let row = BNoticeRow::new(notice, Stamp::first(now));
        let answer = answer(row.clone().try_into()?);
        let made = (
            "b-notice.create",
            format!("vendors/{}/bNotices/{}", row.vendor_id, row.b_notice_id),
        );
        create!(self, request, answer, now, made, |c, q| {
            q::b_notices::insert(c, &row).await?
        })
    }

    /// Removes a notice that still is as it was read.
    ///
    /// # Errors
    /// [`KeepError::Stale`].
    pub async fn delete_b_notice(&self, notice: &Stored<BNotice>) -> Result<(), KeepError> {
        let Stored { value, stamp } = notice;
        let (vendor, id) = (value.vendor_id.as_str(), value.notice_id.as_str());
        on_write!(self.database, vendor, |c, q| {
            replaced(q::b_notices::delete(c, vendor, id, stamp.revision).await?)?;
            let subject = format!("vendors/{vendor}/bNotices/{id}");
            let details = revision(stamp.revision);
            self.auditor
                .note(c, "b-notice.delete", subject, details)
                .await?;
            Ok(())
        })
    }
}
