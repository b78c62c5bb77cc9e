//! What is staged under an import before anybody sees it.

use formfeed_domain::extract::{Fault, File};
use formfeed_domain::history::HistoryRecord;

/// One record as it came, with its place.
#[derive(Debug, Clone)]
pub struct Staged {
    /// Order of arrival within the import.
    pub position: i64,
    /// Line in its file.
    pub line: i32,
    /// The record, or what is known of it.
    pub item: StagedItem,
}

/// A record, or what could be read of it.
#[derive(Debug, Clone)]
pub enum StagedItem {
    /// A whole record.
    Record(HistoryRecord),
    /// It could not be read: its key counts as existing, its faults bar publication.
    Unreadable {
        /// The file it stands in.
        file: File,
        /// Its key, parts joined by `/`; blank if unknown.
        key: String,
        /// What is wrong with it; none when the client lists the faults itself.
        faults: Vec<Fault>,
    },
}
