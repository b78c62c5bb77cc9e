//! A trace as text, for a person who asks why an amount is what it is.

use std::fmt::{self, Write};

use super::standing::Standing;
use super::trace::{PaymentTrace, ShareTrace, Trace, VoucherTrace};
use crate::IncomeType;
use crate::Money;

/// The whole trace, one fact a line, deeper facts indented.
pub fn render_text(trace: &Trace) -> String {
    render(trace, None)
}

/// The trace of one income type: its row, the vouchers that have it, and all payments.
pub fn render_text_of(trace: &Trace, income_type: IncomeType) -> String {
    render(trace, Some(income_type))
}

fn render(trace: &Trace, only: Option<IncomeType>) -> String {
    let mut text = String::new();
    write(&mut text, trace, only).expect("writing to a string cannot fail");
    text
}

fn write(out: &mut String, trace: &Trace, only: Option<IncomeType>) -> fmt::Result {
    let wanted = |t: IncomeType| only.is_none_or(|only| only == t);
    writeln!(
        out,
        "{} {} {} for recipient {} (flag {}, {})",
        trace.method,
        trace.payer_id,
        trace.tax_year,
        trace.recipient_id,
        trace.flag_1099.as_str(),
        trace
            .classification
            .map_or("no classification", |c| c.as_str()),
    )?;
    if let Some(skipped) = trace.skipped {
        writeln!(out, "no 1099 information: {skipped}")?;
    }
    for row in trace.rows.iter().filter(|row| wanted(row.income_type)) {
        let (total, taxable) = (row.total_1099_amount, row.taxable_amount);
        writeln!(
            out,
            "{}: taxable {taxable}, of a 1099 total of {total}",
            row.income_type
        )?;
    }
    for voucher in &trace.vouchers {
        if only.is_none() || voucher.shares.iter().any(|s| wanted(s.income_type)) {
            write_voucher(out, voucher, wanted)?;
        }
    }
    for payment in &trace.payments {
        write_payment(out, payment)?;
    }
    for exception in &trace.exceptions {
        writeln!(out, "exception: {exception}")?;
    }
    Ok(())
}

fn write_voucher(
    out: &mut String,
    voucher: &VoucherTrace,
    wanted: impl Fn(IncomeType) -> bool,
) -> fmt::Result {
    writeln!(
        out,
        "voucher {} of vendor {}: income {} (cash this year {}, before {}, reportable {})",
        voucher.voucher_id,
        voucher.vendor_id,
        voucher.income,
        voucher.cash,
        voucher.prior,
        voucher.reportable
    )?;
    for line in &voucher.lines {
        let what = match (line.income_type, line.left_out) {
            (_, Some(rule)) => format!("left out: {}", rule.explanation()),
            (Some(income_type), None) => income_type.to_string(),
            (None, None) => "counts".to_owned(),
        };
        write!(out, "  line {}: {} {what}", line.line, line.net)?;
        end_with(out, line.sales_tax, "sales tax left out")?;
    }
    for paid in &voucher.payments {
        write!(
            out,
            "  payment {} of {} to {} by {}: {} {}",
            paid.payment_id,
            paid.payment_date,
            paid.recipient_id,
            paid.payer_id.as_ref().map_or("no payer", |p| p.as_str()),
            paid.applied,
            paid.standing.explanation()
        )?;
        end_with(out, paid.discount, "discount taken")?;
    }
    for pair in &voucher.pairs {
        writeln!(
            out,
            "  split: {} to {} for {} in cash: {} of a total of {}",
            pair.payer_id.as_ref().map_or("no payer", |p| p.as_str()),
            pair.recipient_id,
            pair.cash,
            pair.taxable_amount,
            pair.total_1099_amount
        )?;
    }
    let shares = voucher.shares.iter();
    for share in shares.filter(|s| wanted(s.income_type)) {
        write_share(out, share)?;
    }
    Ok(())
}

fn end_with(out: &mut String, amount: Money, what: &str) -> fmt::Result {
    match amount.is_zero() {
        true => writeln!(out),
        false => writeln!(out, "; {amount} {what}"),
    }
}

fn write_share(out: &mut String, share: &ShareTrace) -> fmt::Result {
    write!(
        out,
        "  = {}: {} of a total of {} (lines {})",
        share.income_type, share.taxable_amount, share.total_1099_amount, share.line_total
    )?;
    match share.left_out {
        Some(rule) => writeln!(out, ", left out: {}", rule.explanation()),
        None => writeln!(out),
    }
}

fn write_payment(out: &mut String, payment: &PaymentTrace) -> fmt::Result {
    write!(
        out,
        "payment {} of {} by {}: gross {}, to this recipient {}, {}",
        payment.payment_id,
        payment.payment_date,
        payment.method.as_str(),
        payment.gross,
        payment.received,
        payment.standing.explanation()
    )?;
    if payment.without_vouchers && payment.standing == Standing::ThisYear {
        write!(out, ", but settles no voucher")?;
    }
    for (withheld, office) in [
        (payment.federal_tax_withheld, "federal"),
        (payment.state_tax_withheld, "state"),
    ] {
        if !withheld.is_zero() {
            write!(out, "; {office} tax withheld {withheld}")?;
        }
    }
    writeln!(out)
}
