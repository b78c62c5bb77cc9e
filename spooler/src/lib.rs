//! Placeholder.

pub mod device;
pub mod render;
