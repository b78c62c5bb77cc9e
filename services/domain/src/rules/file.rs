//! The shapes of the rule files, and their way into typed rules.

use std::str::FromStr;

use chrono::{Datelike as _, NaiveDate};
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer};

use super::{
    AggregateTest, BoxKind, BoxRule, DeMinimis, Filing, FormRules, PartBox, RuleError, StateCopies,
    StateCopy, Threshold, Wish, WithholdingRate,
};
use crate::edit::Part;
use crate::form::{BoxId, FormType, Mark};
use crate::{IncomeType, Money, Rate, TaxYear};

/// What a rule file calls the states that it names no more closely.
pub(super) const OTHERS: &str = "others";

/// What one rule file may hold: dated entries of any kind, or one form revision.
#[derive(Debug, Clone, Default)]
pub(super) struct Contents {
    pub(super) thresholds: Vec<Threshold>,
    pub(super) withholding: Vec<WithholdingRate>,
    pub(super) aggregate: Vec<AggregateTest>,
    pub(super) filing: Vec<Filing>,
    pub(super) state_copies: Vec<StateCopy>,
    pub(super) de_minimis: Vec<DeMinimis>,
    pub(super) revisions: Vec<(Vec<TaxYear>, FormRules)>,
}

/// Reads one rule file.
///
/// # Errors
/// [`RuleError::Malformed`] naming the file.
pub(super) fn read(file: &str, text: &str) -> Result<Contents, RuleError> {
    let parse = || -> Result<Contents, String> {
        let is_form = toml::from_str::<toml::Table>(text)
            .map_err(|e| e.to_string())?
            .contains_key("revision");
        match is_form {
            true => {
                let raw: RawForm = toml::from_str(text).map_err(|e| e.to_string())?;
                Ok(Contents {
                    revisions: vec![raw.typed()?],
                    ..Contents::default()
                })
            }
            false => {
                let raw: RawDated = toml::from_str(text).map_err(|e| e.to_string())?;
                raw.typed()
            }
        }
    };
    parse().map_err(|why| RuleError::malformed(file, why))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawDated {
    #[serde(default)]
    threshold: Vec<RawThreshold>,
    #[serde(default)]
    backup_withholding: Vec<RawRate>,
    #[serde(default)]
    aggregate_test: Vec<RawAggregate>,
    #[serde(default)]
    year: Vec<RawFiling>,
    #[serde(default)]
    state_copy: Vec<RawStateCopy>,
    #[serde(default)]
    de_minimis: Vec<RawDeMinimis>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawStateCopy {
    state: String,
    form: Option<String>,
    #[serde(deserialize_with = "day")]
    from: NaiveDate,
    #[serde(default, deserialize_with = "some_day")]
    until: Option<NaiveDate>,
    cents: Option<i64>,
    #[serde(default)]
    with_federal_form: bool,
    source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawDeMinimis {
    #[serde(deserialize_with = "day")]
    from: NaiveDate,
    #[serde(default, deserialize_with = "some_day")]
    until: Option<NaiveDate>,
    cents: i64,
    withheld_cents: i64,
    source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawThreshold {
    income_type: String,
    #[serde(deserialize_with = "day")]
    from: NaiveDate,
    #[serde(default, deserialize_with = "some_day")]
    until: Option<NaiveDate>,
    cents: i64,
    #[serde(default)]
    combined: bool,
    source: String,
    #[serde(default, rename = "note")]
    _note: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRate {
    #[serde(deserialize_with = "day")]
    from: NaiveDate,
    #[serde(default, deserialize_with = "some_day")]
    until: Option<NaiveDate>,
    rate: String,
    source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawAggregate {
    #[serde(deserialize_with = "day")]
    from: NaiveDate,
    #[serde(default, deserialize_with = "some_day")]
    until: Option<NaiveDate>,
    cents: i64,
    income_types: Vec<IncomeType>,
    source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFiling {
    tax_year: i32,
    #[serde(default, deserialize_with = "some_day")]
    nec_due: Option<NaiveDate>,
    #[serde(default, deserialize_with = "some_day")]
    misc_irs_with_nonemployee_compensation: Option<NaiveDate>,
    #[serde(deserialize_with = "day")]
    misc_recipient: NaiveDate,
    #[serde(deserialize_with = "day")]
    misc_recipient_late: NaiveDate,
    #[serde(deserialize_with = "day")]
    misc_irs_paper: NaiveDate,
    #[serde(deserialize_with = "day")]
    misc_irs_efile: NaiveDate,
    #[serde(deserialize_with = "day")]
    form_945: NaiveDate,
    efile_limit: u32,
    efile_aggregate: bool,
    source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawForm {
    form: String,
    title: String,
    revision: String,
    tax_years: Vec<i32>,
    scan_id: String,
    omb_number: String,
    transmittal_code: String,
    slots_per_sheet: usize,
    marks: Vec<String>,
    source: String,
    boxes: Vec<RawBox>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawBox {
    id: BoxId,
    title: String,
    kind: BoxKind,
    mark: Option<String>,
    #[serde(default)]
    income: Vec<String>,
    #[serde(default)]
    total: bool,
    part: Option<Part>,
    of: Option<BoxId>,
}

impl RawDated {
    fn typed(self) -> Result<Contents, String> {
        Ok(Contents {
            thresholds: each(self.threshold, RawThreshold::typed)?,
            withholding: each(self.backup_withholding, RawRate::typed)?,
            aggregate: self
                .aggregate_test
                .into_iter()
                .map(RawAggregate::typed)
                .collect(),
            filing: each(self.year, RawFiling::typed)?,
            state_copies: each(self.state_copy, RawStateCopy::typed)?,
            de_minimis: self
                .de_minimis
                .into_iter()
                .map(RawDeMinimis::typed)
                .collect(),
            revisions: Vec::new(),
        })
    }
}

impl RawStateCopy {
    fn typed(self) -> Result<StateCopy, String> {
        whole_years(&format!("state {}", self.state), self.from, self.until)?;
        let is_code = self.state.len() == 2 && self.state.bytes().all(|b| b.is_ascii_uppercase());
        if !is_code && self.state != OTHERS {
            return Err(format!(
                "{:?} is no state: write two capital letters, or {OTHERS}",
                self.state
            ));
        }
        Ok(StateCopy {
            state: is_code.then_some(self.state),
            form_type: self.form.as_deref().map(word).transpose()?,
            from: self.from,
            until: self.until,
            wish: Wish {
                amount: self.cents.map(Money::from_cents),
                with_federal_form: self.with_federal_form,
            },
            source: self.source,
        })
    }
}

fn whole_years(what: &str, from: NaiveDate, until: Option<NaiveDate>) -> Result<(), String> {
    let ends = until.is_none_or(|until| (until.month(), until.day()) == (12, 31));
    match from.ordinal() == 1 && ends {
        true => Ok(()),
        false => Err(format!(
            "{what}: from and until are the first and the last day of a year"
        )),
    }
}

impl RawThreshold {
    fn typed(self) -> Result<Threshold, String> {
        let what = format!("threshold of {}", self.income_type);
        whole_years(&what, self.from, self.until)?;
        Ok(Threshold {
            income_type: word(&self.income_type)?,
            from: self.from,
            until: self.until,
            amount: Money::from_cents(self.cents),
            combined: self.combined,
            source: self.source,
        })
    }
}

impl RawRate {
    fn typed(self) -> Result<WithholdingRate, String> {
        let rate = Decimal::from_str(&self.rate).map_err(|e| e.to_string())?;
        Ok(WithholdingRate {
            from: self.from,
            until: self.until,
            rate: Rate(rate),
            source: self.source,
        })
    }
}

impl RawAggregate {
    fn typed(self) -> AggregateTest {
        AggregateTest {
            from: self.from,
            until: self.until,
            amount: Money::from_cents(self.cents),
            income_types: self.income_types,
            source: self.source,
        }
    }
}

impl RawDeMinimis {
    fn typed(self) -> DeMinimis {
        DeMinimis {
            from: self.from,
            until: self.until,
            amount: Money::from_cents(self.cents),
            withheld: Money::from_cents(self.withheld_cents),
            source: self.source,
        }
    }
}

impl RawFiling {
    fn typed(self) -> Result<Filing, String> {
        Ok(Filing {
            tax_year: year(self.tax_year)?,
            nec_due: self.nec_due,
            misc_irs_with_nonemployee_compensation: self.misc_irs_with_nonemployee_compensation,
            misc_recipient: self.misc_recipient,
            misc_recipient_late: self.misc_recipient_late,
            misc_irs_paper: self.misc_irs_paper,
            misc_irs_efile: self.misc_irs_efile,
            form_945: self.form_945,
            efile_limit: self.efile_limit,
            efile_aggregate: self.efile_aggregate,
            source: self.source,
        })
    }
}

impl RawForm {
    fn typed(self) -> Result<(Vec<TaxYear>, FormRules), String> {
        let boxes = each(self.boxes, RawBox::typed)?;
        let mut marks: std::collections::BTreeSet<Mark> =
            each(self.marks, |name| mark(&name))?.into_iter().collect();
        marks.extend(boxes.iter().filter_map(|rule| rule.mark));
        let rules = FormRules {
            form_type: word::<FormType>(&self.form)?,
            title: self.title,
            revision: self.revision,
            scan_id: self.scan_id,
            omb_number: self.omb_number,
            transmittal_code: self.transmittal_code,
            slots_per_sheet: self.slots_per_sheet,
            marks,
            boxes,
            state_copies: StateCopies::default(),
            source: self.source,
        };
        Ok((each(self.tax_years, year)?, rules))
    }
}

impl RawBox {
    fn typed(self) -> Result<BoxRule, String> {
        let mark = self.mark.as_deref().map(mark).transpose()?;
        if mark.is_some() != (self.kind == BoxKind::Mark) {
            return Err(format!(
                "box {}: a mark box, and no other, names its mark",
                self.id
            ));
        }
        let part = match (self.part, self.of) {
            (Some(part), Some(of)) => Some(PartBox { part, of }),
            (None, None) => None,
            _ => {
                return Err(format!(
                    "box {}: a part names the box it is a part of",
                    self.id
                ));
            }
        };
        Ok(BoxRule {
            part,
            income: each(self.income, |name| word(&name))?,
            id: self.id,
            title: self.title,
            kind: self.kind,
            mark,
            in_total: self.total,
        })
    }
}

fn each<A, B>(items: Vec<A>, typed: impl Fn(A) -> Result<B, String>) -> Result<Vec<B>, String> {
    items.into_iter().map(typed).collect()
}

fn word<T: FromStr>(text: &str) -> Result<T, String>
where
    T::Err: std::fmt::Display,
{
    text.parse().map_err(|e: T::Err| format!("{text:?}: {e}"))
}

fn mark(name: &str) -> Result<Mark, String> {
    Mark::ALL
        .into_iter()
        .find(|mark| mark.as_str() == name)
        .ok_or_else(|| format!("{name:?} is not a mark"))
}

fn year(year: i32) -> Result<TaxYear, String> {
    TaxYear::new(year).map_err(|e| e.to_string())
}

pub(super) fn day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<NaiveDate, D::Error> {
    let written = toml::value::Datetime::deserialize(deserializer)?;
    NaiveDate::from_str(&written.to_string()).map_err(serde::de::Error::custom)
}

pub(super) fn some_day<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<NaiveDate>, D::Error> {
    day(deserializer).map(Some)
}
