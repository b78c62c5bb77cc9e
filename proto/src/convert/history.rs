//! Vouchers with their lines, payments with their applications, and the records of an import's history half.

use formfeed_domain::extract::File;
use formfeed_domain::history::{
    HistoryRecord, Payment, PaymentApplication, PaymentMethod, Voucher, VoucherLine,
};
use formfeed_domain::money::{MAX_ENTRY_CENTS, MoneyError};
use formfeed_domain::{
    AccountId, CashAccountId, IncomeType, Money, PaymentId, RelateToCode, VendorId, VoucherId,
};

use super::income_type::income_type_from;
use super::{Violations, date_to, entered_date, read, read_optional, required_date, text};
use crate::calculation as pb;
use pb::history_import_record::Record;

/// A record of an import, or what could be read of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImportedRecord {
    /// A whole record.
    Whole(HistoryRecord),
    /// A record with faults, or one that the client could not read itself.
    Unreadable {
        /// The file it stands in.
        file: File,
        /// Its key, parts joined by `/`.
        key: String,
        /// What is wrong, by column; empty when the client lists the faults itself.
        violations: Violations,
    },
}

/// Reads one record of an import. Fields are named as the columns of the AP extract.
///
/// # Errors
/// When the message holds no record, or an unreadable one of a file that is not of this half.
pub fn imported_record_from(
    message: &pb::HistoryImportRecord,
) -> Result<ImportedRecord, Violations> {
    let Some(record) = &message.record else {
        let mut bad = Violations::new();
        bad.add("records.record", "is required");
        return Err(bad);
    };
    let (file, read) = match record {
        Record::Voucher(v) => (File::Vouchers, voucher_from(v).map(HistoryRecord::Voucher)),
        Record::VoucherLine(l) => (
            File::VoucherLines,
            voucher_line_from(l).map(HistoryRecord::VoucherLine),
        ),
        Record::Payment(p) => (File::Payments, payment_from(p).map(HistoryRecord::Payment)),
        Record::PaymentApplication(a) => (
            File::PaymentApplications,
            application_from(a).map(HistoryRecord::Application),
        ),
        Record::Unreadable(u) => return unreadable_from(&u.file, &u.key),
    };
    Ok(match read {
        Ok(record) => ImportedRecord::Whole(record),
        Err(violations) => ImportedRecord::Unreadable {
            file,
            key: key_of(record),
            violations,
        },
    })
}

/// The key as it came, parts joined by `/`.
fn key_of(record: &Record) -> String {
    match record {
        Record::Voucher(v) => v.voucher_id.clone(),
        Record::VoucherLine(l) => format!("{}/{}", l.voucher_id, l.line),
        Record::Payment(p) => p.payment_id.clone(),
        Record::PaymentApplication(a) => format!("{}/{}", a.payment_id, a.voucher_id),
        Record::Unreadable(u) => u.key.clone(),
    }
}

fn unreadable_from(file: &str, key: &str) -> Result<ImportedRecord, Violations> {
    let mut bad = Violations::new();
    let file = read(&mut bad, "records.unreadable.file", file.parse::<File>());
    let unreadable = file.map(|file| ImportedRecord::Unreadable {
        file,
        key: key.to_owned(),
        violations: Violations::new(),
    });
    bad.finish(unreadable)
}

/// Reads a voucher; its lines are records of their own.
///
/// # Errors
/// Every bad field, named as the columns of the AP extract.
pub fn voucher_from(message: &pb::Voucher) -> Result<Voucher, Violations> {
    let mut bad = Violations::new();
    let voucher_id = read(&mut bad, "voucher_id", VoucherId::new(&message.voucher_id));
    let vendor_id = read(&mut bad, "vendor_id", VendorId::new(&message.vendor_id));
    let of_record = &message.vendor_of_record_id;
    let of_record = read_optional(&mut bad, "vendor_of_record_id", of_record, VendorId::new);
    let invoice_number = text::optional(&mut bad, "invoice_number", &message.invoice_number);
    let invoice_date = entered_date(&mut bad, "invoice_date", message.invoice_date.as_ref());
    let invoice_amount = money(&mut bad, "invoice_amount", message.invoice_amount_cents);
    let voucher = voucher_id
        .zip(vendor_id)
        .map(|(voucher_id, vendor_id)| Voucher {
            voucher_id,
            vendor_id,
            vendor_of_record_id: of_record.flatten(),
            invoice_number,
            invoice_date,
            invoice_amount,
        });
    bad.finish(voucher)
}

/// Reads a voucher line.
///
/// # Errors
/// Every bad field, named as the columns of the AP extract.
pub fn voucher_line_from(message: &pb::VoucherLine) -> Result<VoucherLine, Violations> {
    let mut bad = Violations::new();
    let voucher_id = read(&mut bad, "voucher_id", VoucherId::new(&message.voucher_id));
    if message.line < 1 {
        bad.add("line", "not a line number: use 1, 2, 3 and so on");
    }
    let amount = money(&mut bad, "amount", message.amount_cents);
    let sales_tax = money(&mut bad, "sales_tax", message.sales_tax_cents);
    let income_type = income_type_from(&mut bad, "income_type", &message.income_type);
    let (code_1, code_2) = (&message.relate_to_1, &message.relate_to_2);
    let relate_to_1 = read_optional(&mut bad, "relate_to_1", code_1, RelateToCode::new);
    let relate_to_2 = read_optional(&mut bad, "relate_to_2", code_2, RelateToCode::new);
    let account_id = read_optional(&mut bad, "account_id", &message.account_id, AccountId::new);
    let line = voucher_id.map(|voucher_id| VoucherLine {
        voucher_id,
        line: message.line,
        amount,
        sales_tax,
        reportable: message.reportable,
        income_type,
        relate_to_1: relate_to_1.flatten(),
        relate_to_2: relate_to_2.flatten(),
        account_id: account_id.flatten(),
        accountable_plan: message.accountable_plan,
    });
    bad.finish(line)
}

/// Reads a payment; its applications are records of their own.
///
/// # Errors
/// Every bad field, named as the columns of the AP extract.
pub fn payment_from(message: &pb::Payment) -> Result<Payment, Violations> {
    let mut bad = Violations::new();
    let payment_id = read(&mut bad, "payment_id", PaymentId::new(&message.payment_id));
    let pay_vendor = &message.pay_vendor_id;
    let pay_vendor = read_optional(&mut bad, "pay_vendor_id", pay_vendor, VendorId::new);
    let method = read(&mut bad, "method", message.method.parse::<PaymentMethod>());
    let payment_date = required_date(&mut bad, "payment_date", message.payment_date.as_ref());
    let cash_account = CashAccountId::new(&message.cash_account_id);
    let cash_account_id = read(&mut bad, "cash_account_id", cash_account);
    let amount = money(&mut bad, "amount", message.amount_cents);
    let federal = message.federal_tax_withheld_cents;
    let federal_tax_withheld = money(&mut bad, "federal_tax_withheld", federal);
    let state_tax = message.state_tax_withheld_cents;
    let state_tax_withheld = money(&mut bad, "state_tax_withheld", state_tax);
    if !message.state.is_empty() {
        text::state(&mut bad, "state", &message.state);
    }
    let void_date = entered_date(&mut bad, "void_date", message.void_date.as_ref());
    let code = &message.relate_to_1;
    let relate_to_1 = read_optional(&mut bad, "relate_to_1", code, RelateToCode::new);
    let account_id = read_optional(&mut bad, "account_id", &message.account_id, AccountId::new);
    let keys = payment_id
        .zip(cash_account_id)
        .zip(method.zip(payment_date));
    let payment = keys.map(
        |((payment_id, cash_account_id), (method, payment_date))| Payment {
            payment_id,
            pay_vendor_id: pay_vendor.flatten(),
            method,
            payment_date,
            cash_account_id,
            amount,
            federal_tax_withheld,
            state_tax_withheld,
            state: message.state.clone(),
            void_date,
            relate_to_1: relate_to_1.flatten(),
            account_id: account_id.flatten(),
        },
    );
    bad.finish(payment)
}

/// Reads an application of a payment to a voucher.
///
/// # Errors
/// Every bad field, named as the columns of the AP extract.
pub fn application_from(
    message: &pb::PaymentApplication,
) -> Result<PaymentApplication, Violations> {
    let mut bad = Violations::new();
    let payment_id = read(&mut bad, "payment_id", PaymentId::new(&message.payment_id));
    let voucher_id = read(&mut bad, "voucher_id", VoucherId::new(&message.voucher_id));
    let amount = money(&mut bad, "amount", message.amount_cents);
    let discount = money(&mut bad, "discount", message.discount_cents);
    let application =
        payment_id
            .zip(voucher_id)
            .map(|(payment_id, voucher_id)| PaymentApplication {
                payment_id,
                voucher_id,
                amount,
                discount,
            });
    bad.finish(application)
}

/// A voucher with its lines, as it is answered.
pub fn voucher_to(voucher: &Voucher, lines: &[VoucherLine]) -> pb::Voucher {
    pb::Voucher {
        name: format!("vouchers/{}", voucher.voucher_id),
        voucher_id: voucher.voucher_id.to_string(),
        vendor_id: voucher.vendor_id.to_string(),
        vendor_of_record_id: text_of(voucher.vendor_of_record_id.as_ref()),
        invoice_number: voucher.invoice_number.clone(),
        invoice_date: voucher.invoice_date.map(date_to),
        invoice_amount_cents: voucher.invoice_amount.cents(),
        lines: lines.iter().map(voucher_line_to).collect(),
    }
}

/// A voucher line, as it is answered.
pub fn voucher_line_to(line: &VoucherLine) -> pb::VoucherLine {
    pb::VoucherLine {
        voucher_id: line.voucher_id.to_string(),
        line: line.line,
        amount_cents: line.amount.cents(),
        sales_tax_cents: line.sales_tax.cents(),
        reportable: line.reportable,
        income_type: line.income_type.map_or("", IncomeType::as_str).to_owned(),
        relate_to_1: text_of(line.relate_to_1.as_ref()),
        relate_to_2: text_of(line.relate_to_2.as_ref()),
        account_id: text_of(line.account_id.as_ref()),
        accountable_plan: line.accountable_plan,
    }
}

/// A payment with its applications, as it is answered.
pub fn payment_to(payment: &Payment, applications: &[PaymentApplication]) -> pb::Payment {
    pb::Payment {
        name: format!("payments/{}", payment.payment_id),
        payment_id: payment.payment_id.to_string(),
        pay_vendor_id: text_of(payment.pay_vendor_id.as_ref()),
        method: payment.method.as_str().to_owned(),
        payment_date: Some(date_to(payment.payment_date)),
        cash_account_id: payment.cash_account_id.to_string(),
        amount_cents: payment.amount.cents(),
        federal_tax_withheld_cents: payment.federal_tax_withheld.cents(),
        state_tax_withheld_cents: payment.state_tax_withheld.cents(),
        state: payment.state.clone(),
        void_date: payment.void_date.map(date_to),
        relate_to_1: text_of(payment.relate_to_1.as_ref()),
        account_id: text_of(payment.account_id.as_ref()),
        applications: applications.iter().map(application_to).collect(),
    }
}

/// An application of a payment to a voucher, as it is answered.
pub fn application_to(application: &PaymentApplication) -> pb::PaymentApplication {
    pb::PaymentApplication {
        payment_id: application.payment_id.to_string(),
        voucher_id: application.voucher_id.to_string(),
        amount_cents: application.amount.cents(),
        discount_cents: application.discount.cents(),
    }
}

fn money(bad: &mut Violations, field: &str, cents: i64) -> Money {
    match cents.unsigned_abs() <= MAX_ENTRY_CENTS.unsigned_abs() {
        true => Money::from_cents(cents),
        false => {
            bad.add(field, MoneyError::TooLarge);
            Money::ZERO
        }
    }
}

fn text_of(key: Option<&impl ToString>) -> String {
    key.map(ToString::to_string).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Date;

    fn payment() -> pb::Payment {
        pb::Payment {
            payment_id: "P1".to_owned(),
            method: "check".to_owned(),
            payment_date: Some(Date {
                year: 2025,
                month: 12,
                day: 31,
            }),
            cash_account_id: "CASH1".to_owned(),
            amount_cents: 600_00,
            state: "ME".to_owned(),
            ..pb::Payment::default()
        }
    }

    #[test]
    fn a_payment_is_answered_as_it_came() {
        let read = payment_from(&payment()).unwrap();
        let answered = payment_to(&read, &[]);
        assert_eq!(
            answered,
            pb::Payment {
                name: "payments/P1".to_owned(),
                ..payment()
            }
        );
    }

    #[test]
    fn an_amount_of_eleven_digits_and_a_date_of_another_century_are_refused() {
        let date = |year| Date {
            year,
            month: 1,
            day: 1,
        };
        let message = pb::Payment {
            payment_date: Some(date(1925)),
            void_date: Some(date(2101)),
            amount_cents: 1_000_000_000_000,
            ..payment()
        };
        let bad = payment_from(&message).unwrap_err();
        let fields: Vec<_> = bad.list().iter().map(|v| v.field.as_str()).collect();
        assert_eq!(fields, ["payment_date", "amount", "void_date"]);
        let message = pb::Payment {
            amount_cents: -999_999_999_999,
            ..payment()
        };
        assert!(payment_from(&message).is_ok());
    }

    #[test]
    fn a_record_with_faults_keeps_its_key_and_lists_all_of_them_by_column() {
        let line = pb::VoucherLine {
            voucher_id: "V1".to_owned(),
            line: 0,
            amount_cents: i64::MIN,
            income_type: "state_tax_withheld".to_owned(),
            ..pb::VoucherLine::default()
        };
        let message = pb::HistoryImportRecord {
            line: 9,
            record: Some(Record::VoucherLine(line)),
        };
        let read = imported_record_from(&message).unwrap();
        let ImportedRecord::Unreadable {
            file,
            key,
            violations,
        } = read
        else {
            panic!("not refused");
        };
        assert_eq!((file, key.as_str()), (File::VoucherLines, "V1/0"));
        let columns: Vec<_> = violations.list().iter().map(|v| v.field.as_str()).collect();
        assert_eq!(columns, ["line", "amount", "income_type"]);
    }
}
