//! Vendors' addresses.

use chrono::Utc;
use formfeed_domain::extract::File;
use formfeed_domain::vendor::VendorAddress;
use formfeed_domain::{AddressCode, VendorId};
use formfeed_proto::convert::{self, Violations};
use formfeed_proto::vendor as pb;
use formfeed_runtime::page::{self, Query};
use formfeed_runtime::{etag, reason};
use formfeed_store::vendor::Stored;
use prost::Message as _;
use tonic::Status;

use crate::Handlers;
use crate::create::{answer, create_request, present};
use crate::mask::{Changes, Field, fields};
use crate::organizations::given;
use crate::refusal::{Kind, kept, not_found, store, valid};
use crate::stamp::stamp;

const KIND: Kind = Kind {
    word: "vendor address",
    collection: "vendors",
    not_found: reason::VENDOR_ADDRESS_NOT_FOUND,
};
const FIELDS: &[Field<pb::VendorAddress>] = fields![pb::VendorAddress: address];

impl Handlers {
    pub(crate) async fn get_vendor_address(
        &self,
        request: pb::GetVendorAddressRequest,
    ) -> Result<pb::VendorAddress, Status> {
        let mut bad = Violations::new();
        let key = key_in(&mut bad, "name", &request.name);
        Ok(message(&self.vendor_address(&valid(bad, key)?).await?))
    }

    pub(crate) async fn list_vendor_addresses(
        &self,
        request: pb::ListVendorAddressesRequest,
    ) -> Result<pb::ListVendorAddressesResponse, Status> {
        let mut bad = Violations::new();
        let size = page::size(&mut bad, request.page_size);
        let query = Query::new("addresses").filter("vendor_id", &request.vendor_id);
        let after = query.key_after(&mut bad, &request.page_token);
        valid(bad, Some(()))?;
        let after = after.as_deref().and_then(|key| key.split_once('/'));
        let only = given(&request.vendor_id);
        let found = self
            .store
            .vendor_addresses_after(after, only, size + 1)
            .await;
        let mut found = found.map_err(store)?;
        let key = |last: &Stored<VendorAddress>| {
            format!("{}/{}", last.value.vendor_id, last.value.address_code)
        };
        let more = page::cut(&mut found, size, key);
        Ok(pb::ListVendorAddressesResponse {
            vendor_addresses: found.iter().map(message).collect(),
            next_page_token: more.map(|key| query.token_after(&key)).unwrap_or_default(),
        })
    }

    pub(crate) async fn create_vendor_address(
        &self,
        request: pb::CreateVendorAddressRequest,
    ) -> Result<pb::VendorAddress, Status> {
        let mut bad = Violations::new();
        let sent = present(&mut bad, "vendor_address", request.vendor_address);
        let created = create_request(&mut bad, "CreateVendorAddress", &request.request_id, &sent);
        let address = checked(&mut bad, &sent);
        let (field, vendor) = ("vendor_address.vendor_id", &sent.vendor_id);
        self.check_reference(&mut bad, field, File::Vendors, vendor)
            .await?;
        let address = valid(bad, address)?;
        let encode = |made| message(&made).encode_to_vec();
        let made = self
            .store
            .create_vendor_address(&created, &address, Utc::now(), encode)
            .await;
        let name = name(&address.vendor_id, &address.address_code);
        answer(&made.map_err(|error| kept(error, &name, &created.request_id))?)
    }

    pub(crate) async fn update_vendor_address(
        &self,
        request: pb::UpdateVendorAddressRequest,
    ) -> Result<pb::VendorAddress, Status> {
        let mut bad = Violations::new();
        let sent = present(&mut bad, "vendor_address", request.vendor_address);
        let changes = Changes::read(&mut bad, request.update_mask.as_ref(), FIELDS);
        let key = key_in(&mut bad, "vendor_address.name", &sent.name);
        etag::require(&mut bad, "vendor_address.etag", &sent.etag);
        let mut wrong = Violations::new();
        checked(&mut wrong, &sent);
        changes.note(&mut bad, "vendor_address", wrong);
        let read = self.vendor_address(&valid(bad, key)?).await?;
        let mut merged = message(&read);
        etag::check(&sent.name, &sent.etag, &merged.etag)?;
        changes.copy(&mut merged, &sent);
        let mut bad = Violations::new();
        let address = checked(&mut bad, &merged);
        let address = valid(bad, address)?;
        let made = self
            .store
            .replace_vendor_address(&address, &read.stamp, Utc::now())
            .await;
        Ok(message(&made.map_err(|error| kept(error, &sent.name, ""))?))
    }

    async fn vendor_address(
        &self,
        (vendor, code): &(VendorId, AddressCode),
    ) -> Result<Stored<VendorAddress>, Status> {
        let found = self
            .store
            .vendor_address(vendor.as_str(), code.as_str())
            .await;
        found
            .map_err(store)?
            .ok_or_else(|| not_found(KIND, &name(vendor, code)))
    }
}

fn key_in(bad: &mut Violations, field: &str, name: &str) -> Option<(VendorId, AddressCode)> {
    convert::key_in(
        bad,
        field,
        KIND.collection,
        name,
        convert::vendor_address_key,
    )
}

fn checked(bad: &mut Violations, sent: &pb::VendorAddress) -> Option<VendorAddress> {
    convert::vendor_address_from(sent)
        .map_err(|wrong| bad.extend_below("vendor_address", wrong))
        .ok()
}

fn name(vendor_id: &VendorId, address_code: &AddressCode) -> String {
    format!("vendors/{vendor_id}/addresses/{address_code}")
}

/// An address as it is answered.
pub(crate) fn message(stored: &Stored<VendorAddress>) -> pb::VendorAddress {
    let name = name(&stored.value.vendor_id, &stored.value.address_code);
    convert::vendor_address_to(&stored.value, stamp(&name, &stored.stamp))
}
