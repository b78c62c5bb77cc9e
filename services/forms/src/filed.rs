//! The forms of a printing or an export as they are kept.

use formfeed_domain::correction::{FiledForm, Filing, FilingKind, Placed, Source, Step};
use formfeed_domain::export::{Export, Format};
use formfeed_domain::printing::Printing;
use formfeed_efile as efile;
use formfeed_proto::convert::forms::{FormOptions, PrintOrder};

use crate::draft::{Draft, DraftForm};

/// The batch of a printing of Copy A.
pub(crate) fn of_printing(
    printing: &Printing,
    order: &PrintOrder,
    draft: &Draft,
) -> (Filing, Vec<FiledForm>) {
    let filing = filing_of_printing(printing, order.options, FilingKind::Originals);
    let forms = originals(&printing.id, &draft.forms);
    (filing, forms)
}

/// The batch of an electronic file, with the places that the writer gave its forms.
pub(crate) fn of_export(
    export: &Export,
    options: FormOptions,
    draft: &Draft,
    placed: &[efile::Placed],
) -> (Filing, Vec<FiledForm>) {
    let filing = filing_of_export(export, options, FilingKind::Originals);
    let mut forms = originals(&export.id, &draft.forms);
    if export.format == Format::IrisXml {
        for placed in placed {
            if let Some(form) = forms.get_mut(placed.entry) {
                form.placed = Some(place(1, placed));
            }
        }
    }
    (filing, forms)
}

/// A batch that goes out by a printing.
pub(crate) fn filing_of_printing(
    printing: &Printing,
    options: FormOptions,
    kind: FilingKind,
) -> Filing {
    let subject = &printing.subject;
    Filing {
        id: printing.id.clone(),
        source: Source::Printing,
        kind,
        payer_id: subject.payer_id.clone(),
        tax_year: subject.tax_year,
        form_type: subject.form_type,
        eligibility: options.eligibility,
        assembly: options.assembly,
        reason: printing.again_reason.clone(),
        not_sent: None,
        create_time: printing.create_time,
    }
}

/// A batch that goes out by an export.
pub(crate) fn filing_of_export(export: &Export, options: FormOptions, kind: FilingKind) -> Filing {
    Filing {
        id: export.id.clone(),
        source: Source::Export,
        kind,
        payer_id: export.payer_id.clone(),
        tax_year: export.tax_year,
        form_type: export.form_type,
        eligibility: options.eligibility,
        assembly: options.assembly,
        reason: export.again_reason.clone(),
        not_sent: None,
        create_time: export.create_time,
    }
}

/// Where the writer of a file put a form.
pub(crate) fn place(file: u32, placed: &efile::Placed) -> Placed {
    Placed {
        file,
        submission_id: placed.submission_id,
        record_id: placed.record_id,
    }
}

fn originals(filing_id: &str, forms: &[DraftForm]) -> Vec<FiledForm> {
    let forms = (0..).zip(forms);
    let forms = forms.map(|(position, form)| FiledForm {
        key: (filing_id.to_owned(), position),
        vendor_id: form.vendor_id.clone(),
        vendor_version: form.version.version,
        address_code: form.version.address_code.clone(),
        sequence: 0, // the store numbers first filings
        step: Step::Original,
        corrects: None,
        placed: None,
        form: form.blank().clone(),
    });
    forms.collect()
}
