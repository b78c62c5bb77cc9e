-- The baseline of calculations: INCOME_FIRST for payer BENCH and 2025 as one would write it inside the database, over
-- plain tables. It yields the same amounts as Formfeed, and neither traces nor reasons. SQLite and PostgreSQL both run it.

-- What was applied to each voucher, by payer and recipient.
CREATE TEMPORARY TABLE cash AS
SELECT a.voucher_id, c.payer_id,
    COALESCE(NULLIF(p.pay_vendor_id, ''), NULLIF(v.pay_vendor_id, ''), v.vendor_id) AS recipient_id,
    CAST(SUM(CASE WHEN p.payment_date >= '2025-01-01' THEN a.amount ELSE 0 END) AS BIGINT) AS cash,
    CAST(SUM(CASE WHEN p.payment_date < '2025-01-01' THEN a.amount ELSE 0 END) AS BIGINT) AS prior
FROM applications a JOIN payments p ON p.payment_id = a.payment_id JOIN cash_accounts c ON c.cash_account_id = p.cash_account_id
    JOIN vouchers o ON o.voucher_id = a.voucher_id JOIN vendors v ON v.vendor_id = o.vendor_id
WHERE p.method IN ('check', 'ach', 'wire', 'cash', 'zelle', 'venmo_personal') AND p.void_date = ''
    AND p.amount + p.federal_tax_withheld + p.state_tax_withheld > 0 AND p.payment_date <= '2025-12-31'
GROUP BY 1, 2, 3;

-- The reportable lines of each voucher, by income type.
CREATE TEMPORARY TABLE reportable AS
SELECT l.voucher_id, t.place, CAST(SUM(l.amount - l.sales_tax) AS BIGINT) AS total
FROM voucher_lines l JOIN vouchers o ON o.voucher_id = l.voucher_id JOIN vendors v ON v.vendor_id = o.vendor_id
    JOIN income_types t ON t.income_type =
        COALESCE(NULLIF(l.income_type, ''), NULLIF(v.default_income_type, ''), 'nonemployee_compensation')
WHERE l.reportable = 'Y' AND l.accountable_plan <> 'Y'
GROUP BY 1, 2;

-- The two amounts of each voucher, without their common sign.
CREATE TEMPORARY TABLE whole AS
SELECT voucher_id, sign, total, CASE WHEN income > 0 THEN income ELSE 0 END AS taxable
FROM (
    SELECT voucher_id, sign, sign * l AS total,
        CASE WHEN sign * c < sign * (l - p) THEN sign * c ELSE sign * (l - p) END AS income
    FROM (
        SELECT c.voucher_id, c.c, c.p, l.l, CASE WHEN c.c < 0 THEN -1 ELSE 1 END AS sign
        FROM (SELECT voucher_id, CAST(SUM(cash) AS BIGINT) AS c, CAST(SUM(prior) AS BIGINT) AS p FROM cash GROUP BY 1) c
            JOIN (SELECT voucher_id, CAST(SUM(total) AS BIGINT) AS l FROM reportable GROUP BY 1) l
            ON l.voucher_id = c.voucher_id
        WHERE c.c > 0 AND l.l > 0 OR c.c < 0 AND l.l < 0
    ) signed
) mirrored;

-- Each voucher over payers and recipients by their cash, whole cents by largest remainder.
CREATE TEMPORARY TABLE pairs AS
SELECT voucher_id, payer_id, recipient_id, sign,
    total_cut + CASE WHEN ROW_NUMBER() OVER (PARTITION BY voucher_id ORDER BY total_rest DESC, payer_id, recipient_id)
        <= total - SUM(total_cut) OVER (PARTITION BY voucher_id) THEN 1 ELSE 0 END AS total,
    taxable_cut + CASE WHEN ROW_NUMBER() OVER (PARTITION BY voucher_id ORDER BY taxable_rest DESC, payer_id, recipient_id)
        <= taxable - SUM(taxable_cut) OVER (PARTITION BY voucher_id) THEN 1 ELSE 0 END AS taxable
FROM (
    SELECT voucher_id, payer_id, recipient_id, sign, total, taxable, total * weight / weights AS total_cut,
        total * weight % weights AS total_rest, taxable * weight / weights AS taxable_cut,
        taxable * weight % weights AS taxable_rest
    FROM (
        SELECT w.*, c.payer_id, c.recipient_id, CASE WHEN w.sign * c.cash > 0 THEN w.sign * c.cash ELSE 0 END AS weight,
            CAST(SUM(CASE WHEN w.sign * c.cash > 0 THEN w.sign * c.cash ELSE 0 END) OVER (PARTITION BY w.voucher_id) AS BIGINT)
            AS weights
        FROM whole w JOIN cash c ON c.voucher_id = w.voucher_id
    ) weighed
) cut;

-- Each pair's share over the voucher's income types, in the same way.
CREATE TEMPORARY TABLE shares AS
SELECT recipient_id, place, CAST(SUM(sign * total) AS BIGINT) AS total, CAST(SUM(sign * taxable) AS BIGINT) AS taxable
FROM (
    SELECT recipient_id, place, sign,
        total_cut + CASE WHEN ROW_NUMBER() OVER (PARTITION BY voucher_id, recipient_id ORDER BY total_rest DESC, place)
            <= total - SUM(total_cut) OVER (PARTITION BY voucher_id, recipient_id) THEN 1 ELSE 0 END AS total,
        taxable_cut + CASE WHEN ROW_NUMBER() OVER (PARTITION BY voucher_id, recipient_id ORDER BY taxable_rest DESC, place)
            <= taxable - SUM(taxable_cut) OVER (PARTITION BY voucher_id, recipient_id) THEN 1 ELSE 0 END AS taxable
    FROM (
        SELECT voucher_id, recipient_id, place, sign, total, taxable, total * weight / weights AS total_cut,
            total * weight % weights AS total_rest, taxable * weight / weights AS taxable_cut,
            taxable * weight % weights AS taxable_rest
        FROM (
            SELECT p.*, r.place, CASE WHEN p.sign * r.total > 0 THEN p.sign * r.total ELSE 0 END AS weight,
                CAST(SUM(CASE WHEN p.sign * r.total > 0 THEN p.sign * r.total ELSE 0 END)
                    OVER (PARTITION BY p.voucher_id, p.recipient_id) AS BIGINT) AS weights
            FROM pairs p JOIN reportable r ON r.voucher_id = p.voucher_id
            WHERE p.payer_id = 'BENCH'
        ) weighed
    ) cut
) parts
GROUP BY 1, 2;

-- The tax withheld from each recipient. A payment that names nobody pays one voucher here.
CREATE TEMPORARY TABLE withheld AS
SELECT recipient_id, CAST(SUM(federal) AS BIGINT) AS federal, CAST(SUM(state) AS BIGINT) AS state
FROM (
    SELECT COALESCE(NULLIF(p.pay_vendor_id, ''),
            (SELECT COALESCE(NULLIF(v.pay_vendor_id, ''), v.vendor_id) FROM applications a
             JOIN vouchers o ON o.voucher_id = a.voucher_id JOIN vendors v ON v.vendor_id = o.vendor_id
             WHERE a.payment_id = p.payment_id)) AS recipient_id,
        p.federal_tax_withheld AS federal, p.state_tax_withheld AS state
    FROM payments p JOIN cash_accounts c ON c.cash_account_id = p.cash_account_id
    WHERE c.payer_id = 'BENCH' AND p.method IN ('check', 'ach', 'wire', 'cash', 'zelle', 'venmo_personal')
        AND p.void_date = '' AND p.amount + p.federal_tax_withheld + p.state_tax_withheld > 0
        AND p.payment_date BETWEEN '2025-01-01' AND '2025-12-31' AND p.federal_tax_withheld + p.state_tax_withheld <> 0
) kept
GROUP BY 1;

-- Who is reported what; nobody whose income and withheld tax are both not above zero.
CREATE TABLE information AS
SELECT recipient_id, income_type, total, taxable
FROM (
    SELECT rows.*, SUM(CASE WHEN withheld = 0 THEN taxable ELSE 0 END) OVER (PARTITION BY recipient_id) AS income,
        SUM(CASE WHEN withheld = 1 THEN taxable ELSE 0 END) OVER (PARTITION BY recipient_id) AS kept
    FROM (
        SELECT s.recipient_id, t.income_type, 0 AS withheld, s.total, s.taxable
        FROM shares s JOIN income_types t ON t.place = s.place JOIN vendors v ON v.vendor_id = s.recipient_id
            LEFT JOIN withheld w ON w.recipient_id = s.recipient_id
        WHERE v.flag_1099 = 'Y' AND (COALESCE(w.federal, 0) > 0 OR NOT (
            v.classification IN ('tax_exempt', 'government', 'foreign') OR t.reaches_corporations = 'N' AND
            v.classification IN ('c_corporation', 's_corporation', 'llc_c_corporation', 'llc_s_corporation')))
        UNION ALL
        SELECT w.recipient_id, 'federal_income_tax_withheld', 1, w.federal, w.federal
        FROM withheld w JOIN vendors v ON v.vendor_id = w.recipient_id WHERE v.flag_1099 <> 'D'
        UNION ALL
        SELECT w.recipient_id, 'state_tax_withheld', 1, w.state, w.state
        FROM withheld w JOIN vendors v ON v.vendor_id = w.recipient_id WHERE v.flag_1099 <> 'D'
    ) rows
) summed
WHERE (income > 0 OR kept > 0) AND (total <> 0 OR taxable <> 0);
