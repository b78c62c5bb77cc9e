use super::*;
use crate::form::BoxId;
use crate::{Money, PayerId, TinKind, rules};

fn payer() -> Payer {
    Payer {
        payer_id: PayerId::new("TE1").unwrap(),
        name: "Acme Water District".to_owned(),
        tin: Tin::parse(TinKind::Ein, "12-3456789").ok(),
        address: PostalAddress {
            line_1: "1 Quay St".to_owned(),
            line_2: "Suite 9".to_owned(),
            city: "Portland".to_owned(),
            state: "ME".to_owned(),
            postal_code: "04101".to_owned(),
            country: "US".to_owned(),
        },
        phone: "555-010-0001".to_owned(),
        contact_name: String::new(),
        contact_email: String::new(),
        contact_fax: String::new(),
    }
}

fn ada() -> RecipientFacts {
    RecipientFacts {
        vendor_id: VendorId::new("V000007").unwrap(),
        name: "Ada Pump and Daughters".to_owned(),
        short_name: "Ada Pump".to_owned(),
        tin: None,
        address: None,
        second_tin_notice: true,
        fatca: true,
    }
}

fn form(recipient: &RecipientFacts, form_type: FormType, options: Options) -> Form {
    let tax_year = TaxYear::new(2025).unwrap();
    let rules = rules::for_year(tax_year).unwrap().form(form_type).unwrap();
    let content = Content {
        boxes: [(BoxId::from("1"), Money::from_cents(700_00))].into(),
        state_withheld: Money::from_cents(5_00),
        ..Content::default()
    };
    let states = [("ME", "1234"), ("NH", "9")].map(|(state, state_id)| PayerState {
        payer_id: payer().payer_id,
        state: state.to_owned(),
        state_id: state_id.to_owned(),
    });
    assemble(
        &payer(),
        &states,
        recipient,
        (form_type, tax_year),
        &content,
        rules,
        options,
    )
}

#[test]
fn the_short_name_prints_unless_it_is_blank_or_the_payer_wants_the_full_one() {
    let name = |recipient: &RecipientFacts, full_name| {
        let options = Options {
            full_name,
            ..Options::default()
        };
        form(recipient, FormType::Nec, options).recipient.name
    };
    let nameless = RecipientFacts {
        short_name: " ".to_owned(),
        ..ada()
    };
    assert_eq!(name(&ada(), false), "Ada Pump");
    assert_eq!(name(&ada(), true), "Ada Pump and Daughters");
    assert_eq!(name(&nameless, false), "Ada Pump and Daughters");
}

#[test]
fn a_missing_address_or_number_leaves_its_field_blank_and_hinders_nothing() {
    let form = form(&ada(), FormType::Nec, Options::default());
    assert_eq!(
        (
            form.recipient.street.as_str(),
            form.recipient.city_line.as_str()
        ),
        ("", "")
    );
    assert_eq!(form.recipient.tin, None);
    assert_eq!(form.account_number, "V000007");
    assert_eq!(form.payer.street, "1 Quay St");
    assert_eq!(form.payer.city_line, "Portland, ME 04101");
    assert_eq!(form.recipient.parts, Some(AddressParts::default()));
}

#[test]
fn an_address_stands_on_one_line_and_in_its_parts() {
    let housed = |country: &str| RecipientFacts {
        address: Some(PostalAddress {
            country: country.to_owned(),
            ..payer().address
        }),
        ..ada()
    };
    for (country, line, part) in [
        ("US", "Portland, ME 04101", ""),
        ("usa", "Portland, ME 04101", ""),
        ("CA", "Portland, ME 04101, CA", "CA"),
    ] {
        let recipient = form(&housed(country), FormType::Nec, Options::default()).recipient;
        assert_eq!(recipient.city_line, line);
        let parts = recipient.parts.unwrap();
        assert_eq!(parts.country, part);
        assert_eq!(
            (parts.city, parts.state, parts.postal_code, parts.unit),
            (
                "Portland".to_owned(),
                "ME".to_owned(),
                "04101".to_owned(),
                String::new()
            )
        );
    }
}

#[test]
fn both_street_lines_print_by_choice_only() {
    let housed = RecipientFacts {
        address: Some(payer().address),
        ..ada()
    };
    let street = |both_street_lines| {
        let options = Options {
            both_street_lines,
            ..Options::default()
        };
        form(&housed, FormType::Misc, options).recipient.street
    };
    assert_eq!(street(false), "1 Quay St");
    assert_eq!(street(true), "1 Quay St, Suite 9");
}

#[test]
fn the_fatca_mark_prints_only_where_the_form_has_its_box() {
    let marks = |form_type| form(&ada(), form_type, Options::default()).marks;
    assert_eq!(marks(FormType::Nec), [Mark::SecondTinNotice].into());
    assert_eq!(
        marks(FormType::Misc),
        [Mark::SecondTinNotice, Mark::Fatca].into()
    );
}

#[test]
fn state_tax_withheld_goes_to_the_row_of_the_payers_state() {
    let rows = form(&ada(), FormType::Nec, Options::default()).states;
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].state_and_number, "ME 1234");
    assert_eq!(rows[0].tax_withheld, Money::from_cents(5_00));
    assert_eq!(rows[0].income, Money::ZERO);
}
