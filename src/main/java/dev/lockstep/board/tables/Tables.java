package dev.lockstep.board.tables;

import dev.lockstep.board.tables.Rows.ActivityRow;
import dev.lockstep.board.tables.Rows.ProgressRow;
import dev.lockstep.config.Settings;
import dev.lockstep.wire.Topics;
import io.quarkus.reactive.datasource.ReactiveDataSource;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Writes what was read into the tables, and in the same transaction how far. Records that were written before, by this process
 * or another, are passed over: whoever reads from too far behind does no harm.
 */
@ApplicationScoped
public class Tables {

    /** One transaction of the board at a time, so that the numbers of changes are in the order of the commits. */
    static final String TURN = "select pg_advisory_xact_lock(hashtext('lockstep.board'))";

    private final Pool pool;
    private final Topics topics;
    private final Clock clock;

    Tables(@ReactiveDataSource("board") Pool pool, Settings settings, Clock clock) {
        this.pool = pool;
        this.topics = Topics.of(settings.topics());
        this.clock = clock;
    }

    /** @param records in the order of each partition's offsets */
    public Uni<Void> write(List<ConsumerRecord<byte[], byte[]>> records) {
        return pool.withTransaction(connection -> connection
                .query(TURN)
                .execute()
                .chain(() -> read(connection))
                .map(next -> projected(records, next))
                .chain(projection ->
                        projection.isEmpty() ? Uni.createFrom().voidItem() : write(connection, projection)));
    }

    /**
     * Writes what was read again, in the transaction of whoever reads it, and not how far.
     *
     * @param withRefusals false when they are there: of a refusal nothing tells whether it is
     */
    Uni<Void> rewrite(SqlConnection connection, List<ConsumerRecord<byte[], byte[]>> records, boolean withRefusals) {
        Projection projection = projected(records, new HashMap<>());
        return rows(connection, projection)
                .chain(() -> withRefusals
                        ? activity(connection, projection.refusals(), "")
                        : Uni.createFrom().voidItem());
    }

    static Uni<Map<TopicPartition, Long>> read(SqlConnection connection) {
        return connection
                .query("select topic, partition, next_offset from board.progress")
                .execute()
                .map(rows -> {
                    Map<TopicPartition, Long> next = new HashMap<>();
                    rows.forEach(row -> next.put(
                            new TopicPartition(row.getString("topic"), row.getInteger("partition")),
                            row.getLong("next_offset")));
                    return next;
                });
    }

    private Projection projected(List<ConsumerRecord<byte[], byte[]>> records, Map<TopicPartition, Long> next) {
        Projection projection = new Projection(topics);
        for (ConsumerRecord<byte[], byte[]> one : records) {
            TopicPartition partition = new TopicPartition(one.topic(), one.partition());
            if (one.offset() >= next.getOrDefault(partition, 0L)) {
                projection.read(one);
                next.put(partition, one.offset() + 1);
            }
        }
        return projection;
    }

    /** Sent without waiting for each other's answers. */
    private Uni<Void> write(SqlConnection connection, Projection projection) {
        return Uni.join()
                .all(
                        rows(connection, projection),
                        activity(connection, projection.refusals(), ""),
                        progress(connection, projection.progress()),
                        change(connection, projection))
                .andFailFast()
                .replaceWithVoid();
    }

    /** All but refusals; written twice they are the same. */
    private static Uni<Void> rows(SqlConnection connection, Projection projection) {
        return Uni.join()
                .all(
                        applications(connection, projection),
                        releases(connection, projection),
                        environments(connection, projection),
                        deployments(connection, projection),
                        events(connection, projection),
                        runs(connection, projection),
                        activity(connection, causes(projection, false), IF_NEW),
                        activity(connection, causes(projection, true), OVER_WHAT_HAD_NO_RESULT))
                .andFailFast()
                .replaceWithVoid();
    }

    private static Uni<Void> applications(SqlConnection connection, Projection projection) {
        return Columns.of(projection.applications())
                .texts(Rows.ApplicationRow::id)
                .longs(Rows.ApplicationRow::revision)
                .texts(Rows.ApplicationRow::title)
                .texts(Rows.ApplicationRow::owner)
                .with(Rows.ApplicationRow::archived, Boolean[]::new)
                .texts(Rows.ApplicationRow::state)
                .texts(Rows.ApplicationRow::words)
                .into(connection, """
                        insert into board.application
                        select id, revision, title, owner, archived, state, to_tsvector('simple', words)
                        from unnest($1::text[], $2::int8[], $3::text[], $4::text[], $5::bool[], $6::text[], $7::text[])
                             as t(id, revision, title, owner, archived, state, words)
                        on conflict (id) do update
                        set revision = excluded.revision, title = excluded.title, owner = excluded.owner,
                            archived = excluded.archived, state = excluded.state, words = excluded.words""");
    }

    private static Uni<Void> releases(SqlConnection connection, Projection projection) {
        return Columns.of(projection.releases())
                .texts(Rows.ReleaseRow::application)
                .texts(Rows.ReleaseRow::id)
                .longs(Rows.ReleaseRow::revision)
                .longs(row -> row.facts() == null ? null : row.facts().createdRevision())
                .texts(row -> row.facts() == null ? null : row.facts().title())
                .texts(row -> row.facts() == null ? null : row.facts().commit())
                .texts(row -> row.facts() == null ? null : row.facts().artifact())
                .texts(row -> row.facts() == null
                        ? null
                        : String.join(",", row.facts().currentIn()))
                .texts(Rows.ReleaseRow::state)
                .texts(Rows.ReleaseRow::gone)
                .texts(row -> row.facts() == null ? null : row.facts().words(row.id()))
                .into(connection, """
                        insert into board.release
                        select application, id, revision, created, title, commit_sha, artifact,
                               string_to_array(current_in, ','), state, gone, to_tsvector('simple', words)
                        from unnest($1::text[], $2::text[], $3::int8[], $4::int8[], $5::text[], $6::text[], $7::text[],
                                    $8::text[], $9::text[], $10::text[], $11::text[])
                             as t(application, id, revision, created, title, commit_sha, artifact, current_in, state, gone,
                                  words)
                        on conflict (application, id) do update
                        set revision = excluded.revision,
                            created_revision = coalesce(excluded.created_revision, release.created_revision),
                            title = excluded.title, commit_sha = excluded.commit_sha, artifact = excluded.artifact,
                            current_in = excluded.current_in, state = excluded.state, gone = excluded.gone,
                            words = excluded.words""");
    }

    private static Uni<Void> environments(SqlConnection connection, Projection projection) {
        return Columns.of(projection.environments())
                .texts(Rows.EnvironmentRow::application)
                .texts(Rows.EnvironmentRow::id)
                .longs(Rows.EnvironmentRow::revision)
                .with(Rows.EnvironmentRow::position, Integer[]::new)
                .texts(Rows.EnvironmentRow::tier)
                .texts(Rows.EnvironmentRow::current)
                .with(Rows.EnvironmentRow::isMoving, Boolean[]::new)
                .with(Rows.EnvironmentRow::isWaiting, Boolean[]::new)
                .times(Rows.EnvironmentRow::failedAt)
                .texts(Rows.EnvironmentRow::state)
                .texts(Rows.EnvironmentRow::gone)
                .into(connection, """
                        insert into board.environment
                        select * from unnest($1::text[], $2::text[], $3::int8[], $4::int4[], $5::text[], $6::text[],
                                             $7::bool[], $8::bool[], $9::timestamptz[], $10::text[], $11::text[])
                        on conflict (application, id) do update
                        set revision = excluded.revision, position = excluded.position, tier = excluded.tier,
                            current = excluded.current, moving = excluded.moving, waiting = excluded.waiting,
                            failed_at = excluded.failed_at, state = excluded.state, gone = excluded.gone""");
    }

    private static Uni<Void> deployments(SqlConnection connection, Projection projection) {
        return Columns.of(projection.deployments())
                .texts(Rows.DeploymentRow::application)
                .with(Rows.DeploymentRow::id, UUID[]::new)
                .longs(Rows.DeploymentRow::revision)
                .texts(Rows.DeploymentRow::release)
                .texts(Rows.DeploymentRow::environment)
                .texts(Rows.DeploymentRow::status)
                .texts(Rows.DeploymentRow::state)
                .times(Rows.DeploymentRow::createdAt)
                .into(connection, """
                        insert into board.deployment
                        select application, id, told_at, told_at, release, environment, status, state, created_at
                        from unnest($1::text[], $2::uuid[], $3::int8[], $4::text[], $5::text[], $6::text[], $7::text[],
                                    $8::timestamptz[])
                             as t(application, id, told_at, release, environment, status, state, created_at)
                        on conflict (application, id) do update
                        set told_at = excluded.told_at, release = excluded.release, status = excluded.status,
                            state = excluded.state
                        where deployment.told_at < excluded.told_at""");
    }

    private static Uni<Void> events(SqlConnection connection, Projection projection) {
        return Columns.of(projection.events())
                .texts(Rows.EventRow::application)
                .longs(Rows.EventRow::revision)
                .texts(Rows.EventRow::type)
                .times(Rows.EventRow::at)
                .texts(Rows.EventRow::release)
                .texts(Rows.EventRow::environment)
                .with(Rows.EventRow::deployment, UUID[]::new)
                .with(Rows.EventRow::cause, UUID[]::new)
                .into(connection, """
                        insert into board.event
                        select * from unnest($1::text[], $2::int8[], $3::text[], $4::timestamptz[], $5::text[],
                                             $6::text[], $7::uuid[], $8::uuid[])
                        on conflict (application, revision) do nothing""");
    }

    private static Uni<Void> runs(SqlConnection connection, Projection projection) {
        return Columns.of(projection.runs())
                .texts(Rows.RunRow::application)
                .texts(Rows.RunRow::environment)
                .longs(Rows.RunRow::revision)
                .times(Rows.RunRow::since)
                .texts(Rows.RunRow::release)
                .with(Rows.RunRow::deployment, UUID[]::new)
                .texts(Rows.RunRow::actor)
                .into(connection, """
                        insert into board.run
                        select * from unnest($1::text[], $2::text[], $3::int8[], $4::timestamptz[], $5::text[],
                                             $6::uuid[], $7::text[])
                        on conflict (application, environment, revision) do nothing""");
    }

    private static final String IF_NEW = """
             on conflict (cause) where outcome is distinct from 'rejected' do nothing""";

    private static final String OVER_WHAT_HAD_NO_RESULT = """
             on conflict (cause) where outcome is distinct from 'rejected' do update
            set at = excluded.at, revision = excluded.revision, type = excluded.type, outcome = excluded.outcome,
                actor = excluded.actor, reason = excluded.reason, release = excluded.release,
                environment = excluded.environment, deployment = excluded.deployment""";

    private static List<ActivityRow> causes(Projection projection, boolean withResult) {
        return projection.causes().stream()
                .filter(row -> (row.outcome() != null) == withResult)
                .toList();
    }

    private static Uni<Void> activity(SqlConnection connection, Collection<ActivityRow> rows, String onConflict) {
        return Columns.of(rows)
                .texts(ActivityRow::application)
                .texts(ActivityRow::source)
                .texts(ActivityRow::command)
                .with(ActivityRow::cause, UUID[]::new)
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
                .into(connection, """
                        insert into board.activity (application, source, command, cause, at, revision, type, outcome, code,
                                                    detail, actor, reason, release, environment, deployment)
                        select * from unnest($1::text[], $2::text[], $3::text[], $4::uuid[], $5::timestamptz[], $6::int8[],
                                             $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[],
                                             $13::text[], $14::text[], $15::uuid[])""" + onConflict);
    }

    private static Uni<Void> progress(SqlConnection connection, Collection<ProgressRow> rows) {
        return Columns.of(rows)
                .texts(ProgressRow::topic)
                .with(ProgressRow::partition, Integer[]::new)
                .longs(ProgressRow::next)
                .into(connection, """
                        insert into board.progress select * from unnest($1::text[], $2::int4[], $3::int8[])
                        on conflict (topic, partition) do update set next_offset = excluded.next_offset""");
    }

    /** None when nothing that is shown has changed: a row without applications tells everybody to ask anew. */
    private Uni<Void> change(SqlConnection connection, Projection projection) {
        if (projection.changesNothing()) {
            return Uni.createFrom().voidItem();
        }
        Duration behind = Duration.ofMillis(Math.max(0, clock.millis() - projection.latest()));
        return connection
                .preparedQuery("insert into board.change (behind_millis, applications) values ($1, $2)")
                .execute(Tuple.of(behind.toMillis(), projection.changed()))
                .replaceWithVoid();
    }
}
