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
    export_answers (export_id, file) {
        export_id -> Text,
        file -> Integer,
        receipt_id -> Text,
        status -> Text,
        errors -> Text,
        user_name -> Text,
        update_time -> Timestamp,
    }
}

diesel::table! {
    filed_forms (filing_id, position) {
        filing_id -> Text,
        position -> Integer,
        payer_id -> Text,
        tax_year -> Integer,
        form_type -> Text,
        vendor_id -> Text,
        vendor_version -> BigInt,
        address_code -> Text,
        sequence -> Integer,
        step -> Text,
        corrects_filing -> Nullable<Text>,
        corrects_position -> Nullable<Integer>,
        file -> Nullable<Integer>,
        submission_id -> Nullable<Integer>,
        record_id -> Nullable<Integer>,
        form -> Text,
        covers -> Text,
    }
}

diesel::table! {
    filing_marks (payer_id, tax_year, form_type) {
        payer_id -> Text,
        tax_year -> Integer,
        form_type -> Text,
        mark -> BigInt,
    }
}

diesel::table! {
    filings (filing_id) {
        filing_id -> Text,
        source -> Text,
        kind -> Text,
        payer_id -> Text,
        tax_year -> Integer,
        form_type -> Text,
        options -> Text,
        reason -> Text,
        not_sent_reason -> Text,
        not_sent_by -> Text,
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
        format_year -> Nullable<Integer>,
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

diesel::table! {
    voided_forms (payer_id, tax_year, form_type, vendor_id) {
        payer_id -> Text,
        tax_year -> Integer,
        form_type -> Text,
        vendor_id -> Text,
        reason -> Text,
        user_name -> Text,
        create_time -> Timestamp,
    }
}

diesel::allow_tables_to_appear_in_same_query!(printings, filings);
diesel::allow_tables_to_appear_in_same_query!(exports, filings);
