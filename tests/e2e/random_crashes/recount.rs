//! The paper is counted again, and held against what the spooler reports.

use std::collections::{BTreeMap, BTreeSet};

use formfeed_proto::spooler as pb;
use formfeed_tests::spool::Client;
use pb::attempt::State as AttemptState;
use pb::sheet::State as SheetState;

use super::{FIRST_SERIAL, Order, PRINTERS, Run, SHEETS};

/// Whether the report of a job will not change by itself.
pub(super) fn is_final(job: &pb::Job) -> bool {
    let report = job.report.as_ref();
    report.is_some_and(|report| report.finality() == pb::job_report::Finality::Final)
}

/// What the sheets of a run used of a printer's stock.
#[derive(Debug, Default, PartialEq, Eq)]
struct Used {
    good: i32,
    spoiled: i32,
    lost: i32,
}

impl Run {
    pub(super) async fn recount(&self, client: &Client, ended: &[pb::Job]) {
        let mut marks: BTreeMap<String, u32> = BTreeMap::new();
        for token in self.printers.iter().flat_map(|printer| printer.marked()) {
            *marks.entry(token).or_default() += 1;
        }
        marks.remove("somebody else's");
        let mut used = BTreeMap::new();
        for (order, job) in self.orders.iter().zip(ended) {
            let sheets = client.sheets(&job.name).await;
            self.recount_job((order, job), &sheets, &marks);
            for attempt in sheets.iter().flat_map(|sheet| &sheet.attempts) {
                marks.remove(&attempt.token);
                let used: &mut Used = used.entry(attempt.printer.clone()).or_default();
                match attempt.state() {
                    AttemptState::Good if !attempt.reprinted => used.good += 1,
                    AttemptState::Good | AttemptState::Spoiled => used.spoiled += 1,
                    AttemptState::Lost => used.lost += 1,
                    _ => {}
                }
            }
        }
        assert!(
            marks.is_empty(),
            "{} nobody knows of {marks:?}",
            self.told()
        );
        for name in PRINTERS {
            let name = format!("printers/{name}");
            let used = used.remove(&name).unwrap_or_default();
            self.recount_stock(client, name, &used).await;
        }
    }

    /// Every attempt marked what it says; a sheet was marked as often as was decided; forms and cents are those on good
    /// paper.
    fn recount_job(
        &self,
        (order, job): (&Order, &pb::Job),
        sheets: &[pb::Sheet],
        marks: &BTreeMap<String, u32>,
    ) {
        let seed = self.told();
        assert_eq!(sheets.len(), order.forms.div_ceil(3), "{seed}");
        let (mut forms, mut cents, mut good_sheets) = (0, 0, 0);
        for sheet in sheets {
            let (mut marked, mut thrown_away) = (0, 0);
            for attempt in &sheet.attempts {
                let count = marks.get(&attempt.token).copied().unwrap_or(0);
                let is_marked = match attempt.state() {
                    AttemptState::Good | AttemptState::Spoiled | AttemptState::Lost => 1,
                    AttemptState::NotPrinted | AttemptState::Released => 0,
                    open => panic!("{seed} {open:?} at the end: {sheet:#?}"),
                };
                assert_eq!(count, is_marked, "{seed} {attempt:#?}\n{sheet:#?}");
                marked += count;
                let is_decided = attempt.state() != AttemptState::Good || attempt.reprinted;
                thrown_away += count * u32::from(is_decided);
            }
            let is_good = match sheet.state() {
                SheetState::Good => 1,
                SheetState::Abandoned => 0,
                open => panic!("{seed} {open:?} at the end: {sheet:#?}"),
            };
            assert_eq!(marked, thrown_away + is_good, "{seed} {sheet:#?}");
            if is_good == 1 {
                let first = usize::try_from(sheet.number - 1).expect("from 1") * 3 + 1;
                let on_it = first..=(first + 2).min(order.forms);
                forms += on_it.clone().count();
                cents += on_it.map(|number| 1_000_00 + number).sum::<usize>();
                good_sheets += 1;
            }
        }
        let report = job.report.clone().expect("a report");
        assert_eq!(
            (
                usize::try_from(report.forms_printed),
                usize::try_from(report.total_amount_cents),
                report.sheets_printed,
            ),
            (Ok(forms), Ok(cents), good_sheets),
            "{seed} {report:#?}"
        );
    }

    /// Sheets = good + spoiled + lost + on hand, and every number is in one class.
    async fn recount_stock(&self, client: &Client, name: String, used: &Used) {
        let seed = self.told();
        let of_printer = pb::GetPrinterRequest { name: name.clone() };
        let printer = client.printers().get_printer(of_printer).await;
        let kept_count = printer.expect("a printer").into_inner().stock_on_hand;
        let request = pb::GetStockReportRequest { name };
        let answer = client.printers().get_stock_report(request).await;
        let report = answer.expect("a report").into_inner();
        let [load] = &report.loads[..] else {
            panic!("{seed} {report:#?}");
        };
        let counts = load.counts.expect("counts");
        let told = Used {
            good: counts.good,
            spoiled: counts.spoiled,
            lost: counts.lost,
        };
        assert_eq!(&told, used, "{seed} {report:#?}");
        assert_eq!((counts.in_doubt, counts.live), (0, 0), "{seed} {report:#?}");
        let consumed = used.good + used.spoiled + used.lost;
        assert_eq!(load.on_hand, Some(SHEETS - consumed), "{seed} {report:#?}");
        assert_eq!(kept_count, load.on_hand, "{seed} {report:#?}");
        let numbers = load.serials.iter().flat_map(|run| run.first..=run.last);
        let numbers: Vec<_> = numbers.collect();
        let distinct: BTreeSet<_> = numbers.iter().copied().collect();
        assert_eq!(numbers.len(), distinct.len(), "{seed} {report:#?}");
        if !numbers.is_empty() {
            let all = FIRST_SERIAL..FIRST_SERIAL + i64::from(SHEETS);
            assert!(distinct.into_iter().eq(all), "{seed} {report:#?}");
        }
    }

    fn told(&self) -> String {
        format!("seed {}:", self.seed)
    }
}
