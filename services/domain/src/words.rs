//! Serde for the enums that are written as one word, the word of the AP extract.

macro_rules! serde_by_word {
    ($($name:ty),* $(,)?) => {$(
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let word = std::borrow::Cow::<'de, str>::deserialize(from)?;
                word.parse().map_err(serde::de::Error::custom)
            }
        }
    )*};
}

serde_by_word!(
    crate::IncomeType,
    crate::history::PaymentMethod,
    crate::vendor::Classification,
    crate::vendor::Flag1099,
);

#[cfg(test)]
mod tests {
    use crate::IncomeType;

    #[test]
    fn an_enum_is_written_as_the_word_of_the_extract() {
        let json = serde_json::to_string(&IncomeType::Section409aDeferrals).unwrap();
        assert_eq!(json, "\"section_409a_deferrals\"");
        assert_eq!(
            serde_json::from_str::<IncomeType>(&json).unwrap(),
            IncomeType::Section409aDeferrals
        );
        assert!(serde_json::from_str::<IncomeType>("\"rent\"").is_err());
    }
}
