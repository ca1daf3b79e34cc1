package dev.lockstep.model;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * The latest record of a status topic's key.
 *
 * @param value  null for a tombstone
 * @param reason a tombstone's {@code ce_lockstepreason}, otherwise null
 */
public record LatestRecord(JsonNode value, String reason) {}
