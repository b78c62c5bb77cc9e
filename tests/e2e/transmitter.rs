//! Who sends electronic files: set, changed, shown and released, on both databases and from the command line.

use std::io::Write as _;
use std::process::{Command, Stdio};

use formfeed_proto::vendor as pb;
use formfeed_runtime::reason;
use formfeed_tests::command::{Up, program};
use formfeed_tests::vendor_alone::VendorAlone;
use tonic::{Code, Status};

use crate::vendor_resources::{mask, told};

const TIN: &str = "000000042";

fn transmitter() -> pb::Transmitter {
    pb::Transmitter {
        display_name: "Harbor Payroll Bureau".to_owned(),
        tin: TIN.to_owned(),
        control_code: "1ab2c".to_owned(),
        contact_name: "Ada Quay".to_owned(),
        contact_phone: "(207) 555-0100 ext 12".to_owned(),
        contact_email: "ap@example.com".to_owned(),
        ..pb::Transmitter::default()
    }
}

async fn update(
    world: &VendorAlone,
    transmitter: pb::Transmitter,
    paths: &[&str],
) -> Result<pb::Transmitter, Status> {
    let request = pb::UpdateTransmitterRequest {
        transmitter: Some(transmitter),
        update_mask: mask(paths),
    };
    let made = world.transmitter().update_transmitter(request).await;
    made.map(tonic::Response::into_inner)
}

async fn get(world: &VendorAlone) -> Result<pb::Transmitter, Status> {
    let mut client = world.transmitter();
    let found = client.get_transmitter(pb::GetTransmitterRequest {}).await;
    found.map(tonic::Response::into_inner)
}

/// What the forms service gets, and nobody else.
async fn released(world: &VendorAlone) -> Option<String> {
    let request = pb::ReleaseTinsRequest {
        purpose: "a file".to_owned(),
        transmitter: true,
        ..pb::ReleaseTinsRequest::default()
    };
    let released = world.releases().release_tins(request).await.unwrap();
    released.into_inner().transmitter.map(|tin| tin.digits)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_transmitter_is_set_once_changed_by_who_has_read_it_and_shows_no_full_number() {
    for world in VendorAlone::on_both().await {
        let none = get(&world).await.unwrap_err();
        let not_set = (
            Code::NotFound,
            reason::TRANSMITTER_NOT_FOUND.to_owned(),
            vec![],
        );
        assert_eq!(told(&none), not_set);
        assert_eq!(released(&world).await, None);

        let made = update(&world, transmitter(), &["*"]).await.unwrap();
        assert_eq!(made.control_code, "1AB2C");
        assert_eq!(made.contact_phone, "207-555-0100 x12");
        assert_eq!(
            (made.tin.as_str(), made.truncated_tin.as_str()),
            ("", "XX-XXX0042")
        );
        assert_eq!(get(&world).await.unwrap(), made);
        assert_eq!(released(&world).await.as_deref(), Some(TIN));

        let named = pb::Transmitter {
            display_name: "Harbor Bureau".to_owned(),
            etag: made.etag.clone(),
            ..pb::Transmitter::default()
        };
        let changed = update(&world, named.clone(), &["display_name"])
            .await
            .unwrap();
        assert_eq!(changed.display_name, "Harbor Bureau");
        assert_eq!(changed.contact_email, made.contact_email);
        assert_eq!(released(&world).await.as_deref(), Some(TIN));
        let stale = update(&world, named, &["display_name"]).await.unwrap_err();
        assert_eq!(stale.code(), Code::Aborted);

        let again = pb::Transmitter {
            tin: String::new(),
            etag: changed.etag,
            ..transmitter()
        };
        update(&world, again, &["*"]).await.unwrap();
        assert_eq!(released(&world).await.as_deref(), Some(TIN));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_bad_field_of_a_transmitter_is_told_at_once() {
    for world in VendorAlone::on_both().await {
        let bad = pb::Transmitter {
            display_name: "\u{1b}[2J".to_owned(),
            control_code: "1234".to_owned(),
            contact_phone: "555-0100".to_owned(),
            contact_email: "ap".to_owned(),
            software_id: "no blanks".to_owned(),
            etag: "old".to_owned(),
            ..pb::Transmitter::default()
        };
        let refused = update(&world, bad, &["*"]).await.unwrap_err();
        let fields = [
            "etag",
            "tin",
            "display_name",
            "control_code",
            "contact_name",
            "contact_phone",
            "contact_email",
            "software_id",
        ];
        let fields = fields.map(|field| format!("transmitter.{field}"));
        let (code, reason, told) = told(&refused);
        assert_eq!(
            (code, reason.as_str()),
            (Code::InvalidArgument, reason::FIELDS_INVALID)
        );
        assert_eq!(told, fields);
        assert_eq!(get(&world).await.unwrap_err().code(), Code::NotFound);
    }
}

#[test]
fn from_the_command_line_the_number_comes_by_the_input_alone_and_is_never_shown() {
    let up = Up::start();
    let unset = up.run(&["transmitter", "show"]);
    assert_eq!(unset.code, 3, "{}", unset.err);
    let data_dir = up.folder.path().to_str().unwrap();
    let mut set = Command::new(program())
        .args([
            "--data-dir",
            data_dir,
            "transmitter",
            "set",
            "--tin",
            "-",
            "--tcc",
            "1AB2C",
        ])
        .args([
            "--name",
            "Harbor Payroll Bureau",
            "--contact",
            "Ada Quay",
            "--phone",
            "2075550100",
        ])
        .args([
            "--email",
            "ap@example.com",
            "--street",
            "400 Quay Street",
            "--city",
            "Portland",
        ])
        .args(["--state", "ME", "--zip", "04101"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let mut input = set.stdin.take().unwrap();
    writeln!(input, "00-0000042").unwrap();
    drop(input);
    assert!(set.wait().unwrap().success());
    let changed = up.run(&[
        "transmitter",
        "set",
        "--city",
        "Bangor",
        "--software-id",
        "SW00000001",
    ]);
    let shown = changed.ok();
    assert!(
        shown.out.contains("400 Quay Street, Bangor, ME 04101"),
        "{}",
        shown.out
    );
    assert!(shown.out.contains("XX-XXX0042") && !shown.out.contains("00-0000042"));
    let json = up.run(&["--json", "transmitter", "show"]).ok().json();
    assert_eq!(json["tcc"], "1AB2C");
    assert_eq!(json["software_id"], "SW00000001");
    assert_eq!(json["phone"], "207-555-0100");
    let nothing = up.run(&["transmitter", "set"]);
    assert_eq!(nothing.code, 2);
    for argument in [&["--tin", "12-0000009"][..], &["--tin=120000009"]] {
        let refused = up.run(&[&["transmitter", "set"][..], argument].concat());
        assert_eq!(refused.code, 2, "{refused:?}");
        let told = format!("{}{}", refused.out, refused.err);
        assert!(
            told.contains("--tin -") && !told.contains("0000009"),
            "{told}"
        );
    }
    let kept = up.run(&["transmitter", "show"]).ok();
    assert!(kept.out.contains("XX-XXX0042"), "{}", kept.out);
}
