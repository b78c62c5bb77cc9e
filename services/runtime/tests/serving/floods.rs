//! Streams that are opened and reset by the thousand, and connections on which nothing is ever said, over TLS.

use std::{sync::Arc, time::Duration};

use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, ServerName, pem::PemObject as _},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::{TlsConnector, client::TlsStream};
use tokio_util::sync::CancellationToken;

use crate::tls::Secure;

const STREAMS: u32 = 20_000;
/// Within which who says nothing is let go.
const LET_GO_WITHIN: Duration = Duration::from_secs(15);

async fn connect(secure: &Secure) -> TlsStream<TcpStream> {
    let mut roots = RootCertStore::empty();
    let authority = CertificateDer::from_pem_file(secure.authority.certificate()).unwrap();
    roots.add(authority).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec()];
    let address = secure.world.url.trim_start_matches("https://");
    let line = TcpStream::connect(address).await.unwrap();
    let name = ServerName::try_from("127.0.0.1").unwrap();
    let connector = TlsConnector::from(Arc::new(config));
    connector.connect(name, line).await.unwrap()
}

/// A frame: length, type, flags, stream, payload (RFC 9113, 4.1).
fn frame(to: &mut Vec<u8>, kind: u8, flags: u8, stream: u32, payload: &[u8]) {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    to.extend_from_slice(&length[1..]);
    to.extend_from_slice(&[kind, flags]);
    to.extend_from_slice(&stream.to_be_bytes());
    to.extend_from_slice(payload);
}

/// The head of a call of nobody, as literals that no table keeps (RFC 7541, 6.2.2).
fn head() -> Vec<u8> {
    let mut block = vec![0x83, 0x87]; // :method POST, :scheme https
    for (name, value) in [
        (":path", "/formfeed.forms.v1.FormsService/ListForms"),
        (":authority", "127.0.0.1"),
        ("content-type", "application/grpc"),
        ("te", "trailers"),
    ] {
        block.push(0);
        for text in [name, value] {
            block.push(u8::try_from(text.len()).unwrap());
            block.extend_from_slice(text.as_bytes());
        }
    }
    block
}

/// Opens streams and resets them at once, until the server has had enough; how many were sent.
async fn reset_streams(secure: &Secure) -> u32 {
    let (mut line, head) = (connect(secure).await, head());
    let mut bytes = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec();
    frame(&mut bytes, 4, 0, 0, &[]); // SETTINGS
    let mut opened = 0;
    while opened < STREAMS {
        for _ in 0..100 {
            let stream = 2 * opened + 1;
            frame(&mut bytes, 1, 4, stream, &head); // HEADERS, END_HEADERS
            frame(&mut bytes, 3, 0, stream, &8_u32.to_be_bytes()); // RST_STREAM, CANCEL
            opened += 1;
        }
        let written = timeout(Duration::from_secs(2), line.write_all(&bytes)).await;
        bytes.clear();
        let mut answer = [0; 65_536];
        let read = timeout(Duration::from_millis(1), line.read(&mut answer)).await;
        if !matches!(written, Ok(Ok(()))) || matches!(read, Ok(Ok(0) | Err(_))) {
            break;
        }
    }
    opened
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_65_resets_over_tls_end_the_connection_and_others_are_answered() {
    let secure = Secure::start(false).await;
    let over = CancellationToken::new();
    let flood = async {
        let (mut opened, mut connections) = (0, 0);
        while opened < STREAMS {
            opened += reset_streams(&secure).await;
            connections += 1;
        }
        over.cancel();
        connections
    };
    let calls = async {
        let mut answered = 0;
        while !over.is_cancelled() {
            let call = secure.call(secure.world.admin(), None);
            let answer = timeout(Duration::from_secs(5), call).await;
            answer.expect("an answer in time").unwrap();
            answered += 1;
        }
        answered
    };
    let (connections, answered) = tokio::join!(flood, calls);
    assert!(connections > 1, "the server never had enough");
    assert!(answered > 0, "nobody was answered meanwhile");
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_68_who_says_nothing_once_hands_are_shaken_is_let_go() {
    let secure = Secure::start(false).await;
    let mut line = connect(&secure).await;
    let closed = async {
        let mut told = [0; 1024];
        while matches!(line.read(&mut told).await, Ok(length) if length > 0) {}
    };
    let closed = timeout(LET_GO_WITHIN, closed).await;
    closed.expect("the server lets it go");
}
