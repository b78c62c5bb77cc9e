//! Keys that an ERP gives its records. Each kind has its own type, so that they cannot be mixed up.

use std::fmt;

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::text::TextError;

/// Longest key, in characters. Form 1099-MISC has room for 42 characters of account number.
pub const MAX_ID_CHARACTERS: usize = 40;
/// Longest key of a record, in bytes: of some it is two keys and a slash, and a few more bytes do no harm.
const MAX_RECORD_KEY_BYTES: usize = 200;

/// Checks a key: 1 to [`MAX_ID_CHARACTERS`] printable ASCII characters, no `/`, no blank at either end.
///
/// # Errors
/// What is wrong with it, with the position.
pub fn check_id(text: &str) -> Result<(), IdError> {
    let plain = |byte| matches!(byte, b'!'..=b'~') && byte != b'/';
    if (1..=MAX_ID_CHARACTERS).contains(&text.len()) && text.bytes().all(plain) {
        return Ok(()); // nearly every key there is
    }
    crate::text::check_required(text).map_err(IdError::Text)?;
    if text.chars().count() > MAX_ID_CHARACTERS {
        let length = text.chars().count();
        return Err(IdError::Text(TextError::TooLong {
            length,
            limit: MAX_ID_CHARACTERS,
        }));
    }
    match text.trim() != text || text.chars().any(|c| c == '/' || !c.is_ascii()) {
        true => Err(IdError::Shape),
        false => Ok(()),
    }
}

/// Whether records can refer to a record by this key, though it may not be one that [`check_id`] allows: not by one that is
/// empty, holds control characters or is longer than any key. Such a one is neither repeated nor kept.
#[must_use]
pub fn can_be_referred_to_by(key: &str) -> bool {
    (1..=MAX_RECORD_KEY_BYTES).contains(&key.len()) && !key.chars().any(char::is_control)
}

/// Why a key is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IdError {
    /// See [`TextError`].
    #[error(transparent)]
    Text(#[from] TextError),
    /// A slash, a letter outside ASCII, or a blank at either end.
    #[error("keys are ASCII without a slash and without a blank at either end")]
    Shape,
}

// Nearly every key is short enough to lie in the record itself, without memory of its own.
macro_rules! id {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(SmolStr);

        impl $name {
            /// Checks the shape of the key.
            ///
            /// # Errors
            /// See [`check_id`].
            pub fn new(text: impl AsRef<str>) -> Result<Self, IdError> {
                let text = text.as_ref();
                check_id(text)?;
                Ok(Self(SmolStr::new(text)))
            }

            /// The key as the ERP wrote it.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<$name> for String {
            fn from(key: $name) -> Self {
                key.0.into()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

id! {
    /// Who files the forms: the AP extract's `payer_id`.
    PayerId;
    /// A node of the payer's organization tree.
    OrgId;
    /// A bank or cash account that payments are drawn on.
    CashAccountId;
    /// A general-ledger account.
    AccountId;
    /// A vendor: recipient, pay vendor or vendor of record.
    VendorId;
    /// Which of a vendor's addresses.
    AddressCode;
    /// An approved payable.
    VoucherId;
    /// A movement of money.
    PaymentId;
    /// A Relate To code such as `CC` or `EX`.
    RelateToCode;
    /// A B-notice about a vendor.
    BNoticeId;
    /// An order to withhold from a vendor.
    OrderId;
    /// A further type of withholding, such as a state's.
    FurtherTypeId;
    /// A set of saved parameters: not the ERP's key, but the name a user gave it.
    ParameterSetId;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_referred_to_by_two_keys_and_a_slash_and_never_by_a_key_without_end() {
        let part = "V".repeat(MAX_ID_CHARACTERS);
        assert!(can_be_referred_to_by(&format!("{part}/{part}")));
        for none in ["", "V\u{7}", &"V".repeat(MAX_RECORD_KEY_BYTES + 1)] {
            assert!(!can_be_referred_to_by(none), "{none:?}");
        }
    }

    #[test]
    fn a_key_that_could_leave_its_path_or_its_line_is_refused() {
        for text in ["", " ", "a/b", "a\n", " a", "a ", "É1"] {
            assert!(VendorId::new(text).is_err(), "{text:?}");
        }
        assert!(VendorId::new("x".repeat(41)).is_err());
        assert_eq!(
            VendorId::new("V000012-0 base").unwrap().as_str(),
            "V000012-0 base"
        );
    }
}
