//! Data text → what the stock can print.
//!
//! On preprinted stock one printable set serves laser and impact alike: ASCII from space to tilde. The two then say the same,
//! the IRS can scan it, and no byte of vendor data can reach a printer as a control code. Letters outside
//! the set are transliterated by [`transliterate`] (É→E, ß→ss, Ł→L); what cannot be is refused by name of
//! field and code point, never replaced by `?`. Text that is too long goes to a narrower pitch
//! ([`fit_line`]), a name then to a second line ([`fit_two_lines`]), and is refused after that.
//!
//! On plain paper, where the form is drawn with a font of its own, Latin letters keep their marks ([`latin`]).

mod fit;
mod transliterate;

pub use fit::{Fitted, characters, fit_line, fit_two_lines};
pub(crate) use fit::{capacity, pitch_for};
pub use transliterate::{Substitution, substitutions, transliterate};
use unicode_normalization::UnicodeNormalization as _;

/// Why a text cannot be printed. Never repeats the text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TypesetError {
    /// A character that the stock cannot print and no table replaces.
    #[error(
        "{field}: the character U+{code:04X} at position {position} cannot be printed and has no replacement"
    )]
    Unprintable {
        /// Which field.
        field: String,
        /// Code point.
        code: u32,
        /// Character position, counted from 1.
        position: usize,
    },
    /// A name of nothing but characters that the IRS forbids.
    #[error("{field}: nothing is left without the characters that Copy A forbids on a name line")]
    NothingLeft {
        /// Which field.
        field: String,
    },
}

/// The text in printable characters, without blanks at its ends.
///
/// # Errors
/// [`TypesetError::Unprintable`] for the first character that has no replacement.
pub fn printable(field: &str, text: &str) -> Result<String, TypesetError> {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return Ok(text.trim().to_owned());
    }
    let mut line = String::with_capacity(text.len());
    for (index, c) in text.chars().enumerate() {
        match transliterate(c) {
            Some(replacement) => line.push_str(&replacement),
            None => {
                return Err(TypesetError::Unprintable {
                    field: field.to_owned(),
                    code: u32::from(c),
                    position: index + 1,
                });
            }
        }
    }
    Ok(line.trim().to_owned())
}

/// The text for plain paper, without blanks at its ends: Latin letters with their marks, each composed to one
/// character; anything else as [`printable`].
///
/// # Errors
/// As [`printable`].
pub fn latin(field: &str, text: &str) -> Result<String, TypesetError> {
    let mut line = String::with_capacity(text.len());
    for (index, c) in text.nfc().enumerate() {
        match transliterate(c) {
            _ if is_latin(c) => line.push(c),
            Some(replacement) => line.push_str(&replacement),
            None => {
                return Err(TypesetError::Unprintable {
                    field: field.to_owned(),
                    code: u32::from(c),
                    position: index + 1,
                });
            }
        }
    }
    Ok(line.trim().to_owned())
}

/// Whether the font of drawn forms has the character: printable ASCII, and the letters of Latin-1 and of Latin
/// Extended-A. A letter with two marks, as Vietnamese has, is not among them.
pub fn is_latin(c: char) -> bool {
    matches!(c, ' '..='~') || (matches!(c, '\u{C0}'..='\u{17F}') && c.is_alphabetic())
}

/// A recipient's name as Copy A wants it: as [`printable`], without apostrophes, asterisks and other
/// special characters.
///
/// Letters, digits, blanks and `& - . , /` stay. Apostrophes, quotation marks and asterisks vanish
/// (`O'Brien` is `OBrien`); any other character leaves a blank, so that no two words run together.
///
/// # Errors
/// As [`printable`]; [`TypesetError::NothingLeft`] when no character of a name that is not blank may stay.
///
/// Source: General Instructions for Certain Information Returns, part J, name line.
pub fn name_line(field: &str, text: &str) -> Result<String, TypesetError> {
    let line = printable(field, text)?;
    let kept: String = line
        .chars()
        .filter(|c| !matches!(c, '\'' | '"' | '`' | '*'))
        .map(|c| match c {
            '&' | '-' | '.' | ',' | '/' => c,
            _ if c.is_ascii_alphanumeric() => c,
            _ => ' ',
        })
        .collect();
    let words: Vec<_> = kept.split_whitespace().collect();
    match words.is_empty() && !line.is_empty() {
        true => Err(TypesetError::NothingLeft {
            field: field.to_owned(),
        }),
        false => Ok(words.join(" ")),
    }
}

#[cfg(test)]
mod tests;
