package dev.lockstep.decode.envelope;

import dev.lockstep.domain.common.TraceContext;

/** W3C Trace Context: drops whatever is malformed, as the W3C asks. */
final class TraceContextParser {

    private static final int TRACEPARENT_LENGTH = 55;

    /** The length up to which the W3C asks everybody to pass it on. */
    private static final int TRACESTATE_LIMIT = 512;

    private TraceContextParser() {}

    /**
     * @param traceparent anything, or null
     * @param tracestate anything, or null
     * @return null without a well-formed trace parent
     */
    static TraceContext parse(String traceparent, String tracestate) {
        return isTraceparent(traceparent)
                ? new TraceContext(traceparent, isTracestate(tracestate) ? tracestate : null)
                : null;
    }

    /** Version, trace id, parent id, flags, in lower-case hex; neither id all zeros. */
    private static boolean isTraceparent(String text) {
        if (text == null || text.length() != TRACEPARENT_LENGTH || text.startsWith("ff")) {
            return false;
        }
        for (int i = 0; i < TRACEPARENT_LENGTH; i++) {
            char c = text.charAt(i);
            boolean dash = i == 2 || i == 35 || i == 52;
            if (dash ? c != '-' : (c < '0' || c > '9') && (c < 'a' || c > 'f')) {
                return false;
            }
        }
        return !text.startsWith("0".repeat(32), 3) && !text.startsWith("0".repeat(16), 36);
    }

    /** Only its length and its characters matter here: nobody but the tracing systems reads its members. */
    private static boolean isTracestate(String text) {
        return text != null
                && !text.isBlank()
                && text.length() <= TRACESTATE_LIMIT
                && text.chars().allMatch(c -> c >= ' ' && c <= '~');
    }
}
