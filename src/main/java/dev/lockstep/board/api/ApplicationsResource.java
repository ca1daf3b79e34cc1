package dev.lockstep.board.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.board.tables.ApplicationScopedKey;
import dev.lockstep.board.tables.ApplicationView;
import dev.lockstep.board.tables.DeploymentView;
import dev.lockstep.board.tables.EnvironmentView;
import dev.lockstep.board.tables.ReleaseView;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;
import java.util.Locale;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.hibernate.reactive.mutiny.Mutiny;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestQuery;

/** One application: its environments, its releases, its deployments. */
@Path("/api/applications/{application}")
public class ApplicationsResource {

    /** More than a pipeline has, even while others have just been dropped from it. */
    static final int MAX_ENVIRONMENTS = 100;

    private final ResponseFactory responseFactory;

    ApplicationsResource(ResponseFactory responseFactory) {
        this.responseFactory = responseFactory;
    }

    @GET
    @Operation(summary = "An application and its environments, as in their status records.")
    public Uni<Response> application(@RestPath String application) {
        return responseFactory.object(
                session -> requireApplication(session, application).chain(found -> session.createQuery(
                                "from BoardEnvironment where application = :application and state is not null order by position",
                                EnvironmentView.class)
                        .setParameter("application", application)
                        .setMaxResults(MAX_ENVIRONMENTS)
                        .getResultList()
                        .map(environments -> {
                            ObjectNode answer = ResponseFactory.JSON.createObjectNode();
                            answer.set("application", ResponseFactory.rawJson(found.state));
                            ArrayNode all = answer.putArray("environments");
                            environments.forEach(view -> all.add(ResponseFactory.rawJson(view.state)));
                            return answer;
                        })));
    }

    @GET
    @Path("/releases")
    @Operation(summary = "The releases of an application, newest first.")
    public Uni<Response> releases(@RestPath String application, @RestQuery String q, @BeanParam PageRequest page) {
        int limit = page.pageSize();
        Cursor cursor = page.decodeCursor(1);
        String words = SearchQuery.of(q);
        return responseFactory.list(session -> requireApplication(session, application)
                .chain(found -> session.createNativeQuery("""
                        select application, id, created_revision, title, commit_sha, artifact, current_in, state, gone
                        from board.release
                        where application = :application and state is not null and created_revision < :before
                          and (cast(:q as text) is null or words @@ cast(:q as tsquery))
                        order by created_revision desc limit :most""", ReleaseView.class)
                        .setParameter("application", application)
                        .setParameter("before", cursor == null ? Long.MAX_VALUE : cursor.number(0))
                        .setParameter("q", words)
                        .setParameter("most", limit + 1)
                        .getResultList()
                        .map(releases -> ResponseFactory.page(
                                releases,
                                limit,
                                view -> ResponseFactory.rawJson(view.state),
                                view -> Cursor.encode(view.createdRevision)))));
    }

    @GET
    @Path("/releases/{release: .+}")
    @Operation(summary = "A release, as in its status record.")
    public Uni<Response> release(@RestPath String application, @RestPath String release) {
        return responseFactory.object(
                session -> session.find(ReleaseView.class, new ApplicationScopedKey(application, release))
                        .map(found -> {
                            if (found == null) {
                                throw ProblemException.of(
                                        404,
                                        "RELEASE_NOT_FOUND",
                                        "There is no release '" + release + "' of '" + application + "'.");
                            }
                            if (found.state == null) {
                                throw ProblemException.of(
                                        410,
                                        "RELEASE_" + found.gone.toUpperCase(Locale.ROOT),
                                        "Release '" + release + "' of '" + application + "' was " + found.gone + ".");
                            }
                            return ResponseFactory.rawJson(found.state);
                        }));
    }

    @GET
    @Path("/deployments")
    @Operation(summary = "The deployments of an application, newest first.")
    public Uni<Response> deployments(
            @RestPath String application,
            @RestQuery String release,
            @RestQuery String environment,
            @RestQuery String status,
            @BeanParam PageRequest page) {
        int limit = page.pageSize();
        Cursor cursor = page.decodeCursor(1);
        return responseFactory.list(session -> requireApplication(session, application)
                .chain(found -> session.createQuery("""
                        from BoardDeployment where application = :application and revision < :before
                          and (:release is null or release = :release)
                          and (:environment is null or environment = :environment)
                          and (:status is null or status = :status)
                        order by revision desc""", DeploymentView.class)
                        .setParameter("application", application)
                        .setParameter("before", cursor == null ? Long.MAX_VALUE : cursor.number(0))
                        .setParameter("release", release)
                        .setParameter("environment", environment)
                        .setParameter("status", status)
                        .setMaxResults(limit + 1)
                        .getResultList()
                        .map(deployments -> ResponseFactory.page(
                                deployments,
                                limit,
                                ApplicationsResource::deployment,
                                view -> Cursor.encode(view.revision)))));
    }

    private static JsonNode deployment(DeploymentView view) {
        ObjectNode deployment = (ObjectNode) ResponseFactory.parse(view.state);
        return deployment.put("application", view.application).put("revision", view.revision);
    }

    private static Uni<ApplicationView> requireApplication(Mutiny.Session session, String application) {
        return session.find(ApplicationView.class, application)
                .onItem()
                .ifNull()
                .failWith(() -> ProblemException.of(
                        404, "APPLICATION_NOT_FOUND", "There is no application '" + application + "'."));
    }
}
