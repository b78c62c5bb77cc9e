//! Sheet → picture for the eye: what is or would be on paper, over the form in outline where the paper has it in print.

use formfeed_domain::form::Form;
use formfeed_domain::layout;
use formfeed_domain::placement::PlacedText;
use formfeed_domain::spool::Job;
use formfeed_domain::stock;

use super::compose::{self, ComposeError};
use crate::render::{drawn, outline};

/// One sheet of a job as a PDF. Of every TIN only the last four digits show.
///
/// # Errors
/// As for the sheet itself.
pub(crate) fn preview(job: &Job, forms: &[Form]) -> Result<Vec<u8>, ComposeError> {
    let spec = &job.spec;
    let stock = stock::find(&spec.stock)?;
    let layout = layout::find(spec.form_type, spec.tax_year, spec.copy, stock)?;
    let mut ink = compose::sheet(job, layout, forms)?;
    ink.iter_mut().for_each(mask);
    if stock.is_drawn {
        return compose::drawn(job, layout, &[&ink]);
    }
    let drawing = outline::draw_preprinted(layout, spec.copy);
    let title = format!("Preview: {}", compose::title(job));
    let form = drawn::Form {
        drawing: &drawing,
        tone: drawn::Tone::Light,
        title: &title,
    };
    Ok(drawn::render_sheets(form, &[&ink])?)
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
