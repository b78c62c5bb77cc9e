//! The year-end preflight: facts from the other services, judged by `domain::preflight`, told one by one.

mod history;

use std::collections::{BTreeMap, BTreeSet, HashSet};

use formfeed_domain::assembly::{RecipientFacts, assemble};
use formfeed_domain::eligibility::{self, Decision};
use formfeed_domain::form::{Copy, FormType};
use formfeed_domain::layout::{self, Layout};
use formfeed_domain::payer::{Payer, PayerState};
use formfeed_domain::preflight::{self, Finding, Kind, Severity, Standing};
use formfeed_domain::rules::YearRules;
use formfeed_domain::state_rows::StateRows;
use formfeed_domain::{TaxYear, TinWarning};
use formfeed_proto::calculation::Method;
use formfeed_proto::convert::report::{YearQuery, finding_to};
use formfeed_proto::forms as pb;
use formfeed_proto::vendor::Vendor;
use tonic::Status;

use crate::decide::{Decided, decide};
use crate::error::rule_status;
use crate::feed::{Feed, Pages};
use crate::merge::Persons;
use crate::peers::{ExceptionPages, Peers, UnmappedAccountPages, WithoutPayerPages};
use crate::recipients::{Position, Recipients};
use crate::stream::{Outlet, Stop};

/// Recipients read and decided at once.
const BATCH: usize = 500;
/// Entries of a page of another service.
const PAGE: i32 = 500;
/// Exceptions that are findings of their own already.
const TOLD_OTHERWISE: [&str; 2] = ["negative_row", "payment_without_payer"];

/// A payer as the vendor service answers it: without its number, its state numbers, whether it has a TIN.
type PayerFacts = (Payer, Vec<PayerState>, bool);

/// Checks a payer's year.
pub(crate) async fn check_year(
    peers: &Peers,
    query: &YearQuery,
    rules: &YearRules,
    payer: PayerFacts,
    outlet: &Outlet<pb::Finding>,
) -> Result<(), Stop> {
    let mut check = Check {
        query,
        rules,
        outlet,
        layouts: layouts(query.tax_year),
        told: BTreeSet::new(),
        with_form: HashSet::new(),
        returns: BTreeMap::new(),
    };
    check.tell(preflight::of_payer(&payer.0, payer.2)).await?;
    let method = peers
        .calculation
        .last_method(&query.payer_id, query.tax_year)
        .await?;
    if method.is_none() {
        check.tell([not_calculated(query)]).await?;
    }
    check.recipients(peers, &payer).await?;
    check.returns().await?;
    check.exceptions(peers).await?;
    check.history(peers, method).await
}

/// A check at work.
struct Check<'a> {
    query: &'a YearQuery,
    rules: &'a YearRules,
    outlet: &'a Outlet<pb::Finding>,
    /// Where each form of the year may be printed.
    layouts: BTreeMap<FormType, Vec<&'static Layout>>,
    /// What was told of the payer: it would come again with every form.
    told: BTreeSet<String>,
    /// Recipients with a form, or near one.
    with_form: HashSet<String>,
    /// Returns by type.
    returns: BTreeMap<FormType, usize>,
}

impl Check<'_> {
    async fn tell(&mut self, findings: impl IntoIterator<Item = Finding>) -> Result<(), Stop> {
        for finding in findings {
            let of_payer = finding.record.starts_with("payers/");
            if !of_payer || self.told.insert(finding.effect.clone()) {
                self.outlet.send(finding_to(finding)).await?;
            }
        }
        Ok(())
    }

    async fn recipients(&mut self, peers: &Peers, payer: &PayerFacts) -> Result<(), Stop> {
        let whose = (&self.query.payer_id, self.query.tax_year);
        let mut recipients = Recipients::new(&peers.calculation, whose, PAGE, Position::default());
        loop {
            let batch = recipients.batch(BATCH).await?;
            if batch.is_empty() {
                return Ok(());
            }
            let options = self.query.options.eligibility;
            let persons = Persons::default();
            for decided in decide(peers, batch, self.rules, options, persons).await? {
                let findings = self.of_recipient(&decided, payer)?;
                self.tell(findings).await?;
            }
        }
    }

    fn of_recipient(
        &mut self,
        decided: &Decided,
        payer: &PayerFacts,
    ) -> Result<Vec<Finding>, Status> {
        let options = self.query.options.eligibility;
        let apart = eligibility::decide(&decided.own, self.rules, options);
        let decisions = &decided.decisions;
        let warnings = &decided.vendor.tin_warnings;
        let warnings: Vec<TinWarning> = warnings.iter().flat_map(|word| word.parse()).collect();
        let mut findings = preflight::of_recipient(&standing(decided, &apart, &warnings));
        if preflight::gets_a_form(decisions) || preflight::is_near_a_threshold(decisions) {
            self.with_form.insert(decided.facts.vendor_id.to_string());
        }
        let vendor_id = decided.facts.vendor_id.as_str();
        for (form_type, decision) in decisions {
            if let Decision::Form(content) = decision {
                *self.returns.entry(*form_type).or_default() += 1;
                let of_form = self.rules.form(*form_type).map_err(rule_status)?;
                let layouts = self.layouts.get(form_type).map_or(&[][..], Vec::as_slice);
                let form = assemble(
                    &payer.0,
                    &payer.1,
                    &RecipientFacts {
                        tin: None,
                        ..decided.facts.clone()
                    },
                    (*form_type, self.query.tax_year),
                    content,
                    of_form,
                    self.query.options.assembly,
                );
                let payer_id = self.query.payer_id.as_str();
                findings.extend(preflight::of_form(&form, Copy::A, layouts, payer_id));
                for letters in preflight::replaced(&form, payer_id) {
                    if !findings.contains(&letters) {
                        findings.push(letters); // the same on every form of a recipient
                    }
                }
                let rows = StateRows::of(&payer.0, &payer.1, content, of_form);
                findings.extend(preflight::of_states(vendor_id, *form_type, &rows));
            }
        }
        for (form_type, content) in &decided.for_states {
            let of_form = self.rules.form(*form_type).map_err(rule_status)?;
            let rows = StateRows::of(&payer.0, &payer.1, content, of_form);
            if let Some(alone) = preflight::for_states_alone(vendor_id, *form_type, &rows) {
                findings.push(alone);
                findings.extend(preflight::of_states(vendor_id, *form_type, &rows));
            }
        }
        Ok(findings)
    }

    /// What the number of forms brings: the law's wish for electronic files, and forms that no stock takes.
    async fn returns(&mut self) -> Result<(), Stop> {
        let (filing, year) = (&self.rules.filing, self.query.tax_year);
        let all = self.returns.values().sum();
        let counted = match filing.efile_aggregate {
            true => all,
            false => self.returns.values().copied().max().unwrap_or_default(),
        };
        let payer_id = self.query.payer_id.as_str();
        let limit = preflight::efile_limit(payer_id, counted, year, filing);
        let unmeasured = self
            .returns
            .keys()
            .filter(|form_type| !self.layouts.contains_key(form_type));
        let unmeasured = unmeasured.map(|form_type| {
            let effect = format!(
                "Form {form_type} of {year} has no layout: printing Copy A answers NO_LAYOUT"
            );
            Finding::new(
                Kind::NoLayout,
                Severity::Warning,
                format!("payers/{payer_id}"),
                effect,
            )
        });
        let findings: Vec<_> = limit.into_iter().chain(unmeasured).collect();
        self.tell(findings).await
    }

    async fn exceptions(&mut self, peers: &Peers) -> Result<(), Stop> {
        let mut exceptions = feed(ExceptionPages {
            calculation: peers.calculation.clone(),
            payer_id: self.query.payer_id.clone(),
            tax_year: self.query.tax_year,
            page_size: PAGE,
        });
        while exceptions.head().await?.is_some() {
            let next = exceptions
                .take()
                .filter(|exception| !TOLD_OTHERWISE.contains(&exception.reason.as_str()));
            let finding = next.map(|exception| {
                let matters = self.with_form.contains(&exception.recipient_id);
                history::exception(exception, matters)
            });
            self.tell(finding).await?;
        }
        Ok(())
    }

    async fn history(&mut self, peers: &Peers, method: Option<Method>) -> Result<(), Stop> {
        let mut payments = feed(WithoutPayerPages {
            calculation: peers.calculation.clone(),
            tax_year: self.query.tax_year,
            page_size: PAGE,
        });
        while payments.head().await?.is_some() {
            let finding = payments.take().map(history::without_payer);
            self.tell(finding).await?;
        }
        let mut accounts = feed(UnmappedAccountPages {
            calculation: peers.calculation.clone(),
            payer_id: self.query.payer_id.clone(),
            tax_year: self.query.tax_year,
            page_size: PAGE,
        });
        while accounts.head().await?.is_some() {
            let finding = accounts
                .take()
                .map(|account| history::unmapped(account, method));
            self.tell(finding).await?;
        }
        Ok(())
    }
}

fn feed<P: Pages>(pages: P) -> Feed<P> {
    Feed::new(pages, String::new())
}

/// The layouts of Copy A, by form.
fn layouts(tax_year: TaxYear) -> BTreeMap<FormType, Vec<&'static Layout>> {
    let mut layouts: BTreeMap<_, Vec<_>> = BTreeMap::new();
    let of_year = layout::all()
        .iter()
        .filter(|layout| layout.copies.contains(&Copy::A) && layout.tax_years.contains(&tax_year));
    for layout in of_year {
        layouts.entry(layout.form_type).or_default().push(layout);
    }
    layouts
}

fn standing<'a>(
    decided: &'a Decided,
    apart: &'a BTreeMap<FormType, Decision>,
    tin_warnings: &'a [TinWarning],
) -> Standing<'a> {
    let Vendor {
        tin_type,
        truncated_tin,
        classification,
        flag_1099,
        ..
    } = &decided.vendor;
    let last_four = truncated_tin.get(truncated_tin.len().saturating_sub(4)..);
    let tin = tin_type.parse().ok().zip(last_four);
    Standing {
        facts: &decided.facts,
        tin: tin.filter(|_| !truncated_tin.is_empty()),
        tin_warnings,
        classification: classification.parse().ok(),
        flag: flag_1099.parse().unwrap_or_default(),
        decisions: &decided.decisions,
        apart,
        twins: &decided.twins,
        skipped: decided
            .skipped
            .as_ref()
            .map(|skipped| skipped.reason.as_str()),
    }
}

fn not_calculated(query: &YearQuery) -> Finding {
    let effect = format!(
        "there is no 1099 information for {}, so nobody gets a form",
        query.tax_year
    );
    let record = format!("payers/{}", query.payer_id);
    Finding::new(Kind::NotCalculated, Severity::Blocking, record, effect)
}
