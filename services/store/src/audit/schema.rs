//! Table definitions, the same in every service's database.

diesel::table! {
    audit_entries (sequence) {
        sequence -> BigInt,
        entry_time -> Timestamp,
        user_name -> Text,
        token_name -> Text,
        request_id -> Text,
        action -> Text,
        subject -> Text,
        details -> Text,
        previous_hash -> Text,
        hash -> Text,
    }
}

diesel::table! {
    audit_head (head_id) {
        head_id -> Integer,
        sequence -> BigInt,
        hash -> Text,
        seal -> Text,
        key_check -> Text,
    }
}
