//! How a printer is reached beyond its URI. A password comes in and never goes out.

use formfeed_domain::spool::{AccessChange, CertificateFingerprint, PrinterAccess, PrinterLogin};
use formfeed_domain::text;

use super::{Violations, read, read_optional};
use crate::spooler as pb;

/// Reads what changes of a printer's access; bad fields are noted below `field`, values are never repeated.
pub fn access_change_from(
    bad: &mut Violations,
    field: &str,
    access: &pb::PrinterAccess,
) -> Option<AccessChange> {
    let within = |name: &str| format!("{field}.{name}");
    let login = read_login(bad, &within, access);
    let certificate = match access.certificate_sha256.as_deref() {
        None => Some(None),
        Some(text) => read_optional(
            bad,
            &within("certificate_sha256"),
            text,
            str::parse::<CertificateFingerprint>,
        )
        .map(Some),
    };
    Some(AccessChange {
        login: login?,
        certificate: certificate?,
        address: None,
    })
}

type LoginChange = Option<Option<PrinterLogin>>;

fn read_login(
    bad: &mut Violations,
    within: &impl Fn(&str) -> String,
    access: &pb::PrinterAccess,
) -> Option<LoginChange> {
    let before = bad.list().len();
    let user = access.user.as_deref().unwrap_or_default();
    let password = access.password.as_str();
    read(bad, &within("user"), text::check(user));
    if user.contains(':') {
        bad.add(within("user"), "must not hold a colon");
    }
    match (user.is_empty(), password.is_empty()) {
        (false, true) => bad.add(within("password"), "is required with a user"),
        (true, false) => bad.add(within("user"), "is required with a password"),
        _ => {}
    }
    if password.chars().any(char::is_control) {
        bad.add(within("password"), "must not hold control characters");
    }
    if password.len() > 1_000 {
        bad.add(within("password"), "is longer than 1000 bytes");
    }
    if user.is_empty() && access.password_in_clear {
        bad.add(within("password_in_clear"), "is about a user's password");
    }
    let login = || PrinterLogin::new(user, password, access.password_in_clear);
    let change = access
        .user
        .as_ref()
        .map(|user| (!user.is_empty()).then(login));
    (bad.list().len() == before).then_some(change)
}

/// A printer's access without its password; `None` where there is nothing to say.
pub fn access_to(access: &PrinterAccess) -> Option<pb::PrinterAccess> {
    let login = access.login.as_ref();
    let message = pb::PrinterAccess {
        user: login.map(|login| login.user.clone()),
        password: String::new(),
        password_in_clear: login.is_some_and(|login| login.in_clear),
        certificate_sha256: access.certificate.map(|it| it.to_string()),
        address: access.address.map(|it| it.to_string()).unwrap_or_default(),
    };
    (*access != PrinterAccess::default()).then_some(message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(access: &pb::PrinterAccess) -> Result<AccessChange, Vec<String>> {
        let mut bad = Violations::new();
        let read = access_change_from(&mut bad, "access", access);
        let fields = bad.list().iter().map(|it| it.field.clone()).collect();
        read.ok_or(fields)
    }

    fn login(user: &str, password: &str) -> pb::PrinterAccess {
        pb::PrinterAccess {
            user: Some(user.to_owned()),
            password: password.to_owned(),
            ..pb::PrinterAccess::default()
        }
    }

    #[test]
    fn what_is_absent_stays_and_what_is_blank_goes() {
        assert_eq!(
            change(&pb::PrinterAccess::default()),
            Ok(AccessChange::default())
        );
        let removed = change(&pb::PrinterAccess {
            certificate_sha256: Some(String::new()),
            ..login("", "")
        });
        let gone = AccessChange {
            login: Some(None),
            certificate: Some(None),
            address: None,
        };
        assert_eq!(removed, Ok(gone));
        let given = change(&login("office", "a b")).unwrap().login.unwrap();
        assert_eq!(given.unwrap().password.as_str(), "a b");
    }

    #[test]
    fn every_bad_field_is_named_and_no_password_repeated() {
        let mut bad = Violations::new();
        let access = pb::PrinterAccess {
            password_in_clear: true,
            certificate_sha256: Some("12".to_owned()),
            ..login("", "hunter2\n")
        };
        assert_eq!(access_change_from(&mut bad, "access", &access), None);
        assert_eq!(bad.list().len(), 4, "{bad}");
        assert!(!bad.to_string().contains("hunter2"));
        assert_eq!(change(&login("a:b", "x")), Err(vec!["access.user".into()]));
        assert_eq!(change(&login("a", "")), Err(vec!["access.password".into()]));
    }

    #[test]
    fn no_password_goes_out() {
        let access = PrinterAccess {
            login: change(&login("office", "hunter2")).unwrap().login.unwrap(),
            ..PrinterAccess::default()
        };
        let message = access_to(&access).unwrap();
        assert_eq!(message.user.as_deref(), Some("office"));
        assert!(message.password.is_empty());
        assert_eq!(access_to(&PrinterAccess::default()), None);
    }
}
