package dev.lockstep.board.tables;

import dev.lockstep.board.tables.Rows.BoardApplicationRow;
import dev.lockstep.board.tables.Rows.BoardEnvironmentRow;
import dev.lockstep.board.tables.Rows.BoardReleaseRow;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.SqlConnection;

/** The tables of the current state. Records with an older revision than the stored one are skipped, as topics may be reread. */
final class StatusTables {

    private StatusTables() {}

    static Uni<Void> write(SqlConnection connection, StatusProjection status) {
        return Uni.join()
                .all(
                        writeApplications(connection, status),
                        writeReleases(connection, status),
                        writeEnvironments(connection, status))
                .andFailFast()
                .replaceWithVoid();
    }

    private static Uni<Void> writeApplications(SqlConnection connection, StatusProjection status) {
        return Columns.of(status.applications())
                .texts(BoardApplicationRow::id)
                .longs(BoardApplicationRow::revision)
                .texts(BoardApplicationRow::title)
                .texts(BoardApplicationRow::owner)
                .with(BoardApplicationRow::archived, Boolean[]::new)
                .texts(BoardApplicationRow::state)
                .texts(BoardApplicationRow::words)
                .execute(connection, """
                        insert into board.application (id, revision, title, owner, archived, state, words)
                        select id, revision, title, owner, archived, state, array_to_tsvector(string_to_array(words, ' '))
                        from unnest($1::text[], $2::int8[], $3::text[], $4::text[], $5::bool[], $6::text[], $7::text[])
                             as t(id, revision, title, owner, archived, state, words)
                        on conflict (id) do update
                        set revision = excluded.revision, title = excluded.title, owner = excluded.owner,
                            archived = excluded.archived, state = excluded.state, words = excluded.words
                        where application.revision <= excluded.revision""");
    }

    private static Uni<Void> writeReleases(SqlConnection connection, StatusProjection status) {
        return Columns.of(status.releases())
                .texts(BoardReleaseRow::application)
                .texts(BoardReleaseRow::id)
                .longs(BoardReleaseRow::revision)
                .longs(row -> row.facts() == null ? null : row.facts().createdRevision())
                .texts(row -> row.facts() == null ? null : row.facts().title())
                .texts(row -> row.facts() == null ? null : row.facts().commitSha())
                .texts(row -> row.facts() == null ? null : row.facts().artifact())
                .texts(row -> row.facts() == null
                        ? null
                        : String.join(",", row.facts().currentIn()))
                .texts(BoardReleaseRow::state)
                .texts(BoardReleaseRow::goneReason)
                .texts(row -> row.facts() == null ? null : row.facts().words(row.id()))
                .execute(connection, """
                        insert into board.release (application, id, revision, created_revision, title, commit_sha, artifact,
                                                   current_in, state, gone, words)
                        select application, id, revision, created, title, commit_sha, artifact,
                               string_to_array(current_in, ','), state, gone, array_to_tsvector(string_to_array(words, ' '))
                        from unnest($1::text[], $2::text[], $3::int8[], $4::int8[], $5::text[], $6::text[], $7::text[],
                                    $8::text[], $9::text[], $10::text[], $11::text[])
                             as t(application, id, revision, created, title, commit_sha, artifact, current_in, state, gone,
                                  words)
                        on conflict (application, id) do update
                        set revision = excluded.revision,
                            created_revision = coalesce(excluded.created_revision, release.created_revision),
                            title = excluded.title, commit_sha = excluded.commit_sha, artifact = excluded.artifact,
                            current_in = excluded.current_in, state = excluded.state, gone = excluded.gone,
                            words = excluded.words
                        where release.revision <= excluded.revision""");
    }

    private static Uni<Void> writeEnvironments(SqlConnection connection, StatusProjection status) {
        return Columns.of(status.environments())
                .texts(BoardEnvironmentRow::application)
                .texts(BoardEnvironmentRow::id)
                .longs(BoardEnvironmentRow::revision)
                .with(BoardEnvironmentRow::position, Integer[]::new)
                .texts(BoardEnvironmentRow::tier)
                .texts(BoardEnvironmentRow::current)
                .with(BoardEnvironmentRow::isMoving, Boolean[]::new)
                .with(BoardEnvironmentRow::isWaiting, Boolean[]::new)
                .times(BoardEnvironmentRow::failedAt)
                .texts(BoardEnvironmentRow::state)
                .texts(BoardEnvironmentRow::goneReason)
                .times(BoardEnvironmentRow::currentSince)
                .texts(BoardEnvironmentRow::previous)
                .execute(connection, """
                        insert into board.environment (application, id, revision, position, tier, current, moving, waiting,
                                                       failed_at, state, gone, current_since, previous)
                        select * from unnest($1::text[], $2::text[], $3::int8[], $4::int4[], $5::text[], $6::text[],
                                             $7::bool[], $8::bool[], $9::timestamptz[], $10::text[], $11::text[],
                                             $12::timestamptz[], $13::text[])
                        on conflict (application, id) do update
                        set revision = excluded.revision, position = excluded.position, tier = excluded.tier,
                            current = excluded.current, moving = excluded.moving, waiting = excluded.waiting,
                            failed_at = excluded.failed_at, state = excluded.state, gone = excluded.gone,
                            current_since = excluded.current_since, previous = excluded.previous
                        where environment.revision <= excluded.revision""");
    }
}
