package dev.lockstep.board.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.board.tables.ReleaseView;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;
import java.util.Locale;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jboss.resteasy.reactive.RestQuery;

/** Where a release, a commit or an artefact is current. */
@Path("/api/where")
public class ReleaseLocationsResource {

    /** Shorter commit prefixes would match far too much. */
    private static final int MIN_COMMIT_LENGTH = 7;

    private final ResponseFactory responseFactory;

    ReleaseLocationsResource(ResponseFactory responseFactory) {
        this.responseFactory = responseFactory;
    }

    @GET
    @Operation(summary = "Where a release, a commit or an artefact is current.")
    public Uni<Response> where(
            @RestQuery String release,
            @RestQuery String commit,
            @RestQuery String artifact,
            @BeanParam PageRequest page) {
        if (Stream.of(release, commit, artifact).filter(one -> one != null).count() != 1) {
            throw ProblemException.of(
                    400, "INVALID_PARAMETER", "Exactly one of release, commit and artifact must be given.");
        }
        if (commit != null && !commit.matches("[0-9a-fA-F]{" + MIN_COMMIT_LENGTH + ",64}")) {
            throw ProblemException.invalidParameter(
                    "commit", "must be at least the first " + MIN_COMMIT_LENGTH + " digits of a commit");
        }
        String condition =
                release != null ? "id = :what" : commit != null ? "commitSha like :what" : "artifact = :what";
        int limit = page.pageSize();
        Cursor from = page.decodeCursor(2);
        String after = from == null ? "" : from.text(0);
        return responseFactory.list(session -> session.createSelectionQuery(
                        "from BoardRelease where state is not null and " + condition
                                + " and (application > :application or application = :application and id > :id)"
                                + " order by application, id",
                        ReleaseView.class)
                .setParameter(
                        "what",
                        release != null ? release : commit != null ? commit.toLowerCase(Locale.ROOT) + '%' : artifact)
                .setParameter("application", after)
                .setParameter("id", from == null ? "" : from.text(1))
                .setMaxResults(limit + 1)
                .getResultList()
                .map(found -> ResponseFactory.page(
                        found,
                        limit,
                        ReleaseLocationsResource::item,
                        view -> Cursor.encode(view.application, view.id))));
    }

    private static JsonNode item(ReleaseView view) {
        ObjectNode item = ResponseFactory.JSON
                .createObjectNode()
                .put("application", view.application)
                .put("release", view.id)
                .put("title", view.title);
        ArrayNode environments = item.putArray("environments");
        Stream.of(view.currentIn).forEach(environments::add);
        return item;
    }
}
