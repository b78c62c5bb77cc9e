//! Form 1096: what is asked about it, and what it says on its way to the spooler.

use formfeed_domain::form::FormType;
use formfeed_domain::money::MAX_CENTS;
use formfeed_domain::spool::{JobId, PrinterId};
use formfeed_domain::stock::Stock;
use formfeed_domain::transmittal::{Filer, Transmittal};
use formfeed_domain::{Money, PayerId, TaxYear, text};

use super::form::{check_text, form_type_to, read_form_type, tin_from, tin_to};
use super::job::{read_job_name, read_priority};
use super::printer::read_printer_name;
use super::stock::read_transmittal_stock;
use super::{Violations, read, read_optional};
use crate::{forms, spooler as pb};

/// Whose Form 1096 is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransmittalQuery {
    /// Who files.
    pub payer_id: PayerId,
    /// Year of the payments.
    pub tax_year: TaxYear,
    /// The returns it travels with.
    pub form_type: FormType,
    /// The printing of Copy A it stands for, by its job `jobs/{id}`; `None` means the last one.
    pub job: Option<String>,
}

/// The wish to print a Form 1096.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransmittalWish {
    /// Whose.
    pub query: TransmittalQuery,
    /// Where: `printers/{id}`.
    pub printer: String,
    /// Form stock; blank means the one loaded.
    pub stock: String,
    /// Why the same is printed again; blank for the first time.
    pub again_reason: String,
}

/// Reads whose Form 1096 is wanted.
pub fn transmittal_query(
    bad: &mut Violations,
    request: &forms::PreviewTransmittalRequest,
) -> Option<TransmittalQuery> {
    let payer_id = read(bad, "payer_id", PayerId::new(request.payer_id.as_str()));
    let tax_year = read(bad, "tax_year", TaxYear::new(request.tax_year));
    let form_type = read_form_type(bad, "form_type", request.form_type);
    let job = match request.job.as_str() {
        "" => Some(None),
        name => read_job_name(bad, "job", name).map(|id| Some(id.to_string())),
    };
    Some(TransmittalQuery {
        payer_id: payer_id?,
        tax_year: tax_year?,
        form_type: form_type?,
        job: job?,
    })
}

/// Reads the wish to print a Form 1096. Its request id is the caller's to read.
pub fn transmittal_wish(
    bad: &mut Violations,
    request: &forms::PrintTransmittalRequest,
) -> Option<TransmittalWish> {
    let of = forms::PreviewTransmittalRequest {
        payer_id: request.payer_id.clone(),
        tax_year: request.tax_year,
        form_type: request.form_type,
        job: request.job.clone(),
    };
    let query = transmittal_query(bad, &of);
    read_printer_name(bad, "printer", &request.printer);
    read_transmittal_stock(bad, "stock", &request.stock);
    read(bad, "again_reason", text::check(&request.again_reason));
    Some(TransmittalWish {
        query: query?,
        printer: request.printer.clone(),
        stock: request.stock.clone(),
        again_reason: text::without_tins(request.again_reason.trim()),
    })
}

/// A Form 1096 to be sealed; the stock is settled with the printer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransmittalOrder {
    /// Who files.
    pub payer: PayerId,
    /// The jobs it stands for.
    pub jobs: Vec<JobId>,
    /// What it says.
    pub transmittal: Transmittal,
    /// Stock asked for, which takes Form 1096; `None` means the one loaded.
    pub stock: Option<&'static Stock>,
    /// Where to.
    pub printer: PrinterId,
    /// Larger goes first.
    pub priority: i32,
    /// User the sender acts for.
    pub on_behalf_of: Option<String>,
}

/// Reads a Form 1096 to be sealed, its request id aside.
pub fn transmittal_order(
    bad: &mut Violations,
    request: &pb::SubmitTransmittalRequest,
) -> Option<TransmittalOrder> {
    let payer = read(bad, "payer_id", PayerId::new(&request.payer_id));
    let tax_year = read(bad, "tax_year", TaxYear::new(request.tax_year));
    let form_type = read_form_type(bad, "form_type", request.form_type);
    let jobs = jobs_from(bad, &request.jobs);
    let printer = read_printer_name(bad, "printer", &request.printer);
    let stock = read_transmittal_stock(bad, "stock", &request.stock);
    let priority = read_priority(bad, "priority", request.priority);
    let user = read_optional(bad, "on_behalf_of", &request.on_behalf_of, |name| {
        text::check(name).map(|()| name.to_owned())
    });
    let content = request.transmittal.clone();
    if content.is_none() {
        bad.add("transmittal", "is required");
    }
    let content = content.and_then(|content| content_from(bad, content));
    let (filer, [forms, federal, total], note) = content?;
    Some(TransmittalOrder {
        payer: payer?,
        jobs,
        transmittal: Transmittal {
            form_type: form_type?,
            tax_year: tax_year?,
            filer,
            forms: u32::try_from(forms).ok()?,
            federal_withheld: Money::from_cents(federal),
            total: Money::from_cents(total),
            note,
        },
        stock,
        printer: printer?,
        priority: priority?,
        on_behalf_of: user?,
    })
}

fn jobs_from(bad: &mut Violations, names: &[String]) -> Vec<JobId> {
    if names.is_empty() {
        bad.add("jobs", "names at least one job");
    }
    let mut jobs = Vec::new();
    for (index, name) in names.iter().enumerate() {
        let field = format!("jobs[{index}]");
        let job = read_job_name(bad, &field, name);
        if job.as_ref().is_some_and(|job| jobs.contains(job)) {
            bad.add(field, "is named twice");
        }
        jobs.extend(job);
    }
    jobs
}

type Content = (Filer, [i64; 3], String);

fn content_from(bad: &mut Violations, message: pb::Transmittal) -> Option<Content> {
    let before = bad.list().len();
    let at = |name: &str| format!("transmittal.{name}");
    for (name, line) in [
        ("filer_name", &message.filer_name),
        ("filer_street", &message.filer_street),
        ("filer_city_line", &message.filer_city_line),
        ("contact_name", &message.contact_name),
        ("contact_phone", &message.contact_phone),
        ("contact_email", &message.contact_email),
        ("contact_fax", &message.contact_fax),
        ("signer_title", &message.signer_title),
        ("note", &message.note),
    ] {
        check_text(bad, &at(name), line);
    }
    if message.forms < 1 {
        bad.add(at("forms"), "is 1 or more");
    }
    for (name, cents) in [
        (
            "federal_tax_withheld_cents",
            message.federal_tax_withheld_cents,
        ),
        ("total_amount_cents", message.total_amount_cents),
    ] {
        if !(0..=MAX_CENTS).contains(&cents) {
            bad.add(at(name), "is no sum of boxes");
        }
    }
    let tin = tin_from(bad, &at("filer_tin"), message.filer_tin);
    let amounts = [
        i64::from(message.forms),
        message.federal_tax_withheld_cents,
        message.total_amount_cents,
    ];
    let filer = Filer {
        name: message.filer_name,
        street: message.filer_street,
        city_line: message.filer_city_line,
        contact: message.contact_name,
        phone: message.contact_phone,
        email: message.contact_email,
        fax: message.contact_fax,
        tin,
        title: message.signer_title,
    };
    (bad.list().len() == before).then_some((filer, amounts, message.note))
}

/// A Form 1096 as the spooler takes it, with the full TIN.
pub fn transmittal_to(transmittal: &Transmittal) -> pb::Transmittal {
    let filer = &transmittal.filer;
    pb::Transmittal {
        filer_name: filer.name.clone(),
        filer_street: filer.street.clone(),
        filer_city_line: filer.city_line.clone(),
        filer_tin: filer.tin.as_ref().map(tin_to),
        contact_name: filer.contact.clone(),
        contact_phone: filer.phone.clone(),
        contact_email: filer.email.clone(),
        contact_fax: filer.fax.clone(),
        signer_title: filer.title.clone(),
        forms: i32::try_from(transmittal.forms).unwrap_or(i32::MAX),
        federal_tax_withheld_cents: transmittal.federal_withheld.cents(),
        total_amount_cents: transmittal.total.cents(),
        note: transmittal.note.clone(),
    }
}

/// What a Form 1096 says, as it is answered. Its number, jobs, names and times are the caller's to fill in.
pub fn transmittal_answer(payer_id: &PayerId, transmittal: &Transmittal) -> forms::Transmittal {
    let filer = &transmittal.filer;
    forms::Transmittal {
        payer_id: payer_id.to_string(),
        tax_year: transmittal.tax_year.year(),
        form_type: form_type_to(transmittal.form_type).into(),
        forms: i64::from(transmittal.forms),
        federal_tax_withheld_cents: transmittal.federal_withheld.cents(),
        total_amount_cents: transmittal.total.cents(),
        filer_name: filer.name.clone(),
        filer_street: filer.street.clone(),
        filer_city_line: filer.city_line.clone(),
        contact_name: filer.contact.clone(),
        contact_phone: filer.phone.clone(),
        contact_email: filer.email.clone(),
        contact_fax: filer.fax.clone(),
        ..forms::Transmittal::default()
    }
}

#[cfg(test)]
mod tests {
    use formfeed_domain::{Tin, TinKind};

    use super::*;

    fn request() -> pb::SubmitTransmittalRequest {
        let transmittal = Transmittal {
            form_type: FormType::Nec,
            tax_year: TaxYear::new(2025).unwrap(),
            filer: Filer {
                name: "Acme Water District".to_owned(),
                tin: Tin::parse(TinKind::Ein, "12-3456789").ok(),
                ..Filer::default()
            },
            forms: 7,
            federal_withheld: Money::from_cents(5),
            total: Money::from_cents(100),
            note: String::new(),
        };
        pb::SubmitTransmittalRequest {
            payer_id: "TE1".to_owned(),
            tax_year: 2025,
            form_type: pb::FormType::Nec.into(),
            jobs: vec!["jobs/0192f3a4-0000-7000-8000-000000000001".to_owned()],
            transmittal: Some(transmittal_to(&transmittal)),
            printer: "printers/laser".to_owned(),
            ..pb::SubmitTransmittalRequest::default()
        }
    }

    fn fields(request: &pb::SubmitTransmittalRequest) -> Vec<String> {
        let mut bad = Violations::new();
        assert_eq!(transmittal_order(&mut bad, request), None);
        bad.list().iter().map(|v| v.field.clone()).collect()
    }

    #[test]
    fn a_form_1096_comes_back_from_its_record_as_it_was() {
        let mut bad = Violations::new();
        let order = transmittal_order(&mut bad, &request()).unwrap();
        assert!(bad.is_empty(), "{bad}");
        let again = transmittal_to(&order.transmittal);
        assert_eq!(Some(again), request().transmittal);
    }

    #[test]
    fn every_bad_field_of_a_form_1096_is_named_and_no_tin_is_repeated() {
        let empty = pb::SubmitTransmittalRequest::default();
        let expected = [
            "payer_id",
            "tax_year",
            "form_type",
            "jobs",
            "printer",
            "transmittal",
        ];
        assert_eq!(fields(&empty), expected);
        let mut bad = request();
        bad.jobs = vec![bad.jobs[0].clone(), bad.jobs[0].clone(), "7".to_owned()];
        bad.stock = "nec-3up".to_owned();
        bad.priority = 101;
        let content = bad.transmittal.as_mut().unwrap();
        content.filer_name = "Acme\u{1b}E".to_owned();
        content.forms = 0;
        content.total_amount_cents = -1;
        content.filer_tin.as_mut().unwrap().digits = "12345678X".to_owned();
        let expected = [
            "jobs[1]",
            "jobs[2]",
            "stock",
            "priority",
            "transmittal.filer_name",
            "transmittal.forms",
            "transmittal.total_amount_cents",
            "transmittal.filer_tin",
        ];
        assert_eq!(fields(&bad), expected);
    }
}
