//! Lists: a page token is looked at together with everything else.

use formfeed_proto::calculation as calc;
use formfeed_proto::calculation::calculation_service_client::CalculationServiceClient;
use formfeed_proto::calculation::history_service_client::HistoryServiceClient;
use formfeed_proto::calculation::import_service_client::ImportServiceClient;
use formfeed_proto::forms as pb;
use formfeed_proto::forms::forms_service_client::FormsServiceClient;
use formfeed_proto::spooler as spool;
use formfeed_proto::spooler::job_service_client::JobServiceClient;
use formfeed_proto::spooler::printer_service_client::PrinterServiceClient;
use formfeed_runtime::{Service, reason};
use formfeed_tests::spool::Left;
use formfeed_tests::status::{bad_fields, code_and_reason};
use formfeed_tests::vendor_alone::VendorAlone;
use formfeed_tests::world::World;
use tonic::Code;

/// Asks for a page that is none and with filters that are none; every one must be told.
macro_rules! refused {
    ($client:expr, $method:ident, $request:ident { $($field:ident: $value:expr),* }, $expected:expr) => {{
        #[allow(
            clippy::needless_update,
            reason = "some lists have filters beside those asked with, some have none"
        )]
        let request = |page_size| $request {
            page_size,
            page_token: "!!".to_owned(),
            $($field: $value,)*
            ..$request::default()
        };
        let refused = $client.$method(request(-1)).await.unwrap_err();
        let mut expected = vec!["page_size", "page_token"];
        let others: &[&str] = &$expected;
        expected.extend(others);
        expected.sort_unstable();
        assert_eq!(bad_fields(&refused), expected, stringify!($method));
        let refused = $client.$method($request {
            page_token: "!!".to_owned(),
            ..$request::default()
        });
        if others.is_empty() {
            let only = (Code::InvalidArgument, reason::PAGE_TOKEN_INVALID.to_owned());
            assert_eq!(code_and_reason(&refused.await.unwrap_err()), only, stringify!($method));
        }
    }};
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_token_is_told_with_the_other_bad_fields_of_every_list_of_the_vendor_service() {
    use formfeed_proto::vendor::*;
    let world = VendorAlone::on_sqlite().await;
    let mut payers = world.payers();
    refused!(payers, list_payers, ListPayersRequest {}, []);
    refused!(payers, list_organizations, ListOrganizationsRequest {}, []);
    refused!(payers, list_cash_accounts, ListCashAccountsRequest {}, []);
    let mut accounts = world.accounts();
    refused!(accounts, list_accounts, ListAccountsRequest {}, []);
    refused!(
        accounts,
        list_relate_to_codes,
        ListRelateToCodesRequest { position: 3 },
        ["position"]
    );
    let mut vendors = world.vendors();
    refused!(
        vendors,
        list_vendors,
        ListVendorsRequest {
            flag_1099: "X".to_owned(),
            classification: "company".to_owned()
        },
        ["flag_1099", "classification"]
    );
    refused!(
        vendors,
        list_vendor_addresses,
        ListVendorAddressesRequest {},
        []
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_token_is_told_with_the_other_bad_fields_of_every_list_of_calculation_and_forms() {
    use calc::*;
    use pb::{ListFormsRequest, ListPrintingsRequest};
    let world = World::start().await;
    let mut calculation = CalculationServiceClient::new(world.channel(Service::Calculation));
    let (payer, recipient) = ("TE/1".to_owned(), "V/1".to_owned());
    refused!(
        calculation,
        list_runs,
        ListRunsRequest {
            payer_id: payer.clone(),
            tax_year: 25
        },
        ["payer_id", "tax_year"]
    );
    refused!(
        calculation,
        list_information,
        ListInformationRequest {
            recipient_id: recipient.clone(),
            income_type: "rent".to_owned()
        },
        ["payer_id", "tax_year", "recipient_id", "income_type"]
    );
    refused!(
        calculation,
        list_skipped_recipients,
        ListSkippedRecipientsRequest {},
        ["payer_id", "tax_year"]
    );
    refused!(
        calculation,
        list_exceptions,
        ListExceptionsRequest {},
        ["payer_id", "tax_year"]
    );
    let mut history = HistoryServiceClient::new(world.channel(Service::Calculation));
    refused!(
        history,
        list_vouchers,
        ListVouchersRequest {
            vendor_id: recipient.clone()
        },
        ["vendor_id"]
    );
    refused!(
        history,
        list_payments,
        ListPaymentsRequest {
            pay_vendor_id: recipient,
            from_date: Some(formfeed_proto::Date {
                year: 2025,
                month: 2,
                day: 30
            })
        },
        ["pay_vendor_id", "from_date"]
    );
    let mut imports = ImportServiceClient::new(world.channel(Service::Calculation));
    refused!(imports, list_imports, ListImportsRequest {}, []);
    let mut forms = FormsServiceClient::new(world.channel(Service::Forms));
    refused!(
        forms,
        list_forms,
        ListFormsRequest { form_type: 9 },
        ["payer_id", "tax_year", "form_type"]
    );
    refused!(
        forms,
        list_printings,
        ListPrintingsRequest {
            payer_id: payer,
            tax_year: 25
        },
        ["payer_id", "tax_year"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_token_is_told_with_the_other_bad_fields_of_every_list_of_the_spooler() {
    use spool::*;
    let spool = Left::on_sqlite().start().await;
    let mut printers: PrinterServiceClient<_> = spool.printers();
    refused!(printers, list_printers, ListPrintersRequest {}, []);
    let mut jobs: JobServiceClient<_> = spool.jobs();
    refused!(
        jobs,
        list_jobs,
        ListJobsRequest {
            printer: "laser".to_owned()
        },
        ["printer"]
    );
    refused!(
        jobs,
        list_sheets,
        ListSheetsRequest { first_sheet: -1 },
        ["job", "first_sheet"]
    );
    refused!(jobs, list_questions, ListQuestionsRequest {}, []);
    spool.stop().await;
}
