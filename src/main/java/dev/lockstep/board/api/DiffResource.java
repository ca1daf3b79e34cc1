package dev.lockstep.board.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.board.tables.ApplicationScopedKey;
import dev.lockstep.board.tables.EnvironmentView;
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

/** Compares two environments, or one environment at two times: the releases between what runs in them. */
@Path("/api/diff")
public class DiffResource {

    private final ResponseFactory responseFactory;

    DiffResource(ResponseFactory responseFactory) {
        this.responseFactory = responseFactory;
    }

    @GET
    @Operation(summary = "The releases between what runs in two environments, or in one now and then.")
    public Uni<Response> diff(
            @RestQuery String application,
            @RestQuery String from,
            @RestQuery String to,
            @RestQuery String time,
            @BeanParam PageRequest page) {
        if (application == null || from == null || (to == null) == (time == null)) {
            throw ProblemException.of(
                    400, "INVALID_PARAMETER", "application and from must be given, along with either to or time.");
        }
        Instant at = time == null ? null : TimeParameter.of("time", time);
        Cursor cursor = page.decodeCursor(1);
        DiffPage diffPage = new DiffPage(page.pageSize(), cursor == null ? Long.MAX_VALUE : cursor.number(0));
        return responseFactory.object(session -> at == null
                ? compareEnvironments(session, application, from, to, diffPage)
                : compareWithPast(session, application, from, at, diffPage));
    }

    private static Uni<ObjectNode> compareEnvironments(
            Mutiny.Session session, String application, String from, String to, DiffPage diffPage) {
        return currentRelease(session, application, to, false)
                .chain(toRelease -> currentRelease(session, application, from, false)
                        .chain(fromRelease ->
                                compare(session, application, side(from, fromRelease), side(to, toRelease), diffPage)));
    }

    private static Uni<ObjectNode> compareWithPast(
            Mutiny.Session session, String application, String environment, Instant at, DiffPage diffPage) {
        return releaseAt(session, application, environment, at)
                .chain(past -> currentRelease(session, application, environment, past.isPresent())
                        .chain(now -> compare(
                                session, application, side(environment, now), side(environment, past), diffPage)));
    }

    /** At most this many of the releases that were created before a revision. */
    private record DiffPage(int limit, long before) {}

    private record EnvironmentRelease(String environment, String release) {}

    private static EnvironmentRelease side(String environment, Optional<String> release) {
        return new EnvironmentRelease(environment, release.orElse(null));
    }

    /** @param mayBeDropped whether the pipeline may lack the environment, as something once ran there: now nothing does */
    private static Uni<Optional<String>> currentRelease(
            Mutiny.Session session, String application, String environment, boolean mayBeDropped) {
        return session.find(EnvironmentView.class, new ApplicationScopedKey(application, environment))
                .map(found -> {
                    boolean exists = found != null && found.state != null;
                    boolean isDropped = found == null || "dropped".equals(found.gone);
                    if (!exists && !(mayBeDropped && isDropped)) {
                        throw ProblemException.of(
                                404,
                                "ENVIRONMENT_NOT_FOUND",
                                "There is no environment '" + environment + "' of '" + application + "'.");
                    }
                    return exists ? Optional.ofNullable(found.current) : Optional.empty();
                });
    }

    private static Uni<Optional<String>> releaseAt(
            Mutiny.Session session, String application, String environment, Instant at) {
        return KnownHistory.load(session, application)
                .invoke(knownHistory -> knownHistory.requireKnown(at))
                .chain(knownHistory -> KnownHistory.runs(session, List.of(application), at))
                .map(runs -> runs.stream()
                        .filter(run -> run.environment.equals(environment))
                        .findFirst()
                        .map(run -> run.release));
    }

    /**
     * The releases in between are listed under {@code brings} if the newer one runs in {@code from}, otherwise under
     * {@code takesAway}.
     */
    private static Uni<ObjectNode> compare(
            Mutiny.Session session,
            String application,
            EnvironmentRelease from,
            EnvironmentRelease to,
            DiffPage diffPage) {
        return createdRevision(session, application, from.release).chain(fromRevision -> createdRevision(
                        session, application, to.release)
                .chain(toRevision -> {
                    ReleaseRange releaseRange = new ReleaseRange(
                            application, Math.min(fromRevision, toRevision), Math.max(fromRevision, toRevision));
                    return releaseRange.count(session).chain(total -> releaseRange
                            .newest(session, diffPage)
                            .map(found -> answer(from, to, fromRevision > toRevision, total, found, diffPage)));
                }));
    }

    /** @return 0 when nothing runs there */
    private static Uni<Long> createdRevision(Mutiny.Session session, String application, String release) {
        return release == null
                ? Uni.createFrom().item(0L)
                : session.find(ReleaseView.class, new ApplicationScopedKey(application, release))
                        .chain(found -> found != null && found.createdRevision != null
                                ? Uni.createFrom().item(found.createdRevision)
                                : createdRevisionInHistory(session, application, release));
    }

    /** For an archived release: the status topic has only its tombstone, which does not contain the revision. */
    private static Uni<Long> createdRevisionInHistory(Mutiny.Session session, String application, String release) {
        return session.createSelectionQuery(
                        "select max(revision) from BoardEvent where application = :application and release = :release"
                                + " and type like 'dev.cdeventsx.lockstep-release.created.%'",
                        Long.class)
                .setParameter("application", application)
                .setParameter("release", release)
                .getSingleResultOrNull()
                .onItem()
                .ifNull()
                .failWith(() -> ProblemException.of(
                        404,
                        "RELEASE_NOT_KNOWN",
                        "It is no longer known when release '" + release + "' was created: it is archived, and its"
                                + " history has been deleted."));
    }

    /** The releases created after one revision, up to and including another. */
    private record ReleaseRange(String application, long after, long upTo) {

        private static final String RELEASES = """
                from BoardRelease where application = :application and state is not null
                  and createdRevision > :after and createdRevision <= :upTo""";

        Uni<Long> count(Mutiny.Session session) {
            return query(session, "select count(*) " + RELEASES, Long.class, upTo)
                    .getSingleResult();
        }

        /** Up to one more than fits on the page. */
        Uni<List<ReleaseView>> newest(Mutiny.Session session, DiffPage diffPage) {
            return query(
                            session,
                            RELEASES + " order by createdRevision desc",
                            ReleaseView.class,
                            Math.min(upTo, diffPage.before - 1))
                    .setMaxResults(diffPage.limit + 1)
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
            EnvironmentRelease from,
            EnvironmentRelease to,
            boolean isFromNewer,
            long total,
            List<ReleaseView> found,
            DiffPage diffPage) {
        ObjectNode releases = ResponseFactory.page(
                found,
                diffPage.limit,
                view -> ResponseFactory.rawJson(view.state),
                view -> Cursor.encode(view.createdRevision));
        ArrayNode none = ResponseFactory.JSON.createArrayNode();
        ObjectNode answer = ResponseFactory.JSON.createObjectNode();
        answer.putObject("from").put("environment", from.environment).put("release", from.release);
        answer.putObject("to").put("environment", to.environment).put("release", to.release);
        answer.put("total", total);
        answer.set("brings", isFromNewer ? releases.get("items") : none);
        answer.set("takesAway", isFromNewer ? none : releases.get("items"));
        return answer.set("next", releases.get("next"));
    }
}
