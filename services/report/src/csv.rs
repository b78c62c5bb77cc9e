//! Rows for a spreadsheet, after RFC 4180.

use formfeed_domain::Money;

/// What stands in one cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell<'a> {
    /// Text, whatever it begins with.
    Text(&'a str),
    /// Dollars with two decimals; a negative amount stays a number.
    Amount(Money),
    /// Nothing.
    Blank,
}

/// A CSV file in the making.
#[derive(Debug)]
pub struct Csv(csv::Writer<Vec<u8>>);

impl Csv {
    /// A file with its heads.
    pub fn new(heads: &[&str]) -> Self {
        let terminator = csv::Terminator::CRLF;
        let writer = csv::WriterBuilder::new()
            .terminator(terminator)
            .from_writer(Vec::new());
        let mut file = Self(writer);
        file.write(heads.iter().map(|head| (*head).to_owned()));
        file
    }

    /// Adds a row, one cell for each head.
    pub fn row(&mut self, cells: &[Cell<'_>]) {
        self.write(cells.iter().map(|cell| match cell {
            Cell::Text(text) => harmless(text),
            Cell::Amount(amount) => amount.to_string(),
            Cell::Blank => String::new(),
        }));
    }

    /// The finished file.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0.into_inner().expect("memory takes every byte")
    }

    fn write(&mut self, cells: impl Iterator<Item = String>) {
        self.0
            .write_record(cells)
            .expect("memory takes every row with a cell for each head");
    }
}

/// A text that no spreadsheet takes for a formula: one that could be begins with an apostrophe, which shows it as text.
fn harmless(text: &str) -> String {
    match text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        true => format!("'{text}"),
        false => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vendor_named_like_a_formula_is_text_and_a_negative_amount_a_number() {
        let mut file = Csv::new(&["name", "amount"]);
        let names = [
            "=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "A-1", "a,\"b\"", "",
        ];
        for name in names {
            file.row(&[Cell::Text(name), Cell::Amount(Money::from_cents(-5_00))]);
        }
        file.row(&[Cell::Blank, Cell::Amount(Money::ZERO)]);
        let text = String::from_utf8(file.into_bytes()).unwrap();
        let expected = concat!(
            "name,amount\r\n'=1+1,-5.00\r\n'+1,-5.00\r\n'-1,-5.00\r\n'@SUM(A1),-5.00\r\n",
            "'\tx,-5.00\r\n\"'\rx\",-5.00\r\nA-1,-5.00\r\n\"a,\"\"b\"\"\",-5.00\r\n,-5.00\r\n,0.00\r\n",
        );
        assert_eq!(text, expected);
    }
}
