package dev.lockstep.publish;

import dev.lockstep.domain.Ids;
import java.time.Instant;

/**
 * The command that records come from.
 *
 * @param correlationId its own, else its id
 * @param traceparent W3C trace context, or null when none came
 * @param actor who asked, or null
 * @param reason why, or null
 * @param at when it was decided
 */
public record Cause(
        String commandId,
        String commandSource,
        String commandType,
        String correlationId,
        String traceparent,
        String actor,
        String reason,
        Instant at) {

    /** The id of the result of the record at this place of the commands topic: a replay gives the same. */
    public static String resultId(String topicId, int partition, long offset) {
        return Ids.named("result/" + topicId + "/" + partition + "/" + offset);
    }
}
