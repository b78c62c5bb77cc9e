//! What some jobs have printed, added up for boxes 3 to 5.

use formfeed_domain::Money;
use formfeed_domain::printing::Printing;
use formfeed_proto::convert::forms::printing_name;
use formfeed_proto::forms as pb;
use formfeed_proto::spooler::Job;

/// Boxes 3 to 5 of a Form 1096, and where they come from.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Figures {
    /// Box 3.
    pub(super) forms: u32,
    /// Box 4.
    pub(super) federal_withheld: Money,
    /// Box 5.
    pub(super) total: Money,
    /// Job by job.
    pub(super) jobs: Vec<pb::TransmittedJob>,
    /// What to know.
    pub(super) warnings: Vec<String>,
}

impl Figures {
    /// Adds what is on the good sheets of a job that has ended.
    pub(super) fn add(&mut self, printing: &Printing, job: &Job) {
        let report = job.report.clone().unwrap_or_default();
        let missing = job.forms - report.forms_printed;
        if missing > 0 {
            self.warnings.push(format!(
                "{missing} of the {} forms of {} are not on paper: this Form 1096 does not count them",
                job.forms, job.name
            ));
        }
        self.forms += u32::try_from(report.forms_printed).unwrap_or_default();
        self.federal_withheld += Money::from_cents(report.federal_tax_withheld_cents);
        self.total += Money::from_cents(report.total_amount_cents);
        self.jobs.push(pb::TransmittedJob {
            job: job.name.clone(),
            printing: printing_name(&printing.id),
            forms_printed: report.forms_printed,
            forms_void: report.forms_void,
            sheets_printed: report.sheets_printed,
            total_amount_cents: report.total_amount_cents,
            federal_tax_withheld_cents: report.federal_tax_withheld_cents,
        });
    }

    /// The names of the jobs.
    pub(super) fn names(&self) -> Vec<String> {
        self.jobs.iter().map(|job| job.job.clone()).collect()
    }
}
