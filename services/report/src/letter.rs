//! Letter → PDF: on letter-size pages whose first one is folded in three for a #10 double-window envelope.

use formfeed_domain::letter::{BNoticeLetter, Part, in_words};
use formfeed_domain::points::Points;

use crate::Orientation;
use crate::face::{Face, shown};
use crate::page::{self, Page, Placed};
use crate::pdf::{self, PdfError};
use crate::width::broken;

/// Left edge of everything, within both windows in any position of the sheet.
const LEFT: Points = Points::from_thousandths(54_000);
/// Right edge of the text.
const RIGHT: Points = Points::from_thousandths(558_000);
/// What the windows show in any position: top, height and width. As in the layouts of forms on plain paper, whose
/// comments say of which envelope.
const SENDER: Window = Window::new(63_000, 30_000, 153_000);
const ADDRESSEE: Window = Window::new(153_000, 39_000, 207_000);
/// Where the title stands, below the upper third.
const TITLE_TOP: Points = Points::from_thousandths(278_000);
/// Where the text ends, and where it begins on a second page.
const BOTTOM: Points = Points::from_thousandths(738_000);
const NEXT_TOP: Points = Points::from_thousandths(72_000);

const TITLE: Points = Points::from_thousandths(13_000);
const TEXT: Points = Points::from_thousandths(10_000);
const LINE: Points = Points::from_thousandths(13_500);
const GAP: Points = Points::from_thousandths(6_000);
const INDENT: Points = Points::from_thousandths(14_000);
/// Below this size no line of an address is set.
const SMALLEST: i32 = 5_000;
const LARGEST: i32 = 9_500;

/// A window of the envelope.
struct Window {
    top: Points,
    height: Points,
    width: Points,
}

impl Window {
    const fn new(top: i32, height: i32, width: i32) -> Self {
        Self {
            top: Points::from_thousandths(top),
            height: Points::from_thousandths(height),
            width: Points::from_thousandths(width),
        }
    }

    /// The lines, as large as the window lets all of them be.
    fn show(&self, lines: &[String], page: &mut Page) {
        let count = i32::try_from(lines.len().max(1)).unwrap_or(i32::MAX);
        let leading = Points::from_thousandths(self.height.thousandths() / count);
        let leading = leading.min(Points::from_thousandths(12_000));
        let high = (leading.thousandths() * 9 / 10).min(LARGEST);
        for (number, line) in (1..).zip(lines) {
            let line = shown(line);
            let mut size = Points::from_thousandths(high);
            while Face::Regular.width(&line, size) > self.width && size.thousandths() > SMALLEST {
                size = Points::from_thousandths(size.thousandths() - 250);
            }
            // The lower edge of a line is a fifth of its size below the letters.
            let raised = Points::from_thousandths(high / 5);
            page.texts.push(Placed {
                left: LEFT,
                baseline: self.top + leading.times(number) - raised,
                face: Face::Regular,
                size,
                text: line,
            });
        }
    }
}

/// The letter as PDF, ready to fold.
///
/// # Errors
/// [`PdfError`] when the library fails.
pub fn render_letter(letter: &BNoticeLetter) -> Result<Vec<u8>, PdfError> {
    let pages = Press::new(letter).pages(letter);
    let size = page::size(Orientation::Portrait);
    pdf::write(&pages, size, Some(&letter.title))
}

/// Fills page after page.
struct Press {
    pages: Vec<Page>,
    /// The baseline of the last line.
    last: Points,
}

impl Press {
    fn new(letter: &BNoticeLetter) -> Self {
        let mut page = Page::default();
        SENDER.show(&letter.sender, &mut page);
        ADDRESSEE.show(&letter.addressee, &mut page);
        let mut baseline = SENDER.top + LINE;
        let date = in_words(letter.date);
        for line in [&date].into_iter().chain(&letter.contact) {
            let line = shown(line);
            let width = Face::Regular.width(&line, TEXT);
            page.texts.push(Placed {
                left: RIGHT - width,
                baseline,
                face: Face::Regular,
                size: TEXT,
                text: line,
            });
            baseline = baseline + LINE;
        }
        Self {
            pages: vec![page],
            last: TITLE_TOP,
        }
    }

    fn pages(mut self, letter: &BNoticeLetter) -> Vec<Page> {
        self.paragraph(&letter.title, (Face::Bold, TITLE), Points::ZERO);
        for part in &letter.parts {
            self.part(part);
        }
        if !letter.enclosed.is_empty() {
            self.last = self.last + GAP;
            let enclosed = format!("Enclosed: {}", letter.enclosed);
            self.paragraph(&enclosed, (Face::Regular, TEXT), Points::ZERO);
        }
        self.pages
    }

    fn part(&mut self, part: &Part) {
        self.last = self.last + GAP;
        if !part.heading.is_empty() {
            // A heading does not end a page.
            self.keep(3);
            self.paragraph(&part.heading, (Face::Bold, TEXT), Points::ZERO);
        }
        self.paragraph(&part.text, (Face::Regular, TEXT), Points::ZERO);
        for item in &part.items {
            self.keep(1);
            let baseline = self.last + LINE;
            self.place("\u{2022}", (Face::Regular, TEXT), LEFT, baseline);
            self.paragraph(item, (Face::Regular, TEXT), INDENT);
        }
    }

    fn paragraph(&mut self, text: &str, (face, size): (Face, Points), indent: Points) {
        let left = LEFT + indent;
        for line in broken(&shown(text), face, size, RIGHT - left) {
            self.keep(1);
            self.last = self.last + LINE;
            self.place(&line, (face, size), left, self.last);
        }
    }

    /// Goes to the next page where so many lines have no room.
    fn keep(&mut self, lines: i32) {
        if self.last + LINE.times(lines) > BOTTOM {
            self.pages.push(Page::default());
            self.last = NEXT_TOP;
        }
    }

    fn place(&mut self, text: &str, (face, size): (Face, Points), left: Points, baseline: Points) {
        if let Some(page) = self.pages.last_mut() {
            page.texts.push(Placed {
                left,
                baseline,
                face,
                size,
                text: text.to_owned(),
            });
        }
    }
}
