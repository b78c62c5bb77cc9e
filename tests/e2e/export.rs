//! Electronic files from 1099 information: the same quantity and total as on paper, made once, whole or not at all.

use std::fs;
use std::path::PathBuf;

use formfeed::errors::Exit;
use formfeed_proto::forms as pb;
use formfeed_proto::forms::export_service_client::ExportServiceClient;
use formfeed_proto::spooler::FormType;
use formfeed_proto::vendor;
use formfeed_proto::vendor::transmitter_service_client::TransmitterServiceClient;
use formfeed_runtime::{Service, reason, request_id};
use formfeed_tests::world::World;
use pb::export_forms_event::Event;
use pb::export_forms_request::Format;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use tonic::Status;

use crate::vendor_resources::{mask, told};

/// Of the seven 1099-NEC of payer TE1, as on paper.
const NEC_TOTAL: &str = "13421.91";

async fn calculated(world: World) -> World {
    world.import_small().await;
    world.calculate("TE1", "2025").await;
    world
}

pub(crate) async fn set_transmitter(world: &World) {
    let transmitter = vendor::Transmitter {
        display_name: "Harbor Bureau".to_owned(),
        tin: "12-0000042".to_owned(),
        control_code: "1AB2C".to_owned(),
        contact_name: "Ada Quay".to_owned(),
        contact_phone: "207-555-0100".to_owned(),
        contact_email: "ap@example.com".to_owned(),
        software_id: "25A0000001".to_owned(),
        address: Some(vendor::PostalAddress {
            line_1: "1 Quay St".to_owned(),
            city: "Portland".to_owned(),
            state: "ME".to_owned(),
            postal_code: "04101".to_owned(),
            ..vendor::PostalAddress::default()
        }),
        ..vendor::Transmitter::default()
    };
    let request = vendor::UpdateTransmitterRequest {
        transmitter: Some(transmitter),
        update_mask: mask(&["*"]),
    };
    let mut client = TransmitterServiceClient::new(world.channel(Service::Vendor));
    client.update_transmitter(request).await.unwrap();
}

fn line<'a>(format: &'a str, out: &'a str) -> Vec<&'a str> {
    vec![
        "--json",
        "export",
        "--payer",
        "TE1",
        "--tax-year",
        "2025",
        "--form",
        "nec",
        "--format",
        format,
        "--out",
        out,
    ]
}

/// Exports from the command line: how it ended, what it said, and the file if there is one.
async fn export(
    world: &World,
    format: &str,
    more: &[&str],
) -> (Exit, Value, String, Option<Vec<u8>>) {
    let path: PathBuf = world.folder().join(format!("out.{format}"));
    fs::remove_file(&path).ok();
    let out = path.to_str().unwrap();
    let (exit, said, told) = world.cli(&[&line(format, out), more].concat()).await;
    let unfinished = path.with_file_name(format!("out.{format}.unfinished"));
    assert!(!unfinished.exists(), "nothing half-made stays");
    (
        exit,
        serde_json::from_str(&said).unwrap_or_default(),
        told,
        fs::read(&path).ok(),
    )
}

/// The events of one call.
async fn call(world: &World, request: pb::ExportFormsRequest) -> Result<Vec<Event>, Status> {
    let mut client = ExportServiceClient::new(world.channel(Service::Forms));
    let mut stream = client.export_forms(request).await?.into_inner();
    let mut events = Vec::new();
    while let Some(message) = stream.message().await? {
        events.extend(message.event);
    }
    Ok(events)
}

fn nec(format: Format) -> pb::ExportFormsRequest {
    pb::ExportFormsRequest {
        request_id: request_id::new(),
        payer_id: "TE1".to_owned(),
        tax_year: 2025,
        form_type: FormType::Nec.into(),
        format: format.into(),
        ..pb::ExportFormsRequest::default()
    }
}

fn finished(events: &[Event]) -> &pb::Export {
    match events.last() {
        Some(Event::Finished(export)) => export,
        other => panic!("the last event is {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fire_file_has_the_quantity_and_total_of_paper_on_either_database() {
    for world in [World::start().await, World::on_postgres().await] {
        let world = calculated(world).await;
        let (exit, _, said, file) = export(&world, "fire", &[]).await;
        assert_eq!(exit, Exit::Refused, "{said}");
        assert!(said.contains(reason::TRANSMITTER_NOT_FOUND), "{said}");
        assert_eq!(file, None);

        set_transmitter(&world).await;
        let (exit, made, said, file) = export(&world, "fire", &[]).await;
        assert_eq!(exit, Exit::Done, "{said}");
        assert_eq!(
            (&made["forms"], &made["total_amount"]),
            (&7.into(), &NEC_TOTAL.into())
        );
        let file = file.unwrap();
        let digest: String = Sha256::digest(&file)
            .iter()
            .map(|b| format!("{b:02x}"))
            .collect();
        assert_eq!(made["digest"], digest);
        assert_eq!(file.len() % 750, 0);
        let records: Vec<&[u8]> = file.chunks(750).collect();
        let kinds: String = records.iter().map(|record| char::from(record[0])).collect();
        assert_eq!(kinds, "TABBBBBBBCF");
        let field = |record: &[u8], from: usize, to: usize| {
            String::from_utf8(record[from - 1..to].to_vec()).unwrap()
        };
        let control: i64 = field(records[9], 16, 33).parse().unwrap();
        let compensation: i64 = records[2..9]
            .iter()
            .map(|b| field(b, 55, 66).parse::<i64>().unwrap())
            .sum();
        assert_eq!(control, compensation);
        assert_eq!(control, 13_421_91);
        assert_eq!(
            field(records[1], 12, 20),
            "123456789",
            "the payer's number in full"
        );

        let line = ["--json", "overview", "--payer", "TE1", "--tax-year", "2025"];
        let seen: Value = serde_json::from_str(&world.done(&line).await).unwrap();
        let seen = &seen["forms"][0]["export"];
        assert_eq!(
            (&seen["export"], &seen["forms"]),
            (&made["export"], &7.into())
        );
        assert_eq!(
            (&seen["total_amount"], &seen["changed"]),
            (&NEC_TOTAL.into(), &false.into())
        );

        let (exit, _, said, _) = export(&world, "iris-xml", &[]).await;
        assert_eq!(exit, Exit::Refused);
        assert!(said.contains(reason::ALREADY_EXPORTED), "{said}");
        let (exit, made, said, file) =
            export(&world, "iris-xml", &["--again", "FIRE was down"]).await;
        assert_eq!(exit, Exit::Done, "{said}");
        assert_eq!(made["total_amount"], NEC_TOTAL);
        let xml = String::from_utf8(file.unwrap()).unwrap();
        assert_eq!(xml.matches("</n1:Form1099NECDetail>").count(), 7);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_irs_would_refuse_is_listed_and_nothing_is_made() {
    let world = calculated(World::start().await).await;
    set_transmitter(&world).await;
    let (exit, _, said, file) = export(&world, "iris-csv", &[]).await;
    assert_eq!((exit, file), (Exit::Refused, None));
    assert!(said.contains(reason::NO_EFILE_MAPPING), "{said}");

    world.edit(
        Service::Vendor,
        "UPDATE payers SET phone = '555' WHERE payer_id = 'TE1'",
    );
    world.edit(
        Service::Vendor,
        "UPDATE vendor_addresses SET postal_code = '' WHERE vendor_id = 'V000003'",
    );
    let (exit, _, said, file) = export(&world, "fire", &[]).await;
    assert_eq!((exit, file), (Exit::Refused, None));
    assert!(said.contains(reason::EXPORT_HAS_FAULTS), "{said}");
    assert!(
        said.contains("phone") && said.contains("account V000003"),
        "{said}"
    );
    let mut client = ExportServiceClient::new(world.channel(Service::Forms));
    let listed = client.list_exports(pb::ListExportsRequest::default()).await;
    assert_eq!(listed.unwrap().into_inner().exports, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retry_makes_the_same_file_and_a_test_files_nothing() {
    let world = calculated(World::start().await).await;
    set_transmitter(&world).await;
    let test = pb::ExportFormsRequest {
        test: true,
        ..nec(Format::Fire)
    };
    assert!(finished(&call(&world, test).await.unwrap()).test);
    let asked = nec(Format::Fire);
    let first = call(&world, asked.clone()).await.unwrap();
    let again = call(&world, asked.clone()).await.unwrap();
    assert_eq!(first, again);
    let other = pb::ExportFormsRequest {
        form_type: FormType::Misc.into(),
        ..asked.clone()
    };
    let reused = call(&world, other).await.unwrap_err();
    assert_eq!(told(&reused).1, reason::REQUEST_ID_REUSED);

    let edit = [
        "info",
        "edit",
        "--payer",
        "TE1",
        "--tax-year",
        "2025",
        "--recipient",
        "V000003",
        "--income-type",
        "nonemployee_compensation",
        "--amount",
        "9999.99",
        "--reason",
        "a late invoice",
    ];
    world.done(&edit).await;
    let changed = call(&world, asked).await.unwrap_err();
    assert_eq!(told(&changed).1, reason::EXPORT_CHANGED);
    let second = call(&world, nec(Format::Fire)).await.unwrap_err();
    assert_eq!(told(&second).1, reason::ALREADY_EXPORTED);

    let mut client = ExportServiceClient::new(world.channel(Service::Forms));
    let page = pb::ListExportsRequest {
        page_size: 1,
        payer_id: "TE1".to_owned(),
        ..pb::ListExportsRequest::default()
    };
    let newest = client
        .list_exports(page.clone())
        .await
        .unwrap()
        .into_inner();
    assert_eq!(newest.exports[0].name, finished(&first).name);
    let page = pb::ListExportsRequest {
        page_token: newest.next_page_token,
        ..page
    };
    let older = client.list_exports(page).await.unwrap().into_inner();
    assert!(older.exports[0].test && older.next_page_token.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn every_bad_field_of_a_wish_to_export_is_told() {
    let world = World::start().await;
    let bad = pb::ExportFormsRequest {
        tax_year: 25,
        again_reason: "why\u{7}".to_owned(),
        ..pb::ExportFormsRequest::default()
    };
    let refused = call(&world, bad).await.unwrap_err();
    let fields = [
        "payer_id",
        "tax_year",
        "form_type",
        "format",
        "again_reason",
        "request_id",
    ];
    assert_eq!(told(&refused).2, fields);
}
