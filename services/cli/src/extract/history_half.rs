//! Records that the calculation service keeps, as messages.

use formfeed_domain::IncomeType;
use formfeed_domain::extract::{Fault, File, Header, parse};
use formfeed_domain::history::{Payment, PaymentApplication, Voucher, VoucherLine};
use formfeed_proto::calculation as pb;
use formfeed_proto::convert::date_to;
use formfeed_proto::vendor::UnreadableRecord;
use pb::history_import_record::Record;

use super::Half;

/// The calculation service's half.
pub(crate) struct HistoryHalf;

impl Half for HistoryHalf {
    type Record = Record;
    type Request = pb::StageHistoryImportRequest;

    fn parse(
        file: File,
        header: &Header,
        line: u64,
        fields: Vec<&str>,
    ) -> Result<Record, Vec<Fault>> {
        match file {
            File::Vouchers => parse(header, line, fields).map(voucher),
            File::VoucherLines => parse(header, line, fields).map(voucher_line),
            File::Payments => parse(header, line, fields).map(payment),
            File::PaymentApplications => parse(header, line, fields).map(application),
            _ => Err(vec![Fault::of_row(
                file,
                line,
                "belongs to the vendor service",
            )]),
        }
    }

    fn unreadable(file: File, key: String) -> Record {
        Record::Unreadable(UnreadableRecord {
            file: file.name().to_owned(),
            key,
        })
    }

    fn request(import_id: &str, records: Vec<(i32, Record)>) -> pb::StageHistoryImportRequest {
        let record = |(line, record)| pb::HistoryImportRecord {
            line,
            record: Some(record),
        };
        pb::StageHistoryImportRequest {
            import_id: import_id.to_owned(),
            records: records.into_iter().map(record).collect(),
        }
    }
}

fn text<T: Into<String>>(key: Option<T>) -> String {
    key.map(T::into).unwrap_or_default()
}

fn voucher(voucher: Voucher) -> Record {
    Record::Voucher(pb::Voucher {
        voucher_id: voucher.voucher_id.into(),
        vendor_id: voucher.vendor_id.into(),
        vendor_of_record_id: text(voucher.vendor_of_record_id),
        invoice_number: voucher.invoice_number,
        invoice_date: voucher.invoice_date.map(date_to),
        invoice_amount_cents: voucher.invoice_amount.cents(),
        ..pb::Voucher::default()
    })
}

fn voucher_line(line: VoucherLine) -> Record {
    Record::VoucherLine(pb::VoucherLine {
        voucher_id: line.voucher_id.into(),
        line: line.line,
        amount_cents: line.amount.cents(),
        sales_tax_cents: line.sales_tax.cents(),
        reportable: line.reportable,
        income_type: line.income_type.map_or("", IncomeType::as_str).to_owned(),
        relate_to_1: text(line.relate_to_1),
        relate_to_2: text(line.relate_to_2),
        account_id: text(line.account_id),
        accountable_plan: line.accountable_plan,
    })
}

fn payment(payment: Payment) -> Record {
    Record::Payment(pb::Payment {
        payment_id: payment.payment_id.into(),
        pay_vendor_id: text(payment.pay_vendor_id),
        method: payment.method.as_str().to_owned(),
        payment_date: Some(date_to(payment.payment_date)),
        cash_account_id: payment.cash_account_id.into(),
        amount_cents: payment.amount.cents(),
        federal_tax_withheld_cents: payment.federal_tax_withheld.cents(),
        state_tax_withheld_cents: payment.state_tax_withheld.cents(),
        state: payment.state,
        void_date: payment.void_date.map(date_to),
        relate_to_1: text(payment.relate_to_1),
        account_id: text(payment.account_id),
        ..pb::Payment::default()
    })
}

fn application(application: PaymentApplication) -> Record {
    Record::PaymentApplication(pb::PaymentApplication {
        payment_id: application.payment_id.into(),
        voucher_id: application.voucher_id.into(),
        amount_cents: application.amount.cents(),
        discount_cents: application.discount.cents(),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use formfeed_proto::Date;

    #[test]
    fn a_payment_row_reaches_the_service_with_every_column() {
        let header = Header::check(File::Payments, File::Payments.columns().iter().copied());
        let fields = vec![
            "P1",
            "V1",
            "check",
            "2025-12-31",
            "CASH",
            "760.00",
            "240.00",
            "50.05",
            "ME",
            "2026-01-02",
            "EX",
            "6000",
        ];
        let read = HistoryHalf::parse(File::Payments, &header.unwrap(), 2, fields);
        let expected = pb::Payment {
            payment_id: "P1".into(),
            pay_vendor_id: "V1".into(),
            method: "check".into(),
            payment_date: Some(Date {
                year: 2025,
                month: 12,
                day: 31,
            }),
            cash_account_id: "CASH".into(),
            amount_cents: 76_000,
            federal_tax_withheld_cents: 24_000,
            state_tax_withheld_cents: 5_005,
            state: "ME".into(),
            void_date: Some(Date {
                year: 2026,
                month: 1,
                day: 2,
            }),
            relate_to_1: "EX".into(),
            account_id: "6000".into(),
            ..pb::Payment::default()
        };
        assert_eq!(read, Ok(Record::Payment(expected)));
    }
}
