//! All rule files together, checked against each other.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::LazyLock;

use chrono::{Datelike as _, NaiveDate};

use super::file::{self, Contents};
use super::{
    AggregateTest, BoxKind, DeMinimis, Filing, FormRules, RuleError, StateCopies, Threshold,
    WithholdingRate, YearRules,
};
use crate::form::FormType;
use crate::{IncomeType, Rate, TaxYear};

/// The rules of every year that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleBook {
    years: BTreeMap<TaxYear, YearRules>,
    withholding: Vec<WithholdingRate>,
    pub(super) aggregate: Vec<AggregateTest>,
}

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        [$(($name, include_str!(concat!("../../rules/", $name)))),*]
    };
}

/// Every built-in rule file, by name.
const BUILT_IN: [(&str, &str); 19] = files![
    "thresholds.toml",
    "backup_withholding.toml",
    "withholding_test.toml",
    "filing.toml",
    "states.toml",
    "corrections.toml",
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
        Self::of_layers(&[Contents::of(files)?])
    }

    /// The built-in rules with the user's own files in front, given as name and text. What they say of a form's year, of
    /// a year's due dates, of a state or of an income type on certain dates holds instead of what is built in.
    ///
    /// # Errors
    /// [`RuleError::Malformed`] naming the file, or the year that is incomplete.
    pub fn with_own<'a>(
        files: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, RuleError> {
        Self::of_layers(&[Contents::of(files)?, Contents::of(BUILT_IN)?])
    }

    /// Puts layers of rules together; the first that says anything of a thing has the word.
    fn of_layers(layers: &[Contents]) -> Result<Self, RuleError> {
        let mut years = BTreeMap::new();
        for tax_year in layers.iter().flat_map(Contents::years) {
            if let Entry::Vacant(vacant) = years.entry(tax_year) {
                vacant.insert(assemble(tax_year, layers)?);
            }
        }
        let all = || layers.iter();
        Ok(Self {
            years,
            withholding: all().flat_map(|l| l.withholding.clone()).collect(),
            aggregate: all().flat_map(|l| l.aggregate.clone()).collect(),
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

    /// The newest year with rules that has begun by a day.
    ///
    /// # Errors
    /// [`RuleError::NoRuleForYear`] where every year with rules is still to come.
    pub fn current_year(&self, today: NaiveDate) -> Result<TaxYear, RuleError> {
        let begun = |year: &&TaxYear| year.year() <= today.year();
        let newest = self.years.keys().rev().find(begun).copied();
        newest.ok_or_else(|| RuleError::NoCurrentYear {
            year: today.year(),
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

impl Contents {
    fn of<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, RuleError> {
        let mut all = Self::default();
        for (name, text) in files {
            let contents = file::read(name, text)?;
            all.thresholds.extend(contents.thresholds);
            all.withholding.extend(contents.withholding);
            all.aggregate.extend(contents.aggregate);
            all.filing.extend(contents.filing);
            all.state_copies.extend(contents.state_copies);
            all.de_minimis.extend(contents.de_minimis);
            all.revisions.extend(contents.revisions);
        }
        Ok(all)
    }

    /// Every year that something is said of.
    fn years(&self) -> impl Iterator<Item = TaxYear> {
        let of_filing = self.filing.iter().map(|filing| filing.tax_year);
        let of_forms = self.revisions.iter().flat_map(|(years, _)| years.clone());
        of_filing.chain(of_forms)
    }

    /// The form's revision of the year, where this layer has one.
    fn form(
        &self,
        form_type: FormType,
        tax_year: TaxYear,
    ) -> Result<Option<&FormRules>, RuleError> {
        let why = format!("two revisions of Form {form_type}");
        let of_year = self
            .revisions
            .iter()
            .filter(|(years, rules)| rules.form_type == form_type && years.contains(&tax_year));
        only(tax_year, of_year.map(|(_, rules)| rules), &why)
    }

    /// The due dates of the year, where this layer has them.
    fn filing(&self, tax_year: TaxYear) -> Result<Option<&Filing>, RuleError> {
        let of_year = self
            .filing
            .iter()
            .filter(|filing| filing.tax_year == tax_year);
        only(tax_year, of_year, "due dates are given twice")
    }

    /// What errors may stand in the year, where this layer says it.
    fn de_minimis(&self, tax_year: TaxYear) -> Result<Option<&DeMinimis>, RuleError> {
        let of_year = self
            .de_minimis
            .iter()
            .filter(|entry| entry.covers(tax_year.first_day(), tax_year.last_day()));
        only(tax_year, of_year, "which errors may stand is said twice")
    }

    /// The threshold of an income type in the year, where this layer has one.
    fn threshold(
        &self,
        tax_year: TaxYear,
        income_type: IncomeType,
    ) -> Result<Option<&Threshold>, RuleError> {
        let covering = self.thresholds.iter().filter(|entry| {
            entry.income_type == income_type
                && entry.covers(tax_year.first_day(), tax_year.last_day())
        });
        only(
            tax_year,
            covering,
            &format!("two thresholds for {income_type}"),
        )
    }
}

/// The only one of a layer's entries for something, if there is any.
fn only<T>(
    tax_year: TaxYear,
    mut entries: impl Iterator<Item = T>,
    why: &str,
) -> Result<Option<T>, RuleError> {
    let first = entries.next();
    match entries.next() {
        None => Ok(first),
        Some(_) => Err(incomplete(tax_year, why)),
    }
}

/// The first of the layers that says anything.
fn first<'l, T>(
    layers: &'l [Contents],
    said: impl Fn(&'l Contents) -> Result<Option<T>, RuleError>,
) -> Result<Option<T>, RuleError> {
    layers
        .iter()
        .find_map(|layer| said(layer).transpose())
        .transpose()
}

/// Puts one year together and refuses gaps and contradictions.
fn assemble(tax_year: TaxYear, layers: &[Contents]) -> Result<YearRules, RuleError> {
    let mut forms = BTreeMap::new();
    for form_type in FormType::ALL {
        if let Some(rules) = first(layers, |layer| layer.form(form_type, tax_year))? {
            check_form(tax_year, rules)?;
            let state_copies = state_copies(tax_year, form_type, layers)?;
            let rules = FormRules {
                state_copies,
                ..rules.clone()
            };
            forms.insert(form_type, rules);
        }
    }
    let mut thresholds = BTreeMap::new();
    for income_type in IncomeType::ALL {
        check_places(tax_year, income_type, &forms)?;
        if !income_type.is_withheld() {
            let threshold = first(layers, |layer| layer.threshold(tax_year, income_type))?;
            let none = || incomplete(tax_year, format!("no threshold for {income_type}"));
            thresholds.insert(income_type, threshold.ok_or_else(none)?.clone());
        }
    }
    let rate = |date| {
        let mut entries = layers.iter().flat_map(|layer| &layer.withholding);
        entries.find(|entry| entry.holds_on(date))
    };
    let backup_withholding = match (rate(tax_year.first_day()), rate(tax_year.last_day())) {
        (Some(first), Some(last)) if first == last => first.rate,
        _ => return Err(incomplete(tax_year, "no single rate of backup withholding")),
    };
    let filing = first(layers, |layer| layer.filing(tax_year))?
        .cloned()
        .ok_or_else(|| incomplete(tax_year, "no due dates"))?;
    let de_minimis = first(layers, |layer| layer.de_minimis(tax_year))?.cloned();
    Ok(YearRules {
        tax_year,
        forms,
        thresholds,
        backup_withholding,
        filing,
        de_minimis,
    })
}

/// What the states want of a form of the year; a layer says one thing of a state.
fn state_copies(
    tax_year: TaxYear,
    form_type: FormType,
    layers: &[Contents],
) -> Result<StateCopies, RuleError> {
    let days = (tax_year.first_day(), tax_year.last_day());
    let mut copies = StateCopies::default();
    for layer in layers {
        let entries = layer.state_copies.iter();
        let of_year: Vec<_> = entries
            .filter(|entry| entry.covers(form_type, days.0, days.1))
            .collect();
        for entry in &of_year {
            let same = of_year.iter().filter(|other| other.state == entry.state);
            if same.count() > 1 {
                let state = entry.state.as_deref().unwrap_or(file::OTHERS);
                let why = format!("two entries for Form {form_type} in state {state}");
                return Err(incomplete(tax_year, why));
            }
        }
        copies.add(of_year.into_iter());
    }
    Ok(copies)
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
    forms: &BTreeMap<FormType, FormRules>,
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

fn incomplete(tax_year: TaxYear, why: impl Into<String>) -> RuleError {
    RuleError::malformed(&format!("for tax year {tax_year}"), why)
}
