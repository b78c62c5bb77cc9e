//! What Form 1096 says at its foot when type 2 corrections travel with it.

use std::collections::BTreeSet;

use super::{FiledForm, Step};

/// Why the forms of a batch are filed again, in the IRS's words; blank without type 2 corrections.
///
/// Source: General Instructions 2018, part H, error type 2, step 2.
pub fn transmittal_note(forms: &[FiledForm]) -> String {
    let firsts = forms.iter().filter(|form| form.step == Step::TypeTwoFirst);
    let notes: BTreeSet<_> = firsts.map(|first| note_of(first, forms)).collect();
    notes.into_iter().collect::<Vec<_>>().join("; ")
}

fn note_of(first: &FiledForm, forms: &[FiledForm]) -> &'static str {
    let second = forms.iter().find(|form| {
        form.step == Step::TypeTwoSecond
            && form.vendor_id == first.vendor_id
            && form.form.form_type == first.form.form_type
    });
    let name = |form: &FiledForm| {
        let recipient = &form.form.recipient;
        (recipient.name.clone(), recipient.name_2.clone())
    };
    match second {
        None => "Filed To Correct Return",
        Some(second) if name(second) != name(first) => "Filed To Correct Name",
        Some(_) => "Filed To Correct TIN",
    }
}
