package dev.lockstep.listener;

import org.jspecify.annotations.Nullable;

/**
 * An event that is now in Kafka.
 *
 * @param type its CDEvents type
 * @param outcome the deployment's outcome, if the event reports its end: {@code success}, {@code failure}, {@code error} or
 *     {@code cancel}; else null
 */
public record PublishedEvent(String type, @Nullable String outcome) {}
