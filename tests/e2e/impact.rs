//! Impact printers: what their streams hold, whatever the texts of a form are.

mod fuzz;
mod length;
