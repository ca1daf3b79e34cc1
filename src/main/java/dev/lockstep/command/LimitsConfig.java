package dev.lockstep.command;

import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;
import org.eclipse.microprofile.config.spi.Converter;

/**
 * {@code lockstep.limits.*}: what the decoder takes at most. Raising them widens what is accepted; a limit that is lowered later
 * turns commands that are still unread into dead letters.
 */
public interface LimitsConfig {

    /** The largest key or value of a record, in bytes. A larger one is a dead letter. Default 262144 (256 KiB). */
    @WithDefault("" + Limits.DEFAULT_MAX_RECORD_BYTES)
    int maxRecordBytes();

    /** How many objects and arrays may stand inside each other in {@code data}. Default 32; no valid command needs more than 3. */
    @WithDefault("" + Limits.DEFAULT_MAX_DEPTH)
    @WithConverter(Depth.class)
    int maxDepth();

    /** Stops the start with the knob's name at a depth that is none. */
    final class Depth implements Converter<Integer> {
        @Override
        public Integer convert(String text) {
            try {
                return new Limits(Limits.DEFAULT_MAX_RECORD_BYTES, Integer.parseInt(text.strip())).maxDepth();
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException("'" + text + "' is not a whole number");
            }
        }
    }
}
