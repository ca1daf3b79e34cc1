package dev.lockstep.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** What the three status topics say: the latest record of each key. */
public final class Published {

    private final Map<String, LatestRecord> applications = new HashMap<>();
    private final Map<String, Map<String, LatestRecord>> releases = new HashMap<>();
    private final Map<String, Map<String, LatestRecord>> environments = new HashMap<>();

    /** @param key as in the topic of applications */
    public void keepApplication(String key, JsonNode value, String reason) {
        applications.put(key, new LatestRecord(value, reason));
    }

    /** @param key as in the topic of releases */
    public void keepRelease(String key, JsonNode value, String reason) {
        keep(releases, key, new LatestRecord(value, reason));
    }

    /** @param key as in the topic of environments */
    public void keepEnvironment(String key, JsonNode value, String reason) {
        keep(environments, key, new LatestRecord(value, reason));
    }

    private static void keep(Map<String, Map<String, LatestRecord>> all, String key, LatestRecord latest) {
        int slash = key.indexOf('/');
        all.computeIfAbsent(key.substring(0, slash), application -> new LinkedHashMap<>())
                .put(key.substring(slash + 1), latest);
    }

    /** Null if there is none. */
    public LatestRecord application(String application) {
        return applications.get(application);
    }

    /** By the releases' ids. */
    public Map<String, LatestRecord> releases(String application) {
        return releases.getOrDefault(application, Map.of());
    }

    /** By the environments' ids. */
    public Map<String, LatestRecord> environments(String application) {
        return environments.getOrDefault(application, Map.of());
    }
}
