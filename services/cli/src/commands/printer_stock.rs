//! `formfeed printer stock`: where every sheet of stock is that was put into a printer.

use formfeed_proto::spooler as pb;
use pb::printer_service_client::PrinterServiceClient;
use serde::Serialize;

use crate::connect::{Link, client};
use crate::errors::{CliError, Exit};
use crate::output::Output;
use crate::words;

#[derive(Serialize)]
struct ReportView {
    printer: String,
    loads: Vec<LoadView>,
    totals: Vec<TotalView>,
}

#[derive(Serialize)]
struct LoadView {
    stock: String,
    in_printer: bool,
    loaded_by: String,
    load_time: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    serials: Vec<RunView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_serial: Option<i64>,
    #[serde(flatten)]
    sheets: SheetsView,
}

#[derive(Serialize)]
struct TotalView {
    stock: String,
    loads: i32,
    #[serde(flatten)]
    sheets: SheetsView,
}

/// Serial numbers that follow each other and are in the same class.
#[derive(Serialize)]
struct RunView {
    class: String,
    first: i64,
    last: i64,
}

/// loaded = consumed + in doubt + live + moved on + on hand; consumed = good + spoiled +
/// lost + alignment.
#[derive(Serialize)]
struct SheetsView {
    loaded: Option<i32>,
    consumed: i32,
    good: i32,
    spoiled: i32,
    lost: i32,
    in_doubt: i32,
    live: i32,
    alignment: i32,
    moved_on: i32,
    on_hand: Option<i32>,
}

/// Asks for the report of a printer and shows it.
pub(super) async fn stock(
    printer: String,
    link: &Link,
    output: &mut Output<'_>,
) -> Result<Exit, CliError> {
    let mut printers = client!(PrinterServiceClient, link);
    let request = pb::GetStockReportRequest { name: printer };
    let report = printers.get_stock_report(request).await;
    let report = report.map_err(|status| link.error(status))?.into_inner();
    let view = ReportView::from(report);
    output.line(&view.printer)?;
    if view.loads.is_empty() {
        output.line("  no form stock was ever loaded: formfeed printer load-stock NAME STOCK")?;
    }
    for load in &view.loads {
        load.tell(output)?;
    }
    for total in view.totals.iter().filter(|total| total.loads > 1) {
        output.line(format!("{} in all, {} loads", total.stock, total.loads))?;
        output.line(format!("  {}", total.sheets.equation()))?;
    }
    output.document(&view)?;
    Ok(Exit::Done)
}

impl LoadView {
    fn tell(&self, output: &mut Output<'_>) -> Result<(), CliError> {
        let place = match self.in_printer {
            true => ", in the printer",
            false => "",
        };
        output.line(format!(
            "{}{place}, loaded by {} at {}",
            self.stock, self.loaded_by, self.load_time
        ))?;
        output.line(format!("  {}", self.sheets.equation()))?;
        for RunView { class, first, last } in &self.serials {
            output.line(match first == last {
                true => format!("  {first} {class}"),
                false => format!("  {first}-{last} {class}"),
            })?;
        }
        Ok(())
    }
}

impl SheetsView {
    fn new(
        (loaded, on_hand): (Option<i32>, Option<i32>),
        counts: pb::StockCounts,
        moved_on: i32,
    ) -> Self {
        Self {
            loaded,
            moved_on,
            consumed: counts.good + counts.spoiled + counts.lost + counts.alignment,
            good: counts.good,
            spoiled: counts.spoiled,
            lost: counts.lost,
            in_doubt: counts.in_doubt,
            live: counts.live,
            alignment: counts.alignment,
            on_hand,
        }
    }

    /// `20 loaded = 3 good + 1 spoiled + 0 lost + 0 in doubt + 0 live + 16 on hand`.
    fn equation(&self) -> String {
        let Self {
            good,
            spoiled,
            lost,
            in_doubt,
            live,
            ..
        } = self;
        let taken = format!(
            "{good} good + {spoiled} spoiled + {lost} lost + {in_doubt} in doubt + {live} live"
        );
        let taken = match self.alignment {
            0 => taken,
            alignment => format!("{taken} + {alignment} alignment"),
        };
        let taken = match self.moved_on {
            0 => taken,
            moved_on => format!("{taken} + {moved_on} moved on"),
        };
        match (self.loaded, self.on_hand) {
            (Some(loaded), Some(on_hand)) => {
                format!("{loaded} loaded = {taken} + {on_hand} on hand")
            }
            _ => format!("not counted; taken {taken}"),
        }
    }
}

impl From<&pb::SerialRun> for RunView {
    fn from(run: &pb::SerialRun) -> Self {
        Self {
            class: words::kebab(run.class().as_str_name()),
            first: run.first,
            last: run.last,
        }
    }
}

impl From<pb::StockReport> for ReportView {
    fn from(report: pb::StockReport) -> Self {
        let loads = report.loads.into_iter().map(|load| LoadView {
            load_time: words::time(load.load_time.as_ref()),
            serials: load.serials.iter().map(RunView::from).collect(),
            next_serial: load.next_serial,
            sheets: SheetsView::new(
                (load.sheets, load.on_hand),
                load.counts.unwrap_or_default(),
                load.moved_on,
            ),
            stock: load.stock,
            in_printer: load.in_printer,
            loaded_by: load.loaded_by,
        });
        let totals = report.totals.into_iter().map(|total| TotalView {
            loads: total.loads,
            sheets: SheetsView::new(
                (total.sheets, total.on_hand),
                total.counts.unwrap_or_default(),
                0,
            ),
            stock: total.stock,
        });
        Self {
            printer: report.printer,
            loads: loads.collect(),
            totals: totals.collect(),
        }
    }
}
