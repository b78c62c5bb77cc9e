//! What the end-to-end tests stand on: real printers and lines, and readers that know nothing of us.
//!
//! Nothing here skips: a missing program fails the test that needs it (`tests/tools/install.sh`).

pub mod apart;
pub mod browser;
pub mod by_hand;
pub mod collector;
pub mod command;
pub mod connections;
pub mod daemon;
pub mod extract;
pub mod guarded_printer;
pub mod impact_decoder;
pub mod ipp_printer;
pub mod ledger;
pub mod lossy_proxy;
pub mod lying_printer;
pub mod noise;
pub mod paper;
pub mod parallel_port;
pub mod postgres;
pub mod pty_printer;
pub mod raw_printer;
pub mod screen;
pub mod serial_printer;
pub mod service_manager;
pub mod small_disk;
pub mod spool;
pub mod spooler_program;
pub mod status;
pub mod tools;
pub mod vendor_alone;
pub mod world;
