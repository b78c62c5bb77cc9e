//! Telephone numbers: digits, an extension behind a comma.

use crate::fault::Finder;

/// Digits of a number as IRIS wants it; blank after a fault, and for blank.
///
/// Source: IRIS schema TY2025, ContactPhoneNumberType: 10 to 30 digits and commas.
pub(crate) fn phone(finder: &mut Finder, field: &str, text: &str) -> String {
    let lower = text.trim().to_lowercase();
    let (number, extension) = lower
        .split_once("ext")
        .or_else(|| lower.split_once('x'))
        .unwrap_or((&lower, ""));
    let digits = |part: &str| {
        part.chars()
            .filter(char::is_ascii_digit)
            .collect::<String>()
    };
    let is_plain = |part: &str| {
        part.chars()
            .all(|c| c.is_ascii_digit() || " ()-./+".contains(c))
    };
    let line = match (digits(number), digits(extension)) {
        (number, extension) if extension.is_empty() => number,
        (number, extension) => format!("{number},{extension}"),
    };
    if lower.is_empty() {
        return String::new();
    }
    if !is_plain(number) || !is_plain(extension) || digits(number).len() < 10 || line.len() > 30 {
        finder.reject(
            "ContactPhoneNumberType",
            field,
            "is no telephone number of ten digits or more",
            "write it with its area code, an extension behind an x",
        );
        return String::new();
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_keeps_its_digits_and_its_extension() {
        let read = |text: &str| {
            let mut finder = Finder::new();
            let line = phone(&mut finder, "phone", text);
            (!finder.rejects()).then_some(line)
        };
        assert_eq!(read("(555) 010-4477").as_deref(), Some("5550104477"));
        assert_eq!(
            read("+1 555.010.4477 x12").as_deref(),
            Some("15550104477,12")
        );
        assert_eq!(read("555-010-4477 ext. 9").as_deref(), Some("5550104477,9"));
        assert_eq!(read("").as_deref(), Some(""));
        for text in ["010-4477", "call Ada", "555-010-4477 or Bo", "١٢٣٤٥٦٧٨٩٠"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
