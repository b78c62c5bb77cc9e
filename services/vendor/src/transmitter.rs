//! The transmitter of electronic files.

use chrono::Utc;
use formfeed_domain::transmitter::Transmitter;
use formfeed_proto::convert::{self, Violations};
use formfeed_proto::vendor as pb;
use formfeed_runtime::{etag, reason};
use formfeed_store::vendor::{KeepError, TinLabel, TransmitterRecord};
use tonic::Status;

use crate::Handlers;
use crate::create::present;
use crate::mask::{Changes, Field, fields};
use crate::refusal::{Kind, kept, not_found, store, valid};
use crate::stamp::stamp;

/// Its name; there is one.
const NAME: &str = "transmitter";
const KIND: Kind = Kind {
    word: "transmitter",
    collection: NAME,
    not_found: reason::TRANSMITTER_NOT_FOUND,
};
const FIELDS: &[Field<pb::Transmitter>] = fields![pb::Transmitter: display_name, tin, control_code,
    address, contact_name, contact_phone, contact_email, software_id];

impl Handlers {
    pub(crate) async fn get_transmitter(&self) -> Result<pb::Transmitter, Status> {
        let found = self.store.transmitter().await.map_err(store)?;
        let found = found.ok_or_else(|| not_found(KIND, NAME))?;
        Ok(message(&found))
    }

    /// Without a number it keeps the one it has; the first time one is required.
    pub(crate) async fn update_transmitter(
        &self,
        request: pb::UpdateTransmitterRequest,
    ) -> Result<pb::Transmitter, Status> {
        let mut bad = Violations::new();
        let sent = present(&mut bad, "transmitter", request.transmitter);
        let changes = Changes::read(&mut bad, request.update_mask.as_ref(), FIELDS);
        let read = self.store.transmitter().await.map_err(store)?;
        let mut merged = pb::Transmitter::default();
        if let Some(read) = &read {
            merged = message(read);
            etag::require(&mut bad, "transmitter.etag", &sent.etag);
        } else if !sent.etag.is_empty() {
            bad.add(
                "transmitter.etag",
                "must be blank: there is no transmitter yet",
            );
        }
        if read.is_none() && sent.tin.is_empty() {
            bad.add("transmitter.tin", "is required");
        }
        if bad.is_empty() && read.is_some() {
            etag::check(NAME, &sent.etag, &merged.etag)?;
        }
        changes.copy(&mut merged, &sent);
        let transmitter = checked(&mut bad, &merged);
        let transmitter = valid(bad, transmitter)?;
        let read = read.as_ref().map(|read| &read.stamp);
        let made = self
            .store
            .keep_transmitter(&transmitter, read, Utc::now())
            .await;
        let made = made.map_err(|error| match error {
            // Somebody else has set it between our reading and our writing.
            KeepError::Store(formfeed_store::StoreError::Conflict(_)) => KeepError::Stale,
            other => other,
        });
        Ok(message(&made.map_err(|error| kept(error, NAME, ""))?))
    }
}

fn checked(bad: &mut Violations, sent: &pb::Transmitter) -> Option<Transmitter> {
    convert::transmitter_from(sent)
        .map_err(|wrong| bad.extend_below("transmitter", wrong))
        .ok()
}

fn message(record: &TransmitterRecord) -> pb::Transmitter {
    let tin = record.tin.as_ref().map(TinLabel::truncated);
    convert::transmitter_to(&record.transmitter, tin, stamp(NAME, &record.stamp))
}
