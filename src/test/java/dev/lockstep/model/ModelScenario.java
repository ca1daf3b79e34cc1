package dev.lockstep.model;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;

/** Commands to the application {@code shop}, in the terms of the contract. */
final class ModelScenario {

    static final String APPLICATION = "shop";

    final ModelSubject subject = new ModelSubject();
    final ReferenceModel model = subject.model;
    /** What was published for the last command. */
    Subject.Actual last;

    private int ids;
    private Instant now = Instant.parse("2026-02-02T10:00:00Z");
    private boolean timed;

    /** With a clock that stands still until it is advanced. */
    static ModelScenario withClock() {
        ModelScenario story = new ModelScenario();
        story.timed = true;
        return story;
    }

    ExpectedOutcome create(String release) {
        return submit(CommandKind.CREATE, data().put("release", release).put("title", "Release " + release));
    }

    ExpectedOutcome retitle(String release, String title) {
        return submit(CommandKind.UPDATE, data().put("release", release).put("title", title));
    }

    ExpectedOutcome delete(String release) {
        return submit(CommandKind.DELETE, data().put("release", release));
    }

    ExpectedOutcome deploy(String release) {
        return submit(CommandKind.DEPLOY, data().put("release", release));
    }

    ExpectedOutcome deploy(String release, String environment) {
        return submit(CommandKind.DEPLOY, data().put("release", release).put("environment", environment));
    }

    ExpectedOutcome undeploy(String environment) {
        return submit(CommandKind.UNDEPLOY, data().put("environment", environment));
    }

    ExpectedOutcome rollback(String environment) {
        return submit(CommandKind.ROLLBACK, data().put("environment", environment));
    }

    ExpectedOutcome rollback(String environment, String release) {
        return submit(
                CommandKind.ROLLBACK, data().put("environment", environment).put("release", release));
    }

    ExpectedOutcome define(String... environments) {
        ObjectNode data = data();
        ArrayNode stops = data.putArray("environments");
        for (String environment : environments) {
            ObjectNode stop = stops.addObject().put("id", environment);
            if (List.of("development", "staging", "production").contains(environment)) {
                stop.put("tier", environment);
            }
        }
        return submit(CommandKind.DEFINE, data);
    }

    /** Creates each release and brings it as far as staging. */
    ModelScenario staged(String... releases) {
        for (String release : releases) {
            create(release);
            deploy(release);
        }
        return this;
    }

    /** Advances the clock. */
    ModelScenario after(long seconds) {
        now = now.plusSeconds(seconds);
        return this;
    }

    /** The time that many seconds from now, as in commands. */
    String in(long seconds) {
        return now.plusSeconds(seconds).toString();
    }

    /** The command, decided on now. */
    SentCommand now(SentCommand command) {
        return timed ? command.at(now) : command;
    }

    /** A timer that checks what is due. */
    ExpectedOutcome timer() {
        return submit(new SentCommand("/lockstep", "timer-" + ids++, SentCommand.TIMER, data(), APPLICATION, true));
    }

    /** Sets one environment's policy: alternating members and values. */
    ExpectedOutcome policy(String environment, String... members) {
        ObjectNode data = data().put("environment", environment);
        ObjectNode policy = data.putObject("policy");
        for (int i = 0; i < members.length; i += 2) {
            if (members[i].equals("maxQueued")) {
                policy.put(members[i], Integer.parseInt(members[i + 1]));
            } else {
                policy.put(members[i], members[i + 1]);
            }
        }
        return submit(CommandKind.CONFIGURE, data);
    }

    ExpectedOutcome report(ExpectedOutcome asked, String status) {
        return report(asked.made().revision(), status);
    }

    /** @param deployment its first revision */
    ExpectedOutcome report(long deployment, String status) {
        return submit(CommandKind.REPORT, ofDeployment(deployment).put("status", status));
    }

    ExpectedOutcome cancel(ExpectedOutcome asked) {
        return submit(CommandKind.CANCEL, ofDeployment(asked.made().revision()));
    }

    static ObjectNode ofDeployment(long revision) {
        return data().put("deployment", EventLog.deploymentId(APPLICATION, revision));
    }

    /** The first revision of what is in progress there, 0 if nothing is. */
    long active(String environment) {
        ExpectedDeployment active = environment(environment).active();
        return active == null ? 0 : active.revision();
    }

    /** The releases that wait there, in the order of their requests. */
    List<String> waiting(String environment) {
        return environment(environment).waiting().stream()
                .map(waiter -> waiter.deployment().release())
                .toList();
    }

    ExpectedOutcome submit(CommandKind kind, ObjectNode data) {
        return submit(sent("id-" + ids++, kind, data));
    }

    /** Also passes it to the subject, so that it publishes the outcome. */
    ExpectedOutcome submit(SentCommand command) {
        SentCommand sent = now(command);
        ExpectedOutcome expected = model.apply(sent);
        last = subject.actual(sent, expected);
        return expected;
    }

    static SentCommand sent(String id, CommandKind kind, ObjectNode data) {
        return new SentCommand("/story", id, kind.type(), data, APPLICATION, true);
    }

    static ObjectNode data() {
        return JsonNodeFactory.instance.objectNode().put("application", APPLICATION);
    }

    ExpectedRelease release(String id) {
        return model.releases(APPLICATION).get(id).value();
    }

    ExpectedEnvironment environment(String id) {
        return model.environments(APPLICATION).get(id).value();
    }

    /** The environment from which the release came at its first success there. */
    String link(String release, String environment) {
        return release(release).placements().stream()
                .filter(placement -> placement.environment().equals(environment))
                .map(placement -> placement.link().resolve(subject.chronicle, APPLICATION))
                .findFirst()
                .orElseThrow();
    }

    List<String> line(String environment) {
        return model.line(APPLICATION, environment);
    }

    static List<String> facts(ExpectedOutcome expected) {
        return expected.events().stream().map(event -> event.fact().name()).toList();
    }
}
