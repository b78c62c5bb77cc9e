//! PrinterService.

use formfeed_domain::spool::{AccessChange, PrinterId};
use formfeed_domain::text;
use formfeed_proto::convert::printer::{
    load_stock_from, printer_name_from, printer_order_from, read_printer_name,
};
use formfeed_proto::convert::stock_report::stock_report_to;
use formfeed_proto::convert::{Violations, timestamp_to};
use formfeed_proto::spooler as pb;
use formfeed_proto::spooler::printer_service_server::PrinterService;
use formfeed_runtime::status::IntoStatus;
use formfeed_runtime::{Refusal, detached, page, reason, request_id};
use formfeed_store::spooler::{Act, LeaseChange, NewLoad, NewPrinter, SpoolError};
use tonic::{Request, Response, Status};

use super::Handlers;
use super::access::{ask_device, read_change};
use super::act::act;
use super::device::read_device;
use super::error::refused;
use super::located::{found, names_its_host};
use crate::config::{NO_NAME, SpoolerConfig};
use crate::device::{self, DeviceKind, DeviceUri};
use crate::identity::is_name;
use crate::queue::Shared;

#[tonic::async_trait]
impl PrinterService for Handlers {
    async fn create_printer(
        &self,
        request: Request<pb::CreatePrinterRequest>,
    ) -> Result<Response<pb::Printer>, Status> {
        let act = act(&request, "");
        let request = request.into_inner();
        let shared = self.queue.shared();
        let (mut new, uri) = read_new(request, shared)?;
        let warning = match found(shared.devices.locate(&uri).await)? {
            Ok(address) => {
                new.access.address = address;
                ask_device(&uri, &new.access, &shared.config.device).await?
            }
            Err(why) => Some(format!(
                "{why}; it is looked for again before the first sheet"
            )),
        };
        let verb = Verb::Create(Box::new(new.clone()), act);
        let mut added = self.change_printer(new.id, verb).await?;
        let unstable = device::unstable_path(&uri).map(|reason| reason.words);
        added
            .get_mut()
            .warnings
            .extend(warning.into_iter().chain(unstable));
        Ok(added)
    }

    async fn get_printer(
        &self,
        request: Request<pb::GetPrinterRequest>,
    ) -> Result<Response<pb::Printer>, Status> {
        let id = named(&request.into_inner().name)?;
        self.printer(&id).await.map(Response::new).map_err(refused)
    }

    async fn list_printers(
        &self,
        request: Request<pb::ListPrintersRequest>,
    ) -> Result<Response<pb::ListPrintersResponse>, Status> {
        let request = request.into_inner();
        let mut violations = Violations::new();
        let size = page::size(&mut violations, request.page_size);
        let query = page::Query::new("printers");
        let after = query.key_after(&mut violations, &request.page_token);
        violations
            .finish(Some(()))
            .map_err(IntoStatus::into_status)?;
        let after = after.unwrap_or_default();
        let store = &self.store;
        let mut ids = store
            .printers_after(&after, size + 1)
            .await
            .map_err(refused)?;
        let next = page::cut(&mut ids, size, |id| id.as_str().to_owned());
        let mut printers = Vec::with_capacity(ids.len());
        for id in &ids {
            match self.printer(id).await {
                Ok(printer) => printers.push(printer),
                Err(SpoolError::PrinterNotFound(_)) => {} // removed since the page was read
                Err(error) => return Err(refused(error)),
            }
        }
        Ok(Response::new(pb::ListPrintersResponse {
            printers,
            next_page_token: next.map(|key| query.token_after(&key)).unwrap_or_default(),
        }))
    }

    async fn check_printer(
        &self,
        request: Request<pb::CheckPrinterRequest>,
    ) -> Result<Response<pb::CheckPrinterResponse>, Status> {
        let id = named(&request.into_inner().name)?;
        let checked = self.check_device(&id).await;
        checked.map(Response::new).map_err(refused)
    }

    async fn load_stock(
        &self,
        request: Request<pb::LoadStockRequest>,
    ) -> Result<Response<pb::Printer>, Status> {
        let act = act(&request, "");
        let order = load_stock_from(request.get_ref()).map_err(IntoStatus::into_status)?;
        let load = NewLoad {
            stock: order.stock,
            sheets: order.sheets,
            serials: order.serials,
        };
        self.change_printer(order.printer, Verb::Load(load, act))
            .await
    }

    async fn get_stock_report(
        &self,
        request: Request<pb::GetStockReportRequest>,
    ) -> Result<Response<pb::StockReport>, Status> {
        let id = named(&request.into_inner().name)?;
        let store = &self.store;
        let ledger = store.stock_ledger(&id).await.map_err(refused)?;
        Ok(Response::new(stock_report_to(&id, &ledger)))
    }

    async fn pause_printer(
        &self,
        request: Request<pb::PausePrinterRequest>,
    ) -> Result<Response<pb::Printer>, Status> {
        let act = act(&request, &request.get_ref().reason);
        let mut violations = Violations::new();
        let id = read_printer_name(&mut violations, "name", &request.get_ref().name);
        if let Err(error) = text::check_required(&act.reason) {
            violations.add("reason", error);
        }
        let id = violations.finish(id).map_err(IntoStatus::into_status)?;
        self.change_printer(id, Verb::Pause(act)).await
    }

    async fn resume_printer(
        &self,
        request: Request<pb::ResumePrinterRequest>,
    ) -> Result<Response<pb::Printer>, Status> {
        let act = act(&request, "");
        let id = named(&request.into_inner().name)?;
        self.change_printer(id, Verb::Resume(act)).await
    }

    async fn take_over_printer(
        &self,
        request: Request<pb::TakeOverPrinterRequest>,
    ) -> Result<Response<pb::Printer>, Status> {
        let act = act(&request, &request.get_ref().reason);
        let request = request.into_inner();
        let id = read_takeover(&request, &act.reason)?;
        let verb = Verb::TakeOver(request.although_holder_lives, act);
        self.change_printer(id, verb).await
    }

    async fn list_leases(
        &self,
        request: Request<pb::ListLeasesRequest>,
    ) -> Result<Response<pb::ListLeasesResponse>, Status> {
        let request = request.into_inner();
        let mut violations = Violations::new();
        let id = read_printer_name(&mut violations, "printer", &request.printer);
        let size = page::size(&mut violations, request.page_size);
        let query = page::Query::new("leases").filter("printer", &request.printer);
        let before = query.key_after(&mut violations, &request.page_token);
        let id = violations.finish(id).map_err(IntoStatus::into_status)?;
        let before = before.and_then(|key| key.parse().ok());
        let store = &self.store;
        let changes = store.lease_changes(&id, before, size + 1).await;
        let mut changes = changes.map_err(refused)?;
        let next = page::cut(&mut changes, size, |change| change.epoch.to_string());
        Ok(Response::new(pb::ListLeasesResponse {
            leases: changes.into_iter().map(change_to).collect(),
            next_page_token: next.map(|key| query.token_after(&key)).unwrap_or_default(),
        }))
    }

    async fn set_printer_access(
        &self,
        request: Request<pb::SetPrinterAccessRequest>,
    ) -> Result<Response<pb::Printer>, Status> {
        let act = act(&request, "");
        let request = request.get_ref();
        let mut bad = Violations::new();
        let id = read_printer_name(&mut bad, "name", &request.name);
        let store = &self.store;
        let uri = match &id {
            None => None,
            Some(id) => {
                let facts = store.printer(id).await.map_err(refused)?;
                DeviceUri::parse(&facts.uri).ok()
            }
        };
        let access = request.access.clone().unwrap_or_default();
        let kind = uri.as_ref().map(DeviceUri::kind);
        let change = read_change(&mut bad, "access", &access, kind);
        if !request.resolve_again && change.as_ref().is_some_and(AccessChange::is_empty) {
            bad.add("access", "says what changes: a user or a certificate");
        }
        let named = uri.filter(names_its_host);
        if request.resolve_again && id.is_some() && named.is_none() {
            bad.add(
                "resolve_again",
                "is for printers whose URI names their host",
            );
        }
        let (id, mut change) = bad
            .finish(id.zip(change))
            .map_err(IntoStatus::into_status)?;
        if let Some(uri) = named.filter(|_| request.resolve_again) {
            change.address = Some(self.find_again(&uri).await?);
        }
        self.change_printer(id, Verb::Access(change, act)).await
    }

    async fn get_reconciliation(
        &self,
        _request: Request<pb::GetReconciliationRequest>,
    ) -> Result<Response<pb::Reconciliation>, Status> {
        self.what_was_forgotten().await
    }

    async fn reconcile(
        &self,
        request: Request<pb::ReconcileRequest>,
    ) -> Result<Response<pb::Reconciliation>, Status> {
        let act = act(&request, &request.get_ref().reason);
        self.take_in_what_was_forgotten(act).await
    }

    async fn approve_printer(
        &self,
        request: Request<pb::ApprovePrinterRequest>,
    ) -> Result<Response<pb::Printer>, Status> {
        let message = request.get_ref();
        let mut bad = Violations::new();
        let id = read_printer_name(&mut bad, "name", &message.name);
        let change = u32::try_from(message.change).ok().filter(|it| *it > 0);
        if change.is_none() {
            bad.add("change", "is the `set_up_change` of the printer, from 1");
        }
        if let Err(error) = text::check(&message.reason) {
            bad.add("reason", error);
        }
        let order = bad.finish(id.zip(change));
        let (id, change) = order.map_err(IntoStatus::into_status)?;
        let act = act(&request, &message.reason);
        self.change_printer(id, Verb::Approve(change, act)).await
    }

    async fn delete_printer(
        &self,
        request: Request<pb::DeletePrinterRequest>,
    ) -> Result<Response<pb::DeletePrinterResponse>, Status> {
        let act = act(&request, "");
        let id = named(&request.into_inner().name)?;
        let handlers = self.clone();
        detached::finish(async move {
            let removed = handlers.store.remove_printer(&id, &act).await;
            removed.map_err(refused)?;
            handlers.queue.wake(&id); // its worker sees that it is gone, and ends
            Ok(Response::new(pb::DeletePrinterResponse {}))
        })
        .await
    }
}

/// Reads a takeover of a printer.
fn read_takeover(request: &pb::TakeOverPrinterRequest, reason: &str) -> Result<PrinterId, Status> {
    let mut bad = Violations::new();
    let id = read_printer_name(&mut bad, "name", &request.name);
    if let Err(error) = text::check_required(reason) {
        bad.add("reason", error);
    }
    bad.finish(id).map_err(IntoStatus::into_status)
}

fn change_to(change: LeaseChange) -> pb::Lease {
    pb::Lease {
        epoch: change.epoch,
        spooler: change.spooler,
        since: Some(timestamp_to(change.since)),
        taken_by: change.by,
        reason: change.reason,
        ..pb::Lease::default()
    }
}

/// What people do to a printer.
enum Verb {
    Create(Box<NewPrinter>, Act),
    Load(NewLoad, Act),
    Access(AccessChange, Act),
    Approve(u32, Act),
    Pause(Act),
    Resume(Act),
    TakeOver(bool, Act),
}

impl Handlers {
    /// Carries a verb out to its end, wakes the printer's worker, and answers the printer.
    async fn change_printer(
        &self,
        id: PrinterId,
        verb: Verb,
    ) -> Result<Response<pb::Printer>, Status> {
        let handlers = self.clone();
        detached::finish(async move {
            let store = &handlers.store;
            let loads = matches!(verb, Verb::Create(..) | Verb::Load(..));
            let drives_more = matches!(verb, Verb::Create(..) | Verb::TakeOver(..));
            let done = match verb {
                Verb::Create(new, act) => store.create_printer(&new, &act).await.map(drop),
                Verb::Load(load, act) => store.load_stock(&id, &load, &act).await,
                Verb::Access(change, act) => store.set_printer_access(&id, &change, &act).await,
                Verb::Approve(change, act) => store.approve_printer(&id, change, &act).await,
                Verb::Pause(act) => store.pause(&id, &act).await,
                Verb::Resume(act) => store.resume(&id, &act).await,
                Verb::TakeOver(although_holder_lives, act) => {
                    let me = &handlers.queue.shared().me;
                    store.take_over(&id, me, although_holder_lives, &act).await
                }
            };
            done.map_err(refused)?;
            if loads {
                handlers.journal_load(&id).await.map_err(refused)?;
            }
            if drives_more {
                handlers.queue.look_at_leases().await.map_err(refused)?;
            }
            handlers.queue.wake(&id);
            let printer = handlers.printer(&id).await.map_err(refused)?;
            Ok(Response::new(printer))
        })
        .await
    }
}

fn named(name: &str) -> Result<PrinterId, Status> {
    printer_name_from("name", name).map_err(IntoStatus::into_status)
}

/// Reads a printer to be added; its device must be of a kind that an administrator allowed.
fn read_new(
    mut request: pb::CreatePrinterRequest,
    shared: &Shared,
) -> Result<(NewPrinter, DeviceUri), Status> {
    let config = &shared.config;
    let mut bad = Violations::new();
    request_id::require(&mut bad, &request.request_id);
    let read = match &request.printer {
        Some(printer) => {
            let order = printer_order_from(&mut bad, printer);
            order.zip(read_device(&mut bad, printer))
        }
        None => {
            bad.add("printer", "is required");
            None
        }
    };
    let asked = request.printer.as_ref().map(|printer| &printer.spooler);
    let holder = match asked.filter(|name| !name.is_empty()) {
        Some(name) if !is_name(name) => {
            bad.add("printer.spooler", NO_NAME);
            None
        }
        Some(name) if *name != shared.me.name => Some((name.clone(), String::new())),
        _ => Some((shared.me.name.clone(), shared.me.instance.clone())),
    };
    let read = read.zip(holder);
    let ((order, device), holder) = bad.finish(read).map_err(IntoStatus::into_status)?;
    if !config.allowed_kinds.contains(&device.uri.kind()) {
        return Err(not_allowed(device.uri.kind(), config));
    }
    // A hash would hide a password poorly.
    if let Some(access) = request.printer.as_mut().and_then(|it| it.access.as_mut()) {
        access.password.clear();
    }
    let new = NewPrinter {
        id: order.id,
        uri: device.uri.to_string(),
        dialect: device.dialect,
        evidence: order.evidence,
        stock: order.stock,
        holder,
        access: device.access,
        fingerprint: request_id::fingerprint(&request),
        request_id: request.request_id,
    };
    Ok((new, device.uri))
}

fn not_allowed(kind: DeviceKind, config: &SpoolerConfig) -> Status {
    let allowed: Vec<_> = config.allowed_kinds.iter().map(|k| k.as_str()).collect();
    Refusal::denied(
        reason::DEVICE_URI_NOT_ALLOWED,
        format!(
            "{kind}: printers are not allowed here; allowed: {} (FORMFEED_PRINTER_KINDS)",
            allowed.join(", ")
        ),
    )
    .with("kind", kind)
    .into_status()
}
