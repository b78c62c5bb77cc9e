//! Reads a trace as plain JSON: amounts are text with two decimals and become whole cents.

use serde_json::Value;

use super::told::{
    Applied, ByApplications, Line, LinePart, OfType, Pair, Payment, PaymentShare, Row, Share,
    Trace, Voucher,
};
use super::words::{Type, Way};

/// Where and why a trace cannot be read.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unreadable(pub(super) String);

type Read<T> = Result<T, Unreadable>;

/// Largest amount in cents: any larger one is no amount of money.
const MOST_CENTS: i128 = i64::MAX as i128;

pub(super) fn read(json: &str) -> Read<Trace> {
    let value: Value = serde_json::from_str(json).map_err(|bad| Unreadable(bad.to_string()))?;
    trace(&value)
}

fn trace(value: &Value) -> Read<Trace> {
    let (method, basis, source) = (
        text(value, "method")?,
        word(value, "basis")?,
        word(value, "source")?,
    );
    let unknown = || Unreadable(format!("method: {method} {basis} {source} is unknown"));
    Ok(Trace {
        way: Way::from_words(&method, &basis, &source).ok_or_else(unknown)?,
        payer_id: text(value, "payer_id")?,
        tax_year: number(value, "tax_year")?,
        recipient_id: text(value, "recipient_id")?,
        flag: text(value, "flag_1099")?,
        classification: word(value, "classification")?,
        rows: list(value, "rows", row)?,
        skipped: word(value, "skipped")?,
        vouchers: list(value, "vouchers", voucher)?,
        payments: list(value, "payments", payment)?,
    })
}

fn row(value: &Value) -> Read<Row> {
    Ok(Row {
        income_type: income_type(value)?.ok_or_else(|| missing("income_type"))?,
        total: cents(value, "total_1099_amount")?,
        taxable: cents(value, "taxable_amount")?,
    })
}

fn voucher(value: &Value) -> Read<Voucher> {
    let invoice = value.get("invoice_amount");
    Ok(Voucher {
        voucher_id: text(value, "voucher_id")?,
        vendor_id: text(value, "vendor_id")?,
        vendor_of_record_id: word(value, "vendor_of_record_id")?,
        invoice: invoice
            .map(|_| cents(value, "invoice_amount"))
            .transpose()?,
        cash: cents(value, "cash")?,
        prior: cents(value, "prior")?,
        voided: cents_or_zero(value, "voided")?,
        reportable: cents(value, "reportable")?,
        income: cents(value, "income")?,
        applied: list(value, "payments", applied)?,
        lines: list(value, "lines", line)?,
        types: list_or_none(value, "types", of_type)?,
        pairs: list_or_none(value, "pairs", pair)?,
        shares: list(value, "shares", share)?,
    })
}

fn applied(value: &Value) -> Read<Applied> {
    Ok(Applied {
        payment_id: text(value, "payment_id")?,
        date: text(value, "payment_date")?,
        amount: cents(value, "applied")?,
        standing: text(value, "standing")?,
        payer_id: some(word(value, "payer_id")?),
        recipient_id: text(value, "recipient_id")?,
        parts: list_or_none(value, "parts", line_part)?,
        left_out: word(value, "left_out")?,
    })
}

fn line_part(value: &Value) -> Read<LinePart> {
    Ok(LinePart {
        line: number(value, "line")?,
        sales_tax: mark(value, "sales_tax")?,
        amount: cents(value, "amount")?,
        income_type: income_type(value)?,
        left_out: word(value, "left_out")?,
    })
}

fn line(value: &Value) -> Read<Line> {
    Ok(Line {
        line: number(value, "line")?,
        net: cents(value, "net")?,
        sales_tax: cents_or_zero(value, "sales_tax")?,
        income_type: income_type(value)?,
        left_out: word(value, "left_out")?,
    })
}

fn of_type(value: &Value) -> Read<OfType> {
    Ok(OfType {
        income_type: income_type(value)?.ok_or_else(|| missing("income_type"))?,
        line_total: cents(value, "line_total")?,
        taxable: cents(value, "taxable_amount")?,
    })
}

fn pair(value: &Value) -> Read<Pair> {
    Ok(Pair {
        payer_id: some(word(value, "payer_id")?),
        recipient_id: text(value, "recipient_id")?,
        cash: cents(value, "cash")?,
        total: cents(value, "total_1099_amount")?,
        taxable: cents(value, "taxable_amount")?,
    })
}

fn share(value: &Value) -> Read<Share> {
    Ok(Share {
        income_type: income_type(value)?.ok_or_else(|| missing("income_type"))?,
        line_total: cents(value, "line_total")?,
        total: cents(value, "total_1099_amount")?,
        taxable: cents(value, "taxable_amount")?,
        left_out: word(value, "left_out")?,
    })
}

fn payment(value: &Value) -> Read<Payment> {
    Ok(Payment {
        payment_id: text(value, "payment_id")?,
        date: text(value, "payment_date")?,
        method: text(value, "method")?,
        standing: text(value, "standing")?,
        gross: cents(value, "gross")?,
        received: cents(value, "received")?,
        without_vouchers: mark(value, "without_vouchers")?,
        federal: cents_or_zero(value, "federal_tax_withheld")?,
        state: cents_or_zero(value, "state_tax_withheld")?,
        by_applications: inside(value, "by_applications", by_applications)?,
        share: inside(value, "share", payment_share)?,
    })
}

fn by_applications(value: &Value) -> Read<ByApplications> {
    let one = |value: &Value| Ok((text(value, "recipient_id")?, cents(value, "applied")?));
    Ok(ByApplications {
        federal: cents_or_zero(value, "federal_tax_withheld")?,
        state: cents_or_zero(value, "state_tax_withheld")?,
        applied: list(value, "recipients", one)?,
    })
}

fn payment_share(value: &Value) -> Read<PaymentShare> {
    Ok(PaymentShare {
        amount: cents(value, "amount")?,
        income_type: income_type(value)?,
        decided_by: word(value, "decided_by")?,
        left_out: word(value, "left_out")?,
    })
}

fn missing(field: &str) -> Unreadable {
    Unreadable(format!("{field} is missing"))
}

/// A text that must be there.
fn text(value: &Value, field: &str) -> Read<String> {
    let found = value.get(field).ok_or_else(|| missing(field))?;
    let found = found.as_str();
    let found = found.ok_or_else(|| Unreadable(format!("{field} is not a text")))?;
    Ok(found.to_owned())
}

/// A text that may be missing; blank then.
fn word(value: &Value, field: &str) -> Read<String> {
    match value.get(field) {
        None | Some(Value::Null) => Ok(String::new()),
        Some(_) => text(value, field),
    }
}

fn some(word: String) -> Option<String> {
    (!word.is_empty()).then_some(word)
}

fn number(value: &Value, field: &str) -> Read<i64> {
    let found = value.get(field).and_then(Value::as_i64);
    found.ok_or_else(|| Unreadable(format!("{field} is not a whole number")))
}

fn mark(value: &Value, field: &str) -> Read<bool> {
    match value.get(field) {
        None => Ok(false),
        Some(Value::Bool(found)) => Ok(*found),
        Some(_) => Err(Unreadable(format!("{field} is neither true nor false"))),
    }
}

fn income_type(value: &Value) -> Read<Option<Type>> {
    let word = word(value, "income_type")?;
    let unknown = || Unreadable(format!("income_type {word} is unknown"));
    match word.is_empty() {
        true => Ok(None),
        false => Type::from_word(&word).ok_or_else(unknown).map(Some),
    }
}

fn cents(value: &Value, field: &str) -> Read<i128> {
    let found = text(value, field)?;
    let cents = cents_in(&found);
    cents.ok_or_else(|| Unreadable(format!("{field} is no amount: {found}")))
}

fn cents_or_zero(value: &Value, field: &str) -> Read<i128> {
    match value.get(field) {
        None => Ok(0),
        Some(_) => cents(value, field),
    }
}

/// `-1234.50` in whole cents: digits, a point and two digits.
fn cents_in(amount: &str) -> Option<i128> {
    let (negative, digits) = match amount.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, amount),
    };
    let (whole, fraction) = digits.split_once('.')?;
    if whole.is_empty() || fraction.len() != 2 || whole.len() > 20 {
        return None;
    }
    let mut cents = 0_i128;
    for digit in whole.bytes().chain(fraction.bytes()) {
        let digit = digit.checked_sub(b'0').filter(|digit| *digit <= 9)?;
        cents = cents * 10 + i128::from(digit);
    }
    let in_reach = cents <= MOST_CENTS;
    in_reach.then_some(if negative { -cents } else { cents })
}

/// A list that must be there; what is wrong in it is told with its place.
fn list<T>(value: &Value, field: &str, one: impl Fn(&Value) -> Read<T>) -> Read<Vec<T>> {
    let found = value.get(field).ok_or_else(|| missing(field))?;
    let found = found.as_array();
    let found = found.ok_or_else(|| Unreadable(format!("{field} is not a list")))?;
    let within = |(at, value)| {
        one(value).map_err(|Unreadable(why)| Unreadable(format!("{field}[{at}].{why}")))
    };
    found.iter().enumerate().map(within).collect()
}

/// A list that may be missing; empty then.
fn list_or_none<T>(value: &Value, field: &str, one: impl Fn(&Value) -> Read<T>) -> Read<Vec<T>> {
    match value.get(field) {
        None => Ok(Vec::new()),
        Some(_) => list(value, field, one),
    }
}

/// An object that may be missing.
fn inside<T>(value: &Value, field: &str, one: impl Fn(&Value) -> Read<T>) -> Read<Option<T>> {
    let within = |Unreadable(why)| Unreadable(format!("{field}.{why}"));
    value.get(field).map(one).transpose().map_err(within)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_digits_a_point_and_two_digits_and_nothing_else() {
        assert_eq!(cents_in("-1234.50"), Some(-1_234_50));
        assert_eq!(cents_in("0.07"), Some(7));
        assert_eq!(cents_in("92233720368547758.07"), Some(MOST_CENTS));
        for bad in [
            "",
            "1",
            "1.5",
            "1.500",
            ".50",
            "1,00",
            "+1.00",
            "--1.00",
            "1.-5",
            "1e3.00",
            " 1.00",
            "92233720368547758.08",
            "100000000000000000000000.00",
        ] {
            assert_eq!(cents_in(bad), None, "{bad}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_told_with_its_place() {
        let told = |json: &str| read(json).err().map(|Unreadable(why)| why);
        assert!(told("{").is_some());
        assert_eq!(told("{}").as_deref(), Some("method is missing"));
        let method = r#"{"method": "INCOME_FIRST", "source": "OH"}"#;
        let why = "method: INCOME_FIRST  OH is unknown";
        assert_eq!(told(method).as_deref(), Some(why));
        let row = r#"{"method": "INCOME_FIRST", "payer_id": "A", "tax_year": 2025, "recipient_id": "V",
            "flag_1099": "Y", "rows": [{"income_type": "rents", "total_1099_amount": 5}]}"#;
        let why = "rows[0].total_1099_amount is not a text";
        assert_eq!(told(row).as_deref(), Some(why));
    }
}
