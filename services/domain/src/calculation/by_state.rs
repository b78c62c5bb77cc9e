//! What of each row of 1099 information belongs to which state, by the states that the payments name.
//!
//! The breakdown stands beside the rows and changes none of them. What a payment reports by itself, and what was kept
//! back from it, is its state's. What a voucher reports is the state's whose payment was split over the reported
//! line; where a method takes the voucher as a whole, it is split by the cash of this payer's and recipient's payments
//! of the year, in whole cents by largest remainder, ties to the earlier code. The parts of an income type, those
//! under no state among them, add up to its row, always.

use std::collections::{BTreeMap, HashMap};

use super::apportion::apportion;
use super::history::RecipientHistory;
use super::outcome::Outcome;
use super::standing::Standing;
use super::trace::{ShareTrace, VoucherTrace};
use crate::history::Payment;
use crate::{IncomeType, Money, PaymentId};

/// One state's part of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateShare {
    /// The row.
    pub income_type: IncomeType,
    /// The state's two capital letters; blank for what was paid without naming one.
    pub state: String,
    /// Its part of the row's taxable amount; never zero.
    pub amount: Money,
}

/// The parts of each row by income type and state. Nothing where no payment names a state: then nothing is known.
pub fn by_state(history: &RecipientHistory<'_>, outcome: &Outcome) -> Vec<StateShare> {
    let trace = &outcome.trace;
    let states = States::of(history);
    if trace.rows.is_empty() || !states.any_named() {
        return Vec::new();
    }
    let mut sums = BTreeMap::<(IncomeType, &str), Money>::new();
    for voucher in &trace.vouchers {
        let counted = voucher.shares.iter().filter(|s| s.left_out.is_none());
        for share in counted {
            let parts = match voucher.is_split_over_lines() {
                true => by_line(voucher, share.income_type, &states),
                false => by_cash(outcome, voucher, share, &states),
            };
            for (state, amount) in parts {
                *sums.entry((share.income_type, state)).or_default() += amount;
            }
        }
    }
    for payment in &trace.payments {
        let state = states.of_payment(&payment.payment_id);
        let whole = payment.share.as_ref().filter(|s| s.left_out.is_none());
        let whole = whole.and_then(|share| Some((share.income_type?, share.amount)));
        let withheld = [
            (
                IncomeType::FederalIncomeTaxWithheld,
                payment.federal_tax_withheld,
            ),
            (IncomeType::StateTaxWithheld, payment.state_tax_withheld),
        ];
        for (income_type, amount) in withheld.into_iter().chain(whole) {
            *sums.entry((income_type, state)).or_default() += amount;
        }
    }
    let has_row = |income_type| trace.rows.iter().any(|row| row.income_type == income_type);
    sums.into_iter()
        .filter(|((income_type, _), amount)| !amount.is_zero() && has_row(*income_type))
        .map(|((income_type, state), amount)| StateShare {
            income_type,
            state: state.to_owned(),
            amount,
        })
        .collect()
}

/// The state of each payment that names one.
struct States<'a>(HashMap<&'a PaymentId, &'a str>);

impl<'a> States<'a> {
    fn of(history: &RecipientHistory<'a>) -> Self {
        let own = history.payments.iter().map(|paid| paid.payment);
        let named = own.filter(|payment| !payment.state.is_empty());
        let state = |payment: &'a Payment| (&payment.payment_id, payment.state.as_str());
        Self(named.map(state).collect())
    }

    fn any_named(&self) -> bool {
        !self.0.is_empty()
    }

    /// Blank for one that names none.
    fn of_payment(&self, payment_id: &PaymentId) -> &'a str {
        self.0.get(payment_id).copied().unwrap_or_default()
    }
}

impl VoucherTrace {
    fn is_split_over_lines(&self) -> bool {
        self.payments
            .iter()
            .any(|applied| !applied.parts.is_empty())
    }
}

fn by_line<'a>(
    voucher: &VoucherTrace,
    income_type: IncomeType,
    states: &States<'a>,
) -> BTreeMap<&'a str, Money> {
    let mut parts = BTreeMap::<_, Money>::new();
    for applied in &voucher.payments {
        let of_type = applied.parts.iter();
        let of_type = of_type.filter(|part| part.income_type == Some(income_type));
        let state = states.of_payment(&applied.payment_id);
        *parts.entry(state).or_default() += of_type.map(|part| part.amount).sum();
    }
    parts
}

/// A share that was worked out for the voucher as a whole, split by the cash that the recipient got for it.
fn by_cash<'a>(
    outcome: &Outcome,
    voucher: &VoucherTrace,
    share: &ShareTrace,
    states: &States<'a>,
) -> BTreeMap<&'a str, Money> {
    let trace = &outcome.trace;
    let mut cash = BTreeMap::<_, Money>::new();
    for applied in &voucher.payments {
        let is_own = applied.standing == Standing::ThisYear
            && applied.payer_id.as_ref() == Some(&trace.payer_id)
            && applied.recipient_id == trace.recipient_id;
        if is_own {
            let state = states.of_payment(&applied.payment_id);
            *cash.entry(state).or_default() += applied.applied;
        }
    }
    if cash.values().copied().sum::<Money>().is_negative() {
        cash.values_mut().for_each(|amount| *amount = -*amount);
    }
    apportion(share.taxable_amount, &cash).unwrap_or_else(|| [("", share.taxable_amount)].into())
}
