//! The methods of the contract and their shapes, read from the descriptors.

use std::{collections::BTreeMap, sync::OnceLock};

use prost::Message;
use prost_types::FileDescriptorSet;

/// Whether a method's messages are streams.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// The client sends many messages.
    pub client_streaming: bool,
    /// The server answers many messages.
    pub server_streaming: bool,
}

impl Shape {
    /// Whether either side is a stream.
    pub fn is_stream(self) -> bool {
        self.client_streaming || self.server_streaming
    }
}

/// Every method of Formfeed's services by full path, such as `/formfeed.vendor.v1.PayerService/GetPayer`.
pub fn all() -> &'static BTreeMap<String, Shape> {
    static METHODS: OnceLock<BTreeMap<String, Shape>> = OnceLock::new();
    METHODS.get_or_init(read)
}

/// The shape of a method; none when it is not ours.
pub fn shape(path: &str) -> Option<Shape> {
    all().get(path).copied()
}

/// Whether a method is known to take one message only.
pub fn takes_one(path: &str) -> bool {
    shape(path).is_some_and(|shape| !shape.client_streaming)
}

fn read() -> BTreeMap<String, Shape> {
    let set = FileDescriptorSet::decode(formfeed_proto::FILE_DESCRIPTOR_SET)
        .expect("the descriptors were encoded by our own build");
    let mut methods = BTreeMap::new();
    for file in &set.file {
        for service in &file.service {
            for method in &service.method {
                let path = format!("/{}.{}/{}", file.package(), service.name(), method.name());
                let shape = Shape {
                    client_streaming: method.client_streaming(),
                    server_streaming: method.server_streaming(),
                };
                methods.insert(path, shape);
            }
        }
    }
    methods
}
