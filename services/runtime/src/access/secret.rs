//! The secret a token's bearer sends, and the hash that is kept of it.

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

const PREFIX: &str = "ff_";
const RANDOM_BYTES: usize = 32;

/// A bearer token: `ff_` and 32 random bytes. Its `Debug` shows nothing of it.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// A new secret from the operating system's randomness.
    ///
    /// # Errors
    /// When the operating system has none.
    pub fn generate() -> std::io::Result<Self> {
        let mut bytes = Zeroizing::new([0_u8; RANDOM_BYTES]);
        getrandom::fill(bytes.as_mut_slice())?;
        let text = format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes.as_slice()));
        Ok(Self(Zeroizing::new(text)))
    }

    /// A secret as read from a file or a header.
    pub fn new(text: &str) -> Self {
        Self(Zeroizing::new(text.trim().to_owned()))
    }

    /// The text to send as `authorization: Bearer …`. Never log it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether a text may hold a secret: then it is repeated nowhere.
    pub fn is_in(text: &str) -> bool {
        text.contains(PREFIX)
    }

    /// Whether a text looks like a secret.
    pub fn is_like(text: &str) -> bool {
        text.trim_start().starts_with(PREFIX)
    }

    pub(super) fn hash(&self) -> SecretHash {
        SecretHash(Sha256::digest(self.0.as_bytes()).into())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// SHA-256 of a secret. The secret is random, so the hash needs no salt.
#[derive(Debug, Clone)]
pub(super) struct SecretHash([u8; 32]);

impl SecretHash {
    /// Compares in constant time.
    pub(super) fn matches(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }

    pub(super) fn to_text(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    pub(super) fn from_text(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        bytes.try_into().ok().map(Self)
    }
}
