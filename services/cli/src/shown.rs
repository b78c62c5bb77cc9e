//! Text that came from elsewhere, as a terminal may be given it.

use std::borrow::Cow;

/// The text with everything written out that a terminal would obey, hide or set the other way round: an escape code shows
/// as `\u{1b}`.
pub(crate) fn shown(text: &str) -> Cow<'_, str> {
    match text.chars().any(is_hidden) {
        false => Cow::Borrowed(text),
        true => text.chars().map(written_out).collect::<String>().into(),
    }
}

fn written_out(c: char) -> String {
    match is_hidden(c) {
        true => c.escape_debug().to_string(),
        false => c.to_string(),
    }
}

/// Controls, line ends, and characters of format: those of direction, without width, and tags.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{AD}' | '\u{61C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_left_that_a_terminal_obeys_or_hides() {
        for (text, told) in [
            ("Élodie & Söhne", "Élodie & Söhne"),
            ("a\u{1b}[2Jb", "a\\u{1b}[2Jb"),
            ("a\nb\u{9b}31m", "a\\nb\\u{9b}31m"),
            ("\u{202e}exe.fdp", "\\u{202e}exe.fdp"),
            ("V\u{200b}1", "V\\u{200b}1"),
        ] {
            assert_eq!(shown(text), told);
        }
    }
}
