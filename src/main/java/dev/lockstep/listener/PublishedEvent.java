package dev.lockstep.listener;

import org.jspecify.annotations.Nullable;

/**
 * An event that is now in Kafka.
 *
 * @param type its CDEvents type
 * @param outcome how the deployment went of whose end it tells: {@code success}, {@code failure}, {@code error} or {@code cancel};
 *     null for any other event
 */
public record PublishedEvent(String type, @Nullable String outcome) {}
