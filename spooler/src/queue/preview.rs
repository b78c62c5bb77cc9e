//! Sheet → picture for the eye: what is or would be on paper, over the form in outline where the paper has it in print.

use formfeed_domain::layout::{self, TestLayout};
use formfeed_domain::placement::PlacedText;
use formfeed_domain::spool::Job;
use formfeed_domain::stock;
use formfeed_store::panic_point;
use formfeed_store::spooler::Opened;

use super::compose::{self, ComposeError};
use crate::render::{drawn, outline, png};

/// How the fields of TINs end: of forms, and boxes 1 and 2 of Form 1096.
const TIN: &str = "_tin";
const EIN: &str = " ein";
const SSN: &str = " ssn";

/// How a picture comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PictureFormat {
    /// A PDF of one page.
    Pdf,
    /// A PNG of so many dots per inch.
    Png(u16),
}

/// One sheet of a job as a picture. Of every TIN only the last four digits show.
///
/// # Errors
/// As for the sheet itself.
pub(crate) fn preview(
    job: &Job,
    opened: &Opened,
    format: PictureFormat,
) -> Result<Vec<u8>, ComposeError> {
    let stock = stock::find(&job.spec.stock)?;
    let (mut ink, drawing) = match opened {
        Opened::Forms(sheets) => {
            let layout = compose::form_layout(job, stock)?;
            let drawing = match stock.is_drawn {
                true => compose::drawing(job, layout)?,
                false => outline::draw_preprinted(layout, job.spec.copy),
            };
            (compose::sheet(job, layout, &sheets.concat())?, drawing)
        }
        Opened::Transmittal(transmittal) => {
            let layout = compose::transmittal_layout(job, stock)?;
            let drawing = outline::draw_transmittal(layout);
            (layout.place(transmittal)?, drawing)
        }
        Opened::Crosses => {
            let layout = layout::newest_on(stock)?;
            let drawing = match layout {
                TestLayout::Form(layout, _) if stock.is_drawn => compose::drawing(job, layout)?,
                TestLayout::Form(layout, copy) => outline::draw_preprinted(layout, copy),
                TestLayout::Transmittal(layout) => outline::draw_transmittal(layout),
            };
            (layout.crosses()?, drawing)
        }
        Opened::Marks => return Err(ComposeError::NoForm),
    };
    panic_point("spooler-preview", format_args!("{ink:?}"));
    ink.iter_mut().for_each(mask);
    let tone = match stock.is_drawn {
        true => drawn::Tone::Black,
        false => drawn::Tone::Light,
    };
    let form = drawn::Form {
        drawing: &drawing,
        tone,
        title: &format!("Preview: {}", compose::title(job)),
    };
    Ok(match format {
        PictureFormat::Pdf => drawn::render_sheets(form, &[&ink])?,
        PictureFormat::Png(dots_per_inch) => png::render_sheet(form, &ink, dots_per_inch)?,
    })
}

/// Leaves the last four digits of a TIN.
fn mask(text: &mut PlacedText) {
    let is_tin = [TIN, EIN, SSN].iter().any(|end| text.field.ends_with(end));
    if !is_tin {
        return;
    }
    let digits = text.text.chars().filter(char::is_ascii_digit).count();
    let mut hidden = digits.saturating_sub(4);
    text.text = text
        .text
        .chars()
        .map(|c| match c.is_ascii_digit() && hidden > 0 {
            true => {
                hidden -= 1;
                'X'
            }
            false => c,
        })
        .collect();
}
