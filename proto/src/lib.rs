//! The gRPC contract: generated messages, clients and servers, and their
//! conversions to and from the domain.
//!
//! It never reads a database and decides nothing about 1099s. Start at the
//! `.proto` files in `proto/formfeed`; each resource has its file in [`convert`].

#[expect(
    missing_docs,
    unreachable_pub,
    clippy::all,
    reason = "generated; every message is documented in its .proto"
)]
mod generated {
    pub mod formfeed {
        pub mod audit {
            pub mod v1 {
                tonic::include_proto!("formfeed.audit.v1");
            }
        }
        pub mod keys {
            pub mod v1 {
                tonic::include_proto!("formfeed.keys.v1");
            }
        }
        pub mod vendor {
            pub mod v1 {
                tonic::include_proto!("formfeed.vendor.v1");
            }
        }
        pub mod calculation {
            pub mod v1 {
                tonic::include_proto!("formfeed.calculation.v1");
            }
        }
        pub mod forms {
            pub mod v1 {
                tonic::include_proto!("formfeed.forms.v1");
            }
        }
        pub mod spooler {
            pub mod v1 {
                tonic::include_proto!("formfeed.spooler.v1");
            }
        }
    }
    pub mod google {
        pub mod r#type {
            tonic::include_proto!("google.r#type");
        }
    }
}

pub mod convert;
mod hidden;

pub use generated::formfeed::vendor::v1 as vendor;
pub use generated::formfeed::{
    audit::v1 as audit, calculation::v1 as calculation, forms::v1 as forms, keys::v1 as keys,
    spooler::v1 as spooler,
};
pub use generated::google::r#type::Date;

/// Every message and service as a serialized `FileDescriptorSet`, for reflection and for tests that walk the contract.
pub const FILE_DESCRIPTOR_SET: &[u8] =
    include_bytes!(concat!(env!("OUT_DIR"), "/formfeed.fds.bin"));
