//! Journeys through the real thing, one module each, in one program.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

mod cli_demo;
mod cli_extract;
mod cli_services;
mod devices;
mod forms_alone;
mod forms_store;
mod rendering;
