//! All sheets of a job → one document, drawn while they are opened.

use std::io::Write;

use formfeed_domain::alignment::SheetMap;
use formfeed_domain::layout::Layout;
use formfeed_domain::placement::PlacedText;
use formfeed_domain::stock;

use super::compose::{self, ComposeError};
use super::sealed_sheets::{BATCH, SealedSheets};
use crate::device::DocumentSource;
use crate::render::RenderError;
use crate::render::drawn::{Form as DrawnForm, Stencil, Tone};
use crate::render::pdf::Overlay;

/// The document of a job's forms, as PDF.
pub(super) struct WholeJob {
    sealed: SealedSheets,
    sheets: Vec<u32>,
    layout: &'static Layout,
    /// What is drawn under the data, on plain paper.
    stencil: Option<Stencil>,
    /// How every page is mapped.
    map: SheetMap,
}

impl WholeJob {
    /// Of the sheets of these numbers.
    pub(super) fn new(
        sealed: SealedSheets,
        sheets: Vec<u32>,
        map: SheetMap,
    ) -> Result<Self, ComposeError> {
        let job = &sealed.job;
        let stock = stock::find(&job.spec.stock)?;
        let layout = compose::form_layout(job, stock)?;
        let stencil = match stock.is_drawn {
            true => Some(Stencil::new(DrawnForm {
                drawing: &compose::drawing(job, layout)?,
                tone: Tone::Black,
                title: &compose::title(job),
            })?),
            false => None,
        };
        Ok(Self {
            sealed,
            sheets,
            layout,
            stencil,
            map,
        })
    }

    /// Hands the ink of every sheet on, in order.
    fn each(
        &self,
        mut sheet: impl FnMut(&[PlacedText]) -> Result<(), RenderError>,
    ) -> Result<(), String> {
        for sheets in self.sheets.chunks(BATCH) {
            for forms in self.sealed.open(sheets)? {
                let ink = compose::sheet(&self.sealed.job, self.layout, &forms);
                let ink = ink.map_err(|error| error.to_string())?;
                sheet(&ink).map_err(|error| error.to_string())?;
            }
        }
        Ok(())
    }
}

impl DocumentSource for WholeJob {
    fn write_to(&self, out: &mut dyn Write) -> Result<(), String> {
        let words = |error: RenderError| error.to_string();
        match &self.stencil {
            Some(stencil) => {
                let mut document = stencil.begin(out).map_err(words)?;
                document.map(self.map).map_err(words)?;
                self.each(|ink| document.sheet(ink))?;
                document.finish().map_err(words)?;
            }
            None => {
                let mut document = Overlay::new(out).map_err(words)?;
                document.map(self.map).map_err(words)?;
                self.each(|ink| document.sheet(ink))?;
                document.finish().map_err(words)?;
            }
        }
        Ok(())
    }
}
