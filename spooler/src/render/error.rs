//! Why a sheet is not turned into bytes.

/// A sheet that must not reach a device. Names the field, never the text in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RenderError {
    /// A character that is not printable ASCII: a device might obey it or draw something else.
    #[error("{field}: character U+{code:04X} at position {position} cannot be printed")]
    Unprintable {
        /// The field the text was placed for.
        field: String,
        /// Code point.
        code: u32,
        /// Character position, counted from 1.
        position: usize,
    },
    /// Ink beside, above or below the sheet: the layout is wrong.
    #[error("{field} lies outside the sheet")]
    OffSheet {
        /// The field the text was placed for.
        field: String,
    },
    /// Two texts would be struck over each other: the layout is wrong.
    #[error("{field} would be printed over {over} on line {line}")]
    Overprint {
        /// The field further right.
        field: String,
        /// The field it would be struck over.
        over: String,
        /// Print line, counted from 1.
        line: i32,
    },
    /// A text that fits its field only in a pitch that the printer's dialect does not have.
    #[error(
        "{field} fits only at {cpi} characters per inch, which this printer's dialect does not have; move the job to another printer"
    )]
    NoPitch {
        /// The field the text was placed for.
        field: String,
        /// Characters per inch.
        cpi: i32,
    },
    /// Words of a form that have no room where its outline puts them: the layout is wrong.
    #[error("there is no room for {what:?} on the drawn form")]
    NoRoom {
        /// The words.
        what: String,
    },
    /// A document without sheets.
    #[error("there is no sheet to render")]
    NoSheets,
    /// The picture could not be made: our bug.
    #[error("the PNG could not be made: {0}")]
    Png(String),
    /// The PDF library would not write the document: our bug.
    #[error("the PDF could not be written: {0}")]
    Pdf(String),
}
