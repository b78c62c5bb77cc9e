//! Texts that are read above the lists: a printer, a job, the keys.

use formfeed_proto::spooler as pb;

use super::room::Above;
use crate::commands::job_view::JobView;
use crate::commands::printer;
use crate::errors::CliError;
use crate::output::Output;
use crate::shown::shown;
use crate::words::id;

/// All that `printer show` tells.
pub(super) fn printer(printer: &pb::Printer) -> Above {
    let lines = told(|output| printer::tell(printer.clone(), output));
    text(format!("Printer {}", id(&printer.name)), lines)
}

/// All that `job show` tells.
pub(super) fn job(job: &pb::Job) -> Above {
    let view = JobView::new(job);
    let mut lines = told(|output| view.tell(output));
    lines.push(view.last_line());
    text(format!("Job {}", id(&job.name)), lines)
}

/// Every key.
pub(super) fn keys() -> Above {
    let lines = "Tab, Shift-Tab   another list
Up, Down         another line
Enter            answer a question; show a printer or a job
Esc              put away, nothing done
q, Ctrl-C        leave

On a printer, or on a question about it
  p  pause       sends nothing more to it
  r  resume
  l  load stock  says which form stock was put in, and how much

On a job, or on a question about it
  h  hold        keeps it from printing its next sheet
  r  release
  c  cancel      ends it at the next sheet border
  m  move        sends what is not sent yet to another printer
  i  priority    larger goes first
  s  start again prints a sheet and all after it again";
    let lines = lines.lines().map(str::to_owned).collect();
    text("Keys".to_owned(), lines)
}

fn text(title: String, lines: Vec<String>) -> Above {
    Above::Text {
        title: shown(&title).into_owned(),
        lines,
        from: 0,
    }
}

/// What a command tells people, line by line.
fn told(tell: impl FnOnce(&mut Output<'_>) -> Result<(), CliError>) -> Vec<String> {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    // Memory takes every line.
    tell(&mut Output::new(false, &mut out, &mut err)).ok();
    let text = String::from_utf8_lossy(&out);
    text.lines().map(|line| shown(line).into_owned()).collect()
}
