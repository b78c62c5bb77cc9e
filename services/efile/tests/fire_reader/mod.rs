//! A reader of FIRE files, written from the record layout alone: it shares nothing with the writer.
//!
//! Positions are counted from 1 and inclusive, as the IRS gives them.

#![allow(dead_code, reason = "each test takes what it needs")]

use std::collections::BTreeMap;

/// One record of 750 bytes.
#[derive(Debug, Clone)]
pub(crate) struct Line(String);

/// One A record and what follows it.
#[derive(Debug, Clone)]
pub(crate) struct Payer {
    pub(crate) a: Line,
    pub(crate) payees: Vec<Line>,
    pub(crate) c: Line,
    pub(crate) states: Vec<Line>,
}

/// A whole file.
#[derive(Debug, Clone)]
pub(crate) struct File {
    pub(crate) t: Line,
    pub(crate) payers: Vec<Payer>,
    pub(crate) records: usize,
}

impl Line {
    pub(crate) fn at(&self, from: usize, to: usize) -> &str {
        &self.0[from - 1..to]
    }

    pub(crate) fn said(&self, from: usize, to: usize) -> &str {
        self.at(from, to).trim_end()
    }

    pub(crate) fn number(&self, from: usize, to: usize) -> u64 {
        let digits = self.at(from, to);
        digits
            .parse()
            .unwrap_or_else(|_| panic!("{from}-{to} of {} is no number", self.at(1, 1)))
    }

    /// The payment amount of a B record, by its code.
    pub(crate) fn amount(&self, code: char) -> u64 {
        let from = 55 + 12 * place(code);
        self.number(from, from + 11)
    }

    /// The control total of a C or K record, by its code.
    pub(crate) fn total(&self, code: char) -> u64 {
        let from = 16 + 18 * place(code);
        self.number(from, from + 17)
    }
}

fn place(code: char) -> usize {
    "123456789ABCDEFGHJ".find(code).unwrap()
}

/// Reads the file and holds its records against each other: lengths, order, sequence, counts, totals.
pub(crate) fn read(bytes: &[u8]) -> File {
    assert!(bytes.is_ascii(), "a FIRE file is ASCII");
    assert_eq!(bytes.len() % 750, 0, "records have 750 bytes");
    let lines: Vec<_> = bytes
        .chunks(750)
        .map(|chunk| Line(String::from_utf8(chunk.to_vec()).unwrap()))
        .collect();
    for (index, line) in lines.iter().enumerate() {
        assert_eq!(line.at(749, 750), "\r\n");
        assert_eq!(line.number(500, 507), index as u64 + 1, "sequence number");
        let inside = line.at(1, 748);
        assert!(
            inside.bytes().all(|b| (b' '..=b'~').contains(&b)),
            "a control character"
        );
    }
    let order: String = lines.iter().map(|line| line.at(1, 1)).collect();
    let (t, rest) = lines.split_first().unwrap();
    let (f, rest) = rest.split_last().unwrap();
    assert_eq!((t.at(1, 1), f.at(1, 1)), ("T", "F"), "{order}");
    let payers = payers(rest);
    let payees: usize = payers.iter().map(|payer| payer.payees.len()).sum();
    assert_eq!(t.number(296, 303), payees as u64);
    assert_eq!(f.number(2, 9), payers.len() as u64);
    assert_eq!(f.number(50, 57), payees as u64);
    assert_eq!(f.number(10, 30), 0);
    File {
        t: t.clone(),
        payers,
        records: lines.len(),
    }
}

fn payers(lines: &[Line]) -> Vec<Payer> {
    let mut left = lines.iter().peekable();
    let mut payers = Vec::new();
    while let Some(a) = left.next() {
        assert_eq!(a.at(1, 1), "A");
        let mut take = |kind: &str| {
            let mut taken = Vec::new();
            while let Some(line) = left.next_if(|line| line.at(1, 1) == kind) {
                taken.push(line.clone());
            }
            taken
        };
        let (payees, mut control, states) = (take("B"), take("C"), take("K"));
        assert_eq!(control.len(), 1);
        let payer = Payer {
            a: a.clone(),
            payees,
            c: control.remove(0),
            states,
        };
        payer.hold_against_each_other();
        payers.push(payer);
    }
    payers
}

impl Payer {
    fn hold_against_each_other(&self) {
        assert!(!self.payees.is_empty());
        let used = self.a.said(28, 43);
        assert!(
            !used.is_empty() && used.chars().collect::<Vec<_>>().is_sorted(),
            "{used}"
        );
        let all: Vec<_> = self.payees.iter().collect();
        holds(&self.c, &all);
        let mut by_state: BTreeMap<&str, Vec<&Line>> = BTreeMap::new();
        for payee in &self.payees {
            for code in "123456789ABCDEFGHJ"
                .chars()
                .filter(|code| !used.contains(*code))
            {
                assert_eq!(payee.amount(code), 0, "amount {code} is not announced");
            }
            if !payee.said(747, 748).is_empty() {
                by_state.entry(payee.at(747, 748)).or_default().push(payee);
            }
        }
        assert_eq!(self.a.said(6, 6) == "1", !by_state.is_empty());
        assert_eq!(self.states.len(), by_state.len());
        for state in &self.states {
            let payees = &by_state[state.at(747, 748)];
            holds(state, payees);
            let sum = |from, to| {
                payees
                    .iter()
                    .map(|payee| payee.number(from, to))
                    .sum::<u64>()
            };
            assert_eq!(state.number(707, 724), sum(723, 734));
            assert_eq!(state.number(725, 742), sum(735, 746));
        }
    }
}

fn holds(total: &Line, payees: &[&Line]) {
    assert_eq!(total.number(2, 9), payees.len() as u64);
    for code in "123456789ABCDEFGHJ".chars() {
        let sum: u64 = payees.iter().map(|payee| payee.amount(code)).sum();
        assert_eq!(total.total(code), sum, "total {code}");
    }
}
