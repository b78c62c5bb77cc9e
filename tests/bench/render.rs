//! `bench-render WHAT FORMS OUT`: so many forms as one PDF, whole process. What:
//!
//! - `overlay`: as the spooler renders Copy A for preprinted stock, from the form on: placed, checked, written out;
//! - `limit`: the same pages with nothing left to do but to copy each text between prefixes made before;
//! - `printpdf`: the same ink through printpdf, in documents of 100 sheets;
//! - `impact`: the same sheets for impact printers, in every dialect and as grids of blanks: how many bytes, as JSON;
//! - `blank`: Copy B on plain paper, the form drawn;
//! - `drawing`: what a page of Copy B shows, as JSON, for others to draw.

use std::error::Error;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::process::ExitCode;

use formfeed_domain::form::{
    AddressParts, BoxId, Copy, Form, FormType, PayerBlock, RecipientBlock, StateRow,
};
use formfeed_domain::layout::{self, Layout};
use formfeed_domain::placement::PlacedText;
use formfeed_domain::points::Points;
use formfeed_domain::{Money, TaxYear, Tin, TinKind, rules, stock};
use formfeed_spooler::render::drawn::Stencil;
use formfeed_spooler::render::pdf::Overlay;
use formfeed_spooler::render::{DialectName, SHEET_HEIGHT, SHEET_LINES, drawn, impact, outline};
use printpdf::{
    BuiltinFont, Mm, Op, PdfDocument, PdfFontHandle, PdfPage, PdfSaveOptions, Pt, TextItem,
    TextMatrix,
};
use serde_json::json;

type Done = Result<(), Box<dyn Error>>;

/// Forms on a sheet of the stock.
const SLOTS: usize = 3;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [what, forms, out] = arguments.as_slice() else {
        eprintln!("usage: bench-render overlay|limit|printpdf|impact|blank|drawing FORMS OUT");
        return ExitCode::from(2);
    };
    match render(what, forms, out) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn render(what: &str, forms: &str, out: &str) -> Done {
    let forms: usize = forms.parse()?;
    let out = BufWriter::with_capacity(1 << 18, File::create(out)?);
    match what {
        "overlay" => overlay(forms, out),
        "limit" => limit(forms, out),
        "printpdf" => by_printpdf(forms, out),
        "impact" => for_impact(forms, out),
        "blank" => blank(forms, out),
        "drawing" => drawing(out),
        other => Err(format!("{other} is nothing to render").into()),
    }
}

/// The form of a number, always the same.
fn form(number: usize) -> Form {
    let cents = 60_000 + i64::try_from(number).unwrap_or_default() * 7_919 % 9_000_000;
    let address = |city: &str| AddressParts {
        city: city.to_owned(),
        state: "ME".to_owned(),
        postal_code: "04101".to_owned(),
        ..AddressParts::default()
    };
    let tin = |digits: usize, kind| Tin::parse(kind, &format!("{digits:09}")).ok();
    Form {
        form_type: FormType::Nec,
        tax_year: TaxYear::new(2025).expect("a year"),
        account_number: format!("V{number:07}"),
        payer: PayerBlock {
            name: "Bench Works Inc.".to_owned(),
            street: "1 Quay Street".to_owned(),
            city_line: "Portland, ME 04101".to_owned(),
            parts: Some(address("Portland")),
            phone: "555-010-0001".to_owned(),
            tin: tin(123_456_789, TinKind::Ein),
        },
        recipient: RecipientBlock {
            name: format!("Recipient {number} & Daughters"),
            name_2: String::new(),
            street: format!("{} Harbor Road", number % 900 + 1),
            city_line: "Portland, ME 04101".to_owned(),
            parts: Some(address("Portland")),
            tin: tin(100_000_000 + number % 400_000_000, TinKind::Ssn),
        },
        boxes: [("1", cents), ("4", cents / 4)]
            .map(|(id, cents)| (BoxId::from(id), Money::from_cents(cents)))
            .into(),
        occupation_codes: Vec::new(),
        marks: [].into(),
        states: vec![StateRow {
            tax_withheld: Money::from_cents(cents / 20),
            state_and_number: "ME 1234567".to_owned(),
            income: Money::from_cents(cents),
        }],
    }
}

fn layout(copy: Copy, stock: &str) -> Result<&'static Layout, Box<dyn Error>> {
    let year = TaxYear::new(2025)?;
    Ok(layout::find(
        FormType::Nec,
        year,
        copy,
        stock::find(stock)?,
    )?)
}

/// The ink of a sheet that begins with the form of a number.
fn sheet(
    layout: &Layout,
    first: usize,
    last: usize,
    copy: Copy,
) -> Result<Vec<PlacedText>, Box<dyn Error>> {
    let mut ink = Vec::new();
    for slot in 0..layout.stock.slots_per_sheet {
        ink.extend(match first + slot < last {
            true => layout.place(&form(first + slot), slot, copy)?,
            false => layout.place_void(slot, copy)?,
        });
    }
    Ok(ink)
}

fn overlay(forms: usize, out: impl Write) -> Done {
    let layout = layout(Copy::A, "nec-3up")?;
    let mut document = Overlay::new(out)?;
    for first in (0..forms).step_by(SLOTS) {
        document.sheet(&sheet(layout, first, forms, Copy::A)?)?;
    }
    document.finish()?;
    Ok(())
}

fn limit(forms: usize, mut out: impl Write) -> Done {
    let layout = layout(Copy::A, "nec-3up")?;
    let model = sheet(layout, 0, SLOTS, Copy::A)?;
    let prefix = |placed: &PlacedText| {
        let (left, baseline) = (
            placed.left.points(),
            (SHEET_HEIGHT - placed.baseline).points(),
        );
        format!("1 0 0 1 {left} {baseline} Tm\n(").into_bytes()
    };
    let pieces: Vec<_> = model
        .iter()
        .map(|placed| (prefix(placed), placed.text.as_bytes()))
        .collect();
    let header = b"%PDF-1.7\n%\x80\x80\x80\x80\n";
    out.write_all(header)?;
    let (mut at, mut places) = (header.len(), Vec::new());
    let (mut ink, mut object) = (Vec::new(), Vec::new());
    for _ in (0..forms).step_by(SLOTS) {
        ink.clear();
        ink.extend_from_slice(b"BT\n/F1 12 Tf\n");
        for (prefix, text) in &pieces {
            ink.extend_from_slice(prefix);
            ink.extend_from_slice(text);
            ink.extend_from_slice(b") Tj\n");
        }
        ink.extend_from_slice(b"ET");
        let number = places.len() + 4;
        object.clear();
        write!(
            object,
            "{number} 0 obj\n<< /Length {} >>\nstream\n",
            ink.len()
        )?;
        object.extend_from_slice(&ink);
        object.extend_from_slice(b"\nendstream\nendobj\n\n");
        places.extend([at, at + object.len()]);
        let page = number + 1;
        write!(
            object,
            "{page} 0 obj\n<< /Type /Page /Parent 2 0 R /Contents {number} 0 R >>\nendobj\n\n"
        )?;
        out.write_all(&object)?;
        at += object.len();
    }
    writeln!(out, "xref")?;
    for place in &places {
        write!(out, "{place:010} 00000 n\r\n")?;
    }
    Ok(out.flush()?)
}

fn by_printpdf(forms: usize, mut out: impl Write) -> Done {
    const SHEETS: usize = 100;
    let layout = layout(Copy::A, "nec-3up")?;
    let firsts: Vec<_> = (0..forms).step_by(SLOTS).collect();
    for firsts in firsts.chunks(SHEETS) {
        let mut pages = Vec::new();
        for first in firsts {
            let font = PdfFontHandle::Builtin(BuiltinFont::Courier);
            let size = Op::SetFont {
                font,
                size: Pt(12.0),
            };
            let mut ops = vec![Op::StartTextSection, size];
            for placed in sheet(layout, *first, forms, Copy::A)? {
                let up = SHEET_HEIGHT - placed.baseline;
                let matrix = TextMatrix::Translate(pt(placed.left), pt(up));
                let items = vec![TextItem::Text(placed.text)];
                ops.extend([Op::SetTextMatrix { matrix }, Op::ShowText { items }]);
            }
            ops.push(Op::EndTextSection);
            pages.push(PdfPage::new(Mm(215.9), Mm(279.4), ops));
        }
        let mut document = PdfDocument::new("");
        document.with_pages(pages);
        let options = PdfSaveOptions {
            optimize: false,
            ..PdfSaveOptions::default()
        };
        out.write_all(&document.save(&options, &mut Vec::new()))?;
    }
    Ok(out.flush()?)
}

/// Bytes of what is printed, and of the streams that print it.
fn for_impact(forms: usize, mut out: impl Write) -> Done {
    let layout = layout(Copy::A, "nec-3up")?;
    let (mut payload, mut sheets) = (0, 0);
    let mut streams: Vec<_> = DialectName::ALL.map(|name| (name.as_str(), 0)).into();
    let (mut grid, mut trimmed) = (0, 0);
    for first in (0..forms).step_by(SLOTS) {
        let sheet = sheet(layout, first, forms, Copy::A)?;
        sheets += 1;
        payload += sheet
            .iter()
            .map(|text| text.text.trim().len())
            .sum::<usize>();
        for (name, bytes) in &mut streams {
            let dialect = name.parse::<DialectName>()?.dialect();
            *bytes += impact::render_sheets(dialect, [sheet.as_slice()])?.len();
        }
        grid += usize::try_from(SHEET_LINES)? * (COLUMNS + LINE_END);
        trimmed += (1..=SHEET_LINES)
            .map(|line| {
                let on_line = sheet.iter().filter(|text| text.line == line);
                let ends = on_line.map(|text| text.column() - 1 + text.text.len() as i32);
                ends.max().unwrap_or_default() as usize + LINE_END
            })
            .sum::<usize>();
    }
    streams.extend([("grid of blanks", grid), ("trimmed blanks", trimmed)]);
    let streams: serde_json::Map<_, _> = streams
        .into_iter()
        .map(|(name, bytes)| (name.to_owned(), json!(bytes)))
        .collect();
    let told = json!({"sheets": sheets, "payload": payload, "streams": streams});
    Ok(writeln!(out, "{told}")?)
}

/// Columns of a line of blanks, and the bytes that end it.
const COLUMNS: usize = 80;
const LINE_END: usize = 2;

#[expect(clippy::cast_possible_truncation, reason = "a place on a sheet")]
fn pt(length: Points) -> Pt {
    Pt(length.points() as f32)
}

fn blank(forms: usize, out: impl Write) -> Done {
    let layout = layout(Copy::B, "blank")?;
    let year = TaxYear::new(2025)?;
    let rules = rules::for_year(year)?.form(FormType::Nec)?;
    let drawing = outline::draw(layout, rules, Copy::B, year)?;
    let form = drawn::Form {
        drawing: &drawing,
        tone: drawn::Tone::Black,
        title: "Form 1099-NEC",
    };
    let stencil = Stencil::new(form)?;
    let mut document = stencil.begin(out)?;
    for first in (0..forms).step_by(layout.stock.slots_per_sheet) {
        document.sheet(&sheet(layout, first, forms, Copy::B)?)?;
    }
    document.finish()?;
    Ok(())
}

fn drawing(mut out: impl Write) -> Done {
    let layout = layout(Copy::B, "blank")?;
    let rules = rules::for_year(TaxYear::new(2025)?)?.form(FormType::Nec)?;
    let drawing = outline::draw(layout, rules, Copy::B, TaxYear::new(2025)?)?;
    let up = |from_top: Points| (SHEET_HEIGHT - from_top).points();
    let lines = drawing.lines.iter().map(|line| {
        json!([
            line.from.0.points(),
            up(line.from.1),
            line.to.0.points(),
            up(line.to.1)
        ])
    });
    let shades = drawing.shades.iter().map(|rect| {
        json!([
            rect.left.points(),
            up(rect.bottom()),
            (rect.right() - rect.left).points(),
            (rect.bottom() - rect.top).points()
        ])
    });
    let words = drawing.words.iter().map(|word| {
        json!([
            word.left.points(),
            up(word.baseline),
            word.size.points(),
            word.text
        ])
    });
    let ink = sheet(layout, 0, layout.stock.slots_per_sheet, Copy::B)?;
    let ink = ink.iter().map(|placed| {
        json!([
            placed.left.points(),
            up(placed.baseline),
            placed.pitch.courier_size().points(),
            placed.text
        ])
    });
    let page = json!({
        "forms": layout.stock.slots_per_sheet,
        "lines": lines.collect::<Vec<_>>(),
        "shades": shades.collect::<Vec<_>>(),
        "words": words.collect::<Vec<_>>(),
        "ink": ink.collect::<Vec<_>>(),
    });
    Ok(serde_json::to_writer(&mut out, &page)?)
}
