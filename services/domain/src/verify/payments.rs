//! The payments of the year: this recipient's part of each, and what was withheld from it.

use super::finding::Audit;
use super::split::split;
use super::sums::standing_goes_with_date;
use super::told::{ByApplications, Payment, PaymentShare, Trace};
use super::words::{Way, is_direct};

/// Works every payment out again.
pub(super) fn check(audit: &mut Audit, trace: &Trace) {
    audit.at_recipient();
    for payment in &trace.payments {
        audit.at_payment(&payment.payment_id);
        audit.proof.payments += 1;
        standing_goes_with_date(audit, &payment.standing, &payment.date, trace.tax_year);
        let by_processor = payment.standing == "reported_on_1099_k";
        let what = format!(
            "a payment by {} stands as {}",
            payment.method, payment.standing
        );
        audit.holds(&what, by_processor != is_direct(&payment.method));
        let counts = payment.standing == "this_year";
        audit.holds(
            "a payment that counts is of more than nothing",
            !counts || payment.gross > 0,
        );
        parts(audit, trace, payment, counts);
        share(audit, trace, payment, counts);
    }
    audit.at_payment("");
    applications_agree(audit, trace);
}

/// The pay vendor has all of a payment; without one the recipients share it by their applications.
fn parts(audit: &mut Audit, trace: &Trace, payment: &Payment, counts: bool) {
    let (received, federal, state) = match &payment.by_applications {
        Some(split) => {
            let part = |whole| part_of(split, &trace.recipient_id, whole);
            (part(payment.gross), part(split.federal), part(split.state))
        }
        None if payment.received == 0 => (0, 0, 0),
        None => (payment.gross, payment.federal, payment.state),
    };
    let withheld = |amount| if counts { amount } else { 0 };
    audit.cents("received", received, payment.received);
    audit.cents("federal tax withheld", withheld(federal), payment.federal);
    audit.cents("state tax withheld", withheld(state), payment.state);
}

fn part_of(by: &ByApplications, recipient_id: &str, whole: i128) -> i128 {
    let mut sums = std::collections::BTreeMap::<&str, i128>::new();
    for (recipient_id, amount) in &by.applied {
        *sums.entry(recipient_id).or_default() += amount;
    }
    let weights: Vec<_> = sums.values().copied().collect();
    let at = sums.keys().position(|key| *key == recipient_id);
    let parts = split(whole, &weights);
    at.zip(parts).map_or(0, |(at, parts)| parts[at])
}

/// What a payment reports by itself.
fn share(audit: &mut Audit, trace: &Trace, payment: &Payment, counts: bool) {
    let has = payment.share.is_some();
    let by_code = payment.share.as_ref();
    let by_code = by_code.is_some_and(|share| share.decided_by == "code1");
    let wanted = counts
        && match trace.way {
            Way::IncomeFirst | Way::PercentPaid | Way::AsDocumented | Way::Oh => false,
            Way::DirectPayments => payment.without_vouchers,
            Way::Bk => payment.received != 0,
            // A payment with vouchers counts as a whole by a code of its own only.
            Way::Bo => payment.received != 0 && (payment.without_vouchers || by_code),
        };
    let word = |there| if there { "a share" } else { "no share" };
    audit.words("payment as a whole", word(wanted), word(has));
    if let Some(PaymentShare {
        amount,
        income_type,
        left_out,
        ..
    }) = &payment.share
    {
        audit.cents("payment as a whole", payment.received, *amount);
        let either = income_type.is_some() || !left_out.is_empty();
        audit.holds("it counts, or a rule leaves it out", either);
    }
}

/// A payment of this payer and year to this recipient is listed, and stands as its applications say.
fn applications_agree(audit: &mut Audit, trace: &Trace) {
    for voucher in &trace.vouchers {
        let mine = voucher.applied.iter().filter(|applied| {
            applied.standing == "this_year"
                && applied.payer_id.as_ref() == Some(&trace.payer_id)
                && applied.recipient_id == trace.recipient_id
        });
        for applied in mine {
            let paid = |paid: &&Payment| paid.payment_id == applied.payment_id;
            let listed = trace.payments.iter().find(paid);
            let told = |standing: &str, date: &str| format!("{standing} of {date}");
            let expected = told(&applied.standing, &applied.date);
            let found = listed.map_or(String::new(), |paid| told(&paid.standing, &paid.date));
            let what = format!("payment {} among those of the year", applied.payment_id);
            audit.words(&what, &expected, &found);
        }
    }
}
