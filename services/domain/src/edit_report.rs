//! The edit report: every row of the year's 1099 information with its place on the forms, and sums of parts.
//!
//! Every sum is one of the level below it: boxes of lines, forms of boxes, the payer of forms. Income, federal and
//! state tax withheld are never added to each other.

use std::collections::BTreeMap;
use std::fmt;

use crate::eligibility::Place;
use crate::form::{BoxId, FormType};
use crate::rules::YearRules;
use crate::{IncomeType, Money};

/// The amounts of one row of 1099 information, and where they belong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What it was for.
    pub income_type: IncomeType,
    /// Form and box; `None` where the year has no box for it.
    pub place: Option<Place>,
    /// Reportable amount of the vouchers.
    pub total_1099_amount: Money,
    /// What the form reports.
    pub taxable_amount: Money,
}

/// What an amount is: only like is added to like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Nature {
    /// Income.
    Income,
    /// Federal income tax withheld.
    FederalTaxWithheld,
    /// State tax withheld.
    StateTaxWithheld,
}

/// What a sum is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Of {
    /// One box of a form; both `None` where the year has no box.
    Box(Option<FormType>, Option<BoxId>),
    /// One form.
    Form(Option<FormType>),
    /// The payer.
    Payer,
}

/// A sum of lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Total {
    /// What it is about.
    pub of: Of,
    /// What is added.
    pub nature: Nature,
    /// Title of the box; blank for the other sums.
    pub title: String,
    /// The amounts.
    pub sums: Sums,
}

/// The amounts of a sum.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sums {
    /// How many lines.
    pub lines: usize,
    /// Reportable amounts of the vouchers.
    pub total_1099_amount: Money,
    /// What the forms would report.
    pub taxable_amount: Money,
    /// What stands on forms that come out.
    pub on_forms: Money,
}

impl Line {
    /// The amount that stands on a form that comes out. Direct sales are an X there, not an amount.
    pub fn on_form(&self) -> Money {
        let is_amount = self.income_type != IncomeType::DirectSales;
        match &self.place {
            Some(place) if place.is_shown && is_amount => self.taxable_amount,
            _ => Money::ZERO,
        }
    }

    /// What it is.
    pub fn nature(&self) -> Nature {
        match self.income_type {
            IncomeType::FederalIncomeTaxWithheld => Nature::FederalTaxWithheld,
            IncomeType::StateTaxWithheld => Nature::StateTaxWithheld,
            _ => Nature::Income,
        }
    }
}

impl Sums {
    fn of(line: &Line) -> Self {
        Self {
            lines: 1,
            total_1099_amount: line.total_1099_amount,
            taxable_amount: line.taxable_amount,
            on_forms: line.on_form(),
        }
    }

    fn add(&mut self, part: Self) {
        self.lines += part.lines;
        self.total_1099_amount += part.total_1099_amount;
        self.taxable_amount += part.taxable_amount;
        self.on_forms += part.on_forms;
    }
}

impl fmt::Display for Nature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Income => "income",
            Self::FederalTaxWithheld => "federal tax withheld",
            Self::StateTaxWithheld => "state tax withheld",
        })
    }
}

/// Adds lines up as they come; holds no line.
#[derive(Debug, Default)]
pub struct Totals(BTreeMap<(Option<FormType>, Option<BoxId>, Nature), Sums>);

impl Totals {
    /// Adds one line.
    pub fn add(&mut self, line: &Line) {
        let place = line.place.as_ref();
        let key = (
            place.map(|place| place.form_type),
            place.map(|place| place.box_id.clone()),
            line.nature(),
        );
        self.0.entry(key).or_default().add(Sums::of(line));
    }

    /// The sums: boxes in the order of the forms, then forms, then the payer.
    pub fn sums(&self, rules: &YearRules) -> Vec<Total> {
        let mut totals = Vec::new();
        let mut forms: BTreeMap<(Option<FormType>, Nature), Sums> = BTreeMap::new();
        for ((form_type, box_id, nature), sums) in &self.0 {
            forms.entry((*form_type, *nature)).or_default().add(*sums);
            totals.push(Total {
                of: Of::Box(*form_type, box_id.clone()),
                nature: *nature,
                title: title(rules, *form_type, box_id.as_ref()),
                sums: *sums,
            });
        }
        let mut payer: BTreeMap<Nature, Sums> = BTreeMap::new();
        for ((form_type, nature), sums) in forms {
            payer.entry(nature).or_default().add(sums);
            totals.push(without_title(Of::Form(form_type), nature, sums));
        }
        totals.extend(
            payer
                .into_iter()
                .map(|(nature, sums)| without_title(Of::Payer, nature, sums)),
        );
        totals
    }
}

fn without_title(of: Of, nature: Nature, sums: Sums) -> Total {
    Total {
        of,
        nature,
        title: String::new(),
        sums,
    }
}

fn title(rules: &YearRules, form_type: Option<FormType>, box_id: Option<&BoxId>) -> String {
    let form = form_type.and_then(|form_type| rules.forms.get(&form_type));
    let rule = form.zip(box_id).and_then(|(form, id)| form.find(id));
    rule.map_or_else(String::new, |rule| rule.title.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{TaxYear, rules};

    fn line(income_type: IncomeType, form: FormType, id: &str, cents: i64, is_shown: bool) -> Line {
        Line {
            income_type,
            place: Some(Place {
                form_type: form,
                box_id: BoxId::from(id),
                is_shown,
            }),
            total_1099_amount: Money::from_cents(2 * cents),
            taxable_amount: Money::from_cents(cents),
        }
    }

    #[test]
    fn boxes_add_up_to_forms_and_forms_to_the_payer_like_to_like() {
        let rules = rules::for_year(TaxYear::new(2025).unwrap()).unwrap();
        let mut totals = Totals::default();
        for line in [
            line(IncomeType::Rents, FormType::Misc, "1", 700_00, true),
            line(IncomeType::Rents, FormType::Misc, "1", 5_00, false),
            line(IncomeType::CropInsurance, FormType::Misc, "9", -1_00, false),
            line(
                IncomeType::NonemployeeCompensation,
                FormType::Nec,
                "1",
                600_00,
                true,
            ),
            line(
                IncomeType::FederalIncomeTaxWithheld,
                FormType::Nec,
                "4",
                144_00,
                true,
            ),
            line(IncomeType::DirectSales, FormType::Nec, "2", 5_000_00, true),
        ] {
            totals.add(&line);
        }
        let words: Vec<_> = totals
            .sums(rules)
            .iter()
            .map(|total| {
                let Sums {
                    lines,
                    taxable_amount,
                    on_forms,
                    ..
                } = total.sums;
                let of = match &total.of {
                    Of::Box(form, id) => {
                        format!("{} {}", form.unwrap().as_str(), id.as_ref().unwrap())
                    }
                    Of::Form(form) => form.unwrap().as_str().to_owned(),
                    Of::Payer => "payer".to_owned(),
                };
                format!("{of} {}: {lines} {taxable_amount} {on_forms}", total.nature)
            })
            .collect();
        assert_eq!(
            words,
            [
                "nec 1 income: 1 600.00 600.00",
                "nec 2 income: 1 5000.00 0.00",
                "nec 4 federal tax withheld: 1 144.00 144.00",
                "misc 1 income: 2 705.00 700.00",
                "misc 9 income: 1 -1.00 0.00",
                "nec income: 2 5600.00 600.00",
                "nec federal tax withheld: 1 144.00 144.00",
                "misc income: 3 704.00 700.00",
                "payer income: 5 6304.00 1300.00",
                "payer federal tax withheld: 1 144.00 144.00",
            ]
        );
    }
}
