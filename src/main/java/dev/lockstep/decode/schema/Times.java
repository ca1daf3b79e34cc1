package dev.lockstep.decode.schema;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;

/** The values of well-formed timestamps and durations. */
final class Times {

    private static final int OFFSET_LENGTH = "+00:00".length();
    private static final Duration MIN_DURATION = Duration.ofSeconds(1);
    private static final Duration MAX_DURATION = Duration.ofDays(90);

    private Times() {}

    /**
     * To the millisecond, truncated. Allows larger offsets than Java's own parser.
     *
     * @param timestamp of {@link Syntax#TIMESTAMP}
     */
    static Instant instant(String timestamp) {
        boolean isUtc = timestamp.endsWith("Z") || timestamp.endsWith("z");
        int end = timestamp.length() - (isUtc ? 1 : OFFSET_LENGTH);
        Instant local = LocalDateTime.parse(timestamp.substring(0, end)).toInstant(ZoneOffset.UTC);
        Duration offset = isUtc ? Duration.ZERO : offset(timestamp.substring(end));
        return local.minus(offset).truncatedTo(ChronoUnit.MILLIS);
    }

    private static Duration offset(String text) {
        Duration offset = Duration.ofHours(Integer.parseInt(text, 1, 3, 10))
                .plusMinutes(Integer.parseInt(text, OFFSET_LENGTH - 2, OFFSET_LENGTH, 10));
        return text.charAt(0) == '-' ? offset.negated() : offset;
    }

    static boolean hasFourDigitYear(Instant instant) {
        int year = instant.atOffset(ZoneOffset.UTC).getYear();
        return year >= 0 && year <= 9999;
    }

    /** @param duration ISO 8601 */
    static boolean isInPolicyRange(String duration) {
        Duration length = Duration.parse(duration);
        return length.compareTo(MIN_DURATION) >= 0 && length.compareTo(MAX_DURATION) <= 0;
    }
}
