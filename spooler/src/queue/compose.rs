//! Sheet → document: sealed forms on their slots, void forms on the blank ones of Copy A, as the bytes the device takes.
//! On plain paper the form is drawn under them. A Form 1096 has its sheet to itself.

use formfeed_domain::form::Form;
use formfeed_domain::layout::{self, FitError, Layout, LayoutError, TransmittalLayout};
use formfeed_domain::placement::PlacedText;
use formfeed_domain::rules::{self, RuleError};
use formfeed_domain::spool::{Job, JobKind};
use formfeed_domain::stock::{self, Stock, UnknownStock};
use formfeed_store::spooler::Opened;

use super::recipient_files::RecipientFiles;
use crate::device::DocumentFormat;
use crate::render::drawing::Drawing;
use crate::render::{Dialect, RenderError, drawn, impact, outline, pdf};

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
    /// An impact printer without a dialect.
    #[error("the printer has no dialect")]
    NoDialect,
}

/// The document of these sheets of a job.
pub(super) fn document(
    job: &Job,
    opened: &Opened,
    format: DocumentFormat,
    dialect: Option<&dyn Dialect>,
) -> Result<Vec<u8>, ComposeError> {
    let stock = stock::find(&job.spec.stock)?;
    match opened {
        Opened::Forms(sheets) => of_forms(job, stock, sheets, format, dialect),
        Opened::Transmittal(transmittal) => {
            let layout = transmittal_layout(job, stock)?;
            let ink = layout.place(transmittal)?;
            preprinted([ink.as_slice()], format, dialect)
        }
    }
}

/// Each entry holds the forms of one sheet, from top to bottom.
fn of_forms(
    job: &Job,
    stock: &Stock,
    sheets: &[Vec<Form>],
    format: DocumentFormat,
    dialect: Option<&dyn Dialect>,
) -> Result<Vec<u8>, ComposeError> {
    let layout = form_layout(job, stock)?;
    let ink = sheets
        .iter()
        .map(|forms| sheet(job, layout, forms))
        .collect::<Result<Vec<_>, _>>()?;
    let ink = ink.iter().map(Vec::as_slice);
    match format {
        DocumentFormat::Pdf if stock.is_drawn => drawn(job, layout, &ink.collect::<Vec<_>>()),
        DocumentFormat::Impact if stock.is_drawn => {
            Err(ComposeError::NotDrawnHere(stock.name.clone()))
        }
        _ => preprinted(ink, format, dialect),
    }
}

/// A file for each recipient of these sheets, whose numbers are given; they have one form each.
pub(super) fn files(
    job: &Job,
    opened: Opened,
    numbers: &[u32],
) -> Result<RecipientFiles, ComposeError> {
    let stock = stock::find(&job.spec.stock)?;
    let forms = match opened {
        Opened::Forms(sheets) if stock.is_drawn => sheets,
        _ => return Err(ComposeError::NotSplit(stock.name.clone())),
    };
    let numbered = numbers.iter().zip(forms);
    let forms = numbered.flat_map(|(number, forms)| forms.into_iter().map(|form| (*number, form)));
    RecipientFiles::new(job, form_layout(job, stock)?, forms.collect())
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

/// Sheets whose form is in print already.
fn preprinted<'a>(
    ink: impl IntoIterator<Item = &'a [PlacedText]>,
    format: DocumentFormat,
    dialect: Option<&dyn Dialect>,
) -> Result<Vec<u8>, ComposeError> {
    match format {
        DocumentFormat::Pdf => Ok(pdf::render_sheets(ink)?),
        DocumentFormat::Impact => {
            let dialect = dialect.ok_or(ComposeError::NoDialect)?;
            Ok(impact::render_sheets(dialect, ink)?)
        }
    }
}

/// The sheets with the form drawn under each.
fn drawn(job: &Job, layout: &Layout, sheets: &[&[PlacedText]]) -> Result<Vec<u8>, ComposeError> {
    let form = drawn::Form {
        drawing: &drawing(job, layout)?,
        tone: drawn::Tone::Black,
        title: &title(job),
    };
    Ok(drawn::render_sheets(form, sheets)?)
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
    }
}

/// The ink of one sheet, its forms from top to bottom.
pub(super) fn sheet(
    job: &Job,
    layout: &Layout,
    forms: &[Form],
) -> Result<Vec<PlacedText>, FitError> {
    let mut ink = Vec::new();
    for slot in 0..layout.stock.slots_per_sheet.max(forms.len()) {
        ink.extend(match forms.get(slot) {
            Some(form) => layout.place(form, slot, job.spec.copy)?,
            None => layout.place_void(slot, job.spec.copy)?,
        });
    }
    Ok(ink)
}
