//! What comes of one recipient: rows, or the reason there are none.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::exception::Exception;
use super::history::RecipientHistory;
use super::left_out::{LeftOut, Reach};
use super::standing::Standing;
use super::trace::{PaymentTrace, Trace, VoucherTrace};
use super::{Method, RunContext, withholding};
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
    /// What it was paid is reported to the vendors of record of the vouchers.
    VendorOfRecord,
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
            Self::VendorOfRecord => "vendor_of_record",
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
            Self::VendorOfRecord => "its vouchers are reported to their vendors of record",
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

/// Keeps an income type off a recipient's 1099, or not.
pub(super) type Judge = fn(Reach, IncomeType) -> Option<LeftOut>;

impl<'a> Findings<'a> {
    pub(super) fn new(context: &'a RunContext, history: &'a RecipientHistory<'a>) -> Self {
        Self {
            context,
            history,
            payments: withholding::payments(context, history),
            vouchers: Vec::new(),
            exceptions: withholding::exceptions(context, history),
        }
    }

    /// The recipient's payments of the year, to give shares to those that report by themselves.
    pub(super) fn payments_mut(&mut self) -> &mut [PaymentTrace] {
        &mut self.payments
    }

    /// What decides whether an income type is reported to this recipient. Tax withheld by code counts too.
    fn reach(&self) -> Reach {
        let columns = self.payments.iter().map(|p| p.federal_tax_withheld);
        let by_code = self
            .vouchers
            .iter()
            .flat_map(|v| &v.shares)
            .filter(|share| share.income_type == IncomeType::FederalIncomeTaxWithheld)
            .map(|share| share.taxable_amount);
        let by_payment = self.payments.iter().filter_map(|p| p.share.as_ref());
        let by_payment = by_payment
            .filter(|share| share.income_type == Some(IncomeType::FederalIncomeTaxWithheld))
            .map(|share| share.amount);
        let federal: Money = columns.chain(by_code).chain(by_payment).sum();
        Reach {
            flag_1099: self.history.vendor.flag_1099,
            classification: self.history.vendor.classification,
            federal_tax_withheld: federal.is_positive(),
        }
    }

    /// Judges every leaf, adds those that stand up to rows, and decides whether they are kept.
    ///
    /// A recipient whose income is not above zero and from whom nothing was
    /// withheld gets no row at all; a negative row beside a positive one stays.
    pub(super) fn settle(mut self, judge: Judge) -> Outcome {
        self.judge(judge);
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

    fn judge(&mut self, judge: Judge) {
        let reach = self.reach();
        for share in self.vouchers.iter_mut().flat_map(|v| &mut v.shares) {
            share.left_out = judge(reach, share.income_type);
        }
        for share in self.payments.iter_mut().filter_map(|p| p.share.as_mut()) {
            if let Some(income_type) = share.income_type {
                share.left_out = judge(reach, income_type);
            }
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
            if let Some(share) = &payment.share
                && let (Some(income_type), None) = (share.income_type, share.left_out)
            {
                add(income_type, share.amount, share.amount);
            }
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
        let leaves = self.leaves();
        let by_codes = matches!(self.context.method, Method::RelateTo { .. });
        let exempt = Some(LeftOut::ExemptClassification);
        match self.history.vendor.flag_1099 {
            Flag1099::Never => Skipped::FlagNever,
            Flag1099::No if !by_codes || leaves.is_empty() => Skipped::FlagNotYes,
            _ if !paid && all(Standing::ReportedOn1099K) => Skipped::ReportedOn1099K,
            _ if !paid && all(Standing::Voided) => Skipped::Voided,
            _ if !paid => Skipped::NoPaymentInPlay,
            _ if leaves.is_empty() && self.goes_to_others() => Skipped::VendorOfRecord,
            _ if leaves.is_empty() => Skipped::NothingReportable,
            _ if leaves.iter().all(|left_out| *left_out == exempt) => Skipped::ExemptClassification,
            _ => Skipped::IncomeNotPositive,
        }
    }

    /// What became of each leaf that has an income type.
    fn leaves(&self) -> Vec<Option<LeftOut>> {
        let of_vouchers = self.vouchers.iter().flat_map(|v| &v.shares);
        let of_vouchers = of_vouchers.map(|share| share.left_out);
        let of_payments = self.payments.iter().filter_map(|p| p.share.as_ref());
        let typed = of_payments.filter(|share| share.income_type.is_some());
        of_vouchers
            .chain(typed.map(|share| share.left_out))
            .collect()
    }

    /// It was paid for vouchers, but none of them is reported to it.
    fn goes_to_others(&self) -> bool {
        self.context.method.goes_by_vendor_of_record()
            && self.vouchers.is_empty()
            && self.payments.iter().any(|p| !p.without_vouchers)
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
