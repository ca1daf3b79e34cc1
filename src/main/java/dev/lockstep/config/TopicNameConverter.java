package dev.lockstep.config;

import java.util.regex.Pattern;
import org.eclipse.microprofile.config.spi.Converter;

/** Converts a setting that names a topic; an invalid name stops the start with an error that names the setting. */
public final class TopicNameConverter implements Converter<String> {

    private static final Pattern NAME = Pattern.compile("(?!\\.{1,2}$)[A-Za-z0-9._-]{1,249}");

    @Override
    public String convert(String text) {
        String name = text.strip();
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("'" + name
                    + "' is not a topic name: use 1 to 249 letters A to Z, in either case, digits, '.', '_' and '-'");
        }
        return name;
    }
}
