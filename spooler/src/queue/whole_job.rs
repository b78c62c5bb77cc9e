//! All sheets of a job → one document, some hundred sheets opened and drawn at a time: memory does not grow with the forms.

use std::io::Write;
use std::sync::Arc;

use formfeed_domain::alignment::SheetMap;
use formfeed_domain::form::Form;
use formfeed_domain::layout::Layout;
use formfeed_domain::spool::{Job, PlannedSheet};
use formfeed_domain::stock;
use formfeed_store::spooler::Opened;
use tokio::runtime::Handle;

use super::Shared;
use super::compose::{self, ComposeError};
use crate::device::DocumentSource;
use crate::render::RenderError;
use crate::render::drawn::{Form as DrawnForm, Stencil, Tone};
use crate::render::pdf::Overlay;

/// Sheets in memory at once.
const BATCH: usize = 200;

/// The document of a job's forms, as PDF.
pub(super) struct WholeJob {
    shared: Arc<Shared>,
    runtime: Handle,
    job: Job,
    sheets: Vec<PlannedSheet>,
    layout: &'static Layout,
    /// What is drawn under the data, on plain paper.
    stencil: Option<Stencil>,
    /// How every page is mapped.
    map: SheetMap,
}

impl WholeJob {
    /// Of these sheets of a job; within a runtime, which opens them.
    pub(super) fn new(
        shared: Arc<Shared>,
        job: Job,
        sheets: Vec<PlannedSheet>,
        map: SheetMap,
    ) -> Result<Self, ComposeError> {
        let stock = stock::find(&job.spec.stock)?;
        let layout = compose::form_layout(&job, stock)?;
        let stencil = match stock.is_drawn {
            true => Some(Stencil::new(DrawnForm {
                drawing: &compose::drawing(&job, layout)?,
                tone: Tone::Black,
                title: &compose::title(&job),
            })?),
            false => None,
        };
        Ok(Self {
            shared,
            runtime: Handle::current(),
            job,
            sheets,
            layout,
            stencil,
            map,
        })
    }

    /// Hands the ink of every sheet on, in order.
    fn each(
        &self,
        mut sheet: impl FnMut(&[formfeed_domain::placement::PlacedText]) -> Result<(), RenderError>,
    ) -> Result<(), String> {
        for sheets in self.sheets.chunks(BATCH) {
            for forms in self.open(sheets)? {
                let ink = compose::sheet(&self.job, self.layout, &forms);
                let ink = ink.map_err(|error| error.to_string())?;
                sheet(&ink).map_err(|error| error.to_string())?;
            }
        }
        Ok(())
    }

    fn open(&self, sheets: &[PlannedSheet]) -> Result<Vec<Vec<Form>>, String> {
        let opened = self.shared.store.opened(&self.job, sheets);
        match self.runtime.block_on(opened) {
            Ok(Opened::Forms(forms)) => Ok(forms),
            Ok(_) => Err("the job is none of forms".to_owned()),
            Err(error) => Err(error.to_string()),
        }
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
