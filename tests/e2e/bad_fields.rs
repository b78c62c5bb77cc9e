//! Every bad field of a request is told at once, whichever service is asked and however the field is looked at.

mod lists;
mod prints;
mod updates;
