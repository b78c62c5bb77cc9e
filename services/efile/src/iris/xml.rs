//! Elements, one after the other.

use std::io::{self, Write};

use formfeed_domain::Money;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

const NAMESPACE: &str = "urn:us:gov:treasury:irs:ir";
const ROOT: &str = "IRTransmission";

/// Writes elements of the IRS's namespace; text is escaped.
pub(super) struct Xml<W: Write> {
    out: Writer<W>,
}

impl<W: Write> Xml<W> {
    pub(super) fn new(out: W) -> io::Result<Self> {
        let mut out = Writer::new_with_indent(out, b' ', 1);
        out.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
        Ok(Self { out })
    }

    pub(super) fn open_root(&mut self) -> io::Result<()> {
        let mut root = BytesStart::new(qualified(ROOT));
        root.push_attribute(("xmlns:n1", NAMESPACE));
        self.out.write_event(Event::Start(root))
    }

    /// Closes the root and flushes.
    pub(super) fn close_root(&mut self) -> io::Result<()> {
        self.close(ROOT)?;
        let out = self.out.get_mut();
        out.write_all(b"\n")?;
        out.flush()
    }

    fn close(&mut self, name: &str) -> io::Result<()> {
        self.out
            .write_event(Event::End(BytesEnd::new(qualified(name))))
    }

    /// An element with others in it.
    pub(super) fn group(
        &mut self,
        name: &str,
        inside: impl FnOnce(&mut Self) -> io::Result<()>,
    ) -> io::Result<()> {
        self.out
            .write_event(Event::Start(BytesStart::new(qualified(name))))?;
        inside(self)?;
        self.close(name)
    }

    /// An element with text.
    pub(super) fn text(&mut self, name: &str, text: &str) -> io::Result<()> {
        self.out
            .write_event(Event::Start(BytesStart::new(qualified(name))))?;
        self.out.write_event(Event::Text(BytesText::new(text)))?;
        self.close(name)
    }

    /// An element with text; none where it is blank.
    pub(super) fn some(&mut self, name: &str, text: &str) -> io::Result<()> {
        match text.is_empty() {
            true => Ok(()),
            false => self.text(name, text),
        }
    }

    /// `1` or `0`.
    pub(super) fn flag(&mut self, name: &str, is_so: bool) -> io::Result<()> {
        self.text(name, if is_so { "1" } else { "0" })
    }

    /// Digits.
    pub(super) fn count(&mut self, name: &str, count: u64) -> io::Result<()> {
        self.text(name, &count.to_string())
    }

    /// Dollars and cents.
    pub(super) fn money(&mut self, name: &str, amount: Money) -> io::Result<()> {
        self.text(name, &amount.to_string())
    }
}

fn qualified(name: &str) -> String {
    format!("n1:{name}")
}
