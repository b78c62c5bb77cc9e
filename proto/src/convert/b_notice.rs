//! B-notices about vendors.

use formfeed_domain::backup::BNotice;
use formfeed_domain::backup::notice::Kind;
use formfeed_domain::text::without_tins;
use formfeed_domain::{BNoticeId, PayerId, TaxYear, VendorId};

use super::date::{entered_date, required_date};
use super::{Stamp, Violations, date_to, name, read, text, timestamp_to};
use crate::vendor as pb;

/// Reads a B-notice.
///
/// # Errors
/// Every bad field, by its path within the notice.
pub fn b_notice_from(message: &pb::BNotice) -> Result<BNotice, Violations> {
    let mut bad = Violations::new();
    let vendor_id = read(&mut bad, "vendor_id", VendorId::new(&message.vendor_id));
    let notice_id = read(
        &mut bad,
        "b_notice_id",
        BNoticeId::new(&message.b_notice_id),
    );
    let derived = name_of(&message.vendor_id, &message.b_notice_id);
    name::agree(&mut bad, &message.name, &derived);
    let payer_id = read(&mut bad, "payer_id", PayerId::new(&message.payer_id));
    let notice_date = required_date(&mut bad, "notice_date", message.notice_date.as_ref());
    let received = entered_date(&mut bad, "received_date", message.received_date.as_ref());
    let received = received.or(notice_date);
    if let Some((notice, received)) = notice_date.zip(received) {
        read(
            &mut bad,
            "received_date",
            BNotice::check_dates(notice, received),
        );
    }
    let tax_year = read(&mut bad, "tax_year", TaxYear::new(message.tax_year));
    let note = without_tins(&text::optional(&mut bad, "note", &message.note));
    let keys = vendor_id.zip(notice_id).zip(payer_id);
    let dates = notice_date.zip(received).zip(tax_year);
    let notice = keys.zip(dates).map(
        |(((vendor_id, notice_id), payer_id), ((notice_date, received_date), tax_year))| BNotice {
            vendor_id,
            notice_id,
            payer_id,
            notice_date,
            received_date,
            tax_year,
            note,
        },
    );
    bad.finish(notice)
}

/// Reads the key of a notice's name, such as `V1/bNotices/CP2100A-2025`.
///
/// # Errors
/// A sentence for the field's violation.
pub fn b_notice_key(key: &str) -> Result<(VendorId, BNoticeId), String> {
    let (vendor, notice) = key
        .split_once("/bNotices/")
        .ok_or("is not a name of the shape vendors/KEY/bNotices/KEY")?;
    let vendor = VendorId::new(vendor).map_err(|error| error.to_string())?;
    BNoticeId::new(notice)
        .map(|notice| (vendor, notice))
        .map_err(|error| error.to_string())
}

/// A B-notice as it is answered, with the kind that the vendor's other notices make it.
pub fn b_notice_to(notice: &BNotice, kind: Kind, stamp: Stamp) -> pb::BNotice {
    let is_sent = matches!(kind, Kind::First | Kind::Second);
    pb::BNotice {
        name: b_notice_name(notice),
        vendor_id: notice.vendor_id.to_string(),
        b_notice_id: notice.notice_id.to_string(),
        payer_id: notice.payer_id.to_string(),
        notice_date: Some(date_to(notice.notice_date)),
        received_date: Some(date_to(notice.received_date)),
        tax_year: notice.tax_year.year(),
        note: notice.note.clone(),
        kind: b_notice_kind_to(kind).into(),
        send_by: is_sent.then(|| date_to(notice.send_by())),
        withhold_from: match kind {
            Kind::First | Kind::Second => Some(date_to(notice.withhold_from_as(kind))),
            Kind::Further | Kind::Repeated => None,
        },
        create_time: Some(timestamp_to(stamp.create_time)),
        update_time: Some(timestamp_to(stamp.update_time)),
        etag: stamp.etag,
    }
}

/// Resource name of a notice.
pub fn b_notice_name(notice: &BNotice) -> String {
    name_of(notice.vendor_id.as_str(), notice.notice_id.as_str())
}

/// A kind as it is answered.
pub fn b_notice_kind_to(kind: Kind) -> pb::b_notice::Kind {
    match kind {
        Kind::First => pb::b_notice::Kind::First,
        Kind::Second => pb::b_notice::Kind::Second,
        Kind::Further => pb::b_notice::Kind::Further,
        Kind::Repeated => pb::b_notice::Kind::Repeated,
    }
}

fn name_of(vendor_id: &str, notice_id: &str) -> String {
    format!("vendors/{vendor_id}/bNotices/{notice_id}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Date;

    #[test]
    fn every_bad_field_of_a_notice_is_told_at_once() {
        let day = |year| {
            Some(Date {
                year,
                month: 9,
                day: 2,
            })
        };
        let message = pb::BNotice {
            vendor_id: "V1".to_owned(),
            notice_date: day(2025),
            received_date: day(2024),
            note: "\u{1b}".to_owned(),
            ..pb::BNotice::default()
        };
        let bad = b_notice_from(&message).unwrap_err();
        let fields: Vec<_> = bad.list().iter().map(|v| v.field.as_str()).collect();
        let expected = [
            "b_notice_id",
            "payer_id",
            "received_date",
            "tax_year",
            "note",
        ];
        assert_eq!(fields, expected);
        let message = pb::BNotice {
            notice_date: day(1989),
            ..message
        };
        let bad = b_notice_from(&message).unwrap_err();
        assert!(bad.to_string().contains("notice_date: outside the years"));
    }
}
