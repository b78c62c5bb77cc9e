//! Table definitions, the same on both databases; held against the migrations by a test.

diesel::table! {
    exports (export_id) {
        export_id -> Text,
        request_id -> Text,
        fingerprint -> Text,
        payer_id -> Text,
        tax_year -> Integer,
        form_type -> Text,
        format -> Text,
        is_test -> Bool,
        forms -> BigInt,
        total_cents -> BigInt,
        federal_withheld_cents -> BigInt,
        files -> Integer,
        digest -> Text,
        user_name -> Text,
        again_reason -> Text,
        create_time -> Timestamp,
    }
}

diesel::table! {
    printings (printing_id) {
        printing_id -> Text,
        request_id -> Text,
        fingerprint -> Text,
        payer_id -> Text,
        tax_year -> Integer,
        form_type -> Text,
        copy -> Text,
        printer -> Text,
        job -> Nullable<Text>,
        forms -> BigInt,
        total_cents -> BigInt,
        user_name -> Text,
        again_reason -> Text,
        create_time -> Timestamp,
        update_time -> Timestamp,
    }
}

diesel::table! {
    printing_warnings (printing_id, position) {
        printing_id -> Text,
        position -> Integer,
        warning -> Text,
    }
}

diesel::table! {
    transmittals (transmittal_id) {
        transmittal_id -> Text,
        request_id -> Text,
        fingerprint -> Text,
        payer_id -> Text,
        tax_year -> Integer,
        form_type -> Text,
        of_jobs -> Text,
        forms -> BigInt,
        federal_withheld_cents -> BigInt,
        total_cents -> BigInt,
        printer -> Text,
        job -> Nullable<Text>,
        user_name -> Text,
        again_reason -> Text,
        create_time -> Timestamp,
    }
}
