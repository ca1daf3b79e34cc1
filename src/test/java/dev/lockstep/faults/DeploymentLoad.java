package dev.lockstep.faults;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.model.CommandKind;
import dev.lockstep.model.SentCommand;
import dev.lockstep.model.Wire;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;

/**
 * Commands to separate applications in which deployments take time: they wait, are reported on, cancelled, and ended by the
 * clock. What becomes of them depends on when they are decided on, so {@link DeploymentLoadCheck} checks it instead of the model.
 */
final class DeploymentLoad {

    /** The source of timers that somebody other than the worker made. */
    static final String FORGER = "/forger";

    static final String TIMER = "dev.lockstep.timer.due.v1";

    /** In every policy, so that whatever has started ends by itself. */
    private static final List<String> SOON = List.of("PT4S", "PT5S", "PT6S", "PT8S");

    private static final String SOURCE = "/deployments";
    private static final String PREFIX = "live-";
    private static final int APPLICATIONS = 8;
    private static final int REMEMBERED = 60;
    private static final int NEW = 6;
    private static final String FIRST = "development";
    private static final String IMMEDIATE = "demo";
    private static final List<String> REPORTED = List.of("qa", "eu", "us");
    private static final List<String> TARGETS = List.of("qa", "eu", "us", IMMEDIATE);

    private final Random random;
    private final int[] releases = new int[APPLICATIONS];
    private final List<SentCommand> before = new ArrayList<>();
    private final List<String[]> deployments = new ArrayList<>();
    private long ids;

    DeploymentLoad(long seed) {
        random = new Random(seed);
    }

    /** Whether an application, or a key that begins with one, belongs to these. */
    static boolean isOne(String application) {
        return application != null && application.startsWith(PREFIX);
    }

    static List<String> applications() {
        return IntStream.range(0, APPLICATIONS).mapToObj(i -> PREFIX + i).toList();
    }

    /** Creates the applications. */
    synchronized List<SentCommand> first() {
        List<SentCommand> all = new ArrayList<>();
        for (String application : applications()) {
            ObjectNode data = data(application);
            ArrayNode stops = data.putArray("environments");
            stops.addObject().put("id", FIRST);
            for (String environment : TARGETS) {
                ObjectNode stop = stops.addObject().put("id", environment);
                stop.putArray("after").add(FIRST);
                policy(stop.putObject("policy"), environment);
            }
            all.add(sent(CommandKind.DEFINE, data));
        }
        return all;
    }

    private void policy(ObjectNode policy, String environment) {
        boolean isReported = REPORTED.contains(environment);
        policy.put("completion", isReported ? "reported" : "immediate").put("timeout", oneOf(SOON));
        switch (environment) {
            case "qa" -> policy.put("whenBusy", "supersede").put("reportEvery", "PT3S");
            case "eu" -> policy.put("whenBusy", "queue").put("maxQueued", 2);
            default -> policy.put("whenBusy", "reject");
        }
        policy.put("onFailure", environment.equals("eu") ? "none" : "restore");
    }

    /** Takes note of a deployment, so that it can be cancelled, or reported on by somebody. */
    synchronized void heard(String application, String deployment) {
        deployments.add(new String[] {application, deployment});
        if (deployments.size() > REMEMBERED) {
            deployments.remove(0);
        }
    }

    /** The next command, or something that is not one. */
    synchronized SentRecord next() {
        int dice = random.nextInt(100);
        if (dice < 3) {
            return new SentRecord.Forged(forged(data(oneOf(applications()))));
        }
        if (dice < 4) {
            SentCommand broken = forged(data(oneOf(applications())).put("at", "now"));
            return new SentRecord.Unreadable("a timer with something beside", Wire.toBinary(broken));
        }
        if (dice < 9 && !before.isEmpty()) {
            return new SentRecord.Command(oneOf(before));
        }
        SentCommand sent = fresh(random.nextInt(APPLICATIONS), random.nextInt(100));
        if (random.nextInt(10) == 0) {
            ((ObjectNode) sent.data()).put("dryRun", true);
        }
        before.add(sent);
        if (before.size() > REMEMBERED) {
            before.remove(random.nextInt(REMEMBERED));
        }
        return new SentRecord.Command(sent);
    }

    private SentCommand fresh(int number, int dice) {
        String application = PREFIX + number;
        ObjectNode data = data(application);
        if (dice < 15 || releases[number] == 0) {
            String release = "r-" + ++releases[number];
            return sent(CommandKind.CREATE, data.put("release", release).put("title", "Release " + release));
        }
        if (dice < 60) {
            return terms(CommandKind.DEPLOY, data.put("release", recent(number)).put("environment", oneOf(TARGETS)));
        }
        if (dice < 66) {
            return terms(CommandKind.REDEPLOY, data.put("environment", oneOf(TARGETS)));
        }
        if (dice < 72) {
            return terms(CommandKind.ROLLBACK, data.put("environment", oneOf(TARGETS)));
        }
        if (dice < 76) {
            return terms(CommandKind.UNDEPLOY, data.put("environment", oneOf(TARGETS)));
        }
        if (dice < 80) {
            return sent(CommandKind.DELETE, data.put("release", recent(number)));
        }
        if (dice < 86) {
            return configure(data);
        }
        if (dice < 88) {
            return keep(data);
        }
        return aboutOne(dice < 97 ? CommandKind.CANCEL : CommandKind.REPORT, data);
    }

    /** Whenever this changes, releases are checked at once; nothing here is ever old enough to be archived. */
    private SentCommand keep(ObjectNode data) {
        ArrayNode stops = data.putArray("environments");
        stops.addObject().put("id", FIRST);
        TARGETS.forEach(environment -> stops.addObject().put("id", environment));
        if (random.nextInt(3) == 0) {
            data.putNull("keep");
        } else {
            data.putObject("keep").put("releases", 1 + random.nextInt(3)).put("days", 1);
        }
        return sent(CommandKind.DEFINE, data);
    }

    private SentCommand configure(ObjectNode data) {
        String environment = oneOf(TARGETS);
        ObjectNode policy = data.put("environment", environment).putObject("policy");
        switch (random.nextInt(4)) {
            case 0 -> policy.put("timeout", oneOf(SOON));
            case 1 -> policy.put("reportEvery", random.nextBoolean() ? null : "PT3S");
            case 2 -> policy.put("onFailure", random.nextBoolean() ? "restore" : "none");
            default -> policy(policy, oneOf(TARGETS));
        }
        return sent(CommandKind.CONFIGURE, data);
    }

    /** About a deployment of the application, of another, or of none at all. */
    private SentCommand aboutOne(CommandKind kind, ObjectNode data) {
        if (deployments.isEmpty() || random.nextInt(10) == 0) {
            data.put("deployment", new UUID(random.nextLong(), random.nextLong()).toString());
        } else {
            boolean isNew = random.nextInt(4) > 0;
            String[] one = oneOf(
                    isNew
                            ? deployments.subList(Math.max(0, deployments.size() - NEW), deployments.size())
                            : deployments);
            if (random.nextInt(10) > 0) {
                data.put("application", one[0]);
            }
            data.put("deployment", one[1]);
        }
        if (kind == CommandKind.REPORT) {
            data.put("status", oneOf(List.of("in_progress", "succeeded", "failed", "errored", "cancelled")));
        }
        return sent(kind, data);
    }

    private SentCommand terms(CommandKind kind, ObjectNode data) {
        if (random.nextInt(4) == 0) {
            data.put("notBefore", in(random.nextInt(4_000)));
        }
        if (random.nextInt(4) == 0) {
            data.put("expiresAt", in(4_000 + random.nextInt(4_000)));
        } else if (random.nextInt(30) == 0) {
            data.put("expiresAt", in(-1_000)).remove("notBefore");
        }
        if (random.nextInt(6) == 0) {
            data.put("ifBlocked", "reject");
        }
        return sent(kind, data);
    }

    /**
     * For when nothing fails any more: in each application something to start, something for the clock to start, and something
     * that expires while waiting.
     */
    synchronized List<SentCommand> last() {
        List<SentCommand> all = new ArrayList<>();
        for (int number = 0; number < APPLICATIONS; number++) {
            String application = PREFIX + number;
            String release = "r-" + ++releases[number];
            all.add(sent(
                    CommandKind.CREATE,
                    data(application).put("release", release).put("title", "The last one")));
            for (String environment : TARGETS) {
                ObjectNode data = data(application).put("release", release).put("environment", environment);
                all.add(sent(CommandKind.DEPLOY, data));
                all.add(sent(
                        CommandKind.REDEPLOY,
                        data(application)
                                .put("environment", environment)
                                .put("notBefore", in(1_000 + random.nextInt(2_000)))));
                all.add(sent(
                        CommandKind.ROLLBACK,
                        data(application).put("environment", environment).put("expiresAt", in(800))));
            }
        }
        return all;
    }

    /** A report of a deployment. */
    static SentCommand report(String application, String id, ObjectNode data) {
        return new SentCommand(
                "/deployer", id, CommandKind.REPORT.type(), data.put("application", application), application, true);
    }

    private SentCommand forged(ObjectNode data) {
        return new SentCommand(
                FORGER, "forged-" + ids++, TIMER, data, data.get("application").asText(), true);
    }

    private SentCommand sent(CommandKind kind, ObjectNode data) {
        return new SentCommand(
                SOURCE, "l-" + ids++, kind.type(), data, data.get("application").asText(), true);
    }

    private String recent(int number) {
        return "r-" + Math.max(1, releases[number] - random.nextInt(6));
    }

    private static ObjectNode data(String application) {
        return JsonNodeFactory.instance.objectNode().put("application", application);
    }

    private static String in(int millis) {
        return Instant.now()
                .plus(Duration.ofMillis(millis))
                .truncatedTo(ChronoUnit.MILLIS)
                .toString();
    }

    private <T> T oneOf(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }
}
