//! Letters to recipients: what a B notice makes a payer write, in dated templates of our own words.
//!
//! The built-in templates lie in `letters/*.toml`; a file of the same shape among the user's own
//! ([`crate::own_files`]) takes the place of the one with the same letter and day. [`BNoticeLetter::new`] fills one in.

mod template;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::backup::BNotice;
use crate::backup::notice::Kind;
use crate::payer::{Payer, PostalAddress};
use crate::rules::{self, RuleError};
use crate::text::with_tins_truncated;
use crate::{Rate, own_files};

pub(crate) use template::is_letter;
pub use template::{LetterKind, TemplateError, Templates, UnknownLetter};

/// Why there is no letter.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LetterError {
    /// Nothing is sent about such a notice.
    #[error(
        "nothing goes to the vendor for a {} notice: B notices are sent for the first and the second within three calendar years",
        .0.as_str()
    )]
    NoneIsSent(Kind),
    /// No template holds on that day.
    #[error("no template of the {kind} holds on {date}")]
    NoTemplate {
        /// Which letter.
        kind: LetterKind,
        /// Day of the letter.
        date: NaiveDate,
    },
    /// The rate of that day is not known.
    #[error(transparent)]
    Rule(#[from] RuleError),
}

/// Whom a letter goes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addressee {
    /// Full name.
    pub name: String,
    /// The number, truncated; blank if there is none.
    pub truncated_tin: String,
    /// Where the forms go too; blank where none is known.
    pub address: PostalAddress,
}

/// A letter, filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BNoticeLetter {
    /// Which letter it is.
    pub kind: LetterKind,
    /// Day it is written.
    pub date: NaiveDate,
    /// Payer's name and address, a line each.
    pub sender: Vec<String>,
    /// Payer's telephone number and the like, a line each.
    pub contact: Vec<String>,
    /// Recipient's name and address, a line each.
    pub addressee: Vec<String>,
    /// What it is about.
    pub title: String,
    /// What goes with it; blank for nothing.
    pub enclosed: String,
    /// What it says.
    pub parts: Vec<Part>,
}

/// A paragraph of a letter.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// What stands over it; may be blank.
    #[serde(default)]
    pub heading: String,
    /// The paragraph.
    pub text: String,
    /// What is listed below it.
    #[serde(default)]
    pub items: Vec<String>,
}

impl BNoticeLetter {
    /// The letter about a notice of this kind, written on a day.
    ///
    /// # Errors
    /// [`LetterError`].
    pub fn new(
        notice: &BNotice,
        kind: Kind,
        payer: &Payer,
        addressee: &Addressee,
        date: NaiveDate,
    ) -> Result<Self, LetterError> {
        let letter = match kind {
            Kind::First => LetterKind::FirstBNotice,
            Kind::Second => LetterKind::SecondBNotice,
            Kind::Further | Kind::Repeated => return Err(LetterError::NoneIsSent(kind)),
        };
        let template = own_files::letters().find(letter, date);
        let template = template.ok_or(LetterError::NoTemplate { kind: letter, date })?;
        // The rate of the payments that the letter is about.
        let withhold_from = notice.withhold_from_as(kind);
        let rate = rules::backup_withholding_rate(withhold_from.max(date))?;
        let answer_by = withhold_from.pred_opt().unwrap_or(withhold_from);
        let tin = match addressee.truncated_tin.as_str() {
            "" => "none",
            tin => tin,
        };
        let contact = contact(payer);
        let values = [
            ("account", with_tins_truncated(notice.vendor_id.as_str())),
            ("payer", payer.name.clone()),
            ("name", addressee.name.clone()),
            ("tin", tin.to_owned()),
            ("tax_year", notice.tax_year.to_string()),
            ("notice_date", in_words(notice.notice_date)),
            ("answer_by", in_words(answer_by)),
            ("withhold_from", in_words(withhold_from)),
            ("rate", percent(rate)),
            ("contact", contact.join(", ")),
        ];
        let filled = template.fill(&values);
        Ok(Self {
            kind: letter,
            date,
            sender: lines(&payer.name, &payer.address),
            contact,
            addressee: lines(&addressee.name, &addressee.address),
            title: filled.title,
            enclosed: filled.enclosed,
            parts: filled.parts,
        })
    }
}

/// A day as a letter has it: September 3, 2025.
pub fn in_words(date: NaiveDate) -> String {
    date.format("%B %-d, %Y").to_string()
}

fn percent(rate: Rate) -> String {
    format!("{}%", (rate.0 * Decimal::ONE_HUNDRED).normalize())
}

fn lines(name: &str, address: &PostalAddress) -> Vec<String> {
    let city_line = address.city_line();
    [name, &address.line_1, &address.line_2, &city_line]
        .into_iter()
        .filter(|line| !line.trim().is_empty())
        .map(str::to_owned)
        .collect()
}

fn contact(payer: &Payer) -> Vec<String> {
    let known: Vec<_> = [&payer.contact_name, &payer.phone, &payer.contact_email]
        .into_iter()
        .filter(|part| !part.trim().is_empty())
        .cloned()
        .collect();
    match known.is_empty() {
        true => vec![payer.name.clone()],
        false => known,
    }
}

#[cfg(test)]
mod tests;
