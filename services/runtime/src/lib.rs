//! What every Formfeed server and client shares: configuration, telemetry,
//! access tokens and roles, the server's limits and shutdown, the client's
//! headers, and the one place where errors become `Status`.
//!
//! It knows nothing about 1099s and keeps no rows. Start at [`server::Server`]
//! for a service, at [`client::Connector`] for a caller, at
//! [`access`] for who may do what.

pub mod access;
pub mod audit;
pub mod checkup;
pub mod client;
pub mod config;
pub mod context;
pub mod data_dir;
pub mod detached;
pub mod discretion;
pub mod endpoints;
pub mod etag;
pub mod in_use;
pub mod incident;
pub mod keys;
pub mod life;
pub mod listener;
pub mod mask;
pub mod methods;
mod metrics;
pub mod newcomers;
pub mod page;
pub mod program;
pub mod reason;
pub mod request_id;
pub mod request_memory;
pub mod server;
pub mod service;
pub mod shutdown;
mod stamp;
pub mod status;
mod store_error;
pub mod telemetry;
pub mod tls;
mod trailers;

pub use access::{Caller, Role, TokenStore};
pub use client::Connector;
pub use config::{Limits, ServiceArgs, ServiceConfig};
pub use life::{Life, Member};
pub use server::Server;
pub use service::Service;
pub use status::{IntoStatus, Refusal};
