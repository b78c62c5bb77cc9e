//! What was sealed prints as it was, whatever is edited before the paper is marked.

use std::path::PathBuf;
use std::time::Duration;

use formfeed_proto::vendor;
use formfeed_proto::vendor::payer_service_client::PayerServiceClient;
use formfeed_runtime::Service;
use formfeed_tests::paper::{Page, read_pdf};
use formfeed_tests::world::World;

use super::{OF, change, edit, filed, listed, parsed, pdfs, text};

const PRINT: [&str; 6] = ["--json", "print", "--form", "nec", "--printer", "file"];

/// The payer moves to another street.
async fn move_payer(world: &World) {
    let mut payers = PayerServiceClient::new(world.channel(Service::Vendor));
    let name = "payers/TE1".to_owned();
    let found = payers.get_payer(vendor::GetPayerRequest { name }).await;
    let mut payer = found.unwrap().into_inner();
    payer.address.as_mut().unwrap().line_1 = "9 Elsewhere Lane".to_owned();
    let changed = vendor::UpdatePayerRequest {
        payer: Some(payer),
        update_mask: Some(prost_types::FieldMask {
            paths: vec!["address".to_owned()],
        }),
    };
    payers.update_payer(changed).await.unwrap();
}

async fn until_completed(world: &World, job: &str) {
    let show = ["--json", "job", "show", job];
    let ended = async {
        while parsed(&world.done(&show).await)["state"] != "completed" {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let ended = tokio::time::timeout(Duration::from_secs(40), ended).await;
    ended.expect("the job ends");
}

/// The pages of the only file that was not there before.
fn pages_beside(world: &World, before: &[PathBuf]) -> Vec<Page> {
    let mut new = pdfs(world);
    new.retain(|path| !before.contains(path));
    assert_eq!(new.len(), 1, "{new:?}");
    read_pdf(&new[0])
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_84_what_is_edited_after_the_seal_prints_as_sealed_and_is_left_to_correct() {
    for world in [World::start().await, World::on_postgres().await] {
        let world = filed(world, &["nec"]).await;
        let unedited = pages_beside(&world, &[]);
        let before = pdfs(&world);
        let pause = ["printer", "pause", "file", "--reason", "not yet"];
        world.done(&pause).await;
        let again = ["--again", "for the archive"];
        let sealed = parsed(&world.done(&[&PRINT[..], &OF, &again].concat()).await);
        let renamed = vendor::Vendor {
            short_name: "Renamed".to_owned(),
            ..vendor::Vendor::default()
        };
        move_payer(&world).await;
        change(&world, "V000003", renamed, &["short_name"]).await;
        edit(&world, "V000003", "nonemployee_compensation", "9999.99").await;
        world.done(&["printer", "resume", "file"]).await;
        until_completed(&world, sealed["job"].as_str().unwrap()).await;
        assert_eq!(pages_beside(&world, &before), unedited);

        let found = listed(&world).await;
        let mut found = found.as_array().unwrap().iter();
        let edited = found.find(|it| it["recipient_id"] == "V000003").unwrap();
        assert!(
            edited["changes"].to_string().contains("9999.99"),
            "{edited}"
        );
        let before = pdfs(&world);
        let again = ["--again", "as it is now", "--wait"];
        world.done(&[&PRINT[..], &OF, &again].concat()).await;
        let now = pages_beside(&world, &before);
        let now: Vec<_> = now.iter().map(text).collect();
        for words in ["Renamed", "9999.99", "9 Elsewhere Lane"] {
            assert!(now[0].contains(words), "{words}: {}", now[0]);
        }
    }
}
