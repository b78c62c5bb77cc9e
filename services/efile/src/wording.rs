//! Text as a format takes it: transliterated, without the signs it forbids, refused where that does not do.
//!
//! Accents go by the domain's table (É is E). Each [`Charset`] drops some signs, or puts a blank for them, because
//! nothing is lost by it (`St. Louis` is `St Louis`); any other sign it lacks is a fault. Nothing is ever cut.

use formfeed_domain::typeset::transliterate;

use crate::fault::Finder;

/// The signs one field takes.
#[derive(Clone, Copy)]
pub(crate) struct Charset {
    /// The rule that says so.
    pub(crate) rule: &'static str,
    /// Longest text, in characters.
    pub(crate) max: usize,
    /// Taken besides ASCII letters and blanks.
    signs: &'static str,
    digits: bool,
    /// Begins with a letter or digit: signs before it vanish.
    word_first: bool,
    /// Vanish.
    dropped: &'static str,
    /// Leave a blank.
    blanked: &'static str,
    upper: bool,
}

const NAME_DROPS: &str = ".,\"`*;:!?";
const ALL_SIGNS: &str = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

const fn charset(rule: &'static str, max: usize, signs: &'static str) -> Charset {
    Charset {
        rule,
        max,
        signs,
        digits: true,
        word_first: false,
        dropped: "",
        blanked: "",
        upper: false,
    }
}

/// IRIS, first line of a business's name.
pub(crate) const BUSINESS: Charset = Charset {
    dropped: NAME_DROPS,
    blanked: "/_",
    ..charset("BusinessNameLine1Type", 75, "#-()&'")
};
/// IRIS, second line of it.
pub(crate) const BUSINESS_2: Charset = Charset {
    dropped: NAME_DROPS,
    blanked: "_",
    ..charset("BusinessNameLine2Type", 75, "#/%-()&'")
};
/// IRIS, a further recipient.
pub(crate) const NAME_TEXT: Charset = Charset {
    rule: "NameTextType",
    ..BUSINESS
};
/// IRIS, a person's whole name.
pub(crate) const PERSON: Charset = Charset {
    dropped: NAME_DROPS,
    blanked: "/_",
    ..charset("PersonNameType", 35, "'-")
};
/// IRIS, a part of a person's name.
pub(crate) const PERSON_PART: Charset = Charset {
    dropped: ".,\"`'",
    digits: false,
    ..charset("PersonFirstNameType", 20, "-")
};
/// IRIS, a street line.
pub(crate) const STREET: Charset = Charset {
    dropped: ".,'\"`*;:",
    blanked: "#()_",
    word_first: true,
    ..charset("StreetAddressType", 35, "-/")
};
/// IRIS, a city of the United States.
pub(crate) const CITY: Charset = Charset {
    dropped: ".,'`",
    blanked: "-/",
    digits: false,
    ..charset("CityType", 40, "")
};
/// IRIS, a city elsewhere.
pub(crate) const FOREIGN_CITY: Charset = Charset { max: 50, ..CITY };
/// IRIS, free text; the account number.
pub(crate) const ACCOUNT: Charset = charset("Text30Type", 30, ALL_SIGNS);
/// IRIS, the payer's number with a state.
pub(crate) const STATE_NUMBER: Charset = charset("StateIdNum", 25, ALL_SIGNS);
/// IRIS, further entries for a state.
pub(crate) const SPECIAL: Charset = charset("SpecialDataEntriesTxt", 60, ALL_SIGNS);
/// IRIS, a province.
pub(crate) const PROVINCE: Charset = charset("ProvinceOrStateNm", 17, ALL_SIGNS);
/// IRIS, a foreign postal code.
pub(crate) const FOREIGN_POSTAL: Charset = charset("ForeignPostalCd", 16, ALL_SIGNS);
/// IRIS, electronic mail.
pub(crate) const EMAIL: Charset = charset("EmailAddressType", 75, ALL_SIGNS);
/// FIRE, two name lines of 40 characters.
pub(crate) const FIRE_NAME: Charset = Charset {
    dropped: ".,'\"`",
    upper: true,
    ..charset("FIRE-NAME", 80, "&-/#()")
};
/// FIRE, a line of an address, a city, a contact.
pub(crate) const FIRE_LINE: Charset = Charset {
    dropped: "'\"`",
    upper: true,
    ..charset("FIRE-LINE", 40, "&-/#().,+:@%;*_!")
};
/// FIRE, the account number.
pub(crate) const FIRE_ACCOUNT: Charset = Charset {
    upper: true,
    ..charset("FIRE-ACCOUNT", 20, ALL_SIGNS)
};
/// FIRE, further entries for a state.
pub(crate) const FIRE_SPECIAL: Charset = Charset {
    upper: true,
    ..charset("FIRE-SPECIAL", 60, ALL_SIGNS)
};
/// FIRE, electronic mail.
pub(crate) const FIRE_EMAIL: Charset = charset("FIRE-EMAIL", 50, ALL_SIGNS);

/// Why a text does not do. Never repeats the text.
enum Unfit {
    /// No place for the character.
    Character { code: u32, position: usize },
    /// Nothing is left.
    Nothing,
}

impl Charset {
    pub(crate) fn with_max(self, max: usize) -> Self {
        Self { max, ..self }
    }

    /// The text as the field takes it, of whatever length.
    fn clean(&self, text: &str) -> Result<String, Unfit> {
        let mut line = String::with_capacity(text.len());
        for (index, c) in text.chars().enumerate() {
            let unfit = Unfit::Character {
                code: u32::from(c),
                position: index + 1,
            };
            let plain = match c.is_control() {
                true => None,
                false => transliterate(c),
            };
            for c in plain.ok_or(unfit)?.chars() {
                match self.place(c) {
                    Some(place) => line.extend(place),
                    None => {
                        return Err(Unfit::Character {
                            code: u32::from(c),
                            position: index + 1,
                        });
                    }
                }
            }
        }
        let mut line = line.split_whitespace().collect::<Vec<_>>().join(" ");
        if self.word_first {
            line = line
                .trim_start_matches(|c: char| !c.is_ascii_alphanumeric())
                .to_owned();
        }
        match line.is_empty() && !text.trim().is_empty() {
            true => Err(Unfit::Nothing),
            false => Ok(line),
        }
    }

    /// What stands for a character: itself, nothing, a blank; `None` where it has no place.
    fn place(&self, c: char) -> Option<Option<char>> {
        if c == ' ' || c.is_ascii_alphabetic() {
            let c = if self.upper {
                c.to_ascii_uppercase()
            } else {
                c
            };
            return Some(Some(c));
        }
        if self.signs.contains(c) || (self.digits && c.is_ascii_digit()) {
            return Some(Some(c));
        }
        if self.dropped.contains(c) {
            return Some(None);
        }
        self.blanked.contains(c).then_some(Some(' '))
    }
}

impl Finder {
    /// The text as the field takes it; blank after a fault.
    pub(crate) fn text(&mut self, field: &str, set: &Charset, text: &str) -> String {
        let line = self.unbounded(field, set, text);
        let length = line.chars().count();
        if length > set.max {
            self.reject(
                set.rule,
                field,
                format!("has {length} characters, at most {} are taken", set.max),
                "shorten it",
            );
            return String::new();
        }
        line
    }

    /// As [`Finder::text`]; blank is a fault.
    pub(crate) fn required(&mut self, field: &str, set: &Charset, text: &str) -> String {
        if text.trim().is_empty() {
            self.reject(set.rule, field, "is missing", "give it");
            return String::new();
        }
        self.text(field, set, text)
    }

    /// As [`Finder::text`] over two lines: what does not fit the first goes on, at a blank, on an empty second.
    pub(crate) fn two_lines(
        &mut self,
        field: &str,
        [set_1, set_2]: [&Charset; 2],
        [line_1, line_2]: [&str; 2],
    ) -> [String; 2] {
        let first = self.unbounded(field, set_1, line_1);
        let second = self.text(&format!("{field}, second line"), set_2, line_2);
        if first.len() <= set_1.max {
            return [first, second];
        }
        if second.is_empty() {
            let (head, tail) = split_at_blank(&first, set_1.max);
            if !head.is_empty() && tail.len() <= set_2.max {
                return [head.to_owned(), tail.to_owned()];
            }
        }
        let length = first.len();
        self.reject(
            set_1.rule,
            field,
            format!("has {length} characters, at most {} fit a line", set_1.max),
            "shorten it, or give it in two lines",
        );
        [String::new(), String::new()]
    }

    fn unbounded(&mut self, field: &str, set: &Charset, text: &str) -> String {
        match set.clean(text) {
            Ok(line) => line,
            Err(Unfit::Character { code, position }) => {
                self.reject(
                    set.rule,
                    field,
                    format!(
                        "has the character U+{code:04X} at position {position}, which is not taken"
                    ),
                    "replace it",
                );
                String::new()
            }
            Err(Unfit::Nothing) => {
                self.reject(
                    set.rule,
                    field,
                    "has nothing but signs that are not taken",
                    "give it in letters",
                );
                String::new()
            }
        }
    }
}

/// The longest head of whole words that fits, and the rest; a word longer than that stays whole, so the head is empty.
fn split_at_blank(line: &str, max: usize) -> (&str, &str) {
    match line.char_indices().rfind(|(at, c)| *c == ' ' && *at <= max) {
        Some((at, _)) => (&line[..at], &line[at + 1..]),
        None => ("", line),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clean(set: &Charset, text: &str) -> Option<String> {
        let mut finder = Finder::new();
        let line = finder.text("field", set, text);
        (!finder.rejects()).then_some(line)
    }

    #[test]
    fn what_loses_nothing_is_replaced_and_the_rest_refused() {
        let taken =
            |set, text, line: &str| assert_eq!(clean(set, text).as_deref(), Some(line), "{text}");
        taken(&BUSINESS, "Müller & Søn, Inc.", "Muller & Son Inc");
        taken(&PERSON_PART, "O’Brien", "OBrien");
        taken(&STREET, "12 W. Main St., Apt #4", "12 W Main St Apt 4");
        taken(&CITY, "Winston-Salem", "Winston Salem");
        taken(&FIRE_NAME, "Ada's Pumps", "ADAS PUMPS");
        for (set, text) in [
            (&BUSINESS, "A@B"),
            (&PERSON_PART, "Ada2"),
            (&CITY, "Area 51"),
            (&BUSINESS, "Ada\tPump"),
            (&BUSINESS, "日本"),
            (&BUSINESS, "..."),
            (&FIRE_NAME, "Ada\u{200b}"),
        ] {
            assert_eq!(clean(set, text), None, "{text:?}");
        }
    }

    #[test]
    fn a_long_name_goes_on_at_a_blank_and_is_never_cut() {
        let mut finder = Finder::new();
        let long = "Association of Everybody Who Ever Repaired A Pump";
        let line = FIRE_NAME.with_max(40);
        let lines = finder.two_lines("name", [&line, &line], [long, ""]);
        assert_eq!(
            lines,
            ["ASSOCIATION OF EVERYBODY WHO EVER", "REPAIRED A PUMP"]
        );
        assert!(!finder.rejects());
        let lines = finder.two_lines("name", [&line, &line], [&"X".repeat(41), ""]);
        assert_eq!(lines, ["", ""]);
        assert!(finder.rejects());
    }
}
