//! The first import of a database, which is written where it stays: unseen until it is published, and gone when it is not.

use std::time::Duration;

use formfeed_proto::calculation as pb;
use formfeed_proto::calculation::history_import_record::Record;
use formfeed_runtime::status::reason_of;
use formfeed_runtime::{Service, reason};
use formfeed_tests::extract::{Extract, publish};
use formfeed_tests::world::World;
use pb::history_service_client::HistoryServiceClient;
use pb::import_service_client::ImportServiceClient;
use tokio_stream::StreamExt as _;

async fn on_both_databases(test: impl AsyncFn(&World)) {
    test(&World::start().await).await;
    test(&World::on_postgres().await).await;
}

fn voucher(voucher_id: &str, cents: i64) -> Record {
    Record::Voucher(pb::Voucher {
        voucher_id: voucher_id.to_owned(),
        vendor_id: "V000001".to_owned(),
        invoice_amount_cents: cents,
        ..pb::Voucher::default()
    })
}

/// Every voucher that readers see.
async fn vouchers(world: &World) -> Vec<String> {
    let mut history = HistoryServiceClient::new(world.channel(Service::Calculation));
    let request = pb::ListVouchersRequest {
        page_size: 1_000,
        ..pb::ListVouchersRequest::default()
    };
    let page = history.list_vouchers(request).await.unwrap().into_inner();
    page.vouchers.into_iter().map(|v| v.voucher_id).collect()
}

async fn payments(world: &World) -> usize {
    let mut history = HistoryServiceClient::new(world.channel(Service::Calculation));
    let request = pb::ListPaymentsRequest {
        page_size: 1_000,
        ..pb::ListPaymentsRequest::default()
    };
    let page = history.list_payments(request).await.unwrap().into_inner();
    page.payments.len()
}

/// The indexes of the history, as the database tells them.
fn indexes(world: &World) -> Vec<String> {
    let tables = "('vouchers', 'voucher_lines', 'payments', 'payment_applications')";
    let sql = match world.is_on_postgres() {
        true => format!(
            "SELECT indexdef FROM pg_indexes WHERE schemaname = 'formfeed_calculation' AND tablename IN {tables} \
             ORDER BY indexname"
        ),
        false => format!(
            "SELECT replace(replace(sql, char(10), ''), '    ', ' ') FROM sqlite_master WHERE type = 'index' \
             AND sql IS NOT NULL AND tbl_name IN {tables} ORDER BY name"
        ),
    };
    world.look(Service::Calculation, &sql)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_staged_first_is_seen_by_nobody_and_discarded_it_is_gone() {
    on_both_databases(async |world| {
        let before = indexes(world);
        let small = Extract::small();
        small.stage_vendor(world, "first").await.unwrap();
        small.stage_history(world, "first").await.unwrap();
        assert_eq!((vouchers(world).await, payments(world).await), (vec![], 0));
        let mut history = HistoryServiceClient::new(world.channel(Service::Calculation));
        let name = format!("vouchers/{}", small_voucher(&small));
        let unseen = history.get_voucher(pb::GetVoucherRequest { name }).await;
        assert_eq!(
            reason_of(&unseen.unwrap_err()).as_deref(),
            Some(reason::VOUCHER_NOT_FOUND)
        );
        // Nor does it lend its keys to another import.
        let other = Extract::of_history([Record::VoucherLine(pb::VoucherLine {
            voucher_id: small_voucher(&small),
            line: 1,
            ..pb::VoucherLine::default()
        })]);
        assert_eq!(other.stage_history(world, "other").await.unwrap().len(), 1);
        let mut imports = ImportServiceClient::new(world.channel(Service::Calculation));
        let import_id = "first".to_owned();
        let discard = pb::DiscardImportRequest { import_id };
        imports.discard_import(discard).await.unwrap();
        let left = world.look(Service::Calculation, "SELECT COUNT(*) FROM vouchers");
        assert_eq!(left, ["0"]);
        small.import(world, "again").await;
        assert_eq!(vouchers(world).await.len(), 139);
        assert_eq!(indexes(world), before);
    })
    .await;
}

fn small_voucher(small: &Extract) -> String {
    let voucher = |record: &pb::HistoryImportRecord| match &record.record {
        Some(Record::Voucher(voucher)) => Some(voucher.voucher_id.clone()),
        _ => None,
    };
    small.history.iter().find_map(voucher).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn whichever_of_two_is_published_first_has_the_place_and_the_other_is_staged_again() {
    on_both_databases(async |world| {
        let (small, mut other) = (Extract::small(), Extract::small());
        other.history = Extract::of_history([voucher("OTHER", 5)]).history;
        small.stage_vendor(world, "slow").await.unwrap();
        small.stage_history(world, "slow").await.unwrap();
        other.import(world, "quick").await;
        assert_eq!(vouchers(world).await, ["OTHER"]);
        let refused = publish(world, "slow").await.unwrap_err();
        assert_eq!(
            reason_of(&refused).as_deref(),
            Some(reason::IMPORT_NOT_FOUND)
        );
        let published = small.import(world, "slow").await;
        assert_eq!(published.sequence, 2);
        assert_eq!(vouchers(world).await.len(), 140);
        assert_eq!(payments(world).await, 148);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_comes_twice_is_found_whichever_message_it_comes_in() {
    on_both_databases(async |world| {
        let message = |records: Vec<(i32, Record)>| pb::StageHistoryImportRequest {
            import_id: "twice".to_owned(),
            records: records
                .into_iter()
                .map(|(line, record)| pb::HistoryImportRecord {
                    line,
                    record: Some(record),
                })
                .collect(),
        };
        // Lines that say nothing, as of a client without files, and lines that do.
        let messages = [
            message(vec![(0, voucher("A", 1)), (2, voucher("B", 1))]),
            message(vec![
                (0, voucher("A", 2)),
                (4, voucher("C", 1)),
                (5, voucher("C", 2)),
                (6, voucher("B", 1)),
            ]),
        ];
        let pause = Duration::from_millis(200); // each message in a transaction of its own
        let stream = tokio_stream::iter(messages).throttle(pause);
        let mut imports = ImportServiceClient::new(world.channel(Service::Calculation));
        let answer = imports.stage_history_import(stream).await.unwrap();
        let faults = answer.into_inner().faults;
        let shown: Vec<_> = faults
            .iter()
            .map(|f| (f.line, f.message.as_str()))
            .collect();
        assert_eq!(
            shown,
            [
                (0, "duplicate key A: it stands on line 0 already"),
                (5, "duplicate key C: it stands on line 4 already"),
                (6, "duplicate key B: it stands on line 2 already"),
            ]
        );
    })
    .await;
}
