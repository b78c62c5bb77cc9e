//! Rule, layout and letter files of the user's own, in front of the built-in ones.
//!
//! A new year's form needs no new program: a file with its rules, one with its layout, and the year works. The files
//! are in the shapes of `rules/*.toml`, `layouts/*.toml` and `letters/*.toml`; what each one is it tells by its content. They add to the
//! built-in ones or take the place of what has the same key:
//!
//! | file | key |
//! |---|---|
//! | a form's boxes | form and tax year |
//! | due dates (`[[year]]`) | tax year |
//! | `[[threshold]]`, `[[backup_withholding]]`, `[[aggregate_test]]` | income type and dates |
//! | errors that may stand (`[[de_minimis]]`) | tax year |
//! | stocks (`[[stock]]`) | name |
//! | a layout | form, tax year, copy and stock |
//! | a letter | which letter and the day it holds from |
//!
//! This crate reads no file. Every service reads the folder `rules` of its data directory when it starts, and calls
//! [`install`] once with the names and texts of its `*.toml` files, before anything asks for a rule or a layout:
//!
//! ```no_run
//! let files = vec![("nec_2027.toml".to_owned(), String::new())]; // read from the folder
//! formfeed_domain::own_files::install(&files)?;
//! # Ok::<(), formfeed_domain::own_files::OwnFilesError>(())
//! ```

use std::sync::OnceLock;

use crate::layout::{self, LayoutError, Library};
use crate::letter::{self, TemplateError, Templates};
use crate::rules::{RuleBook, RuleError};

/// What holds in this process.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Held {
    rules: RuleBook,
    library: Library,
    letters: Templates,
}

/// Why the user's own files cannot be used. Nothing of them is used then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OwnFilesError {
    /// A file that is no TOML. Mend the file.
    #[error("file {file}: {why}")]
    NoToml {
        /// Which file.
        file: String,
        /// Line, column and what is wrong there.
        why: String,
    },
    /// A rule file contradicts itself or the others. Mend the file.
    #[error(transparent)]
    Rules(#[from] RuleError),
    /// A layout or stock file contradicts itself or the others. Mend the file.
    #[error(transparent)]
    Layouts(#[from] LayoutError),
    /// A letter that cannot be filled in. Mend the file.
    #[error(transparent)]
    Letters(#[from] TemplateError),
    /// Rules or layouts were asked for before, and they were others. Install the files first.
    #[error("rules and layouts are in use already: the user's own files come first")]
    InUse,
}

static HELD: OnceLock<Held> = OnceLock::new();

/// Puts the user's own files, given as name and text, in front of the built-in ones, for the rest of this process. The
/// same files once more change nothing.
///
/// # Errors
/// [`OwnFilesError`] naming the file and what is wrong in it; the built-in rules and layouts then hold alone.
pub fn install(files: &[(String, String)]) -> Result<(), OwnFilesError> {
    let own = Held::with_own(files)?;
    match *HELD.get_or_init(|| own.clone()) == own {
        true => Ok(()),
        false => Err(OwnFilesError::InUse),
    }
}

/// The rules of this process.
pub(crate) fn rules() -> &'static RuleBook {
    &held().rules
}

/// The stocks and layouts of this process.
pub(crate) fn library() -> &'static Library {
    &held().library
}

/// The letters of this process.
pub(crate) fn letters() -> &'static Templates {
    &held().letters
}

fn held() -> &'static Held {
    HELD.get_or_init(|| Held {
        rules: RuleBook::built_in().clone(),
        library: Library::built_in().clone(),
        letters: Templates::with_own([]).expect("a test reads every built-in letter"),
    })
}

impl Held {
    fn with_own(files: &[(String, String)]) -> Result<Self, OwnFilesError> {
        for (file, text) in files {
            toml::from_str::<toml::Table>(text).map_err(|error| OwnFilesError::NoToml {
                file: file.clone(),
                why: error.to_string(),
            })?;
        }
        let files = files
            .iter()
            .map(|(name, text)| (name.as_str(), text.as_str()));
        let (letters, files): (Vec<_>, Vec<_>) =
            files.partition(|(_, text)| letter::is_letter(text));
        let (layouts, rules): (Vec<_>, Vec<_>) = files
            .into_iter()
            .partition(|(_, text)| layout::kind(text).is_some());
        Ok(Self {
            rules: RuleBook::with_own(rules)?,
            library: Library::with_own(layouts)?,
            letters: Templates::with_own(letters)?,
        })
    }
}
