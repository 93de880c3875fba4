//! No struct grows without somebody noticing.

use crate::sources::sources;

/// Fields that a struct may have.
const MAX_FIELDS: usize = 12;

/// Those that may have more, with how many, and why.
const EXCEPTIONS: [(&str, usize, &str); 13] = [
    (
        "PerformanceMonitor",
        19,
        "atomics written by the callback, one for each figure",
    ),
    ("Stats", 18, "the fields of --stats, which scripts rely on"),
    ("Demuxed", 17, "state of one decoder"),
    ("Renderer", 17, "state of the callback"),
    ("PlayerSnapshot", 17, "all that a listener sees"),
    ("DecodePipeline", 17, "state of one pipeline"),
    ("OutputSlot", 15, "state of one output"),
    ("OggStream", 15, "state of one decoder"),
    (
        "Probed",
        15,
        "the fields of probe --json, which scripts rely on",
    ),
    ("TimeStretch", 14, "state of one stage"),
    ("Palette", 14, "one colour for each use"),
    ("Packetized", 13, "state of one decoder"),
    ("MetricsEntry", 13, "the columns of the history"),
];
/// Of the equalizer's bank, whose fields are the registers of a kernel.
const BANK: (&str, usize) = ("EqBandOptimizer", 13);

#[test]
fn structs_have_few_fields() {
    let mut wrong = Vec::new();
    let mut largest = 0;
    for source in sources() {
        let code = source.product_code();
        for (name, fields) in structs(&code) {
            largest = largest.max(fields);
            let allowed = EXCEPTIONS
                .iter()
                .map(|(name, fields, _)| (*name, *fields))
                .chain([BANK])
                .find(|(known, _)| *known == name)
                .map_or(MAX_FIELDS, |(_, fields)| fields);
            if fields > allowed {
                wrong.push(format!("{}: {name} has {fields} fields", source.name));
            }
        }
    }
    assert!(largest > MAX_FIELDS, "structs were found");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Names and fields of the structs with named fields, as rustfmt lays them out.
fn structs(code: &str) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    let mut lines = code.lines();
    while let Some(line) = lines.next() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let Some(at) = words.iter().position(|word| *word == "struct") else {
            continue;
        };
        if line.starts_with(' ') || line.trim_end().ends_with([';', '}']) {
            continue;
        }
        let name = words.get(at + 1).copied().unwrap_or_default();
        let name = name.split(['<', '{', '(']).next().unwrap_or_default();
        let is_field = |line: &&str| {
            let field = line.strip_prefix("    ").unwrap_or_default();
            let field = field.strip_prefix("pub ").unwrap_or(field);
            let field = match field.strip_prefix("pub(") {
                Some(rest) => rest.split_once(") ").map_or("", |(_, field)| field),
                None => field,
            };
            let name = field.split(':').next().unwrap_or_default();
            field.contains(':')
                && !name.is_empty()
                && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        };
        let body = lines.by_ref().take_while(|line| !line.starts_with('}'));
        let fields = body.filter(|line| is_field(line)).count();
        found.push((name.to_owned(), fields));
    }
    found
}

#[test]
fn fields_are_counted() {
    let code = "struct A;\npub struct B<T> {\n    pub(crate) a: T,\n    b: u8,\n}\nstruct C(u8);\n";
    assert_eq!(structs(code), [("B".to_owned(), 2)]);
}
