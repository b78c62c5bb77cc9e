//! `formfeed printer align`: test sheets, and how a printer's ink is put right on its stock.

use clap::{ArgGroup, Args};
use formfeed_proto::spooler as pb;
use pb::alignment_service_client::AlignmentServiceClient;
use pb::print_test_sheet_request::Content;
use pb::set_alignment_request::To;
use serde::Serialize;
use uuid::Uuid;

use crate::connect::{Link, client};
use crate::errors::{CliError, Exit};
use crate::output::Output;
use crate::words;

/// What is done without any of the others: a test sheet is printed.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("what").args(["marks", "right", "columns", "readings", "reset", "show", "repeat"])))]
pub(crate) struct AlignArgs {
    /// Name of the printer
    pub(super) name: String,
    /// Form stock [default: the one in the printer; a file: printer has none]
    #[arg(
        long,
        value_name = "STOCK",
        default_value = "",
        hide_default_value = true
    )]
    stock: String,
    /// Print three marks to measure, instead of an X in every place of the form
    #[arg(long)]
    marks: bool,
    /// Move everything to the right, in points of 1/72 inch, negative to the left; with --down, in place of what was set
    #[arg(long, value_name = "POINTS", allow_hyphen_values = true, requires = "down", value_parser = thousandths)]
    right: Option<i32>,
    /// Move everything down, in points, negative up
    #[arg(long, value_name = "POINTS", allow_hyphen_values = true, requires = "right", value_parser = thousandths)]
    down: Option<i32>,
    /// Impact printers: columns to the right, negative to the left; with --lines
    #[arg(
        long,
        value_name = "NUMBER",
        allow_hyphen_values = true,
        requires = "lines"
    )]
    columns: Option<i32>,
    /// Impact printers: lines down, negative up
    #[arg(
        long,
        value_name = "NUMBER",
        allow_hyphen_values = true,
        requires = "columns"
    )]
    lines: Option<i32>,
    /// Impact printers: steps of 1/216 inch further down, 0 to 35
    #[arg(long, value_name = "NUMBER", requires = "lines", default_value_t = 0)]
    steps: i32,
    /// Impact printers: dots of 1/120 inch further to the right, 0 to 11
    #[arg(long, value_name = "NUMBER", requires = "lines", default_value_t = 0)]
    dots: i32,
    /// Print a test sheet, read from the input how far to move what is printed, and again, until it is accepted
    #[arg(long)]
    pub(super) repeat: bool,
    /// Where the marks of the last test sheet are: left,top of each, from the edges of the paper: top left, top right,
    /// bottom left; in inches, or with mm behind each number
    #[arg(long, value_names = ["LEFT,TOP", "LEFT,TOP", "LEFT,TOP"], num_args = 3, value_parser = reading)]
    readings: Option<Vec<Reading>>,
    /// Put nothing right any more
    #[arg(long)]
    reset: bool,
    /// Show what is set, and what was
    #[arg(long)]
    show: bool,
    /// Why; kept
    #[arg(long, value_name = "TEXT", default_value = "aligned")]
    reason: String,
}

/// A place on paper, in thousandths of a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reading {
    left: i32,
    top: i32,
}

#[derive(Serialize)]
struct AlignmentView {
    printer: String,
    stock: String,
    words: String,
    version: i32,
    in_force: bool,
    set_by: String,
    reason: String,
    set_time: String,
}

/// Does one of these on a printer, whose resource name is given.
pub(super) async fn align(
    args: AlignArgs,
    printer: String,
    link: &Link,
    output: &mut Output<'_>,
) -> Result<Exit, CliError> {
    if args.show {
        return show(printer, link, output).await;
    }
    if args.repeat {
        return repeat(&args, &printer, link, output).await;
    }
    match to(&args) {
        Some(to) => set(&args, printer, to, link, output).await,
        None => print(&args, printer, link, output).await,
    }
}

/// Test sheet after test sheet, until nothing is to be moved any more.
async fn repeat(
    args: &AlignArgs,
    printer: &str,
    link: &Link,
    output: &mut Output<'_>,
) -> Result<Exit, CliError> {
    loop {
        print(args, printer.to_owned(), link, output).await?;
        output.line(
            "Does every X lie in its field? An empty line accepts it. Else how far to move what is printed, in place of \
             what is set: COLUMNS LINES [STEPS [DOTS]] on an impact printer, RIGHT,DOWN in points on a page printer",
        )?;
        let mut line = String::new();
        let read = std::io::stdin().read_line(&mut line)?;
        let line = line.trim();
        match (read, line.is_empty()) {
            (0, _) => {
                output.line("not accepted; what is set stays")?;
                return Ok(Exit::Failed);
            }
            (_, true) => {
                output.line(format!("{printer}: accepted"))?;
                return Ok(Exit::Done);
            }
            (_, false) => match moved(line) {
                Some(to) => {
                    set(args, printer.to_owned(), to, link, output).await?;
                }
                None => output.line(format!("{line:?} is not understood"))?,
            },
        }
    }
}

/// `1 -1 18 6`, or `3,-1.5`.
fn moved(line: &str) -> Option<To> {
    if let Some((right, down)) = line.split_once(',') {
        return Some(To::Offset(pb::Offset {
            right_thousandths: thousandths(right).ok()?,
            down_thousandths: thousandths(down).ok()?,
        }));
    }
    let numbers: Result<Vec<i32>, _> = line.split_whitespace().map(str::parse).collect();
    let mut numbers = numbers.ok()?.into_iter();
    let (columns, lines) = (numbers.next()?, numbers.next()?);
    let (steps, dots) = (numbers.next(), numbers.next());
    numbers.next().is_none().then(|| {
        To::Shift(pb::GridShift {
            columns,
            lines,
            steps: steps.unwrap_or_default(),
            dots: dots.unwrap_or_default(),
        })
    })
}

fn to(args: &AlignArgs) -> Option<To> {
    if args.reset {
        return Some(To::Nothing(true));
    }
    if let Some((right_thousandths, down_thousandths)) = args.right.zip(args.down) {
        return Some(To::Offset(pb::Offset {
            right_thousandths,
            down_thousandths,
        }));
    }
    if let Some((columns, lines)) = args.columns.zip(args.lines) {
        return Some(To::Shift(pb::GridShift {
            columns,
            lines,
            steps: args.steps,
            dots: args.dots,
        }));
    }
    let readings = args.readings.as_ref()?;
    let marks = readings.iter().map(|reading| pb::Reading {
        left_thousandths: reading.left,
        top_thousandths: reading.top,
    });
    Some(To::Readings(pb::Readings {
        marks: marks.collect(),
    }))
}

async fn print(
    args: &AlignArgs,
    printer: String,
    link: &Link,
    output: &mut Output<'_>,
) -> Result<Exit, CliError> {
    let mut alignments = client!(AlignmentServiceClient, link);
    let content = match args.marks {
        true => Content::Marks,
        false => Content::Crosses,
    };
    let request = pb::PrintTestSheetRequest {
        request_id: Uuid::now_v7().to_string(),
        printer,
        content: content.into(),
        stock: args.stock.clone(),
    };
    let job = alignments.print_test_sheet(request).await;
    let job = job.map_err(|status| link.error(status))?.into_inner();
    output.line(format!(
        "queued a test sheet on {} as {}",
        job.stock, job.name
    ))?;
    output.document(&serde_json::json!({"job": job.name, "stock": job.stock}))?;
    Ok(Exit::Done)
}

async fn set(
    args: &AlignArgs,
    printer: String,
    to: To,
    link: &Link,
    output: &mut Output<'_>,
) -> Result<Exit, CliError> {
    let mut alignments = client!(AlignmentServiceClient, link);
    let request = pb::SetAlignmentRequest {
        printer,
        stock: args.stock.clone(),
        reason: args.reason.clone(),
        version: None,
        to: Some(to),
    };
    let set = alignments.set_alignment(request).await;
    let set = set.map_err(|status| link.error(status))?.into_inner();
    let view = AlignmentView::new(set, true);
    view.tell(output)?;
    output.document(&view)?;
    Ok(Exit::Done)
}

async fn show(printer: String, link: &Link, output: &mut Output<'_>) -> Result<Exit, CliError> {
    let mut alignments = client!(AlignmentServiceClient, link);
    let request = pb::ListAlignmentsRequest {
        printer: printer.clone(),
    };
    let found = alignments.list_alignments(request).await;
    let found = found.map_err(|status| link.error(status))?.into_inner();
    let mut views: Vec<AlignmentView> = Vec::new();
    for alignment in found.alignments {
        let is_first = views
            .last()
            .is_none_or(|last| last.stock != alignment.stock);
        views.push(AlignmentView::new(alignment, is_first));
    }
    if views.is_empty() {
        output.line(format!("{printer}: nothing is put right"))?;
    }
    for view in &views {
        view.tell(output)?;
    }
    output.document(&views)?;
    Ok(Exit::Done)
}

impl AlignmentView {
    fn new(alignment: pb::Alignment, in_force: bool) -> Self {
        Self {
            printer: alignment.printer,
            stock: alignment.stock,
            words: alignment.words,
            version: alignment.version,
            in_force,
            set_by: alignment.set_by,
            reason: alignment.reason,
            set_time: words::time(alignment.set_time.as_ref()),
        }
    }

    fn tell(&self, output: &mut Output<'_>) -> Result<(), CliError> {
        let Self {
            printer,
            stock,
            words,
            version,
            set_by,
            reason,
            set_time,
            ..
        } = self;
        let place = match self.in_force {
            true => format!("{printer} on {stock}"),
            false => "  before".to_owned(),
        };
        Ok(output.line(format!(
            "{place}: {words} (version {version}, {set_by}, {set_time}: {reason})"
        ))?)
    }
}

/// Points with up to three decimals, as thousandths.
fn thousandths(text: &str) -> Result<i32, String> {
    decimal(text, 1_000).ok_or_else(|| "use points such as 3.5 or -2".to_owned())
}

fn reading(text: &str) -> Result<Reading, String> {
    let wrong = || "use left,top in inches such as 1.03,0.98, or 26.2mm,24.9mm".to_owned();
    let (left, top) = text.split_once(',').ok_or_else(wrong)?;
    Ok(Reading {
        left: length(left).ok_or_else(wrong)?,
        top: length(top).ok_or_else(wrong)?,
    })
}

/// A length on paper in thousandths of a point: an inch has 72 points and 25.4 mm.
fn length(text: &str) -> Option<i32> {
    match text.strip_suffix("mm") {
        Some(millimetres) => {
            let micrometres = i64::from(decimal(millimetres, 1_000)?);
            i32::try_from((micrometres * 72_000 + 12_700) / 25_400).ok()
        }
        None => {
            let thousandths = i64::from(decimal(text, 1_000)?);
            i32::try_from(thousandths * 72).ok()
        }
    }
}

/// A decimal number as so many parts of one; parts of a part are refused.
fn decimal(text: &str, parts: i64) -> Option<i32> {
    let number: rust_decimal::Decimal = text.trim().parse().ok()?;
    let number = number.checked_mul(parts.into())?.normalize();
    (number.scale() == 0).then(|| i32::try_from(number.mantissa()).ok())?
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn an_answer_to_a_test_sheet_is_a_shift_or_an_offset() {
        let shift = |columns, lines, steps, dots| {
            Some(To::Shift(pb::GridShift {
                columns,
                lines,
                steps,
                dots,
            }))
        };
        assert_eq!(moved("1 -1"), shift(1, -1, 0, 0));
        assert_eq!(moved("0  0 18 6"), shift(0, 0, 18, 6));
        let offset = pb::Offset {
            right_thousandths: 3_000,
            down_thousandths: -1_500,
        };
        assert_eq!(moved("3,-1.5"), Some(To::Offset(offset)));
        for wrong in ["1", "a b", "1 2 3 4 5", "1,", "yes"] {
            assert_eq!(moved(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn lengths_are_read_in_inches_points_and_millimetres() {
        assert_eq!(thousandths("-3.5"), Ok(-3_500));
        assert!(thousandths("1.23456").is_err());
        let read = |left, top| Ok(Reading { left, top });
        assert_eq!(reading("1,0.5"), read(72_000, 36_000));
        assert_eq!(reading("25.4mm,1"), read(72_000, 72_000));
        for wrong in ["1", "1,", "one,two", "1;2"] {
            assert!(reading(wrong).is_err(), "{wrong}");
        }
    }
}
