//! What the calculation service knows of the history, as findings.

use formfeed_domain::Money;
use formfeed_domain::preflight::{Finding, Kind, Severity};
use formfeed_proto::calculation::{
    CalculationException, Method, PaymentWithoutPayer, UnmappedAccount,
};

/// An exception matters where its recipient gets a form, or nearly does.
pub(super) fn exception(exception: CalculationException, matters: bool) -> Finding {
    let CalculationException {
        recipient_id,
        payment_id,
        voucher_id,
        explanation,
        ..
    } = exception;
    let vendor = format!("vendors/{recipient_id}");
    let record = match (payment_id.is_empty(), voucher_id.is_empty()) {
        (false, _) => format!("payments/{payment_id}"),
        (true, false) => format!("vouchers/{voucher_id}"),
        (true, true) => vendor.clone(),
    };
    let severity = match matters {
        true => Severity::Warning,
        false => Severity::Note,
    };
    let is_related = !recipient_id.is_empty() && record != vendor;
    Finding {
        related: is_related.then_some(vendor).into_iter().collect(),
        ..Finding::new(Kind::CalculationException, severity, record, explanation)
    }
}

/// No calculation sees such a payment, whoever was paid.
pub(super) fn without_payer(payment: PaymentWithoutPayer) -> Finding {
    let (amount, account) = (
        Money::from_cents(payment.gross_cents),
        &payment.cash_account_id,
    );
    let effect = format!("{amount} reaches no form: cash account {account} belongs to no payer");
    let record = format!("payments/{}", payment.payment_id);
    let vendor = Some(&payment.pay_vendor_id).filter(|id| !id.is_empty());
    Finding {
        related: vendor
            .map(|id| format!("vendors/{id}"))
            .into_iter()
            .collect(),
        ..Finding::new(
            Kind::PaymentWithoutPayer,
            Severity::Blocking,
            record,
            effect,
        )
    }
}

/// What is on an unmapped account is left out by DIRECT_PAYMENTS alone.
pub(super) fn unmapped(account: UnmappedAccount, method: Option<Method>) -> Finding {
    let severity = match method {
        Some(Method::DirectPayments) => Severity::Warning,
        _ => Severity::Note,
    };
    let (record, what) = match account.account_id.as_str() {
        "" => ("accounts/".to_owned(), "no account at all"),
        id => (format!("accounts/{id}"), "an account without income type"),
    };
    let (lines, payments) = (account.voucher_lines, account.payments);
    let effect = format!(
        "{lines} voucher lines and {payments} payments without vouchers are on {what}: DIRECT_PAYMENTS leaves them out"
    );
    let examples = [
        ("vouchers", &account.voucher_id),
        ("payments", &account.payment_id),
    ];
    let examples = examples.into_iter().filter(|(_, id)| !id.is_empty());
    Finding {
        related: examples
            .map(|(collection, id)| format!("{collection}/{id}"))
            .collect(),
        ..Finding::new(Kind::UnmappedAccount, severity, record, effect)
    }
}
