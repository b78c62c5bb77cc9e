//! Table definitions, the same on both databases.

diesel::table! {
    imports (import_id) {
        import_id -> Text,
        state -> Text,
        content -> Text,
        user_name -> Text,
        create_time -> Timestamp,
        sequence -> Nullable<BigInt>,
        publish_time -> Nullable<Timestamp>,
        files -> Text,
        stage -> BigInt,
        faultless -> Bool,
        in_place -> Bool,
    }
}

diesel::table! {
    staged_unreadable (import_id, position) {
        import_id -> Text,
        position -> BigInt,
        line -> Integer,
        file -> Text,
        record_key -> Text,
    }
}

diesel::table! {
    staged_faults (import_id, position) {
        import_id -> Text,
        position -> BigInt,
        file -> Text,
        line -> Integer,
        column_name -> Text,
        message -> Text,
    }
}

diesel::table! {
    vouchers (voucher_id, from_sequence) {
        voucher_id -> Text,
        from_sequence -> BigInt,
        until_sequence -> Nullable<BigInt>,
        vendor_id -> Text,
        vendor_of_record_id -> Text,
        invoice_number -> Text,
        invoice_date -> Nullable<Date>,
        invoice_amount_cents -> BigInt,
        line -> Integer,
    }
}

diesel::table! {
    voucher_lines (voucher_id, line_number, from_sequence) {
        voucher_id -> Text,
        line_number -> Integer,
        from_sequence -> BigInt,
        until_sequence -> Nullable<BigInt>,
        amount_cents -> BigInt,
        sales_tax_cents -> BigInt,
        reportable -> Bool,
        income_type -> Text,
        relate_to_1 -> Text,
        relate_to_2 -> Text,
        account_id -> Text,
        accountable_plan -> Bool,
        line -> Integer,
    }
}

diesel::table! {
    payments (payment_id, from_sequence) {
        payment_id -> Text,
        from_sequence -> BigInt,
        until_sequence -> Nullable<BigInt>,
        pay_vendor_id -> Text,
        method -> Text,
        payment_date -> Date,
        cash_account_id -> Text,
        amount_cents -> BigInt,
        federal_tax_withheld_cents -> BigInt,
        state_tax_withheld_cents -> BigInt,
        state -> Text,
        void_date -> Nullable<Date>,
        relate_to_1 -> Text,
        account_id -> Text,
        line -> Integer,
    }
}

diesel::table! {
    payment_applications (payment_id, voucher_id, from_sequence) {
        payment_id -> Text,
        voucher_id -> Text,
        from_sequence -> BigInt,
        until_sequence -> Nullable<BigInt>,
        amount_cents -> BigInt,
        discount_cents -> BigInt,
        line -> Integer,
    }
}

diesel::table! {
    runs (run_id) {
        run_id -> Text,
        user_name -> Text,
        request_id -> Text,
        payer_id -> Text,
        tax_year -> Integer,
        method -> Text,
        from_recipient_id -> Text,
        to_recipient_id -> Text,
        state -> Text,
        failure -> Text,
        import_sequence -> BigInt,
        recipients -> BigInt,
        information_rows -> BigInt,
        skipped -> BigInt,
        exceptions -> BigInt,
        taxable_amount_cents -> BigInt,
        federal_tax_withheld_cents -> BigInt,
        state_tax_withheld_cents -> BigInt,
        create_time -> Timestamp,
        end_time -> Nullable<Timestamp>,
        vendor_stamp -> BigInt,
        purpose -> Text,
    }
}

diesel::table! {
    vendor_facts (vendor_id, from_stamp) {
        vendor_id -> Text,
        from_stamp -> BigInt,
        until_stamp -> Nullable<BigInt>,
        pay_vendor_id -> Text,
        flag_1099 -> Text,
        classification -> Text,
        default_income_type -> Text,
        default_relate_to -> Text,
        version -> BigInt,
        address_code -> Text,
        name -> Text,
    }
}

diesel::table! {
    run_accounts (run_id, account_id) {
        run_id -> Text,
        account_id -> Text,
        income_type -> Text,
    }
}

diesel::table! {
    run_codes (run_id, position, code) {
        run_id -> Text,
        position -> Integer,
        code -> Text,
        effect -> Text,
    }
}

diesel::table! {
    run_work (run_id, recipient_id, payment_id) {
        run_id -> Text,
        recipient_id -> Text,
        payment_id -> Text,
    }
}

diesel::table! {
    run_cash_accounts (run_id, cash_account_id) {
        run_id -> Text,
        cash_account_id -> Text,
        payer_id -> Text,
    }
}

diesel::table! {
    run_recipients (run_id, recipient_id) {
        run_id -> Text,
        recipient_id -> Text,
        vendor_version -> BigInt,
        address_code -> Text,
        recipient_name -> Text,
        skipped_reason -> Text,
        skipped_explanation -> Text,
    }
}

diesel::table! {
    information (run_id, recipient_id, position) {
        run_id -> Text,
        recipient_id -> Text,
        position -> Integer,
        income_type -> Text,
        total_1099_amount_cents -> BigInt,
        taxable_amount_cents -> BigInt,
    }
}

diesel::table! {
    information_states (run_id, recipient_id, position, state) {
        run_id -> Text,
        recipient_id -> Text,
        position -> Integer,
        state -> Text,
        amount_cents -> BigInt,
    }
}

diesel::table! {
    exceptions (run_id, recipient_id, position) {
        run_id -> Text,
        recipient_id -> Text,
        position -> Integer,
        reason -> Text,
        explanation -> Text,
        payment_id -> Text,
        voucher_id -> Text,
    }
}

diesel::table! {
    published_recipients (payer_id, tax_year, recipient_id) {
        payer_id -> Text,
        tax_year -> Integer,
        recipient_id -> Text,
        run_id -> Text,
    }
}

diesel::table! {
    information_turns (payer_id, tax_year) {
        payer_id -> Text,
        tax_year -> Integer,
        turn -> BigInt,
    }
}

diesel::table! {
    information_edits (payer_id, tax_year, recipient_id, position) {
        payer_id -> Text,
        tax_year -> Integer,
        recipient_id -> Text,
        position -> Integer,
        income_type -> Text,
        kind -> Text,
        taxable_amount_cents -> BigInt,
        cash_tips_cents -> BigInt,
        overtime_cents -> BigInt,
        occupation_codes -> Text,
        calculated_amount_cents -> Nullable<BigInt>,
        vendor_version -> BigInt,
        address_code -> Text,
        recipient_name -> Text,
        user_name -> Text,
        reason -> Text,
        edit_time -> Timestamp,
        version -> BigInt,
        kept_by_run -> Nullable<Text>,
    }
}

diesel::table! {
    address_code_edits (payer_id, tax_year, recipient_id) {
        payer_id -> Text,
        tax_year -> Integer,
        recipient_id -> Text,
        address_code -> Text,
        user_name -> Text,
        reason -> Text,
        edit_time -> Timestamp,
        version -> BigInt,
        kept_by_run -> Nullable<Text>,
    }
}

diesel::table! {
    information_changes (payer_id, tax_year, sequence) {
        payer_id -> Text,
        tax_year -> Integer,
        sequence -> BigInt,
        recipient_id -> Text,
        income_type -> Text,
        kind -> Text,
        before_value -> Text,
        after_value -> Text,
        user_name -> Text,
        reason -> Text,
        change_time -> Timestamp,
    }
}

diesel::table! {
    requests (user_name, request_id) {
        user_name -> Text,
        request_id -> Text,
        fingerprint -> Text,
        answer -> Binary,
        create_time -> Timestamp,
    }
}

diesel::table! {
    parameter_sets (parameter_set_id) {
        parameter_set_id -> Text,
        payer_id -> Text,
        method -> Text,
        from_recipient_id -> Text,
        to_recipient_id -> Text,
        user_name -> Text,
        version -> BigInt,
        create_time -> Timestamp,
        update_time -> Timestamp,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    imports,
    staged_unreadable,
    staged_faults,
    vouchers,
    voucher_lines,
    payments,
    payment_applications,
    runs,
    vendor_facts,
    run_accounts,
    run_codes,
    run_work,
    run_cash_accounts,
    run_recipients,
    information,
    information_states,
    exceptions,
    published_recipients,
    information_turns,
    information_edits,
    address_code_edits,
    information_changes,
    requests,
    parameter_sets,
);
