//! Vendors, each change of which makes a new version.

use chrono::Utc;
use formfeed_domain::VendorId;
use formfeed_domain::extract::File;
use formfeed_domain::relate_to::Position;
use formfeed_domain::vendor::Vendor;
use formfeed_proto::convert::{self, VendorStanding, Violations};
use formfeed_proto::vendor as pb;
use formfeed_runtime::page::{self, Query};
use formfeed_runtime::{etag, reason};
use formfeed_store::vendor::{VendorFilter, VendorRecord};
use prost::Message as _;
use tonic::Status;
use zeroize::Zeroize as _;

use crate::Handlers;
use crate::create::{answer, create_request, present};
use crate::mask::{Changes, Field, fields};
use crate::refusal::{Kind, kept, not_found, store, valid};
use crate::stamp::stamp;

pub(crate) const KIND: Kind = Kind {
    word: "vendor",
    collection: "vendors",
    not_found: reason::VENDOR_NOT_FOUND,
};
const FIELDS: &[Field<pb::Vendor>] = fields![pb::Vendor:
    display_name, short_name, tin, tin_type, classification, flag_1099, default_income_type,
    default_relate_to, pay_vendor_id, address_code, second_tin_notice, fatca, first_name,
    middle_name, last_name, suffix, w9_status, w9_date
];

impl Handlers {
    pub(crate) async fn get_vendor(
        &self,
        request: pb::GetVendorRequest,
    ) -> Result<pb::Vendor, Status> {
        let mut bad = Violations::new();
        let id = convert::key_in(
            &mut bad,
            "name",
            KIND.collection,
            &request.name,
            VendorId::new,
        );
        Ok(message(&self.vendor(&valid(bad, id)?).await?))
    }

    pub(crate) async fn list_vendors(
        &self,
        request: pb::ListVendorsRequest,
    ) -> Result<pb::ListVendorsResponse, Status> {
        let mut bad = Violations::new();
        let size = page::size(&mut bad, request.page_size);
        let (flag, class) = (&request.flag_1099, &request.classification);
        let flag = convert::read_optional(&mut bad, "flag_1099", flag, str::parse);
        let class = convert::read_optional(&mut bad, "classification", class, str::parse);
        let query = Query::new("vendors")
            .filter("name_contains", &request.name_contains)
            .filter("flag_1099", &request.flag_1099)
            .filter("classification", &request.classification)
            .filter("without_tin", request.without_tin)
            .filter("include_inactive", request.include_inactive);
        let after = query.key_after(&mut bad, &request.page_token);
        valid(bad, Some(()))?;
        let filter = VendorFilter {
            name_contains: request.name_contains,
            flag_1099: flag.flatten(),
            classification: class.flatten(),
            without_tin: request.without_tin,
            include_inactive: request.include_inactive,
        };
        let found = self
            .store
            .vendors_after(after.as_deref(), &filter, size + 1)
            .await;
        let mut found = found.map_err(store)?;
        let more = page::cut(&mut found, size, |last| last.vendor.vendor_id.to_string());
        Ok(pb::ListVendorsResponse {
            vendors: found.iter().map(message).collect(),
            next_page_token: more.map(|key| query.token_after(&key)).unwrap_or_default(),
        })
    }

    pub(crate) async fn create_vendor(
        &self,
        request: pb::CreateVendorRequest,
    ) -> Result<pb::Vendor, Status> {
        let mut bad = Violations::new();
        let mut sent = present(&mut bad, "vendor", request.vendor);
        let created = create_request(&mut bad, "CreateVendor", &request.request_id, &sent);
        let vendor = self.checked_vendor(&mut bad, &sent).await;
        sent.tin.zeroize();
        let vendor = valid(bad, vendor?)?;
        let encode = |made| message(&made).encode_to_vec();
        let made = self
            .store
            .create_vendor(&created, &vendor, Utc::now(), encode)
            .await;
        let name = format!("vendors/{}", vendor.vendor_id);
        answer(&made.map_err(|error| kept(error, &name, &created.request_id))?)
    }

    /// A blank `tin` under the mask `*` keeps the number, as answers do not carry it; `tin` named removes it.
    pub(crate) async fn update_vendor(
        &self,
        request: pb::UpdateVendorRequest,
    ) -> Result<pb::Vendor, Status> {
        let mut bad = Violations::new();
        let mut sent = present(&mut bad, "vendor", request.vendor);
        let mut changes = Changes::read(&mut bad, request.update_mask.as_ref(), FIELDS);
        if changes.has("tin_type") && !changes.has("tin") {
            bad.add(
                "update_mask",
                "tin_type goes with tin: name both, and send the number again",
            );
        }
        if changes.has("tin") {
            changes.take_along("tin_type", FIELDS); // a number is kept with its type
        }
        let field = "vendor.name";
        let id = convert::key_in(&mut bad, field, KIND.collection, &sent.name, VendorId::new);
        etag::require(&mut bad, "vendor.etag", &sent.etag);
        let mut wrong = Violations::new();
        self.checked_vendor(&mut wrong, &sent).await?;
        changes.note(&mut bad, "vendor", wrong);
        let read = self.vendor(&valid(bad, id)?).await?;
        let mut merged = message(&read);
        etag::check(&sent.name, &sent.etag, &merged.etag)?;
        changes.copy(&mut merged, &sent);
        let keep_tin = !changes.has("tin") || (changes.is_star() && sent.tin.is_empty());
        let mut bad = Violations::new();
        let vendor = self.checked_vendor(&mut bad, &merged).await;
        merged.tin.zeroize();
        sent.tin.zeroize();
        let vendor = valid(bad, vendor?)?;
        let made = self
            .store
            .replace_vendor(&vendor, keep_tin, &read, Utc::now())
            .await;
        Ok(message(&made.map_err(|error| kept(error, &sent.name, ""))?))
    }

    pub(crate) async fn deactivate_vendor(
        &self,
        request: pb::DeactivateVendorRequest,
    ) -> Result<pb::Vendor, Status> {
        let mut bad = Violations::new();
        let id = convert::key_in(
            &mut bad,
            "name",
            KIND.collection,
            &request.name,
            VendorId::new,
        );
        etag::require(&mut bad, "etag", &request.etag);
        let read = self.vendor(&valid(bad, id)?).await?;
        etag::check(&request.name, &request.etag, &message(&read).etag)?;
        if !read.is_active {
            return Ok(message(&read));
        }
        let made = self.store.deactivate_vendor(&read, Utc::now()).await;
        Ok(message(
            &made.map_err(|error| kept(error, &request.name, ""))?,
        ))
    }

    pub(crate) async fn vendor(&self, id: &VendorId) -> Result<VendorRecord, Status> {
        let found = self.store.vendor(id.as_str()).await.map_err(store)?;
        found.ok_or_else(|| not_found(KIND, &format!("vendors/{id}")))
    }

    async fn checked_vendor(
        &self,
        bad: &mut Violations,
        sent: &pb::Vendor,
    ) -> Result<Option<Vendor>, Status> {
        let read = convert::vendor_from(sent);
        let read = read.map_err(|wrong| bad.extend_below("vendor", wrong)).ok();
        let code = &sent.default_relate_to;
        self.check_relate_to(bad, "vendor.default_relate_to", code, &[Position::One])
            .await?;
        if sent.pay_vendor_id != sent.vendor_id {
            let (field, key) = ("vendor.pay_vendor_id", &sent.pay_vendor_id);
            self.check_reference(bad, field, File::Vendors, key).await?;
        }
        Ok(read)
    }
}

/// A vendor as it is answered.
pub(crate) fn message(record: &VendorRecord) -> pb::Vendor {
    let name = format!("vendors/{}", record.vendor.vendor_id);
    let standing = VendorStanding {
        tin: record.tin.as_ref().map(|tin| (tin.kind, tin.truncated())),
        tin_warnings: record.tin_warnings.clone(),
        version: record.version,
        is_active: record.is_active,
    };
    convert::vendor_to(&record.vendor, standing, stamp(&name, &record.stamp))
}
