//! Where a command's words go: results to stdout, everything else to stderr.

use std::fmt::Display;
use std::io::{self, IsTerminal as _, Write};

use serde::Serialize;

use crate::table::Table;

/// The two streams of a command and how to write on them.
pub struct Output<'a> {
    /// Whether stdout carries JSON and nothing else.
    pub json: bool,
    /// Whether stderr is a terminal, which gets progress bars.
    pub terminal: bool,
    documents: bool,
    out: &'a mut dyn Write,
    err: &'a mut dyn Write,
}

impl<'a> Output<'a> {
    /// Writes results to `out` and remarks to `err`. Bars are drawn on the process's own stderr, if it is a terminal.
    pub fn new(json: bool, out: &'a mut dyn Write, err: &'a mut dyn Write) -> Self {
        let terminal = io::stderr().is_terminal();
        Self {
            json,
            terminal,
            documents: true,
            out,
            err,
        }
    }

    /// The same for a step of a larger command, whose own document is not wanted.
    pub(crate) fn without_document(&mut self) -> Output<'_> {
        Output {
            json: self.json,
            documents: false,
            terminal: self.terminal,
            out: &mut *self.out,
            err: &mut *self.err,
        }
    }

    /// One line of the result, for people: nothing with `--json`.
    ///
    /// # Errors
    /// When nobody reads on.
    pub fn line(&mut self, line: impl Display) -> io::Result<()> {
        match self.json {
            true => Ok(()),
            false => writeln!(self.out, "{line}"),
        }
    }

    /// A part of a file that is the result: nothing with `--json`.
    ///
    /// # Errors
    /// When nobody reads on.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self.json {
            true => Ok(()),
            false => self.out.write_all(bytes),
        }
    }

    /// A table of the result, for people: nothing with `--json`.
    ///
    /// # Errors
    /// When nobody reads on.
    pub(crate) fn table(&mut self, table: &Table) -> io::Result<()> {
        match self.json {
            true => Ok(()),
            false => write!(self.out, "{table}"),
        }
    }

    /// The result as one JSON document: nothing without `--json`.
    ///
    /// # Errors
    /// When nobody reads on.
    pub fn document(&mut self, document: &impl Serialize) -> io::Result<()> {
        if self.json && self.documents {
            serde_json::to_writer_pretty(&mut *self.out, document)?;
            writeln!(self.out)?;
        }
        self.out.flush()
    }

    /// One of many JSON documents, on a line of its own: nothing without `--json`.
    ///
    /// # Errors
    /// When nobody reads on.
    pub fn json_line(&mut self, document: &impl Serialize) -> io::Result<()> {
        if self.json && self.documents {
            serde_json::to_writer(&mut *self.out, document)?;
            writeln!(self.out)?;
        }
        self.out.flush()
    }

    /// A remark beside the result.
    ///
    /// # Errors
    /// When nobody reads on.
    pub fn note(&mut self, note: impl Display) -> io::Result<()> {
        writeln!(self.err, "{note}")
    }

    /// Hands on what was written so far.
    ///
    /// # Errors
    /// When nobody reads on.
    pub fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn with_json_nothing_else_reaches_stdout() {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let mut output = Output::new(true, &mut out, &mut err);
        output.line("printed").unwrap();
        output.note("a remark").unwrap();
        output.json_line(&["a"]).unwrap();
        assert_eq!(out, b"[\"a\"]\n");
        assert_eq!(err, b"a remark\n");
    }
}
