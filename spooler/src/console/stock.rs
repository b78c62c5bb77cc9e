//! Where every sheet of stock went: of each load, sheets = good + spoiled + lost + alignment + in doubt + live + moved on +
//! on hand.

use axum::Extension;
use axum::response::Response;
use formfeed_proto::spooler as pb;
use formfeed_report::{Cell, Csv};
use maud::{Markup, html};
use tonic::Status;

use super::page::{self, Place};
use super::person::Person;
use super::{csv, words};

/// Heads of the file.
const HEADS: [&str; 14] = [
    "printer",
    "stock",
    "loaded",
    "by",
    "in_printer",
    "sheets",
    "good",
    "spoiled",
    "lost",
    "alignment",
    "in_doubt",
    "live",
    "moved_on",
    "on_hand",
];

/// The page.
pub(super) async fn show(Extension(person): Extension<Person>) -> Response {
    let reports = match all(&person).await {
        Ok(reports) => reports,
        Err(status) => return page::trouble(&person, &status),
    };
    let file = person.path("/stock.csv");
    let body = html! {
        h1 { "Stock" }
        p.hint { "Of each counted load: sheets = good + spoiled + lost + alignment + in doubt + at work + moved on + on hand." }
        @if reports.iter().all(|report| report.loads.is_empty()) { p.empty { "No stock was loaded into any printer." } }
        @for report in reports.iter().filter(|report| !report.loads.is_empty()) {
            h2 { (words::id(&report.printer)) }
            (table(report))
        }
        p.no-print { a href=(file) download { "As CSV" } }
    };
    page::show(&person, (Place::Stock, "Stock"), None, &body)
}

async fn all(person: &Person) -> Result<Vec<pb::StockReport>, Status> {
    let mut reports = Vec::new();
    for printer in person.printers().await? {
        reports.push(person.stock_report(words::id(&printer.name)).await?);
    }
    Ok(reports)
}

fn table(report: &pb::StockReport) -> Markup {
    let printer = words::id(&report.printer);
    html! {
        div.scroll tabindex="0" role="region" aria-label={ "Stock of " (printer) } {
            table {
                thead { tr {
                    th scope="col" { "Load" } th.number scope="col" { "Sheets" } th.number scope="col" { "Good" }
                    th.number scope="col" { "Spoiled" } th.number scope="col" { "Lost" } th.number scope="col" { "Alignment" }
                    th.number scope="col" { "In doubt" } th.number scope="col" { "At work" } th.number scope="col" { "Moved on" }
                    th.number scope="col" { "On hand" } th scope="col" { "By" }
                } }
                tbody {
                    @for load in &report.loads {
                        tr {
                            th scope="row" { (load.stock) " " (words::time(words::instant(load.load_time.as_ref())))
                                @if load.in_printer { " (in the printer)" } }
                            (cells(load.sheets, load.counts.unwrap_or_default(), load.moved_on, load.on_hand))
                            td { (load.loaded_by) }
                        }
                    }
                    @for total in &report.totals {
                        tr.total {
                            th scope="row" { "All " (total.stock) ", " (words::many(total.loads, "load")) }
                            (cells(total.sheets, total.counts.unwrap_or_default(), 0, total.on_hand))
                            td {}
                        }
                    }
                }
            }
        }
    }
}

fn cells(
    sheets: Option<i32>,
    counts: pb::StockCounts,
    moved_on: i32,
    on_hand: Option<i32>,
) -> Markup {
    let counted =
        |number: Option<i32>| number.map_or_else(|| "not counted".to_owned(), |it| it.to_string());
    html! {
        td.number { (counted(sheets)) } td.number { (counts.good) } td.number { (counts.spoiled) } td.number { (counts.lost) }
        td.number { (counts.alignment) } td.number { (counts.in_doubt) } td.number { (counts.live) } td.number { (moved_on) }
        td.number { (counted(on_hand)) }
    }
}

/// Every load, for a spreadsheet.
pub(super) async fn csv(Extension(person): Extension<Person>) -> Response {
    let reports = match all(&person).await {
        Ok(reports) => reports,
        Err(status) => return page::trouble(&person, &status),
    };
    let mut rows = Csv::new(&HEADS);
    for report in &reports {
        for load in &report.loads {
            let counts = load.counts.unwrap_or_default();
            let time = words::instant(load.load_time.as_ref());
            let time = time.map_or_else(String::new, |time| time.to_rfc3339());
            let number = |number: Option<i32>| number.map_or_else(String::new, |it| it.to_string());
            let numbers = [
                load.sheets,
                Some(counts.good),
                Some(counts.spoiled),
                Some(counts.lost),
                Some(counts.alignment),
                Some(counts.in_doubt),
                Some(counts.live),
                Some(load.moved_on),
                load.on_hand,
            ]
            .map(number);
            let mut cells = vec![
                Cell::Text(words::id(&report.printer)),
                Cell::Text(&load.stock),
                Cell::Text(&time),
                Cell::Text(&load.loaded_by),
                Cell::Text(if load.in_printer { "yes" } else { "no" }),
            ];
            cells.extend(numbers.iter().map(|number| Cell::Text(number)));
            rows.row(&cells);
        }
    }
    csv::file("stock.csv", rows)
}
