//! A hand-over that broke off is finished by its request id, and makes one sheet; a year without a layout leaves nothing.

use chrono::DateTime;
use formfeed_domain::form::FormType;
use formfeed_domain::transmittal::TransmittalPrinting;
use formfeed_domain::{Money, PayerId, TaxYear};
use formfeed_proto::forms as pb;
use formfeed_proto::forms::transmittal_service_client::TransmittalServiceClient;
use formfeed_proto::spooler;
use formfeed_proto::vendor;
use formfeed_proto::vendor::payer_service_client::PayerServiceClient;
use formfeed_runtime::{Service, request_id};
use formfeed_store::forms::FormsStore;
use formfeed_tests::world::World;
use serde_json::Value;
use tonic::Status;

use super::{done, print, ready, refused, world_jobs};

const OF: (&str, &str) = ("P7", "nec");

fn request() -> pb::PrintTransmittalRequest {
    pb::PrintTransmittalRequest {
        request_id: request_id::new(),
        payer_id: "P7".to_owned(),
        tax_year: 2025,
        form_type: spooler::FormType::Nec.into(),
        printer: "printers/file".to_owned(),
        ..pb::PrintTransmittalRequest::default()
    }
}

async fn ask(
    world: &World,
    request: pb::PrintTransmittalRequest,
) -> Result<pb::Transmittal, Status> {
    let mut client = TransmittalServiceClient::new(world.channel(Service::Forms));
    let answer = client.print_transmittal(request).await;
    answer.map(tonic::Response::into_inner)
}

fn is_transmittal(job: &&Value) -> bool {
    job["kind"] == "transmittal"
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_before_the_hand_over_is_finished_by_the_same_request_alone() {
    let world = ready(World::start().await).await;
    let forms = print(&world, OF, &[]).await;
    let request = request();
    // What the service records before it hands anything over.
    let recorded = TransmittalPrinting {
        id: "0198-before".to_owned(),
        request_id: request.request_id.clone(),
        payer_id: PayerId::new("P7").unwrap(),
        tax_year: TaxYear::new(2025).unwrap(),
        form_type: FormType::Nec,
        of_jobs: vec![forms["job"].as_str().unwrap().to_owned()],
        forms: 7,
        federal_withheld: Money::ZERO,
        total: Money::ZERO,
        printer: request.printer.clone(),
        job: None,
        user: "admin".to_owned(),
        again_reason: String::new(),
        create_time: DateTime::UNIX_EPOCH,
    };
    let url = world.config(Service::Forms).database_url;
    let key = world.folder().join("keys/forms-audit.key");
    let store = FormsStore::open(&url.parse().unwrap(), &key).await.unwrap();
    let fingerprint = request_id::fingerprint(&request);
    store
        .begin_transmittal(&recorded, &fingerprint)
        .await
        .unwrap();

    let (reason, sentence) = refused(&world, "transmittal", OF, &["--printer", "file"]).await;
    assert_eq!(reason, "ALREADY_PRINTED");
    assert!(sentence.contains(&request.request_id), "{sentence}");
    // A newer printing changes nothing about what was begun.
    print(&world, OF, &["--again", "a smear"]).await;
    let finished = ask(&world, request).await.unwrap();
    assert_eq!(finished.name, "transmittals/0198-before");
    assert_eq!(finished.jobs[0].job, recorded.of_jobs[0]);
    let jobs = world_jobs(&world).await;
    assert_eq!(jobs.iter().filter(is_transmittal).count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_after_the_sheet_was_sealed_makes_no_second_one_even_if_the_payer_has_changed() {
    for world in [World::start().await, World::on_postgres().await] {
        let world = ready(world).await;
        print(&world, OF, &[]).await;
        let request = request();
        let first = ask(&world, request.clone()).await.unwrap();
        world.edit(Service::Forms, "UPDATE transmittals SET job = NULL");
        let mut payers = PayerServiceClient::new(world.channel(Service::Vendor));
        let name = "payers/P7".to_owned();
        let found = payers.get_payer(vendor::GetPayerRequest { name }).await;
        let payer = vendor::Payer {
            contact_name: "Otto Calloway".to_owned(),
            ..found.unwrap().into_inner()
        };
        let changed = vendor::UpdatePayerRequest {
            payer: Some(payer),
            update_mask: Some(prost_types::FieldMask {
                paths: vec!["contact_name".to_owned()],
            }),
        };
        payers.update_payer(changed).await.unwrap();
        let again = ask(&world, request).await.unwrap();
        assert_eq!((again.name, again.job), (first.name, first.job));
        let jobs = world_jobs(&world).await;
        assert_eq!(jobs.iter().filter(is_transmittal).count(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_year_whose_form_1096_nobody_has_measured_is_added_up_and_not_printed() {
    let world = ready(World::start().await).await;
    world.import_small().await;
    world.calculate("TE1", "2024").await;
    let of = ["--payer", "TE1", "--tax-year", "2024", "--form", "misc"];
    let to_file = ["--printer", "file", "--wait"];
    let printed = world
        .done(&[&["--json", "print"], &of[..], &to_file[..]].concat())
        .await;
    let printed: Value = serde_json::from_str(&printed).unwrap();
    let transmittal = [&["--json", "transmittal"], &of[..]].concat();
    let (_, out, err) = world.cli(&[&transmittal[..], &to_file].concat()).await;
    let error: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(error["error"]["reason"], "NO_LAYOUT", "{err}");
    let shown: Value = serde_json::from_str(&world.done(&transmittal).await).unwrap();
    assert_eq!(shown["total_amount"], printed["total_amount"]);
    assert_eq!(shown["printed_before"], "", "a refused one is forgotten");
    let nec = done(&world, "print", OF, &["--printer", "file", "--wait"]).await;
    assert_eq!(nec["forms_printed"], 7);
}
