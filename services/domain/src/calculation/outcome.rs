//! What comes of one recipient: rows, or the reason there are none.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::exception::Exception;
use super::history::RecipientHistory;
use super::left_out::{LeftOut, Reach};
use super::standing::Standing;
use super::trace::{PaymentTrace, Trace, VoucherTrace};
use super::{RunContext, withholding};
use crate::vendor::Flag1099;
use crate::{IncomeType, Money};

/// One row of the 1099 information of a payer, tax year and recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct InformationRow {
    /// Income type.
    pub income_type: IncomeType,
    /// What the vouchers could report in all.
    pub total_1099_amount: Money,
    /// What the form reports.
    pub taxable_amount: Money,
}

/// Why a recipient with payments in the year gets no row. The words are stable: they are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Skipped {
    /// Flag `D`.
    FlagNever,
    /// Flag blank or `N`.
    FlagNotYes,
    /// Every payment of the year went through a card or a third-party network.
    #[serde(rename = "reported_on_1099_k")]
    ReportedOn1099K,
    /// Every payment of the year was voided.
    Voided,
    /// No payment of the year is in play, for several reasons.
    NoPaymentInPlay,
    /// What was paid for is not marked for 1099s.
    NothingReportable,
    /// The classification is exempt from what was paid for.
    ExemptClassification,
    /// The income of the year, all types together, is not above zero.
    IncomeNotPositive,
}

impl Skipped {
    /// The stable word, as stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::FlagNever => "flag_never",
            Self::FlagNotYes => "flag_not_yes",
            Self::ReportedOn1099K => "reported_on_1099_k",
            Self::Voided => "voided",
            Self::NoPaymentInPlay => "no_payment_in_play",
            Self::NothingReportable => "nothing_reportable",
            Self::ExemptClassification => "exempt_classification",
            Self::IncomeNotPositive => "income_not_positive",
        }
    }
}

impl fmt::Display for Skipped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::FlagNever => "the vendor's 1099 flag is D: never a 1099",
            Self::FlagNotYes => "the vendor's 1099 flag is not Y",
            Self::ReportedOn1099K => "every payment is reported on 1099-K",
            Self::Voided => "every payment was voided",
            Self::NoPaymentInPlay => "no payment of the year is in play",
            Self::NothingReportable => "nothing paid for is marked for 1099s",
            Self::ExemptClassification => "the vendor's classification is exempt",
            Self::IncomeNotPositive => "the year's income is not above zero",
        })
    }
}

/// What comes of one recipient. The rows are `trace.rows`, in the order of income types.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The rows, the reason there are none, the exceptions, and what is behind them.
    pub trace: Trace,
}

impl Outcome {
    /// The 1099 information, by income type; empty if skipped.
    pub fn rows(&self) -> &[InformationRow] {
        &self.trace.rows
    }

    /// Why there are no rows; `None` exactly when there are some.
    pub fn skipped(&self) -> Option<Skipped> {
        self.trace.skipped
    }

    /// What a person should look at.
    pub fn exceptions(&self) -> &[Exception] {
        &self.trace.exceptions
    }
}

/// What a method has found out about a recipient, before rows are made of it.
pub(super) struct Findings<'a> {
    context: &'a RunContext,
    history: &'a RecipientHistory<'a>,
    payments: Vec<PaymentTrace>,
    /// The vouchers, by key.
    pub(super) vouchers: Vec<VoucherTrace>,
    /// The exceptions so far.
    pub(super) exceptions: Vec<Exception>,
}

impl<'a> Findings<'a> {
    pub(super) fn new(
        context: &'a RunContext,
        history: &'a RecipientHistory<'a>,
        payments: Vec<PaymentTrace>,
    ) -> Self {
        Self {
            context,
            history,
            payments,
            vouchers: Vec::new(),
            exceptions: withholding::exceptions(context, history),
        }
    }

    /// What decides whether an income type is reported to this recipient.
    pub(super) fn reach(&self) -> Reach {
        let federal: Money = self.payments.iter().map(|p| p.federal_tax_withheld).sum();
        Reach {
            flag_1099: self.history.vendor.flag_1099,
            classification: self.history.vendor.classification,
            federal_tax_withheld: federal.is_positive(),
        }
    }

    /// Adds the leaves up to rows and decides whether they are kept.
    ///
    /// A recipient whose income is not above zero and from whom nothing was
    /// withheld gets no row at all; a negative row beside a positive one stays.
    pub(super) fn settle(mut self) -> Outcome {
        let mut rows = self.rows();
        let sum = |withheld: bool| -> Money {
            rows.iter()
                .filter(|row| row.income_type.is_withheld() == withheld)
                .map(|row| row.taxable_amount)
                .sum()
        };
        let kept = sum(false).is_positive() || sum(true).is_positive();
        let skipped = (!kept).then(|| self.reason());
        if !kept {
            rows.clear();
        }
        self.exceptions.extend(negative(&rows));
        let vendor = self.history.vendor;
        Outcome {
            trace: Trace {
                method: self.context.method,
                payer_id: self.context.payer_id.clone(),
                tax_year: self.context.tax_year.year(),
                recipient_id: vendor.vendor_id.clone(),
                flag_1099: vendor.flag_1099,
                classification: vendor.classification,
                rows,
                skipped,
                vouchers: self.vouchers,
                payments: self.payments,
                exceptions: self.exceptions,
            },
        }
    }

    fn rows(&self) -> Vec<InformationRow> {
        let mut sums = BTreeMap::<IncomeType, (Money, Money)>::new();
        let mut add = |income_type, total, taxable| {
            let sum = sums.entry(income_type).or_default();
            sum.0 += total;
            sum.1 += taxable;
        };
        let shares = self.vouchers.iter().flat_map(|v| &v.shares);
        for share in shares.filter(|s| s.left_out.is_none()) {
            add(
                share.income_type,
                share.total_1099_amount,
                share.taxable_amount,
            );
        }
        let reach = self.reach();
        for payment in &self.payments {
            for (income_type, withheld) in [
                (
                    IncomeType::FederalIncomeTaxWithheld,
                    payment.federal_tax_withheld,
                ),
                (IncomeType::StateTaxWithheld, payment.state_tax_withheld),
            ] {
                if reach.left_out(income_type).is_none() {
                    add(income_type, withheld, withheld);
                }
            }
        }
        sums.into_iter()
            .filter(|(_, (total, taxable))| !total.is_zero() || !taxable.is_zero())
            .map(
                |(income_type, (total_1099_amount, taxable_amount))| InformationRow {
                    income_type,
                    total_1099_amount,
                    taxable_amount,
                },
            )
            .collect()
    }

    /// The first rule, in the order that decides, that left this recipient without rows.
    fn reason(&self) -> Skipped {
        let all = |standing| self.payments.iter().all(|p| p.standing == standing);
        let paid = self
            .payments
            .iter()
            .any(|p| p.standing == Standing::ThisYear);
        let shares = || self.vouchers.iter().flat_map(|v| &v.shares);
        match self.history.vendor.flag_1099 {
            Flag1099::Never => Skipped::FlagNever,
            Flag1099::No => Skipped::FlagNotYes,
            Flag1099::Yes if !paid && all(Standing::ReportedOn1099K) => Skipped::ReportedOn1099K,
            Flag1099::Yes if !paid && all(Standing::Voided) => Skipped::Voided,
            Flag1099::Yes if !paid => Skipped::NoPaymentInPlay,
            Flag1099::Yes if shares().next().is_none() => Skipped::NothingReportable,
            Flag1099::Yes
                if shares().all(|s| s.left_out == Some(LeftOut::ExemptClassification)) =>
            {
                Skipped::ExemptClassification
            }
            Flag1099::Yes => Skipped::IncomeNotPositive,
        }
    }
}

fn negative(rows: &[InformationRow]) -> Vec<Exception> {
    rows.iter()
        .filter(|row| row.taxable_amount.is_negative())
        .map(|row| Exception::NegativeRow {
            income_type: row.income_type,
            taxable_amount: row.taxable_amount,
        })
        .collect()
}
