//! Sheet → picture for the eye: what is or would be on paper, over the form in outline where the paper has it in print.

use formfeed_domain::form::Form;
use formfeed_domain::layout;
use formfeed_domain::placement::PlacedText;
use formfeed_domain::spool::Job;
use formfeed_domain::stock;

use super::compose::{self, ComposeError};
use crate::render::{drawn, outline, png};

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
    forms: &[Form],
    format: PictureFormat,
) -> Result<Vec<u8>, ComposeError> {
    let spec = &job.spec;
    let stock = stock::find(&spec.stock)?;
    let layout = layout::find(spec.form_type, spec.tax_year, spec.copy, stock)?;
    let mut ink = compose::sheet(job, layout, forms)?;
    ink.iter_mut().for_each(mask);
    let (drawing, tone) = match stock.is_drawn {
        true => (compose::drawing(job, layout)?, drawn::Tone::Black),
        false => (
            outline::draw_preprinted(layout, spec.copy),
            drawn::Tone::Light,
        ),
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
    if !text.field.ends_with("_tin") {
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
