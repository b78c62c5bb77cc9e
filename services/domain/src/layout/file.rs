//! The shape of a layout file, and its way into a layout.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::{Field, FieldKind, Layout, LayoutError, Rect};
use crate::form::{Copy, Mark};
use crate::points::Points;
use crate::{TaxYear, stock};

/// Fields without which nothing can be printed.
const REQUIRED: [&str; 10] = [
    "void",
    "corrected",
    "payer",
    "payer_tin",
    "recipient_tin",
    "recipient_name",
    "street",
    "city",
    "account",
    "year",
];

/// Reads one layout file.
///
/// # Errors
/// [`LayoutError::Malformed`] naming the file.
pub(super) fn read(file: &str, text: &str) -> Result<Layout, LayoutError> {
    toml::from_str::<RawLayout>(text)
        .map_err(|e| e.to_string())
        .and_then(RawLayout::typed)
        .map_err(|why| LayoutError::Malformed {
            file: file.to_owned(),
            why,
        })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLayout {
    form: String,
    revision: String,
    tax_years: Vec<i32>,
    copies: Vec<String>,
    stock: String,
    source: String,
    fields: Vec<RawField>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawField {
    name: String,
    #[serde(rename = "box")]
    box_label: String,
    kind: FieldKind,
    left: Points,
    top: Points,
    width: Points,
    height: Points,
    column: i32,
    lines: Vec<i32>,
    baseline: Option<Points>,
    max_characters: Option<usize>,
}

impl RawLayout {
    fn typed(self) -> Result<Layout, String> {
        let fields: Vec<_> = self.fields.into_iter().map(RawField::typed).collect();
        check(&fields)?;
        Ok(Layout {
            form_type: self.form.parse().map_err(|e| format!("form: {e}"))?,
            revision: self.revision,
            tax_years: self
                .tax_years
                .into_iter()
                .map(|year| TaxYear::new(year).map_err(|e| e.to_string()))
                .collect::<Result<_, _>>()?,
            copies: self
                .copies
                .iter()
                .map(|copy| copy.parse::<Copy>().map_err(|e| format!("copies: {e}")))
                .collect::<Result<_, _>>()?,
            stock: stock::find(&self.stock).map_err(|e| e.to_string())?,
            fields,
            source: self.source,
        })
    }
}

impl RawField {
    fn typed(self) -> Field {
        Field {
            name: self.name,
            box_label: self.box_label,
            kind: self.kind,
            rect: Rect {
                left: self.left,
                top: self.top,
                width: self.width,
                height: self.height,
            },
            column: self.column,
            lines: self.lines,
            baseline: self.baseline,
            max_characters: self.max_characters,
        }
    }
}

/// Every field once, under a name that something prints in, with at least one line; none of the usual ones missing.
fn check(fields: &[Field]) -> Result<(), String> {
    let mut seen = BTreeSet::new();
    for field in fields {
        if !seen.insert(field.name.as_str()) {
            return Err(format!("field {} is given twice", field.name));
        }
        if !is_known(&field.name) {
            return Err(format!("nothing prints in a field named {}", field.name));
        }
        let lines_fit = match field.kind {
            FieldKind::Block => !field.lines.is_empty(),
            FieldKind::Name => matches!(field.lines.len(), 1 | 2),
            _ => field.lines.len() == 1,
        };
        if !lines_fit {
            return Err(format!("field {} has a wrong number of lines", field.name));
        }
    }
    match REQUIRED.into_iter().find(|name| !seen.contains(name)) {
        Some(missing) => Err(format!("field {missing} is missing")),
        None => Ok(()),
    }
}

fn is_known(name: &str) -> bool {
    let is_state = || {
        let part = name
            .strip_prefix("state_1_")
            .or_else(|| name.strip_prefix("state_2_"));
        matches!(part, Some("tax" | "number" | "income"))
    };
    REQUIRED.contains(&name)
        || name.starts_with("box_")
        || is_state()
        || Mark::ALL.iter().any(|mark| mark.as_str() == name)
}
