//! Two runs side by side: the rows they do not agree about, by recipient and income type.

use std::sync::Arc;

use formfeed_domain::{IncomeType, Money};
use formfeed_runtime::IntoStatus;
use formfeed_store::calculation::{CalculationStore, ResultRow};
use tonic::Status;

/// Rows read at a time.
const CHUNK: i64 = 1_000;

/// A row that two runs do not agree about; a run without the row counts as nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Difference {
    pub(crate) recipient_id: String,
    pub(crate) recipient_name: String,
    pub(crate) position: i32,
    pub(crate) income_type: IncomeType,
    /// Total and taxable amount by the first run.
    pub(crate) first: (Money, Money),
    /// Total and taxable amount by the second run.
    pub(crate) second: (Money, Money),
}

/// Where the next page begins: after a recipient and the place of an income type.
pub(crate) type Place = (String, i32);

/// The rows of one run, read as they are wanted.
struct Rows<'a> {
    store: &'a CalculationStore,
    run_id: &'a str,
    recipient_id: &'a str,
    after: Place,
    read: std::collections::VecDeque<ResultRow>,
    ended: bool,
}

/// Up to `limit` differences between two runs after a place, of one recipient or of all if blank.
pub(crate) async fn between(
    store: &Arc<CalculationStore>,
    (first, second): (&str, &str),
    recipient_id: &str,
    after: &Place,
    limit: usize,
) -> Result<Vec<Difference>, Status> {
    let rows = |run_id| Rows {
        store,
        run_id,
        recipient_id,
        after: after.clone(),
        read: std::collections::VecDeque::new(),
        ended: false,
    };
    let (mut first, mut second) = (rows(first), rows(second));
    let mut differences = Vec::new();
    while differences.len() < limit {
        let place = |row: Option<&ResultRow>| row.map(|r| (r.recipient_id.clone(), r.position));
        let (left, right) = (place(first.peek().await?), place(second.peek().await?));
        let (take_first, take_second) = match (&left, &right) {
            (None, None) => break,
            (Some(left), Some(right)) => (left <= right, right <= left),
            (left, right) => (left.is_some(), right.is_some()),
        };
        let was = if take_first {
            first.read.pop_front()
        } else {
            None
        };
        let is = if take_second {
            second.read.pop_front()
        } else {
            None
        };
        differences.extend(difference(was, is));
    }
    Ok(differences)
}

fn difference(was: Option<ResultRow>, is: Option<ResultRow>) -> Option<Difference> {
    let amounts = |row: Option<&ResultRow>| {
        row.map_or((Money::ZERO, Money::ZERO), |row| {
            (row.total_1099_amount, row.taxable_amount)
        })
    };
    let (first, second) = (amounts(was.as_ref()), amounts(is.as_ref()));
    let row = was.or(is)?;
    (first != second).then_some(Difference {
        recipient_id: row.recipient_id,
        recipient_name: row.recipient_name,
        position: row.position,
        income_type: row.income_type,
        first,
        second,
    })
}

impl Rows<'_> {
    /// The next row, still to be taken.
    async fn peek(&mut self) -> Result<Option<&ResultRow>, Status> {
        if self.read.is_empty() && !self.ended {
            let after = (self.after.0.as_str(), self.after.1);
            let rows = self
                .store
                .results_after(self.run_id, self.recipient_id, after, CHUNK)
                .await;
            let rows = rows.map_err(IntoStatus::into_status)?;
            self.ended = i64::try_from(rows.len()).unwrap_or(CHUNK) < CHUNK;
            if let Some(last) = rows.last() {
                self.after = (last.recipient_id.clone(), last.position);
            }
            self.read = rows.into();
        }
        Ok(self.read.front())
    }
}
