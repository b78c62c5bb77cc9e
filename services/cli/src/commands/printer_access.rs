//! `formfeed printer access`: whom to be when a printer asks for a user, which certificate it must show, and where it is.

use clap::Args;
use formfeed_proto::spooler as pb;
use serde::Serialize;

use crate::errors::CliError;
use crate::output::Output;

/// Stands for the first line of the input: a password on the command line is seen by everybody on the machine.
const FROM_INPUT: &str = "-";

#[derive(Debug, Default, Args)]
pub(crate) struct AddAccessArgs {
    /// Whom to be when the printer asks for a user and password
    #[arg(long, value_name = "NAME", requires = "password")]
    user: Option<String>,
    /// That user's password: - reads it from standard input; it is sealed at rest
    #[arg(long, value_name = "-", requires = "user")]
    password: Option<String>,
    /// Let the password go as it is over ipp:, where the printer takes it no other way
    #[arg(long, requires = "user")]
    password_in_clear: bool,
    /// SHA-256 of the only certificate that an ipps: printer may show
    #[arg(long, value_name = "HEX")]
    certificate_sha256: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct AccessArgs {
    /// Name of the printer
    name: String,
    #[command(flatten)]
    access: AddAccessArgs,
    /// Be nobody again, and forget the password
    #[arg(long, conflicts_with = "user")]
    no_user: bool,
    /// Take any certificate again that this machine trusts
    #[arg(long, conflicts_with = "certificate_sha256")]
    no_certificate: bool,
    /// Look up anew at which address the host in the printer's URI is; nothing else is connected to from then on
    #[arg(long)]
    resolve_again: bool,
}

#[derive(Serialize)]
pub(super) struct AccessView {
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<String>,
    password_in_clear: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    certificate_sha256: Option<String>,
    #[serde(skip_serializing_if = "String::is_empty")]
    address: String,
}

impl AddAccessArgs {
    /// The message, if anything was said; reads the password.
    pub(super) fn message(self) -> Result<Option<pb::PrinterAccess>, CliError> {
        if self.user.is_none() && self.certificate_sha256.is_none() {
            return Ok(None);
        }
        Ok(Some(pb::PrinterAccess {
            password: match self.password {
                None => String::new(),
                Some(source) if source == FROM_INPUT => first_line()?,
                Some(_) => {
                    return Err(CliError::Usage(
                        "a password is not given on the command line: write --password - and give it on standard input".to_owned(),
                    ));
                }
            },
            user: self.user,
            password_in_clear: self.password_in_clear,
            certificate_sha256: self.certificate_sha256,
            ..pb::PrinterAccess::default()
        }))
    }
}

impl AccessArgs {
    /// Which printer.
    pub(super) fn printer(&self) -> &str {
        &self.name
    }

    /// The request; reads the password.
    pub(super) fn request(self, name: String) -> Result<pb::SetPrinterAccessRequest, CliError> {
        let mut access = self.access.message()?.unwrap_or_default();
        if self.no_user {
            access.user = Some(String::new());
        }
        if self.no_certificate {
            access.certificate_sha256 = Some(String::new());
        }
        Ok(pb::SetPrinterAccessRequest {
            name,
            access: Some(access),
            resolve_again: self.resolve_again,
        })
    }
}

/// A password may begin and end with spaces.
fn first_line() -> Result<String, CliError> {
    let mut line = String::new();
    std::io::stdin().read_line(&mut line)?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

impl AccessView {
    pub(super) fn tell(&self, output: &mut Output<'_>) -> Result<(), CliError> {
        if let Some(user) = &self.user {
            let clear = match self.password_in_clear {
                true => ", password in clear where the printer wants it so",
                false => "",
            };
            output.line(format!("  as user {user}{clear}"))?;
        }
        if let Some(fingerprint) = &self.certificate_sha256 {
            output.line(format!("  known by the certificate {fingerprint}"))?;
        }
        if !self.address.is_empty() {
            output.line(format!(
                "  reached at {}, where its name was found",
                self.address
            ))?;
        }
        Ok(())
    }
}

impl From<pb::PrinterAccess> for AccessView {
    fn from(access: pb::PrinterAccess) -> Self {
        Self {
            user: access.user,
            password_in_clear: access.password_in_clear,
            certificate_sha256: access.certificate_sha256,
            address: access.address,
        }
    }
}
