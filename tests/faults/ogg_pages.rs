//! Pages of Ogg files (RFC 3533).

/// The bodies of the pages behind the headers, whose positions are above zero. Pages must follow each other,
/// with right checksums.
pub(crate) fn bodies(data: &[u8]) -> Result<Vec<&[u8]>, String> {
    let (mut at, mut found) = (0, Vec::new());
    while at < data.len() {
        let page = page_at(data, at).ok_or_else(|| format!("no whole page at byte {at}"))?;
        let mut summed = page.to_vec();
        summed[22..26].fill(0);
        if checksum(&summed).to_le_bytes() != page[22..26] {
            return Err(format!("the page at byte {at} has a wrong checksum"));
        }
        let position = i64::from_le_bytes(page[6..14].try_into().unwrap());
        if position > 0 {
            found.push(&page[27 + usize::from(page[26])..]);
        }
        at += page.len();
    }
    Ok(found)
}

fn page_at(data: &[u8], at: usize) -> Option<&[u8]> {
    let rest = data.get(at..).filter(|rest| rest.starts_with(b"OggS"))?;
    let segments = usize::from(*rest.get(26)?);
    let sizes = rest.get(27..27 + segments)?;
    let body: usize = sizes.iter().map(|size| usize::from(*size)).sum();
    rest.get(..27 + segments + body)
}

/// CRC-32 with the polynomial 04c11db7, neither reflected nor inverted.
fn checksum(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |sum: u32, byte| {
        let mixed = sum ^ u32::from(*byte) << 24;
        (0..8).fold(mixed, |sum, _| match sum & 0x8000_0000 {
            0 => sum << 1,
            _ => sum << 1 ^ 0x04C1_1DB7,
        })
    })
}
