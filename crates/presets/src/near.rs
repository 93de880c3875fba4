//! Names that a mistyped one may mean.

/// Up to three of `names` that hold `typed`, or differ from it in few letters; the nearest first.
pub(super) fn names<'a>(typed: &str, names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let typed: Vec<char> = typed.to_lowercase().chars().take(100).collect();
    let mut near: Vec<(usize, &str)> = names
        .filter_map(|name| {
            let letters: Vec<char> = name.to_lowercase().chars().collect();
            let is_part = typed.len() > 2 && letters.windows(typed.len()).any(|part| part == typed);
            let distance = if is_part {
                0
            } else {
                distance(&typed, &letters)
            };
            (distance <= typed.len() / 3).then_some((distance, name))
        })
        .collect();
    near.sort_by_key(|(distance, _)| *distance);
    near.into_iter().take(3).map(|(_, name)| name).collect()
}

/// How many letters must be put in, left out or replaced (Levenshtein).
fn distance(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_and_parts_are_found_and_strangers_are_not() {
        let all = || ["Rock", "Pop", "Bass boost", "Bass cut"].into_iter();
        assert_eq!(names("rokc", all()), Vec::<&str>::new());
        assert_eq!(names("Rok", all()), ["Rock"]);
        assert_eq!(names("bass", all()), ["Bass boost", "Bass cut"]);
        assert_eq!(names("Bas bost", all()), ["Bass boost"]);
        assert_eq!(names("zither", all()), Vec::<&str>::new());
    }
}
