//! Reads back what was printed, with programs that know nothing of us: qpdf and poppler for PDF,
//! escapy for ESC/P.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::tools::{run, tool};

/// One page as a reader sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// Width in points.
    pub width: f64,
    /// Height in points.
    pub height: f64,
    /// In the order of the reader.
    pub words: Vec<Word>,
}

/// A word and its box, in points from the top left of the page.
#[derive(Debug, Clone, PartialEq)]
pub struct Word {
    /// Left edge.
    pub left: f64,
    /// Upper edge of the face, not of the ink.
    pub top: f64,
    /// Right edge.
    pub right: f64,
    /// Lower edge of the face.
    pub bottom: f64,
    /// What it says.
    pub text: String,
}

impl Page {
    /// The only word that says `text`.
    ///
    /// # Panics
    /// There is none, or more than one.
    pub fn word(&self, text: &str) -> &Word {
        let found: Vec<_> = self.words.iter().filter(|word| word.text == text).collect();
        assert_eq!(found.len(), 1, "{text:?} among {:?}", self.words);
        found[0]
    }
}

/// Reads a PDF that must be without fault.
///
/// # Panics
/// qpdf finds a fault, or poppler cannot read it.
pub fn read_pdf(path: &Path) -> Vec<Page> {
    run(Command::new("qpdf").arg("--check").arg(path));
    let output = run(Command::new("pdftotext").args(["-bbox"]).arg(path).arg("-"));
    parse_bbox(&String::from_utf8_lossy(&output.stdout))
}

/// Reads a PDF held in memory; see [`read_pdf`].
///
/// # Panics
/// As [`read_pdf`].
pub fn read_pdf_bytes(pdf: &[u8]) -> Vec<Page> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("read.pdf");
    fs::write(&path, pdf).expect("a writable temporary folder");
    read_pdf(&path)
}

/// Interprets an ESC/P stream as a 9-pin printer would, on letter paper fed sheet by sheet.
///
/// # Panics
/// The interpreter finds anything to complain about.
pub fn read_escp(stream: &[u8]) -> Vec<Page> {
    let (_folder, path) = read_escp_as_pdf(stream);
    read_pdf(&path)
}

/// As [`read_escp`], answering the interpreter's picture of the paper as a PDF in a temporary folder.
///
/// # Panics
/// As [`read_escp`].
pub fn read_escp_as_pdf(stream: &[u8]) -> (tempfile::TempDir, PathBuf) {
    read_escp_by(9, stream)
}

/// As [`read_escp_as_pdf`], by a printer of so many pins: 9, or 24 for ESC/P 2.
///
/// # Panics
/// As [`read_escp`].
pub fn read_escp_by(pins: u8, stream: &[u8]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = |name: &str| folder.path().join(name);
    fs::write(file("job.prn"), stream).expect("a writable temporary folder");
    let output = run(Command::new(tool("bin/escapy"))
        .current_dir(folder.path())
        .arg("-c")
        .arg(tool("escapy.conf"))
        .args(["--pins", &pins.to_string()])
        .args(["-o", "job.pdf", "job.prn"]));
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(complaints.trim().is_empty(), "escapy says: {complaints}");
    let path = file("job.pdf");
    (folder, path)
}

/// Reads what `pdftotext -bbox` writes.
fn parse_bbox(html: &str) -> Vec<Page> {
    let mut pages = Vec::new();
    for line in html.lines().map(str::trim) {
        if line.starts_with("<page ") {
            pages.push(Page {
                width: number(line, "width"),
                height: number(line, "height"),
                words: Vec::new(),
            });
        }
        let Some(page) = pages.last_mut().filter(|_| line.starts_with("<word ")) else {
            continue;
        };
        let text = line
            .split_once('>')
            .and_then(|(_, rest)| rest.strip_suffix("</word>"))
            .unwrap_or_else(|| panic!("not a word: {line}"));
        page.words.push(Word {
            left: number(line, "xMin"),
            top: number(line, "yMin"),
            right: number(line, "xMax"),
            bottom: number(line, "yMax"),
            text: unescape(text),
        });
    }
    pages
}

fn number(line: &str, name: &str) -> f64 {
    line.split_once(&format!("{name}=\""))
        .and_then(|(_, rest)| rest.split_once('"'))
        .and_then(|(value, _)| value.parse().ok())
        .unwrap_or_else(|| panic!("no {name} in {line}"))
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&apos;", "'")
        .replace("&amp;", "&")
}
