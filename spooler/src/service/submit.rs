//! SubmitJob: a stream of forms becomes a sealed job, whole or not at all.

use chrono::Utc;
use formfeed_domain::Money;
use formfeed_domain::form::Form;
use formfeed_domain::layout::FitError;
use formfeed_domain::spool::{Job, JobId, JobKind, JobSpec, NoPassword, shown_account};
use formfeed_domain::totals::Totals;
use formfeed_proto::convert::Violations;
use formfeed_proto::convert::job::{JobOrder, job_order_from};
use formfeed_proto::spooler as pb;
use formfeed_proto::spooler::submit_job_request::Part;
use formfeed_runtime::access::{Caller, caller};
use formfeed_runtime::status::IntoStatus;
use formfeed_runtime::{Refusal, Role, detached, incident, reason, request_id};
use formfeed_store::at_once;
use formfeed_store::spooler::{NewJob, SealedForm, Submitted};
use prost::Message as _;
use sha2::{Digest as _, Sha256};
use tonic::{Code, Request, Status, Streaming};
use tracing::info;
use uuid::Uuid;

use super::Handlers;
use super::error::{do_not_fit, no_password, refused};
use super::form_reader::FormReader;
use super::plan::{Ground, PlanError, ground};
use crate::queue::CrashPoint;

impl Handlers {
    pub(super) async fn submit(
        &self,
        request: Request<Streaming<pb::SubmitJobRequest>>,
    ) -> Result<pb::Job, Status> {
        let by = caller(&request);
        let mut parts = request.into_inner();
        let header = first(&mut parts).await?;
        let most = self.queue.shared().config.max_forms_per_job;
        let mut bad = Violations::new();
        request_id::require(&mut bad, &header.request_id);
        let order = match job_order_from(&mut bad, &header) {
            Some(order) if bad.is_empty() => order,
            _ => return Err(everything_wrong(bad, &header, &mut parts, most).await),
        };
        if order.on_behalf_of.is_some() && by.role != Role::Service {
            return Err(not_for_another());
        }
        let store = &self.store;
        let fresh = Uuid::now_v7().to_string();
        let (id, printer) = at_once(async {
            (
                store.job_id(&fresh).await,
                store.printer(&order.printer).await,
            )
        })
        .await;
        let mut draft = Draft::new(id.map_err(refused)?, order, &header);
        // A retry of a job that is sealed already gets its answer whatever the printer has loaded by now.
        let ground = match printer {
            Ok(printer) => {
                let may = self.may_print_on(&printer);
                may.and_then(|()| ground(&draft.order, &printer))
            }
            Err(error) => Err(refused(error)),
        };
        while let Some(forms) = next_forms(&mut parts).await? {
            for form in forms {
                if draft.reader.count() == most {
                    return Err(too_many(most));
                }
                let seal = |id: &JobId, place, form: &Form| store.seal(id, place, form);
                draft.add(form, ground.as_ref().ok(), seal)?;
            }
        }
        let fingerprint = draft.fingerprint();
        let before = store
            .submitted_before(&header.request_id, &fingerprint)
            .await;
        if let Some(job) = before.map_err(refused)? {
            return self.job(&job.id).await.map_err(refused);
        }
        let new = draft.finish(ground, &header, &by, fingerprint)?;
        let handlers = self.clone();
        detached::finish(async move { at_once(handlers.keep(new)).await }).await
    }

    pub(super) async fn keep(&self, new: NewJob) -> Result<pb::Job, Status> {
        let shared = self.queue.shared();
        shared.crash.pass(CrashPoint::BeforeSubmit).await;
        let submitted = self.store.submit(new).await.map_err(refused)?;
        shared.crash.pass(CrashPoint::AfterSubmit).await;
        if let Submitted::New(job) = &submitted {
            tell(job);
        }
        let job = submitted.job();
        self.queue.wake(&job.spec.printer);
        self.job(&job.id).await.map_err(refused)
    }
}

fn tell(job: &Job) {
    let sealed = &job.size.sealed;
    info!(
        job.name = %job.id, printer = %job.spec.printer, forms = sealed.forms, sheets = sealed.sheets,
        "Sealed {} with {} forms on {} sheets", job.id, sealed.forms, sealed.sheets
    );
}

async fn first(parts: &mut Streaming<pb::SubmitJobRequest>) -> Result<pb::JobHeader, Status> {
    match parts.message().await?.and_then(|message| message.part) {
        Some(Part::Header(header)) => Ok(header),
        _ => Err(out_of_order()),
    }
}

async fn next_forms(
    parts: &mut Streaming<pb::SubmitJobRequest>,
) -> Result<Option<Vec<pb::JobForm>>, Status> {
    match parts.message().await?.map(|message| message.part) {
        None => Ok(None),
        Some(Some(Part::Forms(forms))) => Ok(Some(forms.forms)),
        Some(_) => Err(out_of_order()),
    }
}

fn out_of_order() -> Status {
    let message = "the first message carries the header, every other one forms";
    Refusal::invalid(reason::FIELDS_INVALID, message)
        .field("part", message)
        .into_status()
}

fn too_many(most: usize) -> Status {
    Refusal::new(
        Code::ResourceExhausted,
        reason::OVERLOADED,
        format!("a job holds at most {most} forms; split it"),
    )
    .with("max_forms_per_job", most)
    .into_status()
}

pub(super) fn not_for_another() -> Status {
    let message = "only a service may submit for another user";
    Refusal::denied(reason::USER_NOT_ALLOWED, message).into_status()
}

/// The refusal of a header, with every bad field of the forms behind it.
async fn everything_wrong(
    bad: Violations,
    header: &pb::JobHeader,
    parts: &mut Streaming<pb::SubmitJobRequest>,
    most: usize,
) -> Status {
    let mut reader = FormReader::new(None, bad);
    loop {
        match next_forms(parts).await {
            Ok(Some(_)) if reader.count() >= most => return too_many(most),
            Ok(Some(forms)) => forms.into_iter().for_each(|form| {
                reader.read(form);
            }),
            Ok(None) => return reader.finish(header.forms).into_status(),
            Err(status) => return status,
        }
    }
}

/// A job being read. Forms are sealed as they come; nothing is stored before all of them are good.
struct Draft {
    order: JobOrder,
    id: JobId,
    reader: FormReader,
    content: Sha256,
    misfits: Vec<FitError>,
    /// Account numbers of forms whose file nothing could lock.
    without_password: Vec<(String, NoPassword)>,
    forms: Vec<SealedForm>,
    totals: Vec<Totals>,
}

impl Draft {
    fn new(id: JobId, order: JobOrder, header: &pb::JobHeader) -> Self {
        let kind = (order.form_type, order.tax_year);
        let mut draft = Self {
            order,
            id,
            reader: FormReader::new(Some(kind), Violations::new()),
            content: Sha256::new(),
            misfits: Vec::new(),
            without_password: Vec::new(),
            forms: Vec::new(),
            totals: Vec::new(),
        };
        draft.note(&header.encode_to_vec());
        draft
    }

    /// Adds to the content that tells a retry from a reuse; how forms were cut into messages does not matter.
    fn note(&mut self, bytes: &[u8]) {
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        self.content.update(length.to_be_bytes());
        self.content.update(bytes);
    }

    fn fingerprint(&self) -> String {
        let digest = self.content.clone().finalize();
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Reads, places, totals and seals a form. Without a ground only its content is noted.
    fn add(
        &mut self,
        message: pb::JobForm,
        ground: Option<&Ground>,
        seal: impl Fn(&JobId, u32, &Form) -> Result<SealedForm, formfeed_store::StoreError>,
    ) -> Result<(), Status> {
        let place = self.reader.count();
        self.note(&message.encode_to_vec());
        let (Some(form), Some(ground)) = (self.reader.read(message), ground) else {
            return Ok(());
        };
        match ground.place(&self.order, place, &form) {
            Ok(totals) => self.totals.push(totals),
            Err(error) => self.misfits.push(error),
        }
        if let Err(error) = self.order.delivery.check_recipient(&form.recipient) {
            self.without_password.push((shown_account(&form), error));
        }
        let number = u32::try_from(place).map_err(|error| incident::internal(&error))?;
        let sealed = seal(&self.id, number, &form).map_err(IntoStatus::into_status)?;
        self.forms.push(sealed);
        Ok(())
    }

    /// The job, if everything about it is good: its fields first, then the ground it stands on.
    fn finish(
        self,
        ground: Result<Ground, Status>,
        header: &pb::JobHeader,
        by: &Caller,
        fingerprint: String,
    ) -> Result<NewJob, Status> {
        let bad = self.reader.finish(header.forms);
        bad.finish(Some(())).map_err(IntoStatus::into_status)?;
        let ground = ground?;
        if !self.misfits.is_empty() {
            return Err(do_not_fit(&self.misfits));
        }
        if !self.without_password.is_empty() {
            return Err(no_password(&self.without_password));
        }
        let sheets = ground.sheets(&self.order, &self.totals).map_err(no_plan)?;
        let total: Money = self.totals.iter().map(|totals| totals.total).sum();
        if total != self.order.control_total {
            return Err(other_total(self.order.control_total, total));
        }
        let order = self.order;
        let acting = by.on_behalf_of.clone();
        let user = order.on_behalf_of.or(acting);
        Ok(NewJob {
            id: self.id,
            spec: JobSpec {
                kind: JobKind::Forms,
                payer: Some(order.payer),
                tax_year: order.tax_year,
                format_year: order.format_year,
                form_type: order.form_type,
                copy: order.copy,
                stock: ground.stock.name.clone(),
                printer: order.printer,
                priority: order.priority,
                delivery: order.delivery,
            },
            request_id: header.request_id.clone(),
            fingerprint,
            user: user.unwrap_or_else(|| by.name.clone()),
            submitted_by: by.name.clone(),
            notes: ground.notes.clone(),
            forms: self.forms,
            sheets,
            at: Utc::now(),
        })
    }
}

fn no_plan(error: PlanError) -> Status {
    match error {
        PlanError::Impose(error) => {
            Refusal::failed_precondition(reason::NOTHING_TO_PRINT, error.to_string()).into_status()
        }
        PlanError::TooMuch => Refusal::invalid(reason::FIELDS_INVALID, error.to_string())
            .field("forms", error.to_string())
            .into_status(),
    }
}

fn other_total(announced: Money, found: Money) -> Status {
    Refusal::failed_precondition(
        reason::CONTROL_TOTAL_MISMATCH,
        format!(
            "the header's control total is {announced}, the income boxes of the forms add up to {found}; nothing was stored"
        ),
    )
    .with("control_total", announced)
    .with("found", found)
    .into_status()
}
