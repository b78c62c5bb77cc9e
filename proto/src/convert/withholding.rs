//! Backup withholding: configurations, orders, and the answer for one payment.

use chrono::NaiveDate;
use formfeed_domain::backup::{
    Aggregate, Configuration, Disbursement, FurtherType, FurtherWithheld, Withholding,
    WithholdingOrder,
};
use formfeed_domain::money::MAX_ENTRY_CENTS;
use formfeed_domain::text::without_tins;
use formfeed_domain::{
    FurtherTypeId, IncomeType, Money, OrderId, PayerId, Rate, VendorId, entry, rules,
};

use super::date::{entered_date, required_date};
use super::income_type::income_type_from;
use super::{Stamp, Violations, date_to, name, read, read_optional, text, timestamp_to};
use crate::vendor as pb;

/// Most further types of one configuration.
const MOST_FURTHER_TYPES: usize = 20;

/// Reads a configuration.
///
/// # Errors
/// Every bad field, by its path within the configuration.
pub fn configuration_from(
    message: &pb::WithholdingConfiguration,
) -> Result<Configuration, Violations> {
    let mut bad = Violations::new();
    let effective_date = required_date(&mut bad, "effective_date", message.effective_date.as_ref());
    if let Some(date) = effective_date {
        name::agree(&mut bad, &message.name, &configuration_name(date));
    }
    let rate_basis_points = match message.rate_basis_points {
        0 => None,
        rate => read(
            &mut bad,
            "rate_basis_points",
            Configuration::check_rate(rate),
        ),
    };
    let remit_to = &message.remit_to_vendor_id;
    let remit_to = read_optional(&mut bad, "remit_to_vendor_id", remit_to, VendorId::new);
    let posting_code = text::optional(&mut bad, "posting_code", &message.posting_code);
    let object_code = text::optional(&mut bad, "object_code", &message.object_code);
    let further_types = further_types_from(&mut bad, &message.further_types);
    let configuration = effective_date.map(|effective_date| Configuration {
        effective_date,
        rate_basis_points,
        remit_to_vendor_id: remit_to.flatten(),
        posting_code,
        object_code,
        further_types,
    });
    if let Some(configuration) = &configuration
        && let Some(law) = read(
            &mut bad,
            "effective_date",
            rules::backup_withholding_rate(configuration.effective_date),
        )
    {
        read(
            &mut bad,
            "rate_basis_points",
            configuration.check_together(law),
        );
    }
    bad.finish(configuration)
}

fn further_types_from(
    bad: &mut Violations,
    sent: &[pb::FurtherWithholdingType],
) -> Vec<FurtherType> {
    if sent.len() > MOST_FURTHER_TYPES {
        let count = sent.len();
        bad.add(
            "further_types",
            format!("holds {count} types; at most {MOST_FURTHER_TYPES}"),
        );
        return Vec::new();
    }
    let mut types: Vec<FurtherType> = Vec::with_capacity(sent.len());
    for (at, sent) in sent.iter().enumerate() {
        let field = format!("further_types[{at}]");
        match further_type_from(sent) {
            Err(wrong) => bad.extend_below(&field, wrong),
            Ok(read)
                if types
                    .iter()
                    .any(|t| t.further_type_id == read.further_type_id) =>
            {
                bad.add(
                    format!("{field}.further_type_id"),
                    "is there already; each further type comes once",
                )
            }
            Ok(read) => types.push(read),
        }
    }
    types
}

fn further_type_from(message: &pb::FurtherWithholdingType) -> Result<FurtherType, Violations> {
    let mut bad = Violations::new();
    let id = FurtherTypeId::new(&message.further_type_id);
    let id = read(&mut bad, "further_type_id", id);
    let description = text::optional(&mut bad, "description", &message.description);
    let rate = Configuration::check_rate(message.rate_basis_points);
    let rate = read(&mut bad, "rate_basis_points", rate);
    let remit_to = &message.remit_to_vendor_id;
    let remit_to = read_optional(&mut bad, "remit_to_vendor_id", remit_to, VendorId::new);
    let posting_code = text::optional(&mut bad, "posting_code", &message.posting_code);
    let object_code = text::optional(&mut bad, "object_code", &message.object_code);
    let further_type = id
        .zip(rate)
        .map(|(further_type_id, rate_basis_points)| FurtherType {
            further_type_id,
            description,
            rate_basis_points,
            remit_to_vendor_id: remit_to.flatten(),
            posting_code,
            object_code,
        });
    bad.finish(further_type)
}

/// Reads the key of a configuration's name: its date, such as `2026-01-01`.
///
/// # Errors
/// A sentence for the field's violation.
pub fn configuration_key(key: &str) -> Result<NaiveDate, String> {
    let date = NaiveDate::parse_from_str(key, "%Y-%m-%d").ok();
    date.filter(|date| date.to_string() == key && entry::check_date(*date).is_ok())
        .ok_or_else(|| "is not a name of the shape withholdingConfigurations/2026-01-01".to_owned())
}

/// A configuration as it is answered.
pub fn configuration_to(
    configuration: &Configuration,
    stamp: Stamp,
) -> pb::WithholdingConfiguration {
    pb::WithholdingConfiguration {
        name: configuration_name(configuration.effective_date),
        effective_date: Some(date_to(configuration.effective_date)),
        rate_basis_points: configuration.rate_basis_points.unwrap_or_default(),
        remit_to_vendor_id: key(configuration.remit_to_vendor_id.as_ref()),
        posting_code: configuration.posting_code.clone(),
        object_code: configuration.object_code.clone(),
        further_types: configuration
            .further_types
            .iter()
            .map(further_type_to)
            .collect(),
        create_time: Some(timestamp_to(stamp.create_time)),
        update_time: Some(timestamp_to(stamp.update_time)),
        etag: stamp.etag,
    }
}

fn further_type_to(further_type: &FurtherType) -> pb::FurtherWithholdingType {
    pb::FurtherWithholdingType {
        further_type_id: further_type.further_type_id.to_string(),
        description: further_type.description.clone(),
        rate_basis_points: further_type.rate_basis_points,
        remit_to_vendor_id: key(further_type.remit_to_vendor_id.as_ref()),
        posting_code: further_type.posting_code.clone(),
        object_code: further_type.object_code.clone(),
    }
}

/// Resource name of a configuration.
pub fn configuration_name(effective_date: NaiveDate) -> String {
    format!("withholdingConfigurations/{effective_date}")
}

/// Reads an order.
///
/// # Errors
/// Every bad field, by its path within the order.
pub fn order_from(message: &pb::WithholdingOrder) -> Result<WithholdingOrder, Violations> {
    let mut bad = Violations::new();
    let vendor_id = read(&mut bad, "vendor_id", VendorId::new(&message.vendor_id));
    let order_id = read(&mut bad, "order_id", OrderId::new(&message.order_id));
    let derived = order_name(&message.vendor_id, &message.order_id);
    name::agree(&mut bad, &message.name, &derived);
    let payer_id = read_optional(&mut bad, "payer_id", &message.payer_id, PayerId::new);
    let from = required_date(&mut bad, "from_date", message.from_date.as_ref());
    let until = entered_date(&mut bad, "until_date", message.until_date.as_ref());
    if let Some(from) = from {
        read(
            &mut bad,
            "until_date",
            WithholdingOrder::check_span(from, until),
        );
    }
    let why = without_tins(&text::required(&mut bad, "why", &message.why));
    let order = vendor_id
        .zip(order_id)
        .zip(from)
        .map(|((vendor_id, order_id), from)| WithholdingOrder {
            vendor_id,
            order_id,
            payer_id: payer_id.flatten(),
            from,
            until,
            why,
        });
    bad.finish(order)
}

/// Reads the key of an order's name, such as `V1/withholdingOrders/1`.
///
/// # Errors
/// A sentence for the field's violation.
pub fn order_key(key: &str) -> Result<(VendorId, OrderId), String> {
    let (vendor, order) = key
        .split_once("/withholdingOrders/")
        .ok_or("is not a name of the shape vendors/KEY/withholdingOrders/KEY")?;
    let vendor = VendorId::new(vendor).map_err(|error| error.to_string())?;
    OrderId::new(order)
        .map(|order| (vendor, order))
        .map_err(|error| error.to_string())
}

/// An order as it is answered.
pub fn order_to(order: &WithholdingOrder, stamp: Stamp) -> pb::WithholdingOrder {
    pb::WithholdingOrder {
        name: order_name(order.vendor_id.as_str(), order.order_id.as_str()),
        vendor_id: order.vendor_id.to_string(),
        order_id: order.order_id.to_string(),
        payer_id: key(order.payer_id.as_ref()),
        from_date: Some(date_to(order.from)),
        until_date: order.until.map(date_to),
        why: order.why.clone(),
        create_time: Some(timestamp_to(stamp.create_time)),
        update_time: Some(timestamp_to(stamp.update_time)),
        etag: stamp.etag,
    }
}

fn order_name(vendor_id: &str, order_id: &str) -> String {
    format!("vendors/{vendor_id}/withholdingOrders/{order_id}")
}

/// Reads what payment is asked about, and to whom; without an income type it is for the caller to find.
///
/// # Errors
/// Every bad field.
pub fn disbursement_from(
    message: &pb::ComputeWithholdingRequest,
) -> Result<(VendorId, Option<IncomeType>, Disbursement), Violations> {
    let mut bad = Violations::new();
    let payer_id = read(&mut bad, "payer_id", PayerId::new(&message.payer_id));
    let vendor_id = read(&mut bad, "vendor_id", VendorId::new(&message.vendor_id));
    let gross = gross_from(&mut bad, message.gross_cents);
    let paid_on = required_date(&mut bad, "payment_date", message.payment_date.as_ref());
    let income_type = income_type_from(&mut bad, "income_type", &message.income_type);
    if message.paid_before_cents.is_some_and(|cents| cents < 0) {
        bad.add(
            "paid_before_cents",
            "is negative; leave it out when it is not known",
        );
    }
    let aggregate = Aggregate {
        paid_before: message.paid_before_cents.map(Money::from_cents),
        required_last_year: message.required_last_year,
        withheld_last_year: message.withheld_last_year,
    };
    let asked = payer_id
        .zip(vendor_id)
        .zip(paid_on)
        .map(|((payer_id, vendor_id), paid_on)| {
            let disbursement = Disbursement {
                payer_id,
                gross,
                paid_on,
                income_type: income_type.unwrap_or(IncomeType::NonemployeeCompensation),
                aggregate,
            };
            (vendor_id, income_type, disbursement)
        });
    bad.finish(asked)
}

/// Reads what is owed: more than nothing, and no more than may be entered.
pub fn gross_from(bad: &mut Violations, cents: i64) -> Money {
    if !(1..=MAX_ENTRY_CENTS).contains(&cents) {
        bad.add(
            "gross_cents",
            "is not what a payment can be: more than 0, with at most ten digits before the point",
        );
    }
    Money::from_cents(cents.clamp(0, MAX_ENTRY_CENTS))
}

/// What is kept back from a payment, as it is answered.
pub fn withholding_to(
    gross: Money,
    answer: &Withholding,
    configuration: Option<&Configuration>,
) -> pb::Withholding {
    let remit_to = configuration.and_then(|c| c.remit_to_vendor_id.as_ref());
    let code =
        |of: fn(&Configuration) -> &String| configuration.map(of).cloned().unwrap_or_default();
    pb::Withholding {
        gross_cents: gross.cents(),
        rate_basis_points: basis_points(answer.rate),
        withheld_cents: answer.withheld.cents(),
        net_cents: answer.net.cents(),
        due: answer.is_due,
        reasons: answer
            .reasons
            .iter()
            .map(|reason| pb::WithholdingReason {
                reason: reason.as_str().to_owned(),
                text: reason.to_string(),
            })
            .collect(),
        remit_to_vendor_id: key(remit_to),
        posting_code: code(|c| &c.posting_code),
        object_code: code(|c| &c.object_code),
        further: answer
            .further
            .iter()
            .map(|further| further_withheld_to(further, remit_to))
            .collect(),
        configuration: configuration
            .map(|c| configuration_name(c.effective_date))
            .unwrap_or_default(),
    }
}

fn further_withheld_to(
    further: &FurtherWithheld,
    remit_to: Option<&VendorId>,
) -> pb::FurtherWithheld {
    let of = &further.further_type;
    pb::FurtherWithheld {
        further_type_id: of.further_type_id.to_string(),
        description: of.description.clone(),
        rate_basis_points: of.rate_basis_points,
        withheld_cents: further.withheld.cents(),
        remit_to_vendor_id: key(of.remit_to_vendor_id.as_ref().or(remit_to)),
        posting_code: of.posting_code.clone(),
        object_code: of.object_code.clone(),
    }
}

/// A rate as hundredths of a percent; the rates of the law and of configurations are whole ones.
fn basis_points(rate: Rate) -> i32 {
    let per_ten_thousand = Money::from_cents(1_000_000);
    i32::try_from(rate.of(per_ten_thousand).cents() / 100).unwrap_or_default()
}

fn key(id: Option<&impl ToString>) -> String {
    id.map(ToString::to_string).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Date;

    fn date(year: i32, month: i32, day: i32) -> Option<Date> {
        Some(Date { year, month, day })
    }

    #[test]
    fn every_bad_field_of_a_configuration_is_told_at_once() {
        let further = |id: &str, rate_basis_points| pb::FurtherWithholdingType {
            further_type_id: id.to_owned(),
            rate_basis_points,
            ..pb::FurtherWithholdingType::default()
        };
        let message = pb::WithholdingConfiguration {
            effective_date: date(2026, 2, 30),
            rate_basis_points: 10_001,
            remit_to_vendor_id: "V/1".to_owned(),
            further_types: vec![further("CA", 700), further("CA", 700), further("", 0)],
            ..pb::WithholdingConfiguration::default()
        };
        let bad = configuration_from(&message).unwrap_err();
        let fields: Vec<_> = bad.list().iter().map(|v| v.field.as_str()).collect();
        let expected = [
            "effective_date",
            "rate_basis_points",
            "remit_to_vendor_id",
            "further_types[1].further_type_id",
            "further_types[2].further_type_id",
            "further_types[2].rate_basis_points",
        ];
        assert_eq!(fields, expected);
        let together = pb::WithholdingConfiguration {
            effective_date: date(2026, 1, 1),
            further_types: vec![further("A", 7_000), further("B", 700)],
            ..pb::WithholdingConfiguration::default()
        };
        let bad = configuration_from(&together).unwrap_err();
        assert!(bad.to_string().contains("nothing would be left to pay"));
    }

    #[test]
    fn a_configurations_name_is_its_date() {
        assert!(configuration_key("2026-01-01").is_ok());
        for key in ["2026-1-1", "2026-02-30", "1989-12-31", "x", ""] {
            assert!(configuration_key(key).is_err(), "{key}");
        }
    }

    #[test]
    fn every_bad_field_of_an_order_and_of_a_question_is_told_at_once() {
        let message = pb::WithholdingOrder {
            vendor_id: "V1".to_owned(),
            from_date: date(2026, 3, 1),
            until_date: date(2026, 2, 28),
            ..pb::WithholdingOrder::default()
        };
        let bad = order_from(&message).unwrap_err();
        let fields: Vec<_> = bad.list().iter().map(|v| v.field.as_str()).collect();
        assert_eq!(fields, ["order_id", "until_date", "why"]);
        let message = pb::ComputeWithholdingRequest {
            gross_cents: 1_000_000_000_000,
            income_type: "state_tax_withheld".to_owned(),
            paid_before_cents: Some(-1),
            ..pb::ComputeWithholdingRequest::default()
        };
        let bad = disbursement_from(&message).unwrap_err();
        let fields: Vec<_> = bad.list().iter().map(|v| v.field.as_str()).collect();
        let expected = [
            "payer_id",
            "vendor_id",
            "gross_cents",
            "payment_date",
            "income_type",
            "paid_before_cents",
        ];
        assert_eq!(fields, expected);
    }
}
