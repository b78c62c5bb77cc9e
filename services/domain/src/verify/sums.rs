//! What a voucher's lines and applications add up to, from the leaves.

use std::collections::BTreeMap;

use super::finding::Audit;
use super::told::{Applied, Trace, Voucher};
use super::words::Type;

/// Payer and recipient of a part of the cash; a cash account without payer comes first.
pub(super) type PairKey<'a> = (Option<&'a str>, &'a str);

#[derive(Default)]
pub(super) struct Sums<'a> {
    /// Applied in the year.
    pub(super) cash: i128,
    /// Applied before.
    pub(super) prior: i128,
    /// Applied in the year and voided.
    pub(super) voided: i128,
    /// Lines that count.
    pub(super) reportable: i128,
    /// Net and tax of every line.
    pub(super) gross: i128,
    pub(super) by_pair: BTreeMap<PairKey<'a>, i128>,
    pub(super) by_type: BTreeMap<Type, i128>,
}

impl<'a> Sums<'a> {
    /// Adds a voucher up and compares with the sums the trace states.
    pub(super) fn check(audit: &mut Audit, trace: &Trace, voucher: &'a Voucher) -> Self {
        let mut sums = Self::default();
        for applied in &voucher.applied {
            audit.at_payment(&applied.payment_id);
            standing_goes_with_date(audit, &applied.standing, &applied.date, trace.tax_year);
            sums.add(applied, trace.tax_year);
        }
        audit.at_payment("");
        for line in &voucher.lines {
            sums.gross += line.net + line.sales_tax;
            let so = line.income_type.is_some() == line.left_out.is_empty();
            let what = format!("line {}: it counts, or a rule leaves it out", line.line);
            audit.holds(&what, so);
            if let Some(income_type) = line.income_type {
                sums.reportable += line.net;
                *sums.by_type.entry(income_type).or_default() += line.net;
            }
        }
        audit.cents("cash of the year", sums.cash, voucher.cash);
        audit.cents("cash of prior years", sums.prior, voucher.prior);
        audit.cents("voided cash of the year", sums.voided, voucher.voided);
        audit.cents("reportable lines", sums.reportable, voucher.reportable);
        sums
    }

    fn add(&mut self, applied: &'a Applied, tax_year: i64) {
        match applied.standing.as_str() {
            "this_year" => {
                let pair = (applied.payer_id.as_deref(), applied.recipient_id.as_str());
                self.cash += applied.amount;
                *self.by_pair.entry(pair).or_default() += applied.amount;
            }
            "prior_year" => self.prior += applied.amount,
            "voided" if year_of(&applied.date) == Some(tax_year) => self.voided += applied.amount,
            _ => {}
        }
    }

    /// Weights of the pairs: their cash that has the sign of the whole.
    pub(super) fn pair_weights(&self) -> Vec<i128> {
        signed(self.by_pair.values(), self.cash)
    }

    /// Weights of the income types: their lines that have the sign of the whole.
    pub(super) fn type_weights(&self) -> Vec<i128> {
        signed(self.by_type.values(), self.reportable)
    }

    /// Place of a pair among them all.
    pub(super) fn place(&self, pair: PairKey<'_>) -> Option<usize> {
        self.by_pair.keys().position(|key| *key == pair)
    }
}

fn signed<'a>(amounts: impl Iterator<Item = &'a i128>, whole: i128) -> Vec<i128> {
    let mirror = |amount: &i128| if whole < 0 { -*amount } else { *amount };
    amounts.map(mirror).collect()
}

/// The date says in which year a payment in play counts.
pub(super) fn standing_goes_with_date(
    audit: &mut Audit,
    standing: &str,
    date: &str,
    tax_year: i64,
) {
    let year = year_of(date);
    let goes = match standing {
        "this_year" => year == Some(tax_year),
        "prior_year" => year.is_some_and(|year| year < tax_year),
        "later_year" => year.is_some_and(|year| year > tax_year),
        "reported_on_1099_k" | "voided" | "no_money" => year.is_some(),
        _ => false,
    };
    audit.holds(&format!("standing {standing} goes with {date}"), goes);
}

fn year_of(date: &str) -> Option<i64> {
    date.split('-').next()?.parse().ok()
}
