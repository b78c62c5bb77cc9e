//! B-notice letters: the right one to the right vendor by the right days, readable through a window, no TIN in full.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use formfeed::errors::Exit;
use formfeed_proto::{Date, vendor as pb};
use formfeed_runtime::{Service, request_id};
use formfeed_tests::paper::{Page, read_pdf, read_pdf_bytes};
use formfeed_tests::tools::run;
use formfeed_tests::vendor_alone::VendorAlone;
use formfeed_tests::world::World;
use pb::b_notice::Kind;
use pb::b_notice_service_client::BNoticeServiceClient;
use tonic::Status;

use crate::vendor_resources::{told, vendor};

/// What an envelope shows in any position of the sheet: left, top, right and bottom in points.
const SENDER: [f64; 4] = [45.0, 63.0, 207.0, 93.0];
const ADDRESSEE: [f64; 4] = [45.0, 153.0, 261.0, 192.0];

fn date(year: i32, month: i32, day: i32) -> Option<Date> {
    Some(Date { year, month, day })
}

/// A payer with an address and a contact, two vendors, and what the IRS told about them.
async fn ready(world: &VendorAlone) {
    let address = |line_1: &str| pb::PostalAddress {
        line_1: line_1.to_owned(),
        city: "Portland".to_owned(),
        state: "ME".to_owned(),
        postal_code: "04101".to_owned(),
        ..pb::PostalAddress::default()
    };
    let payer = pb::Payer {
        payer_id: "TE1".to_owned(),
        display_name: "Harbor Water District".to_owned(),
        address: Some(address("400 Quay Street")),
        phone: "207-555-0101".to_owned(),
        contact_name: "Ines Calloway".to_owned(),
        ..pb::Payer::default()
    };
    let request = pb::CreatePayerRequest {
        payer: Some(payer),
        request_id: request_id::new(),
    };
    world.payers().create_payer(request).await.unwrap();
    for (id, name) in [
        ("V1", "Ada Łódź-Nuñez"),
        (r"..\x", "=cmd \"Pipe\" {tin}"),
        ("V3", "Cy Valve"),
    ] {
        let made = world
            .create_vendor(pb::Vendor {
                display_name: name.to_owned(),
                tin: "900-70-6789".to_owned(),
                tin_type: "itin".to_owned(),
                address_code: "HQ".to_owned(),
                ..vendor(id)
            })
            .await;
        let request = pb::CreateVendorAddressRequest {
            vendor_address: Some(pb::VendorAddress {
                vendor_id: made.vendor_id,
                address_code: "HQ".to_owned(),
                address: Some(address("12 Elm Avenue")),
                ..pb::VendorAddress::default()
            }),
            request_id: request_id::new(),
        };
        world
            .vendors()
            .create_vendor_address(request)
            .await
            .unwrap();
    }
}

fn told_of(vendor: &str, id: &str, received: Option<Date>, year: i32) -> pb::BNotice {
    pb::BNotice {
        vendor_id: vendor.to_owned(),
        b_notice_id: id.to_owned(),
        payer_id: "TE1".to_owned(),
        notice_date: received,
        tax_year: year,
        ..pb::BNotice::default()
    }
}

async fn notice(world: &VendorAlone, vendor: &str, id: &str, received: Option<Date>, year: i32) {
    let request = pb::CreateBNoticeRequest {
        b_notice: Some(told_of(vendor, id, received, year)),
        request_id: request_id::new(),
    };
    world.notices().create_b_notice(request).await.unwrap();
}

async fn letters(
    world: &VendorAlone,
    vendor: &str,
    id: &str,
) -> Result<Vec<pb::BNoticeLetter>, Status> {
    let request = pb::WriteBNoticeLettersRequest {
        payer_id: "TE1".to_owned(),
        vendor_id: vendor.to_owned(),
        b_notice_id: id.to_owned(),
        date: date(2025, 9, 10),
    };
    let mut stream = world
        .notices()
        .write_b_notice_letters(request)
        .await?
        .into_inner();
    let mut letters = Vec::new();
    while let Some(letter) = stream.message().await? {
        letters.push(letter);
    }
    Ok(letters)
}

fn text(pages: &[Page]) -> String {
    let words = pages.iter().flat_map(|page| &page.words);
    words
        .map(|word| word.text.as_str())
        .collect::<Vec<_>>()
        .join(" ")
}

/// The words that a window shows; every one of them whole.
fn shown(page: &Page, [left, top, right, bottom]: [f64; 4]) -> String {
    let seen = page.words.iter().filter(|word| {
        word.left < right && word.right > left && word.top < bottom && word.bottom > top
    });
    let whole = seen.inspect(|word| {
        let middle = (word.top + word.bottom) / 2.0;
        assert!(word.left >= left && word.right <= right, "{word:?}");
        assert!(middle > top + 2.0 && middle < bottom - 2.0, "{word:?}");
    });
    whole
        .map(|word| word.text.as_str())
        .collect::<Vec<_>>()
        .join(" ")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_letter_asks_for_a_w9_the_second_for_a_confirmation_and_then_there_is_none() {
    for world in VendorAlone::on_both().await {
        ready(&world).await;
        assert_eq!(
            told(&letters(&world, "V1", "").await.unwrap_err()).1,
            "NO_LETTER"
        );
        notice(&world, "V1", "A", date(2024, 9, 3), 2022).await;
        notice(&world, "V1", "B", date(2025, 9, 2), 2023).await;
        notice(&world, r"..\x", "A", date(2025, 9, 2), 2023).await;

        let first = letters(&world, r"..\x", "").await.unwrap().remove(0);
        assert_eq!(
            (first.kind(), first.withhold_from),
            (Kind::First, date(2025, 10, 16))
        );
        assert_eq!(first.send_by, date(2025, 9, 23));
        let pages = read_pdf_bytes(&first.pdf);
        let says = text(&pages);
        for wanted in [
            "Form W-9",
            "by October 15, 2025",
            "from October 16, 2025",
            "24%",
            "XXX-XX-6789",
        ] {
            assert!(says.contains(wanted), "{wanted}: {says}");
        }
        assert!(
            says.contains("=cmd \"Pipe\" {tin}"),
            "the name as it is: {says}"
        );
        assert!(
            !says.contains("900-70") && !says.contains("900706789"),
            "{says}"
        );
        assert!(!String::from_utf8_lossy(&first.pdf).contains("900706789"));
        let sender = "Harbor Water District 400 Quay Street Portland, ME 04101";
        assert_eq!(shown(&pages[0], SENDER), sender);
        let to = "=cmd \"Pipe\" {tin} 12 Elm Avenue Portland, ME 04101";
        assert_eq!(shown(&pages[0], ADDRESSEE), to);
        assert_eq!(pages.len(), 1);

        let second = letters(&world, "V1", "").await.unwrap().remove(0);
        assert_eq!(second.b_notice, "vendors/V1/bNotices/B");
        assert_eq!(
            (second.kind(), second.withhold_from),
            (Kind::Second, date(2025, 9, 2))
        );
        let says = text(&read_pdf_bytes(&second.pdf));
        for wanted in [
            "Letter 147C",
            "Social Security Administration",
            "Ada Łódź-Nuñez",
        ] {
            assert!(says.contains(wanted), "{wanted}: {says}");
        }
        // An earlier letter can be written again; a notice of another payer's or vendor's cannot.
        let earlier = letters(&world, "V1", "A").await.unwrap().remove(0);
        assert_eq!(earlier.kind(), Kind::First);
        assert!(
            earlier.warnings[0].contains("was due by 2024-09-24"),
            "{:?}",
            earlier.warnings
        );
        let missing = letters(&world, "V1", "nothing").await.unwrap_err();
        assert_eq!(told(&missing).1, "B_NOTICE_NOT_FOUND");
        notice(&world, "V1", "C", date(2025, 9, 9), 2024).await;
        let repeated = letters(&world, "V1", "C").await.unwrap_err();
        assert_eq!(told(&repeated).1, "NO_LETTER", "{repeated:?}");

        let open = letters(&world, "", "").await.unwrap();
        let open: Vec<_> = open
            .iter()
            .map(|it| (it.vendor_id.as_str(), it.kind()))
            .collect();
        assert_eq!(open, [(r"..\x", Kind::First), ("V1", Kind::Second)]);
        let alone = letters(&world, "", "A").await.unwrap_err();
        assert_eq!(told(&alone).2, ["vendor_id"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_is_titled_told_in_english_and_carries_its_fonts() {
    let world = VendorAlone::on_sqlite().await;
    ready(&world).await;
    notice(&world, "V1", "A", date(2025, 9, 2), 2023).await;
    let letter = letters(&world, "V1", "").await.unwrap().remove(0);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("letter.pdf");
    fs::write(&path, &letter.pdf).unwrap();
    let info = run(Command::new("pdfinfo").arg(&path)).stdout;
    let info = String::from_utf8(info).unwrap();
    assert!(
        info.contains("First B notice: your name and taxpayer"),
        "{info}"
    );
    let fonts = run(Command::new("pdffonts").arg(&path)).stdout;
    let fonts = String::from_utf8(fonts).unwrap();
    let embedded = fonts.lines().skip(2).map(|line| line.contains(" yes "));
    assert_eq!(embedded.collect::<Vec<_>>(), [true, true], "{fonts}");
    let raw = run(Command::new("qpdf")
        .args(["--qdf", "--object-streams=disable"])
        .arg(&path)
        .arg("-"));
    let raw = String::from_utf8_lossy(&raw.stdout).into_owned();
    assert!(raw.contains("/Lang (en-US)") && raw.contains("/DisplayDocTitle true"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_writes_one_letter_or_every_open_one_into_a_folder() {
    let world = World::start().await;
    world.import_small().await;
    let mut notices = BNoticeServiceClient::new(world.channel(Service::Vendor));
    for vendor in ["V000000", "V000002"] {
        let request = pb::CreateBNoticeRequest {
            b_notice: Some(told_of(vendor, "A", date(2025, 9, 2), 2023)),
            request_id: request_id::new(),
        };
        notices.create_b_notice(request).await.unwrap();
    }
    let out = world.folder().join("letters");
    let path = out.to_str().unwrap();
    let write = [
        "--json", "letter", "b-notice", "--payer", "TE1", "--out", path,
    ];
    let told = world.done(&[&write[..], &["--all-open"]].concat()).await;
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    let files: Vec<_> = told
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["file"])
        .collect();
    let expected = ["first-V000000.pdf", "first-V000002.pdf"].map(|name| out.join(name));
    assert_eq!(
        files,
        expected.each_ref().map(|path| path.to_str().unwrap())
    );
    assert_eq!(fs::read_dir(&out).unwrap().count(), 2, "nothing unfinished");
    let says = text(&read_pdf(&expected[0]));
    assert!(says.contains("Omar Rossi 687 County Rd 12"), "{says}");
    let mode = fs::metadata(&expected[0]).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode, 0o600);

    let one = world.folder().join("one.pdf");
    let one = one.to_str().unwrap();
    let line = [
        "letter", "b-notice", "--payer", "TE1", "--vendor", "V000000", "--out", one,
    ];
    let told = world.done(&line).await;
    assert!(told.contains("first B notice to V000000"), "{told}");
    let none = [
        "letter", "b-notice", "--payer", "TE1", "--vendor", "V000001", "--out", one,
    ];
    let (exit, _, err) = world.cli(&none).await;
    assert_eq!(exit, Exit::Refused, "{err}");
    assert!(err.contains("has no B-notice"), "{err}");
    let (exit, ..) = world.cli(&write).await;
    assert_eq!(exit, Exit::Usage);
}
