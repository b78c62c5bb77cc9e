//! States and countries by their codes.
//!
//! Source: data/states.toml, data/countries.toml, by entry.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use formfeed_domain::TaxYear;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct States {
    #[serde(rename = "source")]
    _source: String,
    all: Vec<String>,
    combined: Vec<Combined>,
    fire_codes: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Combined {
    tax_years: Vec<i32>,
    #[serde(rename = "source")]
    _source: String,
    states: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Countries {
    #[serde(rename = "source")]
    _source: String,
    iso: BTreeMap<String, String>,
}

fn states() -> &'static States {
    static STATES: OnceLock<States> = OnceLock::new();
    STATES.get_or_init(|| {
        toml::from_str(include_str!("../data/states.toml"))
            .expect("a test reads the list of states")
    })
}

fn countries() -> &'static Countries {
    static COUNTRIES: OnceLock<Countries> = OnceLock::new();
    COUNTRIES.get_or_init(|| {
        toml::from_str(include_str!("../data/countries.toml"))
            .expect("a test reads the list of countries")
    })
}

/// A state, territory or military address of the United States.
pub(crate) fn is_state(code: &str) -> bool {
    states().all.iter().any(|own| own == code)
}

/// Whether the IRS passes the year's records on to the state: Combined Federal/State Filing. `state` is two letters.
///
/// False, too, for a year of which no list is held.
///
/// Source: IRIS business rules TY2025, SHAREDIRFORM019_002; for 2022 to 2024 the code list of Pub. 1220.
pub fn takes_combined(year: TaxYear, state: &str) -> bool {
    states()
        .combined
        .iter()
        .filter(|list| list.tax_years.contains(&year.year()))
        .any(|list| list.states.iter().any(|own| own == state))
}

/// The state's two digits in FIRE.
pub(crate) fn fire_code(state: &str) -> Option<&'static str> {
    states().fire_codes.get(state).map(String::as_str)
}

/// The IRS's code of a country of ISO 3166.
pub(crate) fn irs_country(iso: &str) -> Option<&'static str> {
    let key = iso.trim().to_ascii_uppercase();
    countries().iso.get(&key).map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_country_gets_the_irss_own_code() {
        assert_eq!(irs_country("CH"), Some("SZ"));
        assert_eq!(irs_country("cn"), Some("CH"));
        assert_eq!(irs_country("Germany"), None);
    }

    #[test]
    fn missouri_left_the_combined_filing_before_2025() {
        let year = |year| TaxYear::new(year).unwrap();
        assert!(takes_combined(year(2024), "MO"));
        assert!(!takes_combined(year(2025), "MO"));
        assert!(takes_combined(year(2025), "PA"));
        assert_eq!((fire_code("MO"), fire_code("PA")), (Some("29"), None));
        assert!(is_state("PR") && !is_state("ZZ"));
    }
}
