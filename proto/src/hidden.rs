//! Messages whose `Debug` shows no TIN, no password and no secret.

#[cfg(test)]
mod messages;

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

impl fmt::Debug for vendor::CreateTokenResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CreateTokenResponse({:?})", self.token)
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
    use prost::Message as _;
    use prost_types::field_descriptor_proto::Type;
    use prost_types::{DescriptorProto, FieldDescriptorProto, FileDescriptorSet};

    use super::messages::HIDDEN;
    use super::*;
    use crate::FILE_DESCRIPTOR_SET;

    /// What a field is called, or ends with, that holds what nobody may read.
    const SECRETS: [&str; 9] = [
        "tin",
        "digits",
        "ssn",
        "ein",
        "secret",
        "password",
        "passphrase",
        "private_key",
        "master_key",
    ];

    fn is_secret(field: &FieldDescriptorProto) -> bool {
        let name = field.name();
        let is_text = matches!(field.r#type(), Type::String | Type::Bytes);
        let named = |secret: &&str| {
            let before = name.strip_suffix(*secret);
            before.is_some_and(|before| before.is_empty() || before.ends_with('_'))
        };
        is_text && SECRETS.iter().any(named) && !name.ends_with("truncated_tin")
    }

    /// Every message by full name, and whether a field of its own holds what nobody may read.
    fn read(within: &str, messages: &[DescriptorProto], found: &mut Vec<(String, bool)>) {
        for message in messages {
            let name = format!("{within}.{}", message.name());
            read(&name, &message.nested_type, found);
            found.push((name, message.field.iter().any(is_secret)));
        }
    }

    #[test]
    fn a_message_with_a_secret_of_its_own_is_hidden() {
        let mut all = Vec::new();
        let files = FileDescriptorSet::decode(FILE_DESCRIPTOR_SET).unwrap().file;
        for file in &files {
            read(file.package(), &file.message_type, &mut all);
        }
        let secret = all.iter().filter(|(_, secret)| *secret);
        let secret: Vec<_> = secret.map(|(name, _)| name.as_str()).collect();
        assert!(secret.len() > 6, "{secret:?}");
        for name in secret {
            assert!(HIDDEN.contains(&name), "{name} shows it in its `Debug`");
        }
        for hidden in HIDDEN {
            assert!(all.iter().any(|(name, _)| name == hidden), "no {hidden}");
        }
    }

    #[test]
    fn the_secret_of_a_new_token_is_not_shown_when_it_is_logged() {
        let made = vendor::CreateTokenResponse {
            token: Some(vendor::Token {
                name: "tokens/ines".to_owned(),
                ..vendor::Token::default()
            }),
            secret: "ff_hunter2".to_owned(),
        };
        let shown = format!("{made:?}");
        assert!(shown.contains("tokens/ines") && !shown.contains("hunter2"));
    }

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
