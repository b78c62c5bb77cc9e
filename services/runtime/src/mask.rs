//! Field masks: which fields an update changes.

use formfeed_proto::convert::Violations;
use prost_types::FieldMask;

/// A field that can be changed, and how it goes from one message to another.
pub type Field<M> = (&'static str, fn(to: &mut M, from: &M));

/// The fields an update changes.
#[derive(Debug)]
pub struct Changes<M: 'static> {
    fields: Vec<&'static Field<M>>,
    is_star: bool,
}

impl<M> Changes<M> {
    /// Reads a mask; unknown and immutable paths are noted.
    pub fn read(
        bad: &mut Violations,
        mask: Option<&FieldMask>,
        known: &'static [Field<M>],
    ) -> Self {
        let paths = mask.map(|mask| mask.paths.as_slice()).unwrap_or_default();
        let is_star = paths == ["*"];
        if paths.is_empty() {
            bad.add(
                "update_mask",
                "is required: name the fields to change, or *",
            );
        }
        let mut fields = Vec::new();
        for path in paths.iter().filter(|_| !is_star) {
            match known.iter().find(|(name, _)| name == path) {
                Some(field) => fields.push(field),
                None => bad.add("update_mask", unknown(path, known)),
            }
        }
        if is_star {
            fields.extend(known);
        }
        Self { fields, is_star }
    }

    /// Whether the mask is `*`.
    pub fn is_star(&self) -> bool {
        self.is_star
    }

    /// Whether a field is changed.
    pub fn has(&self, name: &str) -> bool {
        self.fields.iter().any(|(field, _)| *field == name)
    }

    /// Changes a field too that is not named.
    pub fn take_along(&mut self, name: &str, known: &'static [Field<M>]) {
        if !self.has(name) {
            self.fields
                .extend(known.iter().filter(|(field, _)| *field == name));
        }
    }

    /// Notes what is wrong with the fields that are changed; `path` is the resource's field in the request. What is
    /// wrong with the others does not matter, as they stay as they are.
    pub fn note(&self, bad: &mut Violations, path: &str, wrong: Violations) {
        let changed = wrong.into_iter().filter(|violation| {
            let field = violation.field.strip_prefix(path);
            let field = field.and_then(|rest| rest.strip_prefix('.'));
            let end = |c| c == '.' || c == '[';
            field.is_some_and(|field| self.has(field.split(end).next().unwrap_or_default()))
        });
        bad.extend(changed);
    }

    /// Changes the fields.
    pub fn copy(&self, to: &mut M, from: &M) {
        for (_, copy) in &self.fields {
            copy(to, from);
        }
    }
}

fn unknown<M>(path: &str, known: &[Field<M>]) -> String {
    let known: Vec<_> = known.iter().map(|(name, _)| *name).collect();
    let shown: String = path.chars().take(40).flat_map(char::escape_debug).collect();
    format!(
        "{shown} cannot be changed; name some of {}, or *",
        known.join(", ")
    )
}

/// Fields that are copied as they are: `fields![pb::Account: description, income_type]`.
#[macro_export]
macro_rules! fields {
    ($message:ty: $($field:ident),+ $(,)?) => {
        &[$((stringify!($field), |to: &mut $message, from: &$message| {
            to.$field.clone_from(&from.$field);
        })),+]
    };
}
pub use crate::fields;

#[cfg(test)]
mod tests {
    use formfeed_proto::vendor::Account;

    use super::*;

    const FIELDS: &[Field<Account>] = fields![Account: description, income_type];

    fn mask(paths: &[&str]) -> FieldMask {
        FieldMask {
            paths: paths.iter().map(|path| (*path).to_owned()).collect(),
        }
    }

    #[test]
    fn a_mask_changes_its_fields_and_no_other() {
        let mut bad = Violations::new();
        let changes = Changes::read(&mut bad, Some(&mask(&["income_type"])), FIELDS);
        let mut account = Account {
            description: "old".to_owned(),
            ..Account::default()
        };
        let sent = Account {
            description: "new".to_owned(),
            income_type: "rents".to_owned(),
            ..Account::default()
        };
        changes.copy(&mut account, &sent);
        assert!(bad.is_empty());
        assert_eq!(
            (account.description.as_str(), account.income_type.as_str()),
            ("old", "rents")
        );
        assert!(Changes::read(&mut bad, Some(&mask(&["*"])), FIELDS).has("description"));
    }

    #[test]
    fn what_is_wrong_with_a_field_that_stays_does_not_matter() {
        let mut bad = Violations::new();
        let changes = Changes::read(&mut bad, Some(&mask(&["description"])), FIELDS);
        let mut wrong = Violations::new();
        for field in [
            "account.account_id",
            "account.description",
            "account.income_type",
        ] {
            wrong.add(field, "is wrong");
        }
        changes.note(&mut bad, "account", wrong);
        let fields: Vec<_> = bad
            .list()
            .iter()
            .map(|violation| violation.field.as_str())
            .collect();
        assert_eq!(fields, ["account.description"]);
    }

    #[test]
    fn an_unknown_or_immutable_path_is_refused_by_name() {
        for mask in [Some(mask(&["account_id", "colour"])), None] {
            let mut bad = Violations::new();
            Changes::read(&mut bad, mask.as_ref(), FIELDS);
            assert!(
                bad.list()
                    .iter()
                    .all(|violation| violation.field == "update_mask")
            );
            assert_eq!(bad.list().len(), mask.map_or(1, |mask| mask.paths.len()));
        }
    }
}
