package dev.lockstep.model;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.function.Consumer;

/** Ways to break annotations, applications' own facts, and the members of an environment. */
final class BrokenFields {

    private static final int LABELS = 20;

    private BrokenFields() {}

    static List<Consumer<ObjectNode>> ofAnnotation() {
        return List.of(
                data -> data.remove(List.of("notes", "labels")),
                data -> data.put("notes", "n".repeat(4_001)),
                data -> data.put("notes", 7),
                data -> data.put("labels", "team=a"),
                data -> data.putObject("labels").put("-team", "a"),
                data -> data.putObject("labels").put("t".repeat(64), "a"),
                data -> data.putObject("labels").put("team", "v".repeat(257)),
                data -> data.putObject("labels").put("team", "two\nlines"),
                data -> data.putObject("labels").put("team", 7));
    }

    static List<Consumer<ObjectNode>> ofLabels() {
        return List.of(
                data -> data.putObject("labels").putNull("team"),
                data -> data.put("labels", "team=a"),
                data -> tooMany(data.putObject("labels")));
    }

    private static void tooMany(ObjectNode labels) {
        for (int i = 0; i <= LABELS; i++) {
            labels.put("label-" + i, "");
        }
    }

    static List<Consumer<ObjectNode>> ofFrom() {
        return List.of(data -> data.putNull("from"), data -> data.put("from", "Staging"));
    }

    static List<Consumer<ObjectNode>> ofRedeploy() {
        return List.of(
                data -> data.remove("environment"),
                data -> data.putNull("release"),
                data -> data.put("release", ""),
                data -> data.put("from", "staging"));
    }

    static List<Consumer<ObjectNode>> ofFacts() {
        return List.of(
                data -> data.remove(List.of("title", "description", "owner", "url")),
                data -> data.put("title", ""),
                data -> data.put("title", "t".repeat(201)),
                data -> data.put("description", "d".repeat(4_001)),
                data -> data.put("owner", "o".repeat(201)),
                data -> data.put("url", "ftp://example.org/"),
                data -> data.put("url", "not an address"),
                data -> data.set("keep", new ModelKeepPolicy(3, 3).json()),
                data -> data.put("release", "1.0.0"));
    }

    static List<Consumer<ObjectNode>> ofKeep() {
        return List.of(
                data -> data.put("keep", 3),
                data -> data.put("keep", true),
                data -> data.putObject("keep"),
                data -> data.putObject("keep").put("releases", 3),
                data -> data.putObject("keep").put("days", 3),
                data -> data.set("keep", new ModelKeepPolicy(0, 3).json()),
                data -> data.set("keep", new ModelKeepPolicy(10_001, 3).json()),
                data -> data.set("keep", new ModelKeepPolicy(3, 0).json()),
                data -> data.set("keep", new ModelKeepPolicy(3, 3_651).json()),
                data -> data.set("keep", new ModelKeepPolicy(-3, 3).json()),
                data -> data.set("keep", new ModelKeepPolicy(3, 3).json().put("releases", 2.5)),
                data -> data.set("keep", new ModelKeepPolicy(3, 3).json().put("days", "3")),
                data -> data.set("keep", new ModelKeepPolicy(3, 3).json().putNull("releases")),
                data -> data.set("keep", new ModelKeepPolicy(3, 3).json().put("hours", 3)));
    }

    static List<Consumer<ObjectNode>> ofStops() {
        return List.of(
                data -> stops(data).get(0).putArray("after").add("staging"),
                data -> stops(data).get(0).putObject("policy").put("onlyNewer", true),
                data -> stops(data).get(1).putArray("after"),
                data -> stops(data).get(1).put("after", "first"),
                data -> stops(data).get(1).putArray("after").add("nowhere"),
                data -> stops(data).get(1).putArray("after").add("second"),
                data -> stops(data).get(1).putArray("after").add("third"),
                data -> stops(data).get(1).putArray("after").add("first").add("first"),
                data -> stops(data).get(1).put("policy", true),
                data -> stops(data).get(1).putObject("policy").put("onlyNewer", "yes"),
                data -> stops(data).get(1).putObject("policy").put("onlyOlder", true),
                data -> stops(data).get(1).put("title", ""),
                data -> stops(data).get(1).put("title", "t".repeat(201)),
                data -> stops(data).get(1).put("position", 1));
    }

    private static List<ObjectNode> stops(ObjectNode data) {
        ArrayNode stops = data.putArray("environments");
        return List.of(
                stops.addObject().put("id", "first"),
                stops.addObject().put("id", "second"),
                stops.addObject().put("id", "third"));
    }
}
