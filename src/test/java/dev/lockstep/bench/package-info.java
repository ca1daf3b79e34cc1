/**
 * The benchmark, {@code mvn -Pbench}: the packaged worker against its yardsticks, by turns, on a real broker and a real
 * database. {@link dev.lockstep.bench.Bench} tells the story, {@link dev.lockstep.bench.BenchSettings} what can be changed.
 */
package dev.lockstep.bench;
