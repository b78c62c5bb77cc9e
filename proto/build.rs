//! Compiles the protos without a `protoc`: protox parses them, tonic-prost-build writes the Rust.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

use prost::Message as _;

/// Messages that carry a full TIN or a password: `src/hidden.rs` shows them without it.
const HIDDEN: [&str; 10] = [
    "formfeed.forms.v1.EditReportRow",
    "formfeed.forms.v1.ExportPiece",
    "formfeed.forms.v1.ReportContent",
    "formfeed.spooler.v1.FullTin",
    "formfeed.spooler.v1.PrinterAccess",
    "formfeed.vendor.v1.FindVendorsByTinRequest",
    "formfeed.vendor.v1.Payer",
    "formfeed.vendor.v1.ReleasedTin",
    "formfeed.vendor.v1.Transmitter",
    "formfeed.vendor.v1.Vendor",
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut files = Vec::new();
    protos_below(Path::new("formfeed"), &mut files)?;
    files.sort();
    let descriptors = protox::compile(&files, ["."])?;
    let out = PathBuf::from(env::var("OUT_DIR")?);
    fs::write(out.join("formfeed.fds.bin"), descriptors.encode_to_vec())?;
    tonic_prost_build::configure()
        .skip_debug(HIDDEN.map(|message| format!(".{message}")))
        .compile_fds(descriptors)?;
    println!("cargo:rerun-if-changed=formfeed");
    println!("cargo:rerun-if-changed=google");
    Ok(())
}

fn protos_below(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            protos_below(&path, files)?;
        } else if path
            .extension()
            .is_some_and(|extension| extension == "proto")
        {
            files.push(path);
        }
    }
    Ok(())
}
