//! A stream is hardly longer than what it prints, so that the wire is not slower than the print head.

use formfeed_domain::form::{Copy, FormType};
use formfeed_domain::layout;
use formfeed_domain::placement::PlacedText;
use formfeed_domain::{TaxYear, stock};
use formfeed_spooler::render::{DialectName, impact};
use formfeed_tests::impact_decoder::{decode, family};
use formfeed_tests::spool::forms;

/// A sheet of three forms.
fn sheet() -> Vec<PlacedText> {
    let stock = stock::find("nec-3up").unwrap();
    let year = TaxYear::new(2025).unwrap();
    let layout = layout::find(FormType::Nec, year, Copy::A, stock).unwrap();
    let forms = forms(FormType::Nec, 3);
    let placed = forms.iter().enumerate();
    let placed = placed.map(|(slot, form)| layout.place(form, slot, Copy::A).unwrap());
    placed.flatten().collect()
}

#[test]
fn a_sheet_takes_less_than_twice_its_text_and_three_sheets_three_form_feeds() {
    let sheet = sheet();
    let payload: usize = sheet.iter().map(|text| text.text.len()).sum();
    for name in DialectName::ALL {
        let three = [sheet.as_slice(); 3];
        let stream = impact::render_sheets(name.dialect(), three).unwrap();
        let pages = decode(family(name.as_str()), &stream).unwrap();
        assert_eq!(pages.len(), 3, "{name}");
        assert_eq!(pages[0], pages[2], "{name}");
        let each = stream.len() / 3;
        // A line printer has nothing but blanks to go along a line.
        if name != DialectName::Line {
            assert!(each < 2 * payload, "{name}: {each} bytes for {payload}");
        }
    }
}

#[test]
fn every_dialect_puts_the_same_words_at_the_same_places() {
    let sheet = sheet();
    let pages: Vec<_> = DialectName::ALL
        .iter()
        .map(|name| {
            let stream = impact::render_sheets(name.dialect(), [sheet.as_slice()]).unwrap();
            decode(family(name.as_str()), &stream).unwrap().remove(0)
        })
        .collect();
    for (page, name) in pages.iter().zip(DialectName::ALL) {
        assert_eq!(page.words.len(), pages[0].words.len(), "{name}");
        for (word, same) in page.words.iter().zip(&pages[0].words) {
            assert_eq!(word.text, same.text, "{name}");
            let off = (word.left - same.left)
                .abs()
                .max((word.top - same.top).abs());
            assert!(off < 1.3, "{name}: {word:?} is not at {same:?}");
        }
    }
}
