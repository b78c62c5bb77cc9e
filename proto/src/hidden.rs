//! Messages whose `Debug` shows no TIN and no password.

use std::fmt;

use crate::{forms, spooler, vendor};

impl fmt::Debug for spooler::FullTin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FullTin(…)")
    }
}

impl fmt::Debug for spooler::PrinterAccess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (user, certificate) = (&self.user, &self.certificate_sha256);
        write!(
            f,
            "PrinterAccess({user:?}, {certificate:?}, {:?})",
            self.address
        )
    }
}

impl fmt::Debug for vendor::ReleasedTin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReleasedTin(…)")
    }
}

impl fmt::Debug for vendor::FindVendorsByTinRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FindVendorsByTinRequest(…)")
    }
}

impl fmt::Debug for forms::ExportPiece {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "ExportPiece({} bytes of file {})",
            self.data.len(),
            self.file
        )
    }
}

impl fmt::Debug for vendor::Transmitter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Transmitter({:?})", self.control_code)
    }
}

impl fmt::Debug for vendor::Payer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Payer({:?})", self.payer_id)
    }
}

impl fmt::Debug for vendor::Vendor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Vendor({:?}, version {})", self.vendor_id, self.version)
    }
}

impl fmt::Debug for forms::EditReportRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (recipient_id, income_type) = (&self.recipient_id, &self.income_type);
        write!(f, "EditReportRow({recipient_id:?}, {income_type:?})")
    }
}

impl fmt::Debug for forms::ReportContent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ReportContent({} bytes)", self.data.len())
    }
}

/// Nested types lose their `Debug` with the message around them.
impl fmt::Debug for vendor::vendor::State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str_name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_printer_shows_no_password_when_it_is_logged() {
        let request = spooler::CreatePrinterRequest {
            printer: Some(spooler::Printer {
                access: Some(spooler::PrinterAccess {
                    user: Some("office".to_owned()),
                    password: "hunter2".to_owned(),
                    ..spooler::PrinterAccess::default()
                }),
                ..spooler::Printer::default()
            }),
            ..spooler::CreatePrinterRequest::default()
        };
        assert!(!format!("{request:?}").contains("hunter2"));
    }

    #[test]
    fn a_form_of_a_job_shows_no_full_number_when_it_is_logged() {
        let form = spooler::JobForm {
            recipient_tin: Some(spooler::FullTin {
                digits: "987654321".to_owned(),
                tin_type: "ssn".to_owned(),
            }),
            ..spooler::JobForm::default()
        };
        assert!(!format!("{form:?}").contains("987654321"));
    }
}
