//! What a process holds in its memory stays there: no core file, no other process that looks into it, no panic's message.

mod memory;
mod panics;

pub(crate) use panics::into_log_lines;

/// Begins it: the first thing that a program of ours does which may hold a TIN. Where the operating system refuses, a line on stderr
/// says so, and the program goes on: the units of systemd forbid core files already.
pub fn begin() {
    panics::tell_where_only();
    if let Err(error) = memory::keep_private() {
        eprintln!("the memory of this process may be written into a core file: {error}");
    }
}
