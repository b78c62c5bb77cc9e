//! The rectangles of the IRS's own files, carried in `fixtures/geometry` (its README names each file's source).

use formfeed_domain::layout::{Field, FieldKind};

/// One field of an official form.
#[derive(serde::Deserialize)]
struct Official {
    form: String,
    #[serde(rename = "box")]
    box_label: String,
    kind: String,
    left: f64,
    top: f64,
    width: f64,
    height: f64,
    max_len: Option<usize>,
}

/// Holds fields against a fixture: each has exactly the rectangle of its box, and no box is without its field. Fields
/// whose box is in `ours` are not the IRS's; boxes that `unused` says are not ours to fill.
pub(crate) fn assert_same(
    fields: &[&Field],
    form: &str,
    csv: &str,
    ours: &[&str],
    unused: impl Fn(&str) -> bool,
) {
    let official: Vec<Official> = csv::Reader::from_reader(csv.as_bytes())
        .deserialize()
        .collect::<Result<_, _>>()
        .unwrap();
    let is_used = |it: &&Official| it.kind != "shaded" && !unused(&it.box_label);
    let used: Vec<_> = official.iter().filter(is_used).collect();
    assert_eq!(used.len() + ours.len(), fields.len(), "{form}");
    for theirs in used {
        assert_eq!(theirs.form, form);
        let mine = fields
            .iter()
            .find(|field| field.box_label == theirs.box_label)
            .unwrap_or_else(|| panic!("{form} has no field for box {}", theirs.box_label));
        let rect = mine.rect;
        assert_eq!(
            [rect.left, rect.top, rect.width, rect.height].map(|points| points.points()),
            [theirs.left, theirs.top, theirs.width, theirs.height],
            "{form} {}",
            mine.name
        );
        assert_eq!(mine.kind == FieldKind::Mark, theirs.kind == "check");
        match mine.kind {
            FieldKind::Tin => assert!(matches!(theirs.max_len, Some(10 | 11))),
            _ => assert_eq!(mine.max_characters, theirs.max_len, "{form} {}", mine.name),
        }
    }
}
