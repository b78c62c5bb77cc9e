//! Whether a placed text lies inside the rectangle of its field.

use formfeed_domain::layout::{Field, FieldKind};
use formfeed_domain::placement::{Pitch, PlacedText};
use formfeed_domain::stock::Stock;

/// Height of a capital X of Courier, in em.
const HEIGHT_OF_X: f64 = 0.562;

/// Asserts that a text lies inside the rectangle of its field, on laser and on impact; a mark in its middle.
pub(crate) fn assert_inside(fields: &[&Field], stock: &Stock, slot: usize, text: &PlacedText) {
    let name = text.field.split(' ').nth(2).unwrap();
    assert!(text.field.starts_with(&format!("slot {} ", slot + 1)));
    let field = fields.iter().find(|field| field.name == name).unwrap();
    let rect = on_sheet(field, stock, slot);
    inside_on_laser(stock, text, rect);
    if !stock.is_drawn {
        inside_on_impact(stock, text, rect);
    }
    if field.kind == FieldKind::Mark {
        centred(stock, text, rect);
    }
}

/// Left, top, right, bottom.
fn on_sheet(field: &Field, stock: &Stock, slot: usize) -> [f64; 4] {
    let down = stock.pitch.points() * f64::from(u32::try_from(slot).unwrap());
    let rect = field.rect;
    [
        rect.left.points(),
        rect.top.points() + down,
        rect.right().points(),
        rect.bottom().points() + down,
    ]
}

/// Height of a capital X of DejaVu Sans Mono, the face of plain paper, in parts of its advance.
const HEIGHT_OF_DRAWN_X: f64 = 0.729 / 0.602;

fn height_of_x(stock: &Stock, pitch: Pitch) -> f64 {
    match stock.is_drawn {
        true => HEIGHT_OF_DRAWN_X * pitch.advance().points(),
        false => HEIGHT_OF_X * pitch.courier_size().points(),
    }
}

/// The advance box of the face, and its ink above and below the baseline.
fn inside_on_laser(stock: &Stock, text: &PlacedText, [left, top, right, bottom]: [f64; 4]) {
    let size = text.pitch.courier_size().points();
    let count = f64::from(u32::try_from(text.text.len()).unwrap());
    // Courier: figures to 0.622 em above and 0.015 em below the line; other letters to 0.63 and 0.16 em.
    let is_figure = |c: char| c.is_ascii_digit() || ".-".contains(c);
    let (above, below) = match text.text.as_str() {
        "X" if stock.is_drawn => (height_of_x(stock, text.pitch), 0.0),
        _ if stock.is_drawn => (0.76 * size, 0.24 * size),
        "X" => (HEIGHT_OF_X * size, 0.0),
        figures if figures.chars().all(is_figure) => (0.622 * size, 0.015 * size),
        _ => (0.63 * size, 0.16 * size),
    };
    let end = text.left.points() + count * text.pitch.advance().points();
    let baseline = text.baseline.points();
    let inside = text.left.points() >= left
        && end <= right + 1e-9
        && baseline - above >= top
        && baseline + below <= bottom;
    assert!(
        inside,
        "{} {text:?} outside {left} {top} {right} {bottom}",
        stock.name
    );
}

/// The middle of every character, on the print columns at 10 cpi or from its left edge at a narrower pitch.
fn inside_on_impact(stock: &Stock, text: &PlacedText, [left, top, right, bottom]: [f64; 4]) {
    assert_eq!(
        text.left.thousandths() % 1_200,
        0,
        "a step of 1/60 inch: {text:?}"
    );
    let advance = text.pitch.advance().points();
    let start = match text.pitch {
        Pitch::Ten => f64::from(text.column() - 1) * advance,
        _ => text.left.points(),
    };
    let count = f64::from(u32::try_from(text.text.len()).unwrap());
    let (first, last) = (start + advance / 2.0, start + (count - 0.5) * advance);
    // A text between two lines is reached by feeding part of a line.
    let offset = text.line_offset().points();
    let feed = if offset.abs() >= 2.0 { offset } else { 0.0 };
    let middle = f64::from(text.line - 1) * 12.0 + 6.0 + feed;
    let inside = first >= left && last <= right && middle >= top && middle <= bottom;
    assert!(
        inside,
        "{} {text:?} outside {left} {top} {right} {bottom}",
        stock.name
    );
}

/// The middle of the X is the middle of its box: across within half a step of 1/60 inch, up and down exactly.
fn centred(stock: &Stock, text: &PlacedText, [left, top, right, bottom]: [f64; 4]) {
    let advance = text.pitch.advance().points();
    let across = text.left.points() + advance / 2.0 - (left + right) / 2.0;
    let middle = text.baseline.points() - height_of_x(stock, text.pitch) / 2.0;
    let down = middle - (top + bottom) / 2.0;
    assert!(
        across.abs() <= 0.6 + 1e-9 && down.abs() < 0.002,
        "{} {text:?} is {across} and {down} beside its middle",
        stock.name
    );
}
