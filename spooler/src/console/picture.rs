//! The picture of a sheet.

use axum::Extension;
use axum::extract::{Path, RawQuery};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use formfeed_proto::spooler as pb;
use formfeed_proto::spooler::job_service_server::JobService as _;
use pb::preview_sheet_request::Format;

use super::form::Form;
use super::person::Person;

/// Serves it as PNG, of 96 dots to the inch or as asked.
pub(super) async fn show(
    Extension(person): Extension<Person>,
    Path((job, sheet)): Path<(String, i32)>,
    RawQuery(query): RawQuery,
) -> Response {
    let request = pb::PreviewSheetRequest {
        job: format!("jobs/{job}"),
        sheet,
        format: Format::Png.into(),
        dots_per_inch: Form::query(query.as_deref()).number("dots").unwrap_or(96),
    };
    let answer = match person.asks("JobService/PreviewSheet", request) {
        Ok(request) => person.console().handlers.preview_sheet(request).await,
        Err(status) => Err(status),
    };
    match answer {
        Ok(picture) => {
            let headers = [
                (header::CONTENT_TYPE, "image/png"),
                (header::CACHE_CONTROL, "private, no-store"),
            ];
            (headers, picture.into_inner().picture).into_response()
        }
        Err(status) => (StatusCode::NOT_FOUND, status.message().to_owned()).into_response(),
    }
}
