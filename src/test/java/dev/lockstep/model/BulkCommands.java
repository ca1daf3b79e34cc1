package dev.lockstep.model;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Commands that cause what chance does not: more releases than are archived in one go, more deployments than may wait. */
public final class BulkCommands {

    private static final Instant START = Instant.parse("2026-01-31T12:00:00Z");
    private static final List<String> TARGETS = List.of("staging", "qa", "production");

    private final String application;
    private final ReferenceModel model = new ReferenceModel();
    private final List<SentCommand> commands = new ArrayList<>();
    private Duration later = Duration.ZERO;

    private BulkCommands(String application) {
        this.application = application;
    }

    /** Releases of which an application keeps only a few, a day later, after the first check of them. */
    public static List<SentCommand> ofReleases(String application, int count) {
        BulkCommands crowd = new BulkCommands(application);
        crowd.create(count);
        ObjectNode data = crowd.pipeline();
        data.set("keep", new ModelKeepPolicy(2, 1).json());
        crowd.tell(CommandKind.DEFINE, data);
        crowd.timer();
        crowd.later = Duration.ofDays(1);
        crowd.timer();
        return crowd.commands;
    }

    /** As many deployments as may wait: more only if others are cancelled or superseded. */
    public static List<SentCommand> ofWaiting(String application) {
        BulkCommands crowd = new BulkCommands(application);
        crowd.create(54);
        crowd.tell(CommandKind.DEFINE, crowd.pipeline());
        crowd.deployAndSucceed(0, "production");
        crowd.deployAndSucceed(1, "production");
        crowd.tell(CommandKind.DEPLOY, crowd.deploy(50, "qa"));
        List<ExpectedOutcome> asked = new ArrayList<>();
        for (int i = 0; i < 51; i++) {
            asked.add(crowd.ask(i, "staging"));
        }
        for (int i = 0; i < 49; i++) {
            crowd.ask(i, "qa");
        }
        crowd.tell(CommandKind.DEPLOY, crowd.deploy(51, "qa"));
        crowd.tell(CommandKind.DEPLOY, crowd.deploy(52, "qa")); // instead of the one before
        crowd.ask(53, "qa");
        crowd.ask(2, "production");
        crowd.cancel(asked.get(3));
        crowd.ask(2, "production");
        crowd.ask(3, "production");
        crowd.tell(CommandKind.DEPLOY, crowd.deploy(4, "production"));
        crowd.tell(CommandKind.ROLLBACK, crowd.data().put("environment", "production"));
        crowd.cancel(asked.get(4));
        crowd.tell(CommandKind.DEPLOY, crowd.deploy(5, "production"));
        crowd.tell(CommandKind.ROLLBACK, crowd.data().put("environment", "production")); // instead of the one before
        return crowd.commands;
    }

    private void create(int count) {
        for (int i = 0; i < count; i++) {
            tell(CommandKind.CREATE, data().put("release", release(i)).put("title", "One of many"));
        }
    }

    private static String release(int number) {
        return "0." + number;
    }

    /** All of them come directly after the first. */
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

    /** Requests a deployment for an hour from now. */
    private ExpectedOutcome ask(int release, String environment) {
        return tell(
                CommandKind.DEPLOY,
                deploy(release, environment)
                        .put("notBefore", now().plusSeconds(3_600).toString()));
    }

    private ObjectNode deploy(int release, String environment) {
        return data().put("release", release(release)).put("environment", environment);
    }

    private void deployAndSucceed(int release, String environment) {
        ExpectedOutcome asked = tell(CommandKind.DEPLOY, deploy(release, environment));
        tell(CommandKind.REPORT, made(asked).put("status", "succeeded"));
    }

    private void cancel(ExpectedOutcome asked) {
        tell(CommandKind.CANCEL, made(asked));
    }

    private ObjectNode made(ExpectedOutcome asked) {
        return data().put(
                        "deployment",
                        EventLog.deploymentId(application, asked.made().revision()));
    }

    private void timer() {
        tell(new SentCommand(
                "/lockstep", "crowd-" + commands.size(), SentCommand.TIMER, data(), application, true, now()));
    }

    private ExpectedOutcome tell(CommandKind kind, ObjectNode data) {
        return tell(new SentCommand("/crowd", "crowd-" + commands.size(), kind.type(), data, application, true, now()));
    }

    private ExpectedOutcome tell(SentCommand sent) {
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
