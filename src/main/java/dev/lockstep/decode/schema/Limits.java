package dev.lockstep.decode.schema;

import dev.lockstep.config.LimitsConfig;
import dev.lockstep.domain.release.Annotations;

/**
 * The limits of the contract (section 3). Lengths of strings are in Unicode code points.
 *
 * @param maxPartBytes the most bytes that a record's key, its value and its headers may each have; at least 1
 * @param maxDepth how deep {@code data} may be nested; 3 (the deepest command) to 500
 */
public record Limits(int maxPartBytes, int maxDepth) {

    public static final int ID = 256;
    public static final int SOURCE = 2048;
    public static final int TYPE = 256;
    public static final int CORRELATION_ID = 256;

    public static final int TITLE = 200;
    public static final int LONG_TEXT = 4000;
    public static final int SHORT_TEXT = 256;
    public static final int URL = 2048;
    public static final int APPLICATION = 63;
    public static final int RELEASE = 128;
    public static final int ENVIRONMENT = 63;
    public static final int TIMESTAMP = 35;
    /** {@code P}, and {@code T}, and four numbers of up to seven digits with their letters. */
    public static final int DURATION = 34;

    public static final int DEPLOYMENT = 36;
    public static final int STAGES = 50;
    public static final int QUEUED = 50;
    public static final int KEPT_RELEASES = 10_000;
    public static final int KEPT_DAYS = 3_650;
    public static final int LABELS = Annotations.MAX_LABELS;
    public static final int LABEL_NAME = 63;

    /** How many violations are listed; the detail says how many there are. */
    public static final int VIOLATIONS = 50;
    /** How much of an unknown member's name a pointer repeats. */
    public static final int POINTER_NAME = 128;
    /** The longest reason or detail. */
    public static final int DETAIL = 1000;

    public static final Limits DEFAULT =
            new Limits(LimitsConfig.DEFAULT_MAX_RECORD_BYTES, LimitsConfig.DEFAULT_MAX_DEPTH);

    public static Limits of(LimitsConfig config) {
        return new Limits(config.maxRecordBytes(), config.maxDepth());
    }
}
