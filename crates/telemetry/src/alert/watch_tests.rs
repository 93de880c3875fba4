use super::*;
use crate::{CallbackFigures, Percentiles, ProcessFigures, TroubleCounts, TroubleFigures};

fn p99(p99: f64) -> Percentiles {
    Percentiles {
        p99,
        ..Percentiles::default()
    }
}

fn of_process(process: ProcessFigures) -> Reading {
    Reading {
        process,
        ..Reading::default()
    }
}

/// What a load of `load(second)` % raises (+) and clears (-), each with its second.
fn load_changes(seconds: u64, load: impl Fn(u64) -> f64) -> Vec<(char, u64)> {
    let mut watch = AlertWatch::default();
    let mut changes = Vec::new();
    for second in 0..seconds {
        let figures = Reading {
            callback: CallbackFigures {
                load_percent: p99(load(second)),
                ..CallbackFigures::default()
            },
            ..Reading::default()
        };
        for change in watch.update(Duration::from_secs(second), &figures) {
            let (sign, alert) = match change {
                AlertChange::Raised(alert) => ('+', alert),
                AlertChange::Cleared(alert) => ('-', alert),
            };
            assert_eq!(alert.kind, AlertKind::HighLoad);
            changes.push((sign, second));
        }
        let is_raised = changes.last().is_some_and(|&(sign, _)| sign == '+');
        assert_eq!(watch.active().count(), usize::from(is_raised));
    }
    changes
}

#[test]
fn a_figure_that_hovers_at_its_limit_is_raised_once() {
    let hovering = |second: u64| if second.is_multiple_of(2) { 80.5 } else { 79.5 };
    assert_eq!(load_changes(3_600, hovering), [('+', 0)]);
    // Below the limit, not below where it clears.
    assert_eq!(
        load_changes(3_600, |s| if s == 5 { 81.0 } else { 61.0 }),
        [('+', 5)]
    );
    // Dips that are shorter than the calm asked for.
    let dipping = |second: u64| {
        if second.is_multiple_of(10) {
            90.0
        } else {
            10.0
        }
    };
    assert_eq!(load_changes(3_600, dipping), [('+', 0)]);
    assert_eq!(load_changes(3_600, |_| 79.9), []);
}

#[test]
fn an_alert_is_cleared_when_calm_and_not_raised_again_while_it_cools_down() {
    // Trouble for 5 s, then 15 s of calm, for ever: only the calm of 10 s clears.
    let spells = |second: u64| if second % 20 < 5 { 95.0 } else { 20.0 };
    let changes = load_changes(400, spells);
    assert_eq!(changes[..4], [('+', 0), ('-', 15), ('+', 80), ('-', 95)]);
    for pair in changes.windows(2) {
        if let [('-', cleared), ('+', raised)] = pair {
            assert!(raised - cleared >= 60, "{changes:?}");
        }
    }
    // Trouble that lasts is raised as soon as the cool-down is over.
    let lasting = |second: u64| {
        if (5..=15).contains(&second) {
            20.0
        } else {
            95.0
        }
    };
    assert_eq!(load_changes(400, lasting), [('+', 0), ('-', 15), ('+', 75)]);
}

#[test]
fn a_busy_processor_must_stay_busy() {
    let mut watch = AlertWatch::default();
    let mut raised = Vec::new();
    for second in 0..40_u64 {
        let is_busy = second.is_multiple_of(5) != (second >= 20);
        let figures = of_process(ProcessFigures {
            cpu_percent: if is_busy { 99.0 } else { 3.0 },
            ..ProcessFigures::default()
        });
        raised.extend(watch.update(Duration::from_secs(second), &figures));
    }
    assert!(raised.is_empty(), "{raised:?}");
    let figures = of_process(ProcessFigures {
        cpu_percent: 99.0,
        ..ProcessFigures::default()
    });
    let seconds = (40..50).filter(|&second| {
        let now = Duration::from_secs(second);
        watch.update(now, &figures).count() > 0
    });
    assert_eq!(seconds.collect::<Vec<_>>(), [36 + 5]);
}

#[test]
fn each_kind_has_its_own_figure_and_says_what_to_do() {
    let calm = of_process(ProcessFigures {
        available_mib: Some(4_096.0),
        ..ProcessFigures::default()
    });
    let limits = AlertLimits::default();
    assert!(PerformanceAlert::of_reading(&calm, &limits).is_empty());
    assert!(PerformanceAlert::of_reading(&Reading::default(), &limits).is_empty());
    let trouble = Reading {
        callback: CallbackFigures {
            us: p99(1_400.0),
            load_percent: p99(93.0),
            ..CallbackFigures::default()
        },
        troubles: TroubleFigures {
            span: TroubleCounts {
                starved: 2,
                ..TroubleCounts::default()
            },
            per_minute: 12.0,
            ..TroubleFigures::default()
        },
        ..of_process(ProcessFigures {
            cpu_percent: 97.0,
            rss_mib: 1_500.0,
            available_mib: Some(100.0),
            ..ProcessFigures::default()
        })
    };
    let alerts = PerformanceAlert::of_reading(&trouble, &limits);
    let kinds: Vec<_> = alerts.iter().map(|alert| alert.kind).collect();
    assert_eq!(kinds, AlertKind::ALL);
    let figures = [
        "1.40 ms", "93 %", "2 times", "97 %", "1500 MiB", "100 MiB", "12 times",
    ];
    for (alert, figure) in alerts.iter().zip(figures) {
        let message = alert.message();
        assert!(message.contains(figure), "{message}");
        assert!(message.ends_with(alert.kind.advice()), "{message}");
    }
    assert_eq!(
        alerts[1].message(),
        "Making the sound takes 93 % of the time there is for it. Close programs that keep \
         the processor busy, or start with a larger --buffer."
    );
    // Low memory is raised when the figure falls, and cleared when it rises again.
    let mut watch = AlertWatch::default();
    let mut changes = Vec::new();
    for (second, mib) in [(0, 300.0), (1, 250.0), (2, 300.0), (3, 400.0), (13, 400.0)] {
        let figures = of_process(ProcessFigures {
            available_mib: Some(mib),
            ..ProcessFigures::default()
        });
        let some = watch.update(Duration::from_secs(second), &figures);
        changes.extend(some.map(|change| (matches!(change, AlertChange::Raised(_)), second)));
    }
    assert_eq!(changes, [(true, 1), (false, 13)]);
}
