//! `column IN keys` with all keys bound as one value.
//!
//! A text with a mark for each key would have to be parsed anew for every number of keys. PostgreSQL takes an array,
//! SQLite a JSON array that it reads as a table.

use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping};
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::sql_types::{Array, Bool, Text};
use diesel::sqlite::Sqlite;

/// Whether a text column holds one of these keys.
pub(crate) fn among<C: Expression<SqlType = Text>>(column: C, keys: Vec<String>) -> Among<C> {
    let json = serde_json::Value::from_iter(keys.iter().map(String::as_str)).to_string();
    Among { column, keys, json }
}

/// See [`among`].
#[derive(Debug, Clone, QueryId, ValidGrouping)]
pub(crate) struct Among<C> {
    column: C,
    keys: Vec<String>,
    json: String,
}

impl<C: Expression> Expression for Among<C> {
    type SqlType = Bool;
}

impl<C: AppearsOnTable<Source>, Source> AppearsOnTable<Source> for Among<C> {}
impl<C: SelectableExpression<Source>, Source> SelectableExpression<Source> for Among<C> {}

impl<C: QueryFragment<Sqlite>> QueryFragment<Sqlite> for Among<C> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        self.column.walk_ast(out.reborrow())?;
        out.push_sql(" IN (SELECT value FROM json_each(");
        out.push_bind_param::<Text, _>(&self.json)?;
        out.push_sql("))");
        Ok(())
    }
}

impl<C: QueryFragment<Pg>> QueryFragment<Pg> for Among<C> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.column.walk_ast(out.reborrow())?;
        out.push_sql(" = ANY(");
        out.push_bind_param::<Array<Text>, _>(&self.keys)?;
        out.push_sql(")");
        Ok(())
    }
}
