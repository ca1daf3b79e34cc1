package dev.lockstep.listener;

/**
 * A record that lies in the dead letters by now.
 *
 * @param partition where it came from, in the commands topic
 * @param offset likewise
 * @param kind a {@code DeadLetterReason}, or {@code UNPROCESSABLE} for the copy of a command that has its result; null when a
 *     version stored it that did not say
 * @param reason the sentence that the record carries, which quotes nothing of it
 */
public record DeadLetter(int partition, long offset, String kind, String reason) {}
