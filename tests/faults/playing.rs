//! Queues played in real time.

use crate::player::Bench;
use crate::table::Case;
use crate::{Verdict, need};
use serde_json::Value;

/// The queue plays to its end, no faster and no slower than its sound lasts, without keeping a core busy.
pub(crate) fn plays(bench: &mut Bench, case: &Case) -> Verdict {
    let [least, most] = [0, 1].map(|at| case.expected["seconds"][at].as_f64().unwrap());
    let figures = bench.beside("figures.json");
    let mut words = bench.words(&case.command);
    words.extend(["--stats".into(), figures.clone().into_os_string()]);
    let ran = bench.run_words(&words, std::process::Stdio::null())?;
    ran.check_exit(&case.expected, "play")?;
    let (wall, cpu) = (ran.wall.as_secs_f64(), ran.cpu.as_secs_f64());
    need((least - 0.1..=most + 3.0).contains(&wall), || {
        format!("{wall:.2} s for {least} to {most} s of sound")
    })?;
    need(cpu <= 0.4 * wall + 0.4, || {
        format!("{cpu:.1} s of processor time in {wall:.1} s")
    })?;
    let told: Value = serde_json::from_slice(&std::fs::read(figures).unwrap()).unwrap();
    let played = told["frames"].as_f64().unwrap() / told["sample_rate"].as_f64().unwrap();
    need(played >= least - 0.03, || {
        format!("{played:.3} s were handed to the output, of {least} s")
    })
}
