//! PreviewSheet: a sheet for the eye, as PDF or PNG, whatever became of it on paper.

use formfeed_domain::spool::JobKind;
use formfeed_proto::convert::Violations;
use formfeed_proto::convert::job::read_job_name;
use formfeed_proto::spooler as pb;
use formfeed_runtime::status::IntoStatus;
use formfeed_runtime::{Refusal, incident, reason};
use formfeed_store::spooler::SpoolError;
use pb::preview_sheet_request::Format;
use tonic::Status;

use super::Handlers;
use super::error::refused;
use crate::queue::{PictureFormat, preview};

impl Handlers {
    pub(crate) async fn preview(
        &self,
        request: pb::PreviewSheetRequest,
    ) -> Result<pb::PreviewSheetResponse, Status> {
        let mut violations = Violations::new();
        let id = read_job_name(&mut violations, "job", &request.job);
        let number = u32::try_from(request.sheet).ok().filter(|it| *it > 0);
        if number.is_none() {
            violations.add("sheet", "is 1 or more");
        }
        let format = read_format(&mut violations, &request);
        let asked = violations.finish(id.zip(number).zip(format));
        let ((id, number), format) = asked.map_err(IntoStatus::into_status)?;
        let store = &self.store;
        let job = store.job(&id).await.map_err(refused)?.job;
        if job.spec.kind == JobKind::Calibration {
            let message = "a sheet of marks has no form to show".to_owned();
            let refusal = Refusal::failed_precondition(reason::NO_LAYOUT, message);
            return Err(refusal.with("job", id).into_status());
        }
        let sheets = store.sheets(&id, number - 1, 1, false).await;
        let sheets = sheets.map_err(refused)?;
        let Some(sheet) = sheets.first() else {
            return Err(refused(SpoolError::SheetNotFound {
                job: id,
                sheets: job.size.sealed.sheets,
                sheet: number,
            }));
        };
        let opened = store.opened(&job, &[sheet.plan.number]).await;
        let opened = opened.map_err(refused)?;
        let render = move || preview(&job, &opened, format);
        let rendered = tokio::task::spawn_blocking(render).await;
        let rendered = rendered.map_err(|error| incident::internal(&error))?;
        let picture = rendered.map_err(|error| incident::internal(&error))?;
        Ok(pb::PreviewSheetResponse { picture })
    }
}

fn read_format(
    violations: &mut Violations,
    request: &pb::PreviewSheetRequest,
) -> Option<PictureFormat> {
    let dots = match request.dots_per_inch {
        0 => Some(96),
        dots @ 36..=300 => u16::try_from(dots).ok(),
        _ => None,
    };
    if dots.is_none() {
        violations.add("dots_per_inch", "is one of 36 to 300");
    }
    match Format::try_from(request.format) {
        Ok(Format::Unspecified | Format::Pdf) => dots.map(|_| PictureFormat::Pdf),
        Ok(Format::Png) => dots.map(PictureFormat::Png),
        Err(_) => {
            violations.add("format", "is not one of the formats");
            None
        }
    }
}
