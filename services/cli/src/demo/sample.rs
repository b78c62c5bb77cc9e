//! A small AP extract, compiled in: two payers, some thirty vendors, made-up names and numbers no office issues.

use std::path::Path;
use std::{fs, io};

/// The payers in it.
pub(crate) const PAYERS: [&str; 2] = ["HARBOR", "QUAY"];

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        /// Each file's name and content.
        const FILES: &[(&str, &str)] = &[$(($name, include_str!(concat!("../../sample/", $name)))),*];
    };
}

files! {
    "payers.csv",
    "payer_states.csv",
    "organizations.csv",
    "cash_accounts.csv",
    "accounts.csv",
    "vendors.csv",
    "vendor_addresses.csv",
    "vouchers.csv",
    "voucher_lines.csv",
    "payments.csv",
    "payment_applications.csv",
}

/// Writes the sample into a new folder.
///
/// # Errors
/// When it cannot be written.
pub(crate) fn write(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    for (name, text) in FILES {
        fs::write(folder.join(name), text)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use formfeed_domain::extract::Owner;

    use super::*;
    use crate::extract::{Extract, HistoryHalf, Tally, VendorHalf, read_half};

    #[test]
    fn the_sample_is_an_extract_without_faults() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path()).unwrap();
        let extract = Extract::open(folder.path()).unwrap();
        let tally = Tally::default();
        let vendor = read_half::<VendorHalf>(&extract.of(Owner::Vendor), &tally, |_| true).unwrap();
        let history =
            read_half::<HistoryHalf>(&extract.of(Owner::Calculation), &tally, |_| true).unwrap();
        assert_eq!((extract.faults, extract.ignored.len()), (vec![], 0));
        assert_eq!((vendor, history), (vec![], vec![]));
        assert_eq!(extract.files.len(), FILES.len());
    }
}
