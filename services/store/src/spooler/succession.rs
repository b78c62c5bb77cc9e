//! Ids order by when they were made (RFC 9562, version 7), also after a clock was put back or where another spooler's clock
//! is ahead.

/// Hexadecimal digits of the milliseconds at the head of an id, with the dash among them.
const MILLISECONDS: usize = 13;
/// Characters of an id.
const LENGTH: usize = 36;

/// The id `fresh`, unless `last` is not before it: then one like it, a millisecond after that.
pub(crate) fn after(last: Option<&str>, fresh: &str) -> String {
    let comes_after = |last: &&str| last.get(..LENGTH).is_none_or(|last| last < fresh);
    let Some(last) = last.filter(|last| !comes_after(last)) else {
        return fresh.to_owned();
    };
    let milliseconds = |id: &str| {
        let digits = id.get(..MILLISECONDS)?.replace('-', "");
        u64::from_str_radix(&digits, 16).ok()
    };
    match (milliseconds(last), fresh.get(MILLISECONDS..)) {
        (Some(last), Some(rest)) => {
            let next = last + 1;
            format!("{:08x}-{:04x}{rest}", next >> 16, next & 0xffff)
        }
        _ => fresh.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EARLY: &str = "019a0000-ffff-7000-8000-00000000000a";
    const LATE: &str = "019a0001-0000-7000-8000-000000000001";

    #[test]
    fn an_id_that_comes_later_stays_as_it_is() {
        assert_eq!(after(None, EARLY), EARLY);
        assert_eq!(after(Some(EARLY), LATE), LATE);
        assert_eq!(after(Some(&format!("{EARLY}-0000000017")), LATE), LATE);
    }

    #[test]
    fn after_a_clock_was_put_back_an_id_still_comes_after_the_last() {
        let made = after(Some(LATE), EARLY);
        assert_eq!(made, "019a0001-0001-7000-8000-00000000000a");
        assert!(made.as_str() > LATE);
        let of_a_sheet = format!("{LATE}-0000000017");
        assert!(after(Some(&of_a_sheet), EARLY) > of_a_sheet);
        // The carry goes on into the upper digits.
        let last = "019a0000-ffff-7fff-8000-000000000000";
        assert_eq!(
            after(Some(last), EARLY),
            "019a0001-0000-7000-8000-00000000000a"
        );
    }
}
