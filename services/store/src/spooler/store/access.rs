//! How printers are reached beyond their URI; passwords are sealed.

use std::net::IpAddr;

use formfeed_domain::spool::{
    AccessChange, CertificateFingerprint, PrinterAccess, PrinterId, PrinterLogin,
};

use super::printers::{decision, load_printer};
use super::{Act, SpoolerStore};
use crate::audit::Details;
use crate::keys::Keyed as _;
use crate::seal::{Place, Sealed};
use crate::spooler::SpoolError;
use crate::spooler::rows::{AccessRow, corrupt, stored};
use crate::{Keyring, StoreError};

impl SpoolerStore {
    /// How a printer is reached beyond its URI, its password opened.
    ///
    /// # Errors
    /// A seal that does not open.
    pub async fn printer_access(&self, id: &PrinterId) -> Result<PrinterAccess, SpoolError> {
        let row = on_read!(self.database, spooler, |c, q| {
            q::printer_access::find(c, id.as_str()).await
        })?;
        if let Some(version) = row.as_ref().and_then(|row| row.key_version) {
            self.keys().know(version).await?;
        }
        Ok(opened(&self.keyring, row)?)
    }

    /// The same for showing: the password stays sealed, and reads as blank.
    ///
    /// # Errors
    /// Storage.
    pub async fn shown_access(&self, id: &PrinterId) -> Result<PrinterAccess, SpoolError> {
        let row = on_read!(self.database, spooler, |c, q| {
            q::printer_access::find(c, id.as_str()).await
        })?;
        let Some(row) = row else {
            return Ok(PrinterAccess::default());
        };
        let login = |user: String| PrinterLogin::new(&user, "", row.in_clear);
        Ok(PrinterAccess {
            certificate: certificate(row.certificate.as_deref())?,
            address: address(row.address.as_deref())?,
            login: row.login.map(login),
        })
    }

    /// Changes how a printer is reached beyond its URI.
    ///
    /// # Errors
    /// [`SpoolError::PrinterNotFound`].
    pub async fn set_printer_access(
        &self,
        id: &PrinterId,
        change: &AccessChange,
        act: &Act,
    ) -> Result<(), SpoolError> {
        let keyring = &self.keyring;
        on_write!(self.database, spooler, |c, q| {
            let _printer = load_printer!(c, q, id);
            q::printers::set_up(c, id.as_str(), &act.by, stored(act.at)).await?;
            let before = q::printer_access::find(c, id.as_str()).await?;
            let row = changed(keyring, id, before, change)?;
            q::printer_access::replace(c, row).await?;
            q::decisions::insert(c, vec![decision(id, "set_access", act)]).await?;
            let details = Details::new()
                .word("login", if change.login.is_some() { "set" } else { "" })
                .word(
                    "certificate",
                    if change.certificate.is_some() {
                        "set"
                    } else {
                        ""
                    },
                )
                .word("address", in_words(change.address));
            self.note_act(c, "printer.access", format!("printers/{id}"), act, details)
                .await?;
            Ok::<_, SpoolError>(())
        })
    }
}

impl SpoolerStore {
    /// Keeps where a printer is reached that was added before addresses were kept, or while its name was not answered. Where it is
    /// known who set it up, nobody has approved that yet. Answers where it is reached now, which is another's finding where that
    /// came first.
    ///
    /// # Errors
    /// [`SpoolError::PrinterNotFound`].
    pub async fn keep_address(
        &self,
        id: &PrinterId,
        found: IpAddr,
        act: &Act,
    ) -> Result<IpAddr, SpoolError> {
        let keyring = &self.keyring;
        on_write!(self.database, spooler, |c, q| {
            let set_up = load_printer!(c, q, id).set_up;
            q::printers::touch(c, id.as_str(), stored(act.at)).await?;
            let before = q::printer_access::find(c, id.as_str()).await?;
            let kept = before.as_ref().and_then(|row| row.address.as_deref());
            if let Some(kept) = address(kept)? {
                return Ok(kept);
            }
            let change = AccessChange {
                address: Some(Some(found)),
                ..AccessChange::default()
            };
            let row = changed(keyring, id, before, &change)?;
            q::printer_access::replace(c, row).await?;
            // Who approved it did not see where it is.
            if !set_up.by.is_empty() {
                q::printers::set_up(c, id.as_str(), &set_up.by, stored(act.at)).await?;
            }
            let details = Details::new().word("address", in_words(change.address));
            self.note_act(c, "printer.address", format!("printers/{id}"), act, details)
                .await?;
            Ok::<_, SpoolError>(found)
        })
    }
}

/// The row of a new printer; none where its URI is all there is.
pub(super) fn new_row(
    keyring: &Keyring,
    id: &PrinterId,
    access: &PrinterAccess,
) -> Result<Option<AccessRow>, StoreError> {
    if *access == PrinterAccess::default() {
        return Ok(None);
    }
    let change = AccessChange {
        login: Some(access.login.clone()),
        certificate: Some(access.certificate),
        address: Some(access.address),
    };
    changed(keyring, id, None, &change).map(Some)
}

fn changed(
    keyring: &Keyring,
    id: &PrinterId,
    before: Option<AccessRow>,
    change: &AccessChange,
) -> Result<AccessRow, StoreError> {
    let mut row = before.unwrap_or_else(|| AccessRow {
        printer_id: id.as_str().to_owned(),
        login: None,
        key_version: None,
        sealed: None,
        in_clear: false,
        certificate: None,
        address: None,
    });
    if let Some(login) = &change.login {
        let seal = |login: &PrinterLogin| keyring.seal(at(id.as_str()), login.password.as_bytes());
        let sealed = login.as_ref().map(seal).transpose()?;
        row.key_version = sealed.as_ref().map(|sealed| sealed.key_version);
        row.sealed = sealed.map(|sealed| sealed.bytes);
        row.login = login.as_ref().map(|login| login.user.clone());
        row.in_clear = login.as_ref().is_some_and(|login| login.in_clear);
    }
    if let Some(certificate) = &change.certificate {
        row.certificate = certificate.map(|certificate| certificate.to_string());
    }
    if let Some(address) = &change.address {
        row.address = address.map(|address| address.to_string());
    }
    Ok(row)
}

fn opened(keyring: &Keyring, row: Option<AccessRow>) -> Result<PrinterAccess, StoreError> {
    let Some(row) = row else {
        return Ok(PrinterAccess::default());
    };
    let certificate = certificate(row.certificate.as_deref())?;
    let address = address(row.address.as_deref())?;
    let login = match (row.login, row.key_version, row.sealed) {
        (Some(user), Some(key_version), Some(bytes)) => {
            let sealed = Sealed { key_version, bytes };
            let password = keyring.open_sealed(at(&row.printer_id), &sealed)?;
            let password = std::str::from_utf8(&password);
            let password = password.map_err(|_| corrupt("a password that is no text"))?;
            Some(PrinterLogin::new(&user, password, row.in_clear))
        }
        _ => None,
    };
    Ok(PrinterAccess {
        login,
        certificate,
        address,
    })
}

fn certificate(text: Option<&str>) -> Result<Option<CertificateFingerprint>, StoreError> {
    text.map(str::parse).transpose().map_err(corrupt)
}

fn address(text: Option<&str>) -> Result<Option<IpAddr>, StoreError> {
    text.map(str::parse).transpose().map_err(corrupt)
}

fn in_words(change: Option<Option<IpAddr>>) -> String {
    let address = change.flatten().map(|address| address.to_string());
    address.unwrap_or_default()
}

fn at(printer: &str) -> Place<'_> {
    Place {
        table: "printer_access",
        column: "sealed",
        id: printer,
    }
}
