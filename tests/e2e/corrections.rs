//! Corrections: what was filed is kept as it was, what differs is listed, and is put right once, by the right forms.

mod files;
mod paper;
mod sealed;
mod small;
mod unfiled;

use std::path::PathBuf;

use formfeed::errors::Exit;
use formfeed_proto::forms as pb;
use formfeed_proto::forms::correction_service_client::CorrectionServiceClient;
use formfeed_proto::vendor;
use formfeed_proto::vendor::vendor_service_client::VendorServiceClient;
use formfeed_runtime::Service;
use formfeed_tests::paper::{Page, read_pdf};
use formfeed_tests::world::World;
use serde_json::{Value, json};

const OF: [&str; 4] = ["--payer", "TE1", "--tax-year", "2025"];
const WHY: [&str; 2] = ["--reason", "a late invoice"];

/// The small case, calculated, with a `file:` printer.
async fn calculated(world: World) -> World {
    world.import_small().await;
    world.calculate("TE1", "2025").await;
    let out = world.folder().join("printed");
    std::fs::create_dir_all(&out).unwrap();
    let uri = format!("file:{}", out.display());
    world.done(&["printer", "add", "file", &uri]).await;
    world
}

/// The same with Copy A of a form on paper.
async fn filed(world: World, forms: &[&str]) -> World {
    let world = calculated(world).await;
    for form in forms {
        let line = ["print", "--form", form, "--printer", "file", "--wait"];
        world.done(&[&line[..], &OF].concat()).await;
    }
    world
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| panic!("{text}"))
}

/// What `formfeed correct` lists.
async fn listed(world: &World) -> Value {
    parsed(
        &world
            .done(&[&["--json", "correct"], &OF[..]].concat())
            .await,
    )
}

/// Runs `formfeed correct` to file something: how it ended, the first document, what it said.
async fn correct(world: &World, more: &[&str]) -> (Exit, Value, String) {
    let line = [&["--json", "correct"], &OF[..], &WHY, more].concat();
    let (exit, out, err) = world.cli(&line).await;
    let document = serde_json::from_str::<Value>(&out).unwrap_or_default();
    (exit, document, err)
}

/// Corrects on paper; answers the jobs and the pages of the first of them.
async fn on_paper(world: &World, more: &[&str]) -> (Value, Vec<Page>) {
    let before = pdfs(world);
    let line = [&["--printer", "file", "--wait"], more].concat();
    let (exit, jobs, said) = correct(world, &line).await;
    assert_eq!(exit, Exit::Done, "{said}");
    let mut new = pdfs(world);
    new.retain(|path| !before.contains(path));
    let pages = new.first().map(|path| read_pdf(path)).unwrap_or_default();
    (jobs, pages)
}

fn pdfs(world: &World) -> Vec<PathBuf> {
    let files = std::fs::read_dir(world.folder().join("printed")).unwrap();
    let files = files.map(|file| file.unwrap().path());
    let mut pdfs: Vec<_> = files
        .filter(|path| path.extension().is_some_and(|extension| extension == "pdf"))
        .collect();
    pdfs.sort();
    pdfs
}

fn text(page: &Page) -> String {
    let words = page.words.iter().map(|word| word.text.as_str());
    words.collect::<Vec<_>>().join(" ")
}

async fn edit(world: &World, recipient: &str, income_type: &str, amount: &str) {
    let row = ["--recipient", recipient, "--income-type", income_type];
    let line = ["info", "edit", "--amount", amount];
    world.done(&[&line[..], &OF, &row, &WHY].concat()).await;
}

/// Nonemployee compensation becomes rents: the wrong form was filed.
async fn reclassify(world: &World, recipient: &str, from: &str, to: &str, amount: &str) {
    let row = |income_type| ["--recipient", recipient, "--income-type", income_type];
    let delete = [&["info", "delete"], &OF[..], &row(from), &WHY].concat();
    world.done(&delete).await;
    let add = [
        &["info", "add", "--amount", amount],
        &OF[..],
        &row(to),
        &WHY,
    ]
    .concat();
    world.done(&add).await;
}

/// Changes a vendor and calculates again.
async fn change(world: &World, vendor_id: &str, to: vendor::Vendor, paths: &[&str]) {
    let mut vendors = VendorServiceClient::new(world.channel(Service::Vendor));
    let name = format!("vendors/{vendor_id}");
    let read = vendors.get_vendor(vendor::GetVendorRequest { name }).await;
    let read = read.unwrap().into_inner();
    let request = vendor::UpdateVendorRequest {
        vendor: Some(vendor::Vendor {
            name: read.name,
            etag: read.etag,
            ..to
        }),
        update_mask: Some(prost_types::FieldMask {
            paths: paths.iter().map(|path| (*path).to_owned()).collect(),
        }),
    };
    vendors.update_vendor(request).await.unwrap();
    world.calculate("TE1", "2025").await;
}

fn new_tin(digits: &str) -> vendor::Vendor {
    vendor::Vendor {
        tin: digits.to_owned(),
        tin_type: "itin".to_owned(),
        ..vendor::Vendor::default()
    }
}

fn client(world: &World) -> CorrectionServiceClient<formfeed_runtime::client::AuthChannel> {
    CorrectionServiceClient::new(world.channel(Service::Forms))
}

/// Recipient, form, action and changes of everything that is listed.
fn brief(listed: &Value) -> Vec<(String, String, String, Value)> {
    let word = |entry: &Value, key: &str| entry[key].as_str().unwrap().to_owned();
    let entries = listed.as_array().unwrap().iter();
    entries
        .map(|entry| {
            let words = ["recipient_id", "form", "action"].map(|key| word(entry, key));
            let [recipient, form, action] = words;
            (recipient, form, action, entry["changes"].clone())
        })
        .collect()
}

fn one(
    recipient: &str,
    form: &str,
    action: &str,
    changes: Value,
) -> Vec<(String, String, String, Value)> {
    let [recipient, form, action] = [recipient, form, action].map(str::to_owned);
    vec![(recipient, form, action, changes)]
}

fn amount(number: &str, old: &str, new: &str) -> Value {
    json!({ "field": format!("box {number}"), "old": old, "new": new })
}

/// Everything that is to be corrected, over the wire.
async fn list(
    world: &World,
    request: pb::ListCorrectionsRequest,
) -> Result<Vec<pb::Correction>, tonic::Status> {
    let found = client(world).list_corrections(request).await?;
    let mut found = found.into_inner();
    let mut all = Vec::new();
    while let Some(correction) = found.message().await? {
        all.push(correction);
    }
    Ok(all)
}
