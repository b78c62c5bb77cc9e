//! Table definitions, the same on both databases; held against the migrations by a test.

diesel::table! {
    payers (payer_id) {
        payer_id -> Text,
        name -> Text,
        name_folded -> Text,
        tin_kind -> Nullable<Text>,
        tin_last_four -> Nullable<Text>,
        tin_key_version -> Nullable<Integer>,
        tin_sealed -> Nullable<Binary>,
        line_1 -> Text,
        line_2 -> Text,
        city -> Text,
        state -> Text,
        postal_code -> Text,
        country -> Text,
        phone -> Text,
        contact_name -> Text,
        contact_email -> Text,
        revision -> BigInt,
        create_time -> Timestamp,
        update_time -> Timestamp,
        contact_fax -> Text,
    }
}

diesel::table! {
    payer_states (payer_id, state) {
        payer_id -> Text,
        state -> Text,
        state_id -> Text,
    }
}

diesel::table! {
    organizations (org_id) {
        org_id -> Text,
        parent_org_id -> Nullable<Text>,
        payer_id -> Nullable<Text>,
        revision -> BigInt,
        create_time -> Timestamp,
        update_time -> Timestamp,
    }
}

diesel::table! {
    cash_accounts (cash_account_id) {
        cash_account_id -> Text,
        org_id -> Text,
        description -> Text,
        revision -> BigInt,
        create_time -> Timestamp,
        update_time -> Timestamp,
    }
}

diesel::table! {
    accounts (account_id) {
        account_id -> Text,
        description -> Text,
        income_type -> Nullable<Text>,
        revision -> BigInt,
        create_time -> Timestamp,
        update_time -> Timestamp,
    }
}

diesel::table! {
    relate_to_codes (position, code) {
        position -> Integer,
        code -> Text,
        description -> Text,
        effect -> Text,
        revision -> BigInt,
        create_time -> Timestamp,
        update_time -> Timestamp,
    }
}

diesel::table! {
    vendors (vendor_id) {
        vendor_id -> Text,
        version -> BigInt,
        state -> Text,
        revision -> BigInt,
        create_time -> Timestamp,
        update_time -> Timestamp,
    }
}

diesel::table! {
    vendor_versions (vendor_id, version) {
        vendor_id -> Text,
        version -> BigInt,
        name -> Text,
        name_folded -> Text,
        short_name -> Text,
        tin_kind -> Nullable<Text>,
        tin_last_four -> Nullable<Text>,
        tin_key_version -> Nullable<Integer>,
        tin_sealed -> Nullable<Binary>,
        tin_digest -> Nullable<Binary>,
        classification -> Nullable<Text>,
        flag_1099 -> Text,
        default_income_type -> Nullable<Text>,
        default_relate_to -> Nullable<Text>,
        pay_vendor_id -> Nullable<Text>,
        address_code -> Nullable<Text>,
        second_tin_notice -> Bool,
        fatca -> Bool,
        first_name -> Text,
        middle_name -> Text,
        last_name -> Text,
        suffix -> Text,
        create_time -> Timestamp,
        w9_status -> Text,
        w9_date -> Nullable<Date>,
        tin_warnings -> Text,
    }
}

diesel::table! {
    vendor_addresses (vendor_id, address_code) {
        vendor_id -> Text,
        address_code -> Text,
        line_1 -> Text,
        line_2 -> Text,
        city -> Text,
        state -> Text,
        postal_code -> Text,
        country -> Text,
        revision -> BigInt,
        create_time -> Timestamp,
        update_time -> Timestamp,
    }
}

diesel::table! {
    requests (request_id) {
        request_id -> Text,
        digest_key_version -> Integer,
        digest_sealed -> Binary,
        answer -> Binary,
        create_time -> Timestamp,
    }
}

diesel::table! {
    imports (import_id) {
        import_id -> Text,
        state -> Text,
        staging_id -> Text,
        has_faults -> Bool,
        digest_key_version -> Nullable<Integer>,
        digest_sealed -> Nullable<Binary>,
        create_time -> Timestamp,
        update_time -> Timestamp,
    }
}

diesel::table! {
    import_files (import_id, file) {
        import_id -> Text,
        file -> Text,
        new_records -> BigInt,
        changed_records -> BigInt,
        same_records -> BigInt,
    }
}

diesel::table! {
    import_records (import_id, file, key) {
        import_id -> Text,
        file -> Text,
        key -> Text,
        line -> Integer,
        content -> Nullable<Text>,
        tin_key_version -> Nullable<Integer>,
        tin_sealed -> Nullable<Binary>,
    }
}

diesel::table! {
    box_definitions (tax_year, code) {
        tax_year -> Integer,
        code -> Text,
        position -> Nullable<Integer>,
        effect -> Text,
        description -> Text,
        box_group -> Text,
        revision -> BigInt,
        create_time -> Timestamp,
        update_time -> Timestamp,
    }
}

diesel::table! {
    b_notices (vendor_id, b_notice_id) {
        vendor_id -> Text,
        b_notice_id -> Text,
        payer_id -> Text,
        notice_date -> Date,
        received_date -> Date,
        tax_year -> Integer,
        note -> Text,
        revision -> BigInt,
        create_time -> Timestamp,
        update_time -> Timestamp,
    }
}

diesel::table! {
    withholding_configurations (effective_date) {
        effective_date -> Date,
        rate_basis_points -> Nullable<Integer>,
        remit_to_vendor_id -> Nullable<Text>,
        posting_code -> Text,
        object_code -> Text,
        revision -> BigInt,
        create_time -> Timestamp,
        update_time -> Timestamp,
    }
}

diesel::table! {
    withholding_further_types (effective_date, place) {
        effective_date -> Date,
        place -> Integer,
        further_type_id -> Text,
        description -> Text,
        rate_basis_points -> Integer,
        remit_to_vendor_id -> Nullable<Text>,
        posting_code -> Text,
        object_code -> Text,
    }
}

diesel::table! {
    withholding_orders (vendor_id, order_id) {
        vendor_id -> Text,
        order_id -> Text,
        payer_id -> Nullable<Text>,
        from_date -> Date,
        until_date -> Nullable<Date>,
        why -> Text,
        revision -> BigInt,
        create_time -> Timestamp,
        update_time -> Timestamp,
    }
}

diesel::table! {
    transmitters (transmitter_id) {
        transmitter_id -> Text,
        name -> Text,
        tin_kind -> Nullable<Text>,
        tin_last_four -> Nullable<Text>,
        tin_key_version -> Nullable<Integer>,
        tin_sealed -> Nullable<Binary>,
        control_code -> Text,
        line_1 -> Text,
        line_2 -> Text,
        city -> Text,
        state -> Text,
        postal_code -> Text,
        country -> Text,
        contact_name -> Text,
        phone -> Text,
        email -> Text,
        software_id -> Text,
        revision -> BigInt,
        create_time -> Timestamp,
        update_time -> Timestamp,
    }
}

diesel::allow_tables_to_appear_in_same_query!(vendors, vendor_versions);
