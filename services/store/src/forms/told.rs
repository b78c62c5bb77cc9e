//! What the audit trail says of printings, exports and forms left out.

use formfeed_domain::correction::{Filing, VoidedForm};
use formfeed_domain::export::Export;
use formfeed_domain::form::FormType;
use formfeed_domain::printing::Printing;
use formfeed_domain::transmittal::TransmittalPrinting;
use formfeed_domain::{PayerId, TaxYear, VendorId};

use crate::audit::Details;

pub(super) fn printing(printing: &Printing, filing: Option<&Filing>) -> Details {
    let subject = &printing.subject;
    of((&subject.payer_id, subject.tax_year, subject.form_type))
        .word("copy", subject.copy.as_str())
        .word("printer", &printing.printer)
        .number("forms", printing.forms)
        .text("again", &printing.again_reason)
        .word("files", filing.map_or("", |filing| filing.kind.as_str()))
}

pub(super) fn export(export: &Export, filing: Option<&Filing>) -> Details {
    of((&export.payer_id, export.tax_year, export.form_type))
        .word("format", export.format.as_str())
        .word("test", if export.is_test { "yes" } else { "" })
        .number("forms", export.forms)
        .number("files_made", export.files)
        .word("sha256", &export.digest)
        .text("again", &export.again_reason)
        .word("files", filing.map_or("", |filing| filing.kind.as_str()))
}

pub(super) fn transmittal(printing: &TransmittalPrinting) -> Details {
    of((&printing.payer_id, printing.tax_year, printing.form_type))
        .word("jobs", printing.of_jobs.join(" "))
        .word("printer", &printing.printer)
        .number("forms", printing.forms)
        .text("again", &printing.again_reason)
}

/// The name of a form that is left out or taken in again, and why.
pub(super) fn form(
    (payer_id, tax_year): (&PayerId, TaxYear),
    (form_type, vendor_id): (FormType, &VendorId),
) -> String {
    let year = tax_year.year();
    format!(
        "payers/{payer_id}/taxYears/{year}/forms/{}/{vendor_id}",
        form_type.as_str()
    )
}

pub(super) fn voided(voided: &VoidedForm) -> Details {
    Details::new().text("reason", &voided.reason)
}

fn of((payer_id, tax_year, form_type): (&PayerId, TaxYear, FormType)) -> Details {
    Details::new()
        .word("payer", payer_id)
        .number("tax_year", tax_year.year())
        .word("form_type", form_type.as_str())
}
