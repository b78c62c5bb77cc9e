//! The B record.

use formfeed_domain::form::{FormType, Mark};
use formfeed_domain::{Money, TinKind};

use super::Class;
use super::amounts::AmountCodes;
use super::record::Record;
use super::rules::Place;
use crate::fault::Finder;
use crate::form_view::FormView;
use crate::iris::control;
use crate::model::Transmission;
use crate::places;
use crate::wording::{FIRE_ACCOUNT, FIRE_NAME, FIRE_SPECIAL};

pub(super) fn record(
    finder: &mut Finder,
    transmission: &Transmission,
    codes: &AmountCodes,
    class: Class,
    view: &FormView<'_>,
) -> Record {
    let (filed, form) = (view.filed, &view.filed.form);
    let mut record = Record::new('B');
    record.text(2, 4, &transmission.tax_year.to_string());
    record.text(6, 1, class.indicator());
    record.text(
        7,
        4,
        &control(
            finder,
            "recipient",
            &filed.name,
            filed.name_control.as_deref(),
        ),
    );
    if let Some(tin) = &form.recipient.tin {
        record.text(11, 1, if tin.kind() == TinKind::Ein { "1" } else { "2" });
        record.text(12, 9, tin.digits());
    }
    record.text(
        21,
        20,
        &finder.text("account number", &FIRE_ACCOUNT, &form.account_number),
    );
    let office = filed.office_code.as_deref().unwrap_or_default();
    record.text(
        41,
        4,
        &finder.text("office code", &FIRE_ACCOUNT.with_max(4), office),
    );
    for (place, amount) in codes.fields(view.amounts()).into_iter().enumerate() {
        record.money(55 + 12 * place, 12, amount);
    }
    write_name(&mut record, finder, view);
    if let Some(address) = filed
        .filed_address()
        .filter(|address| !Place::is_blank(address))
    {
        let place = Place::read(finder, "recipient", &address);
        record.text(368, 40, &place.street);
        record.text(448, 40, &place.city);
        record.text(488, 2, &place.state);
        record.text(490, 9, &place.zip);
    }
    record.text(
        544,
        1,
        if view.has(Mark::SecondTinNotice) {
            "2"
        } else {
            ""
        },
    );
    record.flag(547, view.has(Mark::DirectSales));
    record.flag(
        548,
        form.form_type == FormType::Misc && view.has(Mark::Fatca),
    );
    write_states(&mut record, finder, view);
    record
}

fn write_name(record: &mut Record, finder: &mut Finder, view: &FormView<'_>) {
    let line = FIRE_NAME.with_max(40);
    let (line_1, line_2) = view.filed.name.lines();
    if line_1.trim().is_empty() {
        finder.reject(line.rule, "recipient name", "is missing", "give it");
    }
    let second = format!("{line_2} {}", view.filed.additional_recipient);
    let name = finder.two_lines(
        "recipient name",
        [&line, &line],
        [&line_1, second.trim_matches(' ')],
    );
    record.text(288, 40, &name[0]);
    record.text(328, 40, &name[1]);
}

/// One state's code goes with its own tax; without one, what was withheld for all of them.
fn write_states(record: &mut Record, finder: &mut Finder, view: &FormView<'_>) {
    let entries = view
        .states()
        .map(|row| row.filing.special_entries.trim_matches(' '));
    let entries: Vec<_> = entries.filter(|text| !text.is_empty()).collect();
    let special = finder.text("special data entries", &FIRE_SPECIAL, &entries.join(" "));
    record.text(663, 60, &special);
    let combined = view.states().find(|row| row.filing.combined);
    let (state, local): (Money, Money) = match &combined {
        Some(row) => (row.tax_withheld, row.local_withheld),
        None => (
            view.states().map(|row| row.tax_withheld).sum(),
            view.states().map(|row| row.local_withheld).sum(),
        ),
    };
    record.money(723, 12, state);
    record.money(735, 12, local);
    let code = combined.and_then(|row| places::fire_code(&row.filing.state));
    record.text(747, 2, code.unwrap_or_default());
}
