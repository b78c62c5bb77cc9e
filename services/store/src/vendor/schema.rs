//! Table definitions, the same on both databases; held against the migrations by a test.

diesel::table! {
    accounts (account_id) {
        account_id -> Text,
        description -> Text,
    }
}
