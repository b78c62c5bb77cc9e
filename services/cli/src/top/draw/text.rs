//! Text of a width.

use ratatui::text::Span;

/// The text in exactly so many columns: cut with an ellipsis, or filled up with blanks.
pub(super) fn fit(text: &str, width: usize) -> String {
    let columns = |text: &str| Span::raw(text).width();
    let mut fits = text.to_owned();
    if columns(&fits) > width {
        while columns(&fits) + 1 > width && fits.pop().is_some() {}
        if width > 0 {
            fits.push('…');
        }
    }
    let blanks = width.saturating_sub(columns(&fits));
    fits.extend(std::iter::repeat_n(' ', blanks));
    fits
}

/// The same, to the right.
pub(super) fn right(text: &str, width: usize) -> String {
    let fits = fit(text, width);
    let text = fits.trim_end();
    let blanks = " ".repeat(fits.len() - text.len());
    blanks + text
}

/// A text broken at blanks into lines of a width; a word that is longer is cut. What follows keeps the first line's indent.
pub(super) fn broken(text: &str, width: usize) -> Vec<String> {
    let columns = |text: &str| Span::raw(text).width();
    let indent = text.len() - text.trim_start_matches(' ').len();
    let indent = " ".repeat(indent.min(width / 2));
    let mut lines = vec![indent.clone()];
    let is_empty = |line: &str| line.len() == indent.len();
    for word in text.trim_start_matches(' ').split(' ') {
        let Some(line) = lines.last_mut() else { break };
        let blank = usize::from(!is_empty(line));
        if columns(line) + blank + columns(word) <= width {
            line.extend(std::iter::repeat_n(' ', blank));
            line.push_str(word);
            continue;
        }
        if blank > 0 {
            lines.push(indent.clone());
        }
        for c in word.chars() {
            let Some(line) = lines.last_mut() else { break };
            if columns(line) + columns(c.encode_utf8(&mut [0; 4])) > width && !is_empty(line) {
                lines.push(indent.clone());
            }
            if let Some(line) = lines.last_mut() {
                line.push(c);
            }
        }
    }
    lines
}

/// `1 printer`, `2 printers`.
pub(super) fn count(number: usize, what: &str) -> String {
    match number {
        1 => format!("1 {what}"),
        number => format!("{number} {what}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_takes_its_columns_whatever_its_letters() {
        assert_eq!(fit("laser", 8), "laser   ");
        assert_eq!(fit("laser-in-the-hall", 8), "laser-i…");
        assert_eq!(Span::raw(fit("東京印刷", 6)).width(), 6);
        assert_eq!(right("12", 5), "   12");
        assert_eq!(fit("x", 0), "");
    }

    #[test]
    fn a_long_text_is_broken_at_blanks_and_a_long_word_is_cut() {
        assert_eq!(broken("look at the paper", 9), ["look at", "the paper"]);
        assert_eq!(
            broken("  on abcdefghij", 6),
            ["  on", "  abcd", "  efgh", "  ij"]
        );
        assert_eq!(broken("", 5), [""]);
        assert_eq!(broken("ab", 0), ["a", "b"]);
    }
}
