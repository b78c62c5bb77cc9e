//! The table of wrapped keys, the same in every database that holds sealed values.

diesel::table! {
    data_keys (purpose, version) {
        purpose -> Text,
        version -> Integer,
        wrapped -> Binary,
        master_check -> Text,
        create_time -> Timestamp,
        settle_time -> Nullable<Timestamp>,
    }
}
