//! The methods of the history, which imports alone change.

use std::sync::Arc;

use formfeed_domain::{PaymentId, VendorId, VoucherId};
use formfeed_proto::calculation as pb;
use formfeed_proto::calculation::history_service_server::HistoryService;
use formfeed_proto::convert::history::{payment_to, voucher_to};
use formfeed_proto::convert::{Violations, date_from, key_in, read, read_optional};
use formfeed_runtime::page::{self, Query};
use formfeed_runtime::{IntoStatus, Refusal, reason};
use formfeed_store::calculation::{CalculationStore, PaymentFilter};
use tonic::{Request, Response, Status};

/// The handlers.
pub(crate) struct HistoryHandlers(Arc<CalculationStore>);

impl HistoryHandlers {
    pub(crate) fn new(store: Arc<CalculationStore>) -> Self {
        Self(store)
    }
}

#[tonic::async_trait]
impl HistoryService for HistoryHandlers {
    async fn get_voucher(
        &self,
        request: Request<pb::GetVoucherRequest>,
    ) -> Result<Response<pb::Voucher>, Status> {
        let name = request.into_inner().name;
        let mut bad = Violations::new();
        let id = key_in(&mut bad, "name", "vouchers", &name, VoucherId::new);
        let id = bad.finish(id).map_err(IntoStatus::into_status)?;
        let found = self.0.voucher(&id).await.map_err(IntoStatus::into_status)?;
        let found = found.ok_or_else(|| missing(reason::VOUCHER_NOT_FOUND, "voucher", &name))?;
        Ok(Response::new(voucher_to(&found.voucher, &found.lines)))
    }

    async fn list_vouchers(
        &self,
        request: Request<pb::ListVouchersRequest>,
    ) -> Result<Response<pb::ListVouchersResponse>, Status> {
        let request = request.into_inner();
        let mut bad = Violations::new();
        let size = page::size(&mut bad, request.page_size);
        let vendor_id = read_optional(&mut bad, "vendor_id", &request.vendor_id, VendorId::new);
        let query = Query::new("vouchers").filter("vendor_id", &request.vendor_id);
        let after = query.key_after(&mut bad, &request.page_token);
        let vendor_id = bad.finish(vendor_id).map_err(IntoStatus::into_status)?;
        let after = after.unwrap_or_default();
        let limit = i64::try_from(size + 1).unwrap_or(i64::MAX);
        let vouchers = self
            .0
            .vouchers_after(&after, vendor_id.as_ref(), limit)
            .await;
        let mut vouchers = vouchers.map_err(IntoStatus::into_status)?;
        let next = page::cut(&mut vouchers, size, |v| v.voucher.voucher_id.to_string());
        Ok(Response::new(pb::ListVouchersResponse {
            vouchers: vouchers
                .iter()
                .map(|v| voucher_to(&v.voucher, &v.lines))
                .collect(),
            next_page_token: next.map_or_else(String::new, |key| query.token_after(&key)),
        }))
    }

    async fn get_payment(
        &self,
        request: Request<pb::GetPaymentRequest>,
    ) -> Result<Response<pb::Payment>, Status> {
        let name = request.into_inner().name;
        let mut bad = Violations::new();
        let id = key_in(&mut bad, "name", "payments", &name, PaymentId::new);
        let id = bad.finish(id).map_err(IntoStatus::into_status)?;
        let found = self.0.payment(&id).await.map_err(IntoStatus::into_status)?;
        let found = found.ok_or_else(|| missing(reason::PAYMENT_NOT_FOUND, "payment", &name))?;
        Ok(Response::new(payment_to(
            &found.payment,
            &found.applications,
        )))
    }

    async fn list_payments(
        &self,
        request: Request<pb::ListPaymentsRequest>,
    ) -> Result<Response<pb::ListPaymentsResponse>, Status> {
        let request = request.into_inner();
        let mut bad = Violations::new();
        let size = page::size(&mut bad, request.page_size);
        let filter = payment_filter(&mut bad, &request);
        let query = Query::new("payments")
            .filter("pay_vendor_id", &request.pay_vendor_id)
            .filter("from_date", date_text(filter.from_date))
            .filter("to_date", date_text(filter.to_date));
        let after = query.key_after(&mut bad, &request.page_token);
        let filter = bad.finish(Some(filter)).map_err(IntoStatus::into_status)?;
        let after = after.unwrap_or_default();
        let limit = i64::try_from(size + 1).unwrap_or(i64::MAX);
        let payments = self.0.payments_after(&after, &filter, limit).await;
        let mut payments = payments.map_err(IntoStatus::into_status)?;
        let next = page::cut(&mut payments, size, |p| p.payment.payment_id.to_string());
        Ok(Response::new(pb::ListPaymentsResponse {
            payments: payments
                .iter()
                .map(|p| payment_to(&p.payment, &p.applications))
                .collect(),
            next_page_token: next.map_or_else(String::new, |key| query.token_after(&key)),
        }))
    }
}

fn payment_filter(bad: &mut Violations, request: &pb::ListPaymentsRequest) -> PaymentFilter {
    let pay_vendor_id = &request.pay_vendor_id;
    let pay_vendor_id = read_optional(bad, "pay_vendor_id", pay_vendor_id, VendorId::new);
    let mut date = |field, date: Option<&formfeed_proto::Date>| {
        date.and_then(|date| read(bad, field, date_from(date)))
    };
    PaymentFilter {
        from_date: date("from_date", request.from_date.as_ref()),
        to_date: date("to_date", request.to_date.as_ref()),
        pay_vendor_id: pay_vendor_id.flatten(),
    }
}

fn date_text(date: Option<chrono::NaiveDate>) -> String {
    date.map(|date| date.to_string()).unwrap_or_default()
}

fn missing(reason: &'static str, what: &str, name: &str) -> Status {
    Refusal::not_found(reason, format!("there is no {name}"))
        .with(what, name)
        .into_status()
}
