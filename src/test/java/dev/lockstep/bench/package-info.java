/**
 * The benchmark, {@code mvn -Pbench}: the packaged worker against its baselines, in turn, on a real broker and a real
 * database. {@link dev.lockstep.bench.Bench} runs it, {@link dev.lockstep.bench.BenchSettings} has its settings.
 */
package dev.lockstep.bench;
