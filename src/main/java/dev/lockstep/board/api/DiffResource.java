package dev.lockstep.board.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.board.tables.EnvironmentView;
import dev.lockstep.board.tables.Key;
import dev.lockstep.board.tables.ReleaseView;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
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

    private final Answers answers;

    DiffResource(Answers answers) {
        this.answers = answers;
    }

    @GET
    @Operation(summary = "The releases between what runs in two environments, or in one now and then.")
    public Uni<Response> diff(
            @RestQuery String application,
            @RestQuery String from,
            @RestQuery String to,
            @RestQuery String time,
            @BeanParam Page page) {
        if (application == null || from == null || (to == null) == (time == null)) {
            throw Problem.of(
                    400, "INVALID_PARAMETER", "application and from must be given, and either to or time beside them.");
        }
        Instant at = time == null ? null : TimeParameter.of("time", time);
        Cursor cursor = page.from(1);
        Part part = new Part(page.most(), cursor == null ? Long.MAX_VALUE : cursor.number(0));
        return answers.one(session -> current(session, application, from)
                .chain(one -> (at == null ? current(session, application, to) : then(session, application, from, at))
                        .chain(other -> compared(
                                session, application, side(from, one), side(at == null ? to : from, other), part))));
    }

    /** Of the releases at most so many, of those that were created before a revision. */
    private record Part(int most, long before) {}

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
        return Known.since(session, application)
                .invoke(known -> known.check(at))
                .chain(known -> Known.runs(session, List.of(application), at))
                .map(runs -> runs.stream()
                        .filter(run -> run.environment.equals(environment))
                        .findFirst()
                        .map(run -> run.release));
    }

    /** What the newer of the two releases has more is brought when that runs in {@code from}, else taken away. */
    private static Uni<ObjectNode> compared(Mutiny.Session session, String application, Side from, Side to, Part part) {
        return created(session, application, from.release)
                .chain(one -> created(session, application, to.release).chain(other -> {
                    Span span = new Span(application, Math.min(one, other), Math.max(one, other));
                    return span.count(session).chain(total -> span.newest(session, part)
                            .map(found -> answer(from, to, one > other, total, found, part)));
                }));
    }

    /** @return 0 for nothing */
    private static Uni<Long> created(Mutiny.Session session, String application, String release) {
        return release == null
                ? Uni.createFrom().item(0L)
                : session.find(ReleaseView.class, new Key(application, release))
                        .map(found -> found == null || found.createdRevision == null ? 0L : found.createdRevision);
    }

    /** The releases created after one revision, up to another. */
    private record Span(String application, long after, long upTo) {

        private static final String RELEASES = """
                from BoardRelease where application = :application and state is not null
                  and createdRevision > :after and createdRevision <= :upTo""";

        Uni<Long> count(Mutiny.Session session) {
            return query(session, "select count(*) " + RELEASES, Long.class, upTo)
                    .getSingleResult();
        }

        /** Up to one more than the page has. */
        Uni<List<ReleaseView>> newest(Mutiny.Session session, Part part) {
            return query(
                            session,
                            RELEASES + " order by createdRevision desc",
                            ReleaseView.class,
                            Math.min(upTo, part.before - 1))
                    .setMaxResults(part.most + 1)
                    .getResultList();
        }

        private <T> Mutiny.SelectionQuery<T> query(Mutiny.Session session, String hql, Class<T> type, long newest) {
            return session.createSelectionQuery(hql, type)
                    .setParameter("application", application)
                    .setParameter("after", after)
                    .setParameter("upTo", newest);
        }
    }

    private static ObjectNode answer(
            Side from, Side to, boolean isBrought, long total, List<ReleaseView> found, Part part) {
        ObjectNode releases =
                Answers.page(found, part.most, one -> Answers.raw(one.state), one -> Cursor.of(one.createdRevision));
        ArrayNode none = Answers.JSON.createArrayNode();
        ObjectNode answer = Answers.JSON.createObjectNode();
        answer.putObject("from").put("environment", from.environment).put("release", from.release);
        answer.putObject("to").put("environment", to.environment).put("release", to.release);
        answer.put("total", total);
        answer.set("brings", isBrought ? releases.get("items") : none);
        answer.set("takesAway", isBrought ? none : releases.get("items"));
        return answer.set("next", releases.get("next"));
    }
}
