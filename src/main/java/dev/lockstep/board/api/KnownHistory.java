package dev.lockstep.board.api;

import dev.lockstep.board.tables.RunView;
import io.smallrye.mutiny.Uni;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.hibernate.reactive.mutiny.Mutiny;

/**
 * What ran where at a given time, and since when that is known for an application: from the first stored event, or earlier,
 * as its environments' statuses say since when the current release has been running.
 */
record KnownHistory(Map<String, Instant> since) {

    /**
     * For each application, the time from which its history is complete. An environment in which nothing ever ran counts as
     * complete.
     */
    private static final String SINCE = """
            select a.id,
                   case when bool_or((e.current is not null or e.previous is not null)
                                     and e.current_since is null and held.since is null) then null
                        else coalesce(max(least(e.current_since, held.since))
                                          filter (where e.current is not null or e.previous is not null),
                                      held.since) end
            from board.application a
            left join board.environment e on e.application = a.id and e.state is not null
            left join lateral (select at as since from board.event where application = a.id
                               order by revision limit 1) held on true
            where cast(:application as text) is null or a.id = :application
            group by a.id, held.since""";

    /**
     * A current release has run since its status says so, whatever events are stored. For what ran before the earliest stored
     * run, that run names the release, but not since when it ran.
     */
    private static final String RUNS = """
            with ran as (
                  select distinct on (application, environment)
                         application, environment, revision, since, release, deployment, actor
                  from (select application, environment, revision, since, release, deployment, actor
                        from board.run where application = any(:applications) and since <= :at
                        union all
                        select e.application, e.id, 9223372036854775807, e.current_since, e.current, null, null
                        from board.environment e
                        where e.application = any(:applications) and e.current_since <= :at
                          and not exists (select from board.run r where r.application = e.application and r.environment = e.id
                                            and r.since between e.current_since and :at)
                        union all
                        select application, environment, -1, null, previous, null, null
                        from (select distinct on (application, environment) application, environment, since, previous
                              from board.run where application = any(:applications)
                              order by application, environment, revision) earliest
                        where since > :at and previous is not null) known
                  order by application, environment, revision desc),
                numbered as (
                  select ran.*, row_number() over (partition by application order by environment) as number
                  from ran where release is not null)
            select application, environment, revision, since, release, deployment, actor
            from numbered where number <= :most order by application, environment""";

    /** @param application null for all */
    static Uni<KnownHistory> load(Mutiny.Session session, String application) {
        return session.createNativeQuery(SINCE, Object[].class)
                .setParameter("application", application)
                .getResultList()
                .map(rows -> {
                    Map<String, Instant> since = new HashMap<>();
                    rows.forEach(row -> since.put((String) row[0], instant((OffsetDateTime) row[1])));
                    return new KnownHistory(since);
                });
    }

    private static Instant instant(OffsetDateTime time) {
        return time == null ? null : time.toInstant();
    }

    static Uni<List<RunView>> runs(Mutiny.Session session, List<String> applications, Instant at) {
        return session.createNativeQuery(RUNS, RunView.class)
                .setParameter("applications", applications.toArray(String[]::new))
                .setParameter("at", at)
                .setParameter("most", ApplicationsResource.MAX_ENVIRONMENTS)
                .getResultList();
    }

    /** Null when nothing is known. */
    Instant knownSince(String application) {
        return since.get(application);
    }

    boolean isKnownAt(String application, Instant at) {
        return covers(knownSince(application), at);
    }

    /** Fails with a problem if nothing is known about that time for any application. */
    void requireKnown(Instant at) {
        Instant first = since.values().stream()
                .filter(Objects::nonNull)
                .min(Instant::compareTo)
                .orElse(null);
        if (!covers(first, at)) {
            throw ProblemException.withMember(
                    404,
                    "NOT_KNOWN",
                    "It is not known what ran at that time.",
                    "knownSince",
                    first == null ? null : first.toString());
        }
    }

    private static boolean covers(Instant known, Instant at) {
        return known != null && !at.isBefore(known);
    }
}
