//! The forms service: who gets which form and why not, and the way of the forms to the spooler.
//!
//! It owns the record of what was printed and nothing else: 1099 information comes from the
//! calculation service, names, addresses and numbers from the vendor service, both at the moment
//! they are needed. It never keeps a TIN, and never touches paper: that is the spooler's.
//!
//! Start at [`start()`] for how it is put together, at `service.rs` for its methods, at
//! `decide.rs` for *box amounts → form* and at `print.rs` for *form → job*.

mod decide;
mod draft;
mod error;
mod feed;
mod follow;
mod hand_over;
mod listing;
mod peers;
mod print;
mod recipients;
mod service;
mod start;
mod turns;
mod warnings;

pub use start::{Running, StartError, start};
