//! Keys that come twice in one file.

use std::collections::HashMap;

use super::{Fault, Record};

/// The keys of one file seen so far, each with its line.
#[derive(Debug, Clone, Default)]
pub struct Keys {
    seen: HashMap<Vec<String>, u64>,
}

impl Keys {
    /// Notes the key of the record on `line`.
    ///
    /// # Errors
    /// A fault naming the earlier line when the key has been seen.
    pub fn add<R: Record>(&mut self, record: &R, line: u64) -> Result<(), Fault> {
        let key = record.key();
        if let Some(first) = self.seen.get(&key) {
            let columns = R::FILE.key_columns().join(", ");
            let shown = key.join(", ");
            let message = format!("duplicate key {shown}: it stands on line {first} already");
            return Err(Fault::new(R::FILE, line, &columns, message));
        }
        self.seen.insert(key, line);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::PaymentApplication;
    use crate::{Money, PaymentId, VoucherId};

    #[test]
    fn a_key_that_comes_twice_is_a_fault_on_its_second_line() {
        let application = |payment: &str| PaymentApplication {
            payment_id: PaymentId::new(payment).unwrap(),
            voucher_id: VoucherId::new("V1").unwrap(),
            amount: Money::ZERO,
            discount: Money::ZERO,
        };
        let mut keys = Keys::default();
        assert_eq!(keys.add(&application("P1"), 2), Ok(()));
        assert_eq!(keys.add(&application("P2"), 3), Ok(()));
        assert_eq!(
            keys.add(&application("P1"), 9).unwrap_err().to_string(),
            "payment_applications.csv:9: payment_id, voucher_id: duplicate key P1, V1: it stands on line 2 already"
        );
    }
}
