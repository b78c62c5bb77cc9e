//! Everything that was said, written and left behind, kept to be searched.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use super::needles::Needles;

/// Bytes by the place where they were found.
#[derive(Default)]
pub(super) struct Places(Vec<(String, Vec<u8>)>);

impl Places {
    /// Keeps what was found at a place, and what is in it where it is a PDF.
    pub(super) fn keep(&mut self, place: impl Into<String>, bytes: impl Into<Vec<u8>>) {
        let (place, bytes) = (place.into(), bytes.into());
        if bytes.starts_with(b"%PDF") {
            for (part, inner) in [("unpacked", unpacked(&bytes)), ("text", text(&bytes))] {
                self.0.push((format!("{place}, {part}"), inner));
            }
        }
        self.0.push((place, bytes));
    }

    /// Keeps every file below a folder, and what they are called.
    pub(super) fn keep_folder(&mut self, place: &str, folder: &Path) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let inner = format!("{place}/{name}");
            self.keep(format!("the name of {inner}"), name);
            let kind = fs::symlink_metadata(&path).unwrap().file_type();
            if kind.is_dir() {
                self.keep_folder(&inner, &path);
            } else if kind.is_file() {
                self.keep(inner, fs::read(&path).unwrap());
            }
        }
    }

    /// How many places there are, and how many bytes.
    pub(super) fn size(&self) -> (usize, usize) {
        let bytes = self.0.iter().map(|(_, bytes)| bytes.len());
        (self.0.len(), bytes.sum())
    }

    /// Whether there is a place of that name with anything in it.
    pub(super) fn has(&self, place: &str) -> bool {
        let named = |(name, bytes): &(String, Vec<u8>)| name.contains(place) && !bytes.is_empty();
        self.0.iter().any(named)
    }

    /// What is found where, the first of each place with what is around it.
    pub(super) fn search(&self, needles: &Needles) -> Vec<String> {
        let mut told = Vec::new();
        for (place, bytes) in &self.0 {
            let found = needles.in_bytes(bytes);
            if let Some(first) = found.first() {
                let from = first.at.saturating_sub(160);
                let until = (first.at + 80).min(bytes.len());
                let around = bytes[from..until].escape_ascii();
                let count = found.len();
                told.push(format!("{place}: {count} times, {first:?}: {around}"));
            }
        }
        told
    }
}

/// A PDF without compression and object streams.
pub(super) fn unpacked(pdf: &[u8]) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let (from, to) = (folder.path().join("from"), folder.path().join("to"));
    fs::write(&from, pdf).unwrap();
    let mut qpdf = Command::new("qpdf");
    qpdf.args(["--qdf", "--object-streams=disable", "--warning-exit-0"]);
    formfeed_tests::tools::run(qpdf.arg(&from).arg(&to));
    fs::read(&to).unwrap()
}

/// The words of a PDF as a reader shows them, whatever its fonts call them.
fn text(pdf: &[u8]) -> Vec<u8> {
    let mut reader = Command::new("pdftotext")
        .args(["-", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let (mut into, pdf) = (reader.stdin.take().unwrap(), pdf.to_vec());
    let fed = std::thread::spawn(move || into.write_all(&pdf));
    let text = reader.wait_with_output().unwrap().stdout;
    fed.join().unwrap().ok();
    text
}

/// What a PDF says of itself beside its pages: titles, authors, dates, attachments' names.
pub(super) fn metadata(pdf: &[u8]) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sheet.pdf");
    fs::write(&file, pdf).unwrap();
    let info = formfeed_tests::tools::run(Command::new("pdfinfo").arg(&file));
    let meta = formfeed_tests::tools::run(Command::new("pdfinfo").arg("-meta").arg(&file));
    // Every object but the streams, which are the pages, the faces and the metadata told above.
    let mut qpdf = Command::new("qpdf");
    qpdf.args(["--json", "--json-stream-data=none"]).arg(&file);
    let objects = formfeed_tests::tools::run(&mut qpdf);
    [info.stdout, meta.stdout, objects.stdout].concat()
}

/// Each place finds what is planted in it: in a file, in a file's name, within a PDF's compressed pages, beside them.
#[test]
fn what_is_planted_in_a_place_is_found_there() {
    let needles = Needles::all();
    for needle in needles.iter() {
        let folder = tempfile::tempdir().unwrap();
        let deep = folder.path().join("a/b");
        fs::create_dir_all(&deep).unwrap();
        fs::write(
            deep.join("file"),
            [b"before ", &needle.bytes[..], b" after"].concat(),
        )
        .unwrap();
        let mut places = Places::default();
        places.keep_folder("data", folder.path());
        let found = places.search(&needles);
        assert!(
            found.iter().any(|told| told.starts_with("data/a/b/file: ")),
            "{}",
            needle.how
        );
    }
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("copy-b-900704862.pdf"), "x").unwrap();
    let mut places = Places::default();
    places.keep_folder("data", folder.path());
    assert_eq!(places.search(&needles).len(), 1);
}
