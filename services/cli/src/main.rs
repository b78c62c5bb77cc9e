//! `formfeed`: reads the command line, runs it, tells the shell how it ended.

use std::io;
use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    formfeed_runtime::discretion::begin();
    let (mut out, mut err) = (io::stdout().lock(), io::stderr());
    formfeed::run(std::env::args_os(), &mut out, &mut err)
        .await
        .into()
}
