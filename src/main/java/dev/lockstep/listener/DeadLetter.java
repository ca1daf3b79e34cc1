package dev.lockstep.listener;

import org.jspecify.annotations.Nullable;

/**
 * A record that is now in the dead-letter topic.
 *
 * @param partition where it came from, in the commands topic
 * @param offset where it came from in that partition
 * @param kind a {@code DeadLetterKind}, or {@code UNPROCESSABLE} for the copy of a command that has its result; null if it
 *     was stored by a version that did not record it
 * @param reason the sentence that the record carries; it never quotes the record
 */
public record DeadLetter(
        int partition, long offset, @Nullable String kind, String reason) {}
