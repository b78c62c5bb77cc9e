//! Tab stops: where they are, and where they save most on a sheet.

use formfeed_domain::placement::Pitch;

use super::head::Head;
use super::{Struck, TOLERANCE};
use crate::render::dialect::Tabs;
use crate::render::dialect::moves::nearest;
use crate::render::{Dialect, SHEET_WIDTH};

/// Columns between two stops where none are set.
const EIGHTH: u8 = 8;

/// The tab stops of a sheet, at columns of 10 cpi counted from 0.
pub(super) struct Stops {
    columns: Vec<u8>,
    are_set: bool,
}

impl Stops {
    /// The stops with which a dialect takes the fewest bytes for these texts.
    pub(super) fn cheapest(dialect: &dyn Dialect, texts: &[Struck<'_>]) -> Self {
        let none = Self::at(Vec::new(), false);
        match dialect.tabs() {
            Tabs::None => return none,
            Tabs::EveryEighth => return Self::every_eighth(),
            Tabs::Settable { .. } => {}
        }
        let mut best = Self::at(columns(dialect, texts), true);
        let mut bytes = best.bytes(dialect, texts);
        loop {
            let without = (0..best.columns.len()).map(|index| {
                let mut columns = best.columns.clone();
                columns.remove(index);
                let fewer = Self::at(columns, true);
                (fewer.bytes(dialect, texts), fewer)
            });
            match without.min_by_key(|(bytes, _)| *bytes) {
                Some((fewer_bytes, fewer)) if fewer_bytes <= bytes => {
                    (bytes, best) = (fewer_bytes, fewer);
                }
                _ => break,
            }
        }
        match bytes < none.bytes(dialect, texts) {
            true => best,
            false => none,
        }
    }

    /// Where tabs take the head from `at`, one after the other; none where printers may differ about which stop is next.
    pub(super) fn after(&self, at: i32) -> impl Iterator<Item = i32> {
        let places = self.columns.iter().map(|column| place(*column));
        let mut places = places
            .skip_while(move |place| *place < at - TOLERANCE)
            .peekable();
        let is_clear = places.peek().is_some_and(|next| *next > at + TOLERANCE);
        places.filter(move |_| is_clear)
    }

    /// The columns to be set, if any.
    pub(super) fn set(&self) -> Option<&[u8]> {
        self.are_set.then_some(self.columns.as_slice())
    }

    fn at(columns: Vec<u8>, are_set: bool) -> Self {
        Self { columns, are_set }
    }

    fn every_eighth() -> Self {
        let most = SHEET_WIDTH.thousandths() / Pitch::Ten.advance().thousandths();
        let columns = (1..).map(|stop| stop * EIGHTH);
        let columns = columns.take_while(|column| i32::from(*column) < most);
        Self::at(columns.collect(), false)
    }

    /// What the stops and all ways along the lines take.
    fn bytes(&self, dialect: &dyn Dialect, texts: &[Struck<'_>]) -> usize {
        let setting = match dialect.tabs() {
            Tabs::Settable {
                bytes, bytes_each, ..
            } if self.are_set => bytes + bytes_each * self.columns.len(),
            _ => 0,
        };
        let mut head = Head::at_the_top(dialect, self);
        setting + texts.iter().map(|text| head.walk(text)).sum::<usize>()
    }
}

/// The columns at which texts begin, as many as can be set.
fn columns(dialect: &dyn Dialect, texts: &[Struck<'_>]) -> Vec<u8> {
    let most = match dialect.tabs() {
        Tabs::Settable { most, .. } => most,
        Tabs::None | Tabs::EveryEighth => 0,
    };
    let mut counted = std::collections::BTreeMap::<u8, usize>::new();
    for text in texts {
        let column = nearest(text.left, Pitch::Ten.advance().thousandths());
        match u8::try_from(column) {
            Ok(column @ 1..) if (place(column) - text.left).abs() <= TOLERANCE => {
                *counted.entry(column).or_default() += 1;
            }
            _ => {}
        }
    }
    let mut columns: Vec<_> = counted.into_iter().collect();
    columns.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    columns.truncate(most);
    let mut columns: Vec<_> = columns.into_iter().map(|(column, _)| column).collect();
    columns.sort_unstable();
    columns
}

fn place(column: u8) -> i32 {
    i32::from(column) * Pitch::Ten.advance().thousandths()
}
