package dev.lockstep.outbox;

import java.util.List;

/**
 * What one record of the commands topic puts out.
 *
 * @param offset the record's, in its partition of the commands topic
 * @param records in the order in which they are to be published
 */
public record Output(long offset, List<OutRecord> records) {}
