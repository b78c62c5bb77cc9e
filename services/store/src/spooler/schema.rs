//! Table definitions, the same on both databases; held against the migrations by a test.

diesel::table! {
    printers (printer_id) {
        printer_id -> Text,
        uri -> Text,
        dialect -> Nullable<Text>,
        evidence -> Nullable<Text>,
        paused -> Nullable<Text>,
        request_id -> Text,
        fingerprint -> Text,
        removed_at -> Nullable<Timestamp>,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        version -> BigInt,
        changes -> Integer,
        changed_by -> Text,
        approved_by -> Nullable<Text>,
    }
}

diesel::table! {
    printer_access (printer_id) {
        printer_id -> Text,
        login -> Nullable<Text>,
        key_version -> Nullable<Integer>,
        sealed -> Nullable<Binary>,
        in_clear -> Bool,
        certificate -> Nullable<Text>,
        address -> Nullable<Text>,
    }
}

diesel::table! {
    printer_marks (printer_id) {
        printer_id -> Text,
        mark -> Text,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    printer_states (printer_id, sequence) {
        printer_id -> Text,
        sequence -> BigInt,
        at -> Timestamp,
        state -> Text,
        reasons -> Text,
    }
}

diesel::table! {
    late_results (token) {
        token -> Text,
        job_id -> Text,
        evidence -> Text,
        noted_at -> Timestamp,
    }
}

diesel::table! {
    stock_loads (load_id) {
        load_id -> Text,
        printer_id -> Text,
        stock -> Text,
        sheets -> Nullable<Integer>,
        loaded_by -> Text,
        loaded_at -> Timestamp,
        first_serial -> Nullable<BigInt>,
    }
}

diesel::table! {
    stock_taken (load_id, kind, state) {
        load_id -> Text,
        kind -> Text,
        state -> Text,
        sheets -> BigInt,
    }
}

diesel::table! {
    alignments (printer_id, stock, version) {
        printer_id -> Text,
        stock -> Text,
        version -> Integer,
        kind -> Text,
        across_left -> Integer,
        across_top -> Integer,
        along_left -> Integer,
        along_top -> Integer,
        right_by -> Integer,
        down_by -> Integer,
        columns_right -> Integer,
        lines_down -> Integer,
        steps_down -> Integer,
        user_name -> Text,
        reason -> Text,
        create_time -> Timestamp,
    }
}

diesel::table! {
    jobs (job_id) {
        job_id -> Text,
        request_id -> Text,
        fingerprint_key_version -> Integer,
        fingerprint -> Binary,
        user_name -> Text,
        submitted_by -> Text,
        payer_id -> Text,
        tax_year -> Integer,
        form_type -> Text,
        copy -> Text,
        stock -> Text,
        printer_id -> Text,
        priority -> Integer,
        sheets -> Integer,
        forms -> Integer,
        void_forms -> Integer,
        total_cents -> BigInt,
        federal_cents -> BigInt,
        state_cents -> BigInt,
        notes -> Text,
        started -> Bool,
        held -> Bool,
        canceled_by -> Nullable<Text>,
        cancel_reason -> Nullable<Text>,
        canceled_at -> Nullable<Timestamp>,
        aborted -> Nullable<Text>,
        ended_at -> Nullable<Timestamp>,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        version -> BigInt,
        delivery -> Text,
        format_year -> Nullable<Integer>,
        kind -> Text,
    }
}

diesel::table! {
    job_forms (job_id, place) {
        job_id -> Text,
        place -> Integer,
        account_number -> Text,
        corrects -> Bool,
        key_version -> Integer,
        sealed -> Binary,
    }
}

diesel::table! {
    sheets (job_id, number) {
        job_id -> Text,
        number -> Integer,
        first_form -> Integer,
        forms -> Integer,
        void_forms -> Integer,
        total_cents -> BigInt,
        federal_cents -> BigInt,
        state_cents -> BigInt,
    }
}

diesel::table! {
    attempts (job_id, sheet, number) {
        job_id -> Text,
        sheet -> Integer,
        number -> Integer,
        state -> Text,
        printer_id -> Text,
        load_id -> Nullable<Text>,
        device_job -> Text,
        token -> Text,
        evidence -> Text,
        basis -> Nullable<Text>,
        decided_by -> Nullable<Text>,
        reason -> Nullable<Text>,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        reprint -> Nullable<Text>,
        serial -> Nullable<BigInt>,
        spooler -> Nullable<Text>,
        epoch -> Nullable<BigInt>,
    }
}

diesel::table! {
    abandoned_sheets (job_id, sheet) {
        job_id -> Text,
        sheet -> Integer,
        decision_id -> Text,
    }
}

diesel::table! {
    decision_requests (request_id) {
        request_id -> Text,
        job_id -> Text,
        fingerprint -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    job_events (job_id, sequence) {
        job_id -> Text,
        sequence -> BigInt,
        at -> Timestamp,
        kind -> Text,
        message -> Text,
        sheet -> Nullable<Integer>,
    }
}

diesel::table! {
    decisions (decision_id) {
        decision_id -> Text,
        verb -> Text,
        job_id -> Nullable<Text>,
        sheet -> Nullable<Integer>,
        attempt -> Nullable<Integer>,
        printer_id -> Nullable<Text>,
        decided_by -> Text,
        reason -> Text,
        decided_at -> Timestamp,
        proposed_by -> Nullable<Text>,
        wastes -> Bool,
    }
}

diesel::table! {
    deciders (name) {
        name -> Text,
    }
}

diesel::table! {
    proposals (job_id, sheet, proposed_by) {
        proposal -> Text,
        job_id -> Text,
        sheet -> Integer,
        attempt -> Integer,
        verb -> Text,
        proposed_by -> Text,
        reason -> Text,
        proposed_at -> Timestamp,
        request_id -> Nullable<Text>,
        fingerprint -> Nullable<Text>,
    }
}

diesel::table! {
    job_reports (job_id, version) {
        job_id -> Text,
        version -> Integer,
        content -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    console_sessions (session) {
        session -> Text,
        spooler -> Text,
        token_name -> Text,
        token_made -> Timestamp,
        used_at -> Timestamp,
    }
}

diesel::table! {
    spoolers (spooler) {
        spooler -> Text,
        home -> Text,
        instance -> Text,
        address -> Text,
        key_check -> Text,
        life_ms -> Integer,
        started_at -> Timestamp,
        seen_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    leases (printer_id) {
        printer_id -> Text,
        spooler -> Text,
        instance -> Text,
        epoch -> BigInt,
        since -> Timestamp,
        condition -> Text,
    }
}

diesel::table! {
    lease_changes (printer_id, epoch) {
        printer_id -> Text,
        epoch -> BigInt,
        spooler -> Text,
        changed_by -> Text,
        reason -> Text,
        since -> Timestamp,
    }
}

diesel::table! {
    job_shares (job_id, first_sheet) {
        job_id -> Text,
        first_sheet -> Integer,
        last_sheet -> Integer,
        printer_id -> Text,
    }
}

diesel::table! {
    database_identity (singleton) {
        singleton -> Integer,
        id -> Text,
    }
}

diesel::table! {
    journal_marks (home) {
        home -> Text,
        line -> BigInt,
    }
}

diesel::table! {
    unknown_sheets (token, sheet, number) {
        token -> Text,
        sheet -> Integer,
        number -> Integer,
        job_id -> Text,
        printer_id -> Text,
        load_id -> Nullable<Text>,
        serial -> Nullable<BigInt>,
        noted_by -> Text,
        noted_at -> Timestamp,
    }
}

diesel::allow_tables_to_appear_in_same_query!(unknown_sheets, stock_loads);
diesel::allow_tables_to_appear_in_same_query!(leases, printers);
diesel::allow_tables_to_appear_in_same_query!(jobs, job_shares, job_forms, job_reports);
diesel::allow_tables_to_appear_in_same_query!(
    attempts,
    sheets,
    abandoned_sheets,
    stock_loads,
    jobs,
    late_results
);
diesel::allow_columns_to_appear_in_same_group_by_clause!(
    attempts::load_id,
    attempts::state,
    attempts::serial,
    jobs::kind,
);
