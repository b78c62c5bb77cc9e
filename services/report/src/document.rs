//! What is printed.

use chrono::{DateTime, Utc};
use formfeed_domain::TaxYear;

use crate::Table;

/// A report: its heads stand on every page, its blocks follow each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// What it is.
    pub title: String,
    /// Whose forms it is about: key and name.
    pub payer: String,
    /// The year it is about.
    pub tax_year: TaxYear,
    /// When it was made.
    pub time: DateTime<Utc>,
    /// How the paper lies.
    pub orientation: Orientation,
    /// From top to bottom.
    pub blocks: Vec<Block>,
}

/// How a letter-size page lies.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Orientation {
    /// 8.5 inches wide, 11 high.
    #[default]
    Portrait,
    /// 11 inches wide, 8.5 high: for tables of many columns.
    Landscape,
}

/// A part of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// A line in bold, which stays with what follows.
    Heading(String),
    /// A line of text. Blanks at its beginning indent it, also where it goes on below.
    Line(String),
    /// A table; its heads stand above it on every page.
    Table(Table),
}

impl Document {
    /// An empty report on upright paper.
    pub fn new(
        title: impl Into<String>,
        payer: impl Into<String>,
        tax_year: TaxYear,
        time: DateTime<Utc>,
    ) -> Self {
        Self {
            title: title.into(),
            payer: payer.into(),
            tax_year,
            time,
            orientation: Orientation::default(),
            blocks: Vec::new(),
        }
    }

    /// The same with the paper lying the other way.
    #[must_use]
    pub fn landscape(self) -> Self {
        Self {
            orientation: Orientation::Landscape,
            ..self
        }
    }

    /// Adds a heading.
    pub fn heading(&mut self, text: impl Into<String>) {
        self.blocks.push(Block::Heading(text.into()));
    }

    /// Adds a line; every line of a text with several is one of its own.
    pub fn lines(&mut self, text: &str) {
        let lines = text.lines().map(|line| Block::Line(line.to_owned()));
        self.blocks.extend(lines);
    }

    /// Adds a table.
    pub fn table(&mut self, table: Table) {
        self.blocks.push(Block::Table(table));
    }

    /// The second head: `Payer TE1 Harbor Works, tax year 2025`.
    pub(crate) fn subject(&self) -> String {
        format!("Payer {}, tax year {}", self.payer, self.tax_year)
    }

    /// The time to the minute: `2026-01-12 09:30 UTC`.
    pub(crate) fn printed(&self) -> String {
        self.time.format("%Y-%m-%d %H:%M UTC").to_string()
    }
}
