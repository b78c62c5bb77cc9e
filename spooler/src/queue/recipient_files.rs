//! Form → file: the folder of a job that is split by recipient, a document for each and a list of them.

use formfeed_domain::Money;
use formfeed_domain::form::Form;
use formfeed_domain::layout::Layout;
use formfeed_domain::rules::{self, FormRules};
use formfeed_domain::spool::{
    Delivery, PasswordRule, RecipientFile, RecipientGrouping, shown_account,
};
use formfeed_domain::stock;
use formfeed_domain::totals::Totals;
use formfeed_report::{Cell, Csv};

use super::compose::{self, ComposeError};
use super::sealed_sheets::{BATCH, SealedSheets};
use crate::device::{FileSet, NamedFile};
use crate::render::drawn::{self, Stencil, Tone};

/// The list of the files: whom each is for, ready to mail or to upload. It shows no TIN and no password.
const INDEX: &str = "index.csv";

/// Heads of the list.
const HEADS: [&str; 11] = [
    "account_number",
    "recipient_name",
    "recipient_name_2",
    "street",
    "unit",
    "city",
    "state",
    "postal_code",
    "country",
    "file_name",
    "amount",
];

/// The files, each opened and drawn when it is written.
pub(super) struct RecipientFiles {
    sealed: SealedSheets,
    layout: &'static Layout,
    stencil: Stencil,
    rule: Option<PasswordRule>,
    files: Vec<RecipientFile>,
}

impl RecipientFiles {
    /// Of the forms on the sheets of these numbers, one on each. Every form is placed once, so that what cannot be drawn
    /// is known before the first file is. Blocks.
    pub(super) fn new(sealed: SealedSheets, sheets: &[u32]) -> Result<Self, ComposeError> {
        let job = &sealed.job;
        let stock = stock::find(&job.spec.stock)?;
        if !stock.is_drawn {
            return Err(ComposeError::NotSplit(stock.name.clone()));
        }
        let layout = compose::form_layout(job, stock)?;
        let drawing = compose::drawing(job, layout)?;
        let mut files = RecipientGrouping::default();
        for sheets in sheets.chunks(BATCH) {
            let opened = sealed.open(sheets).map_err(ComposeError::NotOpened)?;
            for (sheet, forms) in sheets.iter().zip(opened) {
                drawn::check_sheet(Tone::Black, &compose::sheet(job, layout, &forms)?)?;
                forms.iter().for_each(|form| files.add(*sheet, form));
            }
        }
        let title = compose::title(job);
        let form = drawn::Form {
            drawing: &drawing,
            tone: Tone::Black,
            title: &title,
        };
        let rule = match job.spec.delivery {
            Delivery::Job => None,
            Delivery::Recipient(rule) => rule,
        };
        Ok(Self {
            stencil: Stencil::new(form)?,
            layout,
            rule,
            files: files.finish(),
            sealed,
        })
    }

    /// The forms of a file.
    fn forms(&self, file: &RecipientFile) -> Result<Vec<Form>, String> {
        let mut forms = Vec::with_capacity(file.sheets.len());
        for sheets in file.sheets.chunks(BATCH) {
            forms.extend(self.sealed.open(sheets)?.into_iter().flatten());
        }
        Ok(forms)
    }

    fn document(&self, file: &RecipientFile) -> Result<Vec<u8>, String> {
        let forms = self.forms(file)?;
        let password = match (self.rule, forms.first()) {
            (Some(rule), Some(first)) => {
                let password = rule.password(&first.recipient);
                Some(password.map_err(|error| format!("a recipient {error}"))?)
            }
            _ => None,
        };
        let ink = forms
            .iter()
            .map(|form| compose::sheet(&self.sealed.job, self.layout, std::slice::from_ref(form)))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| error.to_string())?;
        let sheets: Vec<_> = ink.iter().map(Vec::as_slice).collect();
        let password = password.as_ref().map(|password| password.as_str());
        self.stencil
            .render(&sheets, password)
            .map_err(|error| error.to_string())
    }

    /// A row for each file.
    fn index(&self) -> Result<Vec<u8>, String> {
        let spec = &self.sealed.job.spec;
        let rules = rules::for_year(spec.format_year).and_then(|year| year.form(spec.form_type));
        let rules = rules.map_err(|error| error.to_string())?;
        let mut index = Csv::new(&HEADS);
        for file in &self.files {
            add_row(&mut index, rules, file, &self.forms(file)?);
        }
        Ok(index.into_bytes())
    }
}

impl FileSet for RecipientFiles {
    fn count(&self) -> usize {
        self.files.len() + 1
    }

    fn file(&self, index: usize) -> Result<NamedFile, String> {
        let (name, bytes) = match self.files.get(index) {
            Some(file) => (file.name.as_str(), self.document(file)?),
            None => (INDEX, self.index()?),
        };
        Ok(NamedFile {
            name: name
                .parse()
                .map_err(|_| "a file has no safe name".to_owned())?,
            bytes,
        })
    }
}

fn add_row(index: &mut Csv, rules: &FormRules, file: &RecipientFile, forms: &[Form]) {
    let Some(first) = forms.first() else {
        return;
    };
    let accounts: Vec<_> = forms.iter().map(shown_account).collect();
    let amounts = forms.iter().map(|form| Totals::of_form(form, rules).total);
    let amount: Money = amounts.sum();
    let (recipient, accounts) = (&first.recipient, accounts.join("; "));
    let part = |part: fn(&formfeed_domain::form::AddressParts) -> &str| {
        recipient.parts.as_ref().map_or("", part)
    };
    let city = match recipient.parts {
        Some(_) => part(|parts| &parts.city),
        // Forms sealed before addresses were kept in parts have the line alone.
        None => recipient.city_line.as_str(),
    };
    let texts = [
        accounts.as_str(),
        &recipient.name,
        &recipient.name_2,
        &recipient.street,
        part(|parts| &parts.unit),
        city,
        part(|parts| &parts.state),
        part(|parts| &parts.postal_code),
        part(|parts| &parts.country),
        &file.name,
    ];
    let on_one_line = texts.map(|text| text.replace(char::is_control, " "));
    let mut row: Vec<_> = on_one_line.iter().map(|text| Cell::Text(text)).collect();
    row.push(Cell::Amount(amount));
    index.row(&row);
}
