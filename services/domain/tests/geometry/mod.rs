//! Help for `layout_geometry`: the official rectangles, forms with every field filled, and what lies inside what.

pub(crate) mod filled;
pub(crate) mod inside;
pub(crate) mod official;
