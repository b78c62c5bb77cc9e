//! Who may do what: named bearer tokens, their roles, and the table of methods.
//!
//! A token's name is the user of runs, edits and decisions. Start at
//! [`roles::ROWS`] for the table and at [`TokenStore`] for the tokens.

mod authenticate;
mod caller;
pub mod duty;
mod ensure;
mod file;
mod permission;
mod restored;
mod role;
pub mod roles;
mod secret;
mod store;

pub(crate) use authenticate::bearer_of;
pub use authenticate::{Door, USER_HEADER, authenticate};
pub use caller::{Caller, caller};
pub use duty::{Duty, DutySwitch};
pub use ensure::{admin_token_path, ensure, let_in, read_token, service_token_path};
pub use permission::Permission;
pub use restored::{RestoredTokens, restored_tokens};
pub use role::Role;
pub use secret::Secret;
pub use store::{NewToken, Token, TokenError, TokenStore, check_name};
