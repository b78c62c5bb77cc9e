//! What of the history reaches no form for want of a payer or an income type.

use std::sync::Arc;

use formfeed_domain::{PayerId, TaxYear};
use formfeed_proto::calculation as pb;
use formfeed_proto::calculation::history_check_service_server::HistoryCheckService;
use formfeed_proto::convert::{Violations, date_to, read};
use formfeed_runtime::IntoStatus as _;
use formfeed_runtime::page::{self, Query};
use formfeed_store::calculation::{AccountUse, CalculationStore, CheckedPayment};
use tonic::{Request, Response, Status};

use crate::vendors::Vendors;

/// The handlers.
pub(crate) struct HistoryCheckHandlers {
    store: Arc<CalculationStore>,
    vendors: Vendors,
}

impl HistoryCheckHandlers {
    pub(crate) fn new(store: Arc<CalculationStore>, vendors: Vendors) -> Self {
        Self { store, vendors }
    }
}

#[tonic::async_trait]
impl HistoryCheckService for HistoryCheckHandlers {
    async fn list_payments_without_payer(
        &self,
        request: Request<pb::ListPaymentsWithoutPayerRequest>,
    ) -> Result<Response<pb::ListPaymentsWithoutPayerResponse>, Status> {
        let request = request.into_inner();
        let mut bad = Violations::new();
        let size = page::size(&mut bad, request.page_size);
        let tax_year = read(&mut bad, "tax_year", TaxYear::new(request.tax_year));
        let query = Query::new("payments-without-payer").filter("tax_year", request.tax_year);
        let after = query.key_after(&mut bad, &request.page_token);
        let after = after.unwrap_or_default();
        let tax_year = bad.finish(tax_year).map_err(|bad| bad.into_status())?;
        let with_payer = self.vendors.cash_accounts().await?.with_payer.into_iter();
        let with_payer = with_payer.map(|(cash_account_id, _)| cash_account_id);
        let limit = i64::try_from(size + 1).unwrap_or(i64::MAX);
        let found = self
            .store
            .payments_beside(&with_payer.collect(), tax_year, (&after, limit))
            .await;
        let mut payments = found.map_err(|error| error.into_status())?;
        let next = page::cut(&mut payments, size, |payment| payment.payment_id.clone());
        Ok(Response::new(pb::ListPaymentsWithoutPayerResponse {
            payments: payments.into_iter().map(payment_to).collect(),
            next_page_token: next.map_or_else(String::new, |key| query.token_after(&key)),
        }))
    }

    async fn list_unmapped_accounts(
        &self,
        request: Request<pb::ListUnmappedAccountsRequest>,
    ) -> Result<Response<pb::ListUnmappedAccountsResponse>, Status> {
        let request = request.into_inner();
        let mut bad = Violations::new();
        let size = page::size(&mut bad, request.page_size);
        let payer_id = read(
            &mut bad,
            "payer_id",
            PayerId::new(request.payer_id.as_str()),
        );
        let tax_year = read(&mut bad, "tax_year", TaxYear::new(request.tax_year));
        let query = Query::new("unmapped-accounts")
            .filter("payer_id", &request.payer_id)
            .filter("tax_year", request.tax_year);
        let after = query.key_after(&mut bad, &request.page_token);
        let asked = bad.finish(payer_id.zip(tax_year));
        let (payer_id, tax_year) = asked.map_err(|bad| bad.into_status())?;
        self.vendors.payer_exists(&payer_id).await?;
        let cash_accounts = self.vendors.cash_accounts().await?.with_payer;
        let own = cash_accounts
            .into_iter()
            .filter(|(_, payer)| payer == payer_id.as_str());
        let own: Vec<_> = own.map(|(cash_account_id, _)| cash_account_id).collect();
        let used = self.store.accounts_used(&own, tax_year).await;
        let used = used.map_err(|error| error.into_status())?;
        let unmapped = self.vendors.unmapped_accounts().await?;
        let is_after = |id: &String| after.as_ref().is_none_or(|after| id > after);
        let mut accounts: Vec<_> = used
            .into_iter()
            .filter(|(id, _)| (id.is_empty() || unmapped.contains(id)) && is_after(id))
            .take(size + 1)
            .collect();
        let next = page::cut(&mut accounts, size, |(account_id, _)| account_id.clone());
        Ok(Response::new(pb::ListUnmappedAccountsResponse {
            accounts: accounts.into_iter().map(account_to).collect(),
            next_page_token: next.map_or_else(String::new, |key| query.token_after(&key)),
        }))
    }
}

fn payment_to(payment: CheckedPayment) -> pb::PaymentWithoutPayer {
    pb::PaymentWithoutPayer {
        payment_id: payment.payment_id,
        cash_account_id: payment.cash_account_id,
        pay_vendor_id: payment.pay_vendor_id,
        payment_date: Some(date_to(payment.payment_date)),
        gross_cents: payment.gross.cents(),
    }
}

fn account_to((account_id, on): (String, AccountUse)) -> pb::UnmappedAccount {
    pb::UnmappedAccount {
        account_id,
        voucher_lines: on.voucher_lines,
        voucher_id: on.voucher_id,
        payments: on.payments,
        payment_id: on.payment_id,
    }
}
