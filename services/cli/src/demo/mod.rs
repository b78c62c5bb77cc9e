//! What the demo brings along: a sample AP extract, a folder for the prints, and an impact printer that is none.

mod folder;
mod impact;
pub(crate) mod sample;

pub(crate) use folder::Folder;
pub(crate) use impact::ImpactPrinter;
