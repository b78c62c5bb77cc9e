//! No byte of a name, an address or a key may reach a printer as a command: refused at every way in, by field.

mod bulk;
mod one_by_one;
mod print;

/// Characters that printers or terminals obey: C0, DEL, C1, and one that turns the direction of writing.
const OBEYED: [char; 9] = [
    '\u{0}', '\u{7}', '\n', '\r', '\u{c}', '\u{1b}', '\u{7f}', '\u{9b}', '\u{202e}',
];

/// A text with such a character in it.
fn with(obeyed: char) -> String {
    format!("A{obeyed}B")
}
