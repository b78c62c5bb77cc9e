//! Relate To codes.

use formfeed_domain::RelateToCode;
use formfeed_domain::relate_to::{Effect, Position, RelateTo};

use super::{Stamp, Violations, name, read, text, timestamp_to};
use crate::vendor as pb;

/// Reads a Relate To code. Unlike lines and accounts, a code may report a withheld type.
///
/// # Errors
/// Every bad field, by its path within the code.
pub fn relate_to_from(message: &pb::RelateToCode) -> Result<RelateTo, Violations> {
    let mut bad = Violations::new();
    let position = read(&mut bad, "position", position_from(message.position));
    let code = read(&mut bad, "code", RelateToCode::new(&message.code));
    let derived = format!("relateToCodes/{}-{}", message.position, message.code);
    name::agree(&mut bad, &message.name, &derived);
    let description = text::optional(&mut bad, "description", &message.description);
    let effect = read(
        &mut bad,
        "income_type",
        message.income_type.parse::<Effect>(),
    );
    let code = position.zip(code).map(|(position, code)| RelateTo {
        position,
        code,
        description,
        effect: effect.unwrap_or(Effect::None),
    });
    bad.finish(code)
}

/// Reads a position.
///
/// # Errors
/// A sentence for the field's violation.
pub fn position_from(number: i32) -> Result<Position, &'static str> {
    match number {
        1 => Ok(Position::One),
        2 => Ok(Position::Two),
        _ => Err("not a position: use 1 or 2"),
    }
}

/// Reads the key of a name, such as `1-CC`.
///
/// # Errors
/// A sentence for the field's violation.
pub fn relate_to_key(key: &str) -> Result<(Position, RelateToCode), String> {
    let (position, code) = key.split_once('-').unwrap_or_default();
    let number = position
        .parse()
        .map_err(|_| "is not a name of the shape relateToCodes/1-CC")?;
    let position = position_from(number)?;
    RelateToCode::new(code)
        .map(|code| (position, code))
        .map_err(|error| error.to_string())
}

/// A Relate To code as it is answered, with what it does in the year asked for.
pub fn relate_to_to(code: &RelateTo, in_year: Effect, stamp: Stamp) -> pb::RelateToCode {
    pb::RelateToCode {
        effective_income_type: in_year.as_str().to_owned(),
        name: format!("relateToCodes/{}-{}", code.position, code.code),
        create_time: Some(timestamp_to(stamp.create_time)),
        update_time: Some(timestamp_to(stamp.update_time)),
        etag: stamp.etag,
        ..relate_to_input(code)
    }
}

/// A Relate To code as it is sent in.
pub fn relate_to_input(code: &RelateTo) -> pb::RelateToCode {
    pb::RelateToCode {
        position: code.position.number(),
        code: code.code.to_string(),
        description: code.description.clone(),
        income_type: code.effect.as_str().to_owned(),
        ..pb::RelateToCode::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_codes_name_tells_its_position() {
        let code = RelateToCode::new("CC").expect("two letters");
        assert_eq!(relate_to_key("1-CC"), Ok((Position::One, code)));
        for key in ["CC", "3-CC", "-CC", "1-", "1-C/C", ""] {
            assert!(relate_to_key(key).is_err(), "{key}");
        }
    }
}
