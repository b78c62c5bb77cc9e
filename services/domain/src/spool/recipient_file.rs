//! Form → file: which forms go to one recipient, and what their file may be called.

use std::collections::HashMap;

use sha2::{Digest as _, Sha256};

use crate::form::{Form, RecipientBlock};

/// Longest part of a file's name that comes of an account number.
const ACCOUNT_CHARACTERS: usize = 40;

/// The file of one recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecipientFile {
    /// Its name, safe on every file system and unique within the job.
    pub name: String,
    /// The numbers of its sheets, which have a form each.
    pub sheets: Vec<u32>,
}

/// Tells which file each form of a job goes to, one form after the other. Forms are one recipient's only when TIN, name
/// and address are the same; without a TIN each is its own. Of a form no more than a digest is kept.
#[derive(Default)]
pub struct RecipientGrouping {
    files: Vec<RecipientFile>,
    known: HashMap<Digest, usize>,
}

impl RecipientGrouping {
    /// Takes the form of a sheet on.
    pub fn add(&mut self, sheet: u32, form: &Form) {
        let digest = digest(&form.recipient);
        if let Some(at) = digest.and_then(|digest| self.known.get(&digest)) {
            self.files[*at].sheets.push(sheet);
            return;
        }
        if let Some(digest) = digest {
            self.known.insert(digest, self.files.len());
        }
        self.files.push(RecipientFile {
            name: name(sheet, form),
            sheets: vec![sheet],
        });
    }

    /// The files, in the order of their first forms.
    pub fn finish(self) -> Vec<RecipientFile> {
        self.files
    }
}

/// The account number as it may stand anywhere but on Copy A and in electronic files: truncated where it holds the recipient's
/// TIN.
pub fn shown_account(form: &Form) -> String {
    match (&form.recipient.tin, holds_tin(form)) {
        (Some(tin), true) => tin.truncated(),
        _ => form.account_number.clone(),
    }
}

/// SHA-256 of what makes two forms one recipient's.
type Digest = [u8; 32];

fn digest(recipient: &RecipientBlock) -> Option<Digest> {
    let parts = [
        recipient.tin.as_ref()?.digits(),
        &recipient.name,
        &recipient.name_2,
        &recipient.street,
        &recipient.city_line,
        recipient.parts.as_ref().map_or("", |parts| &parts.unit),
    ];
    let mut digest = Sha256::new();
    for part in parts {
        // With its length: one part cannot run on into the next.
        digest.update(part.len().to_le_bytes());
        digest.update(part);
    }
    Some(digest.finalize().into())
}

/// The number of its first sheet, which is no other file's, then what the account number has of letters and digits.
fn name(sheet: u32, form: &Form) -> String {
    let account: String = match holds_tin(form) {
        true => String::new(),
        false => form
            .account_number
            .chars()
            .map(|c| match c.is_ascii_alphanumeric() {
                true => c,
                false => '_',
            })
            .take(ACCOUNT_CHARACTERS)
            .collect(),
    };
    let account = account.trim_matches('_');
    match account.is_empty() {
        true => format!("{sheet:06}.pdf"),
        false => format!("{sheet:06}-{account}.pdf"),
    }
}

/// Some payers number their vendors by TIN.
fn holds_tin(form: &Form) -> bool {
    let digits: String = form
        .account_number
        .chars()
        .filter(char::is_ascii_digit)
        .collect();
    form.recipient
        .tin
        .as_ref()
        .is_some_and(|tin| digits.contains(tin.digits()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TaxYear;
    use crate::form::{FormType, PayerBlock};
    use crate::tin::{Tin, TinKind};

    fn form(account: &str, tin: Option<&str>, name: &str) -> Form {
        Form {
            form_type: FormType::Nec,
            tax_year: TaxYear::new(2025).unwrap(),
            account_number: account.to_owned(),
            payer: PayerBlock {
                name: "Acme".to_owned(),
                street: String::new(),
                city_line: String::new(),
                parts: None,
                phone: String::new(),
                tin: None,
            },
            boxes: Default::default(),
            occupation_codes: Vec::new(),
            marks: Default::default(),
            states: Vec::new(),
            recipient: RecipientBlock {
                name: name.to_owned(),
                tin: tin.map(|digits| Tin::parse(TinKind::Ssn, digits).unwrap()),
                ..RecipientBlock::default()
            },
        }
    }

    fn files(forms: &[Form]) -> Vec<(String, Vec<u32>)> {
        let mut files = RecipientGrouping::default();
        for (sheet, form) in (1..).zip(forms) {
            files.add(sheet, form);
        }
        let files = files.finish().into_iter();
        files.map(|file| (file.name, file.sheets)).collect()
    }

    #[test]
    fn no_account_number_leads_out_of_the_folder_or_tells_a_tin() {
        let tin = Some("900706789");
        let long = "x".repeat(300);
        for (account, expected) in [
            ("../x", "000001-x.pdf".to_owned()),
            ("/etc/passwd", "000001-etc_passwd.pdf".to_owned()),
            ("..", "000001.pdf".to_owned()),
            ("", "000001.pdf".to_owned()),
            ("a\nb\0c\"d", "000001-a_b_c_d.pdf".to_owned()),
            (
                "=cmd|' /C calc'!A0",
                "000001-cmd____C_calc__A0.pdf".to_owned(),
            ),
            ("Łódź", "000001-__d".trim_matches('_').to_owned() + ".pdf"),
            (long.as_str(), format!("000001-{}.pdf", &long[..40])),
            ("V-900-70-6789", "000001.pdf".to_owned()),
            ("V9 00706789", "000001.pdf".to_owned()),
        ] {
            let found = files(&[form(account, tin, "Ada")]).remove(0).0;
            let stem = |name: &str| name.replace("__", "_").replace("-_", "-");
            assert_eq!(stem(&found), stem(&expected), "{account:?}");
        }
        assert_eq!(
            shown_account(&form("V-900-70-6789", tin, "Ada")),
            "XXX-XX-6789"
        );
        assert_eq!(shown_account(&form("V1", tin, "Ada")), "V1");
    }

    #[test]
    fn forms_are_together_only_when_they_surely_are_one_recipients() {
        let (one, other) = (Some("900706789"), Some("900706780"));
        let forms = [
            form("V1", one, "Ada Pump"),
            form("V2", None, "Bo Pipe"),
            form("V3", one, "Ada Pump"),
            form("V4", None, "Bo Pipe"),
            form("V5", other, "Ada Pump"),
            form("V6", one, "Ada P."),
        ];
        let sheets: Vec<_> = files(&forms)
            .into_iter()
            .map(|(_, sheets)| sheets)
            .collect();
        assert_eq!(sheets, [vec![1, 3], vec![2], vec![4], vec![5], vec![6]]);
    }

    #[test]
    fn what_stands_in_two_parts_is_not_the_same_in_one() {
        let one = form("V1", Some("900706789"), "Ada");
        let mut other = one.clone();
        other.recipient.name = "Ad".to_owned();
        other.recipient.name_2 = "a".to_owned();
        assert_eq!(files(&[one, other]).len(), 2);
    }

    #[test]
    fn accounts_that_look_alike_in_a_file_name_still_have_files_of_their_own() {
        let forms = [
            form("a/b", None, ""),
            form("a b", None, ""),
            form("A_B", None, ""),
        ];
        let mut names: Vec<_> = files(&forms)
            .into_iter()
            .map(|(name, _)| name.to_lowercase())
            .collect();
        names.dedup();
        assert_eq!(names.len(), 3);
    }
}
