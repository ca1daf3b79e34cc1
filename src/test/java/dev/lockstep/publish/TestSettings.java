package dev.lockstep.publish;

import dev.lockstep.config.PublishConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.Map;

/** The settings with their real defaults, but for what a test says. */
final class TestSettings {

    private TestSettings() {}

    static PublishConfig with(Map<String, String> overrides) {
        SmallRyeConfigBuilder builder = new SmallRyeConfigBuilder()
                .addDiscoveredConverters()
                .withMapping(PublishConfig.class, "lockstep.publish");
        overrides.forEach((name, value) -> builder.withDefaultValue("lockstep.publish." + name, value));
        return builder.build().getConfigMapping(PublishConfig.class, "lockstep.publish");
    }
}
