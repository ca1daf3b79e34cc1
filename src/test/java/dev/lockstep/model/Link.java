package dev.lockstep.model;

import java.util.List;

/**
 * Where a release may have come from (rule 3): which one it was, only the times of the successes tell.
 *
 * @param origins what the target came after, in the pipeline's order
 */
public record Link(List<Origin> origins) {

    /** @param revision that of the event that told of the last success there, 0 if there was none */
    public record Origin(String environment, long revision) {}

    /** The last success; of several at the same moment, or of none, the first. */
    String resolve(Chronicle chronicle, String application) {
        Origin last = origins.get(0);
        for (Origin origin : origins) {
            boolean later = origin.revision > 0
                    && (last.revision == 0 || chronicle.isLater(application, origin.revision, last.revision));
            last = later ? origin : last;
        }
        return last.environment;
    }
}
