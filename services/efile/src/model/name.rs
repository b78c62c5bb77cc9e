//! A name as e-filing wants it: a person in parts, or a business in lines.

use formfeed_domain::TinKind;

/// Whose return it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FiledName {
    /// A person.
    Person {
        /// Given name.
        first: String,
        /// Middle name or initial; may be blank.
        middle: String,
        /// Family name.
        last: String,
        /// Such as `Jr`; may be blank.
        suffix: String,
    },
    /// A business or other entity.
    Business {
        /// Name.
        line_1: String,
        /// Second line, such as a trade name; may be blank.
        line_2: String,
    },
}

/// Words at the end of a person's name that are no family name.
const SUFFIXES: [&str; 7] = ["JR", "SR", "II", "III", "IV", "V", "ESQ"];

impl FiledName {
    /// A business of one line.
    pub fn business(name: impl Into<String>) -> Self {
        Self::Business {
            line_1: name.into(),
            line_2: String::new(),
        }
    }

    /// A person by given and family name.
    pub fn person(first: impl Into<String>, last: impl Into<String>) -> Self {
        Self::Person {
            first: first.into(),
            middle: String::new(),
            last: last.into(),
            suffix: String::new(),
        }
    }

    /// Takes one line apart, going by the kind of the TIN: an EIN names a business, other kinds a person, read as
    /// `First Middle Last Suffix` or `Last, First Middle`.
    ///
    /// A name of one word, or with a sign or digit no person's name has, stays a business: the IRS takes either. Names
    /// kept in parts are better given as [`FiledName::Person`].
    pub fn from_line(line: &str, kind: Option<TinKind>) -> Self {
        let is_person = !matches!(kind, None | Some(TinKind::Ein))
            && line
                .chars()
                .all(|c| c.is_alphabetic() || " -'’.,".contains(c));
        let turned = match line.split_once(',') {
            Some((last, rest)) if !is_suffix(rest) => format!("{rest} {last}"),
            _ => line.replace(',', " "),
        };
        let mut words: Vec<&str> = turned.split_whitespace().collect();
        let suffix = match words.last() {
            Some(word) if words.len() > 2 && is_suffix(word) => words.pop().unwrap_or_default(),
            _ => "",
        };
        match (is_person, words.as_slice()) {
            (true, [first, middle @ .., last]) => Self::Person {
                first: (*first).to_owned(),
                middle: middle.join(" "),
                last: (*last).to_owned(),
                suffix: suffix.to_owned(),
            },
            _ => Self::business(line.trim_matches(' ')),
        }
    }

    /// The first and second line, a person in the order `First Middle Last Suffix`.
    pub(crate) fn lines(&self) -> (String, String) {
        match self {
            Self::Business { line_1, line_2 } => (line_1.clone(), line_2.clone()),
            Self::Person {
                first,
                middle,
                last,
                suffix,
            } => {
                let parts = [first, middle, last, suffix].map(|part| part.trim_matches(' '));
                let parts: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
                (parts.join(" "), String::new())
            }
        }
    }
}

fn is_suffix(word: &str) -> bool {
    let word: String = word.chars().filter(char::is_ascii_alphabetic).collect();
    SUFFIXES.contains(&word.to_ascii_uppercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(line: &str) -> [String; 4] {
        match FiledName::from_line(line, Some(TinKind::Ssn)) {
            FiledName::Person {
                first,
                middle,
                last,
                suffix,
            } => [first, middle, last, suffix],
            FiledName::Business { line_1, .. } => {
                [line_1, "business".to_owned(), String::new(), String::new()]
            }
        }
    }

    #[test]
    fn a_persons_line_comes_apart_in_either_order() {
        assert_eq!(parts("Ada Pump"), ["Ada", "", "Pump", ""]);
        assert_eq!(parts("Pump, Ada M."), ["Ada", "M.", "Pump", ""]);
        assert_eq!(parts("Bo van Pipe, Jr."), ["Bo", "van", "Pipe", "Jr."]);
        assert_eq!(parts("Bo Pipe III"), ["Bo", "", "Pipe", "III"]);
        assert_eq!(parts("Pump & Sons")[1], "business");
        assert_eq!(parts("Cher")[1], "business");
    }

    #[test]
    fn an_employers_number_names_a_business() {
        let name = FiledName::from_line("Ada Pump", Some(TinKind::Ein));
        assert_eq!(name, FiledName::business("Ada Pump"));
        assert_eq!(
            FiledName::from_line("Ada Pump", None),
            FiledName::business("Ada Pump")
        );
    }
}
