//! A TIN as it lies in a row: sealed, with its kind and last four digits readable, and a digest to find equal ones by.

use formfeed_domain::{Tin, TinKind, TinWarning};

use super::TinLabel;
use crate::seal::{Place, Sealed};
use crate::{Keyring, SealError, StoreError, panic_point};

/// The columns of a TIN.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct TinColumns {
    pub(crate) kind: Option<String>,
    pub(crate) last_four: Option<String>,
    pub(crate) key_version: Option<i32>,
    pub(crate) sealed: Option<Vec<u8>>,
    /// Words of the warnings, one blank between them; kept of vendors only.
    pub(crate) warnings: String,
    pub(crate) digest: Option<Vec<u8>>,
}

impl TinColumns {
    /// Seals a number for its place.
    pub(super) fn seal(
        keyring: &Keyring,
        place: Place<'_>,
        tin: Option<&Tin>,
    ) -> Result<Self, SealError> {
        let Some(tin) = tin else {
            return Ok(Self::default());
        };
        panic_point("vendor-seal", tin.digits());
        let sealed = keyring.seal(place, tin.digits().as_bytes())?;
        Ok(Self {
            kind: Some(tin.kind().as_str().to_owned()),
            last_four: Some(tin.digits()[5..].to_owned()),
            key_version: Some(sealed.key_version),
            sealed: Some(sealed.bytes),
            warnings: words(&tin.warnings()),
            digest: keyring.digest(tin.digits().as_bytes()),
        })
    }

    /// Opens the number at its place.
    pub(super) fn open(
        &self,
        keyring: &Keyring,
        place: Place<'_>,
    ) -> Result<Option<Tin>, StoreError> {
        let (Some(key_version), Some(bytes)) = (self.key_version, self.sealed.clone()) else {
            return Ok(None);
        };
        let digits = keyring.open_sealed(place, &Sealed { key_version, bytes })?;
        let kind = kind(self.kind.as_deref())?.ok_or_else(unreadable)?;
        let digits = std::str::from_utf8(&digits).map_err(|_| unreadable())?;
        panic_point("vendor-open", digits);
        Tin::parse(kind, digits).map(Some).map_err(|_| unreadable())
    }

    /// Why the number is probably wrong.
    pub(super) fn warnings(&self) -> Result<Vec<TinWarning>, StoreError> {
        let words = self.warnings.split_whitespace();
        words
            .map(|word| word.parse().map_err(|_| unreadable()))
            .collect()
    }

    /// What may be seen of the number.
    pub(super) fn label(&self) -> Result<Option<TinLabel>, StoreError> {
        let kind = kind(self.kind.as_deref())?;
        let label = |(kind, last_four)| TinLabel { kind, last_four };
        Ok(kind.zip(self.last_four.clone()).map(label))
    }
}

/// Warnings as they are kept.
fn words(warnings: &[TinWarning]) -> String {
    let words: Vec<_> = warnings.iter().map(|warning| warning.as_str()).collect();
    words.join(" ")
}

fn kind(word: Option<&str>) -> Result<Option<TinKind>, StoreError> {
    word.map(str::parse).transpose().map_err(|_| unreadable())
}

fn unreadable() -> StoreError {
    StoreError::Corrupt("a TIN is not what was sealed".to_owned())
}
