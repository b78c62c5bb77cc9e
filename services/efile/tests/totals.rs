//! To the cent: the file, its headers, and what Form 1096 would say of the same forms.

#![allow(clippy::unwrap_used, missing_docs)]

mod fire_reader;
mod small;
mod xml_reader;

use formfeed_domain::form::FormType;
use formfeed_domain::rules;
use formfeed_domain::totals::Totals;
use formfeed_efile::{Entry, FiledForm, IrisOptions, write_fire, write_iris};
use proptest::prelude::*;
use small::{form, transmission, with_state};

const BOXES: [&str; 7] = ["1", "2", "4", "10", "11", "12", "15"];

fn filed() -> impl Strategy<Value = Vec<FiledForm>> {
    let amounts =
        proptest::collection::vec(proptest::option::of(1_i64..999_999_999_999), BOXES.len());
    let one = (
        1_i64..999_999_999_999,
        amounts,
        0_i64..1_000_00,
        any::<bool>(),
    );
    proptest::collection::vec(one, 1..12).prop_map(|all| {
        let numbered = (1..).zip(all);
        let forms = numbered.map(|(number, (rents, amounts, tax, combined))| {
            let boxes = BOXES.into_iter().zip(amounts);
            let mut boxes: Vec<_> = boxes.filter_map(|(id, cents)| Some((id, cents?))).collect();
            boxes.push(("3", rents));
            let filed = form(2025, FormType::Misc, number, &boxes);
            with_state(filed, if combined { "GA" } else { "MO" }, tax, combined)
        });
        forms.collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn file_and_print_agree(filed in filed()) {
        let year = rules::for_year(small::year(2025)).unwrap();
        let rules = year.form(FormType::Misc).unwrap();
        let print: Totals = filed.iter().map(|filed| Totals::of_form(&filed.form, rules)).sum();
        let entries = filed.into_iter().map(Entry::original).collect();
        let sent = transmission(2025, FormType::Misc, entries);

        let mut out = Vec::new();
        let options = IrisOptions { records_per_submission: Some(5) };
        let written = write_iris(&sent, options, &mut out).unwrap();
        xml_reader::read(&out);
        let submissions = written.sums.iter().map(|(_, sums)| sums.totals(rules));
        prop_assert_eq!(submissions.sum::<Totals>(), print);

        let mut out = Vec::new();
        let written = write_fire(&sent, &mut out).unwrap();
        let file = fire_reader::read(&out);
        prop_assert_eq!(written.sums[0].1.totals(rules), print);
        let withheld = file.payers[0].c.total('4');
        prop_assert_eq!(i64::try_from(withheld).unwrap(), print.federal_withheld.cents());
    }
}
