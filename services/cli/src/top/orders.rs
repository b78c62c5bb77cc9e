//! What a letter does to the printer or job that is chosen.

use formfeed_proto::spooler as pb;
use formfeed_runtime::request_id;

use super::action::Action;
use super::form::{Check, Field, Form};
use crate::shown::shown;
use crate::words::{id, resource};

/// Done at once, or once something is filled in.
#[derive(Debug)]
pub(super) enum Order {
    Do(Action),
    Ask(Form),
}

/// A letter on a printer.
pub(super) fn on_printer(letter: char, printer: &pb::Printer) -> Option<Order> {
    let (name, shows) = (printer.name.clone(), shown(id(&printer.name)).into_owned());
    Some(match letter {
        'p' => Order::Ask(Form::new(
            format!("Pause {shows}"),
            vec!["Sends nothing more to it; the sheet at work is finished.".to_owned()],
            vec![Field::reason()],
            move |texts| {
                Action::Pause(pb::PausePrinterRequest {
                    name: name.clone(),
                    reason: last(texts),
                })
            },
        )),
        'r' => Order::Do(Action::Resume(pb::ResumePrinterRequest { name })),
        'l' => Order::Ask(load(name, &shows, printer)),
        _ => return None,
    })
}

/// What was put into a printer.
pub(super) fn load(name: String, shows: &str, printer: &pb::Printer) -> Form {
    let fields = vec![
        Field::new(
            "Form stock, such as nec-3up, misc-2up, blank",
            Check::Reason,
        )
        .with(&printer.stock),
        Field::new("Sheets put in (blank: not counted)", Check::Count),
        Field::new(
            "Serial number of the first (blank: not numbered)",
            Check::Serial,
        ),
    ];
    let about = vec!["Says which stock is in it from now on, and how many sheets.".to_owned()];
    Form::new(
        format!("Load stock into {shows}"),
        about,
        fields,
        move |texts| {
            let text = |at: usize| texts.get(at).cloned().unwrap_or_default();
            Action::Load(pb::LoadStockRequest {
                name: name.clone(),
                stock: text(0),
                sheets: text(1).parse().ok(),
                first_serial: text(2).parse().ok(),
            })
        },
    )
}

/// A letter on a job.
pub(super) fn on_job(letter: char, job: &pb::Job, printers: &[pb::Printer]) -> Option<Order> {
    let name = job.name.clone();
    let title = |what: &str| format!("{what} job {}", id(&job.name));
    Some(match letter {
        'h' => Order::Do(Action::Hold(pb::HoldJobRequest { name })),
        'r' => Order::Do(Action::Release(pb::ReleaseJobRequest { name })),
        'c' => Order::Ask(Form::new(
            title("Cancel"),
            vec![
                "Ends it at the next sheet border; good sheets stay good and counted.".to_owned(),
            ],
            vec![Field::word("cancel"), Field::reason()],
            move |texts| {
                Action::Cancel(pb::CancelJobRequest {
                    name: name.clone(),
                    reason: last(texts),
                })
            },
        )),
        'm' => {
            let others = printers.iter().filter(|it| it.name != job.printer);
            let others: Vec<_> = others.map(|it| id(&it.name).to_owned()).collect();
            let label = format!("Printer: {}", others.join(", "));
            Order::Ask(Form::new(
                title("Move"),
                vec![format!(
                    "Sends what is not sent yet to a printer that has {} loaded.",
                    shown(&job.stock)
                )],
                vec![Field::new(label, Check::OneOf(others)), Field::reason()],
                move |texts| {
                    Action::Move(pb::MoveJobRequest {
                        name: name.clone(),
                        printer: resource("printers", &first(texts)),
                        reason: last(texts),
                    })
                },
            ))
        }
        'i' => Order::Ask(Form::new(
            title("Priority of"),
            vec![format!("Larger goes first. It is {} now.", job.priority)],
            vec![Field::new("Priority, 1 to 100", Check::Number(1, 100))],
            move |texts| {
                Action::Priority(pb::SetJobPriorityRequest {
                    name: name.clone(),
                    priority: first(texts).parse().unwrap_or_default(),
                    reason: String::new(),
                })
            },
        )),
        's' => Order::Ask(Form::new(
            title("Start again"),
            vec![
                "Prints a sheet and all after it again, as far as they were printed: each takes one more sheet of stock."
                    .to_owned(),
            ],
            vec![
                Field::new(
                    format!("First sheet that is printed again, 1 to {}", job.sheets),
                    Check::Number(1, job.sheets),
                ),
                Field::word("again"),
                Field::reason(),
            ],
            move |texts| {
                Action::Restart(pb::RestartJobRequest {
                    request_id: request_id::new(),
                    name: name.clone(),
                    sheet: first(texts).parse().unwrap_or_default(),
                    reason: last(texts),
                })
            },
        )),
        _ => return None,
    })
}

fn first(texts: &[String]) -> String {
    texts.first().cloned().unwrap_or_default()
}

fn last(texts: &[String]) -> String {
    texts.last().cloned().unwrap_or_default()
}
