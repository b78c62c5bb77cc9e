//! The vendor half of an AP extract: staged, checked as a whole, published at once or not at all.
//!
//! `session.rs` follows one staging from its first message to its faults; `message.rs` looks at the fields of a
//! message, `check.rs` at one record, `keys.rs` and `links.rs` at the records among each other.

mod check;
mod column;
mod faults;
mod keys;
mod links;
mod message;
mod references;
mod service;
mod session;
mod warnings;
