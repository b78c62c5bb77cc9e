//! The quick calculator: what was paid to one recipient in a year, by method → reportable or not, form or none.
//!
//! Card and third-party amounts are left out, never subtracted: 500.00 by check and 4,500.00 by credit
//! card are 500.00 reportable. (The formula that the seed prints subtracts them; its text and its two
//! examples do not.)
//!
//! Source: Treas. Reg. § 1.6041-1(a)(1)(iv); seed, QuickBooks 1099 Amount Calculator.

use std::fmt;

use crate::calculation::left_out::Reach;
use crate::form::FormType;
use crate::history::PaymentMethod;
use crate::money::MoneyError;
use crate::rules::{BoxRule, Threshold, YearRules};
use crate::vendor::{Classification, Flag1099};
use crate::{IncomeType, Money};

/// The largest amount of one method, in cents: ten digits before the point.
pub const MAX_CENTS: i64 = 9_999_999_999_99;

/// Why a left-out amount is not reportable.
pub const REPORTED_ON_1099_K: &str = "reported on 1099-K";

/// What was paid to one recipient in one year, for one kind of income.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    income_type: IncomeType,
    classification: Option<Classification>,
    paid: Vec<Paid>,
}

/// What was paid by one method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paid {
    /// How.
    pub method: PaymentMethod,
    /// How much in the year; zero or more.
    pub amount: Money,
}

/// What comes of a question under the rules of its year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer<'r> {
    /// What was paid, method by method, as asked.
    pub paid: Vec<Paid>,
    /// Everything paid.
    pub total_paid: Money,
    /// What was paid directly: the amount of the box.
    pub reportable: Money,
    /// What the card companies and networks report instead.
    pub left_out: Money,
    /// The return it would be reported on.
    pub form_type: FormType,
    /// The box of it.
    pub place: &'r BoxRule,
    /// From how much on it is reported, with its source.
    pub threshold: &'r Threshold,
    /// Whether the form is required, or why not.
    pub verdict: Verdict,
}

/// Whether a form is required.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// The threshold is reached.
    Required,
    /// The classification exempts the recipient from this kind of income.
    ExemptClassification(Classification),
    /// Nothing was paid at all.
    NothingPaid,
    /// All of it was paid by card or network.
    NothingDirect,
    /// Less than the threshold was paid directly.
    BelowThreshold,
}

/// Why there is no question to answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum QuickError {
    /// The caller names what was paid for.
    #[error("tax withheld is not income: name what was paid for")]
    NotIncome,
    /// An amount that cannot be read.
    #[error(transparent)]
    Money(#[from] MoneyError),
    /// An amount below zero.
    #[error("below zero: give what was paid in the year, 0 or more")]
    Negative,
    /// An amount beyond [`MAX_CENTS`].
    #[error("too large: at most ten digits before the point")]
    TooLarge,
}

/// Reads an amount: at most ten digits before the point and two after it, zero or more.
///
/// # Errors
/// What is wrong with it.
pub fn amount(text: &str) -> Result<Money, QuickError> {
    match text.parse::<Money>() {
        Ok(amount) => check_amount(amount).map(|()| amount),
        Err(MoneyError::TooLarge) if text.starts_with('-') => Err(QuickError::Negative),
        Err(MoneyError::TooLarge) => Err(QuickError::TooLarge),
        Err(error) => Err(error.into()),
    }
}

/// Lets an amount pass that is zero or more and at most [`MAX_CENTS`].
///
/// # Errors
/// What is wrong with it.
pub fn check_amount(amount: Money) -> Result<(), QuickError> {
    match amount {
        amount if amount.is_negative() => Err(QuickError::Negative),
        amount if amount > Money::from_cents(MAX_CENTS) => Err(QuickError::TooLarge),
        _ => Ok(()),
    }
}

impl Question {
    /// What was paid for one kind of income to a recipient of a classification, if that is known.
    ///
    /// # Errors
    /// When the income type is tax withheld, or an amount is none.
    pub fn new(
        income_type: IncomeType,
        classification: Option<Classification>,
        paid: Vec<Paid>,
    ) -> Result<Self, QuickError> {
        if income_type.is_withheld() {
            return Err(QuickError::NotIncome);
        }
        for paid in &paid {
            check_amount(paid.amount)?;
        }
        Ok(Self {
            income_type,
            classification,
            paid,
        })
    }

    /// Answers by the rules of a year.
    ///
    /// Direct sales, which have a box on either form, are answered for Form 1099-MISC, as they are alone.
    pub fn answer<'r>(&self, rules: &'r YearRules) -> Answer<'r> {
        let (form, place) = rules
            .places(self.income_type)
            .last()
            .expect("a rule book has a box for every income type");
        let threshold = rules
            .threshold(self.income_type)
            .expect("a rule book has a threshold for all income but tax withheld");
        let sum = |direct: bool| -> Money {
            let of = self.paid.iter().filter(|p| p.method.is_direct() == direct);
            of.map(|paid| paid.amount).sum()
        };
        let (reportable, left_out) = (sum(true), sum(false));
        Answer {
            paid: self.paid.clone(),
            total_paid: reportable + left_out,
            reportable,
            left_out,
            form_type: form.form_type,
            place,
            threshold,
            verdict: self.verdict(reportable, left_out, threshold),
        }
    }

    fn verdict(&self, reportable: Money, left_out: Money, threshold: &Threshold) -> Verdict {
        let reach = Reach {
            flag_1099: Flag1099::Yes,
            classification: self.classification,
            federal_tax_withheld: false,
        };
        match (self.classification, reach.exempt(self.income_type)) {
            (Some(classification), Some(_)) => Verdict::ExemptClassification(classification),
            _ if threshold.reached_by(reportable) => Verdict::Required,
            _ if reportable.is_positive() => Verdict::BelowThreshold,
            _ if left_out.is_positive() => Verdict::NothingDirect,
            _ => Verdict::NothingPaid,
        }
    }
}

impl Paid {
    /// Why the amount is not reportable; `None` when it is.
    pub fn left_out(self) -> Option<&'static str> {
        (!self.method.is_direct()).then_some(REPORTED_ON_1099_K)
    }
}

impl Verdict {
    /// Whether the form is required.
    pub fn is_required(self) -> bool {
        self == Self::Required
    }

    /// The stable word, such as `below_threshold`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::ExemptClassification(_) => "exempt_classification",
            Self::NothingPaid => "nothing_paid",
            Self::NothingDirect => "nothing_direct",
            Self::BelowThreshold => "below_threshold",
        }
    }
}

impl fmt::Display for Answer<'_> {
    /// Whether the form is required and why, in one sentence.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (form, reportable) = (self.form_type, self.reportable);
        let (income_type, threshold) = (self.threshold.income_type, self.threshold.amount);
        match self.verdict {
            Verdict::Required if threshold.is_zero() => write!(
                f,
                "Form {form} is required: {reportable} was paid directly, and {income_type} has no minimum"
            ),
            Verdict::Required => write!(
                f,
                "Form {form} is required: {reportable} was paid directly, which reaches the threshold of {threshold}"
            ),
            Verdict::ExemptClassification(classification) => write!(
                f,
                "No Form {form} is required: the classification {} is exempt from {income_type}",
                classification.as_str()
            ),
            Verdict::NothingPaid => write!(f, "No Form {form} is required: nothing was paid"),
            Verdict::NothingDirect => write!(
                f,
                "No Form {form} is required: nothing was paid directly, and the {} paid by card or network is {REPORTED_ON_1099_K}",
                self.left_out
            ),
            Verdict::BelowThreshold => write!(
                f,
                "No Form {form} is required: {reportable} was paid directly, which is less than the threshold of {threshold}"
            ),
        }
    }
}

#[cfg(test)]
mod tests;
