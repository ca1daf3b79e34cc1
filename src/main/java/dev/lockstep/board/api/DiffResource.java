package dev.lockstep.board.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.board.tables.EnvironmentView;
import dev.lockstep.board.tables.Key;
import dev.lockstep.board.tables.ReleaseView;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.hibernate.reactive.mutiny.Mutiny;
import org.jboss.resteasy.reactive.RestQuery;

/** Environment against environment, or an environment against itself at another time: the releases between what runs there. */
@Path("/api/diff")
public class DiffResource {

    private static final int MOST = 100;

    private final Answers answers;

    DiffResource(Answers answers) {
        this.answers = answers;
    }

    @GET
    @Operation(summary = "The releases between what runs in two environments, or in one now and then.")
    public Uni<Response> diff(
            @Context HttpHeaders request,
            @RestQuery String application,
            @RestQuery String from,
            @RestQuery String to,
            @RestQuery String time) {
        if (application == null || from == null || (to == null) == (time == null)) {
            throw Problem.of(
                    400, "INVALID_PARAMETER", "application and from must be given, and either to or time beside them.");
        }
        Instant at = time == null ? null : Times.of("time", time);
        return answers.one(request, session -> current(session, application, from)
                .chain(one -> (at == null ? current(session, application, to) : then(session, application, from, at))
                        .chain(other ->
                                compared(session, application, side(from, one), side(at == null ? to : from, other)))));
    }

    private record Side(String environment, String release) {}

    private static Side side(String environment, Optional<String> release) {
        return new Side(environment, release.orElse(null));
    }

    private static Uni<Optional<String>> current(Mutiny.Session session, String application, String environment) {
        return session.find(EnvironmentView.class, new Key(application, environment))
                .map(found -> {
                    if (found == null || found.state == null) {
                        throw Problem.of(
                                404,
                                "ENVIRONMENT_NOT_FOUND",
                                "There is no environment '" + environment + "' of '" + application + "'.");
                    }
                    return Optional.ofNullable(found.current);
                });
    }

    private static Uni<Optional<String>> then(
            Mutiny.Session session, String application, String environment, Instant at) {
        return AtResource.knownSince(session, application, at)
                .chain(() -> AtResource.runs(session, List.of(application), at))
                .map(runs -> runs.stream()
                        .filter(run -> run.environment.equals(environment))
                        .findFirst()
                        .map(run -> run.release));
    }

    private static Uni<ObjectNode> compared(Mutiny.Session session, String application, Side from, Side to) {
        return between(session, application, to.release, from.release).chain(brings -> between(
                        session, application, from.release, to.release)
                .map(takesAway -> {
                    ObjectNode answer = Answers.JSON.createObjectNode();
                    answer.putObject("from")
                            .put("environment", from.environment)
                            .put("release", from.release);
                    answer.putObject("to").put("environment", to.environment).put("release", to.release);
                    add(answer.putArray("brings"), brings);
                    add(answer.putArray("takesAway"), takesAway);
                    return answer;
                }));
    }

    /** Those created after the one, up to the other; none when there is no other. */
    private static Uni<List<ReleaseView>> between(
            Mutiny.Session session, String application, String after, String upTo) {
        return session.createSelectionQuery("""
                        from BoardRelease where application = :application and state is not null
                          and createdRevision > coalesce(
                              (select createdRevision from BoardRelease where application = :application and id = :after), 0)
                          and createdRevision <=
                              (select createdRevision from BoardRelease where application = :application and id = :upTo)
                        order by createdRevision desc""", ReleaseView.class)
                .setParameter("application", application)
                .setParameter("after", after == null ? "" : after)
                .setParameter("upTo", upTo == null ? "" : upTo)
                .setMaxResults(MOST)
                .getResultList();
    }

    private static void add(ArrayNode array, List<ReleaseView> releases) {
        releases.forEach(one -> array.add(Answers.raw(one.state)));
    }
}
