package dev.lockstep.board.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.board.tables.ApplicationView;
import dev.lockstep.board.tables.EnvironmentView;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.hibernate.reactive.mutiny.Mutiny;
import org.jboss.resteasy.reactive.RestQuery;

/** Applications by environments: what runs where, what is on its way, what failed. */
@Path("/api/overview")
public class OverviewResource {

    /** Which applications are shown, by the state of their environments. */
    private static final Map<String, String> SHOW_CONDITIONS = Map.of(
            "all", "true",
            "moving", "moving",
            "waiting", "waiting",
            "failed", "failed_at > now() - interval '24 hours'");

    private static final String COUNTS = """
            select (select count(*) from board.application where not archived %1$s),
                   (select count(*) from board.environment where moving %2$s),
                   (select count(*) from board.environment where waiting %2$s),
                   (select count(*) from board.environment where failed_at > now() - interval '24 hours' %2$s)""";

    private static final String COUNTS_OF_ALL = COUNTS.formatted("", "");
    private static final String COUNTS_OF_AN_OWNER = COUNTS.formatted(
            "and owner = :owner", "and application in (select id from board.application where owner = :owner)");

    private static final String ENVIRONMENTS = """
            select e.application, e.id, e.position, e.tier, e.current, e.state, e.gone
            from unnest(cast(:ids as text[])) as asked (id)
            cross join lateral (select * from board.environment where application = asked.id and state is not null
                                order by position limit :most) e
            order by e.position""";

    private final ResponseFactory responseFactory;

    OverviewResource(ResponseFactory responseFactory) {
        this.responseFactory = responseFactory;
    }

    @GET
    @Operation(summary = "Applications by environments: what runs where, what is on its way, what failed.")
    public Uni<Response> overview(
            @RestQuery String q,
            @RestQuery String tier,
            @RestQuery String owner,
            @RestQuery String show,
            @BeanParam PageRequest page) {
        int limit = page.pageSize();
        String shown = SHOW_CONDITIONS.get(show == null ? "all" : show);
        if (shown == null) {
            throw ProblemException.invalidParameter("show", "must be all, moving, waiting or failed");
        }
        Cursor from = page.decodeCursor(1);
        String words = SearchQuery.of(q);
        String sql = """
                select a.id, a.title, a.owner, a.archived, a.state from board.application a
                where not archived and a.id > :from and (cast(:owner as text) is null or a.owner = :owner)
                  and (cast(:q as text) is null or words @@ cast(:q as tsquery))
                  and exists (select from board.environment e
                              where e.application = a.id and e.state is not null
                                and (cast(:tier as text) is null or e.tier = :tier) and (%s))
                order by a.id limit :most""".formatted(shown);
        return responseFactory.list(session -> session.createNativeQuery(sql, ApplicationView.class)
                .setParameter("from", from == null ? "" : from.text(0))
                .setParameter("q", words)
                .setParameter("tier", tier)
                .setParameter("owner", owner)
                .setParameter("most", limit + 1)
                .getResultList()
                .chain(applications -> page(session, applications, tier, owner, limit)));
    }

    private static Uni<ObjectNode> page(
            Mutiny.Session session, List<ApplicationView> applications, String tier, String owner, int limit) {
        List<String> ids = applications.stream().map(view -> view.id).toList();
        return session.createNativeQuery(ENVIRONMENTS, EnvironmentView.class)
                .setParameter("ids", ids.toArray(String[]::new))
                .setParameter("most", ApplicationsResource.MAX_ENVIRONMENTS)
                .getResultList()
                .chain(environments -> counts(session, owner).map(counts -> {
                    Map<String, List<EnvironmentView>> byApplication = environments.stream()
                            .filter(view -> tier == null || tier.equals(view.tier))
                            .collect(Collectors.groupingBy(view -> view.application));
                    ObjectNode page = ResponseFactory.page(
                            applications,
                            limit,
                            view -> row(view, byApplication.getOrDefault(view.id, List.of())),
                            view -> Cursor.encode(view.id));
                    page.set("counts", counts);
                    return page;
                }));
    }

    private static Uni<ObjectNode> counts(Mutiny.Session session, String owner) {
        var query = session.createNativeQuery(owner == null ? COUNTS_OF_ALL : COUNTS_OF_AN_OWNER, Object[].class);
        return (owner == null ? query : query.setParameter("owner", owner))
                .getSingleResult()
                .map(counts -> ResponseFactory.JSON
                        .createObjectNode()
                        .put("applications", ((Number) counts[0]).longValue())
                        .put("moving", ((Number) counts[1]).longValue())
                        .put("waiting", ((Number) counts[2]).longValue())
                        .put("failed", ((Number) counts[3]).longValue()));
    }

    private static JsonNode row(ApplicationView application, List<EnvironmentView> environments) {
        JsonNode status = ResponseFactory.parse(application.state);
        ObjectNode row = ResponseFactory.JSON.createObjectNode();
        row.put("application", application.id);
        row.set("title", status.get("title"));
        row.set("owner", status.get("owner"));
        row.set("url", status.get("url"));
        ArrayNode cells = row.putArray("environments");
        environments.forEach(view -> cells.add(cell(ResponseFactory.parse(view.state))));
        return row;
    }

    private static ObjectNode cell(JsonNode status) {
        ObjectNode cell = ResponseFactory.JSON.createObjectNode();
        JsonNode environment = status.get("environment");
        List.of("id", "title", "tier", "position").forEach(member -> cell.set(member, environment.get(member)));
        cell.set("current", status.get("current"));
        cell.set("active", DeploymentSummary.of(status.get("active")));
        cell.set("waiting", DeploymentSummary.of(status.get("waiting").path(0)));
        cell.put("waitingCount", status.get("waiting").size());
        JsonNode last = status.get("lastDeployment");
        cell.set("failed", "failed".equals(last.path("status").textValue()) ? DeploymentSummary.of(last) : null);
        return cell;
    }
}
