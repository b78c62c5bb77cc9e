//! From 1099 information to a printed job: the small case to a `file:` printer, on both databases.

use chrono::DateTime;
use formfeed_domain::printing::{Printing, Subject};
use formfeed_domain::{Money, PayerId, TaxYear, form};
use formfeed_proto::forms as pb;
use formfeed_proto::forms::forms_service_client::FormsServiceClient;
use formfeed_proto::forms::print_forms_event::Event;
use formfeed_proto::spooler::job_service_client::JobServiceClient;
use formfeed_proto::spooler::{self, FormType, job::State, job_report::Finality};
use formfeed_proto::vendor;
use formfeed_proto::vendor::vendor_service_client::VendorServiceClient;
use formfeed_runtime::{Connector, Service, TokenStore, access, request_id};
use formfeed_store::forms::FormsStore;
use formfeed_tests::world::World;
use tokio_util::sync::CancellationToken;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

/// Box 1 of the seven 1099-NEC of payer TE1; V000030 has withheld tax only.
const NEC_TOTAL_CENTS: i64 = 13_421_91;

async fn calculated(world: World) -> World {
    world.import_small().await;
    world.calculate("TE1", "2025").await;
    let out = world.folder().join("printed");
    std::fs::create_dir_all(&out).unwrap();
    let uri = format!("file:{}", out.display());
    world.done(&["printer", "add", "file", &uri]).await;
    world
}

fn nec_to_file() -> pb::PrintFormsRequest {
    pb::PrintFormsRequest {
        request_id: request_id::new(),
        payer_id: "TE1".to_owned(),
        tax_year: 2025,
        form_type: FormType::Nec.into(),
        printer: "printers/file".to_owned(),
        follow: true,
        ..pb::PrintFormsRequest::default()
    }
}

/// Everything a caller is told.
async fn print(world: &World, request: pb::PrintFormsRequest) -> Result<Vec<Event>, Status> {
    let mut forms = FormsServiceClient::new(world.channel(Service::Forms));
    let mut stream = forms.print_forms(request).await?.into_inner();
    let mut events = Vec::new();
    while let Some(message) = stream.message().await? {
        events.extend(message.event);
    }
    Ok(events)
}

fn submitted(events: &[Event]) -> &pb::Printing {
    match &events[0] {
        Event::Submitted(printing) => printing,
        other => panic!("the first event is {other:?}"),
    }
}

fn finished(events: &[Event]) -> &spooler::Job {
    match events.last().unwrap() {
        Event::Finished(job) => job,
        other => panic!("the last event is {other:?}"),
    }
}

/// Code, reason, and the metadata of that key.
fn told(status: &Status, key: &str) -> (Code, String, String) {
    let info = status.get_details_error_info().unwrap();
    let value = info.metadata.get(key).cloned();
    (status.code(), info.reason, value.unwrap_or_default())
}

async fn prints_seven_forms_on_three_full_sheets(world: World) {
    let world = calculated(world).await;
    let events = print(&world, nec_to_file()).await.unwrap();
    let printing = submitted(&events);
    assert_eq!(
        (printing.forms, printing.total_amount_cents),
        (7, NEC_TOTAL_CENTS)
    );
    assert_eq!(printing.user, "admin");
    assert_eq!(
        printing.warnings.last().unwrap(),
        "the payer has 16 returns for 2025: from 10 on the law wants them filed electronically"
    );
    assert!(
        events
            .iter()
            .any(|event| matches!(event, Event::JobEvent(_)))
    );
    let job = finished(&events);
    assert_eq!((job.state(), &job.name), (State::Completed, &printing.job));
    assert_eq!(job.user, "admin");
    let report = job.report.as_ref().unwrap();
    assert_eq!(report.finality(), Finality::Final);
    let (forms, void, sheets) = (
        report.forms_printed,
        report.forms_void,
        report.sheets_printed,
    );
    assert_eq!((forms, void, sheets), (7, 2, 3));
    assert_eq!(forms + void, 3 * sheets);
    assert_eq!(report.total_amount_cents, NEC_TOTAL_CENTS);
    assert_eq!(report.federal_tax_withheld_cents, 76_732);
    assert_eq!(report.state_tax_withheld_cents, 143_11);

    let mut forms = FormsServiceClient::new(world.channel(Service::Forms));
    let name = pb::GetPrintingRequest {
        name: printing.name.clone(),
    };
    let kept = forms.get_printing(name).await.unwrap().into_inner();
    assert_eq!(&kept, printing);
    let page = pb::ListPrintingsRequest {
        payer_id: "TE1".to_owned(),
        ..pb::ListPrintingsRequest::default()
    };
    let listed = forms.list_printings(page).await.unwrap().into_inner();
    assert_eq!(listed.printings, [kept]);
}

#[tokio::test]
async fn seven_forms_are_printed_on_three_full_sheets_and_the_total_is_theirs() {
    prints_seven_forms_on_three_full_sheets(World::start().await).await;
}

#[tokio::test]
async fn seven_forms_are_printed_on_three_full_sheets_on_postgresql_too() {
    prints_seven_forms_on_three_full_sheets(World::on_postgres().await).await;
}

#[tokio::test]
async fn a_retry_follows_the_first_job_and_other_content_under_its_id_is_refused() {
    let world = calculated(World::start().await).await;
    let request = nec_to_file();
    let (first, second) = tokio::join!(
        print(&world, request.clone()),
        print(&world, request.clone())
    );
    let (first, second) = (first.unwrap(), second.unwrap());
    assert_eq!(submitted(&first), submitted(&second));
    assert_eq!(finished(&first).name, finished(&second).name);
    let unfollowed = pb::PrintFormsRequest {
        follow: false,
        ..request.clone()
    };
    let third = print(&world, unfollowed).await.unwrap();
    assert_eq!(third.len(), 1);
    assert_eq!(submitted(&third), submitted(&first));
    let other = pb::PrintFormsRequest {
        form_type: FormType::Misc.into(),
        ..request
    };
    let refused = print(&world, other).await.unwrap_err();
    assert_eq!(refused.code(), Code::AlreadyExists);
    assert_eq!(told(&refused, "").1, "REQUEST_ID_REUSED");
}

#[tokio::test]
async fn the_same_forms_again_are_refused_naming_the_first_job_unless_there_is_a_reason() {
    let world = calculated(World::start().await).await;
    let first = print(&world, nec_to_file()).await.unwrap();
    let job = submitted(&first).job.clone();
    let refused = print(&world, nec_to_file()).await.unwrap_err();
    assert_eq!(
        told(&refused, "job"),
        (
            Code::AlreadyExists,
            "ALREADY_PRINTED".to_owned(),
            job.clone()
        )
    );
    assert!(refused.message().contains(&job), "{refused}");
    let again = pb::PrintFormsRequest {
        again_reason: "coffee on the first".to_owned(),
        ..nec_to_file()
    };
    let again = print(&world, again).await.unwrap();
    assert_ne!(submitted(&again).job, job);
    assert_eq!(submitted(&again).again_reason, "coffee on the first");
    assert_eq!(finished(&again).state(), State::Completed);
}

#[tokio::test]
async fn what_cannot_be_printed_is_refused_and_leaves_nothing_behind() {
    let world = calculated(World::start().await).await;
    let refusals = [
        (
            pb::PrintFormsRequest {
                printer: "printers/nowhere".to_owned(),
                ..nec_to_file()
            },
            (Code::NotFound, "PRINTER_NOT_FOUND"),
        ),
        (
            pb::PrintFormsRequest {
                payer_id: "NOBODY".to_owned(),
                ..nec_to_file()
            },
            (Code::NotFound, "PAYER_NOT_FOUND"),
        ),
        (
            pb::PrintFormsRequest {
                tax_year: 2024,
                ..nec_to_file()
            },
            (Code::FailedPrecondition, "NOT_CALCULATED"),
        ),
        (
            pb::PrintFormsRequest {
                tax_year: 2018,
                ..nec_to_file()
            },
            (Code::FailedPrecondition, "NO_RULE_FOR_YEAR"),
        ),
        (
            pb::PrintFormsRequest {
                copy: spooler::Copy::C.into(),
                stock: "nec-3up".to_owned(),
                ..nec_to_file()
            },
            (Code::FailedPrecondition, "NO_LAYOUT"),
        ),
        (
            pb::PrintFormsRequest {
                stock: "blank".to_owned(),
                ..nec_to_file()
            },
            (Code::FailedPrecondition, "COPY_A_NOT_DRAWN"),
        ),
        (
            pb::PrintFormsRequest {
                stock: "nec-9up".to_owned(),
                ..nec_to_file()
            },
            (Code::InvalidArgument, "STOCK_UNKNOWN"),
        ),
    ];
    for (request, (code, reason)) in refusals {
        let refused = print(&world, request).await.unwrap_err();
        assert_eq!(
            (refused.code(), told(&refused, "").1.as_str()),
            (code, reason),
            "{refused}"
        );
    }
    let mut forms = FormsServiceClient::new(world.channel(Service::Forms));
    let listed = forms
        .list_printings(pb::ListPrintingsRequest::default())
        .await;
    assert!(listed.unwrap().into_inner().printings.is_empty());
    print(&world, nec_to_file()).await.unwrap();
}

#[tokio::test]
async fn forms_that_do_not_fit_are_all_named_and_can_be_printed_once_mended() {
    let world = calculated(World::start().await).await;
    for vendor_id in ["V000003", "V000016"] {
        let wide = vendor::Vendor {
            short_name: "Wide".repeat(40),
            ..vendor::Vendor::default()
        };
        change(&world, vendor_id, wide, &["short_name"]).await;
    }
    world.calculate("TE1", "2025").await;
    let request = nec_to_file();
    let refused = print(&world, request.clone()).await.unwrap_err();
    assert_eq!(
        (refused.code(), told(&refused, "").1.as_str()),
        (Code::FailedPrecondition, "VALUE_TOO_LONG")
    );
    let details = refused.get_details_precondition_failure().unwrap();
    let named: Vec<_> = details
        .violations
        .iter()
        .map(|v| v.subject.as_str())
        .collect();
    assert_eq!(named, ["V000003", "V000016"]);
    for vendor_id in ["V000003", "V000016"] {
        let narrow = vendor::Vendor {
            short_name: "Narrow".to_owned(),
            ..vendor::Vendor::default()
        };
        change(&world, vendor_id, narrow, &["short_name"]).await;
    }
    world.calculate("TE1", "2025").await;
    let events = print(&world, request).await.unwrap();
    assert_eq!(submitted(&events).forms, 7);
}

async fn change(world: &World, vendor_id: &str, to: vendor::Vendor, paths: &[&str]) {
    let mut vendors = VendorServiceClient::new(world.channel(Service::Vendor));
    let name = format!("vendors/{vendor_id}");
    let found = vendors.get_vendor(vendor::GetVendorRequest { name }).await;
    let found = found.unwrap().into_inner();
    let request = vendor::UpdateVendorRequest {
        vendor: Some(vendor::Vendor {
            name: found.name,
            etag: found.etag,
            ..to
        }),
        update_mask: Some(prost_types::FieldMask {
            paths: paths.iter().map(|&path| path.to_owned()).collect(),
        }),
    };
    vendors.update_vendor(request).await.unwrap();
}

#[tokio::test]
async fn forms_without_a_number_or_an_address_print_and_the_printing_says_so() {
    let world = calculated(World::start().await).await;
    let without_tin = vendor::Vendor::default();
    change(&world, "V000036", without_tin, &["tin", "tin_type"]).await;
    world.calculate("TE1", "2025").await;
    let request = pb::PrintFormsRequest {
        form_type: FormType::Misc.into(),
        ..nec_to_file()
    };
    let events = print(&world, request).await.unwrap();
    assert_eq!(
        submitted(&events).warnings[..2],
        [
            "forms without the recipient's TIN: 1 (V000036)",
            "forms without the recipient's address: 1 (V000031)"
        ]
    );
    let report = finished(&events).report.clone().unwrap();
    assert_eq!((report.forms_printed, report.forms_void), (9, 0));
    assert_eq!(report.total_amount_cents, 16_717_54);
}

#[tokio::test]
async fn a_caller_that_leaves_stops_nothing() {
    let world = calculated(World::start().await).await;
    let request = nec_to_file();
    let mut forms = FormsServiceClient::new(world.channel(Service::Forms));
    let stream = forms.print_forms(request.clone()).await.unwrap();
    drop(stream);
    let events = print(&world, request).await.unwrap();
    assert_eq!(finished(&events).state(), State::Completed);
}

/// What the service records before it hands anything over.
fn recorded(request: &pb::PrintFormsRequest, id: &str) -> (Printing, String) {
    let printing = Printing {
        id: id.to_owned(),
        request_id: request.request_id.clone(),
        subject: Subject {
            payer_id: PayerId::new("TE1").unwrap(),
            tax_year: TaxYear::new(2025).unwrap(),
            form_type: form::FormType::Nec,
            copy: form::Copy::A,
        },
        format_year: TaxYear::new(2025).unwrap(),
        printer: request.printer.clone(),
        job: None,
        forms: 7,
        total: Money::from_cents(NEC_TOTAL_CENTS),
        user: "admin".to_owned(),
        again_reason: String::new(),
        warnings: Vec::new(),
        create_time: DateTime::UNIX_EPOCH,
    };
    let content = pb::PrintFormsRequest {
        follow: false,
        ..request.clone()
    };
    (printing, request_id::fingerprint(&content))
}

async fn jobs(world: &World) -> usize {
    let mut jobs = JobServiceClient::new(world.channel(Service::Spooler));
    let page = jobs.list_jobs(spooler::ListJobsRequest::default()).await;
    page.unwrap().into_inner().jobs.len()
}

#[tokio::test]
async fn a_hand_over_that_a_crash_cut_off_is_finished_by_its_request_id_alone() {
    let world = calculated(World::start().await).await;
    let request = nec_to_file();
    let (printing, fingerprint) = recorded(&request, "0198-before");
    let url = world.config(Service::Forms).database_url;
    let key = world.folder().join("keys/forms-audit.key");
    let store = FormsStore::open(&url.parse().unwrap(), &key).await.unwrap();
    store.begin(&printing, &fingerprint).await.unwrap();
    let refused = print(&world, nec_to_file()).await.unwrap_err();
    assert_eq!(
        told(&refused, "request_id"),
        (
            Code::AlreadyExists,
            "ALREADY_PRINTED".to_owned(),
            request.request_id.clone()
        )
    );
    let events = print(&world, request).await.unwrap();
    assert_eq!(submitted(&events).name, "printings/0198-before");
    assert_eq!(finished(&events).state(), State::Completed);
    assert_eq!(jobs(&world).await, 1);
}

#[tokio::test]
async fn a_crash_after_the_job_was_sealed_makes_no_second_job_even_if_a_name_has_changed_since() {
    let world = calculated(World::start().await).await;
    let request = nec_to_file();
    let first = print(&world, request.clone()).await.unwrap();
    let id = submitted(&first).name.strip_prefix("printings/").unwrap();
    let renamed = vendor::Vendor {
        short_name: "Renamed".to_owned(),
        ..vendor::Vendor::default()
    };
    change(&world, "V000003", renamed, &["short_name"]).await;
    world.calculate("TE1", "2025").await;
    // The same service as it was before it noted the job.
    let mut config = world.config(Service::Forms);
    config.database_url = format!("sqlite:{}", world.folder().join("before.db").display());
    let key = world.folder().join("keys/forms-audit.key");
    let store = FormsStore::open(&config.database_url.parse().unwrap(), &key)
        .await
        .unwrap();
    let (printing, fingerprint) = recorded(&request, id);
    store.begin(&printing, &fingerprint).await.unwrap();
    let stop = CancellationToken::new();
    let tokens = TokenStore::open(world.folder());
    let before = formfeed_forms::start(&config, tokens, stop.clone())
        .await
        .unwrap();
    let token = access::read_token(&access::admin_token_path(world.folder())).unwrap();
    let way = Connector::new(Service::Forms, before.url(), token, None).unwrap();
    let mut stream = FormsServiceClient::new(way.channel())
        .print_forms(request)
        .await
        .unwrap()
        .into_inner();
    let Some(Event::Submitted(again)) = stream.message().await.unwrap().unwrap().event else {
        panic!("the first event is the printing");
    };
    assert_eq!(&again.job, &submitted(&first).job);
    assert_eq!(jobs(&world).await, 1);
    stop.cancel();
}

#[tokio::test]
async fn the_forms_service_keeps_no_tin() {
    let world = calculated(World::start().await).await;
    print(&world, nec_to_file()).await.unwrap();
    for file in ["forms.db", "forms.db-wal"] {
        let Ok(bytes) = std::fs::read(world.folder().join(file)) else {
            continue;
        };
        let text = String::from_utf8_lossy(&bytes);
        for tin in ["295652124", "123456789", "12-3456789"] {
            assert!(!text.contains(tin), "{file}");
        }
    }
}
