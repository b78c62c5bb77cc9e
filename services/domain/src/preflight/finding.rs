//! What was found, in words that stay.

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Printing is refused, or money of the year is on no form, or every form is unfit to be filed.
    Blocking,
    /// The forms go out, but the IRS may send them back or ask; look at it before printing.
    Warning,
    /// Good to know.
    Note,
}

/// What was found. The words are stable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// The year was never calculated for the payer.
    NotCalculated,
    /// The payer has no TIN.
    PayerWithoutTin,
    /// Parts of the payer's address are blank.
    PayerBlankAddress,
    /// Nobody has measured the year's form on any stock.
    NoLayout,
    /// From so many returns on the law wants them filed electronically.
    EfileLimit,
    /// A payment whose cash account belongs to no payer.
    PaymentWithoutPayer,
    /// An account without income type.
    UnmappedAccount,
    /// A recipient without a TIN.
    MissingTin,
    /// A TIN that its issuer never gives out.
    MalformedTin,
    /// A TIN that is probably wrong.
    DoubtfulTin,
    /// A recipient without an address, or with parts of it blank.
    BlankAddress,
    /// A US address whose state is no code of the Postal Service.
    UnknownState,
    /// 1099 flag, classification and kind of TIN contradict each other.
    ClassificationConflict,
    /// A recipient whose classification is not known.
    NoClassification,
    /// An amount just below its threshold.
    NearThreshold,
    /// A name, address or amount too long for its field.
    DoesNotFit,
    /// A character that the stock cannot print.
    Unprintable,
    /// Letters that print as others.
    ReplacedLetters,
    /// A negative row of 1099 information.
    NegativeRow,
    /// State tax withheld that brings out no form.
    StateTaxAlone,
    /// A state row without the payer's number there.
    NoStateNumber,
    /// More states than a form has rows for.
    MoreThanTwoStates,
    /// A state's income below zero.
    NegativeStateIncome,
    /// An edited amount that several states share.
    StatesOfEditedAmount,
    /// Income that is in no state row, beside some that is.
    IncomeWithoutState,
    /// A form that states want and the IRS does not.
    FormForStatesAlone,
    /// One person under several vendor ids.
    SameTin,
    /// One person under several vendor ids, who gets a form only because they are tested together.
    SameTinReachesThreshold,
    /// Something that the calculation settled by rule.
    CalculationException,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What it is.
    pub kind: Kind,
    /// How bad it is.
    pub severity: Severity,
    /// What it is about: `vendors/V1`, `payments/P1`, `vouchers/A7`, `accounts/5000`, `payers/TE1`.
    pub record: String,
    /// Other records it is about.
    pub related: Vec<String>,
    /// What it does to the forms, in a sentence without a full stop.
    pub effect: String,
}

impl Finding {
    /// A finding about one record.
    pub fn new(
        kind: Kind,
        severity: Severity,
        record: impl Into<String>,
        effect: impl Into<String>,
    ) -> Self {
        Self {
            kind,
            severity,
            record: record.into(),
            related: Vec::new(),
            effect: effect.into(),
        }
    }
}

impl Severity {
    /// `blocking`, `warning` or `note`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Blocking => "blocking",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

impl Kind {
    /// The stable word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotCalculated => "not_calculated",
            Self::PayerWithoutTin => "payer_without_tin",
            Self::PayerBlankAddress => "payer_blank_address",
            Self::NoLayout => "no_layout",
            Self::EfileLimit => "efile_limit",
            Self::PaymentWithoutPayer => "payment_without_payer",
            Self::UnmappedAccount => "unmapped_account",
            Self::MissingTin => "missing_tin",
            Self::MalformedTin => "malformed_tin",
            Self::DoubtfulTin => "doubtful_tin",
            Self::BlankAddress => "blank_address",
            Self::UnknownState => "unknown_state",
            Self::ClassificationConflict => "classification_conflict",
            Self::NoClassification => "no_classification",
            Self::NearThreshold => "near_threshold",
            Self::DoesNotFit => "does_not_fit",
            Self::Unprintable => "unprintable",
            Self::ReplacedLetters => "replaced_letters",
            Self::NegativeRow => "negative_row",
            Self::StateTaxAlone => "state_tax_alone",
            Self::NoStateNumber => "no_state_number",
            Self::MoreThanTwoStates => "more_than_two_states",
            Self::NegativeStateIncome => "negative_state_income",
            Self::StatesOfEditedAmount => "states_of_edited_amount",
            Self::IncomeWithoutState => "income_without_state",
            Self::FormForStatesAlone => "form_for_states_alone",
            Self::SameTin => "same_tin",
            Self::SameTinReachesThreshold => "same_tin_reaches_threshold",
            Self::CalculationException => "calculation_exception",
        }
    }

    /// The way out, in a sentence.
    pub fn way_out(self) -> &'static str {
        match self {
            Self::NotCalculated => "Calculate the year.",
            Self::PayerWithoutTin => {
                "Enter the number that the payer uses on its other tax returns."
            }
            Self::PayerBlankAddress => "Complete the payer's address.",
            Self::NoLayout => "File electronically, or add a layout of that year's form.",
            Self::EfileLimit => "Export the electronic file instead of printing Copy A.",
            Self::PaymentWithoutPayer => {
                "Give the cash account's organization, or one above it, a payer, and calculate again."
            }
            Self::UnmappedAccount => {
                "Give the account an income type if what it takes is reportable, and calculate again."
            }
            Self::MissingTin => {
                "Get a signed Form W-9 and enter the number with its type; until then withhold."
            }
            Self::MalformedTin | Self::DoubtfulTin => {
                "Ask for a Form W-9 and correct the number or its type."
            }
            Self::BlankAddress => "Complete the vendor's address of its 1099 address code.",
            Self::UnknownState => {
                "Correct the state to the two-letter code of the Postal Service, or fill in the country."
            }
            Self::ClassificationConflict => {
                "Hold the vendor's Form W-9 against its 1099 flag, classification and type of TIN, and calculate again."
            }
            Self::NoClassification => {
                "Enter the classification from the vendor's Form W-9, line 3."
            }
            Self::NearThreshold => {
                "Make sure that no payment of the year is missing or went to another vendor id."
            }
            Self::DoesNotFit => {
                "Shorten it on the vendor's or payer's record, or give a short name."
            }
            Self::Unprintable => "Write it in Latin letters on the vendor's or payer's record.",
            Self::ReplacedLetters => {
                "Nothing to do, unless the record should be written in plain letters as the IRS has it."
            }
            Self::NegativeRow => "Explain the row and look into the credits behind it.",
            Self::StateTaxAlone => {
                "Print Copies 1 and 2, which show the states what the IRS gets no form of, or look into the missing income."
            }
            Self::NoStateNumber => {
                "Register the payer's number with the state: payer_states.csv of an import."
            }
            Self::MoreThanTwoStates => {
                "Report the states that are left off to these states by other means."
            }
            Self::NegativeStateIncome => "Look into the credits of the state's payments.",
            Self::StatesOfEditedAmount => {
                "Hold the state rows against the reason of the edit, or correct the payments in the ERP instead, and calculate again."
            }
            Self::IncomeWithoutState => {
                "Name the state of the payments in the ERP, import and calculate again, if the state should see the income."
            }
            Self::FormForStatesAlone => "Print Copies 1 and 2: these hold the form.",
            Self::SameTin => "Merge the vendor ids if they are one record entered twice.",
            Self::SameTinReachesThreshold => {
                "Print: the forms carry different account numbers. Merge the vendor ids if they are one record entered twice."
            }
            Self::CalculationException => {
                "Look at the payment or voucher, mend it in the ERP, import and calculate again."
            }
        }
    }
}
