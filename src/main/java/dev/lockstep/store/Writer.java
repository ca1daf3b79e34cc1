package dev.lockstep.store;

import dev.lockstep.domain.Application;
import dev.lockstep.domain.Environment;
import dev.lockstep.domain.Release;
import io.smallrye.mutiny.Uni;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.hibernate.reactive.mutiny.Mutiny;

/** Writes what a batch left behind, with one statement for each table. */
final class Writer {

    private final Mutiny.StatelessSession session;
    private final State state;

    private Writer(Mutiny.StatelessSession session, State state) {
        this.session = session;
        this.state = state;
    }

    static Uni<Void> write(Mutiny.StatelessSession session, State state, Instant now) {
        Writer writer = new Writer(session, state);
        return writer.knownCommands(now)
                .chain(writer::applications)
                .chain(writer::releases)
                .chain(writer::lines);
    }

    private Uni<Void> knownCommands(Instant now) {
        Map<UUID, Known> remembered = state.remembered();
        if (remembered.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        List<Known> known = List.copyOf(remembered.values());
        return session.createNativeQuery("""
                        insert into known_command (key, fingerprint, revision, deployment, problem, known_at)
                        select k, f, r, d, p, cast(:now as timestamptz)
                        from unnest(cast(:keys as uuid[]), cast(:fingerprints as uuid[]), cast(:revisions as int8[]),
                                    cast(:deployments as uuid[]), cast(:problems as text[])) as t(k, f, r, d, p)""")
                .setParameter("now", now.atOffset(ZoneOffset.UTC))
                .setParameter("keys", remembered.keySet().toArray(UUID[]::new))
                .setParameter(
                        "fingerprints", known.stream().map(Known::fingerprint).toArray(UUID[]::new))
                .setParameter("revisions", known.stream().map(Known::revision).toArray(Long[]::new))
                .setParameter(
                        "deployments",
                        known.stream()
                                .map(k -> k.deployment() == null ? null : UUID.fromString(k.deployment()))
                                .toArray(UUID[]::new))
                .setParameter("problems", known.stream().map(Known::problem).toArray(String[]::new))
                .executeUpdate()
                .replaceWithVoid();
    }

    /**
     * An application whose revision is no longer what was loaded was changed by somebody who did not hold the partition's
     * lock: that must not happen, and is not overwritten.
     */
    private Uni<Void> applications() {
        List<Application> created = new ArrayList<>();
        List<Application> changed = new ArrayList<>();
        for (String id : state.changedReleases().keySet()) {
            Application application = state.stored(id);
            (state.revisionBefore(id) == 0 ? created : changed).add(application);
        }
        return created(created).chain(() -> changed(changed));
    }

    private Uni<Void> created(List<Application> applications) {
        if (applications.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        Mutiny.Query<?> insert = session.createNativeQuery("""
                insert into application (id, revision, releases, state)
                select * from unnest(cast(:ids as text[]), cast(:revisions as int8[]), cast(:releases as int8[]),
                                     cast(:states as text[]))""");
        return columns(insert, applications).executeUpdate().replaceWithVoid();
    }

    private Uni<Void> changed(List<Application> applications) {
        if (applications.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        Mutiny.Query<?> update = session.createNativeQuery("""
                update application a set revision = t.revision, releases = t.releases, state = t.state
                from unnest(cast(:ids as text[]), cast(:revisions as int8[]), cast(:releases as int8[]),
                            cast(:states as text[]), cast(:before as int8[])) as t(id, revision, releases, state, before)
                where a.id = t.id and a.revision = t.before""");
        return columns(update, applications)
                .setParameter(
                        "before",
                        applications.stream()
                                .map(a -> state.revisionBefore(a.id()))
                                .toArray(Long[]::new))
                .executeUpdate()
                .invoke(count -> {
                    if (count != applications.size()) {
                        throw new IllegalStateException("an application was changed meanwhile");
                    }
                })
                .replaceWithVoid();
    }

    private static <Q extends Mutiny.Query<?>> Mutiny.Query<?> columns(Q query, List<Application> applications) {
        return query.setParameter(
                        "ids", applications.stream().map(Application::id).toArray(String[]::new))
                .setParameter(
                        "revisions",
                        applications.stream().map(Application::revision).toArray(Long[]::new))
                .setParameter(
                        "releases",
                        applications.stream().map(Application::releaseCount).toArray(Long[]::new))
                .setParameter(
                        "states", applications.stream().map(StoredState::of).toArray(String[]::new));
    }

    private Uni<Void> releases() {
        List<String> applications = new ArrayList<>();
        List<String> ids = new ArrayList<>();
        List<String> states = new ArrayList<>();
        List<String> deletedFrom = new ArrayList<>();
        List<String> deleted = new ArrayList<>();
        state.changedReleases().forEach((application, releases) -> {
            for (String id : releases) {
                Release release = state.stored(application).release(id);
                if (release == null) {
                    deletedFrom.add(application);
                    deleted.add(id);
                } else {
                    applications.add(application);
                    ids.add(id);
                    states.add(StoredState.of(release));
                }
            }
        });
        return upsertReleases(applications, ids, states).chain(() -> deleteReleases(deletedFrom, deleted));
    }

    private Uni<Void> upsertReleases(List<String> applications, List<String> ids, List<String> states) {
        if (ids.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        return session.createNativeQuery("""
                        insert into release (application, id, state)
                        select * from unnest(cast(:applications as text[]), cast(:ids as text[]), cast(:states as text[]))
                        on conflict (application, id) do update set state = excluded.state""")
                .setParameter("applications", applications.toArray(String[]::new))
                .setParameter("ids", ids.toArray(String[]::new))
                .setParameter("states", states.toArray(String[]::new))
                .executeUpdate()
                .replaceWithVoid();
    }

    private Uni<Void> deleteReleases(List<String> applications, List<String> ids) {
        if (ids.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        return session.createNativeQuery("""
                        delete from release r
                        using unnest(cast(:applications as text[]), cast(:ids as text[])) as t(application, id)
                        where r.application = t.application and r.id = t.id""")
                .setParameter("applications", applications.toArray(String[]::new))
                .setParameter("ids", ids.toArray(String[]::new))
                .executeUpdate()
                .replaceWithVoid();
    }

    private Uni<Void> lines() {
        List<String> applications = new ArrayList<>();
        List<String> environments = new ArrayList<>();
        List<Integer> positions = new ArrayList<>();
        List<String> releases = new ArrayList<>();
        for (String id : state.changedReleases().keySet()) {
            for (Environment environment : state.stored(id).environments()) {
                environment.line().joined().forEach((position, release) -> {
                    applications.add(id);
                    environments.add(environment.id());
                    positions.add(position);
                    releases.add(release);
                });
            }
        }
        if (releases.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        return session.createNativeQuery("""
                        insert into line (application, environment, position, release)
                        select * from unnest(cast(:applications as text[]), cast(:environments as text[]),
                                             cast(:positions as int4[]), cast(:releases as text[]))
                        on conflict (application, environment, position) do update set release = excluded.release""")
                .setParameter("applications", applications.toArray(String[]::new))
                .setParameter("environments", environments.toArray(String[]::new))
                .setParameter("positions", positions.toArray(Integer[]::new))
                .setParameter("releases", releases.toArray(String[]::new))
                .executeUpdate()
                .replaceWithVoid();
    }
}
