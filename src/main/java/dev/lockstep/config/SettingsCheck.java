package dev.lockstep.config;

import io.quarkus.runtime.configuration.ConfigurationException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Checks that the settings are consistent with each other. */
public final class SettingsCheck {

    private static final Duration MIN_SESSION_TIMEOUT = Duration.ofSeconds(1);

    private SettingsCheck() {}

    /** @throws ConfigurationException if settings are inconsistent, with a sentence for each inconsistency */
    public static void requireConsistent(Settings settings) {
        List<String> wrong = problems(settings);
        if (!wrong.isEmpty()) {
            throw new ConfigurationException(String.join("\n", wrong));
        }
    }

    /** A sentence for each inconsistency, with the settings and their values. */
    public static List<String> problems(Settings settings) {
        List<String> wrong = new ArrayList<>();
        Duration silence = settings.database().silence();
        Duration transaction = settings.publish().transactionTimeout();
        if (silence.compareTo(transaction) >= 0) {
            wrong.add("lockstep.database.silence (" + format(silence)
                    + ") must be shorter than lockstep.publish.transaction-timeout (" + format(transaction)
                    + "): lower the first or raise the second");
        }
        Duration session = settings.kafka().sessionTimeout();
        if (session.compareTo(MIN_SESSION_TIMEOUT) < 0) {
            wrong.add("lockstep.kafka.session-timeout (" + format(session) + ") must be " + format(MIN_SESSION_TIMEOUT)
                    + " or more: a twentieth of it passes between two heartbeats");
        }
        PublishConfig publish = settings.publish();
        if (publish.bufferBytes() < publish.maxRequestBytes()) {
            wrong.add("lockstep.publish.buffer-bytes (" + publish.bufferBytes()
                    + ") must not be less than lockstep.publish.max-request-bytes (" + publish.maxRequestBytes()
                    + "): no larger record could be sent");
        }
        wrong.addAll(sameTopics(settings.topics()));
        return wrong;
    }

    /** Output must not come back as input, and each reader expects one kind. Kafka treats '.' and '_' as the same. */
    private static List<String> sameTopics(Settings.TopicsConfig topics) {
        List<String> wrong = new ArrayList<>();
        Map<String, String> byName = new TreeMap<>();
        Map<String, String> bySetting = new TreeMap<>(Map.of(
                "commands", topics.commands(),
                "results", topics.results(),
                "events", topics.events(),
                "release-status", topics.releaseStatus(),
                "deployment-status", topics.deploymentStatus(),
                "application-status", topics.applicationStatus(),
                "dead-letters", topics.deadLetters()));
        bySetting.forEach((setting, name) -> {
            String other = byName.put(name.replace('_', '.'), setting);
            if (other != null) {
                wrong.add("lockstep.topics." + other + " (" + bySetting.get(other) + ") and lockstep.topics." + setting
                        + " (" + name + ") must be different topics, by more than '.' and '_'");
            }
        });
        return wrong;
    }

    /** Formats a duration as it is written in the settings. */
    public static String format(Duration duration) {
        return duration.toMillis() % 1_000 == 0 ? duration.toSeconds() + "s" : duration.toMillis() + "ms";
    }
}
