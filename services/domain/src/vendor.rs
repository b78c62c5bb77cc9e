//! Vendors: accounts-payable's record of someone we owe.

mod w9;

use std::str::FromStr;

use crate::payer::PostalAddress;
use crate::{AddressCode, IncomeType, RelateToCode, Tin, VendorId};

pub use w9::{UnknownW9Status, W9, W9Error, W9Status};

/// The vendor's federal tax classification (Form W-9, line 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Classification {
    /// A natural person.
    Individual,
    /// A person in business under another name.
    SoleProprietor,
    /// Partnership.
    Partnership,
    /// LLC disregarded in favour of a person.
    LlcIndividual,
    /// LLC taxed as a partnership.
    LlcPartnership,
    /// LLC taxed as a C corporation.
    LlcCCorporation,
    /// LLC taxed as an S corporation.
    LlcSCorporation,
    /// C corporation.
    CCorporation,
    /// S corporation.
    SCorporation,
    /// Estate or trust.
    EstateOrTrust,
    /// Tax-exempt organization.
    TaxExempt,
    /// Government body.
    Government,
    /// Foreign person (Form W-8).
    Foreign,
}

/// Not one of the words of the AP extract.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown classification: use one of {}", Classification::ALL.map(Classification::as_str).join(", "))]
pub struct UnknownClassification;

impl Classification {
    /// Every classification.
    pub const ALL: [Self; 13] = [
        Self::Individual,
        Self::SoleProprietor,
        Self::Partnership,
        Self::LlcIndividual,
        Self::LlcPartnership,
        Self::LlcCCorporation,
        Self::LlcSCorporation,
        Self::CCorporation,
        Self::SCorporation,
        Self::EstateOrTrust,
        Self::TaxExempt,
        Self::Government,
        Self::Foreign,
    ];

    /// The word of the AP extract and of the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Individual => "individual",
            Self::SoleProprietor => "sole_proprietor",
            Self::Partnership => "partnership",
            Self::LlcIndividual => "llc_individual",
            Self::LlcPartnership => "llc_partnership",
            Self::LlcCCorporation => "llc_c_corporation",
            Self::LlcSCorporation => "llc_s_corporation",
            Self::CCorporation => "c_corporation",
            Self::SCorporation => "s_corporation",
            Self::EstateOrTrust => "estate_or_trust",
            Self::TaxExempt => "tax_exempt",
            Self::Government => "government",
            Self::Foreign => "foreign",
        }
    }

    /// A C or S corporation, or an LLC taxed as one.
    pub fn is_corporation(self) -> bool {
        matches!(
            self,
            Self::CCorporation | Self::SCorporation | Self::LlcCCorporation | Self::LlcSCorporation
        )
    }

    /// Tax-exempt, government or foreign: no Form 1099 for any income type.
    pub fn is_wholly_exempt(self) -> bool {
        matches!(self, Self::TaxExempt | Self::Government | Self::Foreign)
    }
}

impl FromStr for Classification {
    type Err = UnknownClassification;
    fn from_str(word: &str) -> Result<Self, UnknownClassification> {
        Self::ALL
            .into_iter()
            .find(|c| c.as_str() == word)
            .ok_or(UnknownClassification)
    }
}

/// The vendor's 1099 flag (seed: PE Information, 1099 Flag).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Flag1099 {
    /// `Y`: a 1099 vendor.
    Yes,
    /// `N` or blank: not a 1099 vendor, coded transactions aside.
    #[default]
    No,
    /// `D`: never, whatever else says so.
    Never,
}

impl Flag1099 {
    /// `Y`, `N` or `D`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Yes => "Y",
            Self::No => "N",
            Self::Never => "D",
        }
    }
}

/// Not `Y`, `N`, `D` or blank.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown 1099 flag: use Y, N, D or leave it blank")]
pub struct UnknownFlag;

impl FromStr for Flag1099 {
    type Err = UnknownFlag;
    fn from_str(word: &str) -> Result<Self, UnknownFlag> {
        match word {
            "Y" => Ok(Self::Yes),
            "" | "N" => Ok(Self::No),
            "D" => Ok(Self::Never),
            _ => Err(UnknownFlag),
        }
    }
}

/// What accounts payable knows of a vendor, without its addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vendor {
    /// Key; prints as the account number.
    pub vendor_id: VendorId,
    /// Full name, first the person or entity whose TIN is given.
    pub name: String,
    /// Short name, which prints on the form; blank means the full name.
    pub short_name: String,
    /// Number for the form; `None` brings backup withholding.
    pub tin: Option<Tin>,
    /// Tax classification; blank in old records, then treated as an individual.
    pub classification: Option<Classification>,
    /// Whether it gets a 1099.
    pub flag_1099: Flag1099,
    /// Income type of lines that name none.
    pub default_income_type: Option<IncomeType>,
    /// Relate To code of transactions that name none.
    pub default_relate_to: Option<RelateToCode>,
    /// Who is paid in its stead; one hop, not followed further.
    pub pay_vendor_id: Option<VendorId>,
    /// Which address the form uses.
    pub address_code: Option<AddressCode>,
    /// Prints the X in "2nd TIN not."; triggers no withholding.
    pub second_tin_notice: bool,
    /// FATCA filing requirement box.
    pub fatca: bool,
    /// Given name, for the electronic file.
    pub first_name: String,
    /// Middle name.
    pub middle_name: String,
    /// Family name.
    pub last_name: String,
    /// Suffix such as Jr.
    pub suffix: String,
    /// What is on file to certify the TIN; never part of an extract.
    pub w9: W9,
}

/// One of a vendor's addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VendorAddress {
    /// Whose address.
    pub vendor_id: VendorId,
    /// Which of them.
    pub address_code: AddressCode,
    /// The address.
    pub address: PostalAddress,
}
