//! Saved parameters of calculation runs.

use formfeed_domain::parameters::Parameters;
use formfeed_domain::{ParameterSetId, PayerId};

use super::information::{method_from, method_to, optional_recipient};
use super::name::agree;
use super::{Stamp, Violations, read};
use crate::calculation as pb;

/// Reads the parameters of a set; its name is checked against `id`.
pub fn parameters_from(
    bad: &mut Violations,
    id: Option<&ParameterSetId>,
    message: &pb::ParameterSet,
) -> Option<Parameters> {
    if let Some(id) = id {
        agree(bad, &message.name, &parameter_set_name(id));
    }
    let payer_id = read(bad, "payer_id", PayerId::new(&message.payer_id));
    let method = method_from(bad, message.method, message.basis, message.source);
    let from = optional_recipient(bad, "from_recipient_id", &message.from_recipient_id);
    let to = optional_recipient(bad, "to_recipient_id", &message.to_recipient_id);
    if let (Some(from), Some(to)) = (&from, &to)
        && from > to
    {
        bad.add("to_recipient_id", "comes before from_recipient_id");
    }
    let whose = payer_id.zip(method);
    whose.map(|(payer_id, method)| Parameters {
        payer_id,
        method,
        from_recipient_id: from,
        to_recipient_id: to,
    })
}

/// A set as it is answered.
pub fn parameter_set_to(
    id: &ParameterSetId,
    parameters: &Parameters,
    user: &str,
    stamp: Stamp,
) -> pb::ParameterSet {
    let (method, basis, source) = method_to(parameters.method);
    let text =
        |key: Option<&formfeed_domain::VendorId>| key.map(ToString::to_string).unwrap_or_default();
    pb::ParameterSet {
        name: parameter_set_name(id),
        payer_id: parameters.payer_id.to_string(),
        method: method.into(),
        basis: basis.into(),
        source: source.into(),
        from_recipient_id: text(parameters.from_recipient_id.as_ref()),
        to_recipient_id: text(parameters.to_recipient_id.as_ref()),
        user: user.to_owned(),
        create_time: Some(super::timestamp_to(stamp.create_time)),
        update_time: Some(super::timestamp_to(stamp.update_time)),
        etag: stamp.etag,
    }
}

/// `parameterSets/{parameter_set_id}`.
pub fn parameter_set_name(id: &ParameterSetId) -> String {
    format!("parameterSets/{id}")
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};
    use formfeed_domain::calculation::{Method, Source};

    use super::*;

    #[test]
    fn a_set_reads_back_as_it_was_written() {
        let id = ParameterSetId::new("year-end").unwrap();
        let parameters = Parameters {
            payer_id: PayerId::new("TE1").unwrap(),
            method: Method::RelateTo { source: Source::Bk },
            from_recipient_id: None,
            to_recipient_id: Some(formfeed_domain::VendorId::new("V9").unwrap()),
        };
        let stamp = Stamp {
            create_time: DateTime::<Utc>::UNIX_EPOCH,
            update_time: DateTime::<Utc>::UNIX_EPOCH,
            etag: "e".to_owned(),
        };
        let message = parameter_set_to(&id, &parameters, "ada", stamp);
        let mut bad = Violations::new();
        assert_eq!(
            parameters_from(&mut bad, Some(&id), &message),
            Some(parameters)
        );
        assert!(bad.is_empty(), "{bad}");
    }

    #[test]
    fn every_bad_field_of_a_set_is_named() {
        let message = pb::ParameterSet {
            name: "parameterSets/other".to_owned(),
            method: 99,
            from_recipient_id: "B".to_owned(),
            to_recipient_id: "A".to_owned(),
            ..pb::ParameterSet::default()
        };
        let mut bad = Violations::new();
        let id = ParameterSetId::new("year-end").unwrap();
        assert_eq!(parameters_from(&mut bad, Some(&id), &message), None);
        let fields: Vec<_> = bad.list().iter().map(|v| v.field.as_str()).collect();
        assert_eq!(fields, ["name", "payer_id", "method", "to_recipient_id"]);
    }
}
