//! B-notices about vendors, and what they come to.

use std::collections::BTreeSet;

use chrono::Utc;
use formfeed_domain::backup::BNotice;
use formfeed_domain::backup::notice::{Kind as NoticeKind, Standing, with_kinds};
use formfeed_domain::extract::File;
use formfeed_domain::vendor::W9;
use formfeed_domain::{BNoticeId, PayerId, VendorId};
use formfeed_proto::convert::{self, Violations};
use formfeed_proto::vendor as pb;
use formfeed_runtime::page::{self, Query};
use formfeed_runtime::{etag, reason};
use formfeed_store::vendor::Stored;
use prost::Message as _;
use tonic::Status;

use crate::create::{answer, create_request, present};
use crate::organizations::given;
use crate::refusal::{Kind, kept, not_found, store, valid};
use crate::stamp::stamp;
use crate::{Handlers, vendors};

pub(crate) const KIND: Kind = Kind {
    word: "B-notice",
    collection: "vendors",
    not_found: reason::B_NOTICE_NOT_FOUND,
};

impl Handlers {
    pub(crate) async fn get_b_notice(
        &self,
        request: pb::GetBNoticeRequest,
    ) -> Result<pb::BNotice, Status> {
        let mut bad = Violations::new();
        let key = key_in(&mut bad, "name", &request.name);
        let (all, read) = self.b_notice(&valid(bad, key)?).await?;
        Ok(message(&all, &read))
    }

    pub(crate) async fn list_b_notices(
        &self,
        request: pb::ListBNoticesRequest,
    ) -> Result<pb::ListBNoticesResponse, Status> {
        let mut bad = Violations::new();
        let size = page::size(&mut bad, request.page_size);
        let query = Query::new("bNotices").filter("vendor_id", &request.vendor_id);
        let after = query.key_after(&mut bad, &request.page_token);
        valid(bad, Some(()))?;
        let after = after.as_deref().and_then(|key| key.split_once('/'));
        let only = given(&request.vendor_id);
        let found = self.store.b_notices_after(after, only, size + 1).await;
        let mut found = found.map_err(store)?;
        let key =
            |last: &Stored<BNotice>| format!("{}/{}", last.value.vendor_id, last.value.notice_id);
        let more = page::cut(&mut found, size, key);
        let vendors = found
            .iter()
            .map(|stored| stored.value.vendor_id.to_string());
        let vendors: Vec<_> = vendors.collect::<BTreeSet<_>>().into_iter().collect();
        let all = self.b_notices_of(&vendors).await?;
        Ok(pb::ListBNoticesResponse {
            b_notices: found.iter().map(|stored| message(&all, stored)).collect(),
            next_page_token: more.map(|key| query.token_after(&key)).unwrap_or_default(),
        })
    }

    pub(crate) async fn create_b_notice(
        &self,
        request: pb::CreateBNoticeRequest,
    ) -> Result<pb::BNotice, Status> {
        let mut bad = Violations::new();
        let sent = present(&mut bad, "b_notice", request.b_notice);
        let created = create_request(&mut bad, "CreateBNotice", &request.request_id, &sent);
        let notice = convert::b_notice_from(&sent)
            .map_err(|wrong| bad.extend_below("b_notice", wrong))
            .ok();
        let (vendor, payer) = (&sent.vendor_id, &sent.payer_id);
        self.check_reference(&mut bad, "b_notice.vendor_id", File::Vendors, vendor)
            .await?;
        self.check_reference(&mut bad, "b_notice.payer_id", File::Payers, payer)
            .await?;
        let notice = valid(bad, notice)?;
        let mut all = self.b_notices_of(&[notice.vendor_id.to_string()]).await?;
        all.push(notice.clone());
        let encode = |made| message(&all, &made).encode_to_vec();
        let made = self
            .store
            .create_b_notice(&created, &notice, Utc::now(), encode)
            .await;
        let name = convert::b_notice_name(&notice);
        answer(&made.map_err(|error| kept(error, &name, &created.request_id))?)
    }

    pub(crate) async fn delete_b_notice(
        &self,
        request: pb::DeleteBNoticeRequest,
    ) -> Result<pb::DeleteBNoticeResponse, Status> {
        let mut bad = Violations::new();
        let key = key_in(&mut bad, "name", &request.name);
        etag::require(&mut bad, "etag", &request.etag);
        let (all, read) = self.b_notice(&valid(bad, key)?).await?;
        etag::check(&request.name, &request.etag, &message(&all, &read).etag)?;
        let gone = self.store.delete_b_notice(&read).await;
        gone.map_err(|error| kept(error, &request.name, ""))?;
        Ok(pb::DeleteBNoticeResponse {})
    }

    pub(crate) async fn get_b_notice_standing(
        &self,
        request: pb::GetBNoticeStandingRequest,
    ) -> Result<pb::BNoticeStanding, Status> {
        let mut bad = Violations::new();
        let (name, collection) = (&request.vendor, vendors::KIND.collection);
        let id = convert::key_in(&mut bad, "vendor", collection, name, VendorId::new);
        let date = convert::entered_date(&mut bad, "date", request.date.as_ref());
        let id = valid(bad, id)?;
        let date = date.unwrap_or_else(|| Utc::now().date_naive());
        let vendor = self.vendor(&id).await?.vendor;
        let notices = self.b_notices_of(&[id.to_string()]).await?;
        let told: BTreeSet<_> = notices
            .iter()
            .filter(|notice| notice.received_date <= date)
            .map(|notice| &notice.payer_id)
            .collect();
        let standing = |payer| Standing::of(&notices, payer, &vendor.w9, date);
        Ok(pb::BNoticeStanding {
            vendor: request.vendor.clone(),
            date: Some(convert::date_to(date)),
            payers: told
                .iter()
                .map(|payer| payer_standing(&notices, payer, &vendor.w9, date))
                .collect(),
            suggested_second_tin_notice: told.iter().any(|payer| standing(payer).suggests_mark()),
            second_tin_notice: vendor.second_tin_notice,
        })
    }

    /// Every notice about these vendors.
    pub(crate) async fn b_notices_of(&self, vendors: &[String]) -> Result<Vec<BNotice>, Status> {
        let found = self.store.b_notices_of(vendors).await.map_err(store)?;
        Ok(found.into_iter().map(|stored| stored.value).collect())
    }

    /// The notice of this key, behind every notice about its vendor.
    async fn b_notice(
        &self,
        (vendor, notice): &(VendorId, BNoticeId),
    ) -> Result<(Vec<BNotice>, Stored<BNotice>), Status> {
        let found = self.store.b_notices_of(&[vendor.to_string()]).await;
        let found = found.map_err(store)?;
        let read = found
            .iter()
            .find(|stored| &stored.value.notice_id == notice);
        let read = read
            .cloned()
            .ok_or_else(|| not_found(KIND, &format!("vendors/{vendor}/bNotices/{notice}")))?;
        let all = found.into_iter().map(|stored| stored.value).collect();
        Ok((all, read))
    }
}

fn payer_standing(
    notices: &[BNotice],
    payer: &PayerId,
    w9: &W9,
    date: chrono::NaiveDate,
) -> pb::PayerBNoticeStanding {
    let standing = Standing::of(notices, payer, w9, date);
    let latest = standing.latest;
    let kind = latest.map(|latest| convert::b_notice_kind_to(kind_of(notices, latest)));
    pb::PayerBNoticeStanding {
        payer_id: payer.to_string(),
        latest_notice: latest.map(convert::b_notice_name).unwrap_or_default(),
        kind: kind.unwrap_or_default().into(),
        cured: standing.uncured_first.is_none() && standing.uncured_second.is_none(),
        withholding: standing.uncured_second.is_some() || standing.is_first_overdue(date),
    }
}

fn kind_of(all: &[BNotice], notice: &BNotice) -> NoticeKind {
    with_kinds(all)
        .into_iter()
        .find(|(other, _)| {
            other.vendor_id == notice.vendor_id && other.notice_id == notice.notice_id
        })
        .map_or(NoticeKind::First, |(_, kind)| kind)
}

fn key_in(bad: &mut Violations, field: &str, name: &str) -> Option<(VendorId, BNoticeId)> {
    convert::key_in(bad, field, KIND.collection, name, convert::b_notice_key)
}

/// A notice with the kind that its vendor's other notices make it.
fn message(all: &[BNotice], stored: &Stored<BNotice>) -> pb::BNotice {
    let of_vendor: Vec<_> = all
        .iter()
        .filter(|other| other.vendor_id == stored.value.vendor_id)
        .cloned()
        .collect();
    let kind = kind_of(&of_vendor, &stored.value);
    let name = convert::b_notice_name(&stored.value);
    convert::b_notice_to(&stored.value, kind, stamp(&name, &stored.stamp))
}
