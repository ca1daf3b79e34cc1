package dev.lockstep.domain.common;

import java.time.Instant;

/**
 * The last change to the published state of an application, a release or an environment: the application's revision, and when.
 */
public record LastChange(long revision, Instant at) {}
