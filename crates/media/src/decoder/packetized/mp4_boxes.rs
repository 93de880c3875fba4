//! Boxes of MP4 and QuickTime (ISO 14496-12, section 4.2) in memory, read for what is there.

/// A box: its kind and its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Box4<'a> {
    pub(super) kind: [u8; 4],
    pub(super) content: &'a [u8],
}

/// The head of a box: its kind, the bytes of the head, and those of the whole box, if it does not reach to
/// the end of what it lies in.
pub(super) fn head(bytes: &[u8]) -> Option<([u8; 4], u64, Option<u64>)> {
    let (&[s0, s1, s2, s3, k0, k1, k2, k3], more) = bytes.split_first_chunk::<8>()?;
    let kind = [k0, k1, k2, k3];
    match u32::from_be_bytes([s0, s1, s2, s3]) {
        0 => Some((kind, 8, None)),
        1 => {
            let size = u64::from_be_bytes(*more.first_chunk::<8>()?);
            (size >= 16).then_some((kind, 16, Some(size)))
        }
        size if size >= 8 => Some((kind, 8, Some(size.into()))),
        _ => None,
    }
}

/// The boxes in `bytes`, the last one as far as it is there.
pub(super) fn boxes(bytes: &[u8]) -> impl Iterator<Item = Box4<'_>> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let (kind, head_bytes, size) = head(rest)?;
        let all = rest.len() as u64;
        let end = size.unwrap_or(all).min(all) as usize;
        let content = rest.get(head_bytes as usize..end)?;
        rest = &rest[end..];
        Some(Box4 { kind, content })
    })
}

/// The content of the first box of that kind in `bytes`.
pub(super) fn find<'a>(bytes: &'a [u8], kind: &[u8; 4]) -> Option<&'a [u8]> {
    boxes(bytes)
        .find(|found| found.kind == *kind)
        .map(|found| found.content)
}

/// The content of the box that lies in those of the kinds before it.
pub(super) fn find_in<'a>(bytes: &'a [u8], path: &[&[u8; 4]]) -> Option<&'a [u8]> {
    path.iter()
        .try_fold(bytes, |inside, kind| find(inside, kind))
}

/// Big-endian numbers one behind the other.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fields<'a>(pub(super) &'a [u8]);

impl Fields<'_> {
    pub(super) fn skip(&mut self, bytes: usize) -> Option<()> {
        self.0 = self.0.get(bytes..)?;
        Some(())
    }

    pub(super) fn u8(&mut self) -> Option<u8> {
        let (&first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(first)
    }

    pub(super) fn u16(&mut self) -> Option<u16> {
        let (&bytes, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u16::from_be_bytes(bytes))
    }

    pub(super) fn u32(&mut self) -> Option<u32> {
        let (&bytes, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u32::from_be_bytes(bytes))
    }

    pub(super) fn u64(&mut self) -> Option<u64> {
        let (&bytes, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u64::from_be_bytes(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_are_read_as_far_as_they_are_there() {
        let mut bytes = b"\0\0\0\x0Cfree1234".to_vec();
        bytes.extend(b"\0\0\0\x01skip\0\0\0\0\0\0\0\x12ab");
        bytes.extend(b"\0\0\xFF\xFFmdatrest");
        let kinds: Vec<_> = boxes(&bytes).map(|b| (b.kind, b.content.len())).collect();
        assert_eq!(kinds, [(*b"free", 4), (*b"skip", 2), (*b"mdat", 4)]);
        assert_eq!(find(&bytes, b"skip"), Some(&b"ab"[..]));
        assert_eq!(head(b"\0\0\0\0mdat"), Some((*b"mdat", 8, None)));
        assert_eq!(head(b"\0\0\0\x07mdat"), None);
        assert_eq!(head(b"\0\0\0\x01mdat\0\0\0\0\0\0\0\x0F"), None);
        assert_eq!(boxes(b"\0\0\0\x03moov").count(), 0);
    }
}
