//! A calculation run as it is shown: what it was asked, and what it has come to.

use formfeed_proto::calculation as pb;
use serde::Serialize;

use crate::output::Output;
use crate::words::{amount, kebab, time};

/// One run, for programs.
#[derive(Debug, Serialize)]
pub(crate) struct RunView {
    pub(crate) run: String,
    pub(crate) state: String,
    failure: String,
    pub(crate) user: String,
    pub(crate) payer: String,
    pub(crate) tax_year: i32,
    method: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    basis: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<String>,
    #[serde(skip)]
    pub(crate) method_words: String,
    from: String,
    to: String,
    import_sequence: i64,
    pub(crate) recipients: i64,
    pub(crate) rows: i64,
    skipped: i64,
    exceptions: i64,
    pub(crate) taxable_amount: String,
    federal_tax_withheld: String,
    state_tax_withheld: String,
    pub(crate) create_time: String,
    end_time: String,
}

impl From<&pb::Run> for RunView {
    fn from(run: &pb::Run) -> Self {
        Self {
            run: run.name.clone(),
            state: kebab(run.state().as_str_name()),
            failure: run.failure.clone(),
            user: run.user.clone(),
            payer: run.payer_id.clone(),
            tax_year: run.tax_year,
            method: kebab(run.method().as_str_name()),
            basis: option(run.basis().as_str_name()),
            source: option(run.source().as_str_name()),
            method_words: method_words(run.method(), run.basis(), run.source()),
            from: run.from_recipient_id.clone(),
            to: run.to_recipient_id.clone(),
            import_sequence: run.import_sequence,
            recipients: run.recipients,
            rows: run.rows,
            skipped: run.skipped,
            exceptions: run.exceptions,
            taxable_amount: amount(run.taxable_amount_cents),
            federal_tax_withheld: amount(run.federal_tax_withheld_cents),
            state_tax_withheld: amount(run.state_tax_withheld_cents),
            create_time: time(run.create_time.as_ref()),
            end_time: time(run.end_time.as_ref()),
        }
    }
}

impl RunView {
    /// The range of recipients in words; blank for all.
    pub(crate) fn range(&self) -> String {
        match (self.from.as_str(), self.to.as_str()) {
            ("", "") => String::new(),
            (from, "") => format!("from {from}"),
            ("", to) => format!("to {to}"),
            (from, to) => format!("{from} to {to}"),
        }
    }

    /// What it yielded, or why nothing, for people.
    ///
    /// # Errors
    /// When nobody reads on.
    pub(crate) fn lines(&self, output: &mut Output<'_>) -> std::io::Result<()> {
        if self.state != "completed" {
            let colon = if self.failure.is_empty() { "" } else { ": " };
            let (run, state, failure) = (&self.run, &self.state, &self.failure);
            return output.line(format!("{run} {state}{colon}{failure}"));
        }
        output.line(format!(
            "{} of {} for {}: {} recipients, {} rows, {} skipped, {} exceptions",
            self.method_words,
            self.tax_year,
            self.payer,
            self.recipients,
            self.rows,
            self.skipped,
            self.exceptions
        ))?;
        output.line(format!(
            "taxable {}, federal tax withheld {}, state tax withheld {}",
            self.taxable_amount, self.federal_tax_withheld, self.state_tax_withheld
        ))
    }
}

/// The word of an option of a method; `None` when it is not set.
pub(crate) fn option(word: &str) -> Option<String> {
    (!word.ends_with("_UNSPECIFIED")).then(|| kebab(word))
}

/// A method with its options as people read it: `relate-to bk`.
pub(crate) fn method_words(method: pb::Method, basis: pb::Basis, source: pb::Source) -> String {
    let options = [basis.as_str_name(), source.as_str_name()].map(option);
    let words = std::iter::once(kebab(method.as_str_name()));
    let words: Vec<_> = words.chain(options.into_iter().flatten()).collect();
    words.join(" ")
}
