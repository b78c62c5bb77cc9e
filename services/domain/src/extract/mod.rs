//! The AP extract, without its files: which columns each file has, and what a row of it means.
//!
//! A reader of CSV hands over the header ([`Header::check`]) and then one row
//! after another ([`parse`]); [`Keys`] finds keys that come twice. Everything
//! wrong with a row is reported at once as [`Fault`]s. References between
//! records are not checked here: they may point at records already stored.

mod accounts;
mod fault;
mod file;
mod header;
mod keys;
mod organizations;
mod payers;
mod payments;
mod row;
mod vendors;
mod vouchers;

use crate::ids::check_id;

pub use fault::{Fault, MAX_FAULTS, listed};
pub use file::{File, Owner, UnknownFile};
pub use header::Header;
pub use keys::Keys;
pub use row::Row;

/// A record of the extract.
pub trait Record: Sized {
    /// The file it stands in.
    const FILE: File;

    /// Reads one row; what is wrong with it is noted in the row, and a value that cannot be read is `None`.
    fn read(row: &mut Row<'_>) -> Option<Self>;

    /// The record's key, its columns in the order of [`File::key_columns`].
    fn key(&self) -> Vec<String>;
}

/// Reads one row: `line` is its line in the file, counted from 1, and `fields` its values in the header's order.
///
/// # Errors
/// Everything that is wrong with the row, column by column.
pub fn parse<'a, R: Record>(
    header: &'a Header,
    line: u64,
    fields: impl IntoIterator<Item = &'a str>,
) -> Result<R, Vec<Fault>> {
    let mut row = Row::new(header, line, fields.into_iter().collect());
    let record = R::read(&mut row);
    let faults = row.into_faults();
    match record {
        Some(record) if faults.is_empty() => Ok(record),
        _ => Err(faults),
    }
}

/// The key of a row that [`parse`] refused, if it can be read: so that references to it are not faults of
/// their own. Blank or malformed key values make it `None`.
pub fn key_of<'a>(
    header: &'a Header,
    fields: impl IntoIterator<Item = &'a str>,
) -> Option<Vec<String>> {
    let fields: Vec<&str> = fields.into_iter().collect();
    let value = |column: &&str| {
        let value = fields.get(header.place(column, 0)?)?;
        check_id(value).ok().map(|()| (*value).to_owned())
    };
    header.file().key_columns().iter().map(value).collect()
}
