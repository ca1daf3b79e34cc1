package dev.lockstep.board.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.board.tables.ActivityView;
import dev.lockstep.board.tables.EventView;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.hibernate.reactive.mutiny.Mutiny;
import org.jboss.resteasy.reactive.RestQuery;

/** Who did what, when, and with what result, including refusals. */
@Path("/api/activity")
public class ActivityResource {

    /** For each entry: more than a command can cause. */
    private static final int MAX_EVENTS = 1_000;

    /** Of all events together, in JSON: more than a page has before it ends early, and its last entry. */
    private static final int MAX_BYTES = 2 * 1024 * 1024;

    /** The events of the entries on a page, in their order: somebody else may have published any number of any size. */
    private static final String EVENTS = """
            select application, revision, type, at, release, environment, deployment, cause from (
              select event.*, sum(150 + octet_length(concat(type, release, environment))) over (order by entry, revision) as bytes
              from unnest(cast(:causes as uuid[])) with ordinality as entries (id, entry)
              cross join lateral (select * from board.event where cause = id order by revision limit :most) event) sized
            where bytes <= :mostBytes
            order by revision""";

    private final ResponseFactory responseFactory;

    ActivityResource(ResponseFactory responseFactory) {
        this.responseFactory = responseFactory;
    }

    @GET
    @Operation(summary = "Who did what, when, and with what result, newest first.")
    public Uni<Response> activity(
            @RestQuery String application,
            @RestQuery String release,
            @RestQuery String environment,
            @RestQuery String actor,
            @RestQuery String outcome,
            @RestQuery String source,
            @RestQuery String id,
            @RestQuery String deployment,
            @RestQuery String since,
            @RestQuery String until,
            @BeanParam PageRequest page) {
        int limit = page.pageSize();
        Map<String, Object> where = new LinkedHashMap<>();
        StringBuilder hql = new StringBuilder("from BoardActivity where 1 = 1");
        addEquals(hql, where, "application", application);
        addEquals(hql, where, "release", release);
        addEquals(hql, where, "environment", environment);
        addEquals(hql, where, "actor", actor);
        addEquals(hql, where, "outcome", outcome);
        addEquals(hql, where, "source", source);
        addEquals(hql, where, "command", id);
        addEquals(hql, where, "deployment", deployment == null ? null : uuid(deployment));
        if (since != null) {
            hql.append(" and at >= :since");
            where.put("since", TimeParameter.of("since", since));
        }
        if (until != null) {
            hql.append(" and at < :until");
            where.put("until", TimeParameter.of("until", until));
        }
        Cursor from = page.decodeCursor(2);
        if (from != null) {
            hql.append(" and (at < :at or at = :at and number < :number)");
            where.put("at", TimeParameter.of("cursor", from.text(0)));
            where.put("number", from.number(1));
        }
        hql.append(" order by at desc, number desc");
        return responseFactory.list(session -> {
            Mutiny.SelectionQuery<ActivityView> query = session.createSelectionQuery(hql.toString(), ActivityView.class)
                    .setMaxResults(limit + 1);
            where.forEach(query::setParameter);
            return query.getResultList().chain(found -> withEvents(session, found, limit));
        });
    }

    private static void addEquals(StringBuilder hql, Map<String, Object> where, String member, Object value) {
        if (value != null) {
            hql.append(" and ").append(member).append(" = :").append(member);
            where.put(member, value);
        }
    }

    private static UUID uuid(String deployment) {
        try {
            return UUID.fromString(deployment);
        } catch (IllegalArgumentException malformed) {
            throw ProblemException.invalidParameter("deployment", "must be a UUID");
        }
    }

    private static Uni<ObjectNode> withEvents(Mutiny.Session session, List<ActivityView> found, int limit) {
        List<UUID> causes = found.stream()
                .filter(activity -> !"rejected".equals(activity.outcome))
                .map(activity -> activity.cause)
                .toList();
        return session.createNativeQuery(EVENTS, EventView.class)
                .setParameter("causes", causes.toArray(UUID[]::new))
                .setParameter("most", MAX_EVENTS)
                .setParameter("mostBytes", MAX_BYTES)
                .getResultList()
                .map(events -> {
                    Map<UUID, List<EventView>> byCause =
                            events.stream().collect(Collectors.groupingBy(event -> event.cause));
                    return ResponseFactory.page(
                            found,
                            limit,
                            activity -> item(
                                    activity,
                                    "rejected".equals(activity.outcome)
                                            ? List.of()
                                            : byCause.getOrDefault(activity.cause, List.of())),
                            activity -> Cursor.encode(activity.at, activity.number));
                });
    }

    private static JsonNode item(ActivityView activity, List<EventView> events) {
        ObjectNode item = ResponseFactory.JSON.createObjectNode();
        item.put("time", text(activity.at))
                .put("application", activity.application)
                .put("type", activity.type)
                .put("id", activity.command)
                .put("source", activity.source)
                .put("outcome", activity.outcome)
                .put("code", activity.code)
                .put("detail", activity.detail)
                .put("actor", activity.actor)
                .put("reason", activity.reason)
                .put("release", activity.release)
                .put("environment", activity.environment)
                .put("deployment", activity.deployment == null ? null : activity.deployment.toString())
                .put("revision", activity.revision);
        ArrayNode all = item.putArray("events");
        events.forEach(event -> all.addObject()
                .put("revision", event.revision)
                .put("type", event.type)
                .put("time", text(event.at))
                .put("release", event.release)
                .put("environment", event.environment)
                .put("deployment", event.deployment == null ? null : event.deployment.toString()));
        return item;
    }

    private static String text(Instant time) {
        return time.toString();
    }
}
