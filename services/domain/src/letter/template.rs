//! The files `letters/*.toml`: one letter each, from a day on.

use std::fmt;

use chrono::NaiveDate;
use serde::Deserialize;

use super::Part;

/// The words that a template may have in braces.
const WORDS: [&str; 10] = [
    "account",
    "payer",
    "name",
    "tin",
    "tax_year",
    "notice_date",
    "answer_by",
    "withhold_from",
    "rate",
    "contact",
];

/// Which letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LetterKind {
    /// First B notice: a Form W-9 goes with it.
    FirstBNotice,
    /// Second B notice: the number is to be confirmed by the SSA or the IRS.
    SecondBNotice,
}

impl LetterKind {
    /// `first-b-notice` or `second-b-notice`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::FirstBNotice => "first-b-notice",
            Self::SecondBNotice => "second-b-notice",
        }
    }
}

impl fmt::Display for LetterKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Not a letter there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("unknown letter: use first-b-notice or second-b-notice")]
pub struct UnknownLetter;

impl std::str::FromStr for LetterKind {
    type Err = UnknownLetter;
    fn from_str(word: &str) -> Result<Self, UnknownLetter> {
        [Self::FirstBNotice, Self::SecondBNotice]
            .into_iter()
            .find(|kind| kind.as_str() == word)
            .ok_or(UnknownLetter)
    }
}

/// A template that cannot be used. Mend the file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("file {file}: {why}")]
pub struct TemplateError {
    /// Which file.
    pub file: String,
    /// What is wrong in it.
    pub why: String,
}

/// Every template there is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Templates(Vec<Template>);

/// The words of one letter from a day on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Template {
    kind: LetterKind,
    from: NaiveDate,
    words: Words,
}

/// What a letter says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Words {
    pub(super) title: String,
    pub(super) enclosed: String,
    pub(super) parts: Vec<Part>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    letter: String,
    from: toml::value::Datetime,
    #[serde(rename = "source")]
    _source: String,
    title: String,
    #[serde(default)]
    enclosed: String,
    part: Vec<Part>,
}

/// Whether a file of the user's own is a letter.
pub(crate) fn is_letter(text: &str) -> bool {
    toml::from_str::<toml::Table>(text).is_ok_and(|table| table.contains_key("letter"))
}

impl Templates {
    /// The built-in ones, and the user's own in front of them.
    ///
    /// # Errors
    /// [`TemplateError`] naming the first file that cannot be used.
    pub fn with_own<'a>(
        own: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, TemplateError> {
        let built_in = [
            (
                "b_notice_first.toml",
                include_str!("../../letters/b_notice_first.toml"),
            ),
            (
                "b_notice_second.toml",
                include_str!("../../letters/b_notice_second.toml"),
            ),
        ];
        let mut templates: Vec<Template> = Vec::new();
        for (file, text) in built_in.into_iter().chain(own) {
            let read = read(text).map_err(|why| TemplateError {
                file: file.to_owned(),
                why,
            })?;
            templates.retain(|known| (known.kind, known.from) != (read.kind, read.from));
            templates.push(read);
        }
        Ok(Self(templates))
    }

    /// The last that holds on a day.
    pub(super) fn find(&self, kind: LetterKind, date: NaiveDate) -> Option<&Template> {
        self.0
            .iter()
            .filter(|template| template.kind == kind && template.from <= date)
            .max_by_key(|template| template.from)
    }
}

fn read(text: &str) -> Result<Template, String> {
    let raw: Raw = toml::from_str(text).map_err(|error| error.to_string())?;
    let kind = raw
        .letter
        .parse()
        .map_err(|error: UnknownLetter| error.to_string())?;
    let from = raw.from.to_string().parse();
    let from = from.map_err(|_| "from: not a date".to_owned())?;
    let texts = raw
        .part
        .iter()
        .flat_map(|part| [&part.heading, &part.text].into_iter().chain(&part.items));
    for text in texts.chain([&raw.title, &raw.enclosed]) {
        substitute(text, &|word| WORDS.contains(&word).then(String::new))?;
    }
    Ok(Template {
        kind,
        from,
        words: Words {
            title: raw.title,
            enclosed: raw.enclosed,
            parts: raw.part,
        },
    })
}

impl Template {
    /// The words with the values in the place of what stands in braces; braces within a value stay as they are.
    pub(super) fn fill(&self, values: &[(&str, String)]) -> Words {
        let value = |word: &str| {
            let found = values.iter().find(|(name, _)| *name == word);
            found.map(|(_, value)| value.clone())
        };
        // Every word was looked up when the file was read.
        let fill = |text: &String| substitute(text, &value).unwrap_or_else(|_| text.clone());
        Words {
            title: fill(&self.words.title),
            enclosed: fill(&self.words.enclosed),
            parts: self
                .words
                .parts
                .iter()
                .map(|part| Part {
                    heading: fill(&part.heading),
                    text: fill(&part.text),
                    items: part.items.iter().map(fill).collect(),
                })
                .collect(),
        }
    }
}

/// The text with what each word in braces stands for.
fn substitute(text: &str, value: &dyn Fn(&str) -> Option<String>) -> Result<String, String> {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('{') {
        let (word, after) = behind
            .split_once('}')
            .ok_or_else(|| format!("a brace is not closed in {text:?}"))?;
        let value = value(word)
            .ok_or_else(|| format!("unknown word {{{word}}}: use one of {}", WORDS.join(", ")))?;
        filled.push_str(before);
        filled.push_str(&value);
        rest = after;
    }
    filled.push_str(rest);
    Ok(filled)
}
