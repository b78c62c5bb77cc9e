//! Rows about printers: what they are, who drives them, and what is loaded.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Nullable, Text, Timestamp};
use formfeed_domain::spool::{Printer, SerialRange, SetUp, StockCounts, StockLoad};

use super::{corrupt, count, printer_id, serial, word};
use crate::StoreError;
use crate::spooler::schema::{
    lease_changes, leases, printer_access, printer_states, printers, stock_loads,
};

#[derive(Queryable, Insertable, Selectable)]
#[diesel(table_name = printers, treat_none_as_default_value = false)]
pub(crate) struct PrinterRow {
    pub(crate) printer_id: String,
    pub(crate) uri: String,
    pub(crate) dialect: Option<String>,
    pub(crate) evidence: Option<String>,
    pub(crate) paused: Option<String>,
    pub(crate) request_id: String,
    pub(crate) fingerprint: String,
    pub(crate) removed_at: Option<NaiveDateTime>,
    pub(crate) created_at: NaiveDateTime,
    pub(crate) updated_at: NaiveDateTime,
    pub(crate) version: i64,
    pub(crate) changes: i32,
    pub(crate) changed_by: String,
    pub(crate) approved_by: Option<String>,
}

impl PrinterRow {
    pub(in crate::spooler) fn domain(self, load: Option<StockLoad>) -> Result<Printer, StoreError> {
        Ok(Printer {
            id: printer_id(self.printer_id)?,
            uri: self.uri,
            dialect: self.dialect,
            evidence: self
                .evidence
                .map(|text| word("printers", &text))
                .transpose()?,
            paused: self.paused,
            load,
            request_id: self.request_id,
            set_up: SetUp {
                change: count(self.changes)?,
                by: self.changed_by,
                approved_by: self.approved_by,
            },
            created_at: self.created_at.and_utc(),
            updated_at: self.updated_at.and_utc(),
            version: self.version,
        })
    }
}

/// Holds a sealed password, so it has no `Debug`.
#[derive(Queryable, Insertable, Selectable)]
#[diesel(table_name = printer_access, treat_none_as_default_value = false)]
pub(crate) struct AccessRow {
    pub(crate) printer_id: String,
    pub(crate) login: Option<String>,
    pub(crate) key_version: Option<i32>,
    pub(crate) sealed: Option<Vec<u8>>,
    pub(crate) in_clear: bool,
    pub(crate) certificate: Option<String>,
    pub(crate) address: Option<String>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = leases)]
pub(crate) struct LeaseRow {
    pub(crate) printer_id: String,
    pub(crate) spooler: String,
    pub(crate) instance: String,
    pub(crate) epoch: i64,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = lease_changes)]
pub(crate) struct LeaseChangeRow {
    pub(crate) epoch: i64,
    pub(crate) spooler: String,
    pub(crate) changed_by: String,
    pub(crate) reason: String,
    pub(crate) since: NaiveDateTime,
}

/// A lease with what is known of its holder; `running` is the holder's present run, `now` the database's clock.
#[derive(QueryableByName)]
pub(crate) struct TenureRow {
    #[diesel(sql_type = Text)]
    pub(crate) spooler: String,
    #[diesel(sql_type = Text)]
    pub(crate) instance: String,
    #[diesel(sql_type = BigInt)]
    pub(crate) epoch: i64,
    #[diesel(sql_type = Timestamp)]
    pub(crate) since: NaiveDateTime,
    #[diesel(sql_type = Text)]
    pub(crate) condition: String,
    #[diesel(sql_type = Text)]
    pub(crate) running: String,
    #[diesel(sql_type = Text)]
    pub(crate) address: String,
    #[diesel(sql_type = Integer)]
    pub(crate) life_ms: i32,
    #[diesel(sql_type = Nullable<Timestamp>)]
    pub(crate) seen_at: Option<NaiveDateTime>,
    #[diesel(sql_type = Timestamp)]
    pub(crate) now: NaiveDateTime,
    #[diesel(sql_type = Text)]
    pub(crate) changed_by: String,
    #[diesel(sql_type = Text)]
    pub(crate) reason: String,
}

#[derive(Queryable, Insertable, Selectable)]
#[diesel(table_name = stock_loads, treat_none_as_default_value = false)]
pub(crate) struct LoadRow {
    pub(crate) load_id: String,
    pub(crate) printer_id: String,
    pub(crate) stock: String,
    pub(crate) sheets: Option<i32>,
    pub(crate) loaded_by: String,
    pub(crate) loaded_at: NaiveDateTime,
    pub(crate) first_serial: Option<i64>,
}

impl LoadRow {
    /// The serial numbers, where the stock is numbered.
    pub(in crate::spooler) fn serials(&self) -> Result<Option<SerialRange>, StoreError> {
        let Some(first) = self.first_serial else {
            return Ok(None);
        };
        let sheets = self
            .sheets
            .ok_or_else(|| corrupt("numbers without sheets"))?;
        let range = SerialRange::new(serial(first)?, count(sheets)?);
        range.map(Some).map_err(corrupt)
    }

    pub(in crate::spooler) fn domain(self, counts: StockCounts) -> Result<StockLoad, StoreError> {
        Ok(StockLoad {
            serials: self.serials()?,
            id: self.load_id,
            stock: self.stock,
            sheets: self.sheets.map(count).transpose()?,
            counts,
            loaded_by: self.loaded_by,
            loaded_at: self.loaded_at.and_utc(),
        })
    }
}

#[derive(Queryable, Insertable, Selectable)]
#[diesel(table_name = printer_states, treat_none_as_default_value = false)]
pub(crate) struct PrinterStateRow {
    pub(crate) printer_id: String,
    pub(crate) sequence: i64,
    pub(crate) at: NaiveDateTime,
    pub(crate) state: String,
    pub(crate) reasons: String,
}
