//! What waits for a second person: decisions that one proposed, and printers that one set up.

use formfeed_proto::spooler as pb;

use super::action::Action;
use super::draw::lists::short;
use super::form::{Field, Form};
use super::question::Answer;
use crate::shown::shown;
use crate::words::id;

/// `ada proposes lost for 20 sheets from 1 to 20`.
pub(super) fn headline(proposal: &pb::Proposal) -> String {
    let by = shown(&proposal.proposed_by);
    let sheets = match proposal.sheets {
        1 => format!("sheet {}", proposal.first_sheet),
        many => format!(
            "{many} sheets from {} to {}",
            proposal.first_sheet, proposal.last_sheet
        ),
    };
    format!("{by} proposes {} for {sheets}", proposal.verb)
}

/// What is asked, in lines.
pub(super) fn told(proposal: &pb::Proposal) -> Vec<String> {
    vec![
        format!("{}.", headline(proposal)),
        format!(
            "job {}, sheets {}",
            short(&proposal.job),
            proposal.sheet_ranges
        ),
        format!("Why: {}", shown(&proposal.reason)),
        "One person may not decide that alone. Look at the paper.".to_owned(),
    ]
}

/// What a second person may say of a decision.
pub(super) fn of_proposal(proposal: &pb::Proposal) -> Vec<Answer> {
    let (agrees, withdraws) = (proposal.name.clone(), proposal.name.clone());
    let title = headline(proposal);
    let done = "it is carried out, in both names".to_owned();
    let nothing = "nothing comes of it".to_owned();
    vec![
        Answer {
            word: "agree",
            leads_to: done.clone(),
            form: Form::new(
                format!("{title}: agree"),
                vec![done],
                vec![Field::word("agree")],
                move |_| {
                    Action::Agree(pb::AgreeToProposalRequest {
                        name: agrees.clone(),
                        reason: String::new(),
                    })
                },
            ),
        },
        Answer {
            word: "withdraw",
            leads_to: nothing.clone(),
            form: Form::new(
                format!("{title}: withdraw"),
                vec![nothing],
                vec![Field::reason()],
                move |texts| {
                    Action::Withdraw(pb::WithdrawProposalRequest {
                        name: withdraws.clone(),
                        reason: texts.last().cloned().unwrap_or_default(),
                    })
                },
            ),
        },
    ]
}

/// A second person stands for how a printer is set up.
pub(super) fn approve(printer: &pb::Printer) -> Answer {
    let (name, change) = (printer.name.clone(), printer.set_up_change);
    let shows = shown(id(&printer.name)).into_owned();
    let leads_to = "what waits in its line is sent to it".to_owned();
    let mut about = vec![format!(
        "{} set it up: {}",
        shown(&printer.set_up_by),
        shown(&printer.uri)
    )];
    if let Some(access) = &printer.access {
        if let Some(user) = &access.user {
            let clear = match access.password_in_clear {
                true => ", its password in clear where the printer wants it so",
                false => "",
            };
            about.push(format!("logs in as {}{clear}", shown(user)));
        }
        if let Some(print) = &access.certificate_sha256 {
            about.push(format!("shows the certificate {}", shown(print)));
        }
        if !access.address.is_empty() {
            about.push(format!("is at {}", shown(&access.address)));
        }
    }
    about.push(leads_to.clone());
    Answer {
        word: "approve",
        leads_to,
        form: Form::new(
            format!("Approve {shows}"),
            about,
            vec![Field::word("approve")],
            move |_| {
                Action::Approve(pb::ApprovePrinterRequest {
                    name: name.clone(),
                    change,
                    reason: String::new(),
                })
            },
        ),
    }
}
