//! Which kind of error a wrong field is, and so how many forms put it right.

/// A field of a form that can turn out to have been wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// Amount of a box.
    Amount,
    /// Code, such as an occupation code.
    Code,
    /// Box with an X.
    Mark,
    /// The recipient's street, city, state or postal code.
    Address,
    /// The recipient's number: wrong, or missing.
    Tin,
    /// The recipient's name.
    Name,
    /// The type of the form.
    FormType,
    /// The form itself: it should not have been filed.
    Existence,
    /// A state row: tax, number or income.
    State,
}

/// How an error is put right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ErrorType {
    /// Not with the IRS: the state is told.
    StateOnly,
    /// One form with CORRECTED and everything as it should be.
    One,
    /// Two forms: one with CORRECTED as first filed and zero amounts, then one without CORRECTED that is right.
    Two,
}

/// Source: General Instructions 2018, part H, "Error type 1" and "Error type 2"; for state data, the same part: no
/// Copy A is filed.
const TABLE: [(Field, ErrorType); 9] = [
    (Field::Amount, ErrorType::One),
    (Field::Code, ErrorType::One),
    (Field::Mark, ErrorType::One),
    (Field::Address, ErrorType::One),
    (Field::Existence, ErrorType::One),
    (Field::Tin, ErrorType::Two),
    (Field::Name, ErrorType::Two),
    (Field::FormType, ErrorType::Two),
    (Field::State, ErrorType::StateOnly),
];

impl Field {
    /// The kind of error it is when this field is wrong.
    pub fn error_type(self) -> ErrorType {
        let row = TABLE.iter().find(|(field, _)| *field == self);
        row.expect("the table has a row for every field").1
    }
}

impl ErrorType {
    /// That of several wrong fields at once; `None` when none is.
    pub fn of(fields: impl IntoIterator<Item = Field>) -> Option<Self> {
        fields.into_iter().map(Field::error_type).max()
    }
}
