//! The letters of reports and of drawn forms: which there are, and how wide they run.

use std::sync::LazyLock;

use formfeed_domain::points::Points;
use printpdf::ParsedFont;
use unicode_normalization::UnicodeNormalization as _;

/// A built-in face.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Face {
    /// Text.
    Regular,
    /// Heads and sums.
    Bold,
    /// Figures and letters that are all as wide, for what is filled in on a drawn form. Reports have none of it.
    Mono,
}

static REGULAR: LazyLock<ParsedFont> =
    LazyLock::new(|| parse(Face::Regular, "DejaVuSansCondensed"));
static BOLD: LazyLock<ParsedFont> = LazyLock::new(|| parse(Face::Bold, "DejaVuSansCondensed-Bold"));
static MONO: LazyLock<ParsedFont> = LazyLock::new(|| parse(Face::Mono, "DejaVuSansMono"));

fn parse(face: Face, name: &str) -> ParsedFont {
    let mut font = ParsedFont::from_bytes(face.file(), 0, &mut Vec::new())
        .expect("a test reads every built-in font");
    font.font_name = Some(name.to_owned());
    font
}

impl Face {
    /// The faces of a report.
    pub(crate) const OF_REPORTS: [Self; 2] = [Self::Regular, Self::Bold];

    /// Every face.
    pub const ALL: [Self; 3] = [Self::Regular, Self::Bold, Self::Mono];

    /// Its name among the resources of a PDF.
    pub fn name(self) -> &'static str {
        match self {
            Self::Regular => "Regular",
            Self::Bold => "Bold",
            Self::Mono => "Mono",
        }
    }

    /// The font as a TrueType file.
    pub fn file(self) -> &'static [u8] {
        match self {
            Self::Regular => include_bytes!("../fonts/DejaVuSansCondensed.ttf"),
            Self::Bold => include_bytes!("../fonts/DejaVuSansCondensed-Bold.ttf"),
            Self::Mono => include_bytes!("../fonts/DejaVuSansMono.ttf"),
        }
    }

    /// The font, read.
    pub fn font(self) -> &'static ParsedFont {
        match self {
            Self::Regular => &REGULAR,
            Self::Bold => &BOLD,
            Self::Mono => &MONO,
        }
    }

    /// How wide a text runs at a size.
    pub fn width(self, text: &str, size: Points) -> Points {
        let font = self.font();
        let units: i64 = text
            .chars()
            .map(|c| font.lookup_glyph_index(u32::from(c)).unwrap_or_default())
            .map(|glyph| i64::from(font.get_glyph_width(glyph).unwrap_or_default()))
            .sum();
        let thousandths = units * i64::from(size.thousandths()) / i64::from(font.units_per_em);
        Points::from_thousandths(i32::try_from(thousandths).unwrap_or(i32::MAX))
    }
}

/// The text as it shows: letters composed with their marks, and what has no glyph by its code, so that nothing vanishes.
pub(crate) fn shown(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.nfc() {
        let has_glyph = |face: Face| face.font().lookup_glyph_index(u32::from(c)).is_some();
        match Face::OF_REPORTS.into_iter().all(has_glyph) {
            true => shown.push(c),
            false => shown.push_str(&format!("{{U+{:04X}}}", u32::from(c))),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_latin_letter_has_a_glyph_in_both_faces_and_anything_else_shows_its_code() {
        let latin = ('!'..='~')
            .chain('¡'..='\u{24F}')
            .chain('\u{1E00}'..='\u{1EF9}');
        let latin: String = latin.filter(|c| c.is_alphanumeric()).collect();
        assert_eq!(shown(&latin), latin.nfc().collect::<String>());
        assert_eq!(shown("Łódź e\u{301} ő – €"), "Łódź é ő – €");
        assert_eq!(shown("a\u{1b}b 中"), "a{U+001B}b {U+4E2D}");
    }

    #[test]
    fn digits_are_all_as_wide_so_that_amounts_stand_below_each_other() {
        let size = Points::from_thousandths(8_000);
        for face in Face::ALL {
            let widths = ('0'..='9').map(|digit| face.width(&digit.to_string(), size));
            let widths: std::collections::BTreeSet<_> = widths.collect();
            assert_eq!(widths.len(), 1, "{widths:?}");
        }
    }
}
