//! Numbers that stand nowhere else in the world, and every way they could lie in a byte.

use std::fmt;

/// Of payer HARBOR.
pub(super) const PAYER: &str = "097531864";
/// Of payer QUAY.
pub(super) const PAYER_2: &str = "086420975";
/// Of the transmitter.
pub(super) const TRANSMITTER: &str = "079518426";
/// Of vendors, by key: an EIN, an ITIN, and the SSN of a pamphlet of 1940, which is nobody's.
pub(super) const VENDORS: [(&str, &str, &str); 4] = [
    ("V001", "900704862", "itin"),
    ("V002", "183729465", "ein"),
    ("V003", "219099999", "ssn"),
    ("V004", "900705937", "itin"),
];
/// Of a vendor made by a call, before and after it is changed.
pub(super) const MADE: [&str; 2] = ["900706148", "900715926"];
/// Never a vendor's: written where no TIN belongs.
pub(super) const STRAY: &str = "900728359";
/// Never a vendor's: written into reasons and remarks.
pub(super) const TOLD: &str = "900743817";

/// One way in which one number could be written.
pub(super) struct Needle {
    pub(super) tin: &'static str,
    /// Such as `dashed as an EIN, in base64`.
    pub(super) how: String,
    pub(super) bytes: Vec<u8>,
}

/// What is looked for.
pub(super) struct Needles {
    all: Vec<Needle>,
    /// Which of them begin with two bytes.
    by_start: Vec<Vec<usize>>,
}

/// A number where none should be.
pub(super) struct Found<'a> {
    pub(super) needle: &'a Needle,
    pub(super) at: usize,
}

impl Needles {
    /// Every number in every spelling and encoding.
    pub(super) fn all() -> Self {
        let vendors = VENDORS.map(|(_, tin, _)| tin);
        let others = [PAYER, PAYER_2, TRANSMITTER, STRAY, TOLD];
        Self::of(vendors.into_iter().chain(others).chain(MADE))
    }

    /// These numbers in every spelling and encoding.
    pub(super) fn of(tins: impl IntoIterator<Item = &'static str>) -> Self {
        let all: Vec<Needle> = tins.into_iter().flat_map(written).collect();
        let mut by_start = vec![Vec::new(); 1 << 16];
        for (n, needle) in all.iter().enumerate() {
            by_start[start(&needle.bytes)].push(n);
        }
        Self { all, by_start }
    }

    /// Every needle by itself.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Needle> {
        self.all.iter()
    }

    /// Where any of them lies in these bytes.
    pub(super) fn in_bytes(&self, hay: &[u8]) -> Vec<Found<'_>> {
        let mut found = Vec::new();
        for at in 0..hay.len().saturating_sub(1) {
            for n in &self.by_start[start(&hay[at..])] {
                let needle = &self.all[*n];
                if hay[at..].starts_with(&needle.bytes) {
                    found.push(Found { needle, at });
                }
            }
        }
        found
    }
}

impl fmt::Debug for Found<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Needle { tin, how, .. } = self.needle;
        write!(f, "{tin} {how}, at {}", self.at)
    }
}

fn start(bytes: &[u8]) -> usize {
    usize::from(bytes[0]) << 8 | usize::from(bytes[1])
}

/// A number in every spelling, each in every encoding.
fn written(tin: &'static str) -> Vec<Needle> {
    let spellings = [
        ("in nine digits", tin.to_owned()),
        ("dashed as an EIN", format!("{}-{}", &tin[..2], &tin[2..])),
        ("dashed as an SSN", parted(tin, '-')),
        ("as an SSN with blanks", parted(tin, ' ')),
    ];
    let mut all = Vec::new();
    for (spelling, text) in spellings {
        let backwards: String = text.chars().rev().collect();
        for (direction, text) in [("", text), (" backwards", backwards)] {
            for (encoding, bytes) in encoded(text.as_bytes()) {
                let how = format!("{spelling}{direction}{encoding}");
                all.push(Needle { tin, how, bytes });
            }
        }
    }
    all
}

fn parted(tin: &str, sign: char) -> String {
    format!("{}{sign}{}{sign}{}", &tin[..3], &tin[3..5], &tin[5..])
}

fn encoded(text: &[u8]) -> Vec<(String, Vec<u8>)> {
    let wide = |big: bool| {
        text.iter()
            .flat_map(move |b| if big { [0, *b] } else { [*b, 0] })
    };
    let list: Vec<_> = text.iter().map(u8::to_string).collect();
    let hex: String = text.iter().map(|b| format!("{b:02x}")).collect();
    let mut all = vec![
        (String::new(), text.to_vec()),
        (" in UTF-16LE".to_owned(), wide(false).collect()),
        (" in UTF-16BE".to_owned(), wide(true).collect()),
        (" in hex".to_owned(), hex.to_uppercase().into_bytes()),
        (
            " as a list of bytes".to_owned(),
            list.join(", ").into_bytes(),
        ),
        (" as bytes of JSON".to_owned(), list.join(",").into_bytes()),
    ];
    if hex != hex.to_uppercase() {
        all.push((" in small hex".to_owned(), hex.into_bytes()));
    }
    all.extend((0..3).map(|at| {
        (
            format!(" in base64 from byte {at} of three"),
            base64(text, at),
        )
    }));
    all
}

/// What base64 makes of a text that begins at a byte of three, without the letters that depend on what is around it.
fn base64(text: &[u8], at: usize) -> Vec<u8> {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bits = |byte: u8| (0..8).rev().map(move |bit| byte >> bit & 1);
    let lead = (6 - at * 8 % 6) % 6; // bits that share a letter with what comes before
    let bits: Vec<u8> = text.iter().copied().flat_map(bits).skip(lead).collect();
    let letter = |six: &[u8]| LETTERS[six.iter().fold(0, |n, bit| n << 1 | usize::from(*bit))];
    bits.chunks_exact(6).map(letter).collect()
}

/// A needle is found in every encoding, at the end of a text too: a search that finds nothing anywhere proves nothing.
#[test]
fn a_number_is_found_in_every_spelling_and_encoding() {
    let needles = Needles::all();
    for needle in needles.iter() {
        let noise = b"900704863 18-3729466 OTAwNzA0ODYz 39303037 ";
        let hay = [noise, &needle.bytes[..]].concat();
        let found = needles.in_bytes(&hay);
        let is_it = |found: &&Found<'_>| std::ptr::eq(found.needle, needle);
        assert!(found.iter().any(|found| is_it(&found)), "{}", needle.how);
        assert!(
            found.iter().all(|found| found.at >= noise.len()),
            "{found:?}"
        );
    }
}

#[test]
fn base64_is_what_coreutils_makes_of_it() {
    for before in ["", "a", "ab", "abc"] {
        let mut child = std::process::Command::new("base64")
            .args(["-w", "0"])
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let text = format!("{before}{PAYER} and more");
        std::io::Write::write_all(child.stdin.as_mut().unwrap(), text.as_bytes()).unwrap();
        let made = child.wait_with_output().unwrap().stdout;
        let found = format!("{:?}", Needles::of([PAYER]).in_bytes(&made));
        assert!(found.contains("base64"), "{before}: {found}");
    }
}
