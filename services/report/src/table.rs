//! Rows under heads.

/// A table; columns of amounts stand to the right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    pub(crate) heads: Vec<String>,
    pub(crate) to_the_right: Vec<bool>,
    pub(crate) rows: Vec<Row>,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) cells: Vec<String>,
    /// In bold below a rule.
    pub(crate) is_total: bool,
}

impl Table {
    /// An empty table; a head that begins with `>` stands to the right, with its column.
    pub fn new<const N: usize>(heads: [&str; N]) -> Self {
        Self {
            to_the_right: heads.iter().map(|head| head.starts_with('>')).collect(),
            heads: heads
                .iter()
                .map(|head| head.trim_start_matches('>').to_owned())
                .collect(),
            rows: Vec::new(),
        }
    }

    /// Adds a row, one cell for each head.
    pub fn row<const N: usize>(&mut self, cells: [&str; N]) {
        self.add(cells, false);
    }

    /// Adds a row of sums, in bold below a rule.
    pub fn total<const N: usize>(&mut self, cells: [&str; N]) {
        self.add(cells, true);
    }

    /// Whether it has no rows.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    fn add<const N: usize>(&mut self, cells: [&str; N], is_total: bool) {
        debug_assert_eq!(N, self.heads.len(), "one cell for each head");
        self.rows.push(Row {
            cells: cells.map(str::to_owned).into(),
            is_total,
        });
    }
}
