package dev.lockstep.config;

import io.quarkus.runtime.configuration.DurationConverter;
import java.time.Duration;
import java.util.regex.Pattern;
import org.eclipse.microprofile.config.spi.Converter;

/** Settings that must be above zero; any other value stops the start with an error that names the setting. */
public final class SettingConverters {

    private SettingConverters() {}

    public static final class Int implements Converter<Integer> {
        @Override
        public Integer convert(String text) {
            int value;
            try {
                value = Integer.parseInt(text.strip());
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException("'" + text + "' is not a whole number"
                        + (text.startsWith("tcp://")
                                ? "; a service link of Kubernetes: set enableServiceLinks: false"
                                : ""));
            }
            if (value < 1) {
                throw new IllegalArgumentException("must be 1 or more, not " + value);
            }
            return value;
        }
    }

    /** A TCP port. */
    public static final class Port implements Converter<Integer> {
        @Override
        public Integer convert(String text) {
            int value = new Int().convert(text);
            if (value > 65_535) {
                throw new IllegalArgumentException("must be 65535 or less, not " + value);
            }
            return value;
        }
    }

    /** The number of copies that Kafka keeps. */
    public static final class Replicas implements Converter<Short> {
        @Override
        public Short convert(String text) {
            int value = new Int().convert(text);
            if (value > Short.MAX_VALUE) {
                throw new IllegalArgumentException("must be " + Short.MAX_VALUE + " or less, not " + value);
            }
            return (short) value;
        }
    }

    /** The number of things that each cost a connection or a thread. */
    public static final class SmallCount implements Converter<Integer> {
        @Override
        public Integer convert(String text) {
            int value = new Int().convert(text);
            if (value > 64) {
                throw new IllegalArgumentException("must be 64 or less, not " + value);
            }
            return value;
        }
    }

    /** How long something may take: clients count it in milliseconds, and some of them multiply it. */
    public static final class Timeout implements Converter<Duration> {
        @Override
        public Duration convert(String text) {
            Duration value = new DurationWithUnit().convert(text);
            if (value.compareTo(Duration.ofDays(1)) > 0) {
                throw new IllegalArgumentException("must be 1d or less, not '" + text + "'");
            }
            return value;
        }
    }

    /** A unit is required: a bare number would count as seconds, whereas Kafka's are milliseconds. */
    public static final class DurationWithUnit implements Converter<Duration> {
        private static final Pattern BARE = Pattern.compile("[0-9]+");
        private final DurationConverter durations = new DurationConverter();

        @Override
        public Duration convert(String text) {
            if (BARE.matcher(text.strip()).matches()) {
                throw new IllegalArgumentException("'" + text + "' has no unit: write " + text.strip()
                        + "s, or ms, m, h" + " or d instead of the s");
            }
            Duration value;
            try {
                value = durations.convert(text);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("'" + text + "' is not a duration: write 30s, 5m, 12h, 7d or PT30S");
            }
            if (value == null || value.toMillis() < 1) {
                throw new IllegalArgumentException("must be 1ms or more, not '" + text + "'");
            }
            return value;
        }
    }
}
