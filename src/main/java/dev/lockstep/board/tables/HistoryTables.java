package dev.lockstep.board.tables;

import dev.lockstep.board.tables.Rows.ActivityRow;
import dev.lockstep.board.tables.Rows.BoardDeploymentRow;
import dev.lockstep.board.tables.Rows.EventRow;
import dev.lockstep.board.tables.Rows.RunRow;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.SqlConnection;
import java.util.Collection;
import java.util.List;
import java.util.UUID;

/** The tables of what happened. */
final class HistoryTables {

    private static final String ON_CONFLICT_IGNORE = """
             on conflict (cause) where outcome is distinct from 'rejected' do nothing""";

    private static final String ON_CONFLICT_ADD_RESULT = """
             on conflict (cause) where outcome is distinct from 'rejected' do update
            set at = excluded.at, revision = excluded.revision, type = excluded.type, outcome = excluded.outcome,
                actor = excluded.actor, reason = excluded.reason, release = excluded.release,
                environment = excluded.environment, deployment = excluded.deployment""";

    private static final String ON_CONFLICT_IGNORE_REFUSAL = """
             on conflict (result) where result is not null do nothing""";

    private HistoryTables() {}

    /** Writing it twice has no further effect. */
    static Uni<Void> write(SqlConnection connection, HistoryProjection history) {
        return Uni.join()
                .all(
                        writeDeployments(connection, history),
                        writeEvents(connection, history),
                        writeRuns(connection, history),
                        writeActivity(connection, activities(history, false), ON_CONFLICT_IGNORE),
                        writeActivity(connection, activities(history, true), ON_CONFLICT_ADD_RESULT),
                        writeActivity(connection, history.refusals(), ON_CONFLICT_IGNORE_REFUSAL))
                .andFailFast()
                .replaceWithVoid();
    }

    private static Uni<Void> writeDeployments(SqlConnection connection, HistoryProjection history) {
        return Columns.of(history.deployments())
                .texts(BoardDeploymentRow::application)
                .with(BoardDeploymentRow::id, UUID[]::new)
                .longs(BoardDeploymentRow::firstRevision)
                .longs(BoardDeploymentRow::latestRevision)
                .texts(BoardDeploymentRow::release)
                .texts(BoardDeploymentRow::environment)
                .texts(BoardDeploymentRow::status)
                .texts(BoardDeploymentRow::state)
                .times(BoardDeploymentRow::createdAt)
                .execute(connection, """
                        insert into board.deployment (application, id, revision, told_at, release, environment, status, state,
                                                      created_at)
                        select * from unnest($1::text[], $2::uuid[], $3::int8[], $4::int8[], $5::text[], $6::text[], $7::text[],
                                             $8::text[], $9::timestamptz[])
                        on conflict (application, id) do update
                        set revision = least(deployment.revision, excluded.revision), told_at = excluded.told_at,
                            release = excluded.release, status = excluded.status, state = excluded.state
                        where deployment.told_at < excluded.told_at""");
    }

    private static Uni<Void> writeEvents(SqlConnection connection, HistoryProjection history) {
        return Columns.of(history.events())
                .texts(EventRow::application)
                .longs(EventRow::revision)
                .texts(EventRow::type)
                .times(EventRow::at)
                .texts(EventRow::release)
                .texts(EventRow::environment)
                .with(EventRow::deployment, UUID[]::new)
                .with(EventRow::causeId, UUID[]::new)
                .execute(connection, """
                        insert into board.event (application, revision, type, at, release, environment, deployment, cause)
                        select * from unnest($1::text[], $2::int8[], $3::text[], $4::timestamptz[], $5::text[],
                                             $6::text[], $7::uuid[], $8::uuid[])
                        on conflict (application, revision) do nothing""");
    }

    private static Uni<Void> writeRuns(SqlConnection connection, HistoryProjection history) {
        return Columns.of(history.runs())
                .texts(RunRow::application)
                .texts(RunRow::environment)
                .longs(RunRow::revision)
                .times(RunRow::since)
                .texts(RunRow::release)
                .with(RunRow::deployment, UUID[]::new)
                .texts(RunRow::actor)
                .texts(RunRow::previous)
                .execute(connection, """
                        insert into board.run as before (application, environment, revision, since, release, deployment, actor,
                                                         previous)
                        select distinct on (1, 2, 3) *
                        from unnest($1::text[], $2::text[], $3::int8[], $4::timestamptz[], $5::text[],
                                    $6::uuid[], $7::text[], $8::text[])
                        on conflict (application, environment, revision) do update set previous = excluded.previous
                        where before.previous is null and excluded.previous is not null""");
    }

    private static List<ActivityRow> activities(HistoryProjection history, boolean withResult) {
        return history.activities().stream()
                .filter(row -> (row.outcome() != null) == withResult)
                .toList();
    }

    private static Uni<Void> writeActivity(SqlConnection connection, Collection<ActivityRow> rows, String onConflict) {
        return Columns.of(rows)
                .texts(ActivityRow::application)
                .texts(ActivityRow::source)
                .texts(ActivityRow::commandId)
                .with(ActivityRow::causeId, UUID[]::new)
                .with(ActivityRow::refusalId, UUID[]::new)
                .times(ActivityRow::at)
                .longs(ActivityRow::revision)
                .texts(ActivityRow::type)
                .texts(ActivityRow::outcome)
                .texts(ActivityRow::code)
                .texts(ActivityRow::detail)
                .texts(ActivityRow::actor)
                .texts(ActivityRow::reason)
                .texts(ActivityRow::release)
                .texts(ActivityRow::environment)
                .with(ActivityRow::deployment, UUID[]::new)
                .execute(connection, """
                        insert into board.activity (application, source, command, cause, result, at, revision, type, outcome,
                                                    code, detail, actor, reason, release, environment, deployment)
                        select * from unnest($1::text[], $2::text[], $3::text[], $4::uuid[], $5::uuid[], $6::timestamptz[],
                                             $7::int8[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[],
                                             $13::text[], $14::text[], $15::text[], $16::uuid[])""" + onConflict);
    }
}
