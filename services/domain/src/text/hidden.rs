//! What people write where no TIN belongs.

/// What stands where somebody wrote nine digits, which may be a TIN.
const HIDDEN: &str = "[9 digits]";
/// How the digits of a TIN are written.
const SHAPES: [&[usize]; 3] = [&[9], &[3, 2, 4], &[2, 7]];
/// What stands between its parts.
const SIGNS: [char; 4] = ['-', '.', ' ', '/'];

/// A text with every nine digits hidden that are written as a TIN is: together, as 3-2-4 or as 2-7, with one sign between.
///
/// For what people write to people: a reason, a remark. A name or a key is kept as it is.
pub fn without_tins(text: &str) -> String {
    with_each_tin(text, |_| HIDDEN.to_owned())
}

/// A key with the same nine digits cut down to the last four, each digit before them an X.
///
/// For the key of a vendor where it is shown to others than those who keep the vendors: some payers number their vendors by
/// TIN. Nine digits that are no TIN are cut down as well, as nobody can tell them apart.
pub fn with_tins_truncated(key: &str) -> String {
    with_each_tin(key, truncated)
}

/// All digits but the last four as X, with the signs between them.
fn truncated(tin: &[char]) -> String {
    let shown_from = tin.len().saturating_sub(4);
    let signs = tin.iter().enumerate();
    let hidden = |(at, c): (usize, &char)| match at < shown_from && c.is_numeric() {
        true => 'X',
        false => *c,
    };
    signs.map(hidden).collect()
}

/// A text with something else where a TIN is written.
fn with_each_tin(text: &str, instead: impl Fn(&[char]) -> String) -> String {
    let text: Vec<char> = text.chars().collect();
    let (mut clean, mut at) = (String::new(), 0);
    while at < text.len() {
        let begins = at == 0 || !text[at - 1].is_numeric();
        match begins.then(|| tin_at(&text[at..])).flatten() {
            Some(length) => {
                clean.push_str(&instead(&text[at..at + length]));
                at += length;
            }
            None => {
                clean.push(text[at]);
                at += 1;
            }
        }
    }
    clean
}

/// Whether the whole of a text is written as a TIN is.
pub fn is_written_as_tin(text: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    tin_at(&text) == Some(text.len())
}

/// The characters of the TIN that a text begins with.
fn tin_at(text: &[char]) -> Option<usize> {
    SHAPES.iter().find_map(|groups| {
        let mut at = 0;
        for (n, group) in groups.iter().enumerate() {
            let between = text.get(at).is_some_and(|c| SIGNS.contains(c));
            if n > 0 && !between {
                return None;
            }
            at += usize::from(n > 0);
            let digits = text.get(at..at + group)?;
            if !digits.iter().all(|c| c.is_numeric()) {
                return None;
            }
            at += group;
        }
        let ends = text.get(at).is_none_or(|c| !c.is_numeric());
        ends.then_some(at)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_of_other_signs_beside_nine_digits_is_no_tin() {
        for (text, is_tin) in [
            ("900-70-0001", true),
            ("900700001", true),
            ("", false),
            ("900700001-2", false),
            ("0198a900700001", false),
        ] {
            assert_eq!(is_written_as_tin(text), is_tin, "{text}");
        }
    }

    #[test]
    fn a_key_shows_the_last_four_digits_of_a_tin() {
        for (key, shown) in [
            ("900700001", "XXXXX0001"),
            ("V-900-70-0001", "V-XXX-XX-0001"),
            ("12-0000009/2", "XX-XXX0009/2"),
            ("V000123", "V000123"),
            ("", ""),
        ] {
            assert_eq!(with_tins_truncated(key), shown);
        }
    }

    #[test]
    fn nine_digits_that_somebody_wrote_are_not_kept() {
        for (written, kept) in [
            ("TIN 900-70-0001 was wrong", "TIN [9 digits] was wrong"),
            ("90-0700001", "[9 digits]"),
            ("see 900700001.", "see [9 digits]."),
            ("９００７００００１", "[9 digits]"),
            ("900-70-0001 2025", "[9 digits] 2025"),
            ("900/70/0001", "[9 digits]"),
            ("90 0700001,900700001", "[9 digits],[9 digits]"),
            ("voucher 12345, 2025", "voucher 12345, 2025"),
            ("2025-11-26", "2025-11-26"),
            ("0123456789", "0123456789"),
        ] {
            assert_eq!(without_tins(written), kept);
        }
    }
}
