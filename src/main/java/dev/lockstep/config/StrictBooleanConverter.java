package dev.lockstep.config;

import java.util.Locale;
import org.eclipse.microprofile.config.spi.Converter;

/** A setting that is on or off; anything but {@code true} and {@code false}, which would count as false, stops the start. */
public final class StrictBooleanConverter implements Converter<Boolean> {

    @Override
    public Boolean convert(String text) {
        return switch (text.strip().toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("'" + text + "' is neither true nor false");
        };
    }
}
