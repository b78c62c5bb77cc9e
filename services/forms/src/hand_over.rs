//! Form → job: the forms with their full TINs stream to the spooler, a batch at a time.

use std::pin::pin;

use formfeed_domain::printing::Printing;
use formfeed_domain::spool::Delivery;
use formfeed_proto::convert::delivery_to;
use formfeed_proto::convert::form::{copy_to, form_to, form_type_to};
use formfeed_proto::convert::forms::printing_name;
use formfeed_proto::spooler as pb;
use formfeed_proto::spooler::submit_job_request::Part;
use formfeed_runtime::reason;
use formfeed_runtime::status::{metadata_of, reason_of};
use tokio::sync::mpsc;
use tonic::{Code, Status};

use crate::draft::Draft;
use crate::format::Format;
use crate::peers::Peers;

/// Forms of one message; the numbers of as many are in memory at once.
const FORMS_PER_MESSAGE: usize = 500;
/// Messages that wait for the spooler.
const MESSAGES_AHEAD: usize = 2;

/// What the forms of a job go on, and how they leave it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Paper<'a> {
    /// Stock; blank is the usual one.
    pub(crate) stock: &'a str,
    /// In one document, or in a file for each recipient.
    pub(crate) delivery: Delivery,
}

/// Why a hand-over did not come to a job.
pub(crate) enum HandOverError {
    /// The spooler has no such job, for certain.
    Refused(Status),
    /// An earlier hand-over of the same printing was cut off after the spooler had sealed this job.
    Sealed(String),
    /// The connection broke: the spooler may have sealed the job.
    Unknown(Status),
}

/// Hands the forms to the spooler. Doing so again for the same printing answers the same job.
pub(crate) async fn hand_over(
    peers: &Peers,
    printing: &Printing,
    paper: Paper<'_>,
    draft: &Draft,
) -> Result<pb::Job, HandOverError> {
    let (sender, parts) = mpsc::channel(MESSAGES_AHEAD);
    let answered = {
        let mut submitted = pin!(peers.spooler.submit(parts));
        let sent = tokio::select! {
            biased;
            answered = &mut submitted => return answered.map_err(judge),
            sent = send(&sender, peers, printing, paper, draft) => sent,
        };
        match sent {
            Ok(()) => {
                drop(sender); // the stream's end is the job's end
                submitted.await
            }
            Err(status) => {
                // The call is cancelled; its stream must not seem to end before the spooler knows.
                tokio::spawn(async move { sender.closed().await });
                return Err(HandOverError::Refused(status));
            }
        }
    };
    answered.map_err(judge)
}

async fn send(
    sender: &mpsc::Sender<pb::SubmitJobRequest>,
    peers: &Peers,
    printing: &Printing,
    paper: Paper<'_>,
    draft: &Draft,
) -> Result<(), Status> {
    let part = |part| pb::SubmitJobRequest { part: Some(part) };
    let header = part(Part::Header(header(printing, paper, draft)));
    if sender.send(header).await.is_err() {
        return wait_for_the_answer().await;
    }
    let payer_id = &printing.subject.payer_id;
    let format = Format::of(&printing.subject, printing.format_year)?;
    for batch in draft.forms.chunks(FORMS_PER_MESSAGE) {
        let versions = batch.iter().map(|form| form.version.clone()).collect();
        let purpose = printing_name(&printing.id);
        let released = peers.vendors.release_tins(versions, payer_id, purpose);
        let released = released.await?;
        let payer_tin = released.payer.as_ref();
        let forms = batch.iter().zip(released.vendors);
        let forms = forms.map(|(form, tin)| {
            let form = form.with_tins(payer_tin, tin);
            match &format {
                None => Ok(form_to(&form)),
                Some(format) => Ok(form_to(&format.form(&form)?)),
            }
        });
        let forms = forms.collect::<Result<_, Status>>()?;
        let forms = part(Part::Forms(pb::JobForms { forms }));
        if sender.send(forms).await.is_err() {
            return wait_for_the_answer().await;
        }
    }
    Ok(())
}

/// The spooler has stopped reading: what it answers tells why.
async fn wait_for_the_answer() -> Result<(), Status> {
    std::future::pending().await
}

fn header(printing: &Printing, paper: Paper<'_>, draft: &Draft) -> pb::JobHeader {
    let subject = &printing.subject;
    pb::JobHeader {
        request_id: format!("printing-{}", printing.id),
        payer_id: subject.payer_id.to_string(),
        tax_year: subject.tax_year.year(),
        form_type: form_type_to(subject.form_type).into(),
        copy: copy_to(subject.copy).into(),
        stock: paper.stock.to_owned(),
        printer: printing.printer.clone(),
        control_total_cents: draft.totals.total.cents(),
        priority: 0,
        on_behalf_of: printing.user.clone(),
        forms: i32::try_from(draft.forms.len()).unwrap_or(i32::MAX),
        delivery: Some(delivery_to(paper.delivery)),
        format_year: match printing.format_year == subject.tax_year {
            true => 0,
            false => printing.format_year.year(),
        },
    }
}

/// What an answer proves. What the forms are made of may have changed since a hand-over that was cut off; what is sealed, counts.
pub(crate) fn judge(status: Status) -> HandOverError {
    if reason_of(&status).as_deref() == Some(reason::REQUEST_ID_REUSED)
        && let Some(job) = metadata_of(&status, "job")
    {
        return HandOverError::Sealed(job);
    }
    match status.code() {
        Code::InvalidArgument
        | Code::NotFound
        | Code::FailedPrecondition
        | Code::PermissionDenied
        | Code::Unauthenticated
        | Code::ResourceExhausted
        | Code::OutOfRange
        | Code::Unimplemented => HandOverError::Refused(status),
        _ => HandOverError::Unknown(status),
    }
}
