//! Clients that ask and let nothing be sent to them.

use std::time::Duration;

use bytes::Bytes;
use formfeed_runtime::TokenStore;
use tokio::net::TcpStream;

use super::Flooded;
use super::wire::{Called, message};

/// As many as a connection may have at work.
const CALLS: usize = 64;
/// Within which what a token had open ends once it is revoked.
const ENDS_WITHIN: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread")]
async fn fault_87_of_a_revoked_token_the_connection_is_closed_when_its_answers_are_not_read() {
    let flooded = Flooded::start().await;
    let called = Called::of(&flooded);
    let line = TcpStream::connect(&called.address).await.unwrap();
    let mut reads_nothing = h2::client::Builder::new();
    reads_nothing.initial_window_size(0);
    let (client, connection) = reads_nothing.handshake::<_, Bytes>(line).await.unwrap();
    let mut connection = tokio::spawn(connection);
    let asked = async || {
        let mut client = client.clone().ready().await.unwrap();
        let (response, mut sending) = client.send_request(called.request(None), false).unwrap();
        sending.send_data(message(0, 0, &[]).into(), true).unwrap();
        response.await.unwrap() // its head has no need of a window
    };
    let begun = async {
        let mut answers = Vec::new();
        for _ in 0..CALLS {
            answers.push(asked().await);
        }
        let refused = asked().await;
        assert_eq!(refused.headers()["grpc-status"], "8", "{refused:?}");
        answers
    };
    let answers = flooded.during(begun).await;
    assert!(!connection.is_finished());
    let tokens = TokenStore::open(flooded.up.folder.path());
    tokens.revoke("flooder").unwrap();
    let ended = tokio::time::timeout(ENDS_WITHIN, &mut connection).await;
    assert!(ended.is_ok(), "the connection stays open");
    drop(answers);
}
