//! How wide columns are, and where their texts break.

use formfeed_domain::points::Points;

use crate::face::Face;

/// Column widths of at most `room` together: as wide as their texts where there is room. Else the widest that may
/// break are brought down to one width, and only where that is not enough, all of them.
pub(crate) fn fitted(natural: &[Points], may_break: &[bool], room: Points) -> Vec<Points> {
    let sum = |widths: &[Points]| {
        widths
            .iter()
            .map(|width| i64::from(width.thousandths()))
            .sum::<i64>()
    };
    let room = i64::from(room.thousandths());
    if sum(natural) <= room {
        return natural.to_vec();
    }
    let kept: i64 = natural
        .iter()
        .zip(may_break)
        .filter(|(_, may_break)| !**may_break)
        .map(|(width, _)| i64::from(width.thousandths()))
        .sum();
    let broken = may_break.iter().filter(|may_break| **may_break).count();
    let (may_break, room_left) = match kept < room && broken > 0 {
        true => (may_break.to_vec(), room - kept),
        false => (vec![true; natural.len()], room),
    };
    let cap = cap(natural, &may_break, room_left);
    natural
        .iter()
        .zip(may_break)
        .map(|(width, may_break)| match may_break {
            true => (*width).min(cap),
            false => *width,
        })
        .collect()
}

/// The largest width that the breaking columns may have so that all of them fit.
fn cap(natural: &[Points], may_break: &[bool], room: i64) -> Points {
    let mut widths: Vec<i64> = natural
        .iter()
        .zip(may_break)
        .filter(|(_, may_break)| **may_break)
        .map(|(width, _)| i64::from(width.thousandths()))
        .collect();
    widths.sort_unstable();
    let (mut left, mut columns) = (room, i64::try_from(widths.len()).unwrap_or(i64::MAX));
    for width in widths {
        if width * columns > left {
            break;
        }
        left -= width;
        columns -= 1;
    }
    let cap = left / columns.max(1);
    Points::from_thousandths(i32::try_from(cap).unwrap_or(i32::MAX))
}

/// The lines of a text no wider than `room`: broken at blanks, and within a word that is too long by itself.
/// Never fewer than one line, never a line without a character where there is one left.
pub fn broken(text: &str, face: Face, size: Points, room: Points) -> Vec<String> {
    if face.width(text, size) <= room {
        return vec![text.to_owned()];
    }
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        let longer = match line.is_empty() {
            true => word.to_owned(),
            false => format!("{line} {word}"),
        };
        if face.width(&longer, size) <= room {
            line = longer;
            continue;
        }
        if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        for c in word.chars() {
            line.push(c);
            if face.width(&line, size) > room && line.chars().count() > 1 {
                line.pop();
                lines.push(std::mem::replace(&mut line, c.to_string()));
            }
        }
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(points: &[i32]) -> Vec<Points> {
        points
            .iter()
            .map(|p| Points::from_thousandths(p * 1000))
            .collect()
    }

    #[test]
    fn only_the_widest_texts_give_way_and_amounts_never_do() {
        let room = Points::from_thousandths(100_000);
        let fitted = |natural, may_break| fitted(&points(natural), may_break, room);
        assert_eq!(
            fitted(&[30, 40, 20], &[true, true, false]),
            points(&[30, 40, 20])
        );
        assert_eq!(
            fitted(&[10, 300, 70, 20], &[true, true, true, false]),
            points(&[10, 35, 35, 20])
        );
        assert_eq!(fitted(&[90, 90], &[false, false]), points(&[50, 50]));
    }

    #[test]
    fn no_character_is_lost_where_a_text_breaks() {
        let size = Points::from_thousandths(8_000);
        let text = "Consolidated Harbour-and-Waterways-Maintenance of Łódź";
        for room in [1, 20, 60, 120] {
            let lines = broken(
                text,
                Face::Regular,
                size,
                Points::from_thousandths(room * 1000),
            );
            let joined: String = lines.concat().chars().filter(|c| *c != ' ').collect();
            assert_eq!(joined, text.replace(' ', ""), "{room}");
            assert!(lines.iter().all(|line| !line.is_empty()));
        }
    }
}
