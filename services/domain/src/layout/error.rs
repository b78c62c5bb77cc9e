//! Why a form cannot be laid out.

use crate::TaxYear;
use crate::form::{Copy, FormType};
use crate::typeset::TypesetError;

/// Why there is no layout.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LayoutError {
    /// Nobody has measured this form on this stock.
    #[error(
        "there is no layout of Form {form_type} Copy {copy} for tax year {tax_year} on stock {stock}; there is: {known}"
    )]
    NoLayout {
        /// Return asked for.
        form_type: FormType,
        /// Year asked for.
        tax_year: TaxYear,
        /// Copy asked for.
        copy: Copy,
        /// Stock asked for.
        stock: String,
        /// Stocks and years that have one for this form and copy.
        known: String,
    },
    /// Copy A is not drawn. Name the stock that the IRS takes.
    #[error(
        "Copy A is never printed on {stock}: the IRS takes it on its red stock only; name a stock such as {known}"
    )]
    CopyANotDrawn {
        /// Stock asked for.
        stock: String,
        /// Stocks of the form that take Copy A.
        known: String,
    },
    /// Nobody has measured Form 1096 of this year on this stock.
    #[error(
        "there is no layout of Form 1096 for tax year {tax_year} on stock {stock}; there is: {known}"
    )]
    NoTransmittalLayout {
        /// Year asked for.
        tax_year: TaxYear,
        /// Stock asked for.
        stock: String,
        /// Stocks and years that have one.
        known: String,
    },
    /// Nobody has measured anything on this stock.
    #[error("there is no layout on stock {stock}")]
    NothingOnStock {
        /// Stock asked for.
        stock: String,
    },
    /// A layout file contradicts itself.
    #[error("layout file {file}: {why}")]
    Malformed {
        /// Which file.
        file: String,
        /// What is wrong with it.
        why: String,
    },
}

impl LayoutError {
    pub(super) fn malformed(file: &str, why: impl Into<String>) -> Self {
        Self::Malformed {
            file: file.to_owned(),
            why: why.into(),
        }
    }

    /// The stable word for clients.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::NoLayout { .. }
            | Self::NoTransmittalLayout { .. }
            | Self::NothingOnStock { .. } => "NO_LAYOUT",
            Self::CopyANotDrawn { .. } => "COPY_A_NOT_DRAWN",
            Self::Malformed { .. } => "LAYOUT_FILE_MALFORMED",
        }
    }
}

/// Why a form does not go onto its slot. Names the field and the account number, never what stands there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FitError {
    /// Too long even at 17 characters per inch. Shorten it where it is kept.
    #[error(
        "account {account_number}: {field} needs {needed} characters and has room for {available}"
    )]
    DoesNotFit {
        /// Which field.
        field: String,
        /// Which form.
        account_number: String,
        /// Characters to print.
        needed: usize,
        /// Characters that fit at the narrowest pitch.
        available: usize,
    },
    /// A character that the stock cannot print.
    #[error("account {account_number}: {source}")]
    Unprintable {
        /// Which form.
        account_number: String,
        /// Field and character.
        #[source]
        source: TypesetError,
    },
    /// Forms take no sign.
    #[error("account {account_number}: {field} is negative, and a form takes no sign")]
    Negative {
        /// Which field.
        field: String,
        /// Which form.
        account_number: String,
    },
    /// The form carries something that this revision has no place for.
    #[error("account {account_number}: this layout has no field {field}")]
    NoField {
        /// Which field.
        field: String,
        /// Which form.
        account_number: String,
    },
    /// The form has its city on one line, and this revision has a field for each part. Give the parts.
    #[error(
        "account {account_number}: {field} has fields for city, state, country and ZIP on this form, and they are given on one line only"
    )]
    NotDivided {
        /// Which field.
        field: String,
        /// Which form.
        account_number: String,
    },
    /// The layout is another form's or another copy's.
    #[error("account {account_number}: this layout does not serve Form {form_type} Copy {copy}")]
    NotServed {
        /// Which form.
        account_number: String,
        /// Its type.
        form_type: FormType,
        /// The copy asked for.
        copy: Copy,
    },
    /// The sheet has fewer slots.
    #[error("a sheet of {stock} has {slots} slots, there is no slot {slot}")]
    NoSuchSlot {
        /// Stock of the layout.
        stock: String,
        /// Slots of a sheet.
        slots: usize,
        /// Slot asked for, counted from 1.
        slot: usize,
    },
}

impl FitError {
    /// The stable word for clients.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::DoesNotFit { .. } => "DOES_NOT_FIT",
            Self::Unprintable { .. } => "UNPRINTABLE",
            Self::Negative { .. } => "AMOUNT_NEGATIVE",
            Self::NoField { .. } => "NO_FIELD",
            Self::NotDivided { .. } => "ADDRESS_NOT_DIVIDED",
            Self::NotServed { .. } | Self::NoSuchSlot { .. } => "LAYOUT_MISUSED",
        }
    }

    /// The field it is about; `None` where it is about the whole form.
    pub fn field(&self) -> Option<&str> {
        match self {
            Self::DoesNotFit { field, .. }
            | Self::Negative { field, .. }
            | Self::NoField { field, .. }
            | Self::NotDivided { field, .. }
            | Self::Unprintable {
                source:
                    TypesetError::Unprintable { field, .. } | TypesetError::NothingLeft { field },
                ..
            } => Some(field),
            Self::NotServed { .. } | Self::NoSuchSlot { .. } => None,
        }
    }

    /// The form it is about; `None` where no form is.
    pub fn account_number(&self) -> Option<&str> {
        match self {
            Self::DoesNotFit { account_number, .. }
            | Self::Unprintable { account_number, .. }
            | Self::Negative { account_number, .. }
            | Self::NoField { account_number, .. }
            | Self::NotDivided { account_number, .. }
            | Self::NotServed { account_number, .. } => Some(account_number),
            Self::NoSuchSlot { .. } => None,
        }
    }
}
