//! The pure rules by themselves: splitting an amount, and one page of recipients by every method.

#![allow(clippy::unwrap_used, missing_docs)]

#[path = "../tests/ledger/mod.rs"]
mod ledger;

use std::collections::BTreeMap;
use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use formfeed_domain::calculation::apportion::apportion;
use formfeed_domain::calculation::assemble::Page;
use formfeed_domain::calculation::{Method, RunContext, calculate};
use formfeed_domain::{IncomeType, Money};
use ledger::{Ledger, context};

/// Recipients of a page, and vouchers of each.
const RECIPIENTS: usize = 100;
const VOUCHERS: usize = 12;

/// Vouchers of rent and labor, every third of them paid over two years.
fn page() -> Ledger {
    let mut ledger = Ledger::new();
    for recipient in 0..RECIPIENTS {
        let vendor = format!("V{recipient:03}");
        ledger.vendor(&vendor);
        for voucher in 0..VOUCHERS {
            let id = format!("{vendor}-{voucher:02}");
            let rents = i64::try_from(100_00 + 7 * voucher).unwrap();
            let lines = [
                (Some(IncomeType::Rents), rents),
                (Some(IncomeType::NonemployeeCompensation), 333_33),
                (None, 50_01),
            ];
            ledger.voucher(&id, &vendor, &lines);
            let whole = rents + 333_33 + 50_01;
            let (first, year) = match voucher % 3 {
                0 => (whole / 3, "2024-12-31"),
                _ => (whole / 2, "2025-03-31"),
            };
            ledger.check(&format!("{id}a"), Some(&vendor), year, &[(&id, first)]);
            let rest = whole - first;
            ledger.check(
                &format!("{id}b"),
                Some(&vendor),
                "2025-06-30",
                &[(&id, rest)],
            );
        }
    }
    ledger
}

fn splitting(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("apportion");
    for parts in [1_u8, 2, 16] {
        let weights: BTreeMap<_, _> = (0..parts)
            .map(|key| (key, Money::from_cents(100 + i64::from(key))))
            .collect();
        group.bench_with_input(
            BenchmarkId::from_parameter(parts),
            &weights,
            |b, weights| {
                b.iter(|| apportion(black_box(Money::from_cents(1_000_01)), weights));
            },
        );
    }
    group.finish();
}

fn methods(criterion: &mut Criterion) {
    let ledger = page();
    let mut group = criterion.benchmark_group("calculate");
    let vouchers = u64::try_from(RECIPIENTS * VOUCHERS).unwrap();
    group.throughput(Throughput::Elements(vouchers));
    for method in Method::ALL {
        let context = RunContext {
            method,
            ..context("A")
        };
        group.bench_function(method.as_str(), |b| {
            b.iter(|| {
                let page = Page::new(&context, &ledger.directory, &ledger.records).unwrap();
                for recipient_id in page.recipients() {
                    let history = page.history(recipient_id).unwrap().unwrap();
                    black_box(calculate(&context, &history));
                }
            });
        });
    }
    group.finish();
}

criterion_group!(benches, splitting, methods);
criterion_main!(benches);
