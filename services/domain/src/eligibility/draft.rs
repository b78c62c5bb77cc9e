//! One form type on the way to a decision.

use super::{Content, Decision, Incomes, LeftOff, LeftOffReason, NoForm, NoFormReason, Options};
use crate::form::{BoxId, Mark};
use crate::rules::{BoxKind, BoxRule, FormRules, Threshold, YearRules};
use crate::{IncomeType, Money};

/// What a recipient has on one form.
pub(super) struct Draft<'a> {
    pub(super) form: &'a FormRules,
    lines: Vec<Line<'a>>,
    pub(super) federal_withheld: Option<Money>,
    pub(super) state_withheld: Option<Money>,
    /// Amount, and whether it brings the X.
    pub(super) direct_sales: Option<(Money, bool)>,
}

/// One income box.
struct Line<'a> {
    rule: &'a BoxRule,
    own: Money,
    /// From how much on the box is reported.
    threshold: Money,
    /// The box brings out the form by its own right.
    qualifies: bool,
}

impl<'a> Draft<'a> {
    pub(super) fn new(
        form: &'a FormRules,
        own: &Incomes,
        tested: &Incomes,
        rules: &YearRules,
        options: Options,
    ) -> Self {
        let group = combined_sum(form, tested, rules);
        let lines = form
            .boxes
            .iter()
            .filter(|rule| rule.kind == BoxKind::Amount)
            .filter(|rule| rule.income.iter().any(|income| own.contains_key(income)))
            .filter_map(|rule| {
                let threshold = lowest_threshold(rule, tested, rules)?;
                let held = match options.combined && threshold.combined {
                    true => group,
                    false => sum_of(rule, tested),
                };
                let own = sum_of(rule, own);
                Some(Line {
                    rule,
                    own,
                    threshold: threshold.amount,
                    qualifies: own.is_positive() && threshold.reached_by(held),
                })
            })
            .collect();
        Self {
            form,
            lines,
            federal_withheld: None,
            state_withheld: None,
            direct_sales: None,
        }
    }

    /// Income on this form, negative boxes aside.
    pub(super) fn income(&self) -> Money {
        self.lines
            .iter()
            .map(|line| line.own)
            .filter(|amount| amount.is_positive())
            .sum()
    }

    /// The recipient has nothing here at all, not even a zero.
    pub(super) fn is_blank(&self) -> bool {
        self.lines.is_empty()
            && self.federal_withheld.is_none()
            && self.state_withheld.is_none()
            && self.direct_sales.is_none()
    }

    /// Whether the form is due.
    pub(super) fn comes_out(&self) -> bool {
        self.has_federal_withheld()
            || self.lines.iter().any(|line| line.qualifies)
            || self.direct_sales.is_some_and(|(_, reached)| reached)
    }

    /// Tax withheld brings out the form whatever the amounts, with the income it was withheld from.
    ///
    /// Source: IRC § 6041A, § 3406; Instructions for Forms 1099-MISC and 1099-NEC, box 4.
    fn has_federal_withheld(&self) -> bool {
        self.federal_withheld.is_some_and(Money::is_positive)
    }

    /// The box that an amount of the recipient belongs to on this form, whether or not it comes out.
    pub(super) fn box_of(&self, income_type: IncomeType) -> Option<&'a BoxId> {
        let of_kind = |kind| self.form.of_kind(kind).map(|rule| &rule.id);
        match income_type {
            IncomeType::FederalIncomeTaxWithheld => self
                .federal_withheld
                .and_then(|_| of_kind(BoxKind::FederalWithheld)),
            IncomeType::StateTaxWithheld => self
                .state_withheld
                .and_then(|_| of_kind(BoxKind::StateWithheld)),
            IncomeType::DirectSales => {
                let sales = self.direct_sales.and(self.form.place(income_type));
                sales.map(|rule| &rule.id)
            }
            income_type => {
                let mut lines = self.lines.iter().map(|line| line.rule);
                let rule = lines.find(|rule| rule.income.contains(&income_type));
                rule.map(|rule| &rule.id)
            }
        }
    }

    pub(super) fn decide(self, rules: &YearRules, options: Options) -> Decision {
        let comes_out = self.comes_out();
        let all_boxes = self.has_federal_withheld() || options.report_all_boxes;
        let mut content = Content::default();
        for line in &self.lines {
            let shown = line.own.is_positive() && (line.qualifies || all_boxes) && comes_out;
            match shown {
                true => {
                    content.boxes.insert(line.rule.id.clone(), line.own);
                }
                false => content.left_off.push(line.left_off()),
            }
        }
        self.place_direct_sales(rules, &mut content);
        self.place_withheld(comes_out, &mut content);
        match comes_out {
            true => Decision::Form(content),
            false => Decision::NoForm(no_form(content.left_off)),
        }
    }

    /// What the form would show a state: every amount above nothing. `None` where the form comes out for the IRS too.
    pub(super) fn for_states(&self) -> Option<Content> {
        if self.comes_out() {
            return None;
        }
        let shown = self.lines.iter().filter(|line| line.own.is_positive());
        Some(Content {
            boxes: shown.map(|line| (line.rule.id.clone(), line.own)).collect(),
            state_withheld: self
                .state_withheld
                .filter(|amount| amount.is_positive())
                .unwrap_or_default(),
            for_states_only: true,
            ..Content::default()
        })
    }

    fn place_direct_sales(&self, rules: &YearRules, content: &mut Content) {
        let rule = self.form.place(IncomeType::DirectSales);
        let threshold = rules.threshold(IncomeType::DirectSales);
        match (self.direct_sales, rule, threshold) {
            (Some((_, true)), ..) => {
                content.marks.insert(Mark::DirectSales);
            }
            (Some((amount, false)), Some(rule), Some(threshold)) => {
                content.left_off.push(LeftOff {
                    box_id: rule.id.clone(),
                    amount,
                    reason: why_left_off(amount, threshold.amount),
                })
            }
            _ => {}
        }
    }

    fn place_withheld(&self, comes_out: bool, content: &mut Content) {
        let box_id = |kind| self.form.of_kind(kind).map(|rule| rule.id.clone());
        if let (Some(amount), Some(id)) = (self.federal_withheld, box_id(BoxKind::FederalWithheld))
        {
            match amount.is_positive() {
                true => {
                    content.boxes.insert(id, amount);
                }
                false => content.left_off.push(not_positive(id, amount)),
            }
        }
        if let (Some(amount), Some(box_id)) = (self.state_withheld, box_id(BoxKind::StateWithheld))
        {
            match (amount.is_positive(), comes_out) {
                (true, true) => content.state_withheld = amount,
                (true, false) => content.left_off.push(LeftOff {
                    box_id,
                    amount,
                    reason: LeftOffReason::StateTaxAlone,
                }),
                (false, _) => content.left_off.push(not_positive(box_id, amount)),
            }
        }
    }
}

impl Line<'_> {
    fn left_off(&self) -> LeftOff {
        LeftOff {
            box_id: self.rule.id.clone(),
            amount: self.own,
            reason: why_left_off(self.own, self.threshold),
        }
    }
}

fn no_form(amounts: Vec<LeftOff>) -> NoForm {
    let below = amounts.iter().any(|amount| amount.amount.is_positive());
    NoForm {
        reason: match below {
            true => NoFormReason::BelowThreshold,
            false => NoFormReason::NothingToReport,
        },
        amounts,
    }
}

fn why_left_off(amount: Money, threshold: Money) -> LeftOffReason {
    match amount {
        negative if negative.is_negative() => LeftOffReason::Negative,
        zero if zero.is_zero() => LeftOffReason::Nothing,
        _ => LeftOffReason::BelowThreshold { threshold },
    }
}

fn not_positive(box_id: BoxId, amount: Money) -> LeftOff {
    LeftOff {
        box_id,
        amount,
        reason: why_left_off(amount, Money::ZERO),
    }
}

fn sum_of(rule: &BoxRule, incomes: &Incomes) -> Money {
    rule.income
        .iter()
        .filter_map(|income| incomes.get(income))
        .sum()
}

/// The lowest threshold among the income types that feed the box.
fn lowest_threshold<'r>(
    rule: &BoxRule,
    incomes: &Incomes,
    rules: &'r YearRules,
) -> Option<&'r Threshold> {
    rule.income
        .iter()
        .filter(|income| incomes.contains_key(income))
        .filter_map(|income| rules.threshold(*income))
        .min_by_key(|threshold| threshold.amount)
}

/// What the boxes that are tested together add up to; negative boxes, which are left off, aside.
fn combined_sum(form: &FormRules, incomes: &Incomes, rules: &YearRules) -> Money {
    form.boxes
        .iter()
        .filter(|rule| lowest_threshold(rule, incomes, rules).is_some_and(|t| t.combined))
        .map(|rule| sum_of(rule, incomes))
        .filter(|amount| amount.is_positive())
        .sum()
}
