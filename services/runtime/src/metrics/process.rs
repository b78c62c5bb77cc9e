//! What the operating system knows of this process, read when it is asked for, under the names that all clients of
//! Prometheus use.

use std::fmt;

use procfs::process::{LimitValue, Process as Proc};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::Unit;

use crate::telemetry;

/// Reads `/proc/self` at each scrape; what cannot be read is left out.
#[derive(Debug)]
pub(super) struct Process;

impl Collector for Process {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let dropped = ConstCounter::new(telemetry::dropped_lines());
        let told = "Log lines that were dropped because nobody took them from stderr";
        let described = encoder.encode_descriptor(
            "formfeed_log_lines_dropped",
            told,
            None,
            dropped.metric_type(),
        )?;
        dropped.encode(described)?;
        let Some(mine) = read() else {
            return Ok(());
        };
        let mut gauges = Gauges(&mut encoder);
        gauges.tell(
            "process_resident_memory",
            "Memory in use",
            Some(&Unit::Bytes),
            mine.resident,
        )?;
        gauges.tell(
            "process_open_fds",
            "Open files and sockets",
            None,
            mine.files,
        )?;
        gauges.tell(
            "process_max_fds",
            "Files and sockets it may have open",
            None,
            mine.most_files,
        )?;
        gauges.tell("process_threads", "Threads", None, mine.threads)?;
        gauges.tell(
            "process_start_time",
            "When it began, since 1970",
            Some(&Unit::Seconds),
            mine.began,
        )?;
        let busy = ConstCounter::new(mine.busy);
        let unit = Some(&Unit::Seconds);
        let told = "Time on processors, its own and the system's for it";
        let described = encoder.encode_descriptor("process_cpu", told, unit, busy.metric_type())?;
        busy.encode(described)
    }
}

struct Gauges<'e, 'a>(&'e mut DescriptorEncoder<'a>);

impl Gauges<'_, '_> {
    fn tell(&mut self, name: &str, help: &str, unit: Option<&Unit>, value: f64) -> fmt::Result {
        let gauge = ConstGauge::new(value);
        let described = self
            .0
            .encode_descriptor(name, help, unit, gauge.metric_type())?;
        gauge.encode(described)
    }
}

/// As `/proc/self` tells.
struct Mine {
    resident: f64,
    files: f64,
    most_files: f64,
    threads: f64,
    began: f64,
    busy: f64,
}

#[expect(
    clippy::cast_precision_loss,
    reason = "Prometheus knows no other numbers"
)]
fn read() -> Option<Mine> {
    let own = Proc::myself().ok()?;
    let stat = own.stat().ok()?;
    let ticks = procfs::ticks_per_second() as f64;
    let most = match own.limits().ok()?.max_open_files.soft_limit {
        LimitValue::Value(most) => most as f64,
        LimitValue::Unlimited => f64::INFINITY,
    };
    let booted = procfs::boot_time_secs().ok()?;
    Some(Mine {
        resident: (stat.rss * procfs::page_size()) as f64,
        files: own.fd_count().ok()? as f64,
        most_files: most,
        threads: stat.num_threads as f64,
        began: booted as f64 + stat.starttime as f64 / ticks,
        busy: (stat.utime + stat.stime) as f64 / ticks,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_is_read_from_proc() {
        let mine = read().unwrap();
        assert!(mine.resident > 1e6 && mine.files >= 3.0 && mine.most_files >= mine.files);
        assert!(mine.threads >= 1.0 && mine.began > 1e9);
    }
}
