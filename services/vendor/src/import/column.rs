//! Fields of messages under the names of the extract's columns.

use formfeed_domain::extract::File;

/// The column that a field of a record comes from.
pub(super) fn column(file: File, field: &str) -> String {
    let field = match field {
        "display_name" => "name",
        other => other,
    };
    match (file, field.strip_prefix("address.")) {
        (File::Payers, Some(line @ ("line_1" | "line_2"))) => format!("address_{line}"),
        (_, Some(part)) => part.to_owned(),
        (_, None) => field.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_of_an_address_is_one_of_its_file() {
        for file in [File::Payers, File::VendorAddresses] {
            for part in [
                "line_1",
                "line_2",
                "city",
                "state",
                "postal_code",
                "country",
            ] {
                let column = column(file, &format!("address.{part}"));
                assert!(
                    file.columns().contains(&column.as_str()),
                    "{file}: {column}"
                );
            }
        }
        assert_eq!(column(File::Vendors, "display_name"), "name");
    }
}
