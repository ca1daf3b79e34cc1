package dev.lockstep.model;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.model.ExpectedRelease.Placement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Random valid command data; about two in three are chosen so that the rules are likely to accept them. */
final class Commands {

    /** Releases in play at any one time; the window moves on, or every id would soon be locked. */
    private static final int RELEASES = 6;

    private static final int COMMANDS_PER_RELEASE = 30;

    /** The relative frequency of each kind. */
    private static final Map<CommandKind, Integer> WEIGHTS = new EnumMap<>(Map.ofEntries(
            Map.entry(CommandKind.CREATE, 16),
            Map.entry(CommandKind.UPDATE, 6),
            Map.entry(CommandKind.ANNOTATE, 7),
            Map.entry(CommandKind.DEPLOY, 29),
            Map.entry(CommandKind.DELETE, 5),
            Map.entry(CommandKind.ARCHIVE, 4),
            Map.entry(CommandKind.UNARCHIVE, 4),
            Map.entry(CommandKind.UNDEPLOY, 6),
            Map.entry(CommandKind.ROLLBACK, 8),
            Map.entry(CommandKind.REDEPLOY, 4),
            Map.entry(CommandKind.CONFIGURE, 6),
            Map.entry(CommandKind.REPORT, 16),
            Map.entry(CommandKind.CANCEL, 5),
            Map.entry(CommandKind.DEFINE, 6),
            Map.entry(CommandKind.UPDATE_APPLICATION, 2),
            Map.entry(CommandKind.ARCHIVE_APPLICATION, 2),
            Map.entry(CommandKind.UNARCHIVE_APPLICATION, 1)));

    private final Random random;
    private final ReferenceModel model;
    private final Pipelines pipelines;
    private final RandomValues samples;
    private final DeploymentSamples lives;
    private final Scope scope;

    Commands(Random random, ReferenceModel model, Scope scope) {
        this.random = random;
        this.model = model;
        this.scope = scope;
        this.lives = new DeploymentSamples(random, model, scope);
        this.pipelines = new Pipelines(random, model, lives);
        this.samples = new RandomValues(random);
    }

    /** What is archived is usually unarchived before long. */
    CommandKind kind(String application) {
        if (model.isArchived(application) && random.nextInt(4) == 0) {
            return CommandKind.UNARCHIVE_APPLICATION;
        }
        if (random.nextInt(5) == 0
                && model.pipeline(application).stream().anyMatch(stop -> isBusy(application, stop.id()))) {
            return oneOf(List.of(
                    CommandKind.DEPLOY,
                    CommandKind.DEPLOY,
                    CommandKind.DEPLOY,
                    CommandKind.ROLLBACK,
                    CommandKind.REDEPLOY,
                    CommandKind.CANCEL));
        }
        if (!lives.soaking(application).isEmpty() && random.nextInt(3) == 0) {
            return random.nextInt(3) == 0 ? CommandKind.CONFIGURE : CommandKind.DEPLOY;
        }
        int dice = random.nextInt(WEIGHTS.keySet().stream()
                .mapToInt(kind -> weight(kind, application))
                .sum());
        for (CommandKind kind : WEIGHTS.keySet()) {
            dice -= weight(kind, application);
            if (dice < 0) {
                return kind;
            }
        }
        throw new IllegalStateException();
    }

    /** There is more to report while something is in progress. */
    private int weight(CommandKind kind, String application) {
        boolean ofLives = kind.ofDeployment() || kind == CommandKind.CONFIGURE;
        if (ofLives && !scope.hasLives()) {
            return 0;
        }
        boolean idle =
                kind.ofDeployment() && model.deployments(application).stream().noneMatch(ModelDeployment::isOnItsWay);
        return idle ? 2 : WEIGHTS.get(kind);
    }

    /**
     * @param age how many commands the application has had, which moves the window of release ids
     * @param now the time at which it is likely to be decided on
     */
    ObjectNode data(CommandKind kind, String application, int age, Instant now) {
        ObjectNode data = JsonNodeFactory.instance.objectNode();
        data.put("application", application);
        boolean plausible = random.nextInt(3) > 0;
        switch (kind) {
            case CREATE -> create(data, application, age, plausible);
            case UPDATE -> update(data, application, age, plausible);
            case ANNOTATE -> annotate(data, application, age, plausible);
            case ARCHIVE -> data.put("release", archivable(application, age, plausible));
            case UNARCHIVE -> data.put("release", archived(application, age, plausible));
            case REDEPLOY -> redeploy(data, application, age, plausible);
            case UPDATE_APPLICATION -> samples.facts(data);
            case ARCHIVE_APPLICATION, UNARCHIVE_APPLICATION -> {}
            case DELETE -> data.put("release", unlocked(application, age, plausible));
            case DEPLOY -> deploy(data, application, age, plausible);
            case UNDEPLOY -> data.put("environment", occupied(application, plausible));
            case ROLLBACK -> rollback(data, application, age, plausible);
            case CONFIGURE -> lives.configure(data, application, plausible);
            case REPORT -> lives.report(data, application, now);
            case CANCEL -> lives.cancel(data, application);
            case DEFINE -> {
                data.set("environments", pipelines.next(application, plausible));
                lives.keep(data, application);
            }
        }
        decorate(data, application);
        if (kind.asks()) {
            terms(kind, data, application, now);
        }
        lives.decorate(kind, data, application);
        return data;
    }

    /** Where an undeploy accepts no times, it usually has none. */
    private void terms(CommandKind kind, ObjectNode data, String application, Instant now) {
        lives.terms(data, now);
        String environment = data.path("environment").textValue();
        boolean immediate = model.pipeline(application).stream()
                .noneMatch(
                        stop -> stop.id().equals(environment) && stop.policy().isReported());
        if (kind == CommandKind.UNDEPLOY && immediate && random.nextInt(4) > 0) {
            data.remove(List.of("notBefore", "expiresAt"));
        }
    }

    private void create(ObjectNode data, String application, int age, boolean plausible) {
        String release = anyRelease(age);
        for (int i = 0; plausible && i < RELEASES && known(application, release); i++) {
            release = anyRelease(age);
        }
        data.put("release", release).put("title", samples.title());
        if (random.nextInt(2) == 0) {
            data.put("description", "What is new in " + release);
        }
        if (random.nextInt(2) == 0) {
            data.put("artifactId", samples.artifact(application, release));
        }
        if (random.nextInt(3) == 0) {
            data.set("source", samples.source());
        }
        if (random.nextInt(3) == 0) {
            data.set("labels", samples.labels());
        }
        if (random.nextInt(5) == 0) {
            data.put("chainId", "00000000-0000-4000-8000-00000000000" + random.nextInt(10));
        }
    }

    private void update(ObjectNode data, String application, int age, boolean plausible) {
        String release = unlocked(application, age, plausible);
        data.put("release", release);
        boolean nothingNew = random.nextInt(6) == 0 && known(application, release);
        if (nothingNew) {
            data.put("title", view(application, release).title());
            return;
        }
        switch (random.nextInt(5)) {
            case 0 -> data.put("title", samples.title());
            case 1 -> data.put("description", "Said better " + random.nextInt(3));
            case 2 ->
                data.put("artifactId", samples.artifact(application, release)).put("title", samples.title());
            case 3 -> data.set("source", samples.source());
            default ->
                data.putNull(List.of("description", "artifactId", "source").get(random.nextInt(3)));
        }
    }

    private void annotate(ObjectNode data, String application, int age, boolean plausible) {
        data.put("release", plausible ? existing(application, age) : anyRelease(age));
        if (random.nextInt(3) == 0) {
            data.put("notes", random.nextInt(4) == 0 ? null : samples.notes());
        }
        if (!data.has("notes") || random.nextInt(3) == 0) {
            data.set("labels", samples.labelChanges());
        }
    }

    private void deploy(ObjectNode data, String application, int age, boolean plausible) {
        List<ModelDeployment> soaking = lives.soaking(application);
        if (plausible
                && !soaking.isEmpty()
                && random.nextInt(3) > 0
                && deployWhereItSoaks(data, application, oneOf(soaking))) {
            return;
        }
        String release = plausible ? existing(application, age) : anyRelease(age);
        data.put("release", release);
        if (plausible && known(application, release) && random.nextInt(4) > 0) {
            deployFurther(data, application, view(application, release));
            return;
        }
        if (random.nextInt(2) == 0) {
            data.put("environment", anyEnvironment(application));
        }
        if (random.nextInt(5) == 0) {
            data.put("from", anyEnvironment(application));
        }
    }

    /** Deploys to where it may go, or back to where it was. */
    private void deployFurther(ObjectNode data, String application, ExpectedRelease view) {
        if (view.next() != null && random.nextInt(3) == 0) {
            if (random.nextInt(3) == 0) {
                data.put("from", oneOf(whereItIs(view)));
            }
            return;
        }
        List<String> reachable = new ArrayList<>(view.nextEnvironments());
        view.placements().stream()
                .filter(placement -> placement.status().equals("past"))
                .forEach(placement -> reachable.add(placement.environment()));
        List<String> busy = reachable.stream()
                .filter(environment -> isBusy(application, environment))
                .toList();
        if (!busy.isEmpty() && random.nextInt(4) > 0) {
            data.put("environment", oneOf(busy));
            return;
        }
        if (!reachable.isEmpty()) {
            data.put("environment", oneOf(reachable));
        }
        if (random.nextInt(4) == 0) {
            data.put("from", oneOf(whereItIs(view)));
        }
    }

    /** Deploys the release again where it was replaced, or another one to replace it. False if there is nothing to deploy. */
    private boolean deployWhereItSoaks(ObjectNode data, String application, ModelDeployment soaking) {
        List<String> places = model.predecessors(application, soaking.environment);
        List<Placement> whereItSoaks = view(application, soaking.release).placements().stream()
                .filter(placement -> places.contains(placement.environment()) && !placement.isPresent())
                .toList();
        if (whereItSoaks.isEmpty()) {
            return false;
        }
        Placement placement = oneOf(whereItSoaks);
        if (placement.status().equals("past")) {
            data.put("environment", placement.environment()).put("release", soaking.release);
            return true;
        }
        List<String> others = model.releases(application).values().stream()
                .map(Stamped::value)
                .filter(view -> view.nextEnvironments().contains(placement.environment()))
                .map(ExpectedRelease::id)
                .toList();
        if (others.isEmpty()) {
            return false;
        }
        data.put("environment", placement.environment()).put("release", oneOf(others));
        return true;
    }

    private boolean isBusy(String application, String environment) {
        Stamped<ExpectedEnvironment> view = model.environments(application).get(environment);
        return view != null && view.value().active() != null;
    }

    private static List<String> whereItIs(ExpectedRelease view) {
        return view.placements().stream()
                .filter(placement -> placement.isPresent() || placement.status().equals("current"))
                .map(Placement::environment)
                .toList();
    }

    private void redeploy(ObjectNode data, String application, int age, boolean plausible) {
        String environment = occupied(application, plausible);
        data.put("environment", environment);
        Stamped<ExpectedEnvironment> view = model.environments(application).get(environment);
        if (plausible && view != null && view.value().current() != null) {
            if (random.nextInt(2) == 0) {
                data.put("release", view.value().current());
            }
        } else if (random.nextInt(2) == 0) {
            data.put("release", existing(application, age));
        }
    }

    private void rollback(ObjectNode data, String application, int age, boolean plausible) {
        String environment = occupied(application, plausible);
        data.put("environment", environment);
        if (random.nextInt(2) == 0) {
            return;
        }
        List<String> pastThere = model.releases(application).values().stream()
                .map(Stamped::value)
                .filter(view -> view.placements().stream()
                        .anyMatch(placement -> placement.environment().equals(environment) && placement.link() != null))
                .map(ExpectedRelease::id)
                .toList();
        data.put("release", plausible && !pastThere.isEmpty() ? oneOf(pastThere) : anyRelease(age));
    }

    private void decorate(ObjectNode data, String application) {
        if (random.nextInt(3) == 0) {
            data.put("actor", random.nextBoolean() ? "user-" + random.nextInt(4) : "https://id.example.org/u/7");
        }
        if (random.nextInt(4) == 0) {
            data.put("reason", "because Zürich said so:\r\n\t№" + random.nextInt(9));
        }
        if (random.nextInt(12) == 0) {
            data.put("expectedRevision", model.revision(application));
        }
    }

    private boolean known(String application, String release) {
        return model.releases(application).containsKey(release);
    }

    private ExpectedRelease view(String application, String release) {
        return model.releases(application).get(release).value();
    }

    private String unlocked(String application, int age, boolean plausible) {
        List<String> candidates = model.releases(application).values().stream()
                .map(Stamped::value)
                .filter(ExpectedRelease::deletable)
                .map(ExpectedRelease::id)
                .toList();
        if (random.nextInt(6) == 0) {
            return archived(application, age, plausible);
        }
        return plausible && !candidates.isEmpty() ? oneOf(candidates) : anyRelease(age);
    }

    private String archivable(String application, int age, boolean plausible) {
        List<String> candidates = model.releases(application).values().stream()
                .map(Stamped::value)
                .filter(view -> view.placements().stream()
                        .noneMatch(placement -> placement.status().equals("current")))
                .map(ExpectedRelease::id)
                .toList();
        return plausible && !candidates.isEmpty() ? oneOf(candidates) : existing(application, age);
    }

    private String archived(String application, int age, boolean plausible) {
        List<String> candidates = List.copyOf(model.archivedReleases(application));
        return plausible && !candidates.isEmpty() ? oneOf(candidates) : existing(application, age);
    }

    /** Usually one that is not archived. */
    private String existing(String application, int age) {
        List<String> candidates = List.copyOf(
                random.nextInt(6) == 0
                        ? model.releaseIds(application)
                        : model.releases(application).keySet());
        int recent = Math.min(RELEASES, candidates.size());
        return recent == 0 ? anyRelease(age) : oneOf(candidates.subList(candidates.size() - recent, candidates.size()));
    }

    private String occupied(String application, boolean plausible) {
        List<String> candidates = model.environments(application).values().stream()
                .map(Stamped::value)
                .filter(view -> view.current() != null)
                .map(ExpectedEnvironment::id)
                .toList();
        List<String> busy = candidates.stream()
                .filter(environment -> isBusy(application, environment))
                .toList();
        if (plausible && !busy.isEmpty() && random.nextBoolean()) {
            return oneOf(busy);
        }
        return plausible && !candidates.isEmpty() ? oneOf(candidates) : anyEnvironment(application);
    }

    private String anyEnvironment(String application) {
        List<ModelStage> pipeline = model.pipeline(application);
        return pipeline.isEmpty() || random.nextInt(5) == 0
                ? oneOf(Pipelines.NAMES)
                : oneOf(pipeline).id();
    }

    private String anyRelease(int age) {
        int number = age / COMMANDS_PER_RELEASE + random.nextInt(RELEASES);
        String version = "1." + number / 10 + "." + number % 10;
        return switch (number % 6) {
            case 0, 3 -> version + "+" + number;
            case 1 -> "api/v" + version;
            case 2 -> "@scope/pkg@" + version + "~rc!" + number;
            default -> version;
        };
    }

    private <T> T oneOf(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }
}
