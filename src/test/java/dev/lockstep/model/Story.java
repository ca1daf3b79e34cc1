package dev.lockstep.model;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;

/** Commands to the application {@code shop}, told in the words of the contract. */
final class Story {

    static final String APPLICATION = "shop";

    final ModelSubject subject = new ModelSubject();
    final ReferenceModel model = subject.model;
    /** What was published of the last command. */
    Subject.Actual last;

    private int ids;
    private Instant now = Instant.parse("2026-02-02T10:00:00Z");
    private boolean timed;

    /** With a clock that stands still until it is moved on. */
    static Story withClock() {
        Story story = new Story();
        story.timed = true;
        return story;
    }

    Expected create(String release) {
        return tell(Kind.CREATE, data().put("release", release).put("title", "Release " + release));
    }

    Expected retitle(String release, String title) {
        return tell(Kind.UPDATE, data().put("release", release).put("title", title));
    }

    Expected delete(String release) {
        return tell(Kind.DELETE, data().put("release", release));
    }

    Expected deploy(String release) {
        return tell(Kind.DEPLOY, data().put("release", release));
    }

    Expected deploy(String release, String environment) {
        return tell(Kind.DEPLOY, data().put("release", release).put("environment", environment));
    }

    Expected undeploy(String environment) {
        return tell(Kind.UNDEPLOY, data().put("environment", environment));
    }

    Expected rollback(String environment) {
        return tell(Kind.ROLLBACK, data().put("environment", environment));
    }

    Expected rollback(String environment, String release) {
        return tell(Kind.ROLLBACK, data().put("environment", environment).put("release", release));
    }

    Expected define(String... environments) {
        ObjectNode data = data();
        ArrayNode stops = data.putArray("environments");
        for (String environment : environments) {
            ObjectNode stop = stops.addObject().put("id", environment);
            if (List.of("development", "staging", "production").contains(environment)) {
                stop.put("tier", environment);
            }
        }
        return tell(Kind.DEFINE, data);
    }

    /** Creates each release and brings it as far as staging. */
    Story staged(String... releases) {
        for (String release : releases) {
            create(release);
            deploy(release);
        }
        return this;
    }

    /** Moves the clock on. */
    Story after(long seconds) {
        now = now.plusSeconds(seconds);
        return this;
    }

    /** The time, so many seconds from now, as commands have it. */
    String in(long seconds) {
        return now.plusSeconds(seconds).toString();
    }

    /** The command as it is decided on now. */
    Sent now(Sent command) {
        return timed ? command.at(now) : command;
    }

    /** What is due is looked at. */
    Expected timer() {
        return tell(new Sent("/lockstep", "timer-" + ids++, Sent.TIMER, data(), APPLICATION, true));
    }

    /** One environment's policy: members and their values by turns. */
    Expected policy(String environment, String... members) {
        ObjectNode data = data().put("environment", environment);
        ObjectNode policy = data.putObject("policy");
        for (int i = 0; i < members.length; i += 2) {
            if (members[i].equals("maxQueued")) {
                policy.put(members[i], Integer.parseInt(members[i + 1]));
            } else {
                policy.put(members[i], members[i + 1]);
            }
        }
        return tell(Kind.CONFIGURE, data);
    }

    Expected report(Expected asked, String status) {
        return report(asked.made().revision(), status);
    }

    /** @param deployment its first revision */
    Expected report(long deployment, String status) {
        return tell(Kind.REPORT, ofDeployment(deployment).put("status", status));
    }

    Expected cancel(Expected asked) {
        return tell(Kind.CANCEL, ofDeployment(asked.made().revision()));
    }

    static ObjectNode ofDeployment(long revision) {
        return data().put("deployment", Chronicle.deploymentId(APPLICATION, revision));
    }

    /** The first revision of what is in progress there, 0 if nothing is. */
    long active(String environment) {
        ExpectedDeployment active = environment(environment).active();
        return active == null ? 0 : active.revision();
    }

    /** The releases that wait there, in the order of asking. */
    List<String> waiting(String environment) {
        return environment(environment).waiting().stream()
                .map(waiter -> waiter.deployment().release())
                .toList();
    }

    Expected tell(Kind kind, ObjectNode data) {
        return tell(sent("id-" + ids++, kind, data));
    }

    /** Tells it to the subject, too, so that it publishes what came of it. */
    Expected tell(Sent command) {
        Sent sent = now(command);
        Expected expected = model.apply(sent);
        last = subject.actual(sent, expected);
        return expected;
    }

    static Sent sent(String id, Kind kind, ObjectNode data) {
        return new Sent("/story", id, kind.type(), data, APPLICATION, true);
    }

    static ObjectNode data() {
        return JsonNodeFactory.instance.objectNode().put("application", APPLICATION);
    }

    ReleaseView release(String id) {
        return model.releases(APPLICATION).get(id).value();
    }

    EnvironmentView environment(String id) {
        return model.environments(APPLICATION).get(id).value();
    }

    /** Where the release came from at its first success there. */
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

    static List<String> facts(Expected expected) {
        return expected.events().stream().map(event -> event.fact().name()).toList();
    }
}
