//! What files are said to be, and what lists and folders stand for.

use crate::player::Bench;
use crate::table::Case;
use crate::wave::Wave;
use crate::{Verdict, need};
use serde_json::Value;

/// Values in the JSON a command prints; `lines` for several objects.
pub(crate) fn fields(bench: &mut Bench, case: &Case) -> Verdict {
    let ran = bench.run(&case.command)?;
    let alone = [case.expected.clone()];
    let wanted = case.expected.get("lines").and_then(Value::as_array);
    let wanted: &[Value] = wanted.map_or(&alone, |lines| lines);
    let told = ran.json()?;
    need(told.len() == wanted.len(), || {
        format!("{} lines, not {}: {}", told.len(), wanted.len(), ran.err)
    })?;
    for (line, keys) in told.iter().zip(wanted) {
        for (key, want) in keys
            .as_object()
            .unwrap()
            .iter()
            .filter(|(key, _)| *key != "exit")
        {
            let got = key.split('.').fold(line, |value, part| &value[part]);
            need(agrees(got, want), || format!("{key} is {got}, not {want}"))?;
        }
    }
    ran.check_exit(&case.expected, "exit")
}

/// A value itself, a range, a number of dB in front of a text, or a pattern of the form `^WORD(?!.*NOT)`.
fn agrees(got: &Value, want: &Value) -> bool {
    if let Some(db) = want.get("db").and_then(Value::as_f64) {
        let text = got.as_str().unwrap_or_default().trim();
        let end = text
            .find(|c: char| !(c.is_ascii_digit() || "+-.".contains(c)))
            .unwrap_or(text.len());
        return text[..end]
            .parse::<f64>()
            .is_ok_and(|value| (value - db).abs() < 0.01);
    }
    if let Some(pattern) = want.get("matches").and_then(Value::as_str) {
        let (word, not) = pattern
            .trim_start_matches('^')
            .split_once("(?!.*")
            .unwrap_or((pattern, ")"));
        let not = not.trim_end_matches(')');
        let behind = got.as_str().and_then(|text| text.strip_prefix(word));
        return behind.is_some_and(|rest| not.is_empty() || !rest.contains(not));
    }
    match (want, got.as_f64()) {
        (Value::Array(range), Some(value)) => {
            range[0].as_f64().unwrap() <= value && value <= range[1].as_f64().unwrap()
        }
        _ => got == want,
    }
}

/// Which tracks a list or sheet stands for: their frames, in order, also when it is rendered.
pub(crate) fn entries(bench: &mut Bench, case: &Case) -> Verdict {
    let named = bench.words(&case.command).split_off(2);
    let (probed, told) = bench.probe(&named)?;
    let got: Vec<Value> = told.iter().map(|file| file["frames"].clone()).collect();
    let wanted = case.expected["frames"].as_array().unwrap();
    need(got == *wanted, || {
        format!("tracks of {got:?} frames, not {wanted:?}: {}", probed.err)
    })?;
    probed.check_code(&0.into(), "probe")?;
    let mut words = vec!["render".into()];
    words.extend(named);
    words.extend([
        "-o".into(),
        bench.out.clone().into_os_string(),
        "--bits".into(),
        "16".into(),
    ]);
    words.extend(["--dither".into(), "none".into()]);
    let ran = bench.run_words(&words, std::process::Stdio::null())?;
    ran.check_code(&0.into(), "render")?;
    let total: u64 = wanted.iter().filter_map(Value::as_u64).sum();
    let frames = Wave::read(&bench.out)?.frames();
    need(frames as u64 == total, || {
        format!("{frames} frames rendered, not {total}")
    })
}

/// Of a folder, the supported files play; another one plays too, is left out, or its kind is named.
pub(crate) fn kinds_of_a_folder(bench: &mut Bench, case: &Case) -> Verdict {
    let expected = &case.expected;
    let ran = bench.run(&case.command)?;
    let (good, bad): (Vec<Value>, Vec<Value>) =
        ran.json()?.into_iter().partition(|file| file["ok"] == true);
    let played = Value::from_iter(good.iter().map(|file| file["frames"].clone()));
    if bad.is_empty() {
        need(
            [&expected["all"], &expected["known"]].contains(&&played),
            || format!("tracks of {played} frames"),
        )?;
        return ran.check_code(&0.into(), "probe");
    }
    need(played == expected["known"], || {
        format!("tracks of {played} frames")
    })?;
    ran.check_code(&1.into(), "probe")?;
    let names: Vec<String> = expected["named"]
        .as_str()
        .unwrap()
        .replace(" ?", " ")
        .split('|')
        .map(str::to_owned)
        .collect();
    for file in bad {
        let error = file["error"].as_str().unwrap_or_default().to_lowercase();
        let is_named = names
            .iter()
            .any(|name| error.contains(name) || error.contains(&name.replace(' ', "")));
        need(is_named, || format!("the kind is not named: {error}"))?;
    }
    Ok(())
}

/// A failure is told in one line without control characters that has the words wanted.
pub(crate) fn error_line(bench: &mut Bench, case: &Case) -> Verdict {
    let ran = bench.run(&case.command)?;
    ran.check_code(case.expected.get("exit").unwrap_or(&1.into()), "exit")?;
    need(ran.lines() == 1, || {
        format!("{} lines of error: {:?}", ran.lines(), ran.err)
    })?;
    let line = ran.err.trim_end_matches('\n');
    need(!line.contains(char::is_control), || {
        format!("a control character goes to the terminal: {line:?}")
    })?;
    for words in case.expected["has"].as_array().into_iter().flatten() {
        need(line.contains(words.as_str().unwrap()), || {
            format!("{words} is not in the line: {line}")
        })?;
    }
    Ok(())
}
