//! What came out: for the record of what was filed.

use formfeed_domain::form::FormType;

use crate::fault::Fault;
use crate::sums::Sums;

/// What a writer wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Forms in all files together.
    pub forms: u64,
    /// FIRE: records, T to F. IRIS XML: submissions. CSV: files.
    pub parts: u64,
    /// One per submission, file or A record, in the order written: form type and what it adds up to.
    pub sums: Vec<(FormType, Sums)>,
    /// Where each form went, in the order written: keep it with the receipt id, a correction names it.
    pub placed: Vec<Placed>,
    /// What the IRS will take but report an error for.
    pub remarks: Vec<Fault>,
}

/// Where a form is in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// Position of its payer in the transmission, counted from 0.
    pub payer: usize,
    /// Position of its entry with the payer, counted from 0.
    pub entry: usize,
    /// Submission id of IRIS XML, number of the CSV file, or number of the A record, counted from 1.
    pub submission_id: u32,
    /// Number within it, counted from 1.
    pub record_id: u32,
}

impl Written {
    pub(crate) fn new(remarks: Vec<Fault>) -> Self {
        Self {
            forms: 0,
            parts: 0,
            sums: Vec::new(),
            placed: Vec::new(),
            remarks,
        }
    }
}
