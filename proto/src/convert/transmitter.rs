//! The transmitter of electronic files.

use formfeed_domain::transmitter::{ControlCode, Email, Phone, Transmitter};
use formfeed_domain::{Tin, TinKind};

use super::address::{address_from, address_to};
use super::{Stamp, Violations, read, read_optional, text, timestamp_to};
use crate::vendor as pb;

/// Longest software id, in characters.
const LONGEST_SOFTWARE_ID: usize = 10;

/// Reads a transmitter as it is sent in. Its TIN comes without a type: it is an EIN.
///
/// # Errors
/// Every bad field.
pub fn transmitter_from(message: &pb::Transmitter) -> Result<Transmitter, Violations> {
    let mut bad = Violations::new();
    let name = text::required(&mut bad, "display_name", &message.display_name);
    let tin = read_optional(&mut bad, "tin", &message.tin, |t| {
        Tin::parse(TinKind::Ein, t)
    });
    let control_code = ControlCode::new(&message.control_code);
    let control_code = read(&mut bad, "control_code", control_code);
    let address = address_from(&mut bad, "address", message.address.as_ref());
    let contact_name = text::required(&mut bad, "contact_name", &message.contact_name);
    let phone = Phone::new(&message.contact_phone);
    let phone = read(&mut bad, "contact_phone", phone);
    let email = Email::new(&message.contact_email);
    let email = read(&mut bad, "contact_email", email);
    let software_id = &message.software_id;
    let plain = software_id.bytes().all(|b| b.is_ascii_alphanumeric());
    if !plain || software_id.len() > LONGEST_SOFTWARE_ID {
        let most = LONGEST_SOFTWARE_ID;
        bad.add(
            "software_id",
            format!("not at most {most} letters or digits"),
        );
    }
    let checked = control_code.zip(phone).zip(email);
    let transmitter = checked.map(|((control_code, phone), email)| Transmitter {
        name,
        tin: tin.flatten(),
        control_code,
        address,
        contact_name,
        phone,
        email,
        software_id: software_id.clone(),
    });
    bad.finish(transmitter)
}

/// A transmitter as it is answered: of its number the last four digits.
pub fn transmitter_to(
    transmitter: &Transmitter,
    truncated_tin: Option<String>,
    stamp: Stamp,
) -> pb::Transmitter {
    pb::Transmitter {
        display_name: transmitter.name.clone(),
        tin: String::new(),
        truncated_tin: truncated_tin.unwrap_or_default(),
        control_code: transmitter.control_code.as_str().to_owned(),
        address: Some(address_to(&transmitter.address)),
        contact_name: transmitter.contact_name.clone(),
        contact_phone: transmitter.phone.to_string(),
        contact_email: transmitter.email.as_str().to_owned(),
        software_id: transmitter.software_id.clone(),
        create_time: Some(timestamp_to(stamp.create_time)),
        update_time: Some(timestamp_to(stamp.update_time)),
        etag: stamp.etag,
    }
}
