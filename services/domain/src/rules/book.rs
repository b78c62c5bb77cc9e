//! All rule files together, checked against each other.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use chrono::NaiveDate;

use super::file::{self, Contents};
use super::{BoxKind, FormRules, RuleError, Threshold, WithholdingRate, YearRules};
use crate::{IncomeType, Rate, TaxYear};

/// The rules of every year that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleBook {
    years: BTreeMap<TaxYear, YearRules>,
    withholding: Vec<WithholdingRate>,
}

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        [$(($name, include_str!(concat!("../../rules/", $name)))),*]
    };
}

/// Every built-in rule file, by name.
const BUILT_IN: [(&str, &str); 16] = files![
    "thresholds.toml",
    "backup_withholding.toml",
    "filing.toml",
    "misc_2019.toml",
    "misc_2020.toml",
    "misc_2021.toml",
    "misc_rev_2022_01.toml",
    "misc_rev_2024_01.toml",
    "misc_rev_2025_04.toml",
    "misc_rev_2026_12.toml",
    "nec_2020.toml",
    "nec_2021.toml",
    "nec_rev_2022_01.toml",
    "nec_rev_2024_01.toml",
    "nec_rev_2025_04.toml",
    "nec_rev_2026_12.toml",
];

static BOOK: LazyLock<RuleBook> =
    LazyLock::new(|| RuleBook::read(BUILT_IN).expect("a test reads every built-in rule file"));

impl RuleBook {
    /// The rules compiled in.
    pub fn built_in() -> &'static Self {
        &BOOK
    }

    /// Reads rule files, given as name and text, and checks that they fit together.
    ///
    /// # Errors
    /// [`RuleError::Malformed`] naming the file, or the year that is incomplete.
    pub fn read<'a>(
        files: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, RuleError> {
        let mut all = Contents::default();
        for (name, text) in files {
            let contents = file::read(name, text)?;
            all.thresholds.extend(contents.thresholds);
            all.withholding.extend(contents.withholding);
            all.filing.extend(contents.filing);
            all.revisions.extend(contents.revisions);
        }
        let mut years = BTreeMap::new();
        for filing in &all.filing {
            let rules = assemble(filing.tax_year, &all)?;
            if years.insert(filing.tax_year, rules).is_some() {
                return Err(incomplete(filing.tax_year, "due dates are given twice"));
            }
        }
        Ok(Self {
            years,
            withholding: all.withholding,
        })
    }

    /// The rules of one tax year.
    ///
    /// # Errors
    /// [`RuleError::NoRuleForYear`] for a year the files do not cover.
    pub fn for_year(&self, tax_year: TaxYear) -> Result<&YearRules, RuleError> {
        self.years
            .get(&tax_year)
            .ok_or_else(|| RuleError::NoRuleForYear {
                year: tax_year,
                known: self.known(),
            })
    }

    /// The years with rules, in order.
    pub fn years(&self) -> impl Iterator<Item = &YearRules> {
        self.years.values()
    }

    /// The rate of backup withholding for a payment of this date.
    ///
    /// # Errors
    /// [`RuleError::NoRateForDate`] for a date that no entry covers.
    pub fn backup_withholding_rate(&self, paid: NaiveDate) -> Result<Rate, RuleError> {
        self.withholding
            .iter()
            .find(|entry| entry.holds_on(paid))
            .map(|entry| entry.rate)
            .ok_or(RuleError::NoRateForDate { date: paid })
    }

    fn known(&self) -> String {
        match (self.years.first_key_value(), self.years.last_key_value()) {
            (Some((first, _)), Some((last, _))) => format!("{first} to {last}"),
            _ => "no year".to_owned(),
        }
    }
}

/// Puts one year together and refuses gaps and contradictions.
fn assemble(tax_year: TaxYear, all: &Contents) -> Result<YearRules, RuleError> {
    let mut forms = BTreeMap::new();
    for (_, rules) in all
        .revisions
        .iter()
        .filter(|(years, _)| years.contains(&tax_year))
    {
        check_form(tax_year, rules)?;
        if forms.insert(rules.form_type, rules.clone()).is_some() {
            let why = format!("two revisions of Form {}", rules.form_type);
            return Err(incomplete(tax_year, why));
        }
    }
    let mut thresholds = BTreeMap::new();
    for income_type in IncomeType::ALL {
        check_places(tax_year, income_type, &forms)?;
        if !income_type.is_withheld() {
            thresholds.insert(income_type, threshold(tax_year, income_type, all)?);
        }
    }
    let rate = |date| all.withholding.iter().find(|entry| entry.holds_on(date));
    let backup_withholding = match (rate(tax_year.first_day()), rate(tax_year.last_day())) {
        (Some(first), Some(last)) if first == last => first.rate,
        _ => return Err(incomplete(tax_year, "no single rate of backup withholding")),
    };
    let filing = all
        .filing
        .iter()
        .find(|filing| filing.tax_year == tax_year)
        .cloned()
        .ok_or_else(|| incomplete(tax_year, "no due dates"))?;
    Ok(YearRules {
        tax_year,
        forms,
        thresholds,
        backup_withholding,
        filing,
    })
}

/// A form has every box once, its special boxes, and totals over amounts only.
fn check_form(tax_year: TaxYear, form: &FormRules) -> Result<(), RuleError> {
    let wrong = |why: String| {
        Err(incomplete(
            tax_year,
            format!("Form {}: {why}", form.form_type),
        ))
    };
    for (index, rule) in form.boxes.iter().enumerate() {
        if form.boxes[..index].iter().any(|other| other.id == rule.id) {
            return wrong(format!("box {} is given twice", rule.id));
        }
        if rule.in_total && rule.kind != BoxKind::Amount {
            return wrong(format!(
                "box {} counts in the total without an amount",
                rule.id
            ));
        }
        if rule.kind == BoxKind::Amount && rule.income.is_empty() {
            return wrong(format!("no income type feeds box {}", rule.id));
        }
        if let Some(part) = &rule.part {
            let whole = form.find(&part.of);
            let fits = rule.kind == BoxKind::Detail
                && whole.is_some_and(|whole| whole.kind == BoxKind::Amount)
                && form.part(part.part, &part.of) == Some(rule);
            if !fits {
                return wrong(format!(
                    "box {} is no part of box {} that no other box has",
                    rule.id, part.of
                ));
            }
        }
    }
    for kind in [
        BoxKind::FederalWithheld,
        BoxKind::StateWithheld,
        BoxKind::StateNumber,
        BoxKind::StateIncome,
    ] {
        if form.of_kind(kind).is_none() {
            return wrong(format!("no box for {kind:?}"));
        }
    }
    match (form.slots_per_sheet, form.total_boxes().next()) {
        (0, _) => wrong("no slots on a sheet".to_owned()),
        (_, None) => wrong("no box makes the total".to_owned()),
        _ => Ok(()),
    }
}

/// Every income type has one box in the year; direct sales and withheld tax may have one on each form.
fn check_places(
    tax_year: TaxYear,
    income_type: IncomeType,
    forms: &BTreeMap<crate::form::FormType, FormRules>,
) -> Result<(), RuleError> {
    let count: usize = forms
        .values()
        .flat_map(|form| &form.boxes)
        .filter(|rule| rule.income.contains(&income_type))
        .count();
    let on_each = income_type.is_withheld() || income_type == IncomeType::DirectSales;
    match count {
        1 => Ok(()),
        2 if on_each => Ok(()),
        _ => Err(incomplete(
            tax_year,
            format!("{income_type} has {count} boxes"),
        )),
    }
}

fn threshold(
    tax_year: TaxYear,
    income_type: IncomeType,
    all: &Contents,
) -> Result<Threshold, RuleError> {
    let mut covering = all.thresholds.iter().filter(|entry| {
        entry.income_type == income_type && entry.covers(tax_year.first_day(), tax_year.last_day())
    });
    match (covering.next(), covering.next()) {
        (Some(only), None) => Ok(only.clone()),
        (None, _) => Err(incomplete(
            tax_year,
            format!("no threshold for {income_type}"),
        )),
        (Some(_), Some(_)) => Err(incomplete(
            tax_year,
            format!("two thresholds for {income_type}"),
        )),
    }
}

fn incomplete(tax_year: TaxYear, why: impl Into<String>) -> RuleError {
    RuleError::malformed(&format!("for tax year {tax_year}"), why)
}
