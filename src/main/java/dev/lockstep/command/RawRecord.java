package dev.lockstep.command;

import org.apache.kafka.common.header.Headers;

/**
 * One record of the commands topic as the decoder sees it. The arrays are read, never changed or kept.
 *
 * @param key as it came, or null
 * @param value as it came, or null
 * @param headers as they came; not null
 */
public record RawRecord(byte[] key, byte[] value, Headers headers) {}
