//! Fault 121: what no program of ours ever wrote makes none panic, hang or grow. A few seconds each; `FORMFEED_FUZZ_SECONDS` says
//! how many, `FORMFEED_FUZZ_SEED` from where. The encoder of escape codes has tests of its own: `impact::fuzz`.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use formfeed::errors::Exit;
use formfeed_domain::form::FormType;
use formfeed_proto::spooler as pb;
use formfeed_runtime::status::reason_of;
use formfeed_runtime::{methods, reason};
use formfeed_tests::lying_printer::{Lie, LyingPrinter};
use formfeed_tests::noise::Noise;
use formfeed_tests::spool::{Spool, forms, header};
use formfeed_tests::tools::workspace;
use formfeed_tests::world::World;
use pb::job::State;
use pb::resolve_sheet_request::Outcome;

use super::{decide, with_laser};
use crate::message_limits::{answered, channel_for};

/// Within which each is answered.
const ANSWERED_WITHIN: Duration = Duration::from_secs(30);
/// The most by which the process of the tests may grow, bytes.
const GROWTH: u64 = 512 * 1024 * 1024;

fn of_environment(name: &str, default: u64) -> u64 {
    let text = std::env::var(name).ok();
    text.map_or(default, |text| text.parse().expect("a number"))
}

fn seed() -> u64 {
    of_environment("FORMFEED_FUZZ_SEED", 121)
}

fn end() -> Instant {
    Instant::now() + Duration::from_secs(of_environment("FORMFEED_FUZZ_SECONDS", 8))
}

/// What this process has in memory, bytes: proc(5), VmRSS. Other tests beside it count.
fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let kilobytes = line.unwrap().split_whitespace().nth(1).unwrap();
    kilobytes.parse::<u64>().unwrap() * 1024
}

const TEXTS: [&str; 18] = [
    "",
    "TE1",
    "2025",
    "V000004",
    "printers/laser",
    "jobs/019a0000-ffff-7000-8000-00000000000a",
    "proposals/019a0000-ffff-7000-8000-00000000000a",
    "payers/TE1",
    "../../etc/passwd",
    "\u{0}\u{1b}@",
    "\u{202e}\u{301}\u{1f4a9}",
    "99999999999999999999999999",
    "-0.005",
    "2025-02-30",
    "file:/",
    "nonemployee_compensation",
    "income-first",
    "=cmd|' /C calc'!A0",
];

/// A message as it is on the wire, whose fields and types are anybody's guess (protobuf, "Message Structure").
fn message(noise: &mut Noise, deep: usize) -> Vec<u8> {
    if noise.below(8) == 0 {
        return noise.bytes(200);
    }
    let mut message = Vec::new();
    for _ in 0..noise.below(8) {
        let field = u64::try_from(1 + noise.below(16)).unwrap();
        match noise.below(6) {
            0 | 1 => {
                varint(&mut message, field << 3);
                let random = noise.number();
                let numbers = [0, 1, 2, 3, 2025, u64::MAX, i64::MAX.cast_unsigned(), random];
                varint(&mut message, *noise.one_of(&numbers));
            }
            2 => {
                varint(&mut message, (field << 3) | 1);
                message.extend(noise.number().to_le_bytes());
            }
            kind => {
                let inner = match kind {
                    3 if deep < 4 => self::message(noise, deep + 1),
                    4 => noise.bytes(40),
                    _ => noise.one_of(&TEXTS).as_bytes().to_vec(),
                };
                varint(&mut message, (field << 3) | 2);
                varint(&mut message, u64::try_from(inner.len()).unwrap());
                message.extend(inner);
            }
        }
    }
    message
}

fn varint(to: &mut Vec<u8>, mut number: u64) {
    while number > 0x7f {
        to.push(number.to_le_bytes()[0] | 0x80);
        number >>= 7;
    }
    to.push(number.to_le_bytes()[0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_121_no_bytes_in_a_call_make_a_service_panic_hang_or_grow() {
    let world = World::start().await;
    world.import_small().await;
    world.calculate("TE1", "2025").await;
    let channels: BTreeMap<_, _> = methods::all()
        .keys()
        .map(|path| (path.clone(), channel_for(&world, path)))
        .collect();
    let (mut noise, until, before) = (Noise::seeded(seed()), end(), memory());
    let mut calls = 0_u32;
    while calls < 200 || Instant::now() < until {
        for (path, channel) in &channels {
            let message = message(&mut noise, 0);
            let told = format!("{path} with {message:02x?}");
            let answer = answered(channel.clone(), path, message.into());
            let answer = tokio::time::timeout(ANSWERED_WITHIN, answer).await;
            let answer = answer.unwrap_or_else(|_| panic!("no answer of {told}"));
            if let Err(status) = answer {
                let why = reason_of(&status);
                assert_ne!(why.as_deref(), Some(reason::INTERNAL), "{told}: {status}");
            }
            calls += 1;
        }
    }
    let grown = memory().saturating_sub(before);
    assert!(grown < GROWTH, "grown by {grown} bytes in {calls} calls");
    world.done(&["printer", "list"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_121_no_file_of_an_extract_makes_an_import_panic_or_fail_without_a_word() {
    let world = World::start().await;
    let good = workspace().join("tests/fixtures/small/extract");
    let folder = tempfile::tempdir().unwrap();
    let mut files = Vec::new();
    for entry in std::fs::read_dir(good).unwrap() {
        let entry = entry.unwrap();
        let bytes = std::fs::read(entry.path()).unwrap();
        let path = folder.path().join(entry.file_name());
        std::fs::write(&path, &bytes).unwrap();
        files.push((path, bytes));
    }
    files.sort();
    let import = ["import", folder.path().to_str().unwrap()];
    let (mut noise, until) = (Noise::seeded(seed()), end());
    let mut done = [0_u32; 2];
    while done.iter().sum::<u32>() < 20 || Instant::now() < until {
        let (path, bytes) = &files[noise.below(files.len())];
        std::fs::write(path, noise.damaged(bytes)).unwrap();
        let ended = tokio::time::timeout(ANSWERED_WITHIN, world.cli(&import)).await;
        let (exit, _, err) = ended.expect("an end");
        match exit {
            Exit::Done => done[0] += 1,
            Exit::Refused => done[1] += 1,
            _ => panic!("{exit:?} of {}: {err}", path.display()),
        }
        assert!(!err.contains("incident"), "{err}");
        assert!(exit == Exit::Done || !err.trim().is_empty());
        std::fs::write(path, bytes).unwrap();
    }
    assert!(done[1] > 0, "{done:?}");
    world.done(&import).await; // as it was at first
}

/// Ends a job whose printer says nothing that can be read: what is in doubt is spoiled, and given up.
async fn give_up(spool: &Spool, job: &pb::Job) -> bool {
    let now = spool.job(&job.name).await;
    if now.state() == State::NeedsDecision {
        decide(spool, &now, Outcome::Spoiled).await.ok();
    }
    let give_up = pb::AbandonSheetsRequest {
        request_id: uuid::Uuid::new_v4().to_string(),
        job: job.name.clone(),
        sheet: 1,
        reason: "no word of it can be read".to_owned(),
        ..pb::AbandonSheetsRequest::default()
    };
    spool.jobs().abandon_sheets(give_up).await.ok();
    let ended = [State::Completed, State::Canceled, State::Aborted];
    ended.contains(&spool.job(&job.name).await.state())
}

#[tokio::test(flavor = "multi_thread")]
async fn fault_121_no_answer_of_a_printer_makes_a_spooler_panic_or_stop() {
    let printer = LyingPrinter::start(Lie::None).await;
    let spool = with_laser(printer.uri()).await;
    printer.now(Lie::Noise(seed()));
    let (until, before) = (end(), memory());
    let (mut rounds, mut at_work) = (0_u32, None);
    while rounds < 20 || Instant::now() < until {
        rounds += 1;
        // Whoever adds a printer asks it what it can.
        let other = pb::Printer {
            printer_id: format!("p{rounds}"),
            uri: printer.uri(),
            stock: "nec-3up".to_owned(),
            ..pb::Printer::default()
        };
        let added = tokio::time::timeout(ANSWERED_WITHIN, spool.add_printer(other)).await;
        match added.expect("an answer") {
            Ok(added) => {
                let name = added.name;
                let request = pb::DeletePrinterRequest { name };
                spool.printers().delete_printer(request).await.unwrap();
            }
            Err(status) => {
                let why = reason_of(&status);
                assert_ne!(why.as_deref(), Some(reason::INTERNAL), "{status}");
            }
        }
        let job = match at_work.take() {
            Some(job) => job,
            None => {
                let one = forms(FormType::Nec, 3);
                let header = header(&format!("r{rounds}"), "laser", &one);
                spool.submit(header, &one).await.unwrap()
            }
        };
        if !give_up(&spool, &job).await {
            at_work = Some(job);
        }
    }
    printer.now(Lie::None);
    let open = at_work.take();
    let ends = async {
        while let Some(job) = &open {
            if give_up(&spool, job).await {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    let ends = tokio::time::timeout(Duration::from_secs(60), ends).await;
    ends.expect("the last job ends");
    // One that went off and came back too often waits for a person.
    let name = "printers/laser".to_owned();
    let request = pb::ResumePrinterRequest { name };
    spool.printers().resume_printer(request).await.unwrap();
    // The worker lives: it prints, once the printer can be understood again.
    let one = forms(FormType::Nec, 3);
    let last = spool.submit(header("last", "laser", &one), &one).await;
    let last = spool.until(&last.unwrap().name, State::Completed).await;
    assert_eq!(last.report.unwrap().sheets_printed, 1);
    let grown = memory().saturating_sub(before);
    assert!(grown < GROWTH, "grown by {grown} bytes in {rounds} rounds");
    spool.stop().await;
}
