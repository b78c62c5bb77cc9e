//! `formfeed vendor b-notice`: what the IRS told a payer about a vendor's name and number, and what it comes to.

use chrono::{Datelike as _, NaiveDate};
use clap::{Args, Subcommand};
use formfeed_proto::vendor as pb;
use formfeed_runtime::service::Service;
use pb::b_notice::Kind;
use pb::b_notice_service_client::BNoticeServiceClient;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::connect::{Link, Services, client};
use crate::errors::{CliError, Exit};
use crate::output::Output;
use crate::pages;
use crate::table::Table;
use crate::words;

#[derive(Debug, Subcommand)]
pub(crate) enum VendorCommand {
    /// Enter, list and withdraw the IRS's notices that a vendor's name and number do not match
    #[command(subcommand)]
    BNotice(BNoticeCommand),
    /// Show the TIN of one vendor on this terminal, for a token that may; it stands in the audit trail with the reason
    RevealTin(super::reveal::RevealArgs),
    /// Find the vendors that have a TIN, which is read from standard input
    FindTin,
}

#[derive(Debug, Subcommand)]
pub(crate) enum BNoticeCommand {
    /// Enter a notice (CP2100, CP2100A, 972CG); tells whether it is a first or a second, and the days that follow from it
    Add(AddArgs),
    /// List the notices, and what those of each vendor come to
    List(ListArgs),
    /// Take a notice back that was entered wrongly
    Withdraw(WithdrawArgs),
}

#[derive(Debug, Args)]
pub(crate) struct AddArgs {
    /// Key of the vendor it is about
    #[arg(long, value_name = "VENDOR")]
    vendor: String,
    /// Key of the payer the IRS told
    #[arg(long, value_name = "PAYER")]
    payer: String,
    /// Date on the notice
    #[arg(long, value_name = "DATE")]
    date: NaiveDate,
    /// Day the payer received it [default: the date on it]
    #[arg(long, value_name = "DATE")]
    received: Option<NaiveDate>,
    /// Year of the return it is about
    #[arg(long, value_name = "YEAR")]
    tax_year: i32,
    /// Key of the notice within the vendor [default: PAYER-DATE-YEAR]
    #[arg(long, value_name = "ID")]
    notice: Option<String>,
    /// A remark
    #[arg(
        long,
        value_name = "TEXT",
        default_value = "",
        hide_default_value = true
    )]
    note: String,
    /// Makes a retry safe: the same id answers the first notice again
    #[arg(long, value_name = "ID")]
    request_id: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// Only those about this vendor
    #[arg(long, value_name = "VENDOR")]
    vendor: Option<String>,
    /// Day that the standing is of [default: today]
    #[arg(long, value_name = "DATE")]
    as_of: Option<NaiveDate>,
}

#[derive(Debug, Args)]
pub(crate) struct WithdrawArgs {
    /// Key of the vendor it is about
    #[arg(long, value_name = "VENDOR")]
    vendor: String,
    /// Key of the notice within the vendor
    #[arg(long, value_name = "ID")]
    notice: String,
}

/// Runs a command of the family.
pub(crate) async fn run(
    command: VendorCommand,
    services: &Services,
    output: &mut Output<'_>,
) -> Result<Exit, CliError> {
    let link = services.link(Service::Vendor)?;
    let command = match command {
        VendorCommand::BNotice(command) => command,
        VendorCommand::RevealTin(args) => return super::reveal::run(args, &link, output).await,
        VendorCommand::FindTin => return super::reveal::find(&link, output).await,
    };
    match command {
        BNoticeCommand::Add(args) => add(args, &link, output).await,
        BNoticeCommand::List(args) => list(args, &link, output).await,
        BNoticeCommand::Withdraw(args) => withdraw(args, &link, output).await,
    }
}

async fn add(args: AddArgs, link: &Link, output: &mut Output<'_>) -> Result<Exit, CliError> {
    let usual = || format!("{}-{}-{}", args.payer, args.date, args.tax_year);
    let notice = pb::BNotice {
        b_notice_id: args.notice.clone().unwrap_or_else(usual),
        vendor_id: args.vendor,
        payer_id: args.payer,
        notice_date: Some(date_to(args.date)),
        received_date: args.received.map(date_to),
        tax_year: args.tax_year,
        note: args.note,
        ..pb::BNotice::default()
    };
    let request = pb::CreateBNoticeRequest {
        b_notice: Some(notice),
        request_id: args
            .request_id
            .unwrap_or_else(|| Uuid::now_v7().to_string()),
    };
    let mut notices = client!(BNoticeServiceClient, link);
    let made = notices.create_b_notice(request).await;
    let made = made.map_err(|status| link.error(status))?.into_inner();
    let standing = standing(&made.vendor_id, None, link).await?;
    output.line(format!("{}: {}", made.name, kind_in_words(&made)))?;
    output.line(dates(&made))?;
    tell(&standing, output)?;
    output.document(&json!({ "notice": view(&made), "standing": standing_view(&standing) }))?;
    Ok(Exit::Done)
}

async fn list(args: ListArgs, link: &Link, output: &mut Output<'_>) -> Result<Exit, CliError> {
    let notices = client!(BNoticeServiceClient, link);
    let found = pages::all(|page_token| {
        let request = pb::ListBNoticesRequest {
            page_size: pages::PAGE_SIZE,
            page_token,
            vendor_id: args.vendor.clone().unwrap_or_default(),
        };
        let mut notices = notices.clone();
        async move {
            let page = notices.list_b_notices(request).await;
            let page = page.map_err(|status| link.error(status))?.into_inner();
            Ok((page.b_notices, page.next_page_token))
        }
    });
    let found = found.await?;
    let mut vendors: Vec<_> = found.iter().map(|notice| &notice.vendor_id).collect();
    vendors.dedup();
    let mut standings = Vec::new();
    for vendor in vendors {
        standings.push(standing(vendor, args.as_of, link).await?);
    }
    output.table(&table(&found))?;
    for standing in &standings {
        tell(standing, output)?;
    }
    let notices: Vec<_> = found.iter().map(view).collect();
    let standings: Vec<_> = standings.iter().map(standing_view).collect();
    output.document(&json!({ "notices": notices, "standings": standings }))?;
    Ok(Exit::Done)
}

async fn withdraw(
    args: WithdrawArgs,
    link: &Link,
    output: &mut Output<'_>,
) -> Result<Exit, CliError> {
    let mut notices = client!(BNoticeServiceClient, link);
    let name = format!("vendors/{}/bNotices/{}", args.vendor, args.notice);
    let read = notices
        .get_b_notice(pb::GetBNoticeRequest { name: name.clone() })
        .await;
    let read = read.map_err(|status| link.error(status))?.into_inner();
    let request = pb::DeleteBNoticeRequest {
        name: name.clone(),
        etag: read.etag.clone(),
    };
    let deleted = notices.delete_b_notice(request).await;
    deleted.map_err(|status| link.error(status))?;
    output.line(format!("{name} withdrawn"))?;
    output.document(&view(&read))?;
    Ok(Exit::Done)
}

async fn standing(
    vendor_id: &str,
    as_of: Option<NaiveDate>,
    link: &Link,
) -> Result<pb::BNoticeStanding, CliError> {
    let request = pb::GetBNoticeStandingRequest {
        vendor: format!("vendors/{vendor_id}"),
        date: as_of.map(date_to),
    };
    let mut notices = client!(BNoticeServiceClient, link);
    let answered = notices.get_b_notice_standing(request).await;
    Ok(answered.map_err(|status| link.error(status))?.into_inner())
}

/// What the notices about a vendor come to, in sentences.
fn tell(standing: &pb::BNoticeStanding, output: &mut Output<'_>) -> Result<(), CliError> {
    let vendor = words::id(&standing.vendor);
    for payer in &standing.payers {
        let told = match (payer.kind(), payer.cured) {
            (Kind::First, true) => "told once within three calendar years, answered by a W-9",
            (Kind::First, false) => "told once within three calendar years, not answered",
            (_, true) => "told in two of three calendar years, the number confirmed since",
            (_, false) => "told in two of three calendar years, the number not confirmed",
        };
        let withheld = match payer.withholding {
            true => "; its payments are withheld from",
            false => "",
        };
        output.line(format!(
            "{vendor}, payer {}: {told}{withheld}",
            payer.payer_id
        ))?;
    }
    match (
        standing.suggested_second_tin_notice,
        standing.second_tin_notice,
    ) {
        (true, false) => output.line(format!(
            "{vendor}: the mark \"2nd TIN not.\" should stand, and does not"
        ))?,
        (false, true) => output.line(format!(
            "{vendor}: the mark \"2nd TIN not.\" stands, and no notices ask for it"
        ))?,
        _ => {}
    }
    Ok(())
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Unspecified => "",
        Kind::First => "first",
        Kind::Second => "second",
        Kind::Further => "further",
        Kind::Repeated => "repeated",
    }
}

fn kind_in_words(notice: &pb::BNotice) -> &'static str {
    match notice.kind() {
        Kind::Unspecified => "entered",
        Kind::First => "the first within three calendar years",
        Kind::Second => "the second within three calendar years",
        Kind::Further => "one more after a second; nothing goes to the vendor",
        Kind::Repeated => "counts together with an earlier one",
    }
}

fn dates(notice: &pb::BNotice) -> String {
    let (send_by, withhold_from) = (day(notice.send_by), day(notice.withhold_from));
    match (send_by.is_empty(), withhold_from.is_empty()) {
        (true, _) => "nothing goes to the vendor".to_owned(),
        (false, true) => format!("send the B notice by {send_by}"),
        (false, false) => {
            format!("send the B notice by {send_by}; withhold from {withhold_from}")
        }
    }
}

fn table(notices: &[pb::BNotice]) -> Table {
    let mut table = Table::new(&[
        "vendor",
        "notice",
        "payer",
        "date",
        "tax year",
        "kind",
        "send by",
        "withhold from",
    ]);
    for notice in notices {
        table.row([
            &notice.vendor_id,
            &notice.b_notice_id,
            &notice.payer_id,
            &day(notice.notice_date),
            &notice.tax_year.to_string(),
            kind(notice.kind()),
            &day(notice.send_by),
            &day(notice.withhold_from),
        ]);
    }
    table
}

fn view(notice: &pb::BNotice) -> Value {
    json!({
        "name": notice.name,
        "vendor": notice.vendor_id,
        "notice": notice.b_notice_id,
        "payer": notice.payer_id,
        "date": day(notice.notice_date),
        "received": day(notice.received_date),
        "tax_year": notice.tax_year,
        "note": notice.note,
        "kind": kind(notice.kind()),
        "send_by": day(notice.send_by),
        "withhold_from": day(notice.withhold_from),
    })
}

fn standing_view(standing: &pb::BNoticeStanding) -> Value {
    let payer = |payer: &pb::PayerBNoticeStanding| {
        json!({
            "payer": payer.payer_id,
            "latest_notice": payer.latest_notice,
            "kind": kind(payer.kind()),
            "is_second_in_three_years": matches!(payer.kind(), Kind::Second | Kind::Further),
            "answered": payer.cured,
            "withholding": payer.withholding,
        })
    };
    json!({
        "vendor": words::id(&standing.vendor),
        "date": day(standing.date),
        "payers": standing.payers.iter().map(payer).collect::<Vec<_>>(),
        "suggested_second_tin_notice": standing.suggested_second_tin_notice,
        "second_tin_notice": standing.second_tin_notice,
    })
}

fn date_to(date: NaiveDate) -> formfeed_proto::Date {
    let small = |number: u32| i32::try_from(number).unwrap_or_default();
    formfeed_proto::Date {
        year: date.year(),
        month: small(date.month()),
        day: small(date.day()),
    }
}

/// ISO 8601; blank where there is none.
fn day(date: Option<formfeed_proto::Date>) -> String {
    date.map_or_else(String::new, |date| {
        format!("{:04}-{:02}-{:02}", date.year, date.month, date.day)
    })
}
