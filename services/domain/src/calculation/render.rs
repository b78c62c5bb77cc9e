//! A trace as text, for a person who asks why an amount is what it is.

use std::fmt::{self, Write};

use super::decided_by::DecidedBy;
use super::left_out::LeftOut;
use super::standing::Standing;
use super::trace::{PartTrace, PaymentTrace, ShareTrace, Trace, VoucherTrace};
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
    write!(
        out,
        "voucher {} of vendor {}",
        voucher.voucher_id, voucher.vendor_id
    )?;
    if let Some(of_record) = &voucher.vendor_of_record_id {
        write!(out, ", of record {of_record}")?;
    }
    write!(
        out,
        ": income {} (cash this year {}, before {}, reportable {}",
        voucher.income, voucher.cash, voucher.prior, voucher.reportable
    )?;
    if let Some(invoice) = voucher.invoice_amount {
        write!(out, ", invoice {invoice}")?;
    }
    writeln!(out, ")")?;
    if !voucher.voided.is_zero() {
        writeln!(
            out,
            "  voided: {} first counted, then deducted: {} less {} is {}",
            voucher.voided,
            voucher.cash + voucher.voided,
            voucher.voided,
            voucher.cash
        )?;
    }
    for line in &voucher.lines {
        write!(out, "  line {}: {} ", line.line, line.net)?;
        write_what(out, line.income_type, line.left_out, line.decided_by)?;
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
        if let Some(rule) = paid.left_out {
            writeln!(out, "    not split over lines: {}", rule.explanation())?;
        }
        for part in &paid.parts {
            write_part(out, part)?;
        }
    }
    for of_type in voucher.types.iter().filter(|t| wanted(t.income_type)) {
        writeln!(
            out,
            "  whole voucher: {}: {} of lines of {}",
            of_type.income_type, of_type.taxable_amount, of_type.line_total
        )?;
    }
    for pair in &voucher.pairs {
        writeln!(
            out,
            "  split: {} to {} for {} in cash: {} of a total of {}{}",
            pair.payer_id.as_ref().map_or("no payer", |p| p.as_str()),
            pair.recipient_id,
            pair.cash,
            pair.taxable_amount,
            pair.total_1099_amount,
            rounding(pair.rounding_cent)
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

fn write_part(out: &mut String, part: &PartTrace) -> fmt::Result {
    let tax = if part.sales_tax { ", sales tax" } else { "" };
    write!(out, "    on line {}{tax}: {} ", part.line, part.amount)?;
    write_what(out, part.income_type, part.left_out, None)?;
    writeln!(out, "{}", rounding(part.rounding_cent))
}

/// What something reports as and why, or the rule that left it out.
fn write_what(
    out: &mut String,
    income_type: Option<IncomeType>,
    left_out: Option<LeftOut>,
    decided_by: Option<DecidedBy>,
) -> fmt::Result {
    match (income_type, left_out) {
        (_, Some(rule)) => write!(out, "left out: {}", rule.explanation())?,
        (Some(income_type), None) => write!(out, "{income_type}")?,
        (None, None) => write!(out, "counts")?,
    }
    match decided_by {
        Some(decided_by) => write!(out, " {}", decided_by.explanation()),
        None => Ok(()),
    }
}

fn rounding(cent: bool) -> &'static str {
    match cent {
        true => ", with a cent left over in the split",
        false => "",
    }
}

fn write_share(out: &mut String, share: &ShareTrace) -> fmt::Result {
    write!(
        out,
        "  = {}: {} of a total of {} (lines {}){}",
        share.income_type,
        share.taxable_amount,
        share.total_1099_amount,
        share.line_total,
        rounding(share.rounding_cent)
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
        write!(out, ", settles no voucher")?;
    }
    for (withheld, office) in [
        (payment.federal_tax_withheld, "federal"),
        (payment.state_tax_withheld, "state"),
    ] {
        if !withheld.is_zero() {
            write!(out, "; {office} tax withheld {withheld}")?;
        }
    }
    writeln!(out)?;
    if let Some(split) = payment
        .by_applications
        .as_ref()
        .filter(|s| s.recipients.len() > 1)
    {
        write!(out, "  names no pay vendor, split by what was applied:")?;
        for part in &split.recipients {
            write!(out, " {} for {};", part.applied, part.recipient_id)?;
        }
        writeln!(
            out,
            " withheld in all {} federal, {} state",
            split.federal_tax_withheld, split.state_tax_withheld
        )?;
    }
    if let Some(share) = &payment.share {
        write!(out, "  as a whole: {} ", share.amount)?;
        write_what(out, share.income_type, share.left_out, share.decided_by)?;
        writeln!(out)?;
    }
    Ok(())
}
