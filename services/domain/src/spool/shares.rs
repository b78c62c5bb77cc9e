//! Which sheets of a job go to which printer, where it goes to several.

use super::PrinterId;

/// Sheets in a row that go to one printer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    /// First sheet, from 1.
    pub first: u32,
    /// Last sheet, inclusive.
    pub last: u32,
    /// Where to.
    pub printer: PrinterId,
}

/// Every sheet of a job in exactly one share, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shares(Vec<Share>);

impl Shares {
    /// All sheets of a job on one printer.
    pub fn whole(sheets: u32, printer: PrinterId) -> Self {
        Self(vec![Share {
            first: 1,
            last: sheets,
            printer,
        }])
    }

    /// As they were kept; `None` when a sheet has none, or two.
    pub fn kept(mut shares: Vec<Share>, sheets: u32) -> Option<Self> {
        shares.sort_by_key(|share| share.first);
        let mut next = 1;
        for share in &shares {
            if share.first != next || share.last < share.first {
                return None;
            }
            next = share.last + 1;
        }
        (next == sheets + 1).then_some(Self(shares))
    }

    /// The shares in order.
    pub fn as_slice(&self) -> &[Share] {
        &self.0
    }

    /// The printers, each once, by their first sheet.
    pub fn printers(&self) -> Vec<PrinterId> {
        let mut printers = Vec::new();
        for share in &self.0 {
            if !printers.contains(&share.printer) {
                printers.push(share.printer.clone());
            }
        }
        printers
    }

    /// Where a sheet goes.
    pub fn printer_of(&self, sheet: u32) -> Option<&PrinterId> {
        let share = self
            .0
            .iter()
            .find(|share| (share.first..=share.last).contains(&sheet));
        share.map(|share| &share.printer)
    }

    /// The same with some sheets, in ascending order, given to a printer.
    #[must_use]
    pub fn with(&self, sheets: &[u32], printer: &PrinterId) -> Self {
        let mut shares: Vec<Share> = Vec::new();
        let mut given = sheets.iter().peekable();
        for share in &self.0 {
            for sheet in share.first..=share.last {
                let to = match given.next_if(|given| **given == sheet) {
                    Some(_) => printer,
                    None => &share.printer,
                };
                match shares.last_mut() {
                    Some(before) if before.printer == *to => before.last = sheet,
                    _ => shares.push(Share {
                        first: sheet,
                        last: sheet,
                        printer: to.clone(),
                    }),
                }
            }
        }
        Self(shares)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printer(id: &str) -> PrinterId {
        PrinterId::new(id).unwrap()
    }

    fn told(shares: &Shares) -> Vec<(u32, u32, &str)> {
        let share = |share: &Share| (share.first, share.last);
        shares
            .as_slice()
            .iter()
            .map(|it| (share(it).0, share(it).1, it.printer.as_str()))
            .collect()
    }

    #[test]
    fn every_sheet_is_in_one_share_however_they_are_given_away() {
        let whole = Shares::whole(9, printer("a"));
        let split = whole.with(&[4, 5, 6, 9], &printer("b"));
        let parts = [(1, 3, "a"), (4, 6, "b"), (7, 8, "a"), (9, 9, "b")];
        assert_eq!(told(&split), parts);
        assert_eq!(split.printer_of(8), Some(&printer("a")));
        assert_eq!(split.printer_of(10), None);
        assert_eq!(split.printers(), [printer("a"), printer("b")]);
        let back = split.with(&[4, 5, 6, 7, 8, 9], &printer("a"));
        assert_eq!(back, whole);
        assert_eq!(
            Shares::kept(split.as_slice().to_vec(), 9),
            Some(split.clone())
        );
        assert_eq!(Shares::kept(split.as_slice()[1..].to_vec(), 9), None);
        assert_eq!(Shares::kept(split.as_slice().to_vec(), 10), None);
    }
}
