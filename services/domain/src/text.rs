//! Free text that people type: checked once at entry, safe everywhere after.

mod hidden;

pub use hidden::{is_written_as_tin, with_tins_truncated, without_tins};

/// Why a text is refused at entry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TextError {
    /// A control character (C0, DEL or C1), which a printer might obey.
    #[error("contains the control character U+{code:04X} at position {position}; remove it")]
    Control {
        /// Code point.
        code: u32,
        /// Character position, counted from 1.
        position: usize,
    },
    /// An invisible character that reorders or hides text: bidi controls, zero width, line separators.
    #[error("contains the invisible character U+{code:04X} at position {position}; remove it")]
    Invisible {
        /// Code point.
        code: u32,
        /// Character position, counted from 1.
        position: usize,
    },
    /// Longer than the field may be.
    #[error("has {length} characters; at most {limit} are kept")]
    TooLong {
        /// Characters given.
        length: usize,
        /// Characters allowed.
        limit: usize,
    },
    /// Empty where a value is required.
    #[error("is required")]
    Required,
}

/// Longest free text kept, in characters.
pub const MAX_CHARACTERS: usize = 200;

/// Checks a free text that may be empty: no control or invisible characters, at most [`MAX_CHARACTERS`].
///
/// # Errors
/// The first thing wrong, with its position.
pub fn check(text: &str) -> Result<(), TextError> {
    if text.len() <= MAX_CHARACTERS && text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return Ok(()); // nearly all there is
    }
    for (index, c) in text.chars().enumerate() {
        let (code, position) = (u32::from(c), index + 1);
        if c.is_control() {
            return Err(TextError::Control { code, position });
        }
        let invisible = matches!(
            code,
            0x00AD | 0x061C | 0x180E | 0x200B..=0x200F | 0x2028..=0x202E | 0x2060..=0x206F | 0xFEFF | 0xFFF9..=0xFFFB | 0xE0000..=0xE007F
        );
        if invisible {
            return Err(TextError::Invisible { code, position });
        }
    }
    match text.chars().count() {
        length if length > MAX_CHARACTERS => Err(TextError::TooLong {
            length,
            limit: MAX_CHARACTERS,
        }),
        _ => Ok(()),
    }
}

/// As [`check`], and not blank.
///
/// # Errors
/// [`TextError::Required`] when there is nothing but spaces.
pub fn check_required(text: &str) -> Result<(), TextError> {
    match text.trim().is_empty() {
        true => Err(TextError::Required),
        false => check(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_that_a_printer_would_obey_is_refused() {
        for c in [
            '\u{0}', '\u{7}', '\u{8}', '\n', '\r', '\u{c}', '\u{1b}', '\u{7f}', '\u{9b}',
        ] {
            let error = check(&format!("Ada{c}Pump")).unwrap_err();
            assert_eq!(
                error,
                TextError::Control {
                    code: u32::from(c),
                    position: 4
                }
            );
        }
        assert!(matches!(
            check("a\u{202e}b"),
            Err(TextError::Invisible { .. })
        ));
        assert_eq!(check("Élodie Ångström, \"The Fixer\" & Sons"), Ok(()));
    }
}
