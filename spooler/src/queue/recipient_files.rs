//! Form → file: the folder of a job that is split by recipient, a document for each and a list of them.

use formfeed_domain::Money;
use formfeed_domain::form::Form;
use formfeed_domain::layout::Layout;
use formfeed_domain::rules;
use formfeed_domain::spool::{
    Delivery, Job, PasswordRule, RecipientFile, recipient_files, shown_account,
};
use formfeed_domain::totals::Totals;
use formfeed_report::{Cell, Csv};

use super::compose::{self, ComposeError};
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

/// The files, each drawn when it is written.
pub(super) struct RecipientFiles {
    job: Job,
    layout: &'static Layout,
    stencil: Stencil,
    rule: Option<PasswordRule>,
    forms: Vec<Form>,
    files: Vec<RecipientFile>,
    index: Vec<u8>,
}

impl RecipientFiles {
    /// Of these forms, each with the number of its sheet. Every form is placed once, so that what cannot be drawn is
    /// known before the first file is.
    pub(super) fn new(
        job: &Job,
        layout: &'static Layout,
        forms: Vec<(u32, Form)>,
    ) -> Result<Self, ComposeError> {
        let drawing = compose::drawing(job, layout)?;
        for (_, form) in &forms {
            let ink = compose::sheet(job, layout, std::slice::from_ref(form))?;
            drawn::check_sheet(Tone::Black, &ink)?;
        }
        let title = compose::title(job);
        let form = drawn::Form {
            drawing: &drawing,
            tone: Tone::Black,
            title: &title,
        };
        let stencil = Stencil::new(form)?;
        let files = recipient_files(forms.iter().map(|(sheet, form)| (*sheet, form)));
        let forms: Vec<_> = forms.into_iter().map(|(_, form)| form).collect();
        let index = index(job, &forms, &files)?;
        let rule = match job.spec.delivery {
            Delivery::Job => None,
            Delivery::Recipient(rule) => rule,
        };
        Ok(Self {
            job: job.clone(),
            layout,
            stencil,
            rule,
            forms,
            files,
            index,
        })
    }

    fn document(&self, file: &RecipientFile) -> Result<Vec<u8>, String> {
        let forms = file.forms.iter().map(|place| &self.forms[*place]);
        let password = match (self.rule, file.forms.first()) {
            (Some(rule), Some(first)) => {
                let password = rule.password(&self.forms[*first].recipient);
                Some(password.map_err(|error| format!("a recipient {error}"))?)
            }
            _ => None,
        };
        let ink = forms
            .map(|form| compose::sheet(&self.job, self.layout, std::slice::from_ref(form)))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| error.to_string())?;
        let sheets: Vec<_> = ink.iter().map(Vec::as_slice).collect();
        let password = password.as_ref().map(|password| password.as_str());
        self.stencil
            .render(&sheets, password)
            .map_err(|error| error.to_string())
    }
}

impl FileSet for RecipientFiles {
    fn count(&self) -> usize {
        self.files.len() + 1
    }

    fn file(&self, index: usize) -> Result<NamedFile, String> {
        let (name, bytes) = match self.files.get(index) {
            Some(file) => (file.name.as_str(), self.document(file)?),
            None => (INDEX, self.index.clone()),
        };
        Ok(NamedFile {
            name: name
                .parse()
                .map_err(|_| "a file has no safe name".to_owned())?,
            bytes,
        })
    }
}

/// A row for each file.
fn index(job: &Job, forms: &[Form], files: &[RecipientFile]) -> Result<Vec<u8>, ComposeError> {
    let rules = rules::for_year(job.spec.format_year)?.form(job.spec.form_type)?;
    let mut index = Csv::new(&HEADS);
    for file in files {
        let of_file = || file.forms.iter().map(|place| &forms[*place]);
        let Some(first) = of_file().next() else {
            continue;
        };
        let accounts: Vec<_> = of_file().map(shown_account).collect();
        let amount: Money = of_file()
            .map(|form| Totals::of_form(form, rules).total)
            .sum();
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
    Ok(index.into_bytes())
}
