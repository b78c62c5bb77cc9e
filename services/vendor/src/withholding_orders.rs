//! Orders to withhold from vendors.

use chrono::Utc;
use formfeed_domain::backup::WithholdingOrder;
use formfeed_domain::extract::File;
use formfeed_domain::{OrderId, VendorId};
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
    word: "withholding order",
    collection: "vendors",
    not_found: reason::WITHHOLDING_ORDER_NOT_FOUND,
};
const FIELDS: &[Field<pb::WithholdingOrder>] =
    fields![pb::WithholdingOrder: payer_id, from_date, until_date, why];

impl Handlers {
    pub(crate) async fn get_withholding_order(
        &self,
        request: pb::GetWithholdingOrderRequest,
    ) -> Result<pb::WithholdingOrder, Status> {
        let mut bad = Violations::new();
        let key = key_in(&mut bad, "name", &request.name);
        Ok(message(&self.withholding_order(&valid(bad, key)?).await?))
    }

    pub(crate) async fn list_withholding_orders(
        &self,
        request: pb::ListWithholdingOrdersRequest,
    ) -> Result<pb::ListWithholdingOrdersResponse, Status> {
        let mut bad = Violations::new();
        let size = page::size(&mut bad, request.page_size);
        let query = Query::new("withholdingOrders").filter("vendor_id", &request.vendor_id);
        let after = query.key_after(&mut bad, &request.page_token);
        valid(bad, Some(()))?;
        let after = after.as_deref().and_then(|key| key.split_once('/'));
        let only = given(&request.vendor_id);
        let found = self
            .store
            .withholding_orders_after(after, only, size + 1)
            .await;
        let mut found = found.map_err(store)?;
        let key = |last: &Stored<WithholdingOrder>| {
            format!("{}/{}", last.value.vendor_id, last.value.order_id)
        };
        let more = page::cut(&mut found, size, key);
        Ok(pb::ListWithholdingOrdersResponse {
            withholding_orders: found.iter().map(message).collect(),
            next_page_token: more.map(|key| query.token_after(&key)).unwrap_or_default(),
        })
    }

    pub(crate) async fn create_withholding_order(
        &self,
        request: pb::CreateWithholdingOrderRequest,
    ) -> Result<pb::WithholdingOrder, Status> {
        let mut bad = Violations::new();
        let sent = present(&mut bad, "withholding_order", request.withholding_order);
        let id = &request.request_id;
        let created = create_request(&mut bad, "CreateWithholdingOrder", id, &sent);
        let order = self.checked_order(&mut bad, &sent).await?;
        let order = valid(bad, order)?;
        let encode = |made| message(&made).encode_to_vec();
        let made = self
            .store
            .create_withholding_order(&created, &order, Utc::now(), encode)
            .await;
        let name = name_of(&order);
        answer(&made.map_err(|error| kept(error, &name, &created.request_id))?)
    }

    pub(crate) async fn update_withholding_order(
        &self,
        request: pb::UpdateWithholdingOrderRequest,
    ) -> Result<pb::WithholdingOrder, Status> {
        let mut bad = Violations::new();
        let sent = present(&mut bad, "withholding_order", request.withholding_order);
        let changes = Changes::read(&mut bad, request.update_mask.as_ref(), FIELDS);
        let key = key_in(&mut bad, "withholding_order.name", &sent.name);
        etag::require(&mut bad, "withholding_order.etag", &sent.etag);
        let read = self.withholding_order(&valid(bad, key)?).await?;
        let mut merged = message(&read);
        etag::check(&sent.name, &sent.etag, &merged.etag)?;
        changes.copy(&mut merged, &sent);
        let mut bad = Violations::new();
        let order = self.checked_order(&mut bad, &merged).await?;
        let order = valid(bad, order)?;
        let made = self
            .store
            .replace_withholding_order(&order, &read.stamp, Utc::now())
            .await;
        Ok(message(&made.map_err(|error| kept(error, &sent.name, ""))?))
    }

    async fn withholding_order(
        &self,
        (vendor, order): &(VendorId, OrderId),
    ) -> Result<Stored<WithholdingOrder>, Status> {
        let found = self
            .store
            .withholding_order(vendor.as_str(), order.as_str())
            .await
            .map_err(store)?;
        let name = || format!("vendors/{vendor}/withholdingOrders/{order}");
        found.ok_or_else(|| not_found(KIND, &name()))
    }

    async fn checked_order(
        &self,
        bad: &mut Violations,
        sent: &pb::WithholdingOrder,
    ) -> Result<Option<WithholdingOrder>, Status> {
        let read = convert::order_from(sent);
        let read = read
            .map_err(|wrong| bad.extend_below("withholding_order", wrong))
            .ok();
        let (vendor, payer) = (&sent.vendor_id, &sent.payer_id);
        let field = "withholding_order.vendor_id";
        self.check_reference(bad, field, File::Vendors, vendor)
            .await?;
        let field = "withholding_order.payer_id";
        self.check_reference(bad, field, File::Payers, payer)
            .await?;
        Ok(read)
    }
}

fn key_in(bad: &mut Violations, field: &str, name: &str) -> Option<(VendorId, OrderId)> {
    convert::key_in(bad, field, KIND.collection, name, convert::order_key)
}

fn name_of(order: &WithholdingOrder) -> String {
    format!(
        "vendors/{}/withholdingOrders/{}",
        order.vendor_id, order.order_id
    )
}

fn message(stored: &Stored<WithholdingOrder>) -> pb::WithholdingOrder {
    let name = name_of(&stored.value);
    convert::order_to(&stored.value, stamp(&name, &stored.stamp))
}
