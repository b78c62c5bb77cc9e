//! Beyond loopback: TLS, and reflection for token bearers only.

use std::{path::Path, process::Command};

use formfeed_proto::forms::ListFormsRequest;
use formfeed_runtime::config::TlsFiles;

use crate::probe::World;

/// A self-signed certificate by the system's `openssl`; none where there is no such program.
fn certificate(dir: &Path) -> Option<TlsFiles> {
    let files = TlsFiles {
        cert: dir.join("cert.pem"),
        key: dir.join("key.pem"),
    };
    let made = Command::new("openssl")
        .args([
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
        ])
        .args(["-nodes", "-days", "2", "-subj", "/CN=localhost"])
        .args(["-addext", "subjectAltName=IP:127.0.0.1"])
        .args(["-addext", "basicConstraints=critical,CA:FALSE"])
        .arg("-keyout")
        .arg(&files.key)
        .arg("-out")
        .arg(&files.cert)
        .output();
    made.ok()
        .filter(|made| made.status.success())
        .map(|_| files)
}

#[tokio::test]
async fn a_server_with_a_certificate_answers_over_tls() {
    let dir = tempfile::tempdir().unwrap();
    let Some(files) = certificate(dir.path()) else {
        eprintln!("no openssl here: TLS is not tried");
        return;
    };
    let world = World::start_with(|config| {
        config.ca_file = Some(files.cert.clone());
        config.tls = Some(files);
    })
    .await;
    assert!(world.url.starts_with("https://"), "{}", world.url);
    let answer = world
        .client()
        .list_forms(ListFormsRequest::default())
        .await
        .unwrap();
    assert!(
        answer
            .into_inner()
            .next_page_token
            .starts_with("admin admin admin ")
    );
}
