//! Rows for a spreadsheet, as a file that a browser keeps.

use axum::http::header;
use axum::response::{IntoResponse, Response};
use formfeed_report::Csv;

/// Serves a file under a name.
pub(super) fn file(name: &str, rows: Csv) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, disposition.as_str()),
    ];
    (headers, rows.into_bytes()).into_response()
}
