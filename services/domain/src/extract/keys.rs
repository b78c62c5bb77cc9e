//! Keys that come twice in one file.

use std::collections::HashMap;

use super::{Fault, File};

/// The keys of one file seen so far, each with its line.
#[derive(Debug, Clone, Default)]
pub struct Keys {
    seen: HashMap<Vec<String>, u64>,
}

impl Keys {
    /// Notes the key of the row on `line`: [`super::Record::key`], or [`super::key_of`] a row that could not be read.
    ///
    /// # Errors
    /// A fault naming the earlier line when the key has been seen.
    pub fn add(&mut self, file: File, key: Vec<String>, line: u64) -> Result<(), Fault> {
        if let Some(first) = self.seen.get(&key) {
            return Err(Fault::twice(file, line, &key.join(", "), *first));
        }
        self.seen.insert(key, line);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_comes_twice_is_a_fault_on_its_second_line() {
        let file = File::PaymentApplications;
        let key = |payment: &str| vec![payment.to_owned(), "V1".to_owned()];
        let mut keys = Keys::default();
        assert_eq!(keys.add(file, key("P1"), 2), Ok(()));
        assert_eq!(keys.add(file, key("P2"), 3), Ok(()));
        assert_eq!(
            keys.add(file, key("P1"), 9).unwrap_err().to_string(),
            "payment_applications.csv:9: payment_id, voucher_id: duplicate key P1, V1: it stands on line 2 already"
        );
    }
}
