//! The table of replacements.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// One replacement that a proof shows.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Substitution {
    /// As the data has it.
    pub from: char,
    /// As it prints; empty for an accent that stands by itself.
    pub to: String,
}

/// Letters and signs that lose nothing but an accent are taken apart by Unicode; these are not.
const TABLE: [(char, &str); 46] = [
    ('ß', "ss"),
    ('ẞ', "SS"),
    ('Æ', "AE"),
    ('æ', "ae"),
    ('Œ', "OE"),
    ('œ', "oe"),
    ('Ø', "O"),
    ('ø', "o"),
    ('Ł', "L"),
    ('ł', "l"),
    ('Đ', "D"),
    ('đ', "d"),
    ('Ð', "D"),
    ('ð', "d"),
    ('Þ', "TH"),
    ('þ', "th"),
    ('Ħ', "H"),
    ('ħ', "h"),
    ('ı', "i"),
    ('ĸ', "k"),
    ('Ŋ', "N"),
    ('ŋ', "n"),
    ('Ŧ', "T"),
    ('ŧ', "t"),
    ('Ə', "A"),
    ('ə', "a"),
    ('‘', "'"),
    ('’', "'"),
    ('‚', "'"),
    ('‛', "'"),
    ('ʻ', "'"),
    ('ʼ', "'"),
    ('′', "'"),
    ('´', "'"),
    ('“', "\""),
    ('”', "\""),
    ('„', "\""),
    ('«', "\""),
    ('»', "\""),
    ('‐', "-"),
    ('‑', "-"),
    ('–', "-"),
    ('—', "-"),
    ('−', "-"),
    ('×', "x"),
    ('⁄', "/"),
];

/// How a character prints: itself, its replacement, or `None` where there is none.
pub fn transliterate(c: char) -> Option<String> {
    if is_printable(c) {
        return Some(c.to_string());
    }
    if let Some((_, replacement)) = TABLE.iter().find(|(from, _)| *from == c) {
        return Some((*replacement).to_owned());
    }
    if matches!(c, '\u{0300}'..='\u{036F}') {
        return Some(String::new());
    }
    let mut plain = String::new();
    for part in c.nfkd().filter(|part| !is_combining_mark(*part)) {
        match TABLE.iter().find(|(from, _)| *from == part) {
            Some((_, replacement)) => plain.push_str(replacement),
            None if is_printable(part) => plain.push(part),
            None => return None,
        }
    }
    // A free-standing accent comes apart into a blank: that is a loss, not a replacement.
    let lost = plain.trim().is_empty() && !c.is_whitespace();
    (!lost).then_some(plain)
}

/// Every replacement made in a text, each once, for the proof. Characters without one are not listed.
pub fn substitutions(text: &str) -> Vec<Substitution> {
    let mut found: Vec<_> = text
        .chars()
        .filter(|c| !is_printable(*c))
        .filter_map(|from| transliterate(from).map(|to| Substitution { from, to }))
        .collect();
    found.sort();
    found.dedup();
    found
}

fn is_printable(c: char) -> bool {
    matches!(c, ' '..='~')
}
