//! Every recipient of a payer and year in key order: with 1099 information, or with the reason for none.

use formfeed_domain::{PayerId, TaxYear, VendorId};
use formfeed_proto::calculation::{Information, SkippedRecipient};
use formfeed_runtime::incident;
use serde::{Deserialize, Serialize};
use tonic::Status;

use crate::feed::Feed;
use crate::peers::{Calculation, InformationPages, SkippedPages};

/// One recipient as the calculation service knows it.
#[derive(Debug, Clone)]
pub(crate) struct Recipient {
    /// Key of the vendor.
    pub(crate) vendor_id: VendorId,
    /// What there is of it.
    pub(crate) found: Found,
    /// Where reading again would begin with it.
    pub(crate) position: Position,
}

/// What there is of a recipient.
#[derive(Debug, Clone)]
pub(crate) enum Found {
    /// Its rows, at least one.
    Information(Vec<Information>),
    /// Why it has none.
    Skipped(SkippedRecipient),
}

/// A place in both lists of the calculation service.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Position {
    /// Key of the recipient to begin with.
    pub(crate) recipient: String,
    /// Token of its page of information.
    pub(crate) information: String,
    /// Token of its page of skipped recipients.
    pub(crate) skipped: String,
}

/// Both lists of the calculation service, merged by recipient.
pub(crate) struct Recipients {
    information: Feed<InformationPages>,
    skipped: Feed<SkippedPages>,
    first: String,
}

impl Recipients {
    /// The recipients of a payer and year from a position on, read `page_size` entries at a time.
    pub(crate) fn new(
        calculation: &Calculation,
        (payer_id, tax_year): (&PayerId, TaxYear),
        page_size: i32,
        position: Position,
    ) -> Self {
        let information = InformationPages {
            calculation: calculation.clone(),
            payer_id: payer_id.clone(),
            tax_year,
            page_size,
        };
        let skipped = SkippedPages {
            calculation: calculation.clone(),
            payer_id: payer_id.clone(),
            tax_year,
            page_size,
        };
        Self {
            information: Feed::new(information, position.information),
            skipped: Feed::new(skipped, position.skipped),
            first: position.recipient,
        }
    }

    /// Up to `count` recipients; fewer only at the end.
    pub(crate) async fn batch(&mut self, count: usize) -> Result<Vec<Recipient>, Status> {
        let mut batch = Vec::new();
        while batch.len() < count {
            match self.next().await? {
                Some(recipient) => batch.push(recipient),
                None => break,
            }
        }
        Ok(batch)
    }

    async fn next(&mut self) -> Result<Option<Recipient>, Status> {
        loop {
            let information = self.information.head().await?.map(str::to_owned);
            let skipped = self.skipped.head().await?.map(str::to_owned);
            let Some(id) = [information, skipped].into_iter().flatten().min() else {
                return Ok(None);
            };
            let position = Position {
                recipient: id.clone(),
                information: self.information.token().to_owned(),
                skipped: self.skipped.token().to_owned(),
            };
            let found = self.take(&id).await?;
            if id < self.first {
                continue;
            }
            if let Some(found) = found {
                let vendor_id = VendorId::new(id).map_err(|error| incident::internal(&error))?;
                return Ok(Some(Recipient {
                    vendor_id,
                    found,
                    position,
                }));
            }
        }
    }

    /// Takes all there is of a recipient. Who has information is not skipped.
    async fn take(&mut self, id: &str) -> Result<Option<Found>, Status> {
        let mut rows = Vec::new();
        while self.information.head().await? == Some(id) {
            rows.extend(self.information.take());
        }
        let mut reason = None;
        while self.skipped.head().await? == Some(id) {
            reason = self.skipped.take();
        }
        Ok(match rows.is_empty() {
            false => Some(Found::Information(rows)),
            true => reason.map(Found::Skipped),
        })
    }
}
