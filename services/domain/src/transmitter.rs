//! The transmitter: who sends electronic files to the IRS, for itself or for others.

use std::fmt;

use crate::Tin;
use crate::payer::PostalAddress;

/// Who sends electronic files.
///
/// Source: Pub. 1220, T record; Pub. 5718, transmission manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transmitter {
    /// Name, as the IRS knows the holder of the control code.
    pub name: String,
    /// Its own number.
    pub tin: Option<Tin>,
    /// The code the IRS gave it.
    pub control_code: ControlCode,
    /// Postal address.
    pub address: PostalAddress,
    /// Whom the IRS may ask about a file.
    pub contact_name: String,
    /// Telephone of that person.
    pub phone: Phone,
    /// Electronic mail of that person.
    pub email: Email,
    /// What the IRS registered the sending program under; blank where a file needs none.
    pub software_id: String,
}

/// A Transmitter Control Code (TCC): five capital letters or digits. IRIS has its own, apart from FIRE's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ControlCode(String);

/// A telephone number in the United States: ten digits, those of an extension behind them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phone(String);

/// An address of electronic mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email(String);

/// Longest extension of a telephone number, in digits.
const LONGEST_EXTENSION: usize = 5;
/// Longest address of electronic mail, in characters.
///
/// Source: Pub. 1220, T record, positions 359-408.
const LONGEST_EMAIL: usize = 50;

/// Why a value of a transmitter is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TransmitterError {
    /// Not five letters or digits.
    #[error("a transmitter control code is five letters or digits, such as 1AB2C")]
    ControlCode,
    /// Not ten digits.
    #[error("a telephone number has ten digits, such as 207-555-0100 or (207) 555-0100 x12")]
    Phone,
    /// No address of electronic mail.
    #[error("not an address of electronic mail of at most 50 characters, such as ap@example.com")]
    Email,
}

impl ControlCode {
    /// Reads a code; small letters become capitals.
    ///
    /// # Errors
    /// [`TransmitterError::ControlCode`].
    pub fn new(text: &str) -> Result<Self, TransmitterError> {
        let plain = text.len() == 5 && text.bytes().all(|b| b.is_ascii_alphanumeric());
        match plain {
            true => Ok(Self(text.to_ascii_uppercase())),
            false => Err(TransmitterError::ControlCode),
        }
    }

    /// Its five characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Phone {
    /// Reads a number with the usual marks between its digits: blanks, dashes, points, brackets, a leading `1` or `+1`,
    /// and an extension behind `x` or `ext`.
    ///
    /// # Errors
    /// [`TransmitterError::Phone`].
    pub fn new(text: &str) -> Result<Self, TransmitterError> {
        let lower = text.to_ascii_lowercase();
        let (number, extension) = match lower.split_once('x') {
            Some((number, extension)) => {
                let extension = extension.trim_start_matches(['t', '.', ' ']);
                (
                    number.trim_end_matches(['e', ' ']),
                    Some(extension.trim_end()),
                )
            }
            None => (lower.as_str(), None),
        };
        let digits = digits(number, "+-.() ").ok_or(TransmitterError::Phone)?;
        let number = match digits.len() {
            11 => digits.strip_prefix('1'),
            _ => Some(digits.as_str()),
        };
        let is_number = |number: &&str| number.len() == 10 && !number.starts_with(['0', '1']);
        let number = number.filter(is_number).ok_or(TransmitterError::Phone)?;
        let is_extension = |extension: &str| {
            (1..=LONGEST_EXTENSION).contains(&extension.len())
                && extension.bytes().all(|b| b.is_ascii_digit())
        };
        match extension.is_none_or(is_extension) {
            true => Ok(Self(format!("{number}{}", extension.unwrap_or_default()))),
            false => Err(TransmitterError::Phone),
        }
    }

    /// Ten digits, and those of an extension behind them.
    pub fn digits(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Phone {
    /// `207-555-0100 x12`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (number, extension) = self.0.split_at(10);
        write!(f, "{}-{}-{}", &number[..3], &number[3..6], &number[6..])?;
        match extension {
            "" => Ok(()),
            extension => write!(f, " x{extension}"),
        }
    }
}

impl Email {
    /// Reads an address: one `@` with something on either side, a point on its right, printable ASCII without a blank.
    ///
    /// # Errors
    /// [`TransmitterError::Email`].
    pub fn new(text: &str) -> Result<Self, TransmitterError> {
        let plain = text.len() <= LONGEST_EMAIL && text.bytes().all(|b| matches!(b, b'!'..=b'~'));
        let is_address = text.split_once('@').is_some_and(|(name, host)| {
            let mut labels = host.split('.');
            !name.is_empty()
                && !host.contains('@')
                && host.contains('.')
                && labels.all(|label| !label.is_empty())
        });
        match plain && is_address {
            true => Ok(Self(text.to_owned())),
            false => Err(TransmitterError::Email),
        }
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The digits of a text that holds nothing else but these marks.
fn digits(text: &str, marks: &str) -> Option<String> {
    let known = |c: char| c.is_ascii_digit() || marks.contains(c);
    text.chars()
        .all(known)
        .then(|| text.chars().filter(char::is_ascii_digit).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_control_code_is_five_letters_or_digits() {
        assert_eq!(ControlCode::new("1ab2c").unwrap().as_str(), "1AB2C");
        for bad in ["", "1AB2", "1AB2C3", "1AB-C", "1AB\u{c9}"] {
            let read = ControlCode::new(bad);
            assert_eq!(read, Err(TransmitterError::ControlCode), "{bad}");
        }
    }

    #[test]
    fn a_telephone_number_is_read_however_it_is_written() {
        for (text, shown) in [
            ("2075550100", "207-555-0100"),
            ("(207) 555-0100", "207-555-0100"),
            ("+1 207.555.0100", "207-555-0100"),
            ("207-555-0100 x12", "207-555-0100 x12"),
            ("207-555-0100 ext. 12345", "207-555-0100 x12345"),
        ] {
            let phone = Phone::new(text).unwrap();
            assert_eq!(phone.to_string(), shown, "{text}");
            assert_eq!(Phone::new(shown).unwrap(), phone);
        }
        for bad in [
            "",
            "555-0100",
            "207-555-0100 x",
            "107-555-0100",
            "20755501001",
            "207-555-010a",
            "207-555-0100 x123456",
        ] {
            assert_eq!(Phone::new(bad), Err(TransmitterError::Phone), "{bad}");
        }
    }

    #[test]
    fn an_address_of_electronic_mail_has_a_name_and_a_host() {
        let address = Email::new("ap@example.com").unwrap();
        assert_eq!(address.as_str(), "ap@example.com");
        for bad in [
            "",
            "ap",
            "@example.com",
            "ap@",
            "ap@example",
            "a b@example.com",
            "a@b@example.com",
            "ap@example..com",
        ] {
            assert_eq!(Email::new(bad), Err(TransmitterError::Email), "{bad}");
        }
        assert!(Email::new(&format!("{}@example.com", "a".repeat(39))).is_err());
    }
}
