//! The rows of 1099 information as they stand: calculated, edited, added by hand.

use chrono::NaiveDateTime;
use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Bool, Integer, Nullable, Text, Timestamp};
use diesel_async::RunQueryDsl;
use formfeed_domain::edit::{Edit, Parts, Value};
use formfeed_domain::{IncomeType, Money};

use super::{Conn, column, information_states, sql};
use crate::StoreError;
use crate::calculation::{AddressCodeEdit, InformationEntry, RowEdit, Selection, Show, Signature};

/// More than the rows of one recipient.
const ROWS_OF_A_RECIPIENT: i64 = 1_000;

/// What a row has of its edit and of that of the recipient's address code.
const EDITS: &str = "e.kind, e.taxable_amount_cents AS edited_cents, e.cash_tips_cents, e.overtime_cents, \
    e.occupation_codes, e.calculated_amount_cents AS calculated_then_cents, e.user_name, e.reason, e.edit_time, \
    e.version, e.kept_by_run, a.address_code AS new_address_code, a.user_name AS address_user, \
    a.reason AS address_reason, a.edit_time AS address_time, a.version AS address_version, \
    a.kept_by_run AS address_kept_by_run";

/// Rows that runs made, each with its edit.
const CALCULATED: &str = "FROM published_recipients p \
    JOIN information i ON i.run_id = p.run_id AND i.recipient_id = p.recipient_id \
    JOIN run_recipients r ON r.run_id = p.run_id AND r.recipient_id = p.recipient_id \
    LEFT JOIN information_edits e ON e.payer_id = p.payer_id AND e.tax_year = p.tax_year \
        AND e.recipient_id = p.recipient_id AND e.position = i.position \
    LEFT JOIN address_code_edits a ON a.payer_id = p.payer_id AND a.tax_year = p.tax_year \
        AND a.recipient_id = p.recipient_id \
    WHERE p.payer_id = $1 AND p.tax_year = $2 AND p.recipient_id >= $3 \
        AND (p.recipient_id > $3 OR i.position > $4) AND ($5 = '' OR p.recipient_id = $5) \
        AND ($6 = '' OR i.income_type = $6) AND ($7 OR e.kind IS NULL OR e.kind <> 'deleted') \
        AND (NOT $8 OR e.kind IS NOT NULL OR a.address_code IS NOT NULL) \
    ORDER BY p.recipient_id, i.position LIMIT $9";

/// Edits of rows that no run that stands made.
const BY_HAND: &str = "FROM information_edits e \
    LEFT JOIN published_recipients p ON p.payer_id = e.payer_id AND p.tax_year = e.tax_year \
        AND p.recipient_id = e.recipient_id \
    LEFT JOIN run_recipients r ON r.run_id = p.run_id AND r.recipient_id = p.recipient_id \
    LEFT JOIN address_code_edits a ON a.payer_id = e.payer_id AND a.tax_year = e.tax_year \
        AND a.recipient_id = e.recipient_id \
    WHERE e.payer_id = $1 AND e.tax_year = $2 AND e.recipient_id >= $3 \
        AND (e.recipient_id > $3 OR e.position > $4) AND ($5 = '' OR e.recipient_id = $5) \
        AND ($6 = '' OR e.income_type = $6) AND ($7 OR e.kind <> 'deleted') \
        AND NOT EXISTS (SELECT 1 FROM information i WHERE i.run_id = p.run_id \
            AND i.recipient_id = e.recipient_id AND i.position = e.position) \
    ORDER BY e.recipient_id, e.position LIMIT $9";

#[derive(QueryableByName)]
struct Stored {
    #[diesel(sql_type = Text)]
    recipient_id: String,
    #[diesel(sql_type = Integer)]
    position: i32,
    #[diesel(sql_type = Text)]
    income_type: String,
    #[diesel(sql_type = BigInt)]
    total_1099_amount_cents: i64,
    #[diesel(sql_type = Nullable<BigInt>)]
    calculated_cents: Option<i64>,
    #[diesel(sql_type = BigInt)]
    vendor_version: i64,
    #[diesel(sql_type = Text)]
    address_code: String,
    #[diesel(sql_type = Text)]
    recipient_name: String,
    #[diesel(sql_type = Text)]
    run_id: String,
    #[diesel(embed)]
    edit: StoredEdit,
    #[diesel(embed)]
    address: StoredAddress,
}

#[derive(QueryableByName)]
struct StoredEdit {
    #[diesel(sql_type = Nullable<Text>)]
    kind: Option<String>,
    #[diesel(sql_type = Nullable<BigInt>)]
    edited_cents: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    cash_tips_cents: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    overtime_cents: Option<i64>,
    #[diesel(sql_type = Nullable<Text>)]
    occupation_codes: Option<String>,
    #[diesel(sql_type = Nullable<BigInt>)]
    calculated_then_cents: Option<i64>,
    #[diesel(sql_type = Nullable<Text>)]
    user_name: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    reason: Option<String>,
    #[diesel(sql_type = Nullable<Timestamp>)]
    edit_time: Option<NaiveDateTime>,
    #[diesel(sql_type = Nullable<BigInt>)]
    version: Option<i64>,
    #[diesel(sql_type = Nullable<Text>)]
    kept_by_run: Option<String>,
}

#[derive(QueryableByName)]
struct StoredAddress {
    #[diesel(sql_type = Nullable<Text>)]
    new_address_code: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    address_user: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    address_reason: Option<String>,
    #[diesel(sql_type = Nullable<Timestamp>)]
    address_time: Option<NaiveDateTime>,
    #[diesel(sql_type = Nullable<BigInt>)]
    address_version: Option<i64>,
    #[diesel(sql_type = Nullable<Text>)]
    address_kept_by_run: Option<String>,
}

impl TryFrom<Stored> for InformationEntry {
    type Error = StoreError;
    fn try_from(row: Stored) -> Result<Self, StoreError> {
        Ok(Self {
            recipient_id: row.recipient_id,
            income_type: column::word(&row.income_type)?,
            position: row.position,
            total_1099_amount: Money::from_cents(row.total_1099_amount_cents),
            calculated: row.calculated_cents.map(Money::from_cents),
            states: Vec::new(),
            edit: row.edit.read()?,
            vendor_version: row.vendor_version,
            vendor_address_code: row.address_code,
            address_code_edit: row.address.read(),
            recipient_name: row.recipient_name,
            run_id: row.run_id,
        })
    }
}

impl StoredEdit {
    fn read(self) -> Result<Option<RowEdit>, StoreError> {
        let Some(kind) = self.kind else {
            return Ok(None);
        };
        let money = |cents: Option<i64>| Money::from_cents(cents.unwrap_or_default());
        let codes = self.occupation_codes.unwrap_or_default();
        let value = Value {
            amount: money(self.edited_cents),
            parts: Parts {
                cash_tips: money(self.cash_tips_cents),
                overtime: money(self.overtime_cents),
                occupation_codes: column::occupation_codes(&codes)?,
            },
        };
        let edit = Edit::of_word(&kind, value);
        Ok(Some(RowEdit {
            edit: edit.ok_or_else(|| column::corrupt("unknown kind of edit"))?,
            calculated_then: self.calculated_then_cents.map(Money::from_cents),
            by: Signature {
                user: self.user_name.unwrap_or_default(),
                reason: self.reason.unwrap_or_default(),
                time: self.edit_time.unwrap_or_default().and_utc(),
            },
            version: self.version.unwrap_or_default(),
            kept_by_run: self.kept_by_run,
        }))
    }
}

impl StoredAddress {
    fn read(self) -> Option<AddressCodeEdit> {
        Some(AddressCodeEdit {
            address_code: self.new_address_code?,
            by: Signature {
                user: self.address_user.unwrap_or_default(),
                reason: self.address_reason.unwrap_or_default(),
                time: self.address_time.unwrap_or_default().and_utc(),
            },
            version: self.address_version.unwrap_or_default(),
            kept_by_run: self.address_kept_by_run,
        })
    }
}

/// Rows after a recipient and place, by both, each with its states.
pub(crate) async fn page_after(
    conn: &mut Conn,
    selection: &Selection,
    show: Show,
    (recipient_id, position): (&str, i32),
    limit: i64,
) -> Result<Vec<InformationEntry>, StoreError> {
    let text = format!(
        "SELECT * FROM (SELECT i.recipient_id, i.position, i.income_type, i.total_1099_amount_cents, \
            i.taxable_amount_cents AS calculated_cents, r.vendor_version, r.address_code, r.recipient_name, i.run_id, \
            {EDITS} {CALCULATED}) AS calculated \
         UNION ALL SELECT * FROM (SELECT e.recipient_id, e.position, e.income_type, \
            CAST(0 AS BIGINT) AS total_1099_amount_cents, CAST(NULL AS BIGINT) AS calculated_cents, \
            COALESCE(r.vendor_version, e.vendor_version) AS vendor_version, \
            COALESCE(r.address_code, e.address_code) AS address_code, \
            COALESCE(r.recipient_name, e.recipient_name) AS recipient_name, COALESCE(p.run_id, '') AS run_id, \
            {EDITS} {BY_HAND}) AS by_hand \
         ORDER BY recipient_id, position LIMIT $9"
    );
    let rows: Vec<Stored> = sql(&text)
        .bind::<Text, _>(selection.payer_id.as_str())
        .bind::<Integer, _>(selection.tax_year.year())
        .bind::<Text, _>(recipient_id)
        .bind::<Integer, _>(position)
        .bind::<Text, _>(column::text_of(selection.recipient_id.as_ref()))
        .bind::<Text, _>(selection.income_type.map_or("", IncomeType::as_str))
        .bind::<Bool, _>(show.deleted)
        .bind::<Bool, _>(show.edited_only)
        .bind::<BigInt, _>(limit)
        .load(conn)
        .await?;
    let rows = rows.into_iter().map(InformationEntry::try_from);
    let mut rows = rows.collect::<Result<Vec<_>, _>>()?;
    information_states::fill_in(conn, &mut rows).await?;
    Ok(rows)
}

/// Every row of the selection's recipient, deleted ones too.
pub(crate) async fn of_recipient(
    conn: &mut Conn,
    selection: &Selection,
) -> Result<Vec<InformationEntry>, StoreError> {
    page_after(conn, selection, Show::ALL, ("", -1), ROWS_OF_A_RECIPIENT).await
}
