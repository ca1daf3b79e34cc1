package dev.lockstep.store;

import dev.lockstep.domain.Application;
import dev.lockstep.domain.Command;
import dev.lockstep.domain.Environment;
import dev.lockstep.domain.Placement;
import dev.lockstep.domain.Release;
import io.smallrye.mutiny.Uni;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.hibernate.reactive.mutiny.Mutiny;

/** Reads what a batch's commands name, and what follows from it, with one statement for each table. */
final class Loader {

    private final Mutiny.StatelessSession session;
    private final State state = new State();

    private Loader(Mutiny.StatelessSession session) {
        this.session = session;
    }

    static Uni<State> load(Mutiny.StatelessSession session, List<? extends Entry> entries) {
        Loader loader = new Loader(session);
        List<Command> commands =
                entries.stream().map(Entry::command).filter(Objects::nonNull).toList();
        Set<UUID> keys = new LinkedHashSet<>();
        Set<String> applications = new LinkedHashSet<>();
        entries.stream().map(Entry::key).filter(Objects::nonNull).forEach(keys::add);
        entries.stream().map(Entry::application).filter(Objects::nonNull).forEach(applications::add);
        return loader.knownCommands(keys)
                .chain(() -> loader.applications(applications))
                .chain(() -> loader.releases(commands))
                .chain(() -> loader.lines(commands))
                .map(ignored -> loader.state);
    }

    private Uni<Void> knownCommands(Set<UUID> keys) {
        if (keys.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        return session.createNativeQuery(
                        "select * from known_command where key = any(cast(:keys as uuid[]))", KnownCommandRow.class)
                .setParameter("keys", keys.toArray(UUID[]::new))
                .getResultList()
                .invoke(rows -> rows.forEach(row -> state.load(row.key, row.known())))
                .replaceWithVoid();
    }

    private Uni<Void> applications(Set<String> ids) {
        if (ids.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        return session.createNativeQuery(
                        "select * from application where id = any(cast(:ids as text[]))", ApplicationRow.class)
                .setParameter("ids", ids.toArray(String[]::new))
                .getResultList()
                .invoke(rows -> rows.forEach(row -> state.load(row.application())))
                .replaceWithVoid();
    }

    /** Those that are named, those that may have to make room, and all of an application whose pipeline may change. */
    private Uni<Void> releases(List<Command> commands) {
        Set<ReleaseRow.Key> wanted = new LinkedHashSet<>();
        Set<String> whole = new LinkedHashSet<>();
        for (Command command : commands) {
            Application application = state.stored(command.application());
            if (application == null) {
                continue;
            }
            if (command.release() != null) {
                wanted.add(new ReleaseRow.Key(application.id(), command.release()));
            }
            if (command instanceof Command.DefinePipeline) {
                whole.add(application.id());
            }
            for (Environment environment : application.environments()) {
                if (environment.current() != null && mayDeployTo(command, environment)) {
                    wanted.add(new ReleaseRow.Key(
                            application.id(), environment.current().release()));
                }
            }
        }
        wanted.removeIf(key -> whole.contains(key.application()));
        return named(wanted).chain(() -> whole(whole));
    }

    private static boolean mayDeployTo(Command command, Environment environment) {
        boolean next = command instanceof Command.DeployRelease && command.environment() == null;
        return next || environment.id().equals(command.environment());
    }

    private Uni<Void> named(Set<ReleaseRow.Key> keys) {
        if (keys.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        return session.createNativeQuery("""
                        select r.* from unnest(cast(:applications as text[]), cast(:ids as text[])) as k(application, id)
                        join release r on r.application = k.application and r.id = k.id""", ReleaseRow.class)
                .setParameter(
                        "applications",
                        keys.stream().map(ReleaseRow.Key::application).toArray(String[]::new))
                .setParameter("ids", keys.stream().map(ReleaseRow.Key::id).toArray(String[]::new))
                .getResultList()
                .invoke(this::know)
                .replaceWithVoid();
    }

    private Uni<Void> whole(Set<String> applications) {
        if (applications.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        return session.createNativeQuery(
                        "select * from release where application = any(cast(:applications as text[]))",
                        ReleaseRow.class)
                .setParameter("applications", applications.toArray(String[]::new))
                .getResultList()
                .invoke(this::know)
                .replaceWithVoid();
    }

    private void know(List<ReleaseRow> rows) {
        rows.forEach(row -> state.application(row.application).load(row.release()));
    }

    /** Places {@code from} to {@code to} of a line. */
    private record Range(String application, String environment, int from, int to) {}

    /**
     * A line's places that the rules may ask for: where each named release stands, and before each of those, and before the
     * end, as many as there are rollbacks in the batch that go back by one.
     */
    private Uni<Void> lines(List<Command> commands) {
        Map<List<String>, Integer> stepsBack = new HashMap<>();
        for (Command command : commands) {
            if (command instanceof Command.Rollback && command.release() == null) {
                stepsBack.merge(List.of(command.application(), command.environment()), 1, Integer::sum);
            }
        }
        Set<Range> ranges = new LinkedHashSet<>();
        for (Command command : commands) {
            Application application = state.stored(command.application());
            if (application == null) {
                continue;
            }
            if (command instanceof Command.Rollback && command.release() == null) {
                Environment environment = application.environment(command.environment());
                if (environment != null) {
                    ranges.add(
                            range(application, environment, environment.line().length(), stepsBack));
                }
            } else if (command.release() != null && application.release(command.release()) != null) {
                for (Map.Entry<String, Placement> placement :
                        application.release(command.release()).placements().entrySet()) {
                    Environment environment = application.environment(placement.getKey());
                    ranges.add(
                            range(application, environment, placement.getValue().linePosition(), stepsBack));
                }
            }
        }
        ranges.removeIf(range -> range.to() < 1);
        return ranges.isEmpty() ? Uni.createFrom().voidItem() : places(new ArrayList<>(ranges));
    }

    private static Range range(
            Application application, Environment environment, int anchor, Map<List<String>, Integer> stepsBack) {
        int steps = stepsBack.getOrDefault(List.of(application.id(), environment.id()), 0);
        return new Range(application.id(), environment.id(), anchor - 1 - steps, anchor);
    }

    private Uni<Void> places(List<Range> ranges) {
        return session.createNativeQuery("""
                        select distinct l.application, l.environment, l.position, l.release, r.state
                        from unnest(cast(:applications as text[]), cast(:environments as text[]),
                                    cast(:froms as int4[]), cast(:tos as int4[])) as k(application, environment, f, t)
                        join line l on l.application = k.application and l.environment = k.environment
                                   and l.position between k.f and k.t
                        join release r on r.application = l.application and r.id = l.release""", Object[].class)
                .setParameter(
                        "applications", ranges.stream().map(Range::application).toArray(String[]::new))
                .setParameter(
                        "environments", ranges.stream().map(Range::environment).toArray(String[]::new))
                .setParameter("froms", ranges.stream().map(Range::from).toArray(Integer[]::new))
                .setParameter("tos", ranges.stream().map(Range::to).toArray(Integer[]::new))
                .getResultList()
                .invoke(rows -> rows.forEach(this::stand))
                .replaceWithVoid();
    }

    private void stand(Object[] place) {
        Application application = state.stored((String) place[0]);
        String release = (String) place[3];
        application.environment((String) place[1]).line().know((Integer) place[2], release);
        if (application.release(release) == null) {
            Release loaded = StoredState.release(release, (String) place[4]);
            application.load(loaded);
        }
    }
}
