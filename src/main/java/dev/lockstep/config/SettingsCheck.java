package dev.lockstep.config;

import io.quarkus.runtime.configuration.ConfigurationException;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/** What each setting by itself does not show. */
public final class SettingsCheck {

    private SettingsCheck() {}

    /** @throws ConfigurationException with a sentence, when the settings do not fit together */
    public static void fitting(Settings settings) {
        Duration silence = settings.database().silence();
        Duration transaction = settings.publish().transactionTimeout();
        if (silence.compareTo(transaction) >= 0) {
            throw new ConfigurationException("lockstep.database.silence (" + text(silence)
                    + ") must be shorter than lockstep.publish.transaction-timeout (" + text(transaction)
                    + "): lower the first or raise the second");
        }
        PublishConfig publish = settings.publish();
        if (publish.bufferBytes() < publish.maxRequestBytes()) {
            throw new ConfigurationException("lockstep.publish.buffer-bytes (" + publish.bufferBytes()
                    + ") must not be less than lockstep.publish.max-request-bytes (" + publish.maxRequestBytes()
                    + "): no larger record could be sent");
        }
        namesOfTopics(settings.topics());
    }

    /** What goes out must not come in again, and each reader expects one kind. */
    private static void namesOfTopics(Settings.TopicsConfig topics) {
        Map<String, String> byName = new TreeMap<>();
        Map<String, String> bySetting = new TreeMap<>(Map.of(
                "commands", topics.commands(),
                "results", topics.results(),
                "events", topics.events(),
                "release-status", topics.releaseStatus(),
                "deployment-status", topics.deploymentStatus(),
                "dead-letters", topics.deadLetters()));
        bySetting.forEach((setting, name) -> {
            String other = byName.put(name, setting);
            if (other != null) {
                throw new ConfigurationException("lockstep.topics." + other + " and lockstep.topics." + setting
                        + " must be different topics, but both are " + name);
            }
        });
    }

    /** As one would write it in the settings. */
    public static String text(Duration duration) {
        return duration.toMillis() % 1_000 == 0 ? duration.toSeconds() + "s" : duration.toMillis() + "ms";
    }
}
