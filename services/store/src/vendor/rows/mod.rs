//! How a domain value lies in its table, the same on both databases; one file per table.

mod accounts;
mod b_notices;
mod box_definitions;
mod cash_accounts;
mod imported;
mod imports;
mod organizations;
mod payer_states;
mod payers;
mod relate_to_codes;
mod requests;
mod transmitters;
mod vendor_addresses;
mod vendor_versions;
mod vendors;
mod withholding_configurations;
mod withholding_orders;

use std::str::FromStr;

use chrono::{DateTime, NaiveDateTime, SubsecRound as _, Utc};
use formfeed_domain::relate_to::Position;

pub(crate) use accounts::AccountRow;
pub(crate) use b_notices::BNoticeRow;
pub(crate) use box_definitions::BoxDefinitionRow;
pub(crate) use cash_accounts::CashAccountRow;
pub(crate) use imported::{ImportedRow, Read, Verdict};
pub(crate) use imports::{ImportFileRow, ImportRecordRow, ImportRow, PUBLISHED, STAGED, STAGING};
pub(crate) use organizations::OrganizationRow;
pub(crate) use payer_states::PayerStateRow;
pub(crate) use payers::PayerRow;
pub(crate) use relate_to_codes::RelateToRow;
pub(crate) use requests::RequestRow;
pub(crate) use transmitters::TransmitterRow;
pub(crate) use vendor_addresses::VendorAddressRow;
pub(crate) use vendor_versions::VendorVersionRow;
pub(crate) use vendors::{ACTIVE, INACTIVE, VendorRow};
pub(crate) use withholding_configurations::{ConfigurationRow, FurtherTypeRow};
pub(crate) use withholding_orders::OrderRow;

use super::Stamp;
use crate::StoreError;

/// An instant as both databases keep it: UTC, cut to microseconds.
pub(super) fn instant(time: DateTime<Utc>) -> NaiveDateTime {
    time.trunc_subsecs(6).naive_utc()
}

fn stamp(revision: i64, create_time: NaiveDateTime, update_time: NaiveDateTime) -> Stamp {
    Stamp {
        revision,
        create_time: create_time.and_utc(),
        update_time: update_time.and_utc(),
    }
}

/// A stored word as the domain value it was; the error names the column.
fn word<T: FromStr>(column: &str, text: &str) -> Result<T, StoreError> {
    text.parse().map_err(|_| unreadable(column))
}

fn optional_word<T: FromStr>(column: &str, text: Option<&str>) -> Result<Option<T>, StoreError> {
    text.map(|text| word(column, text)).transpose()
}

/// A stored key as the domain's key.
fn id<T, E>(column: &str, made: Result<T, E>) -> Result<T, StoreError> {
    made.map_err(|_| unreadable(column))
}

fn position(number: i32) -> Result<Position, StoreError> {
    match number {
        1 => Ok(Position::One),
        2 => Ok(Position::Two),
        _ => Err(unreadable("position")),
    }
}

fn unreadable(column: &str) -> StoreError {
    StoreError::Corrupt(format!("a value in column {column} is none of ours"))
}
