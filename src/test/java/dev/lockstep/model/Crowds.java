package dev.lockstep.model;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Commands that bring about what chance does not: more releases than one look archives, more deployments than may wait. */
public final class Crowds {

    private static final Instant START = Instant.parse("2026-01-31T12:00:00Z");
    private static final List<String> TARGETS = List.of("staging", "qa", "production");

    private final String application;
    private final ReferenceModel model = new ReferenceModel();
    private final List<Sent> commands = new ArrayList<>();
    private Duration later = Duration.ZERO;

    private Crowds(String application) {
        this.application = application;
    }

    /** Of which an application keeps but a few, a day later, when the first look at them has been had. */
    public static List<Sent> ofReleases(String application, int count) {
        Crowds crowd = new Crowds(application);
        crowd.create(count);
        ObjectNode data = crowd.pipeline();
        data.set("keep", new Keep(2, 1).json());
        crowd.tell(Kind.DEFINE, data);
        crowd.timer();
        crowd.later = Duration.ofDays(1);
        crowd.timer();
        return crowd.commands;
    }

    /** As many as may wait: more only where others are called off, or give way. */
    public static List<Sent> ofWaiting(String application) {
        Crowds crowd = new Crowds(application);
        crowd.create(54);
        crowd.tell(Kind.DEFINE, crowd.pipeline());
        crowd.bring(0, "production");
        crowd.bring(1, "production");
        crowd.tell(Kind.DEPLOY, crowd.deploy(50, "qa"));
        List<Expected> asked = new ArrayList<>();
        for (int i = 0; i < 51; i++) {
            asked.add(crowd.ask(i, "staging"));
        }
        for (int i = 0; i < 49; i++) {
            crowd.ask(i, "qa");
        }
        crowd.tell(Kind.DEPLOY, crowd.deploy(51, "qa"));
        crowd.tell(Kind.DEPLOY, crowd.deploy(52, "qa")); // instead of the one before
        crowd.ask(53, "qa");
        crowd.ask(2, "production");
        crowd.cancel(asked.get(3));
        crowd.ask(2, "production");
        crowd.ask(3, "production");
        crowd.tell(Kind.DEPLOY, crowd.deploy(4, "production"));
        crowd.tell(Kind.ROLLBACK, crowd.data().put("environment", "production"));
        crowd.cancel(asked.get(4));
        crowd.tell(Kind.DEPLOY, crowd.deploy(5, "production"));
        crowd.tell(Kind.ROLLBACK, crowd.data().put("environment", "production")); // instead of the one before
        return crowd.commands;
    }

    private void create(int count) {
        for (int i = 0; i < count; i++) {
            tell(Kind.CREATE, data().put("release", release(i)).put("title", "One of many"));
        }
    }

    private static String release(int number) {
        return "0." + number;
    }

    /** All of them come after the first. */
    private ObjectNode pipeline() {
        ObjectNode data = data();
        ArrayNode stops = data.putArray("environments");
        stops.addObject().put("id", "development");
        for (String target : TARGETS) {
            ObjectNode stop = stops.addObject().put("id", target);
            stop.putArray("after").add("development");
            stop.putObject("policy")
                    .put("completion", "reported")
                    .put("whenBusy", target.equals("qa") ? "supersede" : "queue");
        }
        return data;
    }

    /** For an hour from now. */
    private Expected ask(int release, String environment) {
        return tell(
                Kind.DEPLOY,
                deploy(release, environment)
                        .put("notBefore", now().plusSeconds(3_600).toString()));
    }

    private ObjectNode deploy(int release, String environment) {
        return data().put("release", release(release)).put("environment", environment);
    }

    private void bring(int release, String environment) {
        Expected asked = tell(Kind.DEPLOY, deploy(release, environment));
        tell(Kind.REPORT, made(asked).put("status", "succeeded"));
    }

    private void cancel(Expected asked) {
        tell(Kind.CANCEL, made(asked));
    }

    private ObjectNode made(Expected asked) {
        return data().put(
                        "deployment",
                        Chronicle.deploymentId(application, asked.made().revision()));
    }

    private void timer() {
        tell(new Sent("/lockstep", "crowd-" + commands.size(), Sent.TIMER, data(), application, true, now()));
    }

    private Expected tell(Kind kind, ObjectNode data) {
        return tell(new Sent("/crowd", "crowd-" + commands.size(), kind.type(), data, application, true, now()));
    }

    private Expected tell(Sent sent) {
        commands.add(sent);
        return model.apply(sent);
    }

    private Instant now() {
        return START.plusSeconds(commands.size()).plus(later);
    }

    private ObjectNode data() {
        return ModelJson.object().put("application", application);
    }
}
