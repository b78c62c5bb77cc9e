//! What must be said differently to each database: loads of many rows at once.

pub(crate) mod postgres;
pub(crate) mod result_rows;
pub(crate) mod rows;
pub(crate) mod sqlite;
pub(crate) mod staged_rows;
