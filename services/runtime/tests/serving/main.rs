//! Real servers on loopback ports, behind the guard, called by real clients.
#![allow(clippy::unwrap_used, reason = "tests may")]

mod deadlines;
mod floods;
mod identity;
mod limits;
mod probe;
mod reflection;
mod roles;
mod stopping;
mod tls;
mod unreachable;
