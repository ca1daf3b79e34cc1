package dev.lockstep.config;

import java.net.URI;
import java.net.URISyntaxException;
import org.eclipse.microprofile.config.spi.Converter;

/** A setting that CloudEvents require to be a URI reference; any other value stops the start with the setting's name. */
public final class UriReferenceConverter implements Converter<String> {

    @Override
    public String convert(String text) {
        if (text.isBlank()) {
            throw new IllegalArgumentException("must not be empty: write it like /lockstep");
        }
        try {
            return new URI(text.strip()).toString();
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("'" + text + "' is not a URI reference: " + e.getReason()
                    + ". Write it like" + " /lockstep or https://ci.example.com/lockstep");
        }
    }
}
