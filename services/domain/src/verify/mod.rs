//! Re-adds every proof: from the leaves of a trace back up to the rows that stand.
//!
//! The rule of this folder: **it shares nothing with the calculation.** It reads
//! the trace as plain JSON with its own reader, counts in whole cents of its
//! own, and has its own words, split and formulas, so that a mistake over there
//! is not repeated here. It uses no other module of this crate; a test reads
//! these files and says so. What a trace states and nothing else can witness is
//! taken as fact: what was applied, what the lines come to, what each line and
//! code reports as. Everything that follows from these is worked out again and
//! compared to the cent.
//!
//! Start at [`check`].

mod by_line;
mod by_mark;
mod finding;
mod payments;
mod reader;
mod rows;
mod split;
mod sums;
mod told;
mod words;

pub use finding::{Finding, Proof};

use finding::Audit;

/// What the store answers for a recipient, to be held against its trace.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Kept {
    /// Whose 1099 information.
    pub payer_id: String,
    /// Year of the payments.
    pub tax_year: i32,
    /// Whom it reports.
    pub recipient_id: String,
    /// The rows as calculated; what a person made of them by an edit is not the calculation's.
    pub rows: Vec<KeptRow>,
    /// The word of the reason for which there are no rows.
    pub skipped: Option<String>,
}

/// One stored row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptRow {
    /// Word of the income type.
    pub income_type: String,
    /// What the vouchers could report in all, in cents.
    pub total_cents: i64,
    /// What the form reports, in cents.
    pub taxable_cents: i64,
}

/// Adds a recipient's amounts up again from the leaves of its trace, and compares with what is kept.
///
/// A trace that cannot be read is a finding too: nothing passes unread.
pub fn check(trace_json: &str, kept: &Kept) -> Proof {
    let mut audit = Audit::new(&kept.recipient_id);
    match reader::read(trace_json) {
        Err(unreadable) => audit.differs("trace", "a trace that can be read", &unreadable.0),
        Ok(trace) => {
            audit.words("trace: payer", &kept.payer_id, &trace.payer_id);
            let year = (kept.tax_year.to_string(), trace.tax_year.to_string());
            audit.words("trace: tax year", &year.0, &year.1);
            audit.words("trace: recipient", &kept.recipient_id, &trace.recipient_id);
            for voucher in &trace.vouchers {
                audit.at_voucher(&voucher.voucher_id);
                match trace.way.splits_over_lines() {
                    true => by_line::check(&mut audit, &trace, voucher),
                    false => by_mark::check(&mut audit, &trace, voucher),
                }
            }
            payments::check(&mut audit, &trace);
            rows::check(&mut audit, &trace, kept);
        }
    }
    audit.proof
}

/// The finding for a recipient whose results stand without a trace.
pub fn without_trace(recipient_id: &str) -> Proof {
    let mut audit = Audit::new(recipient_id);
    audit.differs("trace", "a trace", "none");
    audit.proof
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    #[test]
    fn no_file_of_this_folder_mentions_the_calculation_or_anything_else_of_this_crate() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/verify");
        // In two parts, so that this test does not find itself.
        let forbidden = [
            ["calculation", "::"].concat(),
            ["crate", "::"].concat(),
            ["super::", "super"].concat(),
        ];
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let source = std::fs::read_to_string(&path).unwrap();
            for word in &forbidden {
                assert!(!source.contains(word), "{} says {word}", path.display());
            }
        }
    }
}
