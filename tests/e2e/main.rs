//! Journeys through the real thing, one module each, in one program.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

mod bad_fields;
mod calculation_beside_imports;
mod calculation_import;
mod calculation_run;
mod cli_demo;
mod cli_extract;
mod cli_print;
mod cli_services;
mod control_bytes;
mod devices;
mod every_rpc;
mod forms_alone;
mod forms_listing;
mod forms_printing;
mod forms_store;
mod geometry;
mod lab;
mod message_limits;
mod migrations;
mod payment_preview;
mod power_cut;
mod quick;
mod rendering;
mod spooler_job;
mod spooler_life_cycle;
mod spooler_queue;
mod spooler_recovery;
mod spooler_refusals;
mod stale_imports;
mod three_devices;
mod tour;
mod unknown_payer;
mod vendor_boxes;
mod vendor_import;
mod vendor_import_faults;
mod vendor_listing;
mod vendor_notices;
mod vendor_resources;
mod vendor_tin_checks;
mod vendor_tins;
mod vendor_tokens;
mod vendor_withholding;
