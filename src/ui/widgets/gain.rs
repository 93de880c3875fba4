//! Gains as they are written.

/// "+3.5", "−12.0", "0".
pub(crate) fn signed(gain_db: f64) -> String {
    match (gain_db * 10.0).round() as i64 {
        0 => "0".to_owned(),
        tenths if tenths > 0 => format!("+{:.1}", tenths as f64 / 10.0),
        tenths => format!("\u{2212}{:.1}", -tenths as f64 / 10.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gains_are_written_with_their_sign() {
        assert_eq!(signed(3.5), "+3.5");
        assert_eq!(signed(-12.0), "\u{2212}12.0");
        assert_eq!(signed(0.04), "0");
    }
}
