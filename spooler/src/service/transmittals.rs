//! SubmitTransmittal: a Form 1096 becomes a sealed job, once it says what its jobs have printed.

use chrono::Utc;
use formfeed_domain::form::Copy;
use formfeed_domain::layout;
use formfeed_domain::spool::{Delivery, Finality, JobKind, JobSpec, PlannedSheet, Sums};
use formfeed_domain::totals::Totals;
use formfeed_proto::convert::Violations;
use formfeed_proto::convert::transmittal::{TransmittalOrder, transmittal_order};
use formfeed_proto::spooler as pb;
use formfeed_runtime::access::{Caller, caller};
use formfeed_runtime::status::IntoStatus;
use formfeed_runtime::{Refusal, Role, detached, reason, request_id};
use formfeed_store::spooler::{JobView, NewJob};
use prost::Message as _;
use sha2::{Digest as _, Sha256};
use tonic::{Request, Status};
use uuid::Uuid;

use super::Handlers;
use super::error::{do_not_fit, no_layout, refused};
use super::plan::transmittal_stock;
use super::submit::not_for_another;

impl Handlers {
    pub(super) async fn submit_transmittal_of_jobs(
        &self,
        request: Request<pb::SubmitTransmittalRequest>,
    ) -> Result<pb::Job, Status> {
        let by = caller(&request);
        let request = request.into_inner();
        let mut bad = Violations::new();
        request_id::require(&mut bad, &request.request_id);
        let order = transmittal_order(&mut bad, &request);
        let order = bad.finish(order).map_err(IntoStatus::into_status)?;
        if order.on_behalf_of.is_some() && by.role != Role::Service {
            return Err(not_for_another());
        }
        let store = &self.store;
        let fingerprint = fingerprint(&request);
        let before = store.submitted_before(&request.request_id, &fingerprint);
        if let Some(job) = before.await.map_err(refused)? {
            return self.job(&job.id).await.map_err(refused);
        }
        self.hold_against_reports(&order).await?;
        let new = self
            .new_job(order, (request.request_id, fingerprint), &by)
            .await?;
        let handlers = self.clone();
        detached::finish(async move { handlers.keep(new).await }).await
    }

    /// A Form 1096 says what the good sheets of its jobs come to, to the form and to the cent.
    async fn hold_against_reports(&self, order: &TransmittalOrder) -> Result<(), Status> {
        let store = &self.store;
        let mut printed = Totals::default();
        for id in &order.jobs {
            let view = store.job(id).await.map_err(refused)?;
            printed += totals(order, &view)?;
        }
        let says = &order.transmittal;
        let forms = usize::try_from(says.forms).unwrap_or(usize::MAX);
        let same = (forms, says.total, says.federal_withheld)
            == (printed.forms, printed.total, printed.federal_withheld);
        match same {
            true => Ok(()),
            false => Err(mismatch(format!(
                "Form 1096 says {forms} forms, total {}, withheld {}; its jobs have printed {} forms, total {}, withheld {}",
                says.total,
                says.federal_withheld,
                printed.forms,
                printed.total,
                printed.federal_withheld
            ))),
        }
    }

    async fn new_job(
        &self,
        order: TransmittalOrder,
        (request_id, fingerprint): (String, String),
        by: &Caller,
    ) -> Result<NewJob, Status> {
        let store = &self.store;
        let printer = store.printer(&order.printer).await.map_err(refused)?;
        self.may_print_on(&printer)?;
        let says = &order.transmittal;
        let stock = transmittal_stock(&order, &printer)?;
        let layout = layout::find_transmittal(says.tax_year, stock);
        let layout = layout.map_err(|error| no_layout(&error))?;
        layout.place(says).map_err(|error| do_not_fit(&[error]))?;
        let id = store.job_id(&Uuid::now_v7().to_string()).await;
        let id = id.map_err(refused)?;
        let sealed = store.seal_transmittal(&id, says);
        let notes = notes(&order);
        let user = order.on_behalf_of.or(by.on_behalf_of.clone());
        Ok(NewJob {
            id,
            spec: JobSpec {
                kind: JobKind::Transmittal,
                payer: Some(order.payer),
                tax_year: says.tax_year,
                format_year: says.tax_year,
                form_type: says.form_type,
                copy: Copy::A,
                stock: stock.name.clone(),
                printer: order.printer,
                priority: order.priority,
                delivery: Delivery::Job,
            },
            request_id,
            fingerprint,
            user: user.unwrap_or_else(|| by.name.clone()),
            submitted_by: by.name.clone(),
            notes,
            forms: vec![sealed.map_err(IntoStatus::into_status)?],
            sheets: vec![PlannedSheet {
                number: 1,
                first_form: 0,
                sums: Sums {
                    sheets: 1,
                    forms: 1,
                    ..Sums::default()
                },
            }],
            at: Utc::now(),
        })
    }
}

fn totals(order: &TransmittalOrder, view: &JobView) -> Result<Totals, Status> {
    let (spec, report) = (&view.job.spec, &view.report);
    let says = &order.transmittal;
    let is_theirs = (spec.payer.as_ref(), spec.tax_year, spec.form_type)
        == (Some(&order.payer), says.tax_year, says.form_type);
    if !is_theirs || spec.kind != JobKind::Forms || spec.copy != Copy::A {
        return Err(mismatch(format!(
            "{} is no Copy A of {} of payer {} for {}",
            view.job.id, says.form_type, order.payer, says.tax_year
        )));
    }
    if report.finality != Finality::Final {
        let sentence = format!("{} has not ended", view.job.id);
        return Err(mismatch(sentence));
    }
    Ok(Totals {
        forms: usize::try_from(report.forms_printed).unwrap_or(usize::MAX),
        total: report.total,
        federal_withheld: report.federal_withheld,
        state_withheld: report.state_withheld,
    })
}

/// What people read in lists: the figures, and where they come from.
fn notes(order: &TransmittalOrder) -> Vec<String> {
    let says = &order.transmittal;
    let jobs: Vec<_> = order.jobs.iter().map(ToString::to_string).collect();
    vec![format!(
        "says {} forms, total {}, federal tax withheld {}: from {}",
        says.forms,
        says.total,
        says.federal_withheld,
        jobs.join(", ")
    )]
}

fn mismatch(sentence: String) -> Status {
    Refusal::failed_precondition(reason::TRANSMITTAL_MISMATCH, sentence).into_status()
}

fn fingerprint(request: &pb::SubmitTransmittalRequest) -> String {
    let digest = Sha256::digest(request.encode_to_vec());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
