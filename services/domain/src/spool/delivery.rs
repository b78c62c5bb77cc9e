//! How the forms of a job leave it: in one document, or in a file for each recipient.

use std::fmt;
use std::str::FromStr;

use zeroize::Zeroizing;

use crate::form::{Copy, RecipientBlock};

/// What a job's forms become.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Delivery {
    /// Sheets of one job, on paper or in one file.
    #[default]
    Job,
    /// A folder with a file for each recipient and a list of them.
    Recipient(Option<PasswordRule>),
}

/// What opens a recipient's file: something the recipient knows and the file's name and the list do not tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PasswordRule {
    /// The last four digits of the TIN, then the ZIP: its first five digits, of a foreign postal code every letter and
    /// digit, in capitals. Easy to explain, and soon guessed by who has the address too.
    LastFourZip,
    /// The nine digits of the TIN, without dashes.
    Tin,
}

impl Delivery {
    /// Every way.
    pub const ALL: [Self; 4] = [
        Self::Job,
        Self::Recipient(None),
        Self::Recipient(Some(PasswordRule::LastFourZip)),
        Self::Recipient(Some(PasswordRule::Tin)),
    ];

    /// The word it is kept under.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Job => "job",
            Self::Recipient(None) => "recipient",
            Self::Recipient(Some(PasswordRule::LastFourZip)) => "recipient-last-four-zip",
            Self::Recipient(Some(PasswordRule::Tin)) => "recipient-tin",
        }
    }

    /// Refuses files for recipients of a copy that is not theirs.
    ///
    /// # Errors
    /// [`NotTheirs`].
    pub fn check(self, copy: Copy) -> Result<(), NotTheirs> {
        match (self, copy) {
            (Self::Job, _) | (_, Copy::B | Copy::Two) => Ok(()),
            (Self::Recipient(_), other) => Err(NotTheirs(other)),
        }
    }

    /// Refuses a recipient whose file nothing could lock.
    ///
    /// # Errors
    /// [`NoPassword`].
    pub fn check_recipient(self, recipient: &RecipientBlock) -> Result<(), NoPassword> {
        match self {
            Self::Job | Self::Recipient(None) => Ok(()),
            Self::Recipient(Some(rule)) => rule.password(recipient).map(|_| ()),
        }
    }
}

/// A copy that no recipient gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Copy {0} does not go to recipients: files for each recipient are made of Copies B and 2")]
pub struct NotTheirs(pub Copy);

/// Why a recipient's file cannot be locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NoPassword {
    /// The rule takes it from the TIN.
    #[error("has no TIN, of which the password is made")]
    NoTin,
    /// The rule takes part of it from the ZIP.
    #[error("has no whole ZIP, of which the password is made")]
    NoZip,
}

impl PasswordRule {
    /// The password of a recipient's file.
    ///
    /// # Errors
    /// [`NoPassword`].
    pub fn password(self, recipient: &RecipientBlock) -> Result<Zeroizing<String>, NoPassword> {
        let tin = recipient.tin.as_ref().ok_or(NoPassword::NoTin)?;
        Ok(Zeroizing::new(match self {
            Self::Tin => tin.digits().to_owned(),
            Self::LastFourZip => {
                let zip = zip(recipient).ok_or(NoPassword::NoZip)?;
                format!("{}{zip}", &tin.digits()[5..])
            }
        }))
    }
}

/// Five digits of a ZIP, every letter and digit of a foreign postal code.
fn zip(recipient: &RecipientBlock) -> Option<String> {
    let parts = recipient.parts.as_ref()?;
    if parts.country.is_empty() {
        let digits = parts.postal_code.chars().filter(char::is_ascii_digit);
        return Some(digits.take(5).collect()).filter(|zip: &String| zip.len() == 5);
    }
    let plain = parts
        .postal_code
        .chars()
        .filter(char::is_ascii_alphanumeric);
    Some(plain.map(|c| c.to_ascii_uppercase()).collect()).filter(|code: &String| !code.is_empty())
}

impl fmt::Display for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Not a way in which forms leave a job.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown delivery")]
pub struct UnknownDelivery;

impl FromStr for Delivery {
    type Err = UnknownDelivery;
    fn from_str(word: &str) -> Result<Self, UnknownDelivery> {
        Self::ALL
            .into_iter()
            .find(|delivery| delivery.as_str() == word)
            .ok_or(UnknownDelivery)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::AddressParts;
    use crate::tin::{Tin, TinKind};

    fn recipient(tin: Option<&str>, postal_code: &str, country: &str) -> RecipientBlock {
        RecipientBlock {
            tin: tin.map(|digits| Tin::parse(TinKind::Ssn, digits).unwrap()),
            parts: Some(AddressParts {
                postal_code: postal_code.to_owned(),
                country: country.to_owned(),
                ..AddressParts::default()
            }),
            ..RecipientBlock::default()
        }
    }

    #[test]
    fn a_password_is_what_the_recipient_knows_or_there_is_no_file() {
        let password = |rule: PasswordRule, recipient: RecipientBlock| {
            rule.password(&recipient)
                .map(|password| password.to_string())
        };
        let (four, tin) = (PasswordRule::LastFourZip, PasswordRule::Tin);
        let known = Some("900-70-6789");
        let ok = |text: &str| Ok(text.to_owned());
        assert_eq!(
            password(four, recipient(known, "04101-1234", "")),
            ok("678904101")
        );
        assert_eq!(
            password(four, recipient(known, "k1a 0b1", "CA")),
            ok("6789K1A0B1")
        );
        assert_eq!(password(tin, recipient(known, "", "")), ok("900706789"));
        assert_eq!(
            password(tin, recipient(None, "04101", "")),
            Err(NoPassword::NoTin)
        );
        assert_eq!(
            password(four, recipient(known, "0410", "")),
            Err(NoPassword::NoZip)
        );
        assert_eq!(
            password(four, recipient(known, "", "CA")),
            Err(NoPassword::NoZip)
        );
    }

    #[test]
    fn only_recipients_copies_go_to_recipients() {
        for copy in Copy::ALL {
            let theirs = matches!(copy, Copy::B | Copy::Two);
            assert_eq!(
                Delivery::Recipient(None).check(copy).is_ok(),
                theirs,
                "{copy}"
            );
            assert_eq!(Delivery::Job.check(copy), Ok(()));
        }
    }

    #[test]
    fn every_delivery_is_read_back_from_its_word() {
        for delivery in Delivery::ALL {
            assert_eq!(delivery.as_str().parse(), Ok(delivery));
        }
    }
}
