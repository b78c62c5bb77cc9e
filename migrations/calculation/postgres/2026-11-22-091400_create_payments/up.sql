-- Versioned by import: a version holds from its sequence until the one that replaced it (NULL: current).
CREATE TABLE payments (
    payment_id TEXT COLLATE "C" NOT NULL,
    from_sequence BIGINT NOT NULL REFERENCES imports (sequence),
    until_sequence BIGINT,
    pay_vendor_id TEXT COLLATE "C" NOT NULL,
    method TEXT NOT NULL CHECK (method IN ('check', 'ach', 'wire', 'cash', 'zelle', 'venmo_personal', 'credit_card',
        'debit_card', 'purchasing_card', 'paypal', 'stripe', 'other_third_party_network')),
    payment_date DATE NOT NULL,
    cash_account_id TEXT COLLATE "C" NOT NULL,
    amount_cents BIGINT NOT NULL,
    federal_tax_withheld_cents BIGINT NOT NULL,
    state_tax_withheld_cents BIGINT NOT NULL,
    state TEXT NOT NULL,
    void_date DATE,
    relate_to_1 TEXT COLLATE "C" NOT NULL,
    account_id TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (payment_id, from_sequence)
);
CREATE INDEX payments_by_date ON payments (cash_account_id, payment_date);
CREATE INDEX payments_by_pay_vendor ON payments (pay_vendor_id, payment_id);

CREATE TABLE payment_applications (
    payment_id TEXT COLLATE "C" NOT NULL,
    voucher_id TEXT COLLATE "C" NOT NULL,
    from_sequence BIGINT NOT NULL REFERENCES imports (sequence),
    until_sequence BIGINT,
    amount_cents BIGINT NOT NULL,
    discount_cents BIGINT NOT NULL,
    PRIMARY KEY (payment_id, voucher_id, from_sequence)
);
CREATE INDEX payment_applications_by_voucher ON payment_applications (voucher_id, payment_id);
