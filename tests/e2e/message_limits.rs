//! Every method of every service keeps to the configured size of messages, whether or not anybody has sized its server.

use bytes::{Buf as _, BufMut as _, Bytes};
use formfeed_runtime::access::roles::{self, Access};
use formfeed_runtime::access::{NewToken, Permission, Secret};
use formfeed_runtime::client::AuthChannel;
use formfeed_runtime::config::Limits;
use formfeed_runtime::{Connector, Role, Service, TokenStore, access, methods};
use formfeed_tests::world::World;
use tonic::client::Grpc;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::{Code, Request, Status};

/// Key of a bytes field with number 2047, which no message has: a reader skips it.
const NOBODYS_FIELD: [u8; 2] = [0xfa, 0x7f];

/// Messages as they are on the wire.
#[derive(Debug, Clone, Copy, Default)]
struct Raw;

impl Codec for Raw {
    type Encode = Bytes;
    type Decode = Bytes;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        *self
    }

    fn decoder(&mut self) -> Self {
        *self
    }
}

impl Encoder for Raw {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, item: Bytes, to: &mut EncodeBuf<'_>) -> Result<(), Status> {
        to.put(item);
        Ok(())
    }
}

impl Decoder for Raw {
    type Item = Bytes;
    type Error = Status;

    fn decode(&mut self, from: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        Ok(Some(from.copy_to_bytes(from.remaining())))
    }
}

/// A blank request but for a field that nobody reads: `size` bytes in all.
fn request_of(size: usize) -> Bytes {
    let mut message = NOBODYS_FIELD.to_vec();
    let mut left = size - NOBODYS_FIELD.len() - 4; // the length takes four bytes of seven bits
    for more in [0x80, 0x80, 0x80, 0] {
        let bits = u8::try_from(left & 0x7f).unwrap();
        message.push(bits | more);
        left >>= 7;
    }
    message.resize(size, 0);
    message.into()
}

/// Calls a method as somebody who may, and answers how it ended.
async fn call(world: &World, path: &str, message: Bytes) -> Code {
    let answered = answered(channel_for(world, path), path, message).await;
    answered.map_or_else(|status| status.code(), |()| Code::Ok)
}

/// Calls a method with one message as it is, and takes the first that is answered.
pub(crate) async fn answered(
    channel: AuthChannel,
    path: &str,
    message: Bytes,
) -> Result<(), Status> {
    let mut grpc = Grpc::new(channel).max_encoding_message_size(usize::MAX);
    grpc.ready().await.expect("a connection");
    let request = Request::new(tokio_stream::iter([message]));
    let answered = grpc.streaming(request, path.parse().unwrap(), Raw).await?;
    answered.into_inner().message().await.map(drop)
}

/// A token with a permission, known to the services soon.
fn permitted(world: &World, needed: Permission) -> Secret {
    let name = format!("to-{}", uuid::Uuid::new_v4().simple());
    let new = NewToken {
        permissions: &[needed],
        ..NewToken::new(&name[..40.min(name.len())], Role::Admin)
    };
    let (_, secret) = TokenStore::open(world.folder()).make(new).unwrap();
    std::thread::sleep(std::time::Duration::from_millis(500));
    secret
}

/// The way to a method for somebody who may call it.
pub(crate) fn channel_for(world: &World, path: &str) -> AuthChannel {
    let package = path.split('.').nth(1).unwrap();
    let service = Service::ALL.into_iter().find(|s| s.name() == package);
    let service = service.unwrap_or(Service::Vendor); // what every service offers is asked of one
    let Access::Only(people, services) = roles::access(path) else {
        panic!("{path} is open");
    };
    let token = match people.contains(&Role::Admin) {
        true => access::admin_token_path(world.folder()),
        false => access::service_token_path(world.folder(), services[0]),
    };
    let token = match roles::permission(path) {
        Some(needed) => permitted(world, needed),
        None => access::read_token(&token).unwrap(),
    };
    let url = world.config(Service::Forms).peers;
    let connector = Connector::new(service, url.address(service), token, None);
    connector.unwrap().channel()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_method_takes_a_message_beyond_the_limit_and_every_one_takes_a_smaller() {
    let world = World::start().await;
    let limit = Limits::default().max_message_bytes;
    assert!(limit > 4 << 20, "what a server takes that nobody has sized");
    for path in methods::all().keys() {
        let code = call(&world, path, request_of(limit)).await;
        assert_ne!(code, Code::OutOfRange, "{path} within the limit");
        let code = call(&world, path, request_of(limit + 1)).await;
        assert_eq!(code, Code::OutOfRange, "{path} beyond the limit");
    }
}
