package dev.lockstep.config;

import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.Map;

/** The settings with their real defaults, except for a test's overrides. */
public final class TestSettings {

    private TestSettings() {}

    /** @param overrides by name, as in a settings file */
    public static Settings with(Map<String, String> overrides) {
        SmallRyeConfigBuilder builder =
                new SmallRyeConfigBuilder().addDiscoveredConverters().withMapping(Settings.class);
        overrides.forEach(builder::withDefaultValue);
        return builder.build().getConfigMapping(Settings.class);
    }
}
