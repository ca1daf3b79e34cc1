package dev.lockstep.publish;

import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.Map;

/** The settings with their real defaults, but for what a test says. */
final class TestSettings {

    private TestSettings() {}

    static PublishSettings with(Map<String, String> overrides) {
        SmallRyeConfigBuilder builder = new SmallRyeConfigBuilder()
                .addDiscoveredConverters()
                .withMapping(PublishSettings.class, "lockstep.publish");
        overrides.forEach((name, value) -> builder.withDefaultValue("lockstep.publish." + name, value));
        return builder.build().getConfigMapping(PublishSettings.class, "lockstep.publish");
    }
}
