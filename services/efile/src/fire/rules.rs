//! What FIRE asks besides what every format does.

use formfeed_domain::form::FormType;
use formfeed_domain::payer::PostalAddress;

use crate::fault::Finder;
use crate::form_view::FormView;
use crate::iris::{self, Address};
use crate::model::Transmission;
use crate::places;
use crate::wording::FIRE_LINE;

/// An address of the United States in clean parts.
pub(super) struct Place {
    pub(super) street: String,
    pub(super) city: String,
    pub(super) state: String,
    pub(super) zip: String,
}

impl Place {
    pub(super) fn is_blank(address: &PostalAddress) -> bool {
        Address::is_blank(address)
    }

    pub(super) fn read(finder: &mut Finder, whose: &str, address: &PostalAddress) -> Self {
        let field = |part: &str| format!("{whose} {part}");
        let nothing = || String::new();
        if address.foreign_country().is_some() {
            finder.reject(
                "FIRE-FOREIGN",
                field("address"),
                "is foreign, for which no layout is verified",
                "file by IRIS XML",
            );
            return Self {
                street: nothing(),
                city: nothing(),
                state: nothing(),
                zip: nothing(),
            };
        }
        let street = format!("{} {}", address.line_1, address.line_2);
        let zip = iris::zip(finder, &field("ZIP"), &address.postal_code);
        if zip.len() > 9 {
            finder.reject(
                "FIRE-ZIP",
                field("ZIP"),
                "has more than 9 digits",
                "write 5 or 9",
            );
        }
        Self {
            street: finder.required(&field("street"), &FIRE_LINE, &street),
            city: finder.required(&field("city"), &FIRE_LINE, &address.city),
            state: iris::state(finder, &field("state"), &address.state),
            zip,
        }
    }
}

/// Digits alone, at most fifteen, an extension behind them.
pub(super) fn phone(finder: &mut Finder, field: &str, text: &str) -> String {
    let digits = iris::phone(finder, field, text).replace(',', "");
    if digits.len() > 15 {
        finder.reject(
            "FIRE-PHONE",
            field,
            "has more than 15 digits",
            "leave out the extension",
        );
        return String::new();
    }
    digits
}

pub(super) fn check_transmission(finder: &mut Finder, transmission: &Transmission) {
    let records: usize = transmission
        .payers
        .iter()
        .map(|group| group.entries.len())
        .sum();
    if records > 49_000_000 {
        let way_out = "send several files";
        finder.reject(
            "FIRE-SEQUENCE",
            "records",
            "are more than can be numbered",
            way_out,
        );
    }
}

pub(super) fn check_record(finder: &mut Finder, view: &FormView<'_>) {
    let combined: Vec<_> = view.states().filter(|row| row.filing.combined).collect();
    if combined.len() > 1 {
        finder.reject(
            "FIRE-STATE",
            "states",
            "in combined filing are two, a record has room for one",
            "file with one of them itself, or file by IRIS XML",
        );
    }
    for row in combined {
        if places::fire_code(&row.filing.state).is_none() {
            finder.reject(
                "FIRE-STATE",
                format!("state {}", row.filing.state),
                "has no verified code for combined filing",
                "file with the state itself, or by IRIS XML",
            );
        }
    }
    let has_special = view
        .states()
        .any(|row| !row.filing.special_entries.trim().is_empty());
    if has_special && view.filed.form.form_type == FormType::Nec {
        finder.reject(
            "FIRE-SPECIAL",
            "special data entries",
            "have no verified field on Form 1099-NEC",
            "leave them out",
        );
    }
    let totals = [
        view.states().map(|row| row.tax_withheld).sum(),
        view.states().map(|row| row.local_withheld).sum(),
    ];
    let is_large =
        |sum: formfeed_domain::Money| sum.cents() > formfeed_domain::money::MAX_ENTRY_CENTS;
    if totals.into_iter().any(is_large) {
        finder.reject(
            "FORMFEED-AMOUNT",
            "state or local tax",
            "is too large",
            "check the amount",
        );
    }
    let address = view.filed.filed_address();
    if address.is_none_or(|address| Place::is_blank(&address)) {
        finder.report(
            "FIRE-ADDRESS",
            "recipient address",
            "is missing",
            "ask the recipient for it",
        );
    }
}
