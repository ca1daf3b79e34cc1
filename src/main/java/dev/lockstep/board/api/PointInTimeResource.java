package dev.lockstep.board.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.board.tables.RunView;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jboss.resteasy.reactive.RestQuery;

/** What ran where at a given time. */
@Path("/api/at")
public class PointInTimeResource {

    private final ResponseFactory responseFactory;

    PointInTimeResource(ResponseFactory responseFactory) {
        this.responseFactory = responseFactory;
    }

    @GET
    @Operation(summary = "What ran where at a given time, by application.")
    public Uni<Response> at(@RestQuery String time, @RestQuery String application, @BeanParam PageRequest page) {
        if (time == null) {
            throw ProblemException.invalidParameter("time", "must be given");
        }
        Instant at = TimeParameter.of("time", time);
        int limit = page.pageSize();
        Cursor from = page.decodeCursor(1);
        return responseFactory.list(session -> KnownHistory.load(session, application)
                .invoke(knownHistory -> knownHistory.requireKnown(at))
                .chain(knownHistory -> session.createNativeQuery("""
                                select id from board.application
                                where id > :from and (cast(:application as text) is null or id = :application)
                                order by id limit :most""", String.class)
                        .setParameter("from", from == null ? "" : from.text(0))
                        .setParameter("application", application)
                        .setParameter("most", limit + 1)
                        .getResultList()
                        .chain(applications -> KnownHistory.runs(session, applications, at)
                                .map(runs -> page(applications, knownHistory, runs, at, limit)))));
    }

    private static ObjectNode page(
            List<String> applications, KnownHistory knownHistory, List<RunView> runs, Instant at, int limit) {
        Map<String, List<RunView>> byApplication = runs.stream()
                .filter(run -> knownHistory.isKnownAt(run.application, at))
                .collect(Collectors.groupingBy(run -> run.application));
        return ResponseFactory.page(
                        applications,
                        limit,
                        one -> item(one, knownHistory.knownSince(one), byApplication.getOrDefault(one, List.of())),
                        Cursor::encode)
                .put("time", at.toString());
    }

    private static JsonNode item(String application, Instant knownSince, List<RunView> runs) {
        ObjectNode item = ResponseFactory.JSON
                .createObjectNode()
                .put("application", application)
                .put("knownSince", text(knownSince));
        ArrayNode environments = item.putArray("environments");
        runs.forEach(run -> environments
                .addObject()
                .put("id", run.environment)
                .put("release", run.release)
                .put("deployment", text(run.deployment))
                .put("since", text(run.since))
                .put("actor", run.actor));
        return item;
    }

    private static String text(Object value) {
        return value == null ? null : value.toString();
    }
}
