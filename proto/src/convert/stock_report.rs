//! Where the sheets of form stock are.

use formfeed_domain::spool::{PrinterId, StockCounts, StockLedger, StockLoad, StockTotal};

use super::printer::printer_name;
use super::timestamp_to;
use crate::spooler as pb;

/// What became of every sheet of stock that was put into a printer.
pub fn stock_report_to(printer: &PrinterId, ledger: &StockLedger) -> pb::StockReport {
    let loads = ledger.loads().iter().enumerate();
    pb::StockReport {
        printer: printer_name(printer),
        loads: loads.map(|(at, load)| load_to(load, at == 0)).collect(),
        totals: ledger.by_stock().iter().map(total_to).collect(),
    }
}

fn load_to(load: &StockLoad, in_printer: bool) -> pb::StockLoad {
    pb::StockLoad {
        stock: load.stock.clone(),
        sheets: load.sheets.map(count),
        counts: Some(counts_to(&load.counts)),
        on_hand: load.on_hand().map(count),
        in_printer,
        loaded_by: load.loaded_by.clone(),
        load_time: Some(timestamp_to(load.loaded_at)),
    }
}

fn total_to(total: &StockTotal) -> pb::StockTotal {
    pb::StockTotal {
        stock: total.stock.clone(),
        loads: count(total.loads),
        sheets: total.sheets.map(count),
        counts: Some(counts_to(&total.counts)),
        on_hand: total.on_hand.map(count),
    }
}

fn counts_to(counts: &StockCounts) -> pb::StockCounts {
    pb::StockCounts {
        good: count(counts.good),
        spoiled: count(counts.spoiled),
        lost: count(counts.lost),
        in_doubt: count(counts.in_doubt),
        live: count(counts.live),
    }
}

fn count(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}
