//! Frames and messages as they are on the wire, good and bad.

use bytes::Bytes;
use formfeed_runtime::access::Secret;
use h2::client::SendRequest;
use http::{Method, Request};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tonic::{Code, Status};

use super::{ANSWERED_WITHIN, Flooded};

/// What is called: by whoever has a token.
const PATH: &str = "/formfeed.spooler.v1.JobService/ListJobs";

/// A frame: length, type, flags, stream, payload (RFC 9113, 4.1).
pub(super) fn frame(to: &mut Vec<u8>, kind: u8, flags: u8, stream: u32, payload: &[u8]) {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    to.extend_from_slice(&length[1..]);
    to.extend_from_slice(&[kind, flags]);
    to.extend_from_slice(&stream.to_be_bytes());
    to.extend_from_slice(payload);
}

/// The head of a gRPC call, as literals that no table keeps (RFC 7541, 6.2.2).
pub(super) fn head(token: Option<&Secret>) -> Vec<u8> {
    let mut block = vec![0x83, 0x86]; // :method POST, :scheme http
    let mut literal = |name: &str, value: &str| {
        for text in [name, value] {
            if name == text {
                block.push(0);
            }
            block.push(u8::try_from(text.len()).unwrap());
            block.extend_from_slice(text.as_bytes());
        }
    };
    literal(":path", PATH);
    literal(":authority", "127.0.0.1");
    literal("content-type", "application/grpc");
    literal("te", "trailers");
    if let Some(token) = token {
        literal("authorization", &format!("Bearer {}", token.expose()));
    }
    block
}

/// A message as gRPC frames it: compressed or not, its length, itself.
pub(super) fn message(compressed: u8, length: u32, content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![compressed];
    bytes.extend_from_slice(&length.to_be_bytes());
    bytes.extend_from_slice(content);
    bytes
}

/// What is called by hand, where, and by whom.
#[derive(Clone)]
pub(super) struct Called {
    pub(super) address: String,
    pub(super) path: &'static str,
    pub(super) token: Secret,
}

impl Called {
    /// The spooler, by whoever floods.
    pub(super) fn of(flooded: &Flooded) -> Self {
        Self {
            address: flooded.address.clone(),
            path: PATH,
            token: flooded.flooder.clone(),
        }
    }

    /// The head of a call.
    pub(super) fn request(&self, encoding: Option<&str>) -> Request<()> {
        let bearer = format!("Bearer {}", self.token.expose());
        let mut request = Request::builder()
            .method(Method::POST)
            .uri(format!("http://{}{}", self.address, self.path))
            .header("content-type", "application/grpc")
            .header("te", "trailers")
            .header("authorization", bearer);
        if let Some(encoding) = encoding {
            request = request.header("grpc-encoding", encoding);
        }
        request.body(()).unwrap()
    }
}

/// A connection for calls by hand; it is closed when the task is.
pub(super) async fn connect(address: &str) -> (SendRequest<Bytes>, JoinHandle<()>) {
    let line = TcpStream::connect(address).await.unwrap();
    let (client, connection) = h2::client::handshake(line).await.unwrap();
    let connection = tokio::spawn(async move {
        connection.await.ok();
    });
    (client, connection)
}

/// One call whose body is these bytes; its code and message.
pub(super) async fn raw_call(
    flooded: &Flooded,
    encoding: Option<&str>,
    body: Bytes,
) -> (Code, String) {
    raw_call_to(&Called::of(flooded), encoding, body).await
}

/// The same to another service or by somebody else.
pub(super) async fn raw_call_to(
    called: &Called,
    encoding: Option<&str>,
    body: Bytes,
) -> (Code, String) {
    let (client, _connection) = connect(&called.address).await;
    let mut client = client.ready().await.unwrap();
    let (response, mut sending) = client
        .send_request(called.request(encoding), false)
        .unwrap();
    // A server that has refused reads no further.
    sending.send_data(body, true).ok();
    let response = tokio::time::timeout(ANSWERED_WITHIN, response).await;
    let mut response = response.expect("an answer in time").unwrap();
    let status = match Status::from_header_map(response.headers()) {
        Some(status) => status,
        None => {
            while response.body_mut().data().await.is_some() {}
            let trailers = response.body_mut().trailers().await.unwrap().unwrap();
            Status::from_header_map(&trailers).unwrap()
        }
    };
    (status.code(), status.message().to_owned())
}
