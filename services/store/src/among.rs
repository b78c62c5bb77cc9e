//! `column IN keys` with all keys bound as one value.
//!
//! A text with a mark for each key would have to be parsed anew for every number of keys. PostgreSQL takes an array,
//! SQLite a JSON array that it reads as a table.

use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping};
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::serialize::ToSql;
use diesel::sql_types::{Array, Bool, HasSqlType, Integer, SingleValue, Text};
use diesel::sqlite::Sqlite;

/// What a column is compared with: text or a whole number.
pub(crate) trait Key: Into<serde_json::Value> + Clone + 'static {
    /// The type of the column.
    type Column: SingleValue;
}

impl Key for String {
    type Column = Text;
}

impl Key for i32 {
    type Column = Integer;
}

/// Whether a column holds one of these keys.
pub(crate) fn among<C, K>(column: C, keys: Vec<K>) -> Among<C, K>
where
    K: Key,
    C: Expression<SqlType = K::Column>,
{
    let json = serde_json::Value::from_iter(keys.iter().cloned()).to_string();
    Among { column, keys, json }
}

/// See [`among`].
#[derive(Debug, Clone)]
pub(crate) struct Among<C, K> {
    column: C,
    keys: Vec<K>,
    json: String,
}

impl<C: Expression, K> Expression for Among<C, K> {
    type SqlType = Bool;
}

impl<C: QueryId, K: 'static> QueryId for Among<C, K> {
    type QueryId = Among<C::QueryId, K>;

    const HAS_STATIC_QUERY_ID: bool = C::HAS_STATIC_QUERY_ID;
}

impl<C: ValidGrouping<G>, K, G> ValidGrouping<G> for Among<C, K> {
    type IsAggregate = C::IsAggregate;
}

impl<C: AppearsOnTable<Source>, K, Source> AppearsOnTable<Source> for Among<C, K> {}
impl<C: SelectableExpression<Source>, K, Source> SelectableExpression<Source> for Among<C, K> {}

impl<C: QueryFragment<Sqlite>, K> QueryFragment<Sqlite> for Among<C, K> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        self.column.walk_ast(out.reborrow())?;
        out.push_sql(" IN (SELECT value FROM json_each(");
        out.push_bind_param::<Text, _>(&self.json)?;
        out.push_sql("))");
        Ok(())
    }
}

impl<C, K> QueryFragment<Pg> for Among<C, K>
where
    C: QueryFragment<Pg>,
    K: Key,
    Pg: HasSqlType<K::Column>,
    Vec<K>: ToSql<Array<K::Column>, Pg>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.column.walk_ast(out.reborrow())?;
        out.push_sql(" = ANY(");
        out.push_bind_param::<Array<K::Column>, _>(&self.keys)?;
        out.push_sql(")");
        Ok(())
    }
}
