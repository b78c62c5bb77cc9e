//! AlignmentService.

use chrono::Utc;
use formfeed_domain::alignment::{Alignment, AlignmentError, GridShift, SheetMap};
use formfeed_domain::form::{Copy, FormType};
use formfeed_domain::layout::{self, TestLayout};
use formfeed_domain::placement::Pitch;
use formfeed_domain::spool::{
    Delivery, JobId, JobKind, JobSpec, PlannedSheet, Printer, PrinterId, Sums, USUAL_PRIORITY,
};
use formfeed_domain::stock::{self, Stock};
use formfeed_proto::convert::Violations;
use formfeed_proto::convert::alignment::{
    TestContent, TestSheetOrder, Wanted, alignment_from, alignment_to, test_sheet_from,
};
use formfeed_proto::convert::printer::{printer_name, printer_name_from};
use formfeed_proto::spooler as pb;
use formfeed_proto::spooler::alignment_service_server::AlignmentService;
use formfeed_runtime::access::caller;
use formfeed_runtime::status::IntoStatus;
use formfeed_runtime::{Refusal, detached, incident, reason, request_id};
use formfeed_store::spooler::{Aligned, NewJob};
use tonic::{Request, Response, Status};
use uuid::Uuid;

use super::Handlers;
use super::act::act;
use super::error::{no_layout, refused};
use crate::render::{Dialect, DialectName};

#[tonic::async_trait]
impl AlignmentService for Handlers {
    async fn print_test_sheet(
        &self,
        request: Request<pb::PrintTestSheetRequest>,
    ) -> Result<Response<pb::Job>, Status> {
        let by = caller(&request);
        let request = request.into_inner();
        let mut bad = Violations::new();
        request_id::require(&mut bad, &request.request_id);
        let order = test_sheet_from(&mut bad, &request);
        let order = bad.finish(order).map_err(IntoStatus::into_status)?;
        let store = &self.store;
        let fingerprint = request_id::fingerprint(&request);
        let before = store.submitted_before(&request.request_id, &fingerprint);
        if let Some(job) = before.await.map_err(refused)? {
            return self.job(&job.id).await.map(Response::new).map_err(refused);
        }
        let printer = store.printer(&order.printer).await.map_err(refused)?;
        self.may_print_on(&printer)?;
        let id = store.job_id(&Uuid::now_v7().to_string()).await;
        let id = id.map_err(refused)?;
        let new = NewJob {
            request_id: request.request_id,
            fingerprint,
            user: by.on_behalf_of.clone().unwrap_or_else(|| by.name.clone()),
            submitted_by: by.name.clone(),
            ..test_job(id, &order, &printer)?
        };
        let handlers = self.clone();
        detached::finish(async move { handlers.keep(new).await.map(Response::new) }).await
    }

    async fn set_alignment(
        &self,
        request: Request<pb::SetAlignmentRequest>,
    ) -> Result<Response<pb::Alignment>, Status> {
        let act = act(&request, &request.get_ref().reason);
        let order = alignment_from(request.get_ref()).map_err(IntoStatus::into_status)?;
        let handlers = self.clone();
        detached::finish(async move {
            let store = &handlers.store;
            let printer = store.printer(&order.printer).await.map_err(refused)?;
            let stock = stock_in(&printer, order.stock)?;
            let now = store.alignment(&printer.id, &stock.name).await;
            let now = now.map_err(refused)?;
            let alignment = work_out(&printer, order.wanted, now.as_ref())?;
            let in_force = now.map_or(0, |now| now.version);
            let seen = order.version.unwrap_or(in_force);
            let whose = (&printer.id, stock.name.as_str());
            let set = store.align(whose, (alignment, seen), &act).await;
            set.map_err(refused)?;
            handlers.queue.wake(&printer.id);
            let set = store.alignment(whose.0, whose.1).await.map_err(refused)?;
            let set = set.ok_or_else(|| {
                incident::internal_because("an alignment that was just set is gone")
            })?;
            Ok(Response::new(told(&set)))
        })
        .await
    }

    async fn list_alignments(
        &self,
        request: Request<pb::ListAlignmentsRequest>,
    ) -> Result<Response<pb::ListAlignmentsResponse>, Status> {
        let id = printer_name_from("printer", &request.into_inner().printer);
        let id = id.map_err(IntoStatus::into_status)?;
        let found = self.store.alignments(&id).await;
        let found = found.map_err(refused)?;
        Ok(Response::new(pb::ListAlignmentsResponse {
            alignments: found.iter().map(told).collect(),
        }))
    }
}

fn told(set: &Aligned) -> pb::Alignment {
    let about = (set.version, set.by.as_str(), set.reason.as_str(), set.at);
    alignment_to((&set.printer, &set.stock), &set.alignment, about)
}

/// The stock asked for, else the one in the printer.
fn stock_in(printer: &Printer, asked: Option<&'static Stock>) -> Result<&'static Stock, Status> {
    if let Some(stock) = asked {
        return Ok(stock);
    }
    let loaded = printer.load.as_ref().map(|load| load.stock.as_str());
    let found = loaded.and_then(|name| stock::find(name).ok());
    found.ok_or_else(|| {
        let message = format!(
            "printer {} has no stock loaded; name the stock (--stock)",
            printer.id
        );
        Refusal::failed_precondition(reason::STOCK_NOT_LOADED, message)
            .with("printer", printer_name(&printer.id))
            .into_status()
    })
}

/// What is to be done about the ink of a printer.
fn work_out(printer: &Printer, wanted: Wanted, now: Option<&Aligned>) -> Result<Alignment, Status> {
    let alignment = match (wanted, printer.dialect.is_some()) {
        (Wanted::Nothing, true) => Alignment::Grid(GridShift::default()),
        (Wanted::Nothing, false) => Alignment::Sheet(SheetMap::default()),
        (Wanted::Measured(readings), false) => {
            let before = match now.map(|now| now.alignment) {
                Some(Alignment::Sheet(map)) => map,
                _ => SheetMap::default(),
            };
            let map = SheetMap::from_readings(before, readings);
            Alignment::Sheet(map.map_err(|error| out_of_reach(&error))?)
        }
        (Wanted::Measured(_), true) => return Err(of_the_other_kind(printer)),
        (Wanted::Done(alignment), _) => alignment,
    };
    match (alignment, printer.dialect.is_some()) {
        (Alignment::Sheet(_), true) | (Alignment::Grid(_), false) => {
            Err(of_the_other_kind(printer))
        }
        (Alignment::Grid(shift), true) if shift.steps > 0 && !feeds_steps(printer) => Err(no_part(
            printer,
            "feeds whole lines only: leave the steps at 0",
        )),
        (Alignment::Grid(shift), true) if shift.dots > 0 && !moves_dots(printer) => {
            let words = "moves by whole columns only: leave the dots at 0";
            Err(no_part(printer, words))
        }
        (alignment, _) => Ok(alignment),
    }
}

fn feeds_steps(printer: &Printer) -> bool {
    dialect_of(printer).is_some_and(|dialect| dialect.steps_of_line() > 1)
}

fn moves_dots(printer: &Printer) -> bool {
    dialect_of(printer).is_some_and(|dialect| dialect.across(0, 0, Pitch::Ten).is_some())
}

fn dialect_of(printer: &Printer) -> Option<&'static dyn Dialect> {
    let dialect = printer.dialect.as_deref()?.parse::<DialectName>();
    dialect.ok().map(DialectName::dialect)
}

fn out_of_reach(error: &AlignmentError) -> Status {
    let mut bad = Violations::new();
    bad.add("readings", error);
    bad.into_status()
}

fn of_the_other_kind(printer: &Printer) -> Status {
    let takes = match printer.dialect {
        Some(_) => "an impact printer: give columns, lines and steps",
        None => "a page printer: give an offset, or the readings of a sheet of marks",
    };
    let message = format!("printer {} is {takes}", printer.id);
    refusal(printer, message)
}

fn no_part(printer: &Printer, words: &str) -> Status {
    refusal(printer, format!("printer {} {words}", printer.id))
}

fn refusal(printer: &Printer, message: String) -> Status {
    Refusal::failed_precondition(reason::ALIGNMENT_NOT_FOR_PRINTER, message)
        .with("printer", printer_name(&printer.id))
        .into_status()
}

/// The job of a test sheet; who wants it is for the caller to say.
fn test_job(id: JobId, order: &TestSheetOrder, printer: &Printer) -> Result<NewJob, Status> {
    let stock = stock_in(printer, order.stock)?;
    if printer.dialect.is_some() && (order.content == TestContent::Marks || stock.is_drawn) {
        let message = format!(
            "printer {} is an impact printer: it prints crosses on preprinted stock only",
            printer.id
        );
        return Err(refusal(printer, message));
    }
    let layout = layout::newest_on(stock).map_err(|error| no_layout(&error))?;
    Ok(NewJob {
        id,
        spec: spec(layout, order, stock, &printer.id)?,
        request_id: String::new(),
        fingerprint: String::new(),
        user: String::new(),
        submitted_by: String::new(),
        notes: Vec::new(),
        forms: Vec::new(),
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

fn spec(
    layout: TestLayout,
    order: &TestSheetOrder,
    stock: &Stock,
    printer: &PrinterId,
) -> Result<JobSpec, Status> {
    let (form_type, years, copy) = match layout {
        TestLayout::Form(layout, copy) => (layout.form_type, &layout.tax_years, copy),
        TestLayout::Transmittal(layout) => (FormType::Nec, &layout.tax_years, Copy::A),
    };
    let newest = years.iter().max().copied();
    let newest = newest.ok_or_else(|| incident::internal_because("a layout serves no year"))?;
    Ok(JobSpec {
        kind: match order.content {
            TestContent::Crosses => JobKind::Alignment,
            TestContent::Marks => JobKind::Calibration,
        },
        payer: None,
        tax_year: newest,
        format_year: newest,
        form_type,
        copy,
        stock: stock.name.clone(),
        printer: printer.clone(),
        priority: USUAL_PRIORITY,
        delivery: Delivery::Job,
    })
}
