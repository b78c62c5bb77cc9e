//! What a check has found, and how much it has looked at.

use std::fmt;

/// An amount or word that is not what the leaves add up to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Whose amount.
    pub recipient_id: String,
    /// The voucher; blank if it is about none.
    pub voucher_id: String,
    /// The payment; blank if it is about none.
    pub payment_id: String,
    /// Which amount or word, such as `share of rents: taxable`.
    pub what: String,
    /// What the leaves say it must be.
    pub expected: String,
    /// What is there.
    pub found: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "recipient {}", self.recipient_id)?;
        if !self.voucher_id.is_empty() {
            write!(f, ", voucher {}", self.voucher_id)?;
        }
        if !self.payment_id.is_empty() {
            write!(f, ", payment {}", self.payment_id)?;
        }
        let Self {
            what,
            expected,
            found,
            ..
        } = self;
        write!(f, ": {what}: expected {expected}, found {found}")
    }
}

/// What comes of checking one recipient.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proof {
    /// Everything that does not hold; empty when the proof holds.
    pub findings: Vec<Finding>,
    /// Vouchers gone through.
    pub vouchers: u64,
    /// Payments gone through.
    pub payments: u64,
    /// Rows that stand and were compared.
    pub rows: u64,
    /// Amounts worked out again.
    pub amounts: u64,
}

/// A check under way.
pub(super) struct Audit {
    pub(super) proof: Proof,
    recipient_id: String,
    voucher_id: String,
    payment_id: String,
}

impl Audit {
    pub(super) fn new(recipient_id: &str) -> Self {
        Self {
            proof: Proof::default(),
            recipient_id: recipient_id.to_owned(),
            voucher_id: String::new(),
            payment_id: String::new(),
        }
    }

    /// From here on it is about this voucher.
    pub(super) fn at_voucher(&mut self, voucher_id: &str) {
        voucher_id.clone_into(&mut self.voucher_id);
        self.payment_id.clear();
        self.proof.vouchers += 1;
    }

    /// From here on it is about this payment; of a voucher, where one is being looked at.
    pub(super) fn at_payment(&mut self, payment_id: &str) {
        payment_id.clone_into(&mut self.payment_id);
    }

    /// From here on it is about the recipient as a whole.
    pub(super) fn at_recipient(&mut self) {
        self.voucher_id.clear();
        self.payment_id.clear();
    }

    /// Two amounts in cents that must be the same.
    pub(super) fn cents(&mut self, what: &str, expected: i128, found: i128) {
        self.proof.amounts += 1;
        if expected != found {
            self.differs(what, &dollars(expected), &dollars(found));
        }
    }

    /// Two words that must be the same.
    pub(super) fn words(&mut self, what: &str, expected: &str, found: &str) {
        if expected != found {
            let said = |word: &str| match word.is_empty() {
                true => "nothing".to_owned(),
                false => word.to_owned(),
            };
            self.differs(what, &said(expected), &said(found));
        }
    }

    /// Two numbers of things that must be the same.
    pub(super) fn count(&mut self, what: &str, expected: usize, found: usize) {
        let what = format!("number of {what}");
        self.words(&what, &expected.to_string(), &found.to_string());
    }

    /// Something that must be so.
    pub(super) fn holds(&mut self, what: &str, so: bool) {
        if !so {
            self.differs(what, "so", "not so");
        }
    }

    /// Something is not as it must be.
    pub(super) fn differs(&mut self, what: &str, expected: &str, found: &str) {
        self.proof.findings.push(Finding {
            recipient_id: self.recipient_id.clone(),
            voucher_id: self.voucher_id.clone(),
            payment_id: self.payment_id.clone(),
            what: what.to_owned(),
            expected: expected.to_owned(),
            found: found.to_owned(),
        });
    }
}

/// Cents as plain dollars: `-1234.50`.
pub(super) fn dollars(cents: i128) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    let cents = cents.unsigned_abs();
    format!("{sign}{}.{:02}", cents / 100, cents % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_names_recipient_voucher_payment_and_both_amounts() {
        let mut audit = Audit::new("V1");
        audit.at_voucher("R");
        audit.at_payment("P");
        audit.cents("received", 30_00, -30_01);
        audit.cents("received", 5, 5);
        let told = audit.proof.findings[0].to_string();
        let expected = "recipient V1, voucher R, payment P: received: expected 30.00, found -30.01";
        assert_eq!(told, expected);
        assert_eq!((audit.proof.amounts, audit.proof.findings.len()), (2, 1));
    }
}
