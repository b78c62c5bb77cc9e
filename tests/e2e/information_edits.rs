//! Edits of the 1099 information: beside what was calculated, guarded by etags, written down for ever.

use formfeed_proto::calculation as pb;
use formfeed_runtime::{Connector, Service, access, reason};
use formfeed_tests::world::World;
use pb::information_change::Kind;
use tokio_util::sync::CancellationToken;
use tonic::Code;

pub(crate) mod desk;

use desk::{Desk, expect, told};

const NEC: &str = "nonemployee_compensation";

async fn an_edit_stands_beside_the_calculated_amount_until_it_is_reverted(world: &World) {
    let desk = Desk::calculated(world).await;
    let before = desk.rows().await;
    let row = desk.row("V000004", NEC).await;
    assert_eq!(
        (
            row.taxable_amount_cents,
            row.calculated_taxable_amount_cents
        ),
        (600_00, Some(600_00))
    );
    let asked = desk.edit(&row, 750_00);
    let edited = desk.send(asked.clone()).await.unwrap();
    assert_eq!(
        (
            edited.taxable_amount_cents,
            edited.calculated_taxable_amount_cents
        ),
        (750_00, Some(600_00))
    );
    assert!(edited.edited && !edited.added_by_hand && !edited.deleted);
    let by = edited.edit.clone().unwrap();
    assert_eq!(
        (by.user.as_str(), by.reason.as_str()),
        ("admin", "the invoice says so")
    );
    assert_eq!(by.calculated_taxable_amount_cents, Some(600_00));
    assert!(by.time.is_some() && by.kept_by_run.is_empty());
    let only = pb::ListInformationRequest {
        edited_only: true,
        ..desk.listing()
    };
    assert_eq!(desk.list(only).await, std::slice::from_ref(&edited));

    // The same request again is the same edit; with another amount it is a mistake.
    assert_eq!(desk.send(asked.clone()).await.unwrap(), edited);
    let other = pb::EditInformationRequest {
        taxable_amount_cents: Some(1),
        ..asked
    };
    assert_eq!(
        told(desk.send(other).await),
        expect(Code::AlreadyExists, reason::REQUEST_ID_REUSED)
    );
    // Who has read the row before the edit must read it again.
    let stale = desk.send(desk.edit(&row, 800_00)).await.unwrap_err();
    assert!(stale.message().contains("read it again"), "{stale}");
    assert_eq!(
        told::<()>(Err(stale)),
        expect(Code::Aborted, reason::ETAG_MISMATCH)
    );
    assert_eq!(
        told(desk.delete(&row).await),
        expect(Code::Aborted, reason::ETAG_MISMATCH)
    );
    assert_eq!(
        told(desk.revert(&row, NEC).await),
        expect(Code::Aborted, reason::ETAG_MISMATCH)
    );

    let reverted = desk.revert(&edited, NEC).await.unwrap();
    assert_eq!(reverted, std::slice::from_ref(&row));
    assert_eq!(desk.rows().await, before);
    assert_eq!(
        told(desk.revert(&row, NEC).await),
        expect(Code::FailedPrecondition, reason::INFORMATION_NOT_EDITED)
    );
    let changes = desk.changes("V000004").await;
    let kinds: Vec<_> = changes.iter().map(pb::InformationChange::kind).collect();
    assert_eq!(kinds, [Kind::Reverted, Kind::Edited]);
    let amount = |side: &Option<pb::InformationValue>| side.as_ref().unwrap().taxable_amount_cents;
    assert_eq!(amount(&changes[1].before), Some(600_00));
    assert_eq!(amount(&changes[1].after), Some(750_00));
    assert_eq!(amount(&changes[0].after), Some(600_00));
    assert_eq!(changes[1].reason, "the invoice says so");
    assert!(changes[0].sequence > changes[1].sequence && changes[0].time.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_stands_until_it_is_reverted_on_either_database() {
    an_edit_stands_beside_the_calculated_amount_until_it_is_reverted(&World::start().await).await;
    let postgres = World::on_postgres().await;
    an_edit_stands_beside_the_calculated_amount_until_it_is_reverted(&postgres).await;
}

async fn rows_are_added_in_their_place_and_deleted_without_being_forgotten(world: &World) {
    let desk = Desk::calculated(world).await;
    let asked = desk.addition("V000013", "rents", 900_00);
    let added = desk.add(asked.clone()).await.unwrap();
    assert!(added.added_by_hand && added.edited && added.run.is_empty());
    assert_eq!(added.calculated_taxable_amount_cents, None);
    assert_eq!(
        (
            added.recipient_name.as_str(),
            added.address_code.as_str(),
            added.vendor_version
        ),
        ("Tia O'Neil", "REMIT", 1)
    );
    assert_eq!(desk.add(asked).await.unwrap(), added, "a retry");
    assert_eq!(
        told(desk.add(desk.addition("V000013", "rents", 1)).await),
        expect(Code::AlreadyExists, reason::RESOURCE_EXISTS)
    );
    // Beside a calculated row: between the others by recipient and income type, on whatever page.
    let beside = desk
        .add(desk.addition("V000004", "rents", 0))
        .await
        .unwrap();
    let rows = desk.rows().await;
    let place = |row: &pb::Information| rows.iter().position(|other| other == row).unwrap();
    assert_eq!(rows.len(), 30);
    assert_eq!(rows[place(&beside) - 1].income_type, NEC);
    assert_eq!(rows[place(&beside) + 1].income_type, "substitute_payments");
    assert_eq!(rows[place(&added) - 1].recipient_id, "V000012");
    assert_eq!(rows[place(&added) + 1].recipient_id, "V000014");
    assert_eq!(
        beside.run,
        rows[place(&beside) - 1].run,
        "its recipient has a run"
    );

    assert_eq!(
        told(desk.add(desk.addition("NOBODY", "rents", 1)).await),
        expect(Code::NotFound, reason::VENDOR_NOT_FOUND)
    );
    let missing = pb::AddInformationRequest {
        payer_id: "NOBODY".to_owned(),
        ..desk.addition("V000004", "royalties", 1)
    };
    assert_eq!(
        told(desk.add(missing).await),
        expect(Code::NotFound, reason::PAYER_NOT_FOUND)
    );

    // An added row is gone when it is deleted; a calculated one is marked, and waits for its revert.
    let gone = desk.delete(&beside).await.unwrap();
    assert!(gone.deleted);
    let row = desk.row("V000010", NEC).await;
    let deleted = desk.delete(&row).await.unwrap();
    assert!(deleted.deleted && deleted.taxable_amount_cents == 0);
    assert_eq!(deleted.calculated_taxable_amount_cents, Some(295_76));
    let rows = desk.rows().await;
    assert_eq!(rows.len(), 28);
    assert!(
        rows.iter()
            .all(|row| row.recipient_id != "V000010" && !row.deleted)
    );
    let shown = pb::ListInformationRequest {
        show_deleted: true,
        ..desk.listing()
    };
    assert_eq!(desk.list(shown).await.len(), 29);
    let skipped = pb::ListSkippedRecipientsRequest {
        payer_id: "TE1".to_owned(),
        tax_year: 2025,
        ..pb::ListSkippedRecipientsRequest::default()
    };
    let mut calculation = desk.calculation.clone();
    let listed = calculation.list_skipped_recipients(skipped).await;
    let skipped = listed.unwrap().into_inner().skipped;
    let why = |id: &str| {
        let found = skipped.iter().find(|skipped| skipped.recipient_id == id);
        found.map(|skipped| skipped.reason.as_str())
    };
    assert_eq!(why("V000010"), Some("deleted_by_hand"));
    assert_eq!(why("V000013"), None, "it has a row");
    for refused in [
        desk.delete(&deleted).await,
        desk.send(desk.edit(&deleted, 1)).await,
        desk.add(desk.addition("V000010", NEC, 1)).await,
    ] {
        assert_eq!(
            told(refused),
            expect(Code::FailedPrecondition, reason::INFORMATION_DELETED)
        );
    }
    assert_eq!(desk.revert(&deleted, NEC).await.unwrap(), [row]);
    assert_eq!(desk.revert(&added, "rents").await.unwrap(), []);
    assert_eq!(desk.rows().await.len(), 28);
    assert_eq!(
        told(desk.send(desk.edit(&added, 1)).await),
        expect(Code::NotFound, reason::INFORMATION_NOT_FOUND)
    );
    let kinds = desk.changes("V000010").await;
    let kinds: Vec<_> = kinds.iter().map(pb::InformationChange::kind).collect();
    assert_eq!(kinds, [Kind::Reverted, Kind::Deleted]);
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_are_added_and_deleted_on_either_database() {
    rows_are_added_in_their_place_and_deleted_without_being_forgotten(&World::start().await).await;
    let postgres = World::on_postgres().await;
    rows_are_added_in_their_place_and_deleted_without_being_forgotten(&postgres).await;
}

async fn the_address_code_changes_for_every_row_of_the_recipient(world: &World) {
    let desk = Desk::calculated(world).await;
    let row = desk.row("V000002", NEC).await;
    assert_eq!(row.address_code, "REMIT");
    assert_eq!(
        told(desk.address(&row, "NOWHERE").await),
        expect(Code::NotFound, reason::VENDOR_ADDRESS_NOT_FOUND)
    );
    let rows = desk.address(&row, "HQ").await.unwrap();
    assert_eq!(rows.len(), 2);
    for row in &rows {
        assert_eq!((row.address_code.as_str(), row.edited), ("HQ", true));
        let edit = row.address_code_edit.as_ref().unwrap();
        assert_eq!(edit.calculated_address_code, "REMIT");
        assert!(row.edit.is_none());
    }
    assert_eq!(
        told(desk.address(&row, "REMIT").await),
        expect(Code::Aborted, reason::ETAG_MISMATCH)
    );
    desk.calculate().await;
    let kept = desk.kept().await;
    assert_eq!(kept.len(), 1, "{kept:?}");
    assert!(kept[0].explanation.contains("REMIT") && kept[0].explanation.contains("HQ"));
    let rows = desk.revert(&rows[1], "").await.unwrap();
    assert!(
        rows.iter()
            .all(|row| row.address_code == "REMIT" && !row.edited)
    );
    assert_eq!(desk.kept().await, []);
    assert_eq!(
        told(desk.revert(&rows[0], "").await),
        expect(Code::FailedPrecondition, reason::INFORMATION_NOT_EDITED)
    );
    let changes = desk.changes("V000002").await;
    let codes: Vec<_> = changes
        .iter()
        .map(|change| {
            let code =
                |side: &Option<pb::InformationValue>| side.as_ref().unwrap().address_code.clone();
            (change.kind(), code(&change.before), code(&change.after))
        })
        .collect();
    let (hq, remit) = (|| "HQ".to_owned(), || "REMIT".to_owned());
    assert_eq!(
        codes,
        [
            (Kind::AddressCodeReverted, hq(), remit()),
            (Kind::AddressCodeEdited, remit(), hq()),
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_address_code_changes_on_either_database() {
    the_address_code_changes_for_every_row_of_the_recipient(&World::start().await).await;
    let postgres = World::on_postgres().await;
    the_address_code_changes_for_every_row_of_the_recipient(&postgres).await;
}

async fn of_many_users_at_once_one_edits_the_row_and_the_others_read_again(world: &World) {
    let desk = Desk::calculated(world).await;
    let row = desk.row("V000004", NEC).await;
    let edits = (1..=8).map(|n| desk.send(desk.edit(&row, n * 100)));
    let answers = futures::future::join_all(edits).await;
    let done: Vec<_> = answers.iter().flatten().collect();
    assert_eq!(done.len(), 1, "{answers:?}");
    for refused in answers.iter().filter(|answer| answer.is_err()).cloned() {
        assert_eq!(told(refused), expect(Code::Aborted, reason::ETAG_MISMATCH));
    }
    assert_eq!(&desk.row("V000004", NEC).await, done[0]);
    assert_eq!(desk.changes("").await.len(), 1);
    // The same request at once, many times over, is one edit.
    let again = desk.edit(done[0], 123_45);
    let answers = (0..8).map(|_| desk.send(again.clone()));
    let answers = futures::future::join_all(answers).await;
    for answer in &answers {
        assert_eq!(answer.as_ref().unwrap(), answers[0].as_ref().unwrap());
    }
    assert_eq!(desk.changes("").await.len(), 2);
    // Edits and runs at once: whoever comes first, the edit stands.
    let row = desk.row("V000004", NEC).await;
    let (edited, ()) = tokio::join!(desk.send(desk.edit(&row, 55_55)), desk.calculate());
    assert_eq!(edited.unwrap().taxable_amount_cents, 55_55);
    assert_eq!(desk.row("V000004", NEC).await.taxable_amount_cents, 55_55);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_users_at_once_one_edits_the_row_on_either_database() {
    of_many_users_at_once_one_edits_the_row_and_the_others_read_again(&World::start().await).await;
    let postgres = World::on_postgres().await;
    of_many_users_at_once_one_edits_the_row_and_the_others_read_again(&postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tips_and_overtime_are_parts_of_a_row_of_2026_and_of_no_year_before() {
    let world = World::start().await;
    let desk = Desk {
        tax_year: 2026,
        ..Desk::calculated(&world).await
    };
    let parts = pb::InformationParts {
        cash_tips_cents: 300_00,
        occupation_codes: vec!["101".to_owned(), "000".to_owned()],
        overtime_cents: 200_00,
    };
    let asked = pb::AddInformationRequest {
        parts: Some(parts.clone()),
        ..desk.addition("V000013", "other_income", 499_99)
    };
    let refused = desk.add(asked.clone()).await.unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument);
    assert!(
        refused.message().contains("parts.overtime_cents"),
        "{refused}"
    );
    let asked = pb::AddInformationRequest {
        taxable_amount_cents: 500_00,
        ..asked
    };
    let row = desk.add(asked).await.unwrap();
    assert_eq!(
        (row.taxable_amount_cents, row.parts.as_ref()),
        (500_00, Some(&parts))
    );
    assert_eq!(desk.row("V000013", "other_income").await, row);
    // An amount alone keeps the parts; parts alone keep the amount.
    let more = desk.send(desk.edit(&row, 600_00)).await.unwrap();
    assert_eq!(more.parts, Some(parts.clone()));
    let without = pb::EditInformationRequest {
        taxable_amount_cents: None,
        parts: Some(pb::InformationParts::default()),
        ..desk.edit(&more, 0)
    };
    let without = desk.send(without).await.unwrap();
    assert_eq!(
        (without.taxable_amount_cents, without.parts),
        (600_00, None)
    );

    let desk = Desk {
        tax_year: 2025,
        ..desk
    };
    let row = desk.row("V000004", NEC).await;
    let early = pb::EditInformationRequest {
        taxable_amount_cents: Some(-1),
        parts: Some(parts),
        ..desk.edit(&row, 0)
    };
    let refused = desk.send(early).await.unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument);
    for field in [
        "taxable_amount_cents",
        "parts.cash_tips_cents",
        "parts.occupation_codes",
        "parts.overtime_cents",
    ] {
        assert!(refused.message().contains(field), "{refused}");
    }
    assert_eq!(desk.row("V000004", NEC).await, row);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_without_reason_etag_or_request_id_is_refused_by_field() {
    let world = World::start().await;
    let desk = Desk::calculated(&world).await;
    let row = desk.row("V000004", NEC).await;
    let empty = pb::EditInformationRequest {
        reason: " ".to_owned(),
        request_id: String::new(),
        taxable_amount_cents: None,
        ..desk.edit(&row, 0)
    };
    let refused = desk.send(empty).await.unwrap_err();
    for field in ["reason", "request_id", "taxable_amount_cents"] {
        assert!(refused.message().contains(field), "{refused}");
    }
    let unread = pb::EditInformationRequest {
        etag: String::new(),
        ..desk.edit(&row, 1)
    };
    let refused = desk.send(unread).await.unwrap_err();
    assert!(refused.message().contains("etag"), "{refused}");
    let early = pb::AddInformationRequest {
        tax_year: 2010,
        ..desk.addition("V000004", "rents", 1)
    };
    assert_eq!(
        told(desk.add(early).await),
        expect(Code::FailedPrecondition, reason::NO_RULE_FOR_YEAR)
    );
    assert_eq!(desk.changes("").await, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_vendor_service_a_row_is_edited_but_none_is_added() {
    let world = World::start().await;
    let there = Desk::calculated(&world).await;
    let row = there.row("V000004", NEC).await;
    let mut config = world.config(Service::Calculation);
    config.peers.set(Service::Vendor, "http://127.0.0.1:1");
    let (tokens, stop) = (
        access::ensure(world.folder()).unwrap(),
        CancellationToken::new(),
    );
    let running = formfeed_calculation::start(&config, tokens, stop.clone());
    let running = running.await.unwrap();
    let token = access::read_token(&access::admin_token_path(world.folder())).unwrap();
    let connector = Connector::new(Service::Calculation, running.url(), token, None).unwrap();
    let mut alone = Desk::at(&world);
    alone.edits =
        pb::information_edit_service_client::InformationEditServiceClient::new(connector.channel());
    let refused = alone.add(alone.addition("V000013", "rents", 1)).await;
    let refused = refused.unwrap_err();
    assert!(refused.message().contains("vendor service"), "{refused}");
    assert_eq!(
        told::<()>(Err(refused)),
        expect(Code::Unavailable, reason::SERVICE_UNAVAILABLE)
    );
    let refused = alone.address(&row, "HQ").await;
    assert_eq!(
        told(refused),
        expect(Code::Unavailable, reason::SERVICE_UNAVAILABLE)
    );
    assert!(alone.send(alone.edit(&row, 1)).await.is_ok());
    stop.cancel();
    running.ended().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_auditor_sees_the_history_and_changes_nothing() {
    let world = World::start().await;
    let desk = Desk::calculated(&world).await;
    let row = desk.row("V000004", NEC).await;
    let made = world
        .done(&["--json", "token", "add", "mia", "--role", "auditor"])
        .await;
    let made: serde_json::Value = serde_json::from_str(&made).unwrap();
    let file = world.folder().join("mia.token");
    std::fs::write(&file, made["secret"].as_str().unwrap()).unwrap();
    let token = access::read_token(&file).unwrap();
    let address = world.config(Service::Forms);
    let address = address.peers.address(Service::Calculation);
    let connector = Connector::new(Service::Calculation, address, token, None).unwrap();
    let mut mia = Desk::at(&world);
    mia.edits =
        pb::information_edit_service_client::InformationEditServiceClient::new(connector.channel());
    assert_eq!(
        told(mia.send(mia.edit(&row, 1)).await),
        expect(Code::PermissionDenied, reason::ROLE_NOT_ALLOWED)
    );
    assert_eq!(mia.changes("").await, []);
}
