//! The spooler takes a Form 1096 only when it says what its jobs have printed, and keeps it sealed.

use formfeed_domain::form::FormType;
use formfeed_proto::spooler as pb;
use formfeed_runtime::reason;
use formfeed_tests::spool::{Left, Spool, forms, header};
use formfeed_tests::status::{bad_fields, code_and_reason};
use pb::job::State;
use tonic::{Code, Status};

const EIN: &str = "123456789";

/// Seven forms printed to the file printer.
async fn printed(left: Left) -> (Spool, pb::Job) {
    let spool = left.start().await.with_file_printer().await;
    let seven = forms(FormType::Nec, 7);
    let job = spool.submit(header("r1", "files", &seven), &seven).await;
    let job = spool.until(&job.unwrap().name, State::Completed).await;
    (spool, job)
}

fn request(of: &pb::Job) -> pb::SubmitTransmittalRequest {
    let report = of.report.clone().unwrap();
    pb::SubmitTransmittalRequest {
        request_id: "r2".to_owned(),
        payer_id: of.payer_id.clone(),
        tax_year: of.tax_year,
        form_type: of.form_type,
        jobs: vec![of.name.clone()],
        transmittal: Some(pb::Transmittal {
            filer_name: "Acme Water District".to_owned(),
            filer_tin: Some(pb::FullTin {
                digits: EIN.to_owned(),
                tin_type: "ein".to_owned(),
            }),
            forms: report.forms_printed,
            federal_tax_withheld_cents: report.federal_tax_withheld_cents,
            total_amount_cents: report.total_amount_cents,
            ..pb::Transmittal::default()
        }),
        printer: "printers/files".to_owned(),
        ..pb::SubmitTransmittalRequest::default()
    }
}

async fn submit(spool: &Spool, request: pb::SubmitTransmittalRequest) -> Result<pb::Job, Status> {
    let answer = spool.submitter().submit_transmittal(request).await;
    answer.map(tonic::Response::into_inner)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_1096_that_says_something_else_than_its_jobs_is_refused() {
    for left in Left::on_both() {
        let (spool, job) = printed(left).await;
        let good = request(&job);
        for wrong in [
            |says: &mut pb::Transmittal| says.forms += 1,
            |says: &mut pb::Transmittal| says.total_amount_cents -= 1,
            |says: &mut pb::Transmittal| says.federal_tax_withheld_cents += 1,
        ] {
            let mut request = good.clone();
            wrong(request.transmittal.as_mut().unwrap());
            let refused = submit(&spool, request).await.unwrap_err();
            let expected = (
                Code::FailedPrecondition,
                reason::TRANSMITTAL_MISMATCH.to_owned(),
            );
            assert_eq!(code_and_reason(&refused), expected);
        }
        for of_another in [
            pb::SubmitTransmittalRequest {
                payer_id: "TE2".to_owned(),
                ..good.clone()
            },
            pb::SubmitTransmittalRequest {
                form_type: pb::FormType::Misc.into(),
                ..good.clone()
            },
        ] {
            let refused = submit(&spool, of_another).await.unwrap_err();
            assert_eq!(code_and_reason(&refused).1, reason::TRANSMITTAL_MISMATCH);
        }
        let first = submit(&spool, good.clone()).await.unwrap();
        assert_eq!(submit(&spool, good.clone()).await.unwrap().name, first.name);
        let mut other = good.clone();
        other.transmittal.as_mut().unwrap().note = "Filed To Correct TIN".to_owned();
        let refused = submit(&spool, other).await.unwrap_err();
        assert_eq!(
            code_and_reason(&refused),
            (Code::AlreadyExists, "REQUEST_ID_REUSED".to_owned())
        );
        // A Form 1096 is nothing that another one could stand for.
        let completed = |job: &pb::Job| job.state() == State::Completed;
        spool.until_job(&first.name, "completed", completed).await;
        let of_itself = pb::SubmitTransmittalRequest {
            request_id: "r3".to_owned(),
            jobs: vec![first.name.clone()],
            ..good
        };
        let refused = submit(&spool, of_itself).await.unwrap_err();
        assert_eq!(code_and_reason(&refused).1, reason::TRANSMITTAL_MISMATCH);
        spool.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_1096_is_sealed_and_previewed_without_its_number() {
    let (spool, job) = printed(Left::on_sqlite()).await;
    let sheet = submit(&spool, request(&job)).await.unwrap();
    let preview = pb::PreviewSheetRequest {
        job: sheet.name.clone(),
        sheet: 1,
        ..pb::PreviewSheetRequest::default()
    };
    let preview = spool
        .jobs()
        .preview_sheet(preview)
        .await
        .unwrap()
        .into_inner();
    let page = &formfeed_tests::paper::read_pdf_bytes(&preview.picture)[0];
    page.word("XX-XXX6789");
    page.word("7");
    let completed = |job: &pb::Job| job.state() == State::Completed;
    spool.until_job(&sheet.name, "completed", completed).await;
    let left = spool.stop().await;
    let spool = left.start().await;
    for entry in std::fs::read_dir(spool.folder()).unwrap().flatten() {
        let bytes = match entry.path().is_file() {
            true => std::fs::read(entry.path()).unwrap(),
            false => continue,
        };
        let shows = bytes
            .windows(EIN.len())
            .any(|window| window == EIN.as_bytes());
        assert!(
            !shows,
            "{} holds a number in the clear",
            entry.path().display()
        );
    }
    spool.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_forms_service_hands_one_over_and_every_bad_field_is_told() {
    let (spool, job) = printed(Left::on_sqlite()).await;
    let by_admin = spool.jobs().submit_transmittal(request(&job)).await;
    assert_eq!(by_admin.unwrap_err().code(), Code::PermissionDenied);
    let nothing = pb::SubmitTransmittalRequest::default();
    let refused = submit(&spool, nothing).await.unwrap_err();
    let expected = [
        "form_type",
        "jobs",
        "payer_id",
        "printer",
        "request_id",
        "tax_year",
        "transmittal",
    ];
    assert_eq!(bad_fields(&refused), expected);
    spool.stop().await;
}
