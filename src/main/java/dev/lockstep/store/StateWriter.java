package dev.lockstep.store;

import dev.lockstep.batch.FirstOutcome;
import dev.lockstep.domain.Application;
import dev.lockstep.domain.deployment.Deployment;
import dev.lockstep.domain.deployment.Environment;
import dev.lockstep.domain.release.Release;
import dev.lockstep.store.Statements.Statement;
import dev.lockstep.store.format.ApplicationRow;
import dev.lockstep.store.format.EnvironmentRow;
import dev.lockstep.store.format.ReleaseRow;
import dev.lockstep.store.format.StateJson;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.IntFunction;

/**
 * Writes a batch's changes, with one statement for each kind of change to a table. Each is built when it is its turn
 * to be sent: Postgres works on the earlier ones in the meantime.
 */
final class StateWriter {

    private final Statements sql;
    private final UnitOfWork state;

    StateWriter(Statements sql, UnitOfWork state) {
        this.sql = sql;
        this.state = state;
    }

    List<Statement> writes() {
        List<Statement> writes = new ArrayList<>();
        Map<UUID, FirstOutcome> remembered = state.remembered();
        if (!remembered.isEmpty()) {
            writes.add(Statements.deferred(() -> insertKnownCommands(remembered)));
        }
        ChangedRows changed = new ChangedRows();
        state.applications().stream().filter(TrackedApplication::isChanged).forEach(changed::add);
        addUnlessEmpty(changed.newApplications, this::insertApplications, writes);
        addUnlessEmpty(changed.applications, this::updateApplications, writes);
        addUnlessEmpty(changed.newReleases, this::insertReleases, writes);
        addUnlessEmpty(changed.releases, this::updateReleases, writes);
        addUnlessEmpty(changed.deletedReleases, this::deleteReleases, writes);
        addUnlessEmpty(changed.linePlaces, this::writeLines, writes);
        addUnlessEmpty(changed.droppedEnvironments, this::writeDroppedEnvironments, writes);
        addUnlessEmpty(changed.readdedEnvironments, this::deleteReaddedEnvironments, writes);
        addUnlessEmpty(changed.endedDeployments, this::insertEndedDeployments, writes);
        writes.addAll(timerWrites());
        return writes;
    }

    /** What has to be written, by the statement that writes it. */
    private static final class ChangedRows {

        final List<Application> newApplications = new ArrayList<>();
        final List<TrackedApplication> applications = new ArrayList<>();
        final List<ApplicationItem<Release>> newReleases = new ArrayList<>();
        final List<ApplicationItem<Release>> releases = new ArrayList<>();
        final List<ApplicationItem<String>> deletedReleases = new ArrayList<>();
        final List<LinePlace> linePlaces = new ArrayList<>();
        final List<ApplicationItem<Environment>> droppedEnvironments = new ArrayList<>();
        final List<ApplicationItem<String>> readdedEnvironments = new ArrayList<>();
        final List<ApplicationItem<Deployment.Ended>> endedDeployments = new ArrayList<>();

        void add(TrackedApplication tracked) {
            Application application = tracked.application();
            if (tracked.isStored()) {
                applications.add(tracked);
            } else {
                newApplications.add(application);
            }
            tracked.changedReleases().forEach(id -> addRelease(tracked, id));
            application.environments().forEach(environment -> addEnvironment(tracked, environment));
            tracked.endedDeployments()
                    .forEach(deployment -> endedDeployments.add(new ApplicationItem<>(application.id(), deployment)));
        }

        private void addRelease(TrackedApplication tracked, String id) {
            String application = tracked.application().id();
            Release release = tracked.application().releaseIfExists(id);
            boolean isStored = tracked.wasLoaded(id);
            if (release != null) {
                (isStored ? releases : newReleases).add(new ApplicationItem<>(application, release));
            } else if (isStored) {
                deletedReleases.add(new ApplicationItem<>(application, id));
            }
        }

        private void addEnvironment(TrackedApplication tracked, Environment environment) {
            Application application = tracked.application();
            environment
                    .line()
                    .appended()
                    .forEach((position, release) ->
                            linePlaces.add(new LinePlace(application.id(), environment.id(), position, release)));
            if (application.positionOf(environment.id()) < 0) {
                droppedEnvironments.add(new ApplicationItem<>(application.id(), environment));
            } else if (tracked.wasLoadedAsDropped(environment)) {
                readdedEnvironments.add(new ApplicationItem<>(application.id(), environment.id()));
            }
        }
    }

    /** Something that belongs to an application. */
    private record ApplicationItem<T>(String application, T value) {}

    private record LinePlace(String application, String environment, int position, String release) {}

    private static <T> void addUnlessEmpty(List<T> rows, Function<List<T>, Statement> write, List<Statement> writes) {
        if (!rows.isEmpty()) {
            writes.add(Statements.deferred(() -> write.apply(rows)));
        }
    }

    /** With the database's time, by which they expire: workers' clocks may differ. */
    private Statement insertKnownCommands(Map<UUID, FirstOutcome> remembered) {
        List<FirstOutcome> known = List.copyOf(remembered.values());
        return sql.statement(
                """
                        insert into known_command (key, fingerprint, revision, deployment, problem, life, known_at)
                        select k, f, r, d, p, l, now()
                        from unnest($1::uuid[], $2::uuid[], $3::int8[], $4::uuid[], $5::text[], $6::text[])
                             as t(k, f, r, d, p, l)""",
                remembered.keySet().toArray(UUID[]::new),
                column(known, FirstOutcome::fingerprint, UUID[]::new),
                column(known, FirstOutcome::revision, Long[]::new),
                column(known, StateWriter::deployment, UUID[]::new),
                column(known, FirstOutcome::problemJson, String[]::new),
                column(known, FirstOutcome::deploymentStatusJson, String[]::new));
    }

    private static UUID deployment(FirstOutcome known) {
        return known.deployment() == null ? null : UUID.fromString(known.deployment());
    }

    private Statement insertApplications(List<Application> applications) {
        return sql.statement(
                """
                        insert into application (id, revision, releases, state, format, home)
                        select * from unnest($1::text[], $2::int8[], $3::int8[], $4::text[], $5::int2[], $6::int4[])""",
                column(applications, Application::id, String[]::new),
                column(applications, Application::revision, Long[]::new),
                column(applications, Application::releaseCount, Long[]::new),
                column(applications, StateJson::toJson, String[]::new),
                column(applications, this::lowestFormat, Short[]::new),
                column(applications, application -> state.homePartitionOf(application.id()), Integer[]::new));
    }

    /** The lowest format that can express the whole state. */
    private Short lowestFormat(Application application) {
        int baseFormat = state.needsStoredHome(application.id()) ? 2 : 1;
        return (short) Math.max(baseFormat, ApplicationRow.lowestFormat(application));
    }

    /**
     * An application whose revision is no longer the loaded one was changed by somebody who did not hold the partition's
     * lock: this must not happen, and it is not overwritten.
     */
    private Statement updateApplications(List<TrackedApplication> changed) {
        List<Application> applications =
                changed.stream().map(TrackedApplication::application).toList();
        return sql.updateExactly(
                applications.size(),
                """
                        update application a
                        set format = t.format, revision = t.revision, releases = t.releases, state = t.state
                        from unnest($1::text[], $2::int8[], $3::int8[], $4::text[], $5::int8[], $6::int2[])
                             as t(id, revision, releases, state, before, format)
                        where a.id = t.id and a.revision = t.before""",
                column(applications, Application::id, String[]::new),
                column(applications, Application::revision, Long[]::new),
                column(applications, Application::releaseCount, Long[]::new),
                column(applications, StateJson::toJson, String[]::new),
                column(changed, tracked -> tracked.stored().revision(), Long[]::new),
                column(applications, this::lowestFormat, Short[]::new));
    }

    private Statement insertReleases(List<ApplicationItem<Release>> releases) {
        return sql.statement(
                """
                        insert into release (application, id, state, format, archived, created_revision)
                        select * from unnest($1::text[], $2::text[], $3::text[], $4::int2[], $5::bool[], $6::int8[])""",
                column(releases, ApplicationItem::application, String[]::new),
                column(releases, release -> release.value().id(), String[]::new),
                column(releases, release -> StateJson.toJson(release.value()), String[]::new),
                column(releases, release -> (short) ReleaseRow.lowestFormat(release.value()), Short[]::new),
                column(releases, release -> release.value().isArchived(), Boolean[]::new),
                column(releases, release -> release.value().createdRevision(), Long[]::new));
    }

    private Statement updateReleases(List<ApplicationItem<Release>> releases) {
        return sql.updateExactly(
                releases.size(),
                """
                        update release r
                        set state = t.state, format = t.format, archived = t.archived, created_revision = t.created_revision
                        from unnest($1::text[], $2::text[], $3::text[], $4::int2[], $5::bool[], $6::int8[])
                             as t(application, id, state, format, archived, created_revision)
                        where r.application = t.application and r.id = t.id""",
                column(releases, ApplicationItem::application, String[]::new),
                column(releases, release -> release.value().id(), String[]::new),
                column(releases, release -> StateJson.toJson(release.value()), String[]::new),
                column(releases, release -> (short) ReleaseRow.lowestFormat(release.value()), Short[]::new),
                column(releases, release -> release.value().isArchived(), Boolean[]::new),
                column(releases, release -> release.value().createdRevision(), Long[]::new));
    }

    /** Writes loaded releases of one application. */
    Statement updateReleases(String application, List<Release> releases) {
        return updateReleases(releases.stream()
                .map(release -> new ApplicationItem<>(application, release))
                .toList());
    }

    private Statement deleteReleases(List<ApplicationItem<String>> releases) {
        return sql.statement(
                """
                        delete from release r using unnest($1::text[], $2::text[]) as t(application, id)
                        where r.application = t.application and r.id = t.id""",
                column(releases, ApplicationItem::application, String[]::new),
                column(releases, ApplicationItem::value, String[]::new));
    }

    private Statement writeLines(List<LinePlace> places) {
        return sql.statement(
                """
                        insert into line (application, environment, position, release)
                        select * from unnest($1::text[], $2::text[], $3::int4[], $4::text[])
                        on conflict (application, environment, position) do update set release = excluded.release""",
                column(places, LinePlace::application, String[]::new),
                column(places, LinePlace::environment, String[]::new),
                column(places, LinePlace::position, Integer[]::new),
                column(places, LinePlace::release, String[]::new));
    }

    private Statement writeDroppedEnvironments(List<ApplicationItem<Environment>> dropped) {
        return sql.statement(
                """
                        insert into environment (application, id, state, format)
                        select * from unnest($1::text[], $2::text[], $3::text[], $4::int2[])
                        on conflict (application, id) do update set format = excluded.format, state = excluded.state""",
                column(dropped, ApplicationItem::application, String[]::new),
                column(dropped, environment -> environment.value().id(), String[]::new),
                column(dropped, environment -> StateJson.toJson(environment.value()), String[]::new),
                column(dropped, environment -> (short) EnvironmentRow.lowestFormat(environment.value()), Short[]::new));
    }

    private Statement deleteReaddedEnvironments(List<ApplicationItem<String>> readded) {
        return sql.statement(
                """
                        delete from environment e using unnest($1::text[], $2::text[]) as t(application, id)
                        where e.application = t.application and e.id = t.id""",
                column(readded, ApplicationItem::application, String[]::new),
                column(readded, ApplicationItem::value, String[]::new));
    }

    private Statement insertEndedDeployments(List<ApplicationItem<Deployment.Ended>> deployments) {
        List<ApplicationItem<Deployment.EndedSummary>> summaries = deployments.stream()
                .map(item -> new ApplicationItem<>(item.application(), Deployment.EndedSummary.of(item.value())))
                .toList();
        return sql.statement(
                """
                        insert into ended_deployment (application, id, status, failure_kind, finished_at)
                        select * from unnest($1::text[], $2::uuid[], $3::text[], $4::text[], $5::timestamptz[])
                        on conflict do nothing""",
                column(summaries, ApplicationItem::application, String[]::new),
                column(summaries, item -> UUID.fromString(item.value().id()), UUID[]::new),
                column(summaries, item -> item.value().status().name(), String[]::new),
                column(summaries, item -> name(item.value().failureKind()), String[]::new),
                column(summaries, item -> time(item.value().finishedAt()), OffsetDateTime[]::new));
    }

    private static String name(Enum<?> value) {
        return value == null ? null : value.name();
    }

    static OffsetDateTime time(Instant at) {
        return at.atOffset(ZoneOffset.UTC);
    }

    private List<Statement> timerWrites() {
        List<ApplicationItem<Instant>> set = new ArrayList<>();
        List<String> cleared = new ArrayList<>();
        state.applications().stream().filter(TrackedApplication::isTimerChanged).forEach(tracked -> {
            String id = tracked.application().id();
            if (tracked.nextDue() == null) {
                cleared.add(id);
            } else {
                set.add(new ApplicationItem<>(id, tracked.nextDue()));
            }
        });
        List<Statement> writes = new ArrayList<>();
        addUnlessEmpty(set, this::writeTimers, writes);
        addUnlessEmpty(cleared, this::deleteTimers, writes);
        return writes;
    }

    /** An unchanged timer is not touched: it may have been sent. */
    private Statement writeTimers(List<ApplicationItem<Instant>> timers) {
        return sql.statement(
                """
                        insert into timer (application, partition, due, send_after)
                        select a, p, d, d from unnest($1::text[], $2::int4[], $3::timestamptz[]) as t(a, p, d)
                        on conflict (application) do update
                        set partition = excluded.partition, due = excluded.due, send_after = excluded.due, attempts = 0
                        where timer.due <> excluded.due""",
                column(timers, ApplicationItem::application, String[]::new),
                column(timers, timer -> state.homePartitionOf(timer.application()), Integer[]::new),
                column(timers, timer -> time(timer.value()), OffsetDateTime[]::new));
    }

    private Statement deleteTimers(List<String> applications) {
        return sql.statement(
                "delete from timer where application = any($1::text[])", (Object) applications.toArray(String[]::new));
    }

    private static <T, V> V[] column(List<T> rows, Function<? super T, V> value, IntFunction<V[]> array) {
        return RecordFaultException.wrapFaults(() -> {
            V[] values = array.apply(rows.size());
            for (int i = 0; i < values.length; i++) {
                values[i] = value.apply(rows.get(i));
            }
            return values;
        });
    }
}
