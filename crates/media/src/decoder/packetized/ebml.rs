//! Elements of EBML (RFC 8794), read from a file one after the other.

use std::io::{self, BufReader, Read, Seek, SeekFrom};

/// Bytes of the buffer: blocks of sound are mostly smaller, so that heads are read without a call each.
const BUFFER_BYTES: usize = 1 << 16;

/// An element's head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Element {
    pub(super) id: u32,
    /// Where its content begins.
    pub(super) start: u64,
    /// Bytes of its content; `None` where that is not said.
    pub(super) size: Option<u64>,
}

impl Element {
    /// Where it ends, if that is said.
    pub(super) fn end(&self) -> Option<u64> {
        self.start.checked_add(self.size?)
    }
}

/// A file that is read forwards.
pub(super) struct Reader<R> {
    file: BufReader<R>,
    /// The byte that is read next.
    at: u64,
    length: u64,
}

impl<R: Read + Seek> Reader<R> {
    /// `file`, from its beginning.
    ///
    /// # Errors
    /// When its length cannot be found.
    pub(super) fn new(mut file: R) -> io::Result<Self> {
        let length = file.seek(SeekFrom::End(0))?;
        file.rewind()?;
        Ok(Self {
            file: BufReader::with_capacity(BUFFER_BYTES, file),
            at: 0,
            length,
        })
    }

    /// The byte that is read next.
    pub(super) fn position(&self) -> u64 {
        self.at
    }

    /// Bytes of the file.
    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// Goes to a byte.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(super) fn go_to(&mut self, at: u64) -> io::Result<()> {
        // Within the buffer this is no call; far behind the end nothing is to be read anyway.
        let at = at.min(self.length);
        self.file
            .seek_relative(at.cast_signed() - self.at.cast_signed())?;
        self.at = at;
        Ok(())
    }

    /// Fills `buffer`; false where the file ends first.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(super) fn fill(&mut self, buffer: &mut [u8]) -> io::Result<bool> {
        if self.length - self.at < buffer.len() as u64 {
            return Ok(false);
        }
        match self.file.read_exact(buffer) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(false),
            Err(error) => return Err(error),
        }
        self.at += buffer.len() as u64;
        Ok(true)
    }

    /// The next `count` bytes, or those that are there.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(super) fn take(&mut self, count: u64) -> io::Result<Vec<u8>> {
        let count = count.min(self.length - self.at);
        let mut bytes = Vec::new();
        self.file.by_ref().take(count).read_to_end(&mut bytes)?;
        self.at += bytes.len() as u64;
        Ok(bytes)
    }

    /// A number of up to eight bytes, whose length stands in its first bits, and those bits if they are
    /// `marked`; `None` where there is none.
    fn number(&mut self, marked: bool) -> io::Result<Option<(u64, u32)>> {
        let mut bytes = [0; 8];
        if !self.fill(&mut bytes[..1])? {
            return Ok(None);
        }
        let length = bytes[0].leading_zeros() + 1;
        if length > 8 || !self.fill(&mut bytes[1..length as usize])? {
            return Ok(None);
        }
        let all = u64::from_be_bytes(bytes) >> (64 - 8 * length);
        let mark = 1 << (7 * length);
        Ok(Some((if marked { all } else { all & !mark }, length)))
    }

    /// The head of the next element; `None` where there is none.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(super) fn element(&mut self) -> io::Result<Option<Element>> {
        let Some((id, 1..=4)) = self.number(true)? else {
            return Ok(None);
        };
        let Some((size, length)) = self.number(false)? else {
            return Ok(None);
        };
        let is_unknown = size == (1 << (7 * length)) - 1;
        Ok(Some(Element {
            id: id as u32,
            start: self.at,
            size: (!is_unknown).then_some(size),
        }))
    }

    /// Goes to the next place where `pattern` stands; false, at the end, where there is none.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(super) fn search(&mut self, pattern: [u8; 4]) -> io::Result<bool> {
        let wanted = u32::from_be_bytes(pattern);
        let mut last = 0;
        let mut count = 0;
        let mut byte = [0];
        while self.fill(&mut byte)? {
            last = last << 8 | u32::from(byte[0]);
            count += 1;
            if count >= 4 && last == wanted {
                let at = self.at - 4;
                self.go_to(at)?;
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// The elements in `bytes`: identifiers and contents, the last one as far as it is there.
pub(super) fn elements(bytes: &[u8]) -> impl Iterator<Item = (u32, &[u8])> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let (id, id_bytes) = number(rest, true)?;
        let (size, size_bytes) = number(rest.get(id_bytes..)?, false)?;
        let content = rest.get(id_bytes + size_bytes..)?;
        let size = usize::try_from(size)
            .unwrap_or(usize::MAX)
            .min(content.len());
        let (content, behind) = content.split_at(size);
        rest = behind;
        Some((u32::try_from(id).ok()?, content))
    })
}

/// A number of up to eight bytes, and how many it has; with the bits of its length if `marked`.
pub(super) fn number(bytes: &[u8], marked: bool) -> Option<(u64, usize)> {
    let length = bytes.first()?.leading_zeros() as usize + 1;
    let all = bytes
        .get(..length)
        .filter(|bytes| bytes.len() <= 8)?
        .iter()
        .fold(0, |value, byte| value << 8 | u64::from(*byte));
    let mark = 1 << (7 * length);
    Some((if marked { all } else { all & !mark }, length))
}

/// An unsigned integer; its first eight bytes if there are more.
pub(super) fn unsigned(content: &[u8]) -> u64 {
    let bytes = content.iter().take(8);
    bytes.fold(0, |value, byte| value << 8 | u64::from(*byte))
}

/// A floating-point number of four or eight bytes.
pub(super) fn float(content: &[u8]) -> Option<f64> {
    match content.len() {
        4 => Some(f32::from_bits(unsigned(content) as u32).into()),
        8 => Some(f64::from_bits(unsigned(content))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    #[test]
    fn heads_are_read() {
        let file = b"\x1A\x45\xDF\xA3\x82ab\xEC\x40\x01x\xA3\x01\xFF\xFF\xFF\xFF\xFF\xFF\xFF";
        let mut reader = Reader::new(Cursor::new(file)).unwrap();
        let first = reader.element().unwrap().unwrap();
        assert_eq!(
            (first.id, first.start, first.size),
            (0x1A45_DFA3, 5, Some(2))
        );
        reader.go_to(first.end().unwrap()).unwrap();
        let second = reader.element().unwrap().unwrap();
        assert_eq!((second.id, second.size), (0xEC, Some(1)));
        reader.go_to(second.end().unwrap()).unwrap();
        let third = reader.element().unwrap().unwrap();
        assert_eq!((third.id, third.size), (0xA3, None));
        assert_eq!(reader.element().unwrap(), None);
        let found: Vec<_> = elements(&file[..11]).collect();
        assert_eq!(found, [(0x1A45_DFA3, &b"ab"[..]), (0xEC, &b"x"[..])]);
    }

    #[test]
    fn marks_are_searched() {
        let mut reader = Reader::new(Cursor::new(b"\x1F\x1F\x43\xB6\x75rest")).unwrap();
        assert!(reader.search([0x1F, 0x43, 0xB6, 0x75]).unwrap());
        assert_eq!(reader.position(), 1);
        reader.go_to(2).unwrap();
        assert!(!reader.search([0x1F, 0x43, 0xB6, 0x75]).unwrap());
    }

    #[test]
    fn numbers_have_their_length_in_front() {
        assert_eq!(number(&[0x81], false), Some((1, 1)));
        assert_eq!(number(&[0x40, 0x02], false), Some((2, 2)));
        assert_eq!(number(&[0x40, 0x02], true), Some((0x4002, 2)));
        assert_eq!(number(&[0x40], false), None);
        assert_eq!(number(&[0], false), None);
        assert_eq!(float(&440.0_f32.to_be_bytes()), Some(440.0));
        assert_eq!(float(&440.0_f64.to_be_bytes()), Some(440.0));
        assert_eq!(float(&[]), None);
    }
}
