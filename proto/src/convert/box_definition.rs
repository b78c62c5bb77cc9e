//! Box definitions of a tax year.

use formfeed_domain::box_definition::BoxDefinition;
use formfeed_domain::relate_to::{Effect, Position};
use formfeed_domain::{RelateToCode, TaxYear, rules};

use super::{Stamp, Violations, name, position_from, read, text, timestamp_to};
use crate::vendor as pb;

/// Reads a box definition.
///
/// # Errors
/// Every bad field, by its path within the definition.
pub fn box_definition_from(message: &pb::BoxDefinition) -> Result<BoxDefinition, Violations> {
    let mut bad = Violations::new();
    let tax_year = read(&mut bad, "tax_year", TaxYear::new(message.tax_year));
    let code = read(&mut bad, "code", RelateToCode::new(&message.code));
    name::agree(
        &mut bad,
        &message.name,
        &name_of(message.tax_year, &message.code),
    );
    let position = match message.position {
        0 => None,
        number => read(&mut bad, "position", position_from(number)),
    };
    let effect = effect_from(&mut bad, &message.income_type);
    let description = text::optional(&mut bad, "description", &message.description);
    let group = text::optional(&mut bad, "group", &message.group);
    let definition = tax_year
        .zip(code)
        .zip(effect)
        .map(|((tax_year, code), effect)| BoxDefinition {
            tax_year,
            code,
            position,
            effect,
            description,
            group,
        });
    bad.finish(definition)
}

fn effect_from(bad: &mut Violations, word: &str) -> Option<Effect> {
    if word.is_empty() {
        bad.add("income_type", "is required: an income type, or exclude");
        return None;
    }
    read(bad, "income_type", word.parse())
}

/// Reads the key of a name, such as `2025-CC`.
///
/// # Errors
/// A sentence for the field's violation.
pub fn box_definition_key(key: &str) -> Result<(TaxYear, RelateToCode), String> {
    let (year, code) = key.split_once('-').unwrap_or_default();
    let year = year
        .parse()
        .map_err(|_| "is not a name of the shape boxDefinitions/2025-CC")?;
    let year = TaxYear::new(year).map_err(|error| error.to_string())?;
    RelateToCode::new(code)
        .map(|code| (year, code))
        .map_err(|error| error.to_string())
}

/// A box definition as it is answered.
pub fn box_definition_to(definition: &BoxDefinition, stamp: Stamp) -> pb::BoxDefinition {
    pb::BoxDefinition {
        name: name_of(definition.tax_year.year(), definition.code.as_str()),
        tax_year: definition.tax_year.year(),
        code: definition.code.to_string(),
        position: definition
            .position
            .map(Position::number)
            .unwrap_or_default(),
        income_type: definition.effect.as_str().to_owned(),
        description: definition.description.clone(),
        group: definition.group.clone(),
        boxes: match definition.effect {
            Effect::Reports(income_type) => rules::boxes_of(definition.tax_year, income_type),
            Effect::Excludes | Effect::None => Vec::new(),
        },
        create_time: Some(timestamp_to(stamp.create_time)),
        update_time: Some(timestamp_to(stamp.update_time)),
        etag: stamp.etag,
    }
}

fn name_of(tax_year: i32, code: &str) -> String {
    format!("boxDefinitions/{tax_year}-{code}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bad_field_of_a_definition_is_told_at_once() {
        let message = pb::BoxDefinition {
            tax_year: 1989,
            code: "C/C".to_owned(),
            position: 3,
            income_type: "rent".to_owned(),
            ..pb::BoxDefinition::default()
        };
        let bad = box_definition_from(&message).unwrap_err();
        let fields: Vec<_> = bad.list().iter().map(|v| v.field.as_str()).collect();
        assert_eq!(fields, ["tax_year", "code", "position", "income_type"]);
        assert!(box_definition_key("2025-CC").is_ok());
        for key in ["CC", "2025", "1989-CC", "2025-", ""] {
            assert!(box_definition_key(key).is_err(), "{key}");
        }
    }
}
