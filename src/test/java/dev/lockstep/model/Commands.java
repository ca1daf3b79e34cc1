package dev.lockstep.model;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Valid command data at random; about two in three are chosen so that the rules are likely to accept them. */
final class Commands {

    /** Releases in play at a time; the window moves on, else every id would be locked before long. */
    private static final int RELEASES = 6;

    private static final int COMMANDS_PER_NEW_RELEASE = 30;

    private final Random random;
    private final ReferenceModel model;
    private final Pipelines pipelines;

    Commands(Random random, ReferenceModel model) {
        this.random = random;
        this.model = model;
        this.pipelines = new Pipelines(random, model);
    }

    Kind kind() {
        int dice = random.nextInt(100);
        if (dice < 22) {
            return Kind.CREATE;
        }
        if (dice < 30) {
            return Kind.UPDATE;
        }
        if (dice < 62) {
            return Kind.DEPLOY;
        }
        if (dice < 70) {
            return Kind.DELETE;
        }
        if (dice < 77) {
            return Kind.UNDEPLOY;
        }
        return dice < 91 ? Kind.ROLLBACK : Kind.DEFINE;
    }

    /** @param age how many commands the application got before, which moves the window of release ids */
    ObjectNode data(Kind kind, String application, int age) {
        ObjectNode data = JsonNodeFactory.instance.objectNode();
        data.put("application", application);
        boolean plausible = random.nextInt(3) > 0;
        switch (kind) {
            case CREATE -> create(data, application, age, plausible);
            case UPDATE -> update(data, application, age, plausible);
            case DELETE -> data.put("release", unlocked(application, age, plausible));
            case DEPLOY -> deploy(data, application, age, plausible);
            case UNDEPLOY -> data.put("environment", occupied(application, plausible));
            case ROLLBACK -> rollback(data, application, age, plausible);
            case DEFINE -> data.set("environments", pipelines.next(application, plausible));
        }
        decorate(data, application);
        return data;
    }

    private void create(ObjectNode data, String application, int age, boolean plausible) {
        String release = anyRelease(age);
        for (int i = 0; plausible && i < RELEASES && known(application, release); i++) {
            release = anyRelease(age);
        }
        data.put("release", release).put("title", title());
        if (random.nextInt(2) == 0) {
            data.put("description", "What is new in " + release);
        }
        if (random.nextInt(2) == 0) {
            data.put("artifactId", artifact(application, release));
        }
        if (random.nextInt(3) == 0) {
            data.set("source", source());
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
            case 0 -> data.put("title", title());
            case 1 -> data.put("description", "Said better " + random.nextInt(3));
            case 2 -> data.put("artifactId", artifact(application, release)).put("title", title());
            case 3 -> data.set("source", source());
            default ->
                data.putNull(List.of("description", "artifactId", "source").get(random.nextInt(3)));
        }
    }

    private void deploy(ObjectNode data, String application, int age, boolean plausible) {
        String release = plausible ? existing(application, age) : anyRelease(age);
        data.put("release", release);
        boolean next = random.nextInt(2) == 0;
        if (plausible && known(application, release)) {
            ReleaseView view = view(application, release);
            List<String> reachable = new ArrayList<>();
            if (view.next() != null) {
                reachable.add(view.next());
            }
            view.placements().stream()
                    .filter(placement -> placement.status().equals("past"))
                    .forEach(placement -> reachable.add(placement.environment()));
            next &= view.next() != null;
            if (!next && !reachable.isEmpty()) {
                data.put("environment", oneOf(reachable));
                return;
            }
        }
        if (!next) {
            data.put("environment", anyEnvironment(application));
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
                        .anyMatch(placement ->
                                placement.environment().equals(environment) && placement.linkedFrom() != null))
                .map(ReleaseView::id)
                .toList();
        data.put("release", plausible && !pastThere.isEmpty() ? oneOf(pastThere) : anyRelease(age));
    }

    private void decorate(ObjectNode data, String application) {
        if (random.nextInt(3) == 0) {
            data.put("actor", random.nextBoolean() ? "user-" + random.nextInt(4) : "https://id.example.org/u/7");
        }
        if (random.nextInt(4) == 0) {
            data.put("reason", "because Zürich said so, №" + random.nextInt(9));
        }
        if (random.nextInt(12) == 0) {
            data.put("expectedRevision", model.revision(application));
        }
    }

    private boolean known(String application, String release) {
        return model.releases(application).containsKey(release);
    }

    private ReleaseView view(String application, String release) {
        return model.releases(application).get(release).value();
    }

    private String unlocked(String application, int age, boolean plausible) {
        List<String> candidates = model.releases(application).values().stream()
                .map(Stamped::value)
                .filter(ReleaseView::deletable)
                .map(ReleaseView::id)
                .toList();
        return plausible && !candidates.isEmpty() ? oneOf(candidates) : anyRelease(age);
    }

    private String existing(String application, int age) {
        List<String> candidates = List.copyOf(model.releases(application).keySet());
        int recent = Math.min(RELEASES, candidates.size());
        return recent == 0 ? anyRelease(age) : oneOf(candidates.subList(candidates.size() - recent, candidates.size()));
    }

    private String occupied(String application, boolean plausible) {
        List<String> candidates = model.environments(application).values().stream()
                .map(Stamped::value)
                .filter(view -> view.current() != null)
                .map(EnvironmentView::id)
                .toList();
        return plausible && !candidates.isEmpty() ? oneOf(candidates) : anyEnvironment(application);
    }

    private String anyEnvironment(String application) {
        List<Stop> pipeline = model.pipeline(application);
        return pipeline.isEmpty() || random.nextInt(5) == 0
                ? oneOf(Pipelines.NAMES)
                : oneOf(pipeline).id();
    }

    private String anyRelease(int age) {
        int number = age / COMMANDS_PER_NEW_RELEASE + random.nextInt(RELEASES);
        return "1." + number / 10 + "." + number % 10 + (number % 3 == 0 ? "+" + number : "");
    }

    private String title() {
        return random.nextInt(20) == 0 ? "x".repeat(200) : "Release «" + random.nextInt(5) + "» 🚀";
    }

    private String artifact(String application, String release) {
        return "pkg:oci/" + application + "@sha256%3A" + Integer.toHexString(release.hashCode());
    }

    private ObjectNode source() {
        String sha = Integer.toHexString(random.nextInt(4)).repeat(40);
        return JsonNodeFactory.instance
                .objectNode()
                .put("repoUrl", "https://git.example.org/shop.git")
                .put("commitSha", sha)
                .put("ref", "refs/heads/main")
                .put("committedAt", "2026-02-0" + (1 + random.nextInt(9)) + "T10:00:00Z");
    }

    private <T> T oneOf(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }
}
