//! `formfeed job show --history`: what people decided about a job, and every try to print its sheets with its evidence.

use formfeed_proto::spooler as pb;
use pb::job_service_client::JobServiceClient;
use serde::Serialize;
use serde_json::Value;

use crate::connect::{Link, client};
use crate::errors::CliError;
use crate::output::Output;
use crate::pages;
use crate::table::Table;
use crate::words::{id, kebab, time};

/// What happened to a job by people's hands and on paper, as `--json` prints it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct History {
    decisions: Vec<DecisionView>,
    attempts: Vec<AttemptView>,
}

#[derive(Debug, Clone, Serialize)]
struct DecisionView {
    time: String,
    decision: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    sheet: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attempt: Option<i32>,
    printer: String,
    by: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    proposed_by: String,
    reason: String,
}

#[derive(Debug, Clone, Serialize)]
struct AttemptView {
    sheet: i32,
    attempt: i32,
    state: String,
    printer: String,
    /// In words.
    evidence: String,
    by: String,
    reason: String,
    /// A person let the sheet be printed again after it.
    reprinted: bool,
    time: String,
}

impl History {
    /// Both lists, for people.
    pub(crate) fn tell(&self, output: &mut Output<'_>) -> Result<(), CliError> {
        let number = |number: Option<i32>| number.map(|it| it.to_string()).unwrap_or_default();
        let mut table = Table::new(&["decided", "what", ">sheet", ">try", "by", "why"]);
        for it in &self.decisions {
            let what = match it.decision.as_str() {
                "move" => format!("move to {}", it.printer),
                word => word.to_owned(),
            };
            let by = match it.proposed_by.as_str() {
                "" => it.by.clone(),
                first => format!("{}, proposed by {first}", it.by),
            };
            table.row([
                &it.time,
                &what,
                &number(it.sheet),
                &number(it.attempt),
                &by,
                &it.reason,
            ]);
        }
        output.table(&table)?;
        let heading = [
            ">sheet", ">try", "state", "printer", "last", "evidence", "by", "why",
        ];
        let mut table = Table::new(&heading);
        for it in &self.attempts {
            let state = match it.reprinted {
                true => format!("{}, printed again", it.state),
                false => it.state.clone(),
            };
            table.row([
                &it.sheet.to_string(),
                &it.attempt.to_string(),
                &state,
                &it.printer,
                &it.time,
                &it.evidence,
                &it.by,
                &it.reason,
            ]);
        }
        output.table(&table)?;
        Ok(())
    }
}

/// The history of a job.
pub(crate) async fn of(link: &Link, job: &str) -> Result<History, CliError> {
    let jobs = client!(JobServiceClient, link);
    let decisions = pages::all(|page_token| {
        let request = pb::ListDecisionsRequest {
            job: job.to_owned(),
            page_size: pages::PAGE_SIZE,
            page_token,
        };
        let mut jobs = jobs.clone();
        async move {
            let page = jobs.list_decisions(request).await;
            let page = page.map_err(|status| link.error(status))?.into_inner();
            Ok((page.decisions, page.next_page_token))
        }
    });
    let decisions = decisions.await?.into_iter().map(decision).collect();
    let sheets = pages::all(|page_token| {
        let request = pb::ListSheetsRequest {
            job: job.to_owned(),
            page_size: pages::PAGE_SIZE,
            page_token,
            ..pb::ListSheetsRequest::default()
        };
        let mut jobs = jobs.clone();
        async move {
            let page = jobs.list_sheets(request).await;
            let page = page.map_err(|status| link.error(status))?.into_inner();
            Ok((page.sheets, page.next_page_token))
        }
    });
    let sheets = sheets.await?;
    let attempts = sheets.iter().flat_map(|sheet| {
        let attempts = sheet.attempts.iter();
        attempts.map(|it| attempt(sheet.number, it))
    });
    Ok(History {
        decisions,
        attempts: attempts.collect(),
    })
}

fn decision(decision: pb::Decision) -> DecisionView {
    let some = |number: i32| Some(number).filter(|number| *number > 0);
    DecisionView {
        time: time(decision.time.as_ref()),
        decision: decision.verb,
        sheet: some(decision.sheet),
        attempt: some(decision.attempt),
        printer: id(&decision.printer).to_owned(),
        by: decision.decided_by,
        proposed_by: decision.proposed_by,
        reason: decision.reason,
    }
}

fn attempt(sheet: i32, attempt: &pb::Attempt) -> AttemptView {
    AttemptView {
        sheet,
        attempt: attempt.number,
        state: kebab(attempt.state().as_str_name()),
        printer: id(&attempt.printer).to_owned(),
        evidence: in_words(&attempt.evidence_json),
        by: attempt.decided_by.clone(),
        reason: attempt.decision_reason.clone(),
        reprinted: attempt.reprinted,
        time: time(attempt.update_time.as_ref()),
    }
}

/// The evidence document of an attempt as a sentence; blank where nothing is known.
pub(crate) fn in_words(document: &str) -> String {
    let Ok(evidence) = serde_json::from_str::<Value>(document) else {
        return String::new();
    };
    let number = |key: &str| evidence[key].as_i64();
    let mut words = Vec::new();
    if let Some((taken, all)) = number("bytes_accepted").zip(number("bytes_total")) {
        words.push(match taken >= all {
            true => format!("all {all} bytes taken"),
            false => format!("{taken} of {all} bytes taken"),
        });
    }
    let job = number("device_job_id").map(|job| format!("device job {job}"));
    let end = evidence["terminal"].as_str();
    match (job, end) {
        (Some(job), Some(end)) => words.push(format!("{job} {end}")),
        (Some(job), None) => words.push(format!("{job}, end unknown")),
        (None, Some(end)) => words.push(format!("device says {end}")),
        (None, None) => {}
    }
    if let Some(sides) = number("impressions_completed") {
        words.push(format!("{sides} sides counted"));
    }
    if let Some(sheets) = number("media_sheets_completed") {
        words.push(format!("{sheets} sheets counted"));
    }
    let messages = evidence["messages"].as_array().into_iter().flatten();
    words.extend(messages.filter_map(Value::as_str).map(str::to_owned));
    words.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn evidence_is_told_in_words() {
        for (document, words) in [
            ("", ""),
            (
                r#"{"bytes_total": 900, "bytes_accepted": 900, "device_job_id": 12, "terminal": "completed", "impressions_completed": 1, "messages": []}"#,
                "all 900 bytes taken; device job 12 completed; 1 sides counted",
            ),
            (
                r#"{"bytes_total": 900, "bytes_accepted": 512, "messages": ["line cut"]}"#,
                "512 of 900 bytes taken; line cut",
            ),
        ] {
            assert_eq!(in_words(document), words);
        }
    }
}
