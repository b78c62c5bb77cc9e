//! The history half of an extract: all of it or nothing, once or twice, versioned.

use formfeed_proto::Date;
use formfeed_proto::calculation as pb;
use formfeed_proto::calculation::history_import_record::Record;
use formfeed_proto::vendor::{FileCounts, ImportFault, UnreadableRecord};
use formfeed_runtime::status::reason_of;
use formfeed_runtime::{Service, reason};
use formfeed_tests::extract::{Extract, publish};
use formfeed_tests::world::World;
use pb::history_service_client::HistoryServiceClient;
use pb::import_service_client::ImportServiceClient;
use tonic::Code;

fn voucher(voucher_id: &str, vendor_id: &str, cents: i64) -> Record {
    Record::Voucher(pb::Voucher {
        voucher_id: voucher_id.to_owned(),
        vendor_id: vendor_id.to_owned(),
        invoice_amount_cents: cents,
        ..pb::Voucher::default()
    })
}

fn line(voucher_id: &str, line: i32, cents: i64) -> Record {
    Record::VoucherLine(pb::VoucherLine {
        voucher_id: voucher_id.to_owned(),
        line,
        amount_cents: cents,
        reportable: true,
        ..pb::VoucherLine::default()
    })
}

fn payment(payment_id: &str, cents: i64) -> Record {
    Record::Payment(pb::Payment {
        payment_id: payment_id.to_owned(),
        method: "check".to_owned(),
        payment_date: Some(Date {
            year: 2025,
            month: 6,
            day: 30,
        }),
        cash_account_id: "CASH1".to_owned(),
        amount_cents: cents,
        ..pb::Payment::default()
    })
}

fn application(payment_id: &str, voucher_id: &str, cents: i64) -> Record {
    Record::PaymentApplication(pb::PaymentApplication {
        payment_id: payment_id.to_owned(),
        voucher_id: voucher_id.to_owned(),
        amount_cents: cents,
        discount_cents: 0,
    })
}

fn shown(faults: &[ImportFault]) -> Vec<String> {
    let show = |f: &ImportFault| format!("{}:{}: {}: {}", f.file, f.line, f.column, f.message);
    faults.iter().map(show).collect()
}

fn counts(import: &pb::Import, file: &str) -> (i64, i64, i64) {
    let of: &FileCounts = import.files.iter().find(|f| f.file == file).unwrap();
    (of.new_records, of.changed_records, of.same_records)
}

async fn voucher_of(world: &World, voucher_id: &str) -> Result<pb::Voucher, tonic::Status> {
    let mut history = HistoryServiceClient::new(world.channel(Service::Calculation));
    let name = format!("vouchers/{voucher_id}");
    let answer = history.get_voucher(pb::GetVoucherRequest { name }).await?;
    Ok(answer.into_inner())
}

async fn the_same_extract_twice_changes_nothing(world: &World) {
    let small = Extract::small();
    let first = small.import(world, "small-1").await;
    assert_eq!(
        (first.name.as_str(), first.sequence),
        ("imports/small-1", 1)
    );
    assert_eq!(counts(&first, "vouchers.csv"), (139, 0, 0));
    assert_eq!(counts(&first, "payment_applications.csv"), (155, 0, 0));
    assert_eq!(counts(&first, "vendors.csv"), (40, 0, 0));
    let again = small.import(world, "small-2").await;
    for file in &again.files {
        assert_eq!((file.new_records, file.changed_records), (0, 0), "{file:?}");
    }
    assert_eq!(counts(&again, "voucher_lines.csv"), (0, 0, 328));
    assert_eq!(again.sequence, 2);
    // A retry under a published id answers as the first time, and other content is refused.
    let retried = small.load(world, "small-1").await.unwrap();
    assert_eq!(retried.published, Some(first));
    let other = Extract::of_history([voucher("NEW", "V000001", 1)]);
    let refused = other.stage_history(world, "small-1").await.unwrap_err();
    assert_eq!(
        reason_of(&refused).as_deref(),
        Some(reason::IMPORT_PUBLISHED)
    );
    let mut imports = ImportServiceClient::new(world.channel(Service::Calculation));
    let listed = imports
        .list_imports(pb::ListImportsRequest::default())
        .await
        .unwrap();
    let listed = listed.into_inner().imports;
    let sequences: Vec<_> = listed.iter().map(|import| import.sequence).collect();
    assert_eq!(sequences, [2, 1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_extract_twice_changes_nothing_on_either_database() {
    the_same_extract_twice_changes_nothing(&World::start().await).await;
    the_same_extract_twice_changes_nothing(&World::on_postgres().await).await;
}

async fn lines_and_applications_are_replaced_as_sets(world: &World) {
    let first = Extract::of_history([
        voucher("A", "V000001", 100_00),
        line("A", 1, 60_00),
        line("A", 2, 40_00),
        payment("P", 100_00),
        application("P", "A", 100_00),
    ]);
    let mut whole = Extract::small();
    whole.history = first.history;
    whole.import(world, "one").await;
    let second = Extract::of_history([voucher("A", "V000001", 100_00), line("A", 1, 70_00)]);
    let import = second.import(world, "two").await;
    assert_eq!(counts(&import, "vouchers.csv"), (0, 0, 1));
    // Line 1 has another amount, line 2 is gone.
    assert_eq!(counts(&import, "voucher_lines.csv"), (0, 2, 0));
    assert_eq!(counts(&import, "payments.csv"), (0, 0, 0));
    let lines = voucher_of(world, "A").await.unwrap().lines;
    let amounts: Vec<_> = lines.iter().map(|l| (l.line, l.amount_cents)).collect();
    assert_eq!(amounts, [(1, 70_00)]);
    let mut history = HistoryServiceClient::new(world.channel(Service::Calculation));
    let name = "payments/P".to_owned();
    let kept = history
        .get_payment(pb::GetPaymentRequest { name })
        .await
        .unwrap();
    assert_eq!(kept.into_inner().applications.len(), 1);
    let third = Extract::of_history([voucher("A", "V000001", 100_00), payment("P", 100_00)]);
    let import = third.import(world, "three").await;
    assert_eq!(counts(&import, "voucher_lines.csv"), (0, 1, 0));
    assert_eq!(counts(&import, "payments.csv"), (0, 0, 1));
    assert_eq!(counts(&import, "payment_applications.csv"), (0, 1, 0));
    assert_eq!(voucher_of(world, "A").await.unwrap().lines, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_and_applications_are_replaced_as_sets_on_either_database() {
    lines_and_applications_are_replaced_as_sets(&World::start().await).await;
    lines_and_applications_are_replaced_as_sets(&World::on_postgres().await).await;
}

async fn one_dangling_reference_refuses_the_whole_and_every_fault_is_listed(world: &World) {
    let mut extract = Extract::small();
    extract.history = Extract::of_history([
        voucher("A", "NOBODY", 1),
        voucher("A", "V000001", 1),
        line("GONE", 1, 1),
        line("A", 0, 1),
        payment("P", 1),
        application("P", "A", 1),
        application("LOST", "A", 1),
        Record::VoucherLine(pb::VoucherLine {
            voucher_id: "A".to_owned(),
            line: 7,
            relate_to_1: "ZZ".to_owned(),
            account_id: "9999".to_owned(),
            ..pb::VoucherLine::default()
        }),
    ])
    .history;
    extract.stage_vendor(world, "bad").await.unwrap();
    let own = extract.stage_history(world, "bad").await.unwrap();
    assert_eq!(
        shown(&own),
        [
            "vouchers.csv:3: voucher_id: duplicate key A: it stands on line 2 already",
            "voucher_lines.csv:4: voucher_id: there is no voucher GONE: neither in vouchers.csv nor imported before",
            "voucher_lines.csv:5: line: not a line number: use 1, 2, 3 and so on",
            "payment_applications.csv:8: payment_id: there is no payment LOST: neither in payments.csv nor imported before",
        ]
    );
    let answer = publish(world, "bad").await.unwrap();
    assert_eq!(answer.published, None);
    let all = shown(&answer.faults);
    assert_eq!(all.len(), 7, "{all:#?}");
    assert!(all[0].starts_with("vouchers.csv:2: vendor_id: there is no vendor NOBODY"));
    let code = all
        .iter()
        .find(|fault| fault.contains("relate_to_1"))
        .unwrap();
    assert!(
        code.contains("code ZZ is not defined for position 1") && code.contains("CC"),
        "{code}"
    );
    assert!(
        all.iter()
            .any(|f| f.starts_with("voucher_lines.csv:9: account_id: there is no account 9999"))
    );
    let missing = voucher_of(world, "A").await.unwrap_err();
    assert_eq!(
        reason_of(&missing).as_deref(),
        Some(reason::VOUCHER_NOT_FOUND)
    );
    // The same import id, mended, goes through.
    Extract::small().import(world, "bad").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_dangling_reference_refuses_the_whole_on_either_database() {
    one_dangling_reference_refuses_the_whole_and_every_fault_is_listed(&World::start().await).await;
    one_dangling_reference_refuses_the_whole_and_every_fault_is_listed(&World::on_postgres().await)
        .await;
}

/// What comes after the first import is staged apart, and checked there.
#[tokio::test(flavor = "multi_thread")]
async fn one_dangling_reference_refuses_the_whole_of_a_later_import_too() {
    for world in [World::start().await, World::on_postgres().await] {
        Extract::small().import(&world, "first").await;
        one_dangling_reference_refuses_the_whole_and_every_fault_is_listed(&world).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_could_not_be_read_counts_as_existing_and_bars_publication() {
    let world = World::start().await;
    let mut extract = Extract::small();
    let unreadable = Record::Unreadable(UnreadableRecord {
        file: "vouchers.csv".to_owned(),
        key: "HALF".to_owned(),
    });
    extract
        .history
        .extend(Extract::of_history([unreadable, line("HALF", 1, 1)]).history);
    extract.stage_vendor(&world, "half").await.unwrap();
    assert_eq!(
        extract.stage_history(&world, "half").await.unwrap(),
        Vec::new()
    );
    let refused = publish(&world, "half").await.unwrap_err();
    assert_eq!(refused.code(), Code::FailedPrecondition);
    assert_eq!(
        reason_of(&refused).as_deref(),
        Some(reason::IMPORT_HAS_FAULTS)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_without_its_history_half_or_discarded_is_not_found() {
    let world = World::start().await;
    let small = Extract::small();
    small.stage_vendor(&world, "lonely").await.unwrap();
    let refused = publish(&world, "lonely").await.unwrap_err();
    assert_eq!(
        reason_of(&refused).as_deref(),
        Some(reason::IMPORT_NOT_FOUND)
    );
    small.stage_history(&world, "lonely").await.unwrap();
    let mut imports = ImportServiceClient::new(world.channel(Service::Calculation));
    let discard = |import_id: &str| pb::DiscardImportRequest {
        import_id: import_id.to_owned(),
    };
    imports.discard_import(discard("lonely")).await.unwrap();
    assert_eq!(
        publish(&world, "lonely").await.unwrap_err().code(),
        Code::NotFound
    );
    small.import(&world, "kept").await;
    let refused = imports.discard_import(discard("kept")).await.unwrap_err();
    assert_eq!(
        reason_of(&refused).as_deref(),
        Some(reason::IMPORT_PUBLISHED)
    );
    let refused = publish(&world, "no/such id").await.unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_history_is_listed_in_pages_by_key_with_its_filters() {
    let world = World::start().await;
    Extract::small().import(&world, "small").await;
    let mut history = HistoryServiceClient::new(world.channel(Service::Calculation));
    let (mut seen, mut page_token) = (Vec::new(), String::new());
    loop {
        let request = pb::ListVouchersRequest {
            page_size: 50,
            page_token,
            vendor_id: String::new(),
        };
        let page = history.list_vouchers(request).await.unwrap().into_inner();
        seen.extend(
            page.vouchers
                .into_iter()
                .map(|v| (v.voucher_id, v.lines.len())),
        );
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    assert_eq!(seen.len(), 139);
    assert!(seen.is_sorted());
    assert_eq!(seen.iter().map(|(_, lines)| lines).sum::<usize>(), 328);
    let day = |month, day| {
        Some(Date {
            year: 2025,
            month,
            day,
        })
    };
    let request = pb::ListPaymentsRequest {
        page_size: 1_000,
        from_date: day(1, 1),
        to_date: day(6, 30),
        ..pb::ListPaymentsRequest::default()
    };
    let payments = history
        .list_payments(request)
        .await
        .unwrap()
        .into_inner()
        .payments;
    assert!(!payments.is_empty());
    for payment in &payments {
        let date = payment.payment_date.unwrap();
        assert!(date.year == 2025 && date.month <= 6, "{}", payment.name);
    }
    let missing = pb::GetPaymentRequest {
        name: "payments/NONE".to_owned(),
    };
    let missing = history.get_payment(missing).await.unwrap_err();
    assert_eq!(
        reason_of(&missing).as_deref(),
        Some(reason::PAYMENT_NOT_FOUND)
    );
}
