//! The forms of a printing or an export as they are kept.

use formfeed_domain::correction::{FiledForm, Filing, FilingKind, Placed, Source, Step};
use formfeed_domain::export::{Export, Format};
use formfeed_domain::printing::Printing;
use formfeed_efile as efile;
use formfeed_proto::convert::forms::FormOptions;

use crate::draft::DraftForm;

/// The places that the writer gave the forms, by position: of IRIS XML in its one file, of CSV in the file and row; none
/// for FIRE.
pub(crate) fn places(
    format: Format,
    written: &[efile::Written],
    forms: usize,
) -> Vec<Option<Placed>> {
    if format == Format::Fire {
        return Vec::new();
    }
    let mut places = vec![None; forms];
    for placed in written.iter().flat_map(|written| &written.placed) {
        if let Some(at) = places.get_mut(placed.entry) {
            let file = match format {
                Format::IrisCsv => placed.submission_id,
                Format::IrisXml | Format::Fire => 1,
            };
            *at = Some(place(file, placed));
        }
    }
    places
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

/// A form that is filed for the first time, at a position of its batch.
pub(crate) fn original(filing_id: &str, position: usize, form: &DraftForm) -> FiledForm {
    FiledForm {
        key: (
            filing_id.to_owned(),
            u32::try_from(position).unwrap_or(u32::MAX),
        ),
        vendor_id: form.vendor_id.clone(),
        covers: form.covers.clone(),
        vendor_version: form.version.version,
        address_code: form.version.address_code.clone(),
        sequence: 0, // the store numbers first filings
        step: Step::Original,
        corrects: None,
        placed: None,
        form: form.blank().clone(),
    }
}
