//! The decision on one payment.

use chrono::NaiveDate;

use super::notice::Standing;
use super::{BNotice, Configuration, FurtherType, Reason, WithholdingOrder, is_exempt};
use crate::rules::{self, RuleError};
use crate::vendor::{Flag1099, Vendor};
use crate::{IncomeType, Money, PayerId, Rate};

/// A payment about to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disbursement {
    /// Who pays.
    pub payer_id: PayerId,
    /// What is owed, before anything is kept back.
    pub gross: Money,
    /// When it is paid.
    pub paid_on: NaiveDate,
    /// What it is paid for.
    pub income_type: IncomeType,
    /// What went before.
    pub aggregate: Aggregate,
}

/// What the aggregate test of IRC § 3406(b)(6) looks at; `None` where nobody knows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Aggregate {
    /// Paid to the vendor in the calendar year before this payment.
    pub paid_before: Option<Money>,
    /// Whether a 1099 was required for the year before.
    pub required_last_year: Option<bool>,
    /// Whether tax was withheld in the year before.
    pub withheld_last_year: Option<bool>,
}

/// Who is paid.
#[derive(Debug, Clone, Copy)]
pub struct Payee<'a> {
    /// The vendor; its number is not looked at.
    pub vendor: &'a Vendor,
    /// Whether it has given a TIN.
    pub has_tin: bool,
    /// The IRS's notices about it.
    pub notices: &'a [BNotice],
    /// Orders to withhold from it.
    pub orders: &'a [WithholdingOrder],
}

/// The answer for one payment. Gross is net, withheld and further amounts together, to the cent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withholding {
    /// Whether tax is to be withheld.
    pub is_due: bool,
    /// The rate in force, whether due or not.
    pub rate: Rate,
    /// Kept back for the IRS.
    pub withheld: Money,
    /// Kept back beside it, in the order of the configuration.
    pub further: Vec<FurtherWithheld>,
    /// What is paid out.
    pub net: Money,
    /// Why, what decides first.
    pub reasons: Vec<Reason>,
}

/// What one further type keeps back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FurtherWithheld {
    /// Which.
    pub further_type: FurtherType,
    /// Kept back.
    pub withheld: Money,
}

/// Decides whether tax is withheld from a payment, and how much: to the nearest cent, half a cent away from zero.
///
/// Source: IRC § 3406(a)(1), (b)(6); Treas. Reg. § 31.3406(d)-5; spec, Backup withholding.
///
/// # Errors
/// [`RuleError::NoRateForDate`] for a date that the rules do not cover.
pub fn compute(
    disbursement: &Disbursement,
    payee: Payee<'_>,
    configuration: Option<&Configuration>,
) -> Result<Withholding, RuleError> {
    let rate = match configuration.and_then(Configuration::rate) {
        Some(rate) => rate,
        None => rules::backup_withholding_rate(disbursement.paid_on)?,
    };
    let mut reasons = reasons(disbursement, payee)?;
    let is_due = reasons.iter().any(|reason| reason.is_cause())
        && !reasons.contains(&Reason::AggregateNotReached);
    let gross = disbursement.gross;
    let (mut withheld, mut further) = (Money::ZERO, Vec::new());
    if is_due {
        withheld = rate.of(gross).min(gross);
        let mut left = gross - withheld;
        for further_type in configuration.iter().flat_map(|c| &c.further_types) {
            // Roundings of rates that take everything must not take a cent more.
            let part = further_type.rate().of(gross).min(left);
            left = left - part;
            further.push(FurtherWithheld {
                further_type: further_type.clone(),
                withheld: part,
            });
        }
        if configuration.is_none() {
            reasons.push(Reason::NotConfigured);
        }
    }
    let kept_back: Money = further.iter().map(|part| part.withheld).sum();
    Ok(Withholding {
        is_due,
        rate,
        withheld,
        net: gross - withheld - kept_back,
        further,
        reasons,
    })
}

fn reasons(disbursement: &Disbursement, payee: Payee<'_>) -> Result<Vec<Reason>, RuleError> {
    if let Some(bar) = bar(disbursement, payee.vendor) {
        return Ok(vec![bar]);
    }
    let mut reasons = causes(disbursement, payee);
    match reasons.is_empty() {
        true => reasons.push(Reason::NoCause),
        false => reasons.extend(aggregate_reasons(disbursement)?),
    }
    Ok(reasons)
}

/// What keeps a payment out of backup withholding, whatever else is so.
fn bar(disbursement: &Disbursement, vendor: &Vendor) -> Option<Reason> {
    if vendor.flag_1099 == Flag1099::Never {
        Some(Reason::NeverReported)
    } else if is_exempt(vendor.classification, disbursement.income_type) {
        Some(Reason::Exempt)
    } else if disbursement.income_type == IncomeType::DirectSales {
        Some(Reason::NotAPayment)
    } else {
        None
    }
}

fn causes(disbursement: &Disbursement, payee: Payee<'_>) -> Vec<Reason> {
    let (payer_id, paid) = (&disbursement.payer_id, disbursement.paid_on);
    let standing = Standing::of(payee.notices, payer_id, &payee.vendor.w9, paid);
    let causes = [
        (
            payee.vendor.flag_1099 == Flag1099::Yes && !payee.has_tin,
            Reason::NoTin,
        ),
        (
            payee.orders.iter().any(|order| order.holds(payer_id, paid)),
            Reason::Order,
        ),
        (standing.uncured_second.is_some(), Reason::SecondBNotice),
        (standing.is_first_overdue(paid), Reason::FirstBNotice),
    ];
    let holds = causes.into_iter().filter(|(is_so, _)| *is_so);
    holds.map(|(_, reason)| reason).collect()
}

/// What the aggregate test says; what is not known counts against the vendor.
fn aggregate_reasons(disbursement: &Disbursement) -> Result<Vec<Reason>, RuleError> {
    let Aggregate {
        paid_before,
        required_last_year,
        withheld_last_year,
    } = disbursement.aggregate;
    let Some(before) = paid_before else {
        let test = rules::aggregate_test(disbursement.paid_on, disbursement.income_type);
        // Without an aggregate the amount of the test is not needed, so that its absence is no error.
        let is_tested = !matches!(test, Ok(None));
        return Ok(is_tested
            .then_some(Reason::AggregateUnknown)
            .into_iter()
            .collect());
    };
    let test = rules::aggregate_test(disbursement.paid_on, disbursement.income_type)?;
    let Some(test) = test else {
        return Ok(Vec::new());
    };
    if before + disbursement.gross >= test.amount {
        return Ok(vec![Reason::AggregateReached]);
    }
    let subject = [
        (required_last_year, Reason::RequiredLastYear),
        (withheld_last_year, Reason::WithheldLastYear),
    ];
    let said: Vec<_> = subject
        .iter()
        .filter(|(is_so, _)| *is_so == Some(true))
        .map(|(_, reason)| *reason)
        .collect();
    if !said.is_empty() {
        return Ok(said);
    }
    Ok(vec![
        match subject.iter().any(|(is_so, _)| is_so.is_none()) {
            true => Reason::LastYearUnknown,
            false => Reason::AggregateNotReached,
        },
    ])
}

#[cfg(test)]
mod tests;
