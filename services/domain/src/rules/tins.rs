//! Which numbers are given out as TINs: `rules/tins.toml`.

use std::sync::LazyLock;

use chrono::NaiveDate;
use serde::Deserialize;

use super::RuleError;
use super::file::day;

/// Numbers of equal length from one to another, both included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Span {
    first: String,
    last: String,
}

/// The lists that hold today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TinLists {
    pub(crate) ssn_areas: Vec<Span>,
    pub(crate) ssn_groups: Vec<Span>,
    pub(crate) ssn_serials: Vec<Span>,
    pub(crate) ssn_placeholders: Vec<Span>,
    pub(crate) itin_areas: Vec<Span>,
    pub(crate) itin_groups: Vec<Span>,
    pub(crate) atin_areas: Vec<Span>,
    pub(crate) atin_groups: Vec<Span>,
    pub(crate) ein_prefixes_never_issued: Vec<Span>,
}

static LISTS: LazyLock<TinLists> = LazyLock::new(|| {
    read(include_str!("../../rules/tins.toml")).expect("a test reads every built-in rule file")
});

/// The lists compiled in.
pub(crate) fn tin_lists() -> &'static TinLists {
    &LISTS
}

impl Span {
    /// Whether one of the spans holds these digits.
    pub(crate) fn any(spans: &[Self], digits: &str) -> bool {
        spans
            .iter()
            .any(|span| span.first.as_str() <= digits && digits <= span.last.as_str())
    }

    fn read(text: &str, length: usize) -> Result<Self, String> {
        let (first, last) = text.split_once('-').unwrap_or((text, text));
        let fits =
            |part: &str| part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit());
        match fits(first) && fits(last) && first <= last {
            true => Ok(Self {
                first: first.to_owned(),
                last: last.to_owned(),
            }),
            false => Err(format!("{text:?} is no span of {length} digits")),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    ssn: Vec<RawSsn>,
    itin: Vec<RawGroups>,
    atin: Vec<RawGroups>,
    ein: Vec<RawEin>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSsn {
    #[serde(deserialize_with = "day")]
    as_of: NaiveDate,
    areas: Vec<String>,
    groups: Vec<String>,
    serials: Vec<String>,
    placeholders: Vec<String>,
    source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawGroups {
    #[serde(deserialize_with = "day")]
    as_of: NaiveDate,
    areas: Vec<String>,
    groups: Vec<String>,
    source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawEin {
    #[serde(deserialize_with = "day")]
    as_of: NaiveDate,
    prefixes_never_issued: Vec<String>,
    source: String,
}

fn read(text: &str) -> Result<TinLists, RuleError> {
    parse(text).map_err(|why| RuleError::malformed("tins.toml", why))
}

fn parse(text: &str) -> Result<TinLists, String> {
    let raw: Raw = toml::from_str(text).map_err(|error| error.to_string())?;
    let ssn = latest(raw.ssn, |entry| (entry.as_of, &entry.source))?;
    let itin = latest(raw.itin, |entry| (entry.as_of, &entry.source))?;
    let atin = latest(raw.atin, |entry| (entry.as_of, &entry.source))?;
    let ein = latest(raw.ein, |entry| (entry.as_of, &entry.source))?;
    Ok(TinLists {
        ssn_areas: spans(&ssn.areas, 3)?,
        ssn_groups: spans(&ssn.groups, 2)?,
        ssn_serials: spans(&ssn.serials, 4)?,
        ssn_placeholders: spans(&ssn.placeholders, 9)?,
        itin_areas: spans(&itin.areas, 3)?,
        itin_groups: spans(&itin.groups, 2)?,
        atin_areas: spans(&atin.areas, 3)?,
        atin_groups: spans(&atin.groups, 2)?,
        ein_prefixes_never_issued: spans(&ein.prefixes_never_issued, 2)?,
    })
}

/// The entry that holds; each names its source.
fn latest<E>(entries: Vec<E>, of: impl Fn(&E) -> (NaiveDate, &String)) -> Result<E, String> {
    if entries.iter().any(|entry| of(entry).1.trim().is_empty()) {
        return Err("an entry names no source".to_owned());
    }
    entries
        .into_iter()
        .max_by_key(|entry| of(entry).0)
        .ok_or_else(|| "a kind of number has no entry".to_owned())
}

fn spans(texts: &[String], length: usize) -> Result<Vec<Span>, String> {
    texts.iter().map(|text| Span::read(text, length)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_lists_are_readable_and_a_wrong_span_is_refused() {
        assert!(Span::any(&tin_lists().ssn_areas, "665"));
        assert!(!Span::any(&tin_lists().ssn_areas, "666"));
        for wrong in ["1-9", "09-07", "0a", "007"] {
            assert!(Span::read(wrong, 2).is_err(), "{wrong}");
        }
        let error = read("ssn = []\nitin = []\natin = []\nein = []").unwrap_err();
        assert!(error.to_string().starts_with("rule file tins.toml: "));
    }
}
