//! Reports for people: rows in, bytes out.
//!
//! A [`Document`] is a title, what it is about, and blocks of lines and tables. [`render_pdf`] makes letter-size
//! pages of it, [`render_text`] plain text; [`Csv`] writes rows for a spreadsheet, where no text is ever taken for
//! a formula. The same input always gives the same bytes.
//!
//! [`render_letter`] sets a letter to a recipient, its addresses where a window envelope shows them.
//!
//! The faces of a report serve the spooler too, where it draws a form: [`Face`], and [`broken`] for lines of a width.
//!
//! Nothing here reads a clock, a file or a service, and nothing is added up: sums come in as rows like any other.
//!
//! Start at [`Document`], then at `page.rs` for how blocks become pages.

mod csv;
mod document;
mod face;
mod letter;
mod page;
mod pdf;
mod table;
mod text;
mod width;

pub use csv::{Cell, Csv};
pub use document::{Block, Document, Orientation};
pub use face::Face;
pub use letter::render_letter;
pub use pdf::{PdfError, render_pdf};
pub use table::Table;
pub use text::render_text;
pub use width::broken;
