//! An AP extract as messages, sent to the services as any client would.

use std::path::Path;

use formfeed_domain::account::Account;
use formfeed_domain::extract::{Header, Record, parse};
use formfeed_domain::history::{Payment, PaymentApplication, Voucher, VoucherLine};
use formfeed_domain::organization::{CashAccount, Organization};
use formfeed_domain::payer::{Payer, PayerState};
use formfeed_domain::relate_to::RelateTo;
use formfeed_domain::vendor::{Vendor, VendorAddress};
use formfeed_proto::calculation as pb;
use formfeed_proto::calculation::history_import_record::Record as HistoryRecord;
use formfeed_proto::convert::{self, history};
use formfeed_proto::vendor::vendor_import_record::Record as VendorRecord;
use formfeed_proto::vendor::vendor_import_service_client::VendorImportServiceClient;
use formfeed_proto::vendor::{ImportFault, StageVendorImportRequest, VendorImportRecord};
use formfeed_runtime::status::reason_of;
use formfeed_runtime::{Service, reason};
use pb::import_service_client::ImportServiceClient;
use tonic::Status;

use crate::tools::workspace;
use crate::world::World;

/// Records of one message.
const BATCH: usize = 500;

/// Both halves of an extract.
#[derive(Debug, Clone, Default)]
pub struct Extract {
    /// Payers, organizations, accounts, codes, vendors.
    pub vendor: Vec<VendorImportRecord>,
    /// Vouchers and payments.
    pub history: Vec<pb::HistoryImportRecord>,
}

impl Extract {
    /// The small case.
    pub fn small() -> Self {
        Self::read(&workspace().join("tests/fixtures/small/extract"))
    }

    /// The files of a folder, which must be free of faults of their own.
    pub fn read(folder: &Path) -> Self {
        let mut extract = Self::default();
        let vendor = |line, record| VendorImportRecord {
            line,
            record: Some(record),
        };
        let mut add = |line, record| extract.vendor.push(vendor(line, record));
        each(folder, |l, r: Payer| {
            add(l, VendorRecord::Payer(convert::payer_input(&r)))
        });
        each(folder, |l, r: PayerState| {
            add(l, VendorRecord::PayerState(convert::payer_state_input(&r)));
        });
        each(folder, |l, r: Organization| {
            add(
                l,
                VendorRecord::Organization(convert::organization_input(&r)),
            );
        });
        each(folder, |l, r: CashAccount| {
            add(
                l,
                VendorRecord::CashAccount(convert::cash_account_input(&r)),
            );
        });
        each(folder, |l, r: Account| {
            add(l, VendorRecord::Account(convert::account_input(&r)))
        });
        each(folder, |l, r: RelateTo| {
            add(l, VendorRecord::RelateToCode(convert::relate_to_input(&r)));
        });
        each(folder, |l, r: Vendor| {
            add(l, VendorRecord::Vendor(convert::vendor_input(&r)))
        });
        each(folder, |l, r: VendorAddress| {
            add(
                l,
                VendorRecord::VendorAddress(convert::vendor_address_input(&r)),
            );
        });
        let mut add = |line, record| {
            extract.history.push(pb::HistoryImportRecord {
                line,
                record: Some(record),
            });
        };
        each(folder, |l, r: Voucher| {
            add(l, HistoryRecord::Voucher(history::voucher_to(&r, &[])))
        });
        each(folder, |l, r: VoucherLine| {
            add(l, HistoryRecord::VoucherLine(history::voucher_line_to(&r)));
        });
        each(folder, |l, r: Payment| {
            add(l, HistoryRecord::Payment(history::payment_to(&r, &[])))
        });
        each(folder, |l, r: PaymentApplication| {
            add(
                l,
                HistoryRecord::PaymentApplication(history::application_to(&r)),
            );
        });
        extract
    }

    /// Only this history, the vendor half empty.
    pub fn of_history(records: impl IntoIterator<Item = HistoryRecord>) -> Self {
        let record = |(line, record)| pb::HistoryImportRecord {
            line,
            record: Some(record),
        };
        Self {
            vendor: Vec::new(),
            history: (2..).zip(records).map(record).collect(),
        }
    }

    /// Stages the vendor half; answers its faults.
    pub async fn stage_vendor(
        &self,
        world: &World,
        import_id: &str,
    ) -> Result<Vec<ImportFault>, Status> {
        let mut client = VendorImportServiceClient::new(world.channel(Service::Vendor));
        let first = StageVendorImportRequest {
            import_id: import_id.to_owned(),
            records: Vec::new(),
        };
        let rest = self
            .vendor
            .chunks(BATCH)
            .map(|records| StageVendorImportRequest {
                import_id: String::new(),
                records: records.to_vec(),
            });
        let messages: Vec<_> = std::iter::once(first).chain(rest).collect();
        let answer = client
            .stage_vendor_import(tokio_stream::iter(messages))
            .await?;
        Ok(answer.into_inner().faults)
    }

    /// Stages the history half; answers its faults.
    pub async fn stage_history(
        &self,
        world: &World,
        import_id: &str,
    ) -> Result<Vec<ImportFault>, Status> {
        let mut client = ImportServiceClient::new(world.channel(Service::Calculation));
        let first = pb::StageHistoryImportRequest {
            import_id: import_id.to_owned(),
            records: Vec::new(),
        };
        let rest = self
            .history
            .chunks(BATCH)
            .map(|records| pb::StageHistoryImportRequest {
                import_id: String::new(),
                records: records.to_vec(),
            });
        let messages: Vec<_> = std::iter::once(first).chain(rest).collect();
        let answer = client
            .stage_history_import(tokio_stream::iter(messages))
            .await?;
        Ok(answer.into_inner().faults)
    }

    /// Stages both halves, whatever is wrong with them, and asks for publication.
    pub async fn load(
        &self,
        world: &World,
        import_id: &str,
    ) -> Result<pb::PublishImportResponse, Status> {
        self.stage_vendor(world, import_id).await?;
        self.stage_history(world, import_id).await?;
        publish(world, import_id).await
    }

    /// Imports it without faults.
    pub async fn import(&self, world: &World, import_id: &str) -> pb::Import {
        let answer = self.load(world, import_id).await.expect("an answer");
        assert_eq!(answer.faults, Vec::new());
        answer.published.expect("an import without faults")
    }
}

/// Asks for the publication of what is staged. Faults come before a refusal that says so.
pub async fn publish(world: &World, import_id: &str) -> Result<pb::PublishImportResponse, Status> {
    let mut client = ImportServiceClient::new(world.channel(Service::Calculation));
    let request = pb::PublishImportRequest {
        import_id: import_id.to_owned(),
    };
    let mut answers = client.publish_import(request).await?.into_inner();
    let mut all = pb::PublishImportResponse::default();
    loop {
        match answers.message().await {
            Ok(Some(part)) => {
                all.published = part.published.or(all.published);
                all.faults.extend(part.faults);
            }
            Ok(None) => return Ok(all),
            Err(status) if !all.faults.is_empty() => {
                assert_eq!(
                    reason_of(&status).as_deref(),
                    Some(reason::IMPORT_HAS_FAULTS)
                );
                return Ok(all);
            }
            Err(status) => return Err(status),
        }
    }
}

/// Reads every record of one file; a missing file has none.
fn each<R: Record>(folder: &Path, mut take: impl FnMut(i32, R)) {
    let Ok(mut reader) = csv::ReaderBuilder::new()
        .flexible(true)
        .from_path(folder.join(R::FILE.name()))
    else {
        return;
    };
    let header = reader.headers().expect("a header").clone();
    let header = Header::check(R::FILE, &header).expect("columns of the file");
    for row in reader.records() {
        let row = row.expect("a row of CSV");
        let line = row.position().map_or(0, csv::Position::line);
        let record = parse(&header, line, &row).expect("a row without faults");
        take(i32::try_from(line).expect("a line"), record);
    }
}
