//! The two state rows of a form.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::{Remark, StatePart};
use crate::Money;
use crate::eligibility::Content;
use crate::form::StateRow;
use crate::payer::{Payer, PayerState};
use crate::rules::{BoxKind, FormRules};

/// State rows of every revision of both forms.
pub const MAX_ROWS: usize = 2;

/// A state with what it has of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedState {
    /// Two letters; blank where neither payments nor payer name one.
    pub state: String,
    /// The payer's number there; blank if there is none.
    pub number: String,
    /// What it has.
    pub part: StatePart,
}

/// The states of a form in the order of its rows: most tax withheld first, then most income, then by code.
///
/// A state has a row when tax was withheld for it, or when its own rule wants its income reported. Tax withheld from
/// payments that name no state is that of the payer's own state: the one of its address, or the only one that it has
/// a number with. Income that names no state is in no row: whose it is, is not known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StateRows {
    wanted: Vec<NamedState>,
    remarks: Vec<Remark>,
}

impl StateRows {
    /// The rows of a payer's form.
    pub fn of(
        payer: &Payer,
        payer_states: &[PayerState],
        content: &Content,
        form: &FormRules,
    ) -> Self {
        let own = Numbers::of(payer, payer_states);
        let mut parts = content.states.named.clone();
        let named: Money = parts.values().map(|part| part.withheld).sum();
        let unnamed = content.state_withheld - named;
        if unnamed.is_positive() {
            parts.entry(own.home().to_owned()).or_default().withheld += unnamed;
        }
        let negative = parts.iter().filter(|(_, part)| part.income.is_negative());
        let mut remarks: Vec<_> = negative
            .map(|(state, part)| Remark::Negative {
                state: state.clone(),
                income: part.income,
            })
            .collect();
        let wants = |state: &str, part: StatePart| {
            let is_federal = !content.for_states_only;
            part.withheld.is_positive() || form.state_copies.wants(state, part.income, is_federal)
        };
        let mut wanted: Vec<_> = parts
            .into_iter()
            .filter(|(state, part)| wants(state, *part))
            .map(|(state, part)| NamedState {
                number: own.number(&state).to_owned(),
                state,
                part,
            })
            .collect();
        let without_number = wanted.iter().filter(|row| row.number.is_empty());
        remarks.extend(without_number.map(|row| Remark::NoNumber {
            state: row.state.clone(),
            withheld: row.part.withheld,
        }));
        let order = |row: &NamedState| (Reverse(row.part.withheld), Reverse(row.part.income));
        wanted.sort_by_key(order);
        if let Some(beyond) = wanted.get(MAX_ROWS..).filter(|beyond| !beyond.is_empty()) {
            remarks.push(Remark::Beyond(beyond.to_vec()));
        }
        if content.states.is_estimated && !wanted.is_empty() {
            remarks.push(Remark::Estimated);
        }
        remarks.extend(nameless(content, form, &wanted));
        Self { wanted, remarks }
    }

    /// The rows as they print: at most [`MAX_ROWS`].
    pub fn printed(&self) -> Vec<StateRow> {
        let rows = self.wanted.iter().take(MAX_ROWS).map(|row| StateRow {
            tax_withheld: row.part.withheld,
            state_and_number: format!("{} {}", row.state, row.number).trim().to_owned(),
            income: row.part.income.max(Money::ZERO),
        });
        rows.collect()
    }

    /// Whether any state wants the form.
    pub fn is_empty(&self) -> bool {
        self.wanted.is_empty()
    }

    /// The states that want it, in order, those without room among them.
    pub fn states(&self) -> impl Iterator<Item = &NamedState> {
        self.wanted.iter()
    }

    /// What to look at.
    pub fn remarks(&self) -> &[Remark] {
        &self.remarks
    }
}

/// Income that names no state, on a form that says of other income whose it is.
fn nameless(content: &Content, form: &FormRules, wanted: &[NamedState]) -> Option<Remark> {
    let boxes = content.boxes.iter();
    let amounts = boxes.filter(|(id, _)| {
        let rule = form.find(id);
        rule.is_some_and(|rule| rule.kind == BoxKind::Amount)
    });
    let whole: Money = amounts.map(|(_, amount)| *amount).sum();
    let named: Money = content.states.named.values().map(|part| part.income).sum();
    let income = whole - named;
    let is_said = wanted.iter().any(|row| !row.part.income.is_zero());
    (is_said && income.is_positive()).then_some(Remark::Nameless { income })
}

/// The payer's numbers with states.
struct Numbers<'p> {
    address_state: &'p str,
    own: BTreeMap<&'p str, &'p str>,
}

impl<'p> Numbers<'p> {
    fn of(payer: &'p Payer, payer_states: &'p [PayerState]) -> Self {
        let own = payer_states.iter().filter(|s| s.payer_id == payer.payer_id);
        let number = |s: &'p PayerState| (s.state.as_str(), s.state_id.trim());
        Self {
            address_state: payer.address.state.trim(),
            own: own.map(number).collect(),
        }
    }

    fn number(&self, state: &str) -> &'p str {
        self.own.get(state).copied().unwrap_or_default()
    }

    /// The payer's own state.
    fn home(&self) -> &'p str {
        match self.own.first_key_value() {
            Some((only, _)) if self.own.len() == 1 => only,
            _ => self.address_state,
        }
    }
}
