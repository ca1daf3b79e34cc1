package dev.lockstep.model;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/** Random content of commands about the life of deployments: policies, terms, reports, dry runs and expected revisions. */
record DeploymentSamples(Random random, ReferenceModel model, Scope scope) {

    private static final List<String> DURATIONS =
            List.of("PT1S", "PT5S", "PT10S", "PT20S", "PT30S", "PT60S", "PT1M", "P0DT0H0M40S");

    /** The longer ones last until something has been replaced. */
    private static final List<String> SOAK_TIMES =
            List.of("PT1S", "PT5S", "PT20S", "PT60S", "PT1M", "PT5M", "P0DT0H30M0S", "PT2H");

    /** Some members of a policy, often such that there is something to wait for. */
    void policy(ObjectNode policy) {
        if (random.nextInt(scope.hasLives() ? 2 : 4) == 0) {
            either(policy, "onlyNewer", "true", "false");
        }
        if (!scope.hasLives()) {
            if (policy.isEmpty()) {
                policy.put("onlyNewer", random.nextInt(3) > 0);
            }
            return;
        }
        if (random.nextInt(3) > 0) {
            either(policy, "completion", "reported", "reported", "reported", "immediate");
        }
        if (random.nextInt(2) == 0) {
            either(policy, "whenBusy", "queue", "queue", "queue", "supersede", "reject");
        }
        if (random.nextInt(3) == 0) {
            either(policy, "onFailure", "restore", "restore", "none");
        }
        if (random.nextInt(3) == 0) {
            maxQueued(policy);
        }
        if (scope.hasTime() && random.nextInt(7) == 0) {
            policy.put("timeout", random.nextInt(4) == 0 ? null : oneOf(DURATIONS));
        }
        if (scope.hasTime() && random.nextInt(8) == 0) {
            policy.put("reportEvery", random.nextInt(4) == 0 ? null : oneOf(DURATIONS));
        }
    }

    /** Often in an environment that does not come directly after the first: what soaks in the first cannot be replaced. */
    void soak(ObjectNode policy, int place) {
        if (scope.hasTime() && random.nextInt(4) < (place > 1 ? 3 : 1)) {
            policy.put("soakTime", soakTime());
        }
    }

    private String soakTime() {
        return random.nextInt(5) == 0 ? null : oneOf(SOAK_TIMES);
    }

    private void either(ObjectNode policy, String member, String... values) {
        String value = values[random.nextInt(values.length)];
        if (random.nextInt(12) == 0) {
            policy.putNull(member);
        } else if (member.equals("onlyNewer")) {
            policy.put(member, Boolean.parseBoolean(value));
        } else {
            policy.put(member, value);
        }
    }

    private void maxQueued(ObjectNode policy) {
        switch (random.nextInt(6)) {
            case 0 -> policy.putNull("maxQueued");
            case 1 -> policy.put("maxQueued", 50);
            default -> policy.put("maxQueued", 1 + random.nextInt(2));
        }
    }

    /** Random times until which it waits or at which it expires, or none. */
    void terms(ObjectNode data, Instant now) {
        if (!scope.hasLives()) {
            return;
        }
        if (random.nextInt(8) == 0) {
            data.put("ifBlocked", random.nextInt(3) == 0 ? "wait" : "reject");
        }
        if (!scope.hasTime()) {
            return;
        }
        Instant notBefore = null;
        if (random.nextInt(5) == 0) {
            notBefore = now.plusMillis(offset());
            data.put("notBefore", notBefore.toString());
        }
        if (random.nextInt(6) == 0) {
            Instant from = notBefore == null ? now : notBefore;
            Instant expires = from.plusMillis(notBefore == null && random.nextInt(5) == 0 ? -1_000 : 1 + after());
            data.put(
                    "expiresAt",
                    random.nextBoolean()
                            ? expires.toString()
                            : expires.toString().replace("Z", "+00:00"));
        }
    }

    private int offset() {
        return switch (random.nextInt(6)) {
            case 0 -> -1_000 * random.nextInt(5);
            case 1 -> 3_600_000;
            case 2 -> 500;
            default -> 1_000 * (1 + random.nextInt(30));
        };
    }

    private int after() {
        return random.nextInt(4) == 0 ? 7_200_000 : 1_000 * random.nextInt(25);
    }

    /** Sometimes sets a new soak time where something waits, preferably where something soaks. False if it does not. */
    private boolean configureSoak(ObjectNode data, String application) {
        List<ModelDeployment> soaking = soaking(application);
        List<ModelDeployment> waiting = model.deployments(application).stream()
                .filter(deployment -> deployment.isWaiting() && deployment.requestedKind == CommandKind.DEPLOY)
                .toList();
        if (waiting.isEmpty() || random.nextInt(2) == 0) {
            return false;
        }
        String environment = oneOf(soaking.isEmpty() ? waiting : soaking).environment;
        data.put("environment", environment).putObject("policy").put("soakTime", soakTime());
        return true;
    }

    /** The waiting deployments whose releases must soak. */
    List<ModelDeployment> soaking(String application) {
        return model.deployments(application).stream()
                .filter(deployment -> deployment.isWaiting() && deployment.isSoaking)
                .toList();
    }

    void configure(ObjectNode data, String application, boolean plausible) {
        if (scope.hasTime() && plausible && configureSoak(data, application)) {
            return;
        }
        List<ModelStage> stops = model.pipeline(application);
        int place = stops.isEmpty() ? 0 : random.nextInt(stops.size());
        if (plausible && place == 0 && stops.size() > 1) {
            place = 1;
        }
        data.put(
                "environment",
                stops.isEmpty() || random.nextInt(12) == 0
                        ? oneOf(Pipelines.NAMES)
                        : stops.get(place).id());
        if (random.nextInt(5) == 0) {
            data.put("title", random.nextInt(3) == 0 ? null : "Where «" + random.nextInt(3) + "» runs");
        }
        if (random.nextInt(6) == 0) {
            data.put("tier", random.nextInt(4) == 0 ? null : "testing");
        }
        if (random.nextInt(8) == 0) {
            after(data, stops, place, plausible);
        }
        if (random.nextInt(12) == 0) {
            data.putNull("policy");
        } else if (data.size() < 3 || random.nextInt(2) == 0) {
            policy(data.putObject("policy"));
            soak((ObjectNode) data.get("policy"), place);
        }
    }

    private void after(ObjectNode data, List<ModelStage> stops, int place, boolean plausible) {
        if (place == 0 && plausible || random.nextInt(4) == 0) {
            data.putNull("after");
            return;
        }
        ArrayNode after = data.putArray("after");
        after.add(
                plausible || random.nextInt(3) > 0 && place > 0
                        ? stops.get(random.nextInt(place)).id()
                        : oneOf(Pipelines.NAMES));
    }

    void report(ObjectNode data, String application, Instant now) {
        data.put("deployment", deployment(application, true));
        data.put("status", status());
        if (random.nextInt(3) == 0) {
            data.put("url", "https://deploy.example.org/runs/" + random.nextInt(3));
        }
        if (random.nextInt(3) == 0) {
            data.put("message", "Step «" + random.nextInt(3) + "»\nof three");
        }
        if (random.nextInt(4) == 0) {
            data.put("at", now.minusMillis(random.nextInt(5_000)).toString());
        }
    }

    private String status() {
        int dice = random.nextInt(20);
        if (dice < 6) {
            return "succeeded";
        }
        if (dice < 13) {
            return "in_progress";
        }
        return dice < 16 ? "failed" : dice < 18 ? "errored" : "cancelled";
    }

    void cancel(ObjectNode data, String application) {
        data.put("deployment", deployment(application, false));
    }

    /** Occasionally one that has ended, or that is unknown. */
    private String deployment(String application, boolean started) {
        List<ModelDeployment> all = model.deployments(application);
        List<ModelDeployment> wanted = all.stream()
                .filter(candidate -> started ? candidate.isInProgress() : candidate.isWaiting())
                .toList();
        List<ModelDeployment> others =
                all.stream().filter(ModelDeployment::isOnItsWay).toList();
        if (!others.isEmpty() && random.nextInt(10) == 0) {
            return id(application, oneOf(others));
        }
        if (!wanted.isEmpty() && random.nextInt(6) > 0) {
            return id(application, oneOf(wanted));
        }
        if (!all.isEmpty() && random.nextInt(6) > 0) {
            return id(application, oneOf(all.subList(Math.max(0, all.size() - 8), all.size())));
        }
        return random.nextBoolean()
                ? EventLog.deploymentId(application, 1 + random.nextInt(50))
                : new UUID(random.nextLong(), random.nextLong()).toString();
    }

    private static String id(String application, ModelDeployment deployment) {
        return EventLog.deploymentId(application, deployment.revision);
    }

    /** What a definition says about the releases to keep: nothing, something, the current policy again, or that there is none. */
    void keep(ObjectNode data, String application) {
        if (!scope.hasTime() || random.nextInt(3) > 0) {
            return;
        }
        ModelKeepPolicy before = model.keep(application);
        switch (random.nextInt(7)) {
            case 0 -> data.putNull("keep");
            case 1 -> data.set("keep", before == null ? new ModelKeepPolicy(10_000, 3_650).json() : before.json());
            case 2 ->
                data.putObject("keep").put("releases", new BigDecimal("2.0")).put("days", new BigDecimal("1.00"));
            default -> data.set("keep", new ModelKeepPolicy(1 + random.nextInt(3), 1 + random.nextInt(3)).json());
        }
    }

    /** Adds a dry run, or the expected revisions of status records. */
    void decorate(CommandKind kind, ObjectNode data, String application) {
        if (!scope.hasLives()) {
            return;
        }
        if (random.nextInt(15) == 0) {
            data.put("dryRun", random.nextInt(6) > 0);
        }
        String release = data.path("release").textValue();
        if (kind != CommandKind.CREATE && release != null && random.nextInt(15) == 0) {
            Stamped<ExpectedRelease> view = model.releases(application).get(release);
            data.put("expectedReleaseRevision", expected(view));
        }
        String environment = data.path("environment").textValue();
        if (environment != null && random.nextInt(15) == 0) {
            Stamped<ExpectedEnvironment> view = model.environments(application).get(environment);
            data.put("expectedEnvironmentRevision", expected(view));
        }
    }

    private long expected(Stamped<?> stamped) {
        return stamped == null || random.nextInt(4) == 0 ? 1 + random.nextInt(40) : stamped.revision();
    }

    private <T> T oneOf(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }
}
