//! What to know of a printing before its sheets go anywhere.

use formfeed_domain::eligibility::Decision;
use formfeed_domain::form::{Copy, FormType};
use formfeed_domain::printing::Subject;
use formfeed_domain::rules::Filing;

use crate::decide::Decided;
use crate::draft::DraftForm;

/// Recipients named in one warning; the others are counted.
const NAMED: usize = 20;

/// What is found while the forms of a printing are gathered. Bounded, however many forms there are.
#[derive(Default)]
pub(crate) struct Findings {
    without_tin: Named,
    without_address: Named,
    left_off: Named,
    states: Named,
    for_states_only: Named,
    merged: Named,
    returns: Returns,
}

/// The year's returns of the payer, of each type.
#[derive(Default)]
struct Returns {
    nec: usize,
    misc: usize,
}

/// The first of some things by name, and how many there are.
#[derive(Default)]
pub(crate) struct Named {
    names: Vec<String>,
    count: usize,
}

impl Findings {
    /// Looks at one recipient of a printing of `form_type`.
    pub(crate) fn look_at(&mut self, decided: &Decided, form_type: FormType) {
        for (form_type, decision) in &decided.decisions {
            if matches!(decision, Decision::Form(_)) {
                self.returns.count(*form_type);
            }
        }
        let Some(decision @ Decision::Form(_)) = decided.decisions.get(&form_type) else {
            return;
        };
        let id = &decided.facts.vendor_id;
        if decided.truncated_tin.is_empty() {
            self.without_tin.add(id);
        }
        if decided.facts.address.is_none() {
            self.without_address.add(id);
        }
        if decided.covers.contains_key(&form_type) {
            let others = decided.covered(form_type).join(", ");
            self.merged.add(format_args!("{id} with {others}"));
        }
        for (amount, is_exception) in Decided::left_off(decision) {
            if is_exception {
                self.left_off.add(format_args!("{id} {amount}"));
            }
        }
    }

    /// Looks at the state rows of a form of the printing.
    pub(crate) fn look_at_states(&mut self, form: &DraftForm) {
        let id = &form.vendor_id;
        for remark in form.remarks.iter().filter(|remark| remark.is_warning()) {
            self.states.add(format_args!("{id} {remark}"));
        }
        if form.is_for_states_only {
            self.for_states_only.add(id);
        }
    }

    /// The findings about states in words.
    pub(crate) fn about_states(&self) -> Vec<String> {
        told([
            (&self.states, "state rows that want looking into"),
            (
                &self.for_states_only,
                "forms for states alone, of which the IRS gets none",
            ),
        ])
    }

    /// All findings in words.
    pub(crate) fn warnings(
        &self,
        subject: &Subject,
        filing: &Filing,
        payer_has_tin: bool,
    ) -> Vec<String> {
        let mut warnings = Vec::new();
        if !payer_has_tin {
            warnings.push("the payer has no TIN: its field stays blank".to_owned());
        }
        warnings.extend(told([
            (&self.without_tin, "forms without the recipient's TIN"),
            (
                &self.without_address,
                "forms without the recipient's address",
            ),
            (&self.left_off, "amounts left off that want looking into"),
            (&self.merged, "persons with several vendor ids on one form"),
        ]));
        warnings.extend(self.about_states());
        warnings.extend(self.efile(subject, filing));
        warnings
    }

    /// Source: Treas. Reg. § 301.6011-2: from a number of returns on, paper is not enough.
    fn efile(&self, subject: &Subject, filing: &Filing) -> Option<String> {
        let returns = match filing.efile_aggregate {
            true => self.returns.nec + self.returns.misc,
            false => self.returns.of(subject.form_type),
        };
        let limit = usize::try_from(filing.efile_limit).unwrap_or(usize::MAX);
        (subject.copy == Copy::A && returns >= limit).then(|| {
            format!(
                "the payer has {returns} returns for {}: from {limit} on the law wants them filed electronically",
                subject.tax_year
            )
        })
    }
}

fn told<const N: usize>(found: [(&Named, &str); N]) -> Vec<String> {
    let found = found.into_iter();
    found.filter_map(|(named, what)| named.told(what)).collect()
}

impl Returns {
    fn count(&mut self, form_type: FormType) {
        match form_type {
            FormType::Nec => self.nec += 1,
            FormType::Misc => self.misc += 1,
        }
    }

    fn of(&self, form_type: FormType) -> usize {
        match form_type {
            FormType::Nec => self.nec,
            FormType::Misc => self.misc,
        }
    }
}

impl Named {
    /// The names and their number behind what they are; none without any.
    pub(crate) fn told(&self, what: &str) -> Option<String> {
        (self.count > 0).then(|| format!("{what}: {self}"))
    }

    pub(crate) fn add(&mut self, name: impl std::fmt::Display) {
        self.count += 1;
        if self.names.len() < NAMED {
            self.names.push(name.to_string());
        }
    }
}

impl std::fmt::Display for Named {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({}", self.count, self.names.join("; "))?;
        match self.count - self.names.len() {
            0 => f.write_str(")"),
            more => write!(f, "; and {more} more)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use formfeed_domain::{PayerId, TaxYear, rules};

    fn warnings(findings: &Findings, year: i32, copy: Copy) -> Vec<String> {
        let tax_year = TaxYear::new(year).unwrap();
        let subject = Subject {
            payer_id: PayerId::new("TE1").unwrap(),
            tax_year,
            form_type: FormType::Nec,
            copy,
        };
        let rules = rules::for_year(tax_year).unwrap();
        findings.warnings(&subject, &rules.filing, true)
    }

    #[test]
    fn ten_returns_of_both_types_bring_the_warning_that_paper_is_not_enough() {
        let mut findings = Findings {
            returns: Returns { nec: 4, misc: 5 },
            ..Findings::default()
        };
        assert!(warnings(&findings, 2025, Copy::A).is_empty());
        findings.returns.misc = 6;
        assert_eq!(
            warnings(&findings, 2025, Copy::A),
            [
                "the payer has 10 returns for 2025: from 10 on the law wants them filed electronically"
            ]
        );
        assert!(warnings(&findings, 2025, Copy::B).is_empty());
        assert!(warnings(&findings, 2020, Copy::A).is_empty());
    }

    #[test]
    fn a_warning_names_twenty_recipients_and_counts_the_others() {
        let mut findings = Findings::default();
        for number in 0..22 {
            findings.without_tin.add(format_args!("V{number}"));
        }
        let found = warnings(&findings, 2025, Copy::B).remove(0);
        assert!(found.starts_with("forms without the recipient's TIN: 22 (V0; V1; "));
        assert!(found.ends_with("V19; and 2 more)"), "{found}");
    }
}
