//! Compiles the protos without a `protoc`: protox parses them, tonic-prost-build writes the Rust.

#[path = "src/hidden/messages.rs"]
mod messages;

use std::path::{Path, PathBuf};
use std::{env, fs, io};

use messages::HIDDEN;
use prost::Message as _;

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
