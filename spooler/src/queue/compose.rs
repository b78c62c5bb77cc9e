//! Sheet → document: sealed forms on their slots, void forms on the blank ones of Copy A, as the bytes the device takes.
//! On plain paper the form is drawn under them. A Form 1096 has its sheet to itself.

use formfeed_domain::Tin;
use formfeed_domain::alignment::{Alignment, GridShift, SheetMap};
use formfeed_domain::form::Form;
use formfeed_domain::layout::{self, FitError, Layout, LayoutError, TestLayout, TransmittalLayout};
use formfeed_domain::placement::PlacedText;
use formfeed_domain::rules::{self, RuleError};
use formfeed_domain::spool::{Job, JobKind};
use formfeed_domain::stock::{self, Stock, UnknownStock};
use formfeed_store::panic_point;
use formfeed_store::spooler::Opened;

use super::calibration;
use crate::device::DocumentFormat;
use crate::render::drawing::Drawing;
use crate::render::{Dialect, RenderError, drawn, impact, outline, pdf, shifted};

/// Why sealed sheets cannot be turned into a document. They could when they were sealed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum ComposeError {
    /// The stock is no longer known.
    #[error(transparent)]
    Stock(#[from] UnknownStock),
    /// The layout is no longer there.
    #[error(transparent)]
    Layout(#[from] LayoutError),
    /// The rules of the year are no longer there.
    #[error(transparent)]
    Rules(#[from] RuleError),
    /// An impact printer draws no form.
    #[error("an impact printer draws no form: {0} is for page printers")]
    NotDrawnHere(String),
    /// Forms that are not drawn one to a sheet.
    #[error("forms on {0} are not split by recipient")]
    NotSplit(String),
    /// A form no longer fits.
    #[error(transparent)]
    Fit(#[from] FitError),
    /// Ink that no printer may get.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// A sheet of marks has no form that could be seen under them.
    #[error("a sheet of marks has no form to show")]
    NoForm,
    /// Sealed sheets that cannot be opened.
    #[error("{0}")]
    NotOpened(String),
    /// An impact printer without a dialect.
    #[error("the printer has no dialect")]
    NoDialect,
}

/// What a document is made for.
#[derive(Clone, Copy)]
pub(super) struct Target {
    /// What the device takes.
    pub(super) format: DocumentFormat,
    /// Of an impact printer.
    pub(super) dialect: Option<&'static dyn Dialect>,
    /// How the printer's ink is put right on the stock, if it is.
    pub(super) alignment: Option<Alignment>,
}

/// The document of these sheets of a job.
pub(super) fn document(
    job: &Job,
    opened: &Opened,
    target: Target,
) -> Result<Vec<u8>, ComposeError> {
    let stock = stock::find(&job.spec.stock)?;
    match opened {
        Opened::Forms(sheets) => of_forms(job, stock, sheets, target),
        Opened::Transmittal(transmittal) => {
            let layout = transmittal_layout(job, stock)?;
            target.preprinted(vec![layout.place(transmittal)?])
        }
        Opened::Crosses => {
            let layout = layout::newest_on(stock)?;
            let ink = layout.crosses()?;
            match layout {
                TestLayout::Form(layout, _) if stock.is_drawn => {
                    drawn(job, layout, vec![ink], target)
                }
                _ => target.preprinted(vec![ink]),
            }
        }
        Opened::Marks => Ok(calibration::marks(target.map())?),
    }
}

/// Each entry holds the forms of one sheet, from top to bottom.
fn of_forms(
    job: &Job,
    stock: &Stock,
    sheets: &[Vec<Form>],
    target: Target,
) -> Result<Vec<u8>, ComposeError> {
    let layout = form_layout(job, stock)?;
    let ink = sheets
        .iter()
        .map(|forms| sheet(job, layout, forms))
        .collect::<Result<Vec<_>, _>>()?;
    match target.format {
        DocumentFormat::Pdf if stock.is_drawn => drawn(job, layout, ink, target),
        DocumentFormat::Impact if stock.is_drawn => {
            Err(ComposeError::NotDrawnHere(stock.name.clone()))
        }
        _ => target.preprinted(ink),
    }
}

/// The layout of a job's forms.
pub(super) fn form_layout(job: &Job, stock: &Stock) -> Result<&'static Layout, ComposeError> {
    let spec = &job.spec;
    Ok(layout::find(
        spec.form_type,
        spec.format_year,
        spec.copy,
        stock,
    )?)
}

/// The layout of a job's Form 1096.
pub(super) fn transmittal_layout(
    job: &Job,
    stock: &Stock,
) -> Result<&'static TransmittalLayout, ComposeError> {
    Ok(layout::find_transmittal(job.spec.tax_year, stock)?)
}

impl Target {
    /// The map of a page printer's sheets.
    pub(super) fn map(&self) -> SheetMap {
        match self.alignment {
            Some(Alignment::Sheet(map)) => map,
            _ => SheetMap::default(),
        }
    }

    /// Sheets whose form is in print already.
    fn preprinted(self, sheets: Vec<Vec<PlacedText>>) -> Result<Vec<u8>, ComposeError> {
        match self.format {
            DocumentFormat::Pdf => {
                let mut document = pdf::Overlay::new(Vec::new())?;
                document.map(self.map())?;
                for sheet in &sheets {
                    document.sheet(sheet)?;
                }
                Ok(document.finish()?)
            }
            DocumentFormat::Impact => {
                let dialect = self.dialect.ok_or(ComposeError::NoDialect)?;
                let shift = match self.alignment {
                    Some(Alignment::Grid(shift)) => shift,
                    _ => GridShift::default(),
                };
                let sheets = sheets.into_iter().map(|sheet| shifted(sheet, shift));
                let sheets: Vec<_> = sheets.collect();
                let ink = sheets.iter().map(Vec::as_slice);
                Ok(impact::render_lower(dialect, shift.steps, ink)?)
            }
        }
    }
}

/// The sheets with the form drawn under each.
fn drawn(
    job: &Job,
    layout: &Layout,
    sheets: Vec<Vec<PlacedText>>,
    target: Target,
) -> Result<Vec<u8>, ComposeError> {
    let stencil = drawn::Stencil::new(drawn::Form {
        drawing: &drawing(job, layout)?,
        tone: drawn::Tone::Black,
        title: &title(job),
    })?;
    let mut document = stencil.begin(Vec::new())?;
    document.map(target.map())?;
    for sheet in &sheets {
        document.sheet(sheet)?;
    }
    Ok(document.finish()?)
}

/// The form of a job as it is drawn on plain paper.
pub(super) fn drawing(job: &Job, layout: &Layout) -> Result<Drawing, ComposeError> {
    let spec = &job.spec;
    let rules = rules::for_year(spec.format_year)?.form(spec.form_type)?;
    let years = outline::Years {
        calendar: spec.tax_year,
        format: spec.format_year,
    };
    Ok(outline::draw(layout, rules, spec.copy, years)?)
}

/// What a document of a job is called.
pub(super) fn title(job: &Job) -> String {
    let spec = &job.spec;
    let (form_type, year) = (spec.form_type, spec.tax_year);
    match spec.kind {
        JobKind::Forms => format!("Form {form_type} {year} Copy {}", spec.copy),
        JobKind::Transmittal => format!("Form 1096 {year} for {form_type}"),
        JobKind::Alignment => format!("Alignment sheet on {}", spec.stock),
        JobKind::Calibration => "Marks to measure".to_owned(),
    }
}

/// The ink of one sheet, its forms from top to bottom.
pub(super) fn sheet(
    job: &Job,
    layout: &Layout,
    forms: &[Form],
) -> Result<Vec<PlacedText>, FitError> {
    let number = forms.first().and_then(|form| form.recipient.tin.as_ref());
    panic_point("spooler-render", number.map_or("none", Tin::digits));
    let mut ink = Vec::new();
    for slot in 0..layout.stock.slots_per_sheet.max(forms.len()) {
        ink.extend(match forms.get(slot) {
            Some(form) => layout.place(form, slot, job.spec.copy)?,
            None => layout.place_void(slot, job.spec.copy)?,
        });
    }
    Ok(ink)
}
