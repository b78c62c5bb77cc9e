//! The calculation service's checks of the history: payments without payer, unmapped accounts.

use formfeed_domain::{PayerId, TaxYear};
use formfeed_proto::calculation as pb;
use formfeed_proto::calculation::history_check_service_client::HistoryCheckServiceClient;
use formfeed_runtime::client::AuthChannel;
use formfeed_runtime::sized;
use tonic::Status;

use super::{Calculation, explained};
use crate::feed::Pages;

/// The pages of the payments of a year without payer.
pub(crate) struct WithoutPayerPages {
    pub(crate) calculation: Calculation,
    pub(crate) tax_year: TaxYear,
    pub(crate) page_size: i32,
}

/// The pages of the unmapped accounts of a payer and year.
pub(crate) struct UnmappedAccountPages {
    pub(crate) calculation: Calculation,
    pub(crate) payer_id: PayerId,
    pub(crate) tax_year: TaxYear,
    pub(crate) page_size: i32,
}

impl Calculation {
    fn checks(&self) -> HistoryCheckServiceClient<AuthChannel> {
        let client = HistoryCheckServiceClient::new(self.0.channel());
        sized!(client, self.0.limits())
    }
}

impl Pages for WithoutPayerPages {
    type Entry = pb::PaymentWithoutPayer;

    async fn page(&self, token: String) -> Result<(Vec<pb::PaymentWithoutPayer>, String), Status> {
        let request = pb::ListPaymentsWithoutPayerRequest {
            tax_year: self.tax_year.year(),
            page_size: self.page_size,
            page_token: token,
        };
        let mut checks = self.calculation.checks();
        let answered = checks.list_payments_without_payer(request).await;
        let page = answered
            .map_err(|status| explained(&self.calculation.0, status))?
            .into_inner();
        Ok((page.payments, page.next_page_token))
    }

    fn recipient(entry: &pb::PaymentWithoutPayer) -> &str {
        &entry.pay_vendor_id
    }
}

impl Pages for UnmappedAccountPages {
    type Entry = pb::UnmappedAccount;

    async fn page(&self, token: String) -> Result<(Vec<pb::UnmappedAccount>, String), Status> {
        let request = pb::ListUnmappedAccountsRequest {
            payer_id: self.payer_id.to_string(),
            tax_year: self.tax_year.year(),
            page_size: self.page_size,
            page_token: token,
        };
        let mut checks = self.calculation.checks();
        let answered = checks.list_unmapped_accounts(request).await;
        let page = answered
            .map_err(|status| explained(&self.calculation.0, status))?
            .into_inner();
        Ok((page.accounts, page.next_page_token))
    }

    fn recipient(_: &pb::UnmappedAccount) -> &str {
        ""
    }
}
