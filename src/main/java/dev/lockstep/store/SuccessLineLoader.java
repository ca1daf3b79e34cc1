package dev.lockstep.store;

import dev.lockstep.batch.IncomingRecord;
import dev.lockstep.domain.Application;
import dev.lockstep.domain.Command;
import dev.lockstep.domain.deployment.Environment;
import dev.lockstep.domain.release.Placement;
import dev.lockstep.domain.release.Release;
import dev.lockstep.store.Statements.Statement;
import io.vertx.sqlclient.Row;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** Loads the line positions that a batch's commands may need. */
final class SuccessLineLoader {

    /** The places {@code from} to {@code to} of a line. */
    private record LineRange(EnvironmentKey environment, int from, int to) {}

    private final UnitOfWork state;
    private final Map<EnvironmentKey, Integer> rollbackCounts;
    private final long maxBytes;
    private final Set<EnvironmentKey> leftOut = new HashSet<>();

    /**
     * @param state the state to which they are added
     * @param rollbackCounts how many rollbacks in the batch go back by one, by environment
     * @param maxBytes the most bytes of targets of rollbacks
     */
    SuccessLineLoader(UnitOfWork state, Map<EnvironmentKey, Integer> rollbackCounts, long maxBytes) {
        this.state = state;
        this.rollbackCounts = rollbackCounts;
        this.maxBytes = maxBytes;
    }

    /** Whether it is a rollback whose targets were left out as too large. */
    boolean needsLeftOutTarget(IncomingRecord record) {
        return record.command() != null
                && record.command().requiredState().needsPredecessor()
                && leftOut.contains(EnvironmentKey.named(record.command()));
    }

    /**
     * Loads the position of each named release. As n rollbacks without a release can go back n positions, so many before the end
     * and before each named release are loaded, with their releases. The places of a dropped environment are needed only if it comes back:
     * whether the releases at its end are archived is read then, as it has not been tracked.
     */
    List<Statement> reads(Statements sql, List<Command> commands) {
        return readEach(
                sql,
                commands.stream()
                        .flatMap(command -> ranges(command, state.applicationIfLoaded(command.application())).stream())
                        .toList());
    }

    /**
     * The same for the releases on their way into environments, which are loaded by now, unless they are left out. The current
     * one is at the end.
     */
    List<Statement> readsForUnfinished(Statements sql, Map<EnvironmentKey, Environment> environments) {
        List<LineRange> ranges = new ArrayList<>();
        environments.forEach(
                (key, environment) -> environment.unfinishedDeployments().forEach(deployment -> {
                    Release release = state.applicationIfLoaded(key.application())
                            .releaseIfExists(deployment.request().release());
                    Placement placement =
                            release == null ? null : release.placements().get(key.id());
                    if (placement != null) {
                        ranges.add(range(key, placement.linePosition()));
                    }
                }));
        return readEach(sql, ranges);
    }

    private List<Statement> readEach(Statements sql, List<LineRange> ranges) {
        Set<LineRange> places = new LinkedHashSet<>();
        Set<LineRange> rollbackTargets = new LinkedHashSet<>();
        ranges.forEach(
                range -> (rollbackCounts.containsKey(range.environment()) ? rollbackTargets : places).add(range));
        List<Statement> reads = new ArrayList<>();
        if (!places.isEmpty()) {
            reads.add(readRanges(this::loadPlace, sql, """
                    select l.application, l.environment, l.position, l.release, r.archived
                    from unnest($1::text[], $2::text[], $3::int4[], $4::int4[]) as k(application, environment, f, t)
                    join line l on l.application = k.application and l.environment = k.environment
                               and l.position between k.f and k.t
                    join release r on r.application = l.application and r.id = l.release""", places));
        }
        if (!rollbackTargets.isEmpty()) {
            reads.add(readRanges(this::loadTarget, sql, """
                    select l.application, l.environment, l.position, l.release, r.archived,
                           case when sum(octet_length(r.state)) over (rows unbounded preceding) - octet_length(r.state) < $5
                                then r.state end as state,
                           r.format
                    from unnest($1::text[], $2::text[], $3::int4[], $4::int4[]) as k(application, environment, f, t)
                    join line l on l.application = k.application and l.environment = k.environment
                               and l.position between k.f and k.t
                    join release r on r.application = l.application and r.id = l.release""", rollbackTargets, maxBytes));
        }
        return reads;
    }

    private List<LineRange> ranges(Command command, Application application) {
        List<LineRange> ranges = new ArrayList<>();
        if (command.release() != null) {
            Release release = application.releaseIfExists(command.release());
            if (release != null) {
                release.placements().forEach((environment, placement) -> {
                    if (application.environmentIfLoaded(environment) != null) {
                        ranges.add(range(new EnvironmentKey(application.id(), environment), placement.linePosition()));
                    }
                });
            }
        }
        for (String id : command.requiredState().definedEnvironments()) {
            Environment environment = application.environmentIfLoaded(id);
            if (environment != null && application.positionOf(id) < 0) {
                ranges.add(range(
                        new EnvironmentKey(application.id(), id),
                        environment.line().length()));
            }
        }
        if (command.requiredState().needsPredecessor()) {
            Environment environment = application.environmentIfLoaded(command.environment());
            if (environment != null && environment.line().length() > 0) {
                ranges.add(
                        range(EnvironmentKey.named(command), environment.line().length()));
            }
        }
        return ranges;
    }

    private LineRange range(EnvironmentKey environment, int anchor) {
        return new LineRange(environment, anchor - 1 - rollbackCounts.getOrDefault(environment, 0), anchor);
    }

    /** @param more values of {@code $5} and so on */
    private static Statement readRanges(
            Consumer<Row> reader, Statements sql, String query, Set<LineRange> ranges, Object... more) {
        List<Object> values = new ArrayList<>(List.of(
                ranges.stream().map(range -> range.environment().application()).toArray(String[]::new),
                ranges.stream().map(range -> range.environment().id()).toArray(String[]::new),
                ranges.stream().map(LineRange::from).toArray(Integer[]::new),
                ranges.stream().map(LineRange::to).toArray(Integer[]::new)));
        values.addAll(List.of(more));
        return sql.query(reader, query, values.toArray());
    }

    private void loadTarget(Row row) {
        loadPlace(row);
        String application = row.getString("application");
        String content = row.getString("state");
        if (content == null) {
            leftOut.add(new EnvironmentKey(application, row.getString("environment")));
        } else {
            state.loadRelease(application, row.getString("release"), content, row.getInteger("format"));
        }
    }

    private void loadPlace(Row row) {
        state.applicationIfLoaded(row.getString("application"))
                .environment(row.getString("environment"))
                .line()
                .addLoaded(row.getInteger("position"), row.getString("release"), row.getBoolean("archived"));
    }
}
