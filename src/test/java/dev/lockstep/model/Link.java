package dev.lockstep.model;

import java.util.List;

/**
 * Where a release may have come from (rule 3): only the times of the successes tell which one it was.
 *
 * @param origins what the target came after, in the pipeline's order
 */
public record Link(List<Origin> origins) {

    /** @param revision the revision of the event of the last success there, 0 if there was none */
    public record Origin(String environment, long revision) {}

    /** The last success; if there are several at the same moment, the last of them; if none, the first. */
    String resolve(EventLog chronicle, String application) {
        Origin last = origins.get(0);
        for (Origin origin : origins) {
            boolean later = origin.revision > 0
                    && (last.revision == 0 || !chronicle.isLater(application, last.revision, origin.revision));
            last = later ? origin : last;
        }
        return last.environment;
    }
}
