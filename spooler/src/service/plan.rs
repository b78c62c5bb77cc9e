//! Form → sheet: which stock a job takes, and its forms placed, totalled and laid on full sheets.

use formfeed_domain::Money;
use formfeed_domain::form::{Copy, Form};
use formfeed_domain::layout::{self, FitError, Layout};
use formfeed_domain::money::MAX_CENTS;
use formfeed_domain::rules::{self, FormRules};
use formfeed_domain::sheet::{self, ImposeError, SheetPlan};
use formfeed_domain::spool::{Delivery, JobSpec, PlannedSheet, Printer, Sums};
use formfeed_domain::stock::{self, Stock, Takes};
use formfeed_domain::totals::Totals;
use formfeed_proto::convert::job::JobOrder;
use formfeed_proto::convert::transmittal::TransmittalOrder;
use formfeed_runtime::status::IntoStatus;
use formfeed_runtime::{Refusal, reason};
use tonic::Status;

use super::error::{no_layout, no_layout_of_format, no_rules, year_in_print};
use crate::device::DeviceUri;
use crate::queue::takes_any_stock;

/// What a job is printed on and by which rules.
pub(super) struct Ground {
    /// The stock.
    pub(super) stock: &'static Stock,
    /// Its layout for the form, year and copy.
    layout: &'static Layout,
    /// Which boxes make the total.
    rules: &'static FormRules,
    /// Remarks.
    pub(super) notes: Vec<String>,
}

/// Settles stock, layout and rules of a job for a printer.
///
/// # Errors
/// STOCK_NOT_LOADED, STOCK_NOT_FOR_PRINTER, SPLIT_NOT_FOR_PRINTER, COPY_A_NOT_DRAWN, NO_LAYOUT, NO_RULE_FOR_YEAR.
pub(super) fn ground(order: &JobOrder, printer: &Printer) -> Result<Ground, Status> {
    let year = order.format_year;
    let rules = rules::for_year(year).map_err(|error| no_rules(&error, year.year()))?;
    let rules = rules
        .form(order.form_type)
        .map_err(|error| no_rules(&error, year.year()))?;
    let is_own_format = year == order.tax_year;
    let stock = choose_stock(order, printer)?;
    if stock.is_drawn && printer.dialect.is_some() {
        return Err(not_for_printer(stock, printer));
    }
    if order.delivery != Delivery::Job && !(stock.is_drawn && is_file(printer)) {
        return Err(not_split_there(stock, printer));
    }
    let layout = layout::find(order.form_type, year, order.copy, stock);
    let layout = layout.map_err(|error| match is_own_format {
        true => no_layout(&error),
        false => no_layout_of_format(&error, order),
    })?;
    if !is_own_format && layout.year_is_preprinted && !stock.is_drawn {
        return Err(year_in_print(stock, order));
    }
    let mut notes = Vec::new();
    if !is_own_format {
        notes.push(format!(
            "printed in the format of {year} ({}); the forms say {}",
            rules.revision, order.tax_year
        ));
    }
    if stock.for_irs && stock.slots_per_sheet != rules.slots_per_sheet {
        notes.push(format!(
            "the IRS's own sheet of Form {} for {year} has {} forms, a sheet of {} has {}",
            order.form_type, rules.slots_per_sheet, stock.name, stock.slots_per_sheet
        ));
    }
    Ok(Ground {
        stock,
        layout,
        rules,
        notes,
    })
}

/// Whether a job that was sealed for another printer can be printed on this one as it is.
///
/// # Errors
/// STOCK_NOT_LOADED, STOCK_NOT_FOR_PRINTER, SPLIT_NOT_FOR_PRINTER, STOCK_UNKNOWN.
pub(super) fn suits(spec: &JobSpec, printer: &Printer) -> Result<(), Status> {
    let stock = stock::find(&spec.stock)
        .map_err(|error| Refusal::failed_precondition(reason::STOCK_UNKNOWN, error.to_string()))
        .map_err(IntoStatus::into_status)?;
    if stock.is_drawn && printer.dialect.is_some() {
        return Err(not_for_printer(stock, printer));
    }
    if spec.delivery != Delivery::Job && !is_file(printer) {
        return Err(not_split_there(stock, printer));
    }
    let loaded = printer.load.as_ref().map(|load| load.stock.as_str());
    match is_file(printer) || loaded == Some(stock.name.as_str()) {
        true => Ok(()),
        false => Err(other_stock(stock, printer)),
    }
}

fn other_stock(stock: &Stock, printer: &Printer) -> Status {
    let (id, name) = (&printer.id, &stock.name);
    Refusal::failed_precondition(
        reason::STOCK_NOT_LOADED,
        format!("the job is on {name}; load {name} on {id} first (formfeed printer load-stock)"),
    )
    .with("printer", id)
    .with("stock", name)
    .into_status()
}

/// The stock of a Form 1096 for a printer: the one asked for, else the one loaded, or what a file printer has.
///
/// # Errors
/// STOCK_NOT_LOADED.
pub(super) fn transmittal_stock(
    order: &TransmittalOrder,
    printer: &Printer,
) -> Result<&'static Stock, Status> {
    if let Some(stock) = order.stock {
        return Ok(stock);
    }
    let loaded = printer.load.as_ref().map(|load| load.stock.as_str());
    let takes = |stock: &&Stock| stock.takes == Takes::Transmittal;
    let fitting = loaded.and_then(|name| stock::find(name).ok()).filter(takes);
    match fitting {
        Some(stock) => Ok(stock),
        None if is_file(printer) => Ok(stock::default_for_transmittal(order.transmittal.tax_year)),
        None => {
            let what = "Form 1096";
            Err(not_loaded(what, takes, printer, loaded))
        }
    }
}

fn is_file(printer: &Printer) -> bool {
    DeviceUri::parse(&printer.uri).is_ok_and(|uri| takes_any_stock(uri.kind()))
}

/// The stock asked for. Else, for Copy A and on an impact printer, the one loaded, or for a file printer the three-form
/// stock, or what the year has; any other copy goes on the stock loaded only where that is not the IRS's, else on plain
/// paper.
fn choose_stock(order: &JobOrder, printer: &Printer) -> Result<&'static Stock, Status> {
    if let Some(stock) = order.stock {
        return Ok(stock);
    }
    let loaded = printer.load.as_ref().map(|load| load.stock.as_str());
    let fitting = loaded
        .and_then(|name| stock::find(name).ok())
        .filter(|stock| stock.takes_form(order.form_type));
    let is_for_people = order.copy != Copy::A && printer.dialect.is_none();
    let fitting = match is_for_people {
        true => fitting
            .filter(|stock| !stock.for_irs)
            .or_else(|| Some(stock::plain_paper(order.form_type))),
        false => fitting.filter(|stock| !stock.is_drawn),
    };
    match fitting {
        Some(stock) => Ok(stock),
        None if is_file(printer) => Ok(stock::default_for_file(order.form_type, order.format_year)),
        None => {
            let what = format!("Copy {} of Form {}", order.copy, order.form_type);
            let takes = |stock: &&Stock| stock.takes_form(order.form_type) && !stock.is_drawn;
            Err(not_loaded(&what, takes, printer, loaded))
        }
    }
}

fn not_loaded(
    what: &str,
    takes: impl Fn(&&Stock) -> bool,
    printer: &Printer,
    loaded: Option<&str>,
) -> Status {
    let names = stock::all()
        .iter()
        .filter(takes)
        .map(|stock| stock.name.as_str())
        .collect::<Vec<_>>()
        .join(" or ");
    let has = match loaded {
        Some(stock) => format!("has {stock} loaded, which does not take {what}"),
        None => "has no stock loaded".to_owned(),
    };
    Refusal::failed_precondition(
        reason::STOCK_NOT_LOADED,
        format!(
            "printer {} {has}; load {names} (formfeed printer load-stock), or name the stock",
            printer.id
        ),
    )
    .with("printer", &printer.id)
    .into_status()
}

fn not_for_printer(stock: &Stock, printer: &Printer) -> Status {
    Refusal::failed_precondition(
        reason::STOCK_NOT_FOR_PRINTER,
        format!(
            "printer {} is an impact printer and draws no form: {} is for page printers",
            printer.id, stock.name
        ),
    )
    .with("printer", &printer.id)
    .with("stock", &stock.name)
    .into_status()
}

fn not_split_there(stock: &Stock, printer: &Printer) -> Status {
    let message = match stock.is_drawn {
        true => format!(
            "printer {} is no folder: files for each recipient go to a printer whose URI is file:FOLDER",
            printer.id
        ),
        false => format!(
            "forms on {} are not split: files for each recipient are drawn on plain paper (--stock blank)",
            stock.name
        ),
    };
    Refusal::failed_precondition(reason::SPLIT_NOT_FOR_PRINTER, message)
        .with("printer", &printer.id)
        .with("stock", &stock.name)
        .into_status()
}

/// Why a job's forms make no sheets.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(super) enum PlanError {
    /// No forms.
    #[error(transparent)]
    Impose(#[from] ImposeError),
    /// Amounts beyond what a job can count.
    #[error("the amounts of the job add up to more than a job can hold: split it")]
    TooMuch,
}

impl Ground {
    /// Tries a form on the slot it will have, and totals it.
    ///
    /// # Errors
    /// The first field that does not fit.
    pub(super) fn place(
        &self,
        order: &JobOrder,
        place: usize,
        form: &Form,
    ) -> Result<Totals, FitError> {
        let slot = place % self.stock.slots_per_sheet;
        self.layout.place(form, slot, order.copy)?;
        Ok(Totals::of_form(form, self.rules))
    }

    /// The sheets of a job whose forms have these totals, in order.
    ///
    /// # Errors
    /// [`PlanError`].
    pub(super) fn sheets(
        &self,
        order: &JobOrder,
        totals: &[Totals],
    ) -> Result<Vec<PlannedSheet>, PlanError> {
        let all: Totals = totals.iter().copied().sum();
        let most = Money::from_cents(MAX_CENTS);
        if all.total.max(all.federal_withheld).max(all.state_withheld) > most {
            return Err(PlanError::TooMuch);
        }
        let plans = sheet::impose(totals.len(), self.stock.slots_per_sheet)?;
        let void_slots = |plan: &SheetPlan| match order.copy.pads_with_void() {
            true => plan.void_slots(),
            false => 0,
        };
        let number = |number: usize| u32::try_from(number).map_err(|_| PlanError::TooMuch);
        plans
            .iter()
            .enumerate()
            .map(|(index, plan)| {
                let sums: Totals = plan.forms().map(|form| totals[form]).sum();
                Ok(PlannedSheet {
                    number: number(index + 1)?,
                    first_form: number(plan.forms().next().unwrap_or_default())?,
                    sums: Sums {
                        sheets: 1,
                        forms: number(plan.forms().count())?,
                        void_forms: number(void_slots(plan))?,
                        total: sums.total,
                        federal_withheld: sums.federal_withheld,
                        state_withheld: sums.state_withheld,
                    },
                })
            })
            .collect()
    }
}
