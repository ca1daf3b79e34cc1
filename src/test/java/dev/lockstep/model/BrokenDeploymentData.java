package dev.lockstep.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.function.Consumer;

/** Ways to break data about the life of deployments. */
final class BrokenDeploymentData {

    private BrokenDeploymentData() {}

    static List<Consumer<ObjectNode>> ofTerms() {
        return List.of(
                data -> data.put("notBefore", "tomorrow"),
                data -> data.put("notBefore", "2026-02-01"),
                data -> data.putNull("notBefore"),
                data -> data.put("expiresAt", 1_800_000_000),
                data -> data.put("notBefore", "2026-02-01T10:00:00Z").put("expiresAt", "2026-02-01T10:00:00Z"),
                data -> data.put("notBefore", "2026-02-01T10:00:00Z").put("expiresAt", "2026-02-01T11:59:59+02:00"),
                data -> data.put("ifBlocked", "maybe"),
                data -> data.putNull("ifBlocked"),
                data -> data.put("ifBlocked", true));
    }

    static List<Consumer<ObjectNode>> ofConfiguration() {
        return List.of(
                data -> data.remove(List.of("title", "tier", "after", "policy")),
                data -> data.remove("environment"),
                data -> data.put("environment", "Staging"),
                data -> data.put("tier", "playground"),
                data -> data.putArray("after"),
                data -> data.putArray("after").add("one").add("one"),
                data -> data.put("release", "1.0.0"),
                data -> data.set("keep", new ModelKeepPolicy(3, 3).json()),
                data -> data.put("policy", "reported"),
                data -> data.putObject("policy").put("completion", "sometime"),
                data -> data.putObject("policy").put("timeout", "30m"),
                data -> data.putObject("policy").put("timeout", "PT0S"),
                data -> data.putObject("policy").put("timeout", "P91D"),
                data -> data.putObject("policy").put("timeout", "P1W"),
                data -> data.putObject("policy").put("timeout", 30),
                data -> data.putObject("policy").put("reportEvery", "PT0.5S"),
                data -> data.putObject("policy").put("reportEvery", "-PT5S"),
                data -> data.putObject("policy").put("reportEvery", "P1DT"),
                data -> data.putObject("policy").put("soakTime", "PT0.5S"),
                data -> data.putObject("policy").put("soakTime", "PT0S"),
                data -> data.putObject("policy").put("soakTime", "P90DT1S"),
                data -> data.putObject("policy").put("soakTime", "1h"),
                data -> data.putObject("policy").put("soakTime", 60),
                data -> data.putObject("policy").put("soakTime", false),
                data -> data.putObject("policy").put("whenBusy", "drop"),
                data -> data.putObject("policy").put("maxQueued", 0),
                data -> data.putObject("policy").put("maxQueued", 51),
                data -> data.putObject("policy").put("maxQueued", 1.5),
                data -> data.putObject("policy").put("maxQueued", "3"),
                data -> data.putObject("policy").put("onFailure", true),
                data -> data.putObject("policy").put("keep", 3));
    }

    static List<Consumer<ObjectNode>> ofReport() {
        return List.of(
                data -> data.remove("status"),
                data -> data.put("status", "success"),
                data -> data.put("status", "pending"),
                data -> data.put("status", "timed_out"),
                data -> data.putNull("status"),
                data -> data.put("url", "ftp://example.org/"),
                data -> data.put("url", "https://user:secret@example.org/"),
                data -> data.put("message", "m".repeat(4_001)),
                data -> data.put("message", "bell\u0007"),
                data -> data.put("at", "now"));
    }

    static List<Consumer<ObjectNode>> ofDeployment() {
        return List.of(
                data -> data.remove("deployment"),
                data -> data.putNull("deployment"),
                data -> data.put("deployment", ""),
                data -> data.put("deployment", "A246B67D-DB0F-3A39-9D36-9EA3B6632EA6"),
                data -> data.put("deployment", "a246b67ddb0f3a399d369ea3b6632ea6"),
                data -> data.put("release", "1.0.0"),
                data -> data.put("expectedEnvironmentRevision", 3));
    }
}
