//! Where the sheets of form stock are.

use formfeed_domain::spool::{
    LoadLedger, PrinterId, SerialClass, SerialRun, StockClass, StockCounts, StockLedger, StockTotal,
};

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

fn load_to(ledger: &LoadLedger, in_printer: bool) -> pb::StockLoad {
    let load = &ledger.load;
    pb::StockLoad {
        stock: load.stock.clone(),
        sheets: load.sheets.map(count),
        counts: Some(counts_to(&load.counts)),
        on_hand: ledger.on_hand.map(count),
        in_printer,
        loaded_by: load.loaded_by.clone(),
        load_time: Some(timestamp_to(load.loaded_at)),
        moved_on: count(ledger.moved_on),
        serials: ledger.serials.iter().map(run_to).collect(),
        next_serial: ledger.next_serial().map(number),
    }
}

fn run_to(run: &SerialRun) -> pb::SerialRun {
    use pb::serial_run::Class;
    let class = match run.class {
        SerialClass::Taken(StockClass::Good) => Class::Good,
        SerialClass::Taken(StockClass::Spoiled) => Class::Spoiled,
        SerialClass::Taken(StockClass::Lost) => Class::Lost,
        SerialClass::Taken(StockClass::InDoubt) => Class::InDoubt,
        SerialClass::Taken(StockClass::Live) => Class::Live,
        SerialClass::Taken(StockClass::Alignment) => Class::Alignment,
        SerialClass::OnHand => Class::OnHand,
        SerialClass::MovedOn => Class::MovedOn,
    };
    pb::SerialRun {
        class: class.into(),
        first: number(run.first),
        last: number(run.last),
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
        alignment: count(counts.alignment),
    }
}

fn number(serial: u64) -> i64 {
    i64::try_from(serial).unwrap_or(i64::MAX)
}

fn count(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}
