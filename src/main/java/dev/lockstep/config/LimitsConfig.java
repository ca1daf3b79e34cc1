package dev.lockstep.config;

import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;
import org.eclipse.microprofile.config.spi.Converter;

/**
 * {@code lockstep.limits.*}: the most that the decoder accepts. Raising a limit accepts more; lowering it again later
 * turns commands that have not been read yet into dead letters.
 */
public interface LimitsConfig {

    int DEFAULT_MAX_RECORD_BYTES = 256 * 1024;
    int DEFAULT_MAX_DEPTH = 32;

    /** The depth of the most deeply nested command. */
    int MIN_DEPTH = 3;

    /** The deepest nesting that the parser's stack can handle. */
    int MAX_DEPTH = 500;

    /**
     * The most bytes that the key, the value and the headers of a record may each have, in bytes. A larger one is a dead
     * letter. Default 262144 (256 KiB).
     */
    @WithDefault("" + DEFAULT_MAX_RECORD_BYTES)
    @WithConverter(SettingConverters.Int.class)
    int maxRecordBytes();

    /**
     * How deeply objects and arrays may be nested in {@code data}. Default 32; no valid command needs more than 3.
     */
    @WithDefault("" + DEFAULT_MAX_DEPTH)
    @WithConverter(DepthConverter.class)
    int maxDepth();

    /** A depth out of range stops the start with an error that names the setting. */
    final class DepthConverter implements Converter<Integer> {
        @Override
        public Integer convert(String text) {
            int depth = new SettingConverters.Int().convert(text);
            if (depth < MIN_DEPTH || depth > MAX_DEPTH) {
                throw new IllegalArgumentException("must be " + MIN_DEPTH + " to " + MAX_DEPTH + ", not " + depth);
            }
            return depth;
        }
    }
}
