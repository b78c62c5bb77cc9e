//! A proof on paper: its text as letter-size pages.

use chrono::Utc;
use formfeed_proto::convert::information::PayerYear;
use formfeed_report::{Document, render_pdf};
use formfeed_runtime::incident;
use tonic::Status;

use crate::proof::Proof;

/// The pages of a recipient's proof as a PDF file.
///
/// # Errors
/// INTERNAL when the pages cannot be drawn, which no text can bring about.
pub(crate) fn pages(of: &PayerYear, proof: &Proof, text: &str) -> Result<Vec<u8>, Status> {
    let title = format!("Proof of recipient {}", proof.trace.recipient_id);
    let payer = of.payer_id.to_string();
    let mut document = Document::new(title, payer, of.tax_year, Utc::now());
    document.heading(format!("Run runs/{}", proof.run.asked.run_id));
    document.lines(text);
    render_pdf(&document).map_err(|error| incident::internal(&error))
}
