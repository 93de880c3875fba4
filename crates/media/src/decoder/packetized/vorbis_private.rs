//! The headers of Vorbis as Matroska packs them.

/// The identification and setup headers out of the three that are laced together in the private data.
pub(super) fn vorbis_headers(private: &[u8]) -> Option<Box<[u8]>> {
    let (2, mut rest) = private.split_first().map(|(count, rest)| (*count, rest))? else {
        return None;
    };
    let mut sizes = [0; 2];
    for size in &mut sizes {
        loop {
            let (byte, behind) = rest.split_first()?;
            rest = behind;
            *size += usize::from(*byte);
            if *byte < u8::MAX {
                break;
            }
        }
    }
    let (identification, rest) = rest.split_at_checked(sizes[0])?;
    let setup = rest.get(sizes[1]..)?;
    Some([identification, setup].concat().into_boxed_slice())
}
