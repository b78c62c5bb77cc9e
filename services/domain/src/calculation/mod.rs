//! From vouchers and payments to 1099 information: what each recipient is reported, and why.
//!
//! A run takes a payer, a tax year and a method, and walks the history one
//! recipient at a time. [`assemble::Page`] turns the records of a range of
//! recipients into one [`RecipientHistory`] each; [`calculate`] turns that into
//! an [`Outcome`]: the rows, the exceptions, and a [`Trace`] that explains each
//! amount down to the voucher line and the payment.
//!
//! The steps that all methods share have a file each: which payments are in
//! play ([`standing`]), who is reported ([`left_out`]), how an amount is split
//! ([`apportion`]), how cash is split over lines (`cash`), what was withheld
//! ([`withholding`]), who gets no row ([`outcome`]) and which state's the rows are ([`by_state`](mod@by_state)). A method is one more
//! file: [`income_first`], [`prorated`], [`direct_payments`], [`relate_to`].

pub mod apportion;
pub mod assemble;
pub mod by_state;
mod cash;
pub mod chart;
pub mod decided_by;
pub mod difference;
pub mod direct_payments;
pub mod exception;
pub mod history;
pub mod income_first;
pub mod left_out;
pub mod method;
pub mod outcome;
pub mod prorated;
pub mod relate_to;
pub mod render;
pub mod standing;
pub mod trace;
pub mod voucher;
pub mod withholding;

pub use by_state::{StateShare, by_state};
pub use chart::Chart;
pub use decided_by::DecidedBy;
pub use exception::Exception;
pub use history::{AppliedPayment, PaymentHistory, RecipientHistory, VendorFacts, VoucherHistory};
pub use left_out::LeftOut;
pub use method::{Basis, Method, Source};
pub use outcome::{InformationRow, Outcome, Skipped};
pub use standing::Standing;
pub use trace::Trace;

use crate::{PayerId, TaxYear};

/// What a run calculates: the same for every recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunContext {
    /// Whose 1099 information.
    pub payer_id: PayerId,
    /// Year of the payments.
    pub tax_year: TaxYear,
    /// By which method.
    pub method: Method,
}

/// Calculates one recipient by the method of the run: *voucher → box amounts*.
pub fn calculate(context: &RunContext, history: &RecipientHistory<'_>) -> Outcome {
    match context.method {
        Method::IncomeFirst => income_first::recipient(context, history),
        Method::Prorated { basis } => prorated::recipient(context, history, basis),
        Method::DirectPayments => direct_payments::recipient(context, history),
        Method::RelateTo { source } => relate_to::recipient(context, history, source),
    }
}
