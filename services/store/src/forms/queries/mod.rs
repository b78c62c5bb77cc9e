//! One file per table. Compiled twice: `Conn` is the connection of the database at hand.

use super::Conn;

pub(crate) mod exports;
pub(crate) mod printings;
pub(crate) mod transmittals;
pub(crate) mod warnings;
