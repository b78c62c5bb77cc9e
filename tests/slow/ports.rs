//! `slow-ports URI…`: prints three sheets on each printer, as the spooler does, and tells what came of it; without a URI it
//! writes the bytes of the sheets to standard output. Runs in the guest of `qemu.sh`.

use std::io::Write;
use std::process::ExitCode;

use formfeed_domain::placement::{Pitch, PlacedText};
use formfeed_domain::points::Points;
use formfeed_spooler::device::{self, Context, DeviceConfig, DeviceJob, DeviceUri, JobKey};
use formfeed_spooler::render::{DialectName, impact};

type Failed = Box<dyn std::error::Error>;

/// Sheets of one document.
const SHEETS: u32 = 3;

#[tokio::main]
async fn main() -> ExitCode {
    let uris: Vec<_> = std::env::args().skip(1).collect();
    let done = match uris.is_empty() {
        true => stream().and_then(|stream| Ok(std::io::stdout().write_all(&stream)?)),
        false => print_all(&uris).await,
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("FAILED: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn print_all(uris: &[String]) -> Result<(), Failed> {
    for uri in uris {
        let device = device::open(&DeviceUri::parse(uri)?, &DeviceConfig::default())?;
        let ready = device.preflight().await?;
        let job = DeviceJob {
            key: JobKey {
                job: "slow".parse()?,
                token: "slow-1-1".parse()?,
                sheets: SHEETS,
            },
            document: stream()?.into(),
        };
        let sent = device.send(&job, &Context::unwatched()).await?;
        let settled = device.settle(sent, &Context::unwatched()).await?;
        println!(
            "PRINTED {uri}: {} of {} bytes, {:?}, {:?}",
            settled.bytes_accepted, settled.bytes_total, settled.strength, ready.attention
        );
    }
    Ok(())
}

fn stream() -> Result<Vec<u8>, Failed> {
    let sheet: Vec<_> = (1..=40)
        .map(|line| PlacedText {
            field: format!("line {line}"),
            text: format!("LINE {line} OF A SHEET THAT IS PRINTED ON A REAL PORT"),
            left: Pitch::Ten.advance().times(line % 9),
            baseline: Points::from_thousandths(12_000 * line - 3_000),
            line,
            pitch: Pitch::Ten,
        })
        .collect();
    let sheets = (0..SHEETS).map(|_| sheet.as_slice());
    Ok(impact::render_sheets(DialectName::Escp.dialect(), sheets)?)
}
