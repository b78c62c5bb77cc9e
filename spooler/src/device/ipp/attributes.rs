//! Reading attributes out of an answer, whatever their syntax.

use ipp::model::DelimiterTag;
use ipp::prelude::{IppAttributeGroup, IppAttributes, IppValue};

/// The first group of a kind, if the answer has one.
pub(super) fn group(answer: &IppAttributes, tag: DelimiterTag) -> Option<&IppAttributeGroup> {
    answer.first_of(tag)
}

/// All values of an attribute as text; none when it is absent or has no value.
pub(super) fn texts(group: Option<&IppAttributeGroup>, name: &str) -> Vec<String> {
    let Some(attribute) = group.and_then(|group| group.get(name)) else {
        return Vec::new();
    };
    attribute
        .value()
        .into_iter()
        .filter(|value| !matches!(value, IppValue::NoValue | IppValue::Other { .. }))
        .map(text)
        .collect()
}

/// The only or first value as text.
pub(super) fn first_text(group: Option<&IppAttributeGroup>, name: &str) -> Option<String> {
    texts(group, name).into_iter().next()
}

/// The value of an integer or an enum.
pub(super) fn integer(group: Option<&IppAttributeGroup>, name: &str) -> Option<i32> {
    match group?.get(name)?.value().into_iter().next()? {
        IppValue::Integer(value) | IppValue::Enum(value) => Some(*value),
        _ => None,
    }
}

/// All values of an enum or integer attribute.
pub(super) fn integers(group: Option<&IppAttributeGroup>, name: &str) -> Vec<i32> {
    let Some(attribute) = group.and_then(|group| group.get(name)) else {
        return Vec::new();
    };
    let number = |value: &IppValue| match value {
        IppValue::Integer(value) | IppValue::Enum(value) => Some(*value),
        _ => None,
    };
    attribute.value().into_iter().filter_map(number).collect()
}

/// The value of a boolean.
pub(super) fn boolean(group: Option<&IppAttributeGroup>, name: &str) -> Option<bool> {
    match group?.get(name)?.value() {
        IppValue::Boolean(value) => Some(*value),
        _ => None,
    }
}

/// All resolutions in dots per inch that are the same both ways.
pub(super) fn square_resolutions(group: Option<&IppAttributeGroup>, name: &str) -> Vec<i32> {
    const DOTS_PER_INCH: i8 = 3;
    let Some(attribute) = group.and_then(|group| group.get(name)) else {
        return Vec::new();
    };
    let square = |value: &IppValue| match value {
        IppValue::Resolution {
            cross_feed,
            feed,
            units: DOTS_PER_INCH,
        } if cross_feed == feed => Some(*feed),
        _ => None,
    };
    attribute.value().into_iter().filter_map(square).collect()
}

/// What a refusal says beyond its status.
pub(super) fn refusal(answer: &IppAttributes) -> String {
    let message = first_text(
        group(answer, DelimiterTag::OperationAttributes),
        "status-message",
    );
    let unsupported: Vec<_> = group(answer, DelimiterTag::UnsupportedAttributes)
        .map(|group| group.attributes().iter().map(|it| it.name().to_string()))
        .into_iter()
        .flatten()
        .collect();
    let mut parts: Vec<String> = message.into_iter().collect();
    if !unsupported.is_empty() {
        parts.push(format!("unsupported: {}", unsupported.join(", ")));
    }
    parts.join("; ")
}

/// A value without its language; control characters of a strange printer are dropped.
fn text(value: &IppValue) -> String {
    let text = match value {
        IppValue::TextWithLanguage { text, .. } => text.to_string(),
        IppValue::NameWithLanguage { name, .. } => name.to_string(),
        other => other.to_string(),
    };
    text.chars().filter(|c| !c.is_control()).collect()
}
