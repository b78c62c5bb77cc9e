//! The pages of a PDF 1.7 document, written out as they are finished.
//!
//! A page costs 16 bytes of memory: the places of its two objects in the file. The same pages always give the same
//! bytes: no dates, no random ids.

use std::io::Write;

use pdf_writer::{Chunk, Finish as _, Rect, Ref};

use super::pdf::{failed, points};
use super::{RenderError, SHEET_HEIGHT, SHEET_WIDTH};

/// Pages below one node of the page tree.
const PAGES_OF_A_NODE: usize = 64;

/// A document in the making.
#[derive(Debug)]
pub(super) struct Pages<W> {
    out: W,
    /// Bytes written.
    written: u64,
    /// Where each object lies, by its number less one.
    objects: Vec<u64>,
    /// The root of the page tree.
    root: Ref,
    /// The nodes of the page tree that are finished, each with its number of pages.
    nodes: Vec<(Ref, usize)>,
    /// The node that pages are hung up in now.
    node: Option<Ref>,
    /// Its pages.
    kids: Vec<Ref>,
    /// What every page begins with.
    first: Option<Ref>,
}

impl<W: Write> Pages<W> {
    /// Begins a document with what comes before the pages: `objects` tells where its objects lie, by their numbers less
    /// one; one that is written later, as the root of the page tree always is, lies nowhere yet.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn new(
        out: W,
        before: &[u8],
        objects: Vec<u64>,
        root: Ref,
    ) -> Result<Self, RenderError> {
        let mut pages = Self {
            out,
            written: 0,
            objects,
            root,
            nodes: Vec::new(),
            node: None,
            kids: Vec::new(),
            first: None,
        };
        pages.write(before)?;
        Ok(pages)
    }

    /// Begins every page from now on with these operations.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn begin_all_with(&mut self, operations: &[u8]) -> Result<(), RenderError> {
        let first = self.reserve()?;
        let mut chunk = Chunk::with_capacity(operations.len() + 64);
        chunk.stream(first, operations).finish();
        self.object(first, &chunk)?;
        self.first = Some(first);
        Ok(())
    }

    /// Adds a page that shows `below`, and `ink` over it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn page(&mut self, below: &[Ref], ink: &[u8]) -> Result<(), RenderError> {
        let node = match self.node {
            Some(node) => node,
            None => {
                let node = self.reserve()?;
                *self.node.insert(node)
            }
        };
        let (content, page) = (self.reserve()?, self.reserve()?);
        let mut chunk = Chunk::with_capacity(ink.len() + 128);
        chunk.stream(content, ink).finish();
        self.object(content, &chunk)?;
        let mut chunk = Chunk::with_capacity(256);
        let mut entry = chunk.page(page);
        entry.parent(node);
        let under = self.first.into_iter().chain(below.iter().copied());
        match (self.first, below) {
            (None, []) => entry.contents(content),
            _ => entry.contents_array(under.chain([content])),
        };
        entry.finish();
        self.object(page, &chunk)?;
        self.kids.push(page);
        match self.kids.len() == PAGES_OF_A_NODE {
            true => self.end_node(),
            false => Ok(()),
        }
    }

    /// Writes an object that [`Self::new`] left out.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn object(&mut self, id: Ref, chunk: &Chunk) -> Result<(), RenderError> {
        let number = usize::try_from(id.get()).map_err(failed)?;
        self.objects[number - 1] = self.written;
        self.write(chunk.as_bytes())
    }

    /// Ends the document: all pages share the resources that `resources` writes, and `trailer` holds what the trailer
    /// says beside the size. Answers what it was written to.
    ///
    /// # Errors
    /// When there is no page in it, or it cannot be written.
    pub(super) fn end(
        mut self,
        resources: impl FnOnce(&mut pdf_writer::writers::Pages<'_>),
        trailer: &str,
    ) -> Result<W, RenderError> {
        self.end_node()?;
        if self.nodes.is_empty() {
            return Err(RenderError::NoSheets);
        }
        let mut chunk = Chunk::new();
        let mut root = chunk.pages(self.root);
        let count = self.nodes.iter().map(|(_, pages)| pages).sum::<usize>();
        root.count(i32::try_from(count).map_err(failed)?);
        root.kids(self.nodes.iter().map(|(node, _)| *node));
        let (width, height) = (points(SHEET_WIDTH), points(SHEET_HEIGHT));
        root.media_box(Rect::new(0.0, 0.0, width, height));
        resources(&mut root);
        root.finish();
        self.object(self.root, &chunk)?;
        self.cross_reference(trailer)?;
        self.out.flush().map_err(failed)?;
        Ok(self.out)
    }

    /// Writes the node of the page tree that pages are hung up in.
    fn end_node(&mut self) -> Result<(), RenderError> {
        let Some(node) = self.node.take() else {
            return Ok(());
        };
        let kids = std::mem::take(&mut self.kids);
        let mut chunk = Chunk::new();
        let mut entry = chunk.pages(node);
        entry.parent(self.root);
        entry.count(i32::try_from(kids.len()).map_err(failed)?);
        entry.kids(kids.iter().copied());
        entry.finish();
        self.nodes.push((node, kids.len()));
        self.object(node, &chunk)
    }

    /// The table of where all objects lie, and the trailer (ISO 32000-1, 7.5.4 and 7.5.5).
    fn cross_reference(&mut self, trailer: &str) -> Result<(), RenderError> {
        let (at, objects) = (self.written, std::mem::take(&mut self.objects));
        let size = objects.len() + 1;
        self.write(format!("xref\n0 {size}\n0000000000 65535 f\r\n").as_bytes())?;
        for place in &objects {
            self.write(format!("{place:010} 00000 n\r\n").as_bytes())?;
        }
        let end = format!("trailer\n<< /Size {size} {trailer} >>\nstartxref\n{at}\n%%EOF\n");
        self.write(end.as_bytes())
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), RenderError> {
        self.out.write_all(bytes).map_err(failed)?;
        self.written += u64::try_from(bytes.len()).unwrap_or_default();
        Ok(())
    }

    fn reserve(&mut self) -> Result<Ref, RenderError> {
        self.objects.push(0);
        reference(self.objects.len())
    }
}

/// The object of a number, counted from 1.
pub(super) fn reference(number: usize) -> Result<Ref, RenderError> {
    let number = i32::try_from(number).ok().filter(|number| *number > 0);
    let number = number.ok_or_else(|| failed("an object without a number"))?;
    Ok(Ref::new(number))
}
