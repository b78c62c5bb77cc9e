//! The recipient's payments of the year, and the tax kept back from them.

use std::collections::BTreeMap;

use super::RunContext;
use super::apportion::apportion;
use super::exception::Exception;
use super::history::{PaymentHistory, RecipientHistory};
use super::standing::Standing;
use super::trace::{AppliedForTrace, ByApplicationsTrace, PaymentTrace};
use crate::{Money, VendorId};

/// Every payment of the year, with this recipient's part of it and of the tax withheld.
pub fn payments(context: &RunContext, history: &RecipientHistory<'_>) -> Vec<PaymentTrace> {
    let mut payments: Vec<_> = history.payments.iter().collect();
    payments.sort_by_key(|p| (p.payment.payment_date, &p.payment.payment_id));
    let trace = |paid: &&PaymentHistory<'_>| {
        let payment = paid.payment;
        let standing = Standing::of(payment, context.tax_year);
        let part = |whole| part_of(paid, &history.vendor.vendor_id, whole);
        let withheld = |whole| match standing {
            Standing::ThisYear => part(whole),
            _ => Money::ZERO,
        };
        PaymentTrace {
            payment_id: payment.payment_id.clone(),
            payment_date: payment.payment_date,
            method: payment.method,
            standing,
            gross: payment.gross(),
            received: part(payment.gross()),
            without_vouchers: paid.applications.is_empty(),
            federal_tax_withheld: withheld(payment.federal_tax_withheld),
            state_tax_withheld: withheld(payment.state_tax_withheld),
            by_applications: by_applications(paid),
            share: None,
        }
    };
    payments.iter().map(trace).collect()
}

/// Who gets a payment, or a column of it: the pay vendor, or else the recipients with a positive sum of applications.
///
/// A payment without pay vendor is split over them in proportion, ties to the earlier vendor id.
fn part_of(paid: &PaymentHistory<'_>, recipient_id: &VendorId, whole: Money) -> Money {
    if let Some(pay_vendor_id) = &paid.payment.pay_vendor_id {
        return match pay_vendor_id == recipient_id {
            true => whole,
            false => Money::ZERO,
        };
    }
    apportion(whole, &applied_by_recipient(paid))
        .and_then(|parts| parts.get(recipient_id).copied())
        .unwrap_or_default()
}

/// How a payment without pay vendor is split, as the trace shows it.
fn by_applications(paid: &PaymentHistory<'_>) -> Option<ByApplicationsTrace> {
    let payment = paid.payment;
    let weight = |(recipient_id, applied): (&VendorId, Money)| AppliedForTrace {
        recipient_id: recipient_id.clone(),
        applied,
    };
    payment
        .pay_vendor_id
        .is_none()
        .then(|| ByApplicationsTrace {
            federal_tax_withheld: payment.federal_tax_withheld,
            state_tax_withheld: payment.state_tax_withheld,
            recipients: applied_by_recipient(paid).into_iter().map(weight).collect(),
        })
}

fn applied_by_recipient<'a>(paid: &PaymentHistory<'a>) -> BTreeMap<&'a VendorId, Money> {
    let mut sums = BTreeMap::<_, Money>::new();
    for (application, recipient_id) in &paid.applications {
        *sums.entry(*recipient_id).or_default() += application.amount;
    }
    sums
}

/// What is wrong with the payments of the year.
pub fn exceptions(context: &RunContext, history: &RecipientHistory<'_>) -> Vec<Exception> {
    let in_play = |paid: &&PaymentHistory<'_>| {
        Standing::of(paid.payment, context.tax_year) == Standing::ThisYear
    };
    history
        .payments
        .iter()
        .filter(in_play)
        .filter(|paid| reaches(paid, &history.vendor.vendor_id))
        .filter_map(|paid| match paid.applications.is_empty() {
            true if context.method.takes_payments_without_vouchers() => None,
            true => Some(Exception::PaymentWithoutVouchers {
                payment_id: paid.payment.payment_id.clone(),
                gross: paid.payment.gross(),
            }),
            false => does_not_add_up(paid),
        })
        .collect()
}

/// Whether the recipient was paid, and is not only the vendor of record of what was paid for.
fn reaches(paid: &PaymentHistory<'_>, recipient_id: &VendorId) -> bool {
    paid.payment.pay_vendor_id.as_ref() == Some(recipient_id)
        || paid.applications.iter().any(|(_, id)| *id == recipient_id)
}

fn does_not_add_up(paid: &PaymentHistory<'_>) -> Option<Exception> {
    let applied = paid.applications.iter().map(|(a, _)| a.amount).sum();
    let gross = paid.payment.gross();
    (applied != gross).then(|| Exception::ApplicationsDoNotAddUp {
        payment_id: paid.payment.payment_id.clone(),
        gross,
        applied,
    })
}

/// The exceptions of a payment of the year that no recipient's turn shows: no pay vendor, and no application
/// that says who was paid. The run reports them once, beside the recipients.
pub(super) fn exceptions_without_recipient(
    context: &RunContext,
    paid: &PaymentHistory<'_>,
) -> Vec<Exception> {
    let payment = paid.payment;
    let in_play = Standing::of(payment, context.tax_year) == Standing::ThisYear;
    if payment.pay_vendor_id.is_some() || !in_play {
        return Vec::new();
    }
    let applied = applied_by_recipient(paid);
    let withheld = payment.federal_tax_withheld + payment.state_tax_withheld;
    let reaches_nobody = !applied.values().any(|sum| sum.is_positive());
    let (payment_id, gross) = (payment.payment_id.clone(), payment.gross());
    let without_vouchers =
        applied
            .is_empty()
            .then(|| match context.method.takes_payments_without_vouchers() {
                true => Exception::PaymentWithoutRecipient { payment_id, gross },
                false => Exception::PaymentWithoutVouchers { payment_id, gross },
            });
    let from_nobody =
        (reaches_nobody && !withheld.is_zero()).then(|| Exception::WithholdingWithoutRecipient {
            payment_id: payment.payment_id.clone(),
            withheld,
        });
    without_vouchers.into_iter().chain(from_nobody).collect()
}
