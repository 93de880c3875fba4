//! Rice codes: how what is left after prediction is written.

use super::bits::BitWriter;

/// The highest parameter of the 4-bit coding method; 15 would be the escape.
const MAX_PARAMETER: u32 = 14;
/// The most partitions tried are 2 to the power of this.
const MAX_PARTITION_ORDER: u32 = 6;

/// How a residual is cut into partitions, and the parameter of each.
pub(super) struct Plan {
    partition_order: u32,
    parameters: Vec<u32>,
    /// Bits the coded residual takes.
    pub(super) bits: u64,
}

/// Finds the cheapest plan for `residual`, whose first `order` samples are not in it.
pub(super) fn plan(residual: &[i64], order: usize) -> Plan {
    let block_frames = residual.len() + order;
    let mut best: Option<Plan> = None;
    for partition_order in 0..=MAX_PARTITION_ORDER {
        let partitions = 1_usize << partition_order;
        if !block_frames.is_multiple_of(partitions) || block_frames / partitions <= order {
            break;
        }
        let mut bits = 2 + 4;
        let mut parameters = Vec::with_capacity(partitions);
        for part in split(residual, order, partition_order) {
            let (parameter, cost) = best_parameter(part);
            parameters.push(parameter);
            bits += 4 + cost;
        }
        if best.as_ref().is_none_or(|plan| bits < plan.bits) {
            best = Some(Plan {
                partition_order,
                parameters,
                bits,
            });
        }
    }
    // Order 0 has one partition and always fits.
    best.unwrap_or(Plan {
        partition_order: 0,
        parameters: vec![0],
        bits: u64::MAX,
    })
}

/// Writes `residual` as planned.
pub(super) fn write(bits: &mut BitWriter, residual: &[i64], order: usize, plan: &Plan) {
    bits.push(0, 2);
    bits.push(u64::from(plan.partition_order), 4);
    let parts = split(residual, order, plan.partition_order);
    for (part, &parameter) in parts.into_iter().zip(&plan.parameters) {
        bits.push(u64::from(parameter), 4);
        for &rest in part {
            let folded = fold(rest);
            bits.push_unary((folded >> parameter) as u32);
            bits.push(folded, parameter);
        }
    }
}

fn split(residual: &[i64], order: usize, partition_order: u32) -> Vec<&[i64]> {
    let length = (residual.len() + order) >> partition_order;
    let (first, others) = residual.split_at(length - order);
    std::iter::once(first)
        .chain(others.chunks(length))
        .collect()
}

/// Signed to unsigned: 0, -1, 1, -2, … become 0, 1, 2, 3, …
fn fold(rest: i64) -> u64 {
    ((rest << 1) ^ (rest >> 63)) as u64
}

fn best_parameter(part: &[i64]) -> (u32, u64) {
    let sum: u64 = part.iter().map(|&rest| fold(rest)).sum();
    // The best parameter is near the logarithm of the mean: look at it and its neighbours.
    let mean = sum / (part.len() as u64).max(1);
    let near = mean.max(1).ilog2();
    let candidates = near.saturating_sub(1)..=near + 1;
    candidates
        .map(|parameter| parameter.min(MAX_PARAMETER))
        .map(|parameter| {
            let per_sample = u64::from(parameter) + 1;
            let high: u64 = part.iter().map(|&rest| fold(rest) >> parameter).sum();
            (parameter, high + per_sample * part.len() as u64)
        })
        .min_by_key(|&(_, cost)| cost)
        .unwrap_or((0, sum + part.len() as u64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_costs_what_it_writes() {
        let residual: Vec<i64> = (0..1_020)
            .map(|i| (i * 37 % 101) - 50 + (i / 500) * 300)
            .collect();
        let plan = plan(&residual, 4);
        let mut bits = BitWriter::new();
        write(&mut bits, &residual, 4, &plan);
        assert_eq!(bits.into_bytes().len() as u64, plan.bits.div_ceil(8));
    }

    #[test]
    fn folding_interleaves_the_signs() {
        assert_eq!([0, -1, 1, -2, 2].map(fold), [0, 1, 2, 3, 4]);
    }
}
