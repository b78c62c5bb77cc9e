//! The year-end preflight: every trap of a year is named with its record, its effect and a way out, and nothing else.

use std::collections::BTreeSet;

use calculation::history_check_service_client::HistoryCheckServiceClient;
use formfeed::errors::Exit;
use formfeed_proto::calculation;
use formfeed_proto::forms as pb;
use formfeed_proto::forms::preflight_service_client::PreflightServiceClient;
use formfeed_runtime::Service;
use formfeed_tests::ledger::Ledger;
use formfeed_tests::world::World;
use serde_json::Value;
use tonic::Code;

const OF_ACME: [&str; 4] = ["--payer", "ACME", "--tax-year", "2025"];

async fn import(world: &World, ledger: &Ledger) {
    let folder = ledger.write();
    world
        .done(&["import", folder.path().to_str().unwrap()])
        .await;
}

async fn check(world: &World) -> (Exit, Value) {
    let (exit, out, err) = world
        .cli(&[&["--json", "check"], &OF_ACME[..]].concat())
        .await;
    let found = serde_json::from_str(&out).unwrap_or_else(|error| panic!("{error}: {out}{err}"));
    (exit, found)
}

/// `severity kind record`, each once.
fn words(found: &Value) -> BTreeSet<String> {
    let word = |finding: &Value| {
        let text = |key: &str| finding[key].as_str().unwrap().to_owned();
        format!("{} {} {}", text("severity"), text("kind"), text("record"))
    };
    found["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(word)
        .collect()
}

/// A year with one trap of each kind, and one vendor in order.
fn year_of_traps() -> Ledger {
    let mut ledger = Ledger::of_acme();
    ledger
        .row("organizations.csv", "2,,")
        .row("cash_accounts.csv", "LOST,2,Nobody's")
        .row("accounts.csv", "6999,Sundry,")
        .vendor("FINE", "987000101")
        .paid("FINE", "700.00")
        .vendor("NOTIN", "")
        .paid("NOTIN", "800.00")
        .row(
            "vendors.csv",
            "NOADDR,Vendor NOADDR,987000103,ein,individual,Y,",
        )
        .paid("NOADDR", "800.00")
        .row(
            "vendors.csv",
            "ZZ,Vendor ZZ,987000104,ein,individual,Y,MAIN",
        )
        .row("vendor_addresses.csv", "ZZ,MAIN,1 Quay,Dover,ZZ,19901")
        .paid("ZZ", "800.00")
        .row(
            "vendors.csv",
            "CORP,Vendor CORP,987000105,ein,c_corporation,Y,MAIN",
        )
        .address("CORP")
        .paid("CORP", "900.00")
        .row(
            "vendors.csv",
            "FLAGN,Vendor FLAGN,987000106,ein,individual,N,MAIN",
        )
        .address("FLAGN")
        .paid("FLAGN", "900.00")
        .vendor("NEAR", "987000107")
        .paid("NEAR", "595.00")
        .row(
            "vendors.csv",
            &format!(
                "LONG,{},987000108,ein,individual,Y,MAIN",
                "Long ".repeat(40)
            ),
        )
        .address("LONG")
        .paid("LONG", "900.00")
        .row(
            "vendors.csv",
            "HAN,\u{4e2d}\u{6587},987000109,ein,individual,Y,MAIN",
        )
        .address("HAN")
        .paid("HAN", "900.00")
        .row(
            "vendors.csv",
            "NOCLASS,Vendor NOCLASS,000000110,ein,,Y,MAIN",
        )
        .address("NOCLASS")
        .paid("NOCLASS", "900.00")
        .vendor("TWIN1", "987000111")
        .paid("TWIN1", "400.00")
        .vendor("TWIN2", "98-7000111")
        .paid("TWIN2", "300.00")
        .vendor("UNMAPPED", "987000112")
        .paid_from("UNMAPPED", "900.00", "BANK", "6999")
        .paid_from("FINE", "50.00", "LOST", "6000")
        .row("payments.csv", "BARE,FINE,check,2025-07-01,BANK,20.00")
        .row(
            "vendors.csv",
            "ELAN,\u{c9}lodie \u{c9}lan,987000119,ein,individual,Y,MAIN",
        )
        .address("ELAN")
        .paid("ELAN", "900.00");
    ledger
}

#[tokio::test]
async fn every_trap_of_the_year_is_named_and_nothing_else() {
    let world = World::start().await;
    import(&world, &year_of_traps()).await;
    let (exit, before) = check(&world).await;
    assert_eq!(exit, Exit::Failed);
    assert!(
        words(&before).contains("blocking not_calculated payers/ACME"),
        "{before}"
    );
    world.calculate("ACME", "2025").await;
    let (exit, found) = check(&world).await;
    assert_eq!(exit, Exit::Failed);
    let expected = [
        "blocking does_not_fit vendors/LONG",
        "blocking payment_without_payer payments/P14",
        "blocking unprintable vendors/HAN",
        "note near_threshold vendors/NEAR",
        "note no_classification vendors/NOCLASS",
        "note replaced_letters vendors/ELAN",
        "note unmapped_account accounts/",
        "note unmapped_account accounts/6999",
        "warning blank_address vendors/NOADDR",
        "warning calculation_exception payments/BARE",
        "warning classification_conflict vendors/CORP",
        "warning classification_conflict vendors/FLAGN",
        "warning doubtful_tin vendors/NOCLASS",
        "warning missing_tin vendors/NOTIN",
        "warning same_tin_reaches_threshold vendors/TWIN1",
        "warning same_tin_reaches_threshold vendors/TWIN2",
        "warning unknown_state vendors/ZZ",
        "note efile_limit payers/ACME",
    ];
    assert_eq!(words(&found), expected.map(str::to_owned).into());
    let text = found.to_string();
    for tin in ["987000101", "98-7000111", "000000017"] {
        assert!(!text.contains(tin));
    }
    for finding in found["findings"].as_array().unwrap() {
        assert!(!finding["effect"].as_str().unwrap().is_empty());
        assert!(finding["way_out"].as_str().unwrap().ends_with('.'));
    }
    let twin = found["findings"]
        .as_array()
        .unwrap()
        .iter()
        .find(|f| f["record"] == "vendors/TWIN1");
    assert_eq!(
        twin.unwrap()["related"],
        serde_json::json!(["vendors/TWIN2"])
    );
    assert_eq!(
        (&found["blocking"], &found["warnings"]),
        (&3.into(), &9.into())
    );
}

#[tokio::test]
async fn what_the_preflight_blocks_the_spooler_refuses_and_what_it_lets_pass_prints() {
    let world = World::start().await;
    import(&world, &year_of_traps()).await;
    world.calculate("ACME", "2025").await;
    let out = format!("file:{}", world.folder().join("out").display());
    world.done(&["printer", "add", "office", &out]).await;
    let print = [
        &["print", "--form", "nec", "--printer", "office", "--wait"],
        &OF_ACME[..],
    ]
    .concat();
    let (exit, _, err) = world.cli(&print).await;
    assert_eq!(exit, Exit::Refused);
    assert!(err.contains("LONG") && err.contains("HAN"), "{err}");
    let mended = {
        let mut ledger = Ledger::of_acme();
        ledger
            .vendor("LONG", "987000108")
            .vendor("HAN", "987000109");
        // Payments are what an extract must have; the same one again changes nothing.
        ledger.vendor("FINE", "987000101").paid("FINE", "700.00");
        ledger
    };
    import(&world, &mended).await;
    world.calculate("ACME", "2025").await;
    let (_, found) = check(&world).await;
    let blocking: Vec<_> = words(&found)
        .into_iter()
        .filter(|w| w.starts_with("blocking"))
        .collect();
    assert_eq!(blocking, ["blocking payment_without_payer payments/P14"]);
    world.done(&print).await;
}

#[tokio::test]
async fn a_year_with_nothing_blocking_ends_well() {
    let world = World::start().await;
    let mut ledger = Ledger::of_acme();
    ledger.vendor("FINE", "987000101").paid("FINE", "700.00");
    ledger.vendor("NOTIN", "").paid("NOTIN", "800.00");
    import(&world, &ledger).await;
    world.calculate("ACME", "2025").await;
    let (exit, out, _) = world.cli(&[&["check"], &OF_ACME[..]].concat()).await;
    assert_eq!(exit, Exit::Done);
    assert!(out.starts_with("warning missing_tin: "), "{out}");
    assert!(
        out.contains("  vendors/NOTIN: Form 1099-NEC prints without"),
        "{out}"
    );
    assert!(out.ends_with("0 blocking, 1 warnings, 0 notes\n"), "{out}");
}

#[tokio::test]
async fn an_unknown_payer_and_a_year_without_rules_are_refused() {
    let world = World::start().await;
    let mut preflight = PreflightServiceClient::new(world.channel(Service::Forms));
    let mut code = async |payer_id: &str, tax_year| {
        let request = pb::CheckYearRequest {
            payer_id: payer_id.to_owned(),
            tax_year,
            options: None,
        };
        preflight.check_year(request).await.unwrap_err().code()
    };
    assert_eq!(code("ACME", 2025).await, Code::NotFound);
    assert_eq!(code("ACME", 2018).await, Code::FailedPrecondition);
    assert_eq!(code("", 25).await, Code::InvalidArgument);
}

async fn history_is_checked_page_by_page(world: World) {
    let mut ledger = year_of_traps();
    ledger.paid_from("FINE", "60.00", "LOST", "6000");
    ledger.row(
        "payments.csv",
        "CARD,FINE,credit_card,2025-07-01,LOST,20.00",
    );
    ledger.row("payments.csv", "OLD,FINE,check,2024-07-01,LOST,20.00");
    import(&world, &ledger).await;
    let mut checks = HistoryCheckServiceClient::new(world.channel(Service::Calculation));
    let mut request = calculation::ListPaymentsWithoutPayerRequest {
        tax_year: 2025,
        page_size: 1,
        page_token: String::new(),
    };
    let mut payments = Vec::new();
    loop {
        let page = checks
            .list_payments_without_payer(request.clone())
            .await
            .unwrap()
            .into_inner();
        payments.extend(
            page.payments
                .into_iter()
                .map(|p| (p.payment_id, p.gross_cents)),
        );
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
    }
    assert_eq!(
        payments,
        [("P14".to_owned(), 50_00), ("P16".to_owned(), 60_00)]
    );
    let mut request = calculation::ListUnmappedAccountsRequest {
        payer_id: "ACME".to_owned(),
        tax_year: 2025,
        page_size: 1,
        page_token: String::new(),
    };
    let first = checks
        .list_unmapped_accounts(request.clone())
        .await
        .unwrap()
        .into_inner();
    request.page_token = first.next_page_token;
    let second = checks
        .list_unmapped_accounts(request)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(second.next_page_token, "");
    let expected = [
        calculation::UnmappedAccount {
            payments: 1,
            payment_id: "BARE".to_owned(),
            ..calculation::UnmappedAccount::default()
        },
        calculation::UnmappedAccount {
            account_id: "6999".to_owned(),
            voucher_lines: 1,
            voucher_id: "A13".to_owned(),
            ..calculation::UnmappedAccount::default()
        },
    ];
    assert_eq!([first.accounts, second.accounts].concat(), expected);
}

#[tokio::test]
async fn payments_without_payer_and_unmapped_accounts_are_found_on_sqlite() {
    history_is_checked_page_by_page(World::start().await).await;
}

#[tokio::test]
async fn payments_without_payer_and_unmapped_accounts_are_found_on_postgresql() {
    history_is_checked_page_by_page(World::on_postgres().await).await;
}
