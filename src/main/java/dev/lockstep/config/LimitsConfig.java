package dev.lockstep.config;

import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;
import org.eclipse.microprofile.config.spi.Converter;

/**
 * {@code lockstep.limits.*}: what the decoder takes at most. Raising them widens what is accepted; a limit that is lowered later
 * turns commands that are still unread into dead letters.
 */
public interface LimitsConfig {

    int DEFAULT_MAX_RECORD_BYTES = 256 * 1024;
    int DEFAULT_MAX_DEPTH = 32;

    /** The depth of the command that is nested most deeply. */
    int MIN_DEPTH = 3;

    /** The deepest nesting that the parser's stack can take. */
    int MAX_DEPTH = 500;

    /** The largest key or value of a record, in bytes. A larger one is a dead letter. Default 262144 (256 KiB). */
    @WithDefault("" + DEFAULT_MAX_RECORD_BYTES)
    @WithConverter(Positive.Int.class)
    int maxRecordBytes();

    /**
     * How many objects and arrays may stand inside each other in {@code data}. Default 32; no valid command needs more than 3.
     */
    @WithDefault("" + DEFAULT_MAX_DEPTH)
    @WithConverter(DepthConverter.class)
    int maxDepth();

    /** A depth out of range stops the start, with the name of the setting. */
    final class DepthConverter implements Converter<Integer> {
        @Override
        public Integer convert(String text) {
            int depth = new Positive.Int().convert(text);
            if (depth < MIN_DEPTH || depth > MAX_DEPTH) {
                throw new IllegalArgumentException("must be " + MIN_DEPTH + " to " + MAX_DEPTH + ", not " + depth);
            }
            return depth;
        }
    }
}
