//! Room on the disk, what kind it is, and whether it keeps what it says it has kept.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::time::{Duration, Instant};

use formfeed_store::checkup::Finding;

/// Of room left: below it nobody should be at ease, and below the second one nothing is sure to be written.
const LITTLE_MIB: u64 = 1_024;
const NO_ROOM_MIB: u64 = 64;
/// Writes that are waited for.
const WRITES: usize = 16;
/// A disk that is quicker has not written anything when it says so.
const TOO_QUICK: Duration = Duration::from_micros(10);
/// Every sheet waits for some of them.
const SLOW: Duration = Duration::from_millis(100);

/// What kind of file system, by the kernel's numbers, and what that means here.
const KINDS: [(u64, &str, &str); 8] = [
    (0x6969, "NFS", NETWORK),
    (0xff53_4d42, "CIFS", NETWORK),
    (0xfe53_4d42, "SMB", NETWORK),
    (0x0102_1997, "9P", NETWORK),
    (0x6573_5546, "FUSE", NETWORK),
    (0x0102_1994, "tmpfs", MEMORY),
    (0x8584_58f6, "ramfs", MEMORY),
    (0x794c_7630, "overlayfs", LAYER),
];
const NETWORK: &str =
    "locks and commits of SQLite are not safe there: move the data directory to a local disk";
const MEMORY: &str =
    "everything is gone with the next start of the machine: move the data directory to a disk";
const LAYER: &str =
    "a container's own layer goes with the container: put the data directory on a volume";

/// Looks at the disk under the data directory.
pub(super) fn examine(data_dir: &Path) -> Vec<Finding> {
    vec![room(data_dir), kind(data_dir), durability(data_dir)]
}

fn room(data_dir: &Path) -> Finding {
    const CHECK: &str = "disk.room";
    let shown = data_dir.display().to_string();
    let room = match rustix::fs::statvfs(data_dir) {
        Ok(room) => room.f_bavail.saturating_mul(room.f_frsize) / (1024 * 1024),
        Err(error) => {
            return Finding::fault(CHECK, shown, error.to_string(), "see the system's log");
        }
    };
    let text = format!("{room} MiB are free");
    let way_out = "make room: without it nothing is printed, for nothing can be recorded";
    match room {
        LITTLE_MIB.. => Finding::fine(CHECK, shown, text),
        NO_ROOM_MIB.. => Finding::warning(CHECK, shown, text, way_out),
        _ => Finding::fault(CHECK, shown, text, way_out),
    }
}

fn kind(data_dir: &Path) -> Finding {
    const CHECK: &str = "disk.kind";
    let shown = data_dir.display().to_string();
    let number = match rustix::fs::statfs(data_dir) {
        #[expect(
            clippy::cast_sign_loss,
            clippy::cast_possible_truncation,
            reason = "32 bits that some platforms sign"
        )]
        Ok(file_system) => u64::from(file_system.f_type as u32),
        Err(error) => {
            return Finding::fault(CHECK, shown, error.to_string(), "see the system's log");
        }
    };
    match KINDS.into_iter().find(|(known, ..)| *known == number) {
        None => Finding::fine(CHECK, shown, "a local file system"),
        Some((_, name, NETWORK)) if name != "FUSE" => {
            Finding::fault(CHECK, shown, format!("it lies on {name}"), NETWORK)
        }
        Some((_, name, why)) => Finding::warning(CHECK, shown, format!("it lies on {name}"), why),
    }
}

fn durability(data_dir: &Path) -> Finding {
    const CHECK: &str = "disk.fsync";
    let shown = data_dir.display().to_string();
    let took = match median(data_dir) {
        Ok(took) => took,
        Err(error) => {
            let text = format!("nothing can be written: {error}");
            let way_out =
                "run as the user the services run as; see the system's log for faults of the disk";
            return Finding::fault(CHECK, shown, text, way_out);
        }
    };
    let text = format!(
        "a write is durable after {:.2} ms",
        took.as_secs_f64() * 1e3
    );
    if took < TOO_QUICK {
        let way_out = "no disk is that quick: memory, or a virtual disk that does not pass writes on, may lose what was \
                       committed when the power fails; switch its write cache to honour flushes";
        return Finding::warning(CHECK, shown, text, way_out);
    }
    match took < SLOW {
        true => Finding::fine(CHECK, shown, text),
        false => Finding::warning(
            CHECK,
            shown,
            text,
            "printing waits for it with each sheet: a faster disk prints faster",
        ),
    }
}

fn median(data_dir: &Path) -> io::Result<Duration> {
    let path = data_dir.join(format!(".doctor-{}", uuid::Uuid::new_v4().simple()));
    let mut options = OpenOptions::new();
    let mut file = options
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&path)?;
    let mut write = || {
        let begin = Instant::now();
        file.write_all(&[0; 4096])?;
        file.sync_data()?;
        Ok(begin.elapsed())
    };
    let took: io::Result<Vec<_>> = (0..WRITES).map(|_| write()).collect();
    fs::remove_file(&path)?;
    let mut took = took?;
    took.sort();
    Ok(took[WRITES / 2])
}
