//! What is for Windows and cannot run here is at least well-formed.

use std::fs;
use std::path::PathBuf;
use tree_sitter::{Node, Parser};

fn at_root(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .join(name)
}

fn collect<'t>(node: Node<'t>, kind: &str, found: &mut Vec<Node<'t>>) {
    if node.kind() == kind {
        found.push(node);
    }
    for index in 0..node.child_count() {
        if let Some(child) = node.child(index) {
            collect(child, kind, found);
        }
    }
}

#[test]
fn the_performance_script_parses_and_has_its_switches() {
    let text = fs::read_to_string(at_root("run_performance_analysis.ps1")).expect("the script");
    let mut parser = Parser::new();
    parser
        .set_language(&tree_sitter_powershell::LANGUAGE.into())
        .expect("the grammar");
    let tree = parser.parse(&text, None).expect("a tree");
    let root = tree.root_node();
    let mut errors = Vec::new();
    collect(root, "ERROR", &mut errors);
    let places: Vec<_> = errors.iter().map(Node::start_position).collect();
    assert!(!root.has_error(), "not PowerShell at {places:?}");

    let mut blocks = Vec::new();
    collect(root, "param_block", &mut blocks);
    let [block] = blocks[..] else {
        panic!("{} param blocks", blocks.len());
    };
    let mut parameters = Vec::new();
    collect(block, "script_parameter", &mut parameters);
    let parameters: Vec<&str> = parameters
        .iter()
        .map(|node| &text[node.byte_range()])
        .collect();
    for wanted in ["$All", "$RunBenchmarks", "$GenerateReport"] {
        let declared = format!("[switch]{wanted}");
        assert!(
            parameters
                .iter()
                .any(|parameter| parameter.trim_end_matches(',') == declared),
            "{declared} is not among {parameters:?}"
        );
    }
}

/// Every element opens and closes in order; attributes are in double quotes. Enough for a profile
/// without entities or CDATA.
fn check_xml(text: &str) -> Result<Vec<String>, String> {
    let (mut open, mut ids, mut rest) = (Vec::new(), Vec::new(), text);
    while let Some(start) = rest.find('<') {
        rest = &rest[start + 1..];
        if let Some(comment) = rest.strip_prefix("!--") {
            let end = comment.find("-->").ok_or("a comment without an end")?;
            if comment[..end].contains("--") {
                return Err("`--` within a comment".into());
            }
            rest = &comment[end + 3..];
            continue;
        }
        let end = rest.find('>').ok_or("a tag without an end")?;
        let (tag, after) = (&rest[..end], &rest[end + 1..]);
        rest = after;
        if tag.starts_with('?') {
            continue;
        }
        if let Some(name) = tag.strip_prefix('/') {
            if open.pop() != Some(name.trim()) {
                return Err(format!("</{name}> closes what is not open"));
            }
            continue;
        }
        if tag.matches('"').count() % 2 != 0 {
            return Err(format!("quotes of <{tag}>"));
        }
        let name = tag.split([' ', '/']).next().unwrap_or_default();
        if !tag.ends_with('/') {
            open.push(name);
        }
        ids.extend(attribute(tag, " Id=\"").map(|id| format!("{name} {id}")));
    }
    match open.last() {
        Some(name) => Err(format!("<{name}> is never closed")),
        None => Ok(ids),
    }
}

fn attribute<'t>(tag: &'t str, key: &str) -> Option<&'t str> {
    tag.split_once(key)?.1.split('"').next()
}

#[test]
fn the_recorder_profile_is_well_formed_and_its_references_lead_somewhere() {
    assert!(check_xml("<a><b></a></b>").is_err());
    assert!(check_xml("<a><b/>").is_err());
    assert!(check_xml("<a x=\"1/>").is_err());
    let text = fs::read_to_string(at_root("assets/audio.wprp")).expect("the profile");
    let ids = check_xml(&text).expect("XML");
    for kind in [
        "SystemCollector",
        "EventCollector",
        "SystemProvider",
        "EventProvider",
    ] {
        for reference in text.split(&format!("<{kind}Id Value=\"")).skip(1) {
            let id = reference.split('"').next().unwrap_or_default();
            assert!(
                ids.contains(&format!("{kind} {id}")),
                "{kind} {id} is not in {ids:?}"
            );
        }
    }
    for keyword in ["SampledProfile", "CSwitch", "DPC"] {
        assert!(
            text.contains(&format!("<Keyword Value=\"{keyword}\"/>")),
            "{keyword}"
        );
    }
}
