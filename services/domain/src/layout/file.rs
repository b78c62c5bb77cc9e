//! The shape of a layout file, and its way into a layout.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::outline::RawOutline;
use super::{Field, FieldKind, Layout, LayoutError, Rect, TransmittalLayout, Windows, transmittal};
use crate::TaxYear;
use crate::form::{Copy, Mark};
use crate::points::Points;
use crate::stock::{Stock, Takes};

/// Fields without which no copy of a form can be printed.
const REQUIRED: [&str; 7] = [
    "corrected",
    "payer_tin",
    "recipient_tin",
    "recipient_name",
    "street",
    "city",
    "account",
];

/// The payer's fields, where the form has one for each part of its block.
const PAYER_PARTS: [&str; 6] = [
    "payer_name",
    "payer_street",
    "payer_city",
    "payer_state",
    "payer_zip",
    "payer_phone",
];

/// Other fields that something prints in, beside boxes, marks and state rows.
const OPTIONAL: [&str; 11] = [
    "payer",
    "payer_unit",
    "payer_country",
    "unit",
    "state",
    "country",
    "zip",
    "year",
    "occupation_code_1",
    "occupation_code_2",
    "void",
];

/// Columns of a sheet at 10 cpi.
const COLUMNS: i32 = 85;

/// What a file of layouts holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Stocks.
    Stocks,
    /// One layout.
    Layout,
}

/// Which kind of file a text is; `None` when it is none of these.
pub(crate) fn kind(text: &str) -> Option<Kind> {
    let table: toml::Table = toml::from_str(text).ok()?;
    match (table.get("stock"), table.get("fields")) {
        (Some(toml::Value::Array(_)), _) => Some(Kind::Stocks),
        (_, Some(_)) => Some(Kind::Layout),
        _ => None,
    }
}

/// A layout as its file has it.
#[derive(Debug, Clone)]
pub(super) enum Read {
    /// Of a return.
    Form(Layout),
    /// Of Form 1096.
    Transmittal(TransmittalLayout),
}

/// Reads one layout file; its stock is one of `stocks`.
///
/// # Errors
/// [`LayoutError::Malformed`] naming the file, and the field where it is about one.
pub(super) fn read(file: &str, text: &str, stocks: &[Stock]) -> Result<Read, LayoutError> {
    toml::from_str::<RawLayout>(text)
        .map_err(|e| e.to_string())
        .and_then(|raw| raw.typed(stocks))
        .map_err(|why| LayoutError::malformed(file, why))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLayout {
    form: String,
    revision: String,
    tax_years: Vec<i32>,
    #[serde(default)]
    copies: Vec<String>,
    stock: String,
    #[serde(default)]
    year_is_preprinted: bool,
    source: String,
    fields: Vec<RawField>,
    outline: Option<RawOutline>,
    windows: Option<RawWindows>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawWindows {
    payer: RawRect,
    recipient: RawRect,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRect {
    left: Points,
    top: Points,
    width: Points,
    height: Points,
}

impl From<RawRect> for Rect {
    fn from(raw: RawRect) -> Self {
        Self {
            left: raw.left,
            top: raw.top,
            width: raw.width,
            height: raw.height,
        }
    }
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
    #[serde(default)]
    copies: Vec<String>,
}

impl RawLayout {
    fn typed(self, stocks: &[Stock]) -> Result<Read, String> {
        let takes: Takes = self.form.parse().map_err(|e| format!("form: {e}"))?;
        let stock = stocks
            .iter()
            .find(|stock| stock.name == self.stock)
            .ok_or_else(|| format!("stock: there is no form stock {:?}", self.stock))?;
        let is_taken = match takes {
            Takes::Form(form_type) => stock.takes_form(form_type),
            Takes::AnyForm => return Err("form: a layout is one form's".to_owned()),
            Takes::Transmittal => stock.takes == takes,
        };
        if !is_taken {
            return Err(format!("stock: {} takes Form {}", stock.name, stock.takes));
        }
        let tax_years: Vec<_> = self
            .tax_years
            .into_iter()
            .map(|year| TaxYear::new(year).map_err(|e| format!("tax_years: {e}")))
            .collect::<Result<_, _>>()?;
        let copies = copies(&self.copies)?;
        let fields: Vec<_> = self
            .fields
            .into_iter()
            .map(RawField::typed)
            .collect::<Result<_, _>>()?;
        if tax_years.is_empty() {
            return Err("tax_years: none is named".to_owned());
        }
        check_on(&fields, stock)?;
        let outline = self.outline.map(|raw| raw.typed(stock.pitch)).transpose()?;
        if stock.is_drawn && outline.is_none() {
            return Err("outline: a form on plain paper has one".to_owned());
        }
        if stock.is_drawn && copies.contains(&Copy::A) {
            return Err("copies: Copy A is never drawn on plain paper".to_owned());
        }
        let (stock, revision, source) = (stock.clone(), self.revision, self.source);
        match takes {
            Takes::Form(form_type) => {
                check_form(&fields, &copies, self.year_is_preprinted)?;
                Ok(Read::Form(Layout {
                    form_type,
                    revision,
                    tax_years,
                    copies,
                    stock,
                    year_is_preprinted: self.year_is_preprinted,
                    fields,
                    outline,
                    windows: self.windows.map(|raw| Windows {
                        payer: raw.payer.into(),
                        recipient: raw.recipient.into(),
                    }),
                    source,
                }))
            }
            Takes::AnyForm | Takes::Transmittal => {
                check_transmittal(&fields)?;
                Ok(Read::Transmittal(TransmittalLayout {
                    revision,
                    tax_years,
                    stock,
                    fields,
                    source,
                }))
            }
        }
    }
}

impl RawField {
    fn typed(self) -> Result<Field, String> {
        Ok(Field {
            copies: copies(&self.copies).map_err(|why| format!("field {}: {why}", self.name))?,
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
        })
    }
}

pub(super) fn copies(words: &[String]) -> Result<Vec<Copy>, String> {
    words
        .iter()
        .map(|copy| copy.parse().map_err(|e| format!("copies: {e}")))
        .collect()
}

/// Every field lies on its slot, with as many print lines as its kind takes.
pub(super) fn check_on(fields: &[Field], stock: &Stock) -> Result<(), String> {
    for field in fields {
        let wrong = |why: &str| Err(format!("field {}: {why}", field.name));
        if field.rect.width <= Points::ZERO || field.rect.height <= Points::ZERO {
            return wrong("width and height are more than nothing");
        }
        if field.rect.left < Points::ZERO
            || field.rect.top < Points::ZERO
            || field.rect.bottom() > stock.pitch
        {
            return wrong("it does not lie on the first form of its stock");
        }
        if !(1..=COLUMNS).contains(&field.column) {
            return wrong("column is one of 1 to 85");
        }
        let on_form = |line: &i32| (1..=stock.lines_per_form).contains(line);
        if !field.lines.iter().all(on_form) {
            return wrong("lines are lines of the first form of its stock");
        }
        let lines_fit = match field.kind {
            FieldKind::Block => !field.lines.is_empty(),
            FieldKind::Name => matches!(field.lines.len(), 1 | 2),
            _ => field.lines.len() == 1,
        };
        if !lines_fit {
            return wrong("it has a wrong number of lines");
        }
    }
    Ok(())
}

/// Every field once on a copy, under a name that something prints in; none of the usual ones missing on any copy.
fn check_form(fields: &[Field], copies: &[Copy], year_is_preprinted: bool) -> Result<(), String> {
    if copies.is_empty() {
        return Err("copies: none is named".to_owned());
    }
    for field in fields {
        if !is_known(&field.name) {
            return Err(format!("nothing prints in a field named {}", field.name));
        }
        if let Some(copy) = field.copies.iter().find(|copy| !copies.contains(copy)) {
            return Err(format!(
                "field {}: copies: the layout does not serve Copy {copy}",
                field.name
            ));
        }
    }
    for copy in copies {
        let names = once(fields.iter().filter(|field| field.is_on(*copy)))
            .map_err(|name| format!("field {name} is given twice for Copy {copy}"))?;
        let mut required = REQUIRED.to_vec();
        if copy.pads_with_void() {
            required.push("void");
        }
        if !year_is_preprinted {
            required.push("year");
        }
        match names.contains("payer") {
            true => {}
            false => required.extend(PAYER_PARTS),
        }
        if names.contains("state") || names.contains("zip") {
            required.extend(["state", "zip"]);
        }
        if let Some(missing) = required.into_iter().find(|name| !names.contains(name)) {
            return Err(format!("field {missing} is missing on Copy {copy}"));
        }
    }
    Ok(())
}

fn check_transmittal(fields: &[Field]) -> Result<(), String> {
    let names = once(fields.iter()).map_err(|name| format!("field {name} is given twice"))?;
    let unknown = names
        .iter()
        .find(|name| !transmittal::FIELDS.contains(name));
    if let Some(unknown) = unknown {
        return Err(format!("nothing prints in a field named {unknown}"));
    }
    let missing = transmittal::FIELDS
        .iter()
        .find(|name| !names.contains(*name));
    match missing {
        Some(missing) => Err(format!("field {missing} is missing")),
        None => Ok(()),
    }
}

/// The names of fields; the first that comes twice is the error.
fn once<'f>(fields: impl Iterator<Item = &'f Field>) -> Result<BTreeSet<&'f str>, &'f str> {
    let mut names = BTreeSet::new();
    for field in fields {
        if !names.insert(field.name.as_str()) {
            return Err(&field.name);
        }
    }
    Ok(names)
}

fn is_known(name: &str) -> bool {
    let is_state = || {
        let part = name
            .strip_prefix("state_1_")
            .or_else(|| name.strip_prefix("state_2_"));
        matches!(part, Some("tax" | "number" | "income"))
    };
    REQUIRED.contains(&name)
        || PAYER_PARTS.contains(&name)
        || OPTIONAL.contains(&name)
        || name.starts_with("box_")
        || is_state()
        || Mark::ALL.iter().any(|mark| mark.as_str() == name)
}
