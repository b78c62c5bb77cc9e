//! Runs: the small case to the cent, one at a time for each user, all at once or not at all.

use std::collections::HashMap;

use chrono::Utc;
use formfeed_domain::calculation::{Method, Trace};
use formfeed_domain::{Money, PayerId, TaxYear};
use formfeed_proto::calculation as pb;
use formfeed_runtime::status::reason_of;
use formfeed_runtime::{Service, access, reason};
use formfeed_store::calculation::{CalculationStore, NewRun, Purpose};
use formfeed_tests::extract::Extract;
use formfeed_tests::tools::workspace;
use formfeed_tests::world::World;
use pb::calculation_service_client::CalculationServiceClient;
use pb::history_import_record::Record;
use pb::run::State;
use tokio_util::sync::CancellationToken;
use tonic::{Code, Status};
use uuid::Uuid;

type Client = CalculationServiceClient<formfeed_runtime::client::AuthChannel>;

fn client(world: &World) -> Client {
    CalculationServiceClient::new(world.channel(Service::Calculation))
}

fn order(payer_id: &str) -> pb::CalculateRequest {
    pb::CalculateRequest {
        payer_id: payer_id.to_owned(),
        tax_year: 2025,
        request_id: Uuid::now_v7().to_string(),
        ..pb::CalculateRequest::default()
    }
}

/// Runs to the end; answers the last event's run.
async fn run(client: &mut Client, order: pb::CalculateRequest) -> Result<pb::Run, Status> {
    let mut events = client.calculate(order).await?.into_inner();
    let mut last = None;
    while let Some(event) = events.message().await? {
        last = event.run;
    }
    Ok(last.expect("a run has an event"))
}

async fn information(client: &mut Client, payer_id: &str) -> Vec<pb::Information> {
    let mut rows = Vec::new();
    let mut page_token = String::new();
    loop {
        let request = pb::ListInformationRequest {
            payer_id: payer_id.to_owned(),
            tax_year: 2025,
            page_size: 7,
            page_token,
            ..pb::ListInformationRequest::default()
        };
        let page = client.list_information(request).await.unwrap().into_inner();
        rows.extend(page.information);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return rows;
        }
    }
}

/// `recipient income_type total taxable`, one line a row.
fn lines(rows: &[pb::Information]) -> Vec<String> {
    let line = |row: &pb::Information| {
        let money = |cents| Money::from_cents(cents).to_string();
        let (total, taxable) = (row.total_1099_amount_cents, row.taxable_amount_cents);
        format!(
            "{} {} {} {}",
            row.recipient_id,
            row.income_type,
            money(total),
            money(taxable)
        )
    };
    rows.iter().map(line).collect()
}

fn expected(payer_id: &str) -> Vec<String> {
    let file = format!("tests/fixtures/small/expected/INCOME_FIRST-{payer_id}-2025.json");
    let text = std::fs::read_to_string(workspace().join(file)).unwrap();
    let rows: Vec<HashMap<String, String>> = serde_json::from_str(&text).unwrap();
    let columns = [
        "recipient_id",
        "income_type",
        "total_1099_amount",
        "taxable_amount",
    ];
    rows.iter()
        .map(|row| columns.map(|column| row[column].as_str()).join(" "))
        .collect()
}

async fn explain(
    client: &mut Client,
    payer_id: &str,
    recipient_id: &str,
) -> pb::ExplainInformationResponse {
    let request = pb::ExplainInformationRequest {
        payer_id: payer_id.to_owned(),
        tax_year: 2025,
        recipient_id: recipient_id.to_owned(),
        income_type: String::new(),
        ..pb::ExplainInformationRequest::default()
    };
    client
        .explain_information(request)
        .await
        .unwrap()
        .into_inner()
}

async fn the_small_case_comes_out_to_the_cent(world: &World) {
    Extract::small().import(world, "small").await;
    let mut client = client(world);
    for payer_id in ["TE1", "TE2"] {
        let done = run(&mut client, order(payer_id)).await.unwrap();
        assert_eq!(done.state(), State::Completed, "{}", done.failure);
        let rows = information(&mut client, payer_id).await;
        assert_eq!(lines(&rows), expected(payer_id), "{payer_id}");
        assert_eq!(done.rows, i64::try_from(rows.len()).unwrap());
        assert_eq!(done.import_sequence, 1);
        let withheld = |row: &&pb::Information| row.income_type.ends_with("tax_withheld");
        let taxable: i64 = rows
            .iter()
            .filter(|r| !withheld(r))
            .map(|r| r.taxable_amount_cents)
            .sum();
        assert_eq!(done.taxable_amount_cents, taxable);
        for row in &rows {
            assert_eq!(
                (row.vendor_version, row.run.as_str()),
                (1, done.name.as_str())
            );
            assert!(!row.recipient_name.is_empty() && !row.edited);
        }
        every_row_adds_up(&mut client, payer_id, &rows).await;
        skipped_and_exceptions_are_counted(&mut client, payer_id, &done).await;
    }
}

/// Each row is the sum of the leaves of its trace.
async fn every_row_adds_up(client: &mut Client, payer_id: &str, rows: &[pb::Information]) {
    for row in rows {
        let explained = explain(client, payer_id, &row.recipient_id).await;
        assert!(!explained.newer_history && explained.skipped.is_none());
        assert!(explained.information.contains(row));
        let trace: Trace = serde_json::from_str(&explained.trace_json).unwrap();
        let shares = trace.vouchers.iter().flat_map(|v| &v.shares);
        let mut sum: Money = shares
            .filter(|s| s.left_out.is_none() && s.income_type.as_str() == row.income_type)
            .map(|s| s.taxable_amount)
            .sum();
        for payment in &trace.payments {
            match row.income_type.as_str() {
                "federal_income_tax_withheld" => sum += payment.federal_tax_withheld,
                "state_tax_withheld" => sum += payment.state_tax_withheld,
                _ => {}
            }
        }
        assert_eq!(sum.cents(), row.taxable_amount_cents, "{}", row.name);
        assert!(explained.trace_text.contains(&row.recipient_id));
    }
}

async fn skipped_and_exceptions_are_counted(client: &mut Client, payer_id: &str, done: &pb::Run) {
    let request = pb::ListSkippedRecipientsRequest {
        payer_id: payer_id.to_owned(),
        tax_year: 2025,
        ..pb::ListSkippedRecipientsRequest::default()
    };
    let skipped = client
        .list_skipped_recipients(request)
        .await
        .unwrap()
        .into_inner()
        .skipped;
    assert_eq!(done.skipped, i64::try_from(skipped.len()).unwrap());
    let first = skipped.first().expect("the case skips somebody");
    assert!(!first.reason.is_empty() && !first.explanation.is_empty());
    let explained = explain(client, payer_id, &first.recipient_id).await;
    assert_eq!(explained.skipped.as_ref(), Some(first));
    assert_eq!(explained.information, Vec::new());
    let request = pb::ListExceptionsRequest {
        payer_id: payer_id.to_owned(),
        tax_year: 2025,
        page_size: 2,
        ..pb::ListExceptionsRequest::default()
    };
    let mut exceptions = Vec::new();
    let mut request = Some(request);
    while let Some(asked) = request.take() {
        let page = client
            .list_exceptions(asked.clone())
            .await
            .unwrap()
            .into_inner();
        exceptions.extend(page.exceptions);
        if !page.next_page_token.is_empty() {
            request = Some(pb::ListExceptionsRequest {
                page_token: page.next_page_token,
                ..asked
            });
        }
    }
    assert_eq!(done.exceptions, i64::try_from(exceptions.len()).unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_small_case_comes_out_to_the_cent_on_sqlite() {
    the_small_case_comes_out_to_the_cent(&World::start().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_small_case_comes_out_to_the_cent_on_postgresql() {
    the_small_case_comes_out_to_the_cent(&World::on_postgres().await).await;
}

async fn a_run_of_a_range_leaves_the_others_as_they_were(world: &World) {
    let mut small = Extract::small();
    small.import(world, "small").await;
    let mut client = client(world);
    let whole = run(&mut client, order("TE1")).await.unwrap();
    let before = information(&mut client, "TE1").await;
    // Every line counts for nothing now; only the range notices.
    for record in &mut small.history {
        if let Some(Record::VoucherLine(line)) = &mut record.record {
            line.reportable = false;
        }
    }
    small.import(world, "without").await;
    let middle = before[before.len() / 2].recipient_id.clone();
    assert!(explain(&mut client, "TE1", &middle).await.newer_history);
    let ranged = pb::CalculateRequest {
        from_recipient_id: middle.clone(),
        to_recipient_id: middle.clone(),
        ..order("TE1")
    };
    let ranged = run(&mut client, ranged).await.unwrap();
    assert_eq!((ranged.state(), ranged.recipients), (State::Completed, 1));
    let after = information(&mut client, "TE1").await;
    let others: Vec<_> = before
        .iter()
        .filter(|row| row.recipient_id != middle)
        .cloned()
        .collect();
    let untouched: Vec<_> = after
        .iter()
        .filter(|row| row.recipient_id != middle)
        .cloned()
        .collect();
    assert_eq!(untouched, others);
    let explained = explain(&mut client, "TE1", &middle).await;
    assert_eq!(
        (explained.run, explained.newer_history),
        (ranged.name, false)
    );
    assert!(others.iter().all(|row| row.run == whole.name));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_of_a_range_leaves_the_others_as_they_were_on_either_database() {
    a_run_of_a_range_leaves_the_others_as_they_were(&World::start().await).await;
    a_run_of_a_range_leaves_the_others_as_they_were(&World::on_postgres().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_sent_twice_follows_the_first_run_and_other_content_is_refused() {
    let world = World::start().await;
    Extract::small().import(&world, "small").await;
    let mut client = client(&world);
    let asked = order("TE1");
    let first = run(&mut client, asked.clone()).await.unwrap();
    let again = run(&mut client, asked.clone()).await.unwrap();
    assert_eq!(again, first);
    let other = pb::CalculateRequest {
        payer_id: "TE2".to_owned(),
        ..asked
    };
    let refused = run(&mut client, other).await.unwrap_err();
    assert_eq!(refused.code(), Code::AlreadyExists);
    assert_eq!(
        reason_of(&refused).as_deref(),
        Some(reason::REQUEST_ID_REUSED)
    );
    let listed = client
        .list_runs(pb::ListRunsRequest::default())
        .await
        .unwrap();
    assert_eq!(listed.into_inner().runs, [first]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_payer_a_year_without_rules_and_bad_fields_are_refused_with_their_reasons() {
    let world = World::start().await;
    Extract::small().import(&world, "small").await;
    let mut client = client(&world);
    let refused = run(&mut client, order("NOBODY")).await.unwrap_err();
    assert_eq!(refused.code(), Code::NotFound);
    assert_eq!(
        reason_of(&refused).as_deref(),
        Some(reason::PAYER_NOT_FOUND)
    );
    let year = pb::CalculateRequest {
        tax_year: 2010,
        ..order("TE1")
    };
    let refused = run(&mut client, year).await.unwrap_err();
    assert_eq!(refused.code(), Code::FailedPrecondition);
    assert_eq!(
        reason_of(&refused).as_deref(),
        Some(reason::NO_RULE_FOR_YEAR)
    );
    let refused = run(&mut client, pb::CalculateRequest::default())
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument);
    for field in ["payer_id", "tax_year", "request_id"] {
        assert!(refused.message().contains(field), "{refused}");
    }
    let listed = client
        .list_runs(pb::ListRunsRequest::default())
        .await
        .unwrap();
    assert_eq!(listed.into_inner().runs, []);
}

/// Enters a run at work as a process would that then dies.
async fn a_run_of_the_dead(store: &CalculationStore, user: &str) -> String {
    let asked = NewRun {
        run_id: Uuid::now_v7().to_string(),
        user: user.to_owned(),
        request_id: Uuid::now_v7().to_string(),
        payer_id: PayerId::new("TE1").unwrap(),
        tax_year: TaxYear::new(2025).unwrap(),
        method: Method::IncomeFirst,
        from_recipient_id: None,
        to_recipient_id: None,
        create_time: Utc::now(),
        purpose: Purpose::Standing,
    };
    store.begin_run(&asked).await.unwrap().asked.run_id
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_runs_one_calculation_at_a_time_and_a_restart_buries_what_a_crash_left() {
    let world = World::start().await;
    Extract::small().import(&world, "small").await;
    let mut client = client(&world);
    let mine = run(&mut client, order("TE2")).await.unwrap();
    let config = world.config(Service::Calculation);
    let url = config.database_url.parse().unwrap();
    let key = world.folder().join("keys/calculation-audit.key");
    let store = CalculationStore::open(&url, &key).await.unwrap();
    let dead = a_run_of_the_dead(&store, &mine.user).await;
    let refused = run(&mut client, order("TE1")).await.unwrap_err();
    assert_eq!(refused.code(), Code::Aborted);
    assert_eq!(
        reason_of(&refused).as_deref(),
        Some(reason::RUN_IN_PROGRESS)
    );
    assert!(refused.message().contains(&dead), "{refused}");
    // Another instance on the same database, as after a crash.
    let (tokens, stop) = (
        access::ensure(world.folder()).unwrap(),
        CancellationToken::new(),
    );
    let running = formfeed_calculation::start(&config, tokens, stop.clone())
        .await
        .unwrap();
    let name = format!("runs/{dead}");
    let buried = client
        .get_run(pb::GetRunRequest { name: name.clone() })
        .await
        .unwrap();
    let buried = buried.into_inner();
    assert_eq!(buried.state(), State::Failed);
    assert!(
        buried.failure.contains("calculate again"),
        "{}",
        buried.failure
    );
    let refused = client
        .cancel_run(pb::CancelRunRequest { name })
        .await
        .unwrap_err();
    assert_eq!(reason_of(&refused).as_deref(), Some(reason::RUN_ENDED));
    let done = run(&mut client, order("TE1")).await.unwrap();
    assert_eq!(done.state(), State::Completed);
    stop.cancel();
    running.ended().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_is_canceled_leaves_no_trace_but_its_entry() {
    let world = World::start().await;
    Extract::small().import(&world, "small").await;
    let mut client = client(&world);
    // A run may be done before the wish to cancel arrives: try again.
    let canceled = loop {
        let mut events = client.calculate(order("TE1")).await.unwrap().into_inner();
        let begun = events.message().await.unwrap().unwrap().run.unwrap();
        let name = begun.name.clone();
        let answer = client.cancel_run(pb::CancelRunRequest { name }).await;
        let mut last = begun;
        while let Some(event) = events.message().await.unwrap() {
            last = event.run.unwrap();
        }
        match answer {
            Ok(canceled) => {
                assert_eq!(&last, canceled.get_ref());
                break canceled.into_inner();
            }
            Err(refused) => {
                assert_eq!(reason_of(&refused).as_deref(), Some(reason::RUN_ENDED));
            }
        }
    };
    assert_eq!(canceled.state(), State::Canceled);
    assert_eq!((canceled.rows, canceled.recipients), (0, 0));
    let rows = information(&mut client, "TE1").await;
    assert!(rows.iter().all(|row| row.run != canceled.name));
    let done = run(&mut client, order("TE1")).await.unwrap();
    assert_eq!(done.state(), State::Completed);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_vendor_service_a_run_is_refused_by_its_name() {
    let world = World::start().await;
    let mut config = world.config(Service::Calculation);
    config.database_url = format!("sqlite:{}", world.folder().join("alone.db").display());
    config.peers.set(Service::Vendor, "http://127.0.0.1:1");
    let (tokens, stop) = (
        access::ensure(world.folder()).unwrap(),
        CancellationToken::new(),
    );
    let running = formfeed_calculation::start(&config, tokens, stop.clone())
        .await
        .unwrap();
    let token = access::read_token(&access::admin_token_path(world.folder())).unwrap();
    let connector =
        formfeed_runtime::Connector::new(Service::Calculation, running.url(), token, None).unwrap();
    let mut client = CalculationServiceClient::new(connector.channel());
    let refused = run(&mut client, order("TE1")).await.unwrap_err();
    assert_eq!(refused.code(), Code::Unavailable);
    assert!(refused.message().contains("vendor service"), "{refused}");
    stop.cancel();
    running.ended().await.unwrap();
}
