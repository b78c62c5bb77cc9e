//! Names as IRIS takes them.

use std::io::{self, Write};

use super::xml::Xml;
use crate::fault::Finder;
use crate::model::FiledName;
use crate::wording::{BUSINESS, BUSINESS_2, PERSON_PART};

/// A name in clean parts.
pub(crate) enum Names {
    /// First, middle, last, suffix.
    Person([String; 4]),
    /// Two lines.
    Business([String; 2]),
}

impl Names {
    pub(crate) fn read(finder: &mut Finder, whose: &str, name: &FiledName) -> Self {
        match name {
            FiledName::Person {
                first,
                middle,
                last,
                suffix,
            } => Self::Person([
                finder.required(&format!("{whose} first name"), &PERSON_PART, first),
                finder.text(&format!("{whose} middle name"), &PERSON_PART, middle),
                finder.required(&format!("{whose} last name"), &PERSON_PART, last),
                finder.text(&format!("{whose} suffix"), &PERSON_PART, suffix),
            ]),
            FiledName::Business { line_1, line_2 } => {
                let field = format!("{whose} name");
                if line_1.trim().is_empty() {
                    finder.reject(BUSINESS.rule, &field, "is missing", "give it");
                }
                Self::Business(finder.two_lines(&field, [&BUSINESS, &BUSINESS_2], [line_1, line_2]))
            }
        }
    }

    /// The parts, with the IRS's name control before them.
    pub(super) fn write<W: Write>(&self, xml: &mut Xml<W>, control: &str) -> io::Result<()> {
        match self {
            Self::Person(parts) => {
                xml.some("PersonNameControlTxt", control)?;
                self.write_person(xml, parts)
            }
            Self::Business(lines) => {
                xml.some("BusinessNameControlTxt", control)?;
                write_business(xml, lines)
            }
        }
    }

    /// The parts alone.
    pub(super) fn write_plain<W: Write>(&self, xml: &mut Xml<W>) -> io::Result<()> {
        self.write(xml, "")
    }

    fn write_person<W: Write>(&self, xml: &mut Xml<W>, parts: &[String; 4]) -> io::Result<()> {
        let [first, middle, last, suffix] = parts;
        xml.group("PersonName", |xml| {
            xml.text("PersonFirstNm", first)?;
            xml.some("PersonMiddleNm", middle)?;
            xml.text("PersonLastNm", last)?;
            xml.some("SuffixNm", suffix)
        })
    }
}

pub(super) fn write_business<W: Write>(xml: &mut Xml<W>, lines: &[String; 2]) -> io::Result<()> {
    xml.group("BusinessName", |xml| {
        xml.text("BusinessNameLine1Txt", &lines[0])?;
        xml.some("BusinessNameLine2Txt", &lines[1])
    })
}

/// The name control; blank for none and after a fault.
///
/// Source: IRIS schema TY2025, PersonNameControlType and BusinessNameControlType.
pub(crate) fn control(
    finder: &mut Finder,
    whose: &str,
    name: &FiledName,
    control: Option<&str>,
) -> String {
    let control = control.unwrap_or_default().trim().to_ascii_uppercase();
    let (rule, fits) = match name {
        FiledName::Person { .. } => (
            "PersonNameControlType",
            control.starts_with(|c: char| c.is_ascii_uppercase())
                && control
                    .chars()
                    .all(|c| c.is_ascii_uppercase() || " -".contains(c)),
        ),
        FiledName::Business { .. } => (
            "BusinessNameControlType",
            control
                .chars()
                .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || "-&".contains(c)),
        ),
    };
    if control.is_empty() || (fits && control.len() <= 4) {
        return control;
    }
    finder.reject(
        rule,
        format!("{whose} name control"),
        "is not one to four letters as the IRS assigns them",
        "leave it blank where it is not known",
    );
    String::new()
}
