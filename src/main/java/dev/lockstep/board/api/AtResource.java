package dev.lockstep.board.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.board.tables.RunView;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.hibernate.reactive.mutiny.Mutiny;
import org.jboss.resteasy.reactive.RestQuery;

/** What ran where at a moment. */
@Path("/api/at")
public class AtResource {

    private final Answers answers;

    AtResource(Answers answers) {
        this.answers = answers;
    }

    @GET
    @Operation(summary = "What ran where at a moment, by application.")
    public Uni<Response> at(
            @Context HttpHeaders request,
            @RestQuery String time,
            @RestQuery String application,
            @RestQuery String cursor,
            @RestQuery String limit) {
        if (time == null) {
            throw Problem.invalid("time", "must be given");
        }
        Instant at = Times.of("time", time);
        int most = Limit.of(limit);
        Cursor from = Cursor.read(cursor, 1);
        return answers.list(request, session -> knownSince(session, application, at)
                .chain(() -> session.createNativeQuery("""
                                select id from board.application
                                where id > :from and (cast(:application as text) is null or id = :application)
                                order by id limit :most""", String.class)
                        .setParameter("from", from == null ? "" : from.text(0))
                        .setParameter("application", application)
                        .setParameter("most", most + 1)
                        .getResultList())
                .chain(applications ->
                        runs(session, applications, at).map(runs -> page(applications, runs, at, most))));
    }

    /** Fails with a problem for a time before the first event held. */
    static Uni<Void> knownSince(Mutiny.Session session, String application, Instant at) {
        return session.createNativeQuery("""
                        select min(at) from board.event
                        where cast(:application as text) is null or application = :application""", Instant.class)
                .setParameter("application", application)
                .getSingleResultOrNull()
                .invoke(since -> {
                    if (since == null || at.isBefore(since)) {
                        String known = since == null ? null : since.toString();
                        throw Problem.with(
                                404,
                                "NOT_KNOWN",
                                "What ran then is not known any longer, or not yet.",
                                "knownSince",
                                known);
                    }
                })
                .replaceWithVoid();
    }

    static Uni<List<RunView>> runs(Mutiny.Session session, List<String> applications, Instant at) {
        return session.createNativeQuery("""
                        select distinct on (application, environment)
                               application, environment, revision, since, release, deployment, actor
                        from board.run where application = any(:applications) and since <= :at
                        order by application, environment, revision desc""", RunView.class)
                .setParameter("applications", applications.toArray(String[]::new))
                .setParameter("at", at)
                .getResultList();
    }

    private static ObjectNode page(List<String> applications, List<RunView> runs, Instant at, int limit) {
        Map<String, List<RunView>> byApplication =
                runs.stream().filter(run -> run.release != null).collect(Collectors.groupingBy(run -> run.application));
        return Answers.page(
                        applications, limit, one -> item(one, byApplication.getOrDefault(one, List.of())), Cursor::of)
                .put("time", at.toString());
    }

    private static JsonNode item(String application, List<RunView> runs) {
        ObjectNode item = Answers.JSON.createObjectNode().put("application", application);
        ArrayNode environments = item.putArray("environments");
        runs.forEach(run -> environments
                .addObject()
                .put("id", run.environment)
                .put("release", run.release)
                .put("deployment", run.deployment == null ? null : run.deployment.toString())
                .put("since", run.since.toString())
                .put("actor", run.actor));
        return item;
    }
}
