//! Whatever stands in a text of a form: a stream holds no control byte but the dialect's own, and as many sheets as it has.

use formfeed_domain::form::{Copy, Form, FormType};
use formfeed_domain::layout::{self, Layout};
use formfeed_domain::placement::PlacedText;
use formfeed_domain::{TaxYear, stock};
use formfeed_spooler::render::{DialectName, RenderError, impact};
use formfeed_tests::impact_decoder::{decode, family};
use formfeed_tests::spool::forms;
use proptest::prelude::*;

fn layout() -> &'static Layout {
    let stock = stock::find("misc-3up").unwrap();
    layout::find(FormType::Misc, TaxYear::new(2025).unwrap(), Copy::A, stock).unwrap()
}

/// Texts that a form might be given: bytes that printers obey, letters of all kinds, and plain ones.
fn text() -> impl Strategy<Value = String> {
    let bytes = prop::collection::vec(any::<u8>(), 0..20);
    let bytes = bytes.prop_map(|bytes| bytes.into_iter().map(char::from).collect());
    prop_oneof![
        bytes,
        "[ -~]{0,30}",
        "[\\x00-\\x1f@A-Z$\u{80}-\u{9f}]{0,12}",
        any::<String>().prop_map(|text| text.chars().take(20).collect()),
    ]
}

/// Every text of a form, from a list that is taken from in turn.
fn form(texts: &[String]) -> Form {
    let mut form = forms(FormType::Misc, 1).remove(0);
    let mut texts = texts.iter().cycle().cloned();
    let mut next = || texts.next().unwrap_or_default();
    form.account_number = next();
    form.payer.name = next();
    form.payer.street = next();
    form.payer.city_line = next();
    form.payer.phone = next();
    form.recipient.name = next();
    form.recipient.name_2 = next();
    form.recipient.street = next();
    form.recipient.city_line = next();
    for state in &mut form.states {
        state.state_and_number = next();
    }
    form
}

fn every_dialect() -> impl Iterator<Item = DialectName> {
    DialectName::ALL.into_iter()
}

/// Reads a stream back: so many pages, and not a byte that its family does not know.
fn pages(name: DialectName, stream: &[u8]) -> usize {
    let pages = decode(family(name.as_str()), stream);
    pages
        .unwrap_or_else(|wrong| panic!("{name}: {wrong}"))
        .len()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Through the door that forms come in by: what cannot be printed is refused before it is sealed.
    #[test]
    fn any_form_is_refused_or_printed_on_as_many_sheets(
        texts in prop::collection::vec(text(), 1..12),
        sheets in 1..4usize,
    ) {
        let form = form(&texts);
        let Ok(placed) = layout().place(&form, 0, Copy::A) else {
            return Ok(());
        };
        for name in every_dialect() {
            let sheets = vec![placed.as_slice(); sheets];
            match impact::render_sheets(name.dialect(), sheets.iter().copied()) {
                Ok(stream) => prop_assert_eq!(pages(name, &stream), sheets.len()),
                Err(RenderError::NoPitch { .. }) => prop_assert_eq!(name, DialectName::Line),
                Err(other) => return Err(TestCaseError::fail(format!("{name}: {other}"))),
            }
        }
    }

    /// Past that door, as if somebody had written into the database: the encoder refuses the sheet, or makes of it what
    /// the family knows.
    #[test]
    fn any_text_that_reaches_the_encoder_is_refused_or_struck_as_text(
        texts in prop::collection::vec((text(), 1..67i32, 0..85i32), 1..30),
    ) {
        let mut sheet = Vec::new();
        for (text, line, column) in texts {
            sheet.push(PlacedText {
                field: "any".to_owned(),
                text,
                left: formfeed_domain::placement::Pitch::Ten.advance().times(column),
                baseline: formfeed_domain::points::Points::from_thousandths(12_000 * line - 3_000),
                line,
                pitch: formfeed_domain::placement::Pitch::Ten,
            });
        }
        let is_plain = |text: &PlacedText| text.text.chars().all(|c| matches!(c, ' '..='~'));
        for name in every_dialect() {
            match impact::render_sheets(name.dialect(), [sheet.as_slice()]) {
                Ok(stream) => {
                    prop_assert!(sheet.iter().all(is_plain));
                    prop_assert_eq!(pages(name, &stream), 1);
                }
                Err(refused) => {
                    let words = refused.to_string();
                    let c1_or_c0 = |c: char| c.is_control();
                    prop_assert!(!words.contains(c1_or_c0), "{words:?}");
                }
            }
        }
    }
}
