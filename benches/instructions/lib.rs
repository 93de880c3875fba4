//! Nothing but the benchmark beside it, which counts the instructions of the hot code.
