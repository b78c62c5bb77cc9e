//! Clients that break the rules of HTTP/2 and of gRPC by the thousand, at running services that print meanwhile.

use std::time::{Duration, Instant};

use bytes::Bytes;
use formfeed_proto::spooler as pb;
use formfeed_runtime::access::{self, Secret, read_token};
use formfeed_runtime::tls::Trust;
use formfeed_runtime::{Connector, Role, Service, TokenStore, reason, sized, status::reason_of};
use formfeed_tests::command::Up;
use http::{Method, Request};
use pb::job_service_client::JobServiceClient;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tonic::{Code, Status};

const PATH: &str = "/formfeed.spooler.v1.JobService/ListJobs";
/// Streams that each flood opens.
const STREAMS: u32 = 100_000;
/// The most by which the services may grow under a flood, bytes.
const GROWTH: u64 = 256 * 1024 * 1024;
/// Within which a call by the rules is answered meanwhile; a silent connection has ten seconds.
const ANSWERED_WITHIN: Duration = Duration::from_secs(5);

/// Running services, and what a flood wants to know of them.
struct Flooded {
    up: Up,
    address: String,
    before: u64,
}

impl Flooded {
    fn start() -> Self {
        let up = Up::start();
        let told = std::fs::read_to_string(up.folder.path().join("endpoints.json")).unwrap();
        let told: serde_json::Value = serde_json::from_str(&told).unwrap();
        let address = told["spooler"].as_str().unwrap().replace("http://", "");
        let before = peak_memory(up.pid());
        Self {
            up,
            address,
            before,
        }
    }

    fn admin(&self) -> Secret {
        read_token(&access::admin_token_path(self.up.folder.path())).unwrap()
    }

    /// One call by the rules, on a connection of its own.
    async fn call(&self) -> Result<(), Status> {
        call(&self.address, self.admin()).await
    }

    /// Calls by the rules for as long as the flood lasts.
    fn meanwhile(&self) -> JoinHandle<()> {
        let (address, admin) = (self.address.clone(), self.admin());
        tokio::spawn(async move {
            loop {
                let answer = tokio::time::timeout(ANSWERED_WITHIN, call(&address, admin.clone()));
                answer.await.expect("an answer in time").unwrap();
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        })
    }

    #[track_caller]
    fn assert_not_grown(&self) {
        let grown = peak_memory(self.up.pid()).saturating_sub(self.before);
        assert!(grown < GROWTH, "grown by {} MiB", grown / 1024 / 1024);
    }
}

async fn call(address: &str, admin: Secret) -> Result<(), Status> {
    let connector = Connector::new(Service::Spooler, address, admin, None::<&Trust>).unwrap();
    let mut jobs = sized!(
        JobServiceClient::new(connector.channel()),
        connector.limits()
    );
    jobs.list_jobs(pb::ListJobsRequest::default())
        .await
        .map(|_| ())
}

/// The most memory a process has had at once, bytes: proc(5), VmHWM.
fn peak_memory(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let kilobytes = line.unwrap().split_whitespace().nth(1).unwrap();
    kilobytes.parse::<u64>().unwrap() * 1024
}

/// A frame: length, type, flags, stream, payload (RFC 9113, 4.1).
fn frame(to: &mut Vec<u8>, kind: u8, flags: u8, stream: u32, payload: &[u8]) {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    to.extend_from_slice(&length[1..]);
    to.extend_from_slice(&[kind, flags]);
    to.extend_from_slice(&stream.to_be_bytes());
    to.extend_from_slice(payload);
}

/// The head of a gRPC call, as literals that no table keeps (RFC 7541, 6.2.2).
fn head(token: Option<&Secret>) -> Vec<u8> {
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

/// Opens streams without regard for what the server allows, until it has had enough or all were opened; how many were sent.
async fn open_streams(address: &str, most: u32, head: &[u8], reset: bool) -> u32 {
    let mut line = TcpStream::connect(address).await.unwrap();
    let mut bytes = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec();
    frame(&mut bytes, 4, 0, 0, &[]); // SETTINGS
    let mut opened = 0;
    while opened < most {
        for _ in 0..100 {
            let stream = 2 * opened + 1;
            frame(&mut bytes, 1, 4, stream, head); // HEADERS, END_HEADERS
            if reset {
                frame(&mut bytes, 3, 0, stream, &8_u32.to_be_bytes()); // RST_STREAM, CANCEL
            }
            opened += 1;
        }
        // Whoever never reads is cut off by a full line; what is asked here is what the streams cost.
        let written = tokio::time::timeout(Duration::from_secs(2), line.write_all(&bytes)).await;
        bytes.clear();
        let mut answer = [0; 65_536];
        let read = tokio::time::timeout(Duration::from_millis(1), line.read(&mut answer)).await;
        if !matches!(written, Ok(Ok(()))) || matches!(read, Ok(Ok(0) | Err(_))) {
            break;
        }
    }
    opened
}

/// Streams that are reset at once, of nobody; or that stay open for a message that never comes, of who has a token.
async fn flood(reset: bool) {
    let flooded = Flooded::start();
    let admin = flooded.admin();
    let head = head(Some(&admin).filter(|_| !reset));
    flooded.call().await.unwrap();
    let meanwhile = flooded.meanwhile();
    let (mut opened, mut connections) = (0, 0_u32);
    let begin = Instant::now();
    while opened < STREAMS {
        opened += open_streams(&flooded.address, STREAMS - opened, &head, reset).await;
        connections += 1;
        assert!(begin.elapsed() < Duration::from_secs(120), "{opened}");
    }
    assert!(!meanwhile.is_finished(), "{:?}", meanwhile.await);
    meanwhile.abort();
    // Streams beyond the allowed ones are refused one by one; resets by the thousand end the connection.
    assert!(!reset || connections > 1, "the server never had enough");
    flooded.call().await.unwrap();
    flooded.assert_not_grown();
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_65_streams_that_are_reset_at_once_end_the_connection_and_disturb_nobody() {
    flood(true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_65_a_hundred_thousand_streams_are_refused_one_by_one_and_disturb_nobody() {
    flood(false).await;
}

/// One call whose body is these bytes; its code and message.
async fn raw_call(flooded: &Flooded, encoding: Option<&str>, body: &[u8]) -> (Code, String) {
    let line = TcpStream::connect(&flooded.address).await.unwrap();
    let (client, connection) = h2::client::handshake(line).await.unwrap();
    tokio::spawn(connection);
    let mut client = client.ready().await.unwrap();
    let bearer = format!("Bearer {}", flooded.admin().expose());
    let mut request = Request::builder()
        .method(Method::POST)
        .uri(format!("http://{}{PATH}", flooded.address))
        .header("content-type", "application/grpc")
        .header("te", "trailers")
        .header("authorization", bearer);
    if let Some(encoding) = encoding {
        request = request.header("grpc-encoding", encoding);
    }
    let (response, mut sending) = client
        .send_request(request.body(()).unwrap(), false)
        .unwrap();
    // A server that has refused reads no further.
    sending.send_data(Bytes::copy_from_slice(body), true).ok();
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

/// A message as gRPC frames it: compressed or not, its length, itself.
fn message(compressed: u8, length: u32, content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![compressed];
    bytes.extend_from_slice(&length.to_be_bytes());
    bytes.extend_from_slice(content);
    bytes
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_66_a_declared_length_of_four_gigabytes_is_refused_before_anything_is_set_aside() {
    let flooded = Flooded::start();
    let declared = message(0, u32::MAX, b"little");
    let (code, why) = raw_call(&flooded, None, &declared).await;
    assert_eq!(code, Code::OutOfRange, "{why}");
    flooded.assert_not_grown();
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_66_two_hundred_levels_of_nesting_are_the_callers_fault() {
    let flooded = Flooded::start();
    // Groups within groups of a field nobody knows: each begins with 0x9b 0x06, number 99.
    let nested = [0x9b, 0x06].repeat(200);
    let length = u32::try_from(nested.len()).unwrap();
    let (code, why) = raw_call(&flooded, None, &message(0, length, &nested)).await;
    assert_eq!(code, Code::InvalidArgument, "{why}");
    let (code, why) = raw_call(&flooded, None, &message(0, 3, &[0xff; 3])).await;
    assert_eq!(code, Code::InvalidArgument, "{why}");
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_67_a_compressed_message_is_refused_unopened() {
    let flooded = Flooded::start();
    // A gigabyte of zeroes, made small by the real thing.
    let made = std::process::Command::new("sh")
        .args(["-c", "head -c 1073741824 /dev/zero | gzip -1"])
        .output()
        .unwrap();
    let bomb = made.stdout;
    assert!(made.status.success() && bomb.len() > 100_000);
    let length = u32::try_from(bomb.len()).unwrap();
    let (code, why) = raw_call(&flooded, Some("gzip"), &message(1, length, &bomb)).await;
    assert_eq!(code, Code::Unimplemented, "{why}");
    flooded.call().await.unwrap();
    flooded.assert_not_grown();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_calls_too_often_is_told_when_to_go_on_and_others_are_served() {
    use tonic_types::StatusExt as _;
    let folder = tempfile::tempdir().unwrap();
    let settings = "max_calls_per_second = 20\n";
    std::fs::write(folder.path().join("formfeed.toml"), settings).unwrap();
    let up = Up::start_on(folder, &[]);
    let told = std::fs::read_to_string(up.folder.path().join("endpoints.json")).unwrap();
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    let address = told["spooler"].as_str().unwrap().to_owned();
    let tokens = TokenStore::open(up.folder.path());
    let (_, eager) = tokens.create("eager", Role::Auditor, None).unwrap();
    let connector = Connector::new(Service::Spooler, &address, eager, None).unwrap();
    let mut jobs = JobServiceClient::new(connector.channel());
    let mut refused = None;
    for _ in 0..1_000 {
        match jobs.list_jobs(pb::ListJobsRequest::default()).await {
            Ok(_) => {}
            Err(status) => {
                refused = Some(status);
                break;
            }
        }
    }
    let refused = refused.expect("a limit");
    assert_eq!(refused.code(), Code::ResourceExhausted);
    assert_eq!(reason_of(&refused).unwrap(), reason::RATE_LIMITED);
    let wait = refused
        .get_details_retry_info()
        .unwrap()
        .retry_delay
        .unwrap();
    assert!(wait <= Duration::from_secs(1), "{wait:?}");
    let admin = read_token(&access::admin_token_path(up.folder.path())).unwrap();
    call(&address, admin).await.unwrap();
    tokio::time::sleep(wait + Duration::from_millis(50)).await;
    jobs.list_jobs(pb::ListJobsRequest::default())
        .await
        .unwrap();
}
