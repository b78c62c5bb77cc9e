//! All stocks and layouts together: the built-in ones, and the user's own in front of them.

use std::sync::LazyLock;

use super::{Layout, LayoutError, TransmittalLayout, file};
use crate::TaxYear;
use crate::form::{Copy, FormType};
use crate::stock::{self, Stock};

/// Every stock there is and every layout on them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Library {
    stocks: Vec<Stock>,
    layouts: Vec<Layout>,
    transmittals: Vec<TransmittalLayout>,
}

impl Library {
    /// The stocks and layouts compiled in.
    pub fn built_in() -> &'static Self {
        &BUILT_IN
    }

    /// The built-in library with the user's own files, given as name and text. A stock of a known name replaces it; a
    /// layout replaces what there was for its form, years, copies and stock.
    ///
    /// # Errors
    /// [`LayoutError::Malformed`] naming the file and the field, or the two files that say the same.
    pub fn with_own<'a>(
        own: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, LayoutError> {
        let mut library = Self::built_in().clone();
        let (stocks, layouts): (Vec<_>, Vec<_>) = own
            .into_iter()
            .partition(|(_, text)| file::kind(text) == Some(file::Kind::Stocks));
        library.put_stocks(&stocks)?;
        library.put_layouts(&layouts)?;
        Ok(library)
    }

    fn put_stocks(&mut self, files: &[(&str, &str)]) -> Result<(), LayoutError> {
        let mut given: Vec<(&str, String)> = Vec::new();
        for (file, text) in files {
            let malformed = |why| LayoutError::malformed(file, why);
            for stock in stock::read(text).map_err(malformed)? {
                if let Some((other, name)) = given.iter().find(|(_, name)| *name == stock.name) {
                    return Err(malformed(format!("stock {name} is in {other} too")));
                }
                given.push((file, stock.name.clone()));
                self.put_stock(stock).map_err(malformed)?;
            }
        }
        Ok(())
    }

    fn put_layouts(&mut self, files: &[(&str, &str)]) -> Result<(), LayoutError> {
        let mut given: Vec<(&str, file::Read)> = Vec::new();
        for (file, text) in files {
            let read = file::read(file, text, &self.stocks)?;
            if let Some((other, _)) = given.iter().find(|(_, other)| collide(other, &read)) {
                let why = format!("{other} is for the same form, year, copy and stock");
                return Err(LayoutError::malformed(file, why));
            }
            given.push((file, read.clone()));
            match read {
                file::Read::Form(layout) => self.put(layout),
                file::Read::Transmittal(layout) => self.put_transmittal(layout),
            }
        }
        Ok(())
    }

    /// Every stock, the user's own last.
    pub fn stocks(&self) -> &[Stock] {
        &self.stocks
    }

    /// Every layout of a form, the user's own first.
    pub fn layouts(&self) -> &[Layout] {
        &self.layouts
    }

    /// Every layout of Form 1096, the user's own first.
    pub fn transmittals(&self) -> &[TransmittalLayout] {
        &self.transmittals
    }

    /// The layout of a form, year and copy on a stock.
    ///
    /// # Errors
    /// [`LayoutError::NoLayout`] with what there is instead.
    pub fn find(
        &self,
        form_type: FormType,
        tax_year: TaxYear,
        copy: Copy,
        stock: &Stock,
    ) -> Result<&Layout, LayoutError> {
        if stock.is_drawn && copy == Copy::A {
            return Err(LayoutError::CopyANotDrawn {
                stock: stock.name.clone(),
                known: self.stocks_for_irs(form_type).join(" or "),
            });
        }
        let of_form =
            |layout: &&Layout| layout.form_type == form_type && layout.copies.contains(&copy);
        self.layouts
            .iter()
            .filter(of_form)
            .find(|layout| layout.stock.name == stock.name && layout.tax_years.contains(&tax_year))
            .ok_or_else(|| LayoutError::NoLayout {
                form_type,
                tax_year,
                copy,
                stock: stock.name.clone(),
                known: known(
                    self.layouts
                        .iter()
                        .filter(of_form)
                        .map(|layout| (&layout.stock, layout.tax_years.as_slice())),
                ),
            })
    }

    fn stocks_for_irs(&self, form_type: FormType) -> Vec<&str> {
        self.stocks
            .iter()
            .filter(|stock| stock.for_irs && stock.takes_form(form_type))
            .map(|stock| stock.name.as_str())
            .collect()
    }

    /// The layout of Form 1096 of a year on a stock.
    ///
    /// # Errors
    /// [`LayoutError::NoTransmittalLayout`] with what there is instead.
    pub fn find_transmittal(
        &self,
        tax_year: TaxYear,
        stock: &Stock,
    ) -> Result<&TransmittalLayout, LayoutError> {
        self.transmittals
            .iter()
            .find(|layout| layout.stock.name == stock.name && layout.tax_years.contains(&tax_year))
            .ok_or_else(|| LayoutError::NoTransmittalLayout {
                tax_year,
                stock: stock.name.clone(),
                known: known(
                    self.transmittals
                        .iter()
                        .map(|layout| (&layout.stock, layout.tax_years.as_slice())),
                ),
            })
    }

    /// Adds a stock, or replaces the one of its name, also where layouts are on it.
    fn put_stock(&mut self, stock: Stock) -> Result<(), String> {
        let Some(known) = self
            .stocks
            .iter_mut()
            .find(|known| known.name == stock.name)
        else {
            self.stocks.push(stock);
            return Ok(());
        };
        if known.takes != stock.takes {
            return Err(format!(
                "stock {}: form: the stock of that name takes Form {}",
                stock.name, known.takes
            ));
        }
        *known = stock.clone();
        for layout in &mut self.layouts {
            if layout.stock.name == stock.name {
                file::check_on(&layout.fields, &stock).map_err(|why| {
                    let (name, revision) = (&stock.name, &layout.revision);
                    format!("stock {name}: the layout of {revision}: {why}")
                })?;
                layout.stock = stock.clone();
            }
        }
        for layout in &mut self.transmittals {
            if layout.stock.name == stock.name {
                file::check_on(&layout.fields, &stock)?;
                layout.stock = stock.clone();
            }
        }
        Ok(())
    }

    fn put(&mut self, layout: Layout) {
        let older = std::mem::take(&mut self.layouts);
        self.layouts = older
            .into_iter()
            .flat_map(|known| without(known, &layout))
            .collect();
        self.layouts.insert(0, layout);
    }

    fn put_transmittal(&mut self, layout: TransmittalLayout) {
        for known in &mut self.transmittals {
            if known.stock.name == layout.stock.name {
                known
                    .tax_years
                    .retain(|year| !layout.tax_years.contains(year));
            }
        }
        self.transmittals
            .retain(|known| !known.tax_years.is_empty());
        self.transmittals.insert(0, layout);
    }
}

/// Whether two files say where the same form of the same year stands on the same stock.
fn collide(one: &file::Read, two: &file::Read) -> bool {
    match (one, two) {
        (file::Read::Form(one), file::Read::Form(two)) => overlap(one, two),
        (file::Read::Transmittal(one), file::Read::Transmittal(two)) => {
            one.stock.name == two.stock.name
                && one
                    .tax_years
                    .iter()
                    .any(|year| two.tax_years.contains(year))
        }
        _ => false,
    }
}

/// Whether two layouts are for the same form, year, copy and stock.
fn overlap(one: &Layout, two: &Layout) -> bool {
    one.form_type == two.form_type
        && one.stock.name == two.stock.name
        && one
            .tax_years
            .iter()
            .any(|year| two.tax_years.contains(year))
        && one.copies.iter().any(|copy| two.copies.contains(copy))
}

/// What is left of a layout beside one that takes its place: its other years, and its other copies of the same years.
fn without(known: Layout, newer: &Layout) -> Vec<Layout> {
    if !overlap(&known, newer) {
        return vec![known];
    }
    let (same, other): (Vec<_>, Vec<_>) = known
        .tax_years
        .iter()
        .partition(|year| newer.tax_years.contains(year));
    let copies = known
        .copies
        .iter()
        .filter(|copy| !newer.copies.contains(copy))
        .copied()
        .collect();
    let other_years = Layout {
        tax_years: other,
        ..known.clone()
    };
    let other_copies = Layout {
        tax_years: same,
        copies,
        ..known
    };
    [other_years, other_copies]
        .into_iter()
        .filter(|layout| !layout.tax_years.is_empty() && !layout.copies.is_empty())
        .collect()
}

/// `nec-3up for 2022, 2023; nec-3up for 2025`, or `none`.
fn known<'a>(layouts: impl Iterator<Item = (&'a Stock, &'a [TaxYear])>) -> String {
    let known: Vec<_> = layouts
        .map(|(stock, years)| {
            let years: Vec<_> = years.iter().map(TaxYear::to_string).collect();
            format!("{} for {}", stock.name, years.join(", "))
        })
        .collect();
    match known.is_empty() {
        true => "none".to_owned(),
        false => known.join("; "),
    }
}

static BUILT_IN: LazyLock<Library> = LazyLock::new(|| {
    let mut library = Library {
        stocks: stock::read(include_str!("../../layouts/stocks.toml"))
            .expect("a test reads the built-in stocks"),
        ..Library::default()
    };
    for (name, text) in FILES {
        let read = file::read(name, text, &library.stocks);
        match read.expect("a test reads every built-in layout") {
            file::Read::Form(layout) => library.layouts.push(layout),
            file::Read::Transmittal(layout) => library.transmittals.push(layout),
        }
    }
    library
});

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        [$(($name, include_str!(concat!("../../layouts/", $name)))),*]
    };
}

/// Every built-in layout file, by name.
const FILES: [(&str, &str); 17] = files![
    "nec_2020_2up.toml",
    "nec_rev_2022_01_3up.toml",
    "nec_rev_2025_04_3up.toml",
    "nec_rev_2026_12_2up.toml",
    "misc_2020_2up.toml",
    "misc_2021_2up.toml",
    "misc_rev_2022_01_2up.toml",
    "misc_rev_2024_01_2up.toml",
    "misc_own_3up.toml",
    "misc_own_3up_2020.toml",
    "nec_blank_2020.toml",
    "nec_blank_2026.toml",
    "misc_blank_2019.toml",
    "misc_blank_2020.toml",
    "misc_blank_2022.toml",
    "misc_blank_2026.toml",
    "form_1096_2025.toml",
];
