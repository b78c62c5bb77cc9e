//! The vendor service: the other half of imports, and what a run reads of vendors and payers.

use std::collections::HashSet;

use formfeed_domain::calculation::{Chart, VendorFacts};
use formfeed_domain::{AddressCode, PayerId, TaxYear, VendorId};
use formfeed_proto::convert::{account_from, relate_to_from, vendor_from};
use formfeed_proto::vendor as pb;
use formfeed_proto::vendor::account_service_client::AccountServiceClient;
use formfeed_proto::vendor::payer_service_client::PayerServiceClient;
use formfeed_proto::vendor::vendor_import_service_client::VendorImportServiceClient;
use formfeed_proto::vendor::vendor_service_client::VendorServiceClient;
use formfeed_proto::vendor::withholding_service_client::WithholdingServiceClient;
use formfeed_runtime::client::AuthChannel;
use formfeed_runtime::{Connector, IntoStatus as _, Refusal, incident, reason, sized};
use formfeed_store::calculation::{FileCount, NamedVendor, RunVendor};
use tonic::{Code, Request, Status, Streaming};

/// Publishing a large half takes its time.
const PUBLISH_WITHIN: std::time::Duration = std::time::Duration::from_secs(3_600);
/// Entries of a page of cash accounts, or of accounts.
const PAGE: i32 = 1_000;

/// The way to the vendor service. When it cannot be reached, callers are told UNAVAILABLE, and that it is this one.
#[derive(Debug, Clone)]
pub(crate) struct Vendors(Connector);

/// The cash accounts.
#[derive(Debug, Default)]
pub(crate) struct CashAccounts {
    /// Those that have a payer, with its key.
    pub(crate) with_payer: Vec<(String, String)>,
    /// Those that no organization gives a payer.
    pub(crate) without_payer: Vec<String>,
}

/// Every vendor, some hundred at a time.
pub(crate) struct VendorStream {
    vendors: Vendors,
    stream: Streaming<pb::StreamVendorsResponse>,
}

impl Vendors {
    pub(crate) fn new(connector: Connector) -> Self {
        Self(connector)
    }

    /// Makes sure that there is such a payer: NOT_FOUND `PAYER_NOT_FOUND` names the field `payer_id` else.
    pub(crate) async fn payer_exists(&self, payer_id: &PayerId) -> Result<(), Status> {
        let request = pb::GetPayerRequest {
            name: format!("payers/{payer_id}"),
        };
        let mut client = sized!(PayerServiceClient::new(self.0.channel()), self.0.limits());
        match self.answer(client.get_payer(request).await) {
            Err(status) if status.code() == Code::NotFound => Err(no_payer(payer_id)),
            answered => answered.map(|_| ()),
        }
    }

    /// A vendor in its current version.
    pub(crate) async fn vendor(&self, vendor_id: &VendorId) -> Result<NamedVendor, Status> {
        let request = pb::GetVendorRequest {
            name: format!("vendors/{vendor_id}"),
        };
        let mut client = sized!(VendorServiceClient::new(self.0.channel()), self.0.limits());
        let vendor = run_vendor(&self.answer(client.get_vendor(request).await)?)?;
        Ok(NamedVendor {
            version: vendor.version,
            address_code: vendor.address_code,
            name: vendor.name,
        })
    }

    /// Makes sure that a vendor has such an address.
    pub(crate) async fn address_exists(
        &self,
        vendor_id: &VendorId,
        code: &AddressCode,
    ) -> Result<(), Status> {
        let request = pb::GetVendorAddressRequest {
            name: format!("vendors/{vendor_id}/addresses/{code}"),
        };
        let mut client = sized!(VendorServiceClient::new(self.0.channel()), self.0.limits());
        let answered = client.get_vendor_address(request).await;
        self.answer(answered).map(|_| ())
    }

    /// Every vendor in its current version.
    pub(crate) async fn stream(&self) -> Result<VendorStream, Status> {
        let mut client = sized!(VendorServiceClient::new(self.0.channel()), self.0.limits());
        let answered = client.stream_vendors(pb::StreamVendorsRequest {}).await;
        Ok(VendorStream {
            stream: self.answer(answered)?,
            vendors: self.clone(),
        })
    }

    /// Every cash account that has a payer, with the payer's key, and those that have none.
    pub(crate) async fn cash_accounts(&self) -> Result<CashAccounts, Status> {
        let mut client = sized!(PayerServiceClient::new(self.0.channel()), self.0.limits());
        let mut accounts = CashAccounts::default();
        let mut page_token = String::new();
        loop {
            let request = pb::ListCashAccountsRequest {
                page_size: PAGE,
                page_token,
                org_id: String::new(),
            };
            let page = self.answer(client.list_cash_accounts(request).await)?;
            for account in page.cash_accounts {
                match account.payer_id.is_empty() {
                    true => accounts.without_payer.push(account.cash_account_id),
                    false => accounts
                        .with_payer
                        .push((account.cash_account_id, account.payer_id)),
                }
            }
            if page.next_page_token.is_empty() {
                return Ok(accounts);
            }
            page_token = page.next_page_token;
        }
    }

    /// What accounts mean now, and Relate To codes in a tax year.
    pub(crate) async fn chart(&self, tax_year: TaxYear) -> Result<Chart, Status> {
        let mut client = sized!(AccountServiceClient::new(self.0.channel()), self.0.limits());
        let (mut accounts, mut codes) = (Vec::new(), Vec::new());
        let mut page_token = String::new();
        loop {
            let request = pb::ListAccountsRequest {
                page_size: PAGE,
                page_token,
                ..pb::ListAccountsRequest::default()
            };
            let page = self.answer(client.list_accounts(request).await)?;
            for message in &page.accounts {
                let account = account_from(message).map_err(|bad| incident::internal(&bad))?;
                accounts.extend(
                    account
                        .income_type
                        .map(|mapped| (account.account_id, mapped)),
                );
            }
            page_token = page.next_page_token;
            if page_token.is_empty() {
                break;
            }
        }
        loop {
            let request = pb::ListRelateToCodesRequest {
                page_size: PAGE,
                page_token,
                tax_year: tax_year.year(),
                ..pb::ListRelateToCodesRequest::default()
            };
            let page = self.answer(client.list_relate_to_codes(request).await)?;
            for code in page.relate_to_codes {
                let effective = pb::RelateToCode {
                    income_type: code.effective_income_type.clone(),
                    ..code
                };
                codes.push(relate_to_from(&effective).map_err(|bad| incident::internal(&bad))?);
            }
            page_token = page.next_page_token;
            if page_token.is_empty() {
                return Ok(Chart::new(accounts, codes));
            }
        }
    }

    /// One vendor as it is now.
    pub(crate) async fn get(&self, vendor_id: &VendorId) -> Result<pb::Vendor, Status> {
        let request = pb::GetVendorRequest {
            name: format!("vendors/{vendor_id}"),
        };
        let mut client = sized!(VendorServiceClient::new(self.0.channel()), self.0.limits());
        self.answer(client.get_vendor(request).await)
    }

    /// What is to be kept back from a payment.
    pub(crate) async fn compute_withholding(
        &self,
        request: pb::ComputeWithholdingRequest,
    ) -> Result<pb::Withholding, Status> {
        let client = WithholdingServiceClient::new(self.0.channel());
        let mut client = sized!(client, self.0.limits());
        self.answer(client.compute_withholding(request).await)
    }

    /// Keys of the accounts without income type.
    pub(crate) async fn unmapped_accounts(&self) -> Result<HashSet<String>, Status> {
        let client = AccountServiceClient::new(self.0.channel());
        let mut client = sized!(client, self.0.limits());
        let mut accounts = HashSet::new();
        let mut request = pb::ListAccountsRequest {
            page_size: PAGE,
            page_token: String::new(),
            unmapped_only: true,
        };
        loop {
            let page = self.answer(client.list_accounts(request.clone()).await)?;
            accounts.extend(page.accounts.into_iter().map(|account| account.account_id));
            if page.next_page_token.is_empty() {
                return Ok(accounts);
            }
            request.page_token = page.next_page_token;
        }
    }

    /// Those of the keys that neither exist nor are staged.
    pub(crate) async fn check_references(
        &self,
        keys: pb::CheckReferencesRequest,
    ) -> Result<pb::CheckReferencesResponse, Status> {
        self.answer(self.imports().check_references(keys).await)
    }

    /// Publishes the other half; doing so again changes nothing.
    pub(crate) async fn publish(&self, import_id: &str) -> Result<Vec<FileCount>, Status> {
        let mut request = Request::new(pb::PublishVendorImportRequest {
            import_id: import_id.to_owned(),
        });
        request.set_timeout(PUBLISH_WITHIN);
        let published = self.answer(self.imports().publish_vendor_import(request).await)?;
        let count = |counts: pb::FileCounts| FileCount {
            file: counts.file,
            new: counts.new_records,
            changed: counts.changed_records,
            same: counts.same_records,
        };
        Ok(published.files.into_iter().map(count).collect())
    }

    /// Forgets the other half.
    pub(crate) async fn discard(&self, import_id: &str) -> Result<(), Status> {
        let request = pb::DiscardVendorImportRequest {
            import_id: import_id.to_owned(),
        };
        self.answer(self.imports().discard_vendor_import(request).await)
            .map(|_| ())
    }

    fn imports(&self) -> VendorImportServiceClient<AuthChannel> {
        let client = VendorImportServiceClient::new(self.0.channel());
        sized!(client, self.0.limits())
    }

    fn answer<T>(&self, answered: Result<tonic::Response<T>, Status>) -> Result<T, Status> {
        answered
            .map(tonic::Response::into_inner)
            .map_err(|status| self.explained(status))
    }

    /// What a failed call means for our own caller, without the other service's headers.
    fn explained(&self, status: Status) -> Status {
        let status = self.0.explain(status);
        let details = status.details().to_vec();
        Status::with_details(status.code(), status.message(), details.into())
    }
}

impl VendorStream {
    /// The next vendors; `None` at the end.
    pub(crate) async fn next(&mut self) -> Result<Option<Vec<RunVendor>>, Status> {
        let message = self.stream.message().await;
        let message = message.map_err(|status| self.vendors.explained(status))?;
        message
            .map(|batch| batch.vendors.iter().map(run_vendor).collect())
            .transpose()
    }
}

fn no_payer(payer_id: &PayerId) -> Status {
    let way_out = format!(
        "there is no payer {payer_id}; look at its key, or bring the payer in with an AP extract (formfeed import)"
    );
    Refusal::not_found(reason::PAYER_NOT_FOUND, format!("payer_id: {way_out}"))
        .with("payer_id", payer_id)
        .field("payer_id", way_out)
        .into_status()
}

fn run_vendor(message: &pb::Vendor) -> Result<RunVendor, Status> {
    let vendor = vendor_from(message).map_err(|bad| incident::internal(&bad))?;
    let name = match vendor.short_name.trim().is_empty() {
        true => vendor.name.clone(),
        false => vendor.short_name.clone(),
    };
    Ok(RunVendor {
        facts: VendorFacts::from(&vendor),
        version: message.version,
        address_code: message.address_code.clone(),
        name,
    })
}
