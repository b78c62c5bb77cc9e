//! How the ink of a printer is put right on its stock: test sheets, readings of their marks, offsets.

use axum::Extension;
use axum::extract::Path;
use axum::response::Response;
use formfeed_domain::stock;
use formfeed_proto::spooler as pb;
use formfeed_proto::spooler::alignment_service_server::AlignmentService as _;
use maud::{Markup, html};
use pb::print_test_sheet_request::Content;
use pb::set_alignment_request::To;
use tonic::Status;

use super::form::Form;
use super::job::hidden;
use super::job_acts::once;
use super::page;
use super::person::Person;
use super::words;

/// The three marks of a test sheet, in the order of their readings.
const MARKS: [(&str, &str); 3] = [("a", "Top left"), ("b", "Top right"), ("c", "Bottom left")];

/// What is set, what was, and the forms.
pub(super) fn show(
    person: &Person,
    printer: &pb::Printer,
    alignments: &[pb::Alignment],
    page: &str,
) -> Markup {
    let impact = !printer.dialect.is_empty();
    let action = person.path(format_args!("/printers/{}/align", words::id(&printer.name)));
    let seen = seen(alignments);
    let begin = |verb: &str| hidden(person, verb, &seen, page);
    html! {
        h2 { "Alignment" }
        @if alignments.is_empty() { p.empty { "Nothing is put right on this printer." } } @else {
            ol.log {
                @for (at, set) in alignments.iter().enumerate() {
                    @let in_force = at == 0 || alignments[at - 1].stock != set.stock;
                    li {
                        (words::time(words::instant(set.set_time.as_ref()))) " " strong { (set.stock) } ": " (set.words)
                        @if in_force { " (in force)" } @else { " (before)" }
                        ", version " (set.version) " by " (set.set_by) ": " (set.reason)
                    }
                }
            }
        }
        @if person.is_operator() {
            div.actions {
                form method="post" action=(action) {
                    (begin("test")) h3 { "Print a test sheet" }
                    p.hint { "One sheet of stock; it counts as alignment." }
                    (stocks(printer, "test"))
                    label for="content" { "What is on it" }
                    select id="content" name="content" {
                        option value="crosses" { "An X in every field" }
                        @if !impact { option value="marks" { "Three marks to measure" } }
                    }
                    button type="submit" { "Print test sheet" }
                }
                @if impact { (shift(printer, &action, &begin("shift"))) } @else {
                    form method="post" action=(action) {
                        (begin("readings")) h3 { "Readings of the three marks" }
                        p.hint { "From the edges of the paper: inches such as 1.03, or 26.2mm." }
                        (stocks(printer, "readings"))
                        @for (key, name) in MARKS {
                            fieldset {
                                legend { (name) }
                                div.row {
                                    div { label for={ "left-" (key) } { "From left" } input id={ "left-" (key) } name={ "left_" (key) } required inputmode="decimal"; }
                                    div { label for={ "top-" (key) } { "From top" } input id={ "top-" (key) } name={ "top_" (key) } required inputmode="decimal"; }
                                }
                            }
                        }
                        (reason("readings"))
                        button.primary type="submit" { "Accept readings" }
                    }
                    form method="post" action=(action) {
                        (begin("offset")) h3 { "Offset" }
                        p.hint { "In points of 1/72 inch, in place of everything that was set; negative to the left, and up." }
                        (stocks(printer, "offset"))
                        div.row {
                            div { label for="right" { "To the right" } input id="right" name="right" required inputmode="decimal" value="0"; }
                            div { label for="down" { "Down" } input id="down" name="down" required inputmode="decimal" value="0"; }
                        }
                        (reason("offset"))
                        button type="submit" { "Set offset" }
                    }
                }
                form method="post" action=(action) {
                    (begin("nothing")) h3 { "Put nothing right" }
                    p.hint { "As if nothing had ever been set." }
                    (stocks(printer, "nothing"))
                    (reason("nothing"))
                    button type="submit" { "Reset" }
                }
            }
        }
    }
}

fn shift(printer: &pb::Printer, action: &str, begin: &Markup) -> Markup {
    let fields = [
        ("columns", "Columns to the right"),
        ("lines", "Lines down"),
        ("steps", "Steps of 1/216 inch down"),
        ("dots", "Dots of 1/120 inch to the right"),
    ];
    html! {
        form method="post" action=(action) {
            (begin) h3 { "Shift" }
            p.hint { "In place of everything that was set." }
            (stocks(printer, "shift"))
            div.row {
                @for (name, label) in fields {
                    div { label for=(name) { (label) } input id=(name) name=(name) type="number" required value="0"; }
                }
            }
            (reason("shift"))
            button.primary type="submit" { "Set shift" }
        }
    }
}

fn stocks(printer: &pb::Printer, form: &str) -> Markup {
    html! {
        label for={ "stock-" (form) } { "Stock" }
        select id={ "stock-" (form) } name="stock" {
            @if !printer.stock.is_empty() { option value="" { (printer.stock) ", loaded" } }
            @for stock in stock::all().iter().filter(|stock| stock.name != printer.stock) {
                option value=(stock.name) { (stock.name) }
            }
        }
    }
}

fn reason(form: &str) -> Markup {
    html! {
        label for={ "why-" (form) } { "Why" }
        input id={ "why-" (form) } name="reason" required maxlength="200" value="aligned";
    }
}

/// What is in force by stock, as a page saw it: `nec-3up=2,blank=1`.
fn seen(alignments: &[pb::Alignment]) -> String {
    let mut newest: Vec<&pb::Alignment> = Vec::new();
    for alignment in alignments {
        if newest
            .last()
            .is_none_or(|last| last.stock != alignment.stock)
        {
            newest.push(alignment);
        }
    }
    let parts = newest
        .iter()
        .map(|set| format!("{}={}", set.stock, set.version));
    parts.collect::<Vec<_>>().join(",")
}

/// The version of a stock that a page saw; 0 for none.
fn version(seen: &str, stock: &str) -> i32 {
    let pairs = seen.split(',').filter_map(|pair| pair.split_once('='));
    let mut found = pairs.filter(|(name, _)| *name == stock);
    found
        .next()
        .and_then(|(_, version)| version.parse().ok())
        .unwrap_or(0)
}

/// Carries a change out.
pub(super) async fn act(
    Extension(person): Extension<Person>,
    Extension(form): Extension<Form>,
    Path(id): Path<String>,
) -> Response {
    let outcome = change(&person, &id, &form).await;
    page::next(&person, outcome, &format!("/printers/{id}"))
}

async fn change(person: &Person, id: &str, form: &Form) -> Result<String, Status> {
    let to = match form.text("verb") {
        "test" => return test(person, id, form).await,
        "readings" => To::Readings(readings(form)?),
        "offset" => To::Offset(pb::Offset {
            right_thousandths: points(form, "right")?,
            down_thousandths: points(form, "down")?,
        }),
        "shift" => To::Shift(pb::GridShift {
            columns: form.must("columns")?,
            lines: form.must("lines")?,
            steps: form.must("steps")?,
            dots: form.must("dots")?,
        }),
        "nothing" => To::Nothing(true),
        _ => return Err(Status::invalid_argument("there is no such action")),
    };
    let loaded = person.printer(id).await?.stock;
    let stock = match form.text("stock") {
        "" => loaded,
        stock => stock.to_owned(),
    };
    let request = pb::SetAlignmentRequest {
        printer: format!("printers/{id}"),
        stock: stock.clone(),
        reason: form.text("reason").to_owned(),
        version: Some(version(form.text("seen"), &stock)),
        to: Some(to),
    };
    let request = person.asks("AlignmentService/SetAlignment", request)?;
    let set = person
        .console()
        .handlers
        .set_alignment(request)
        .await?
        .into_inner();
    Ok(format!("{id} on {}: {}", set.stock, set.words))
}

async fn test(person: &Person, id: &str, form: &Form) -> Result<String, Status> {
    let (content, word) = match form.text("content") {
        "marks" => (Content::Marks, "marks"),
        _ => (Content::Crosses, "crosses"),
    };
    let request = pb::PrintTestSheetRequest {
        request_id: once(form, &format!("test-{word}")),
        printer: format!("printers/{id}"),
        content: content.into(),
        stock: form.text("stock").to_owned(),
    };
    let request = person.asks("AlignmentService/PrintTestSheet", request)?;
    let job = person
        .console()
        .handlers
        .print_test_sheet(request)
        .await?
        .into_inner();
    Ok(format!(
        "a test sheet of {word} is queued as job {}",
        words::short(&job.name)
    ))
}

fn readings(form: &Form) -> Result<pb::Readings, Status> {
    let read = |name: &str| {
        let wrong = || "readings are inches such as 1.03, or millimetres such as 26.2mm";
        length(form.text(name)).ok_or_else(|| Status::invalid_argument(wrong()))
    };
    let marks = MARKS.iter().map(|(key, _)| {
        Ok(pb::Reading {
            left_thousandths: read(&format!("left_{key}"))?,
            top_thousandths: read(&format!("top_{key}"))?,
        })
    });
    let marks = marks.collect::<Result<_, Status>>()?;
    Ok(pb::Readings { marks })
}

fn points(form: &Form, name: &str) -> Result<i32, Status> {
    let read = thousandths(form.text(name)).and_then(|it| i32::try_from(it).ok());
    read.ok_or_else(|| Status::invalid_argument("offsets are points such as 3.5 or -2"))
}

/// A length on paper in thousandths of a point: an inch has 72 points and 25.4 mm.
fn length(text: &str) -> Option<i32> {
    let read = match text.strip_suffix("mm") {
        Some(millimetres) => (thousandths(millimetres)? * 72_000 + 12_700) / 25_400,
        None => thousandths(text)? * 72,
    };
    i32::try_from(read).ok()
}

/// A decimal number of up to three places, in thousandths.
fn thousandths(text: &str) -> Option<i64> {
    let text = text.trim();
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let plain = |text: &str| text.len() <= 6 && text.bytes().all(|byte| byte.is_ascii_digit());
    if !(plain(whole) && plain(part)) || part.len() > 3 || digits.trim_matches('.').is_empty() {
        return None;
    }
    format!("{whole:0>1}{part:0<3}")
        .parse::<i64>()
        .ok()
        .map(|it| sign * it)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_read_in_inches_and_millimetres() {
        assert_eq!(length("1.03"), Some(74_160));
        assert_eq!(length("25.4mm"), Some(72_000));
        assert_eq!(length(".5"), Some(36_000));
        for wrong in ["", ".", "1.0345", "one", "1,5", "9999999", "--1"] {
            assert_eq!(length(wrong), None, "{wrong}");
        }
        assert_eq!(thousandths("-3.5"), Some(-3_500));
    }

    #[test]
    fn a_page_remembers_the_version_of_each_stock() {
        assert_eq!(version("nec-3up=2,blank=1", "blank"), 1);
        assert_eq!(version("nec-3up=2", "misc-2up"), 0);
    }
}
