package dev.lockstep.model;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Random;

/** Random field values, few enough for the same one to recur. */
record RandomValues(Random random) {

    /** More than a release may have. */
    private static final int LABEL_NAMES = 26;

    private static final int MAX_LABELS = 20;
    private static final int MANY_LABELS = 8;

    private static final List<String> REPOSITORIES = List.of(
            "https://git.example.org/shop.git",
            "git@git.example.org:octo/shop.git",
            "ssh://git@git.example.org:22/shop.git");

    String title() {
        return random.nextInt(20) == 0 ? "x".repeat(200) : "Release «" + random.nextInt(5) + "» 🚀";
    }

    String artifact(String application, String release) {
        return "pkg:oci/" + application + "@sha256%3A" + Integer.toHexString(release.hashCode());
    }

    ObjectNode source() {
        String sha = Integer.toHexString(random.nextInt(4)).repeat(40);
        return JsonNodeFactory.instance
                .objectNode()
                .put("repoUrl", REPOSITORIES.get(random.nextInt(REPOSITORIES.size())))
                .put("commitSha", sha)
                .put("ref", "refs/heads/main")
                .put("committedAt", "2026-02-0" + (1 + random.nextInt(9)) + "T10:00:00Z");
    }

    /** Labels with which a release may be created, often as many as it may have. */
    ObjectNode labels() {
        ObjectNode labels = JsonNodeFactory.instance.objectNode();
        int count = random.nextInt(2) == 0 ? MAX_LABELS : 1 + random.nextInt(4);
        while (labels.size() < count) {
            labels.put(labelName(), labelValue());
        }
        return labels;
    }

    /** Some to be removed, or many to be added. */
    ObjectNode labelChanges() {
        ObjectNode labels = JsonNodeFactory.instance.objectNode();
        if (random.nextInt(3) == 0) {
            while (labels.size() < MANY_LABELS) {
                labels.put(labelName(), labelValue());
            }
            return labels;
        }
        for (int i = 0; i <= random.nextInt(4); i++) {
            if (random.nextInt(3) == 0) {
                labels.putNull(labelName());
            } else {
                labels.put(labelName(), labelValue());
            }
        }
        return labels;
    }

    private String labelName() {
        return List.of("team", "ticket", "example.org/area-", "a.b_c").get(random.nextInt(4))
                + random.nextInt(LABEL_NAMES / 4);
    }

    private String labelValue() {
        return random.nextInt(5) == 0 ? "" : "of «" + random.nextInt(3) + "»";
    }

    String notes() {
        return "What to look at:\n- " + random.nextInt(4) + " 🚦";
    }

    /** A change of the application's own facts: at least one. */
    void facts(ObjectNode data) {
        switch (random.nextInt(6)) {
            case 0 -> data.put("title", "The shop, " + random.nextInt(3) + ". edition");
            case 1 -> data.put("description", "Sells\nthings " + random.nextInt(3));
            case 2 -> data.put("owner", "team-" + random.nextInt(3)).put("title", "The shop");
            case 3 -> data.put("url", "https://example.org/" + random.nextInt(3));
            default ->
                data.putNull(List.of("title", "description", "owner", "url").get(random.nextInt(4)));
        }
    }
}
