//! Moves of the print head, and the bytes that many families share for them.

/// Carriage return: to the left edge.
pub(in crate::render) const CR: u8 = 0x0D;
/// Line feed.
pub(in crate::render) const LF: u8 = 0x0A;
/// Form feed: to the top of the next sheet.
pub(in crate::render) const FF: u8 = 0x0C;
/// Horizontal tab.
pub(in crate::render) const HT: u8 = 0x09;
/// Begins a command.
pub(super) const ESC: u8 = 0x1B;

/// Longest command of a move.
const MOST_BYTES: usize = 7;

/// A move along a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Move {
    /// Where the head is then, in thousandths of a point from the left edge.
    pub lands: i32,
    bytes: [u8; MOST_BYTES],
    count: usize,
}

impl Move {
    /// A move by a command of seven bytes at most.
    pub(super) fn new<const N: usize>(lands: i32, command: [u8; N]) -> Self {
        const { assert!(N <= MOST_BYTES) }
        let mut bytes = [0; MOST_BYTES];
        bytes[..N].copy_from_slice(&command);
        Self {
            lands,
            bytes,
            count: N,
        }
    }

    /// The command.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes[..self.count]
    }
}

/// `length` in whole `steps`, rounded.
pub(in crate::render) fn nearest(length: i32, step: i32) -> i32 {
    (length + step / 2) / step
}

/// A family that feeds lines by LF, and parts of a line by a command of its own which goes no further than `most` steps at
/// once and takes so many bytes.
pub(super) struct Feeds {
    pub(super) line: i32,
    pub(super) most: i32,
    pub(super) bytes: i32,
    /// Whether LF also takes the head to the left edge.
    pub(super) lf_returns: bool,
}

impl Feeds {
    /// The shortest way down: so many line feeds, then the rest by the family's own command.
    pub(super) fn shortest(&self, steps: i32, away: bool) -> (i32, i32) {
        let cost = |lines: i32| {
            let rest = steps - lines * self.line;
            let returns = i32::from(away && !(self.lf_returns && lines > 0));
            returns + lines + (rest + self.most - 1) / self.most * self.bytes
        };
        let lines = (0..=steps / self.line).rev();
        let lines = lines.min_by_key(|lines| cost(*lines)).unwrap_or_default();
        (lines, steps - lines * self.line)
    }

    /// The rest in parts that one command can feed.
    pub(super) fn parts(&self, rest: i32) -> impl Iterator<Item = u8> {
        let most = self.most;
        let parts = (0..).map(move |part| (rest - part * most).min(most));
        parts
            .take_while(|part| *part > 0)
            .filter_map(|part| u8::try_from(part).ok())
    }
}

/// Line feeds, then `ESC J n` for the rest: Epson's and IBM's way down. CR goes before them where the head is away from
/// the left edge and no line feed takes it there.
pub(super) fn down_by_esc_j(feeds: &Feeds, steps: i32, away: bool, out: &mut Vec<u8>) {
    let (lines, rest) = feeds.shortest(steps, away);
    if away && !(feeds.lf_returns && lines > 0) {
        out.push(CR);
    }
    out.extend((0..lines).map(|_| LF));
    for part in feeds.parts(rest) {
        out.extend([ESC, b'J', part]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NINE_PINS: Feeds = Feeds {
        line: 36,
        most: 255,
        bytes: 3,
        lf_returns: true,
    };

    #[test]
    fn a_few_lines_are_fed_by_line_feeds_and_many_by_one_command() {
        assert_eq!(NINE_PINS.shortest(3 * 36, true), (3, 0));
        assert_eq!(NINE_PINS.shortest(4 * 36, false), (0, 144));
        assert_eq!(NINE_PINS.shortest(4 * 36, true), (4, 0));
        assert_eq!(NINE_PINS.shortest(36 + 18, false), (0, 54));
        assert_eq!(NINE_PINS.shortest(8 * 36, true), (1, 252));
        assert_eq!(NINE_PINS.parts(300).collect::<Vec<_>>(), [255, 45]);
        for steps in 1..66 * 36 {
            let (lines, rest) = NINE_PINS.shortest(steps, true);
            let parts: i32 = NINE_PINS.parts(rest).map(i32::from).sum();
            assert_eq!(lines * 36 + parts, steps);
        }
    }
}
