package dev.lockstep.board.api;

import dev.lockstep.board.tables.PermanentErrors;
import dev.lockstep.database.PostgresErrors;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.util.Set;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** Turns requests rejected before they reach a resource (unknown path, wrong method), and those that fail, into problem+json. */
class ProblemExceptionMapper {

    private static final Logger LOG = Logger.getLogger(ProblemExceptionMapper.class);
    private static final String COMMANDS = "/api/commands";

    /** A class of SQLSTATE codes. */
    private static final String INSUFFICIENT_RESOURCES = "53";

    /** Somebody has dropped the tables; the feed says so in the log. */
    private static final Set<String> NO_TABLES = Set.of("3F000", "42P01");

    /** Postgres does not answer, for example. What an exception says is not for clients. */
    @ServerExceptionMapper
    Response toResponse(Exception failure, UriInfo uri) {
        boolean isTemporary = isTemporary(failure);
        if (!isTemporary) {
            LOG.errorf("A request failed path=%s reason=%s", uri.getPath(), PermanentErrors.describe(failure));
        }
        int status = isTemporary ? 503 : 500;
        return Response.status(status)
                .type(ProblemException.TYPE)
                .entity(
                        isTemporary
                                ? ProblemException.toJson(
                                        status, "NOT_READY", "The board cannot read its tables at the moment.")
                                : ProblemException.toJson(
                                        status, "HTTP_500", "The request failed; the board's log says why."))
                .build();
    }

    /** Postgres cannot be reached, does not answer in time, or lacks connections, memory, disk or the tables. */
    private static boolean isTemporary(Exception failure) {
        return switch (PostgresErrors.retryCause(failure)) {
            case DATABASE_UNREACHABLE, DATABASE_TIMEOUT -> true;
            case DATABASE_REFUSED -> {
                String state = PostgresErrors.sqlState(failure);
                yield state.startsWith(INSUFFICIENT_RESOURCES) || NO_TABLES.contains(state);
            }
            default -> false;
        };
    }

    @ServerExceptionMapper
    Response toResponse(WebApplicationException exception, UriInfo uri) {
        Response answer = exception.getResponse();
        if (answer.hasEntity()) {
            return answer;
        }
        int status = answer.getStatus();
        return Response.fromResponse(answer)
                .header(HttpHeaders.ALLOW, status == 405 ? methods(uri.getPath()) : null)
                .type(ProblemException.TYPE)
                .entity(
                        switch (status) {
                            case 404 ->
                                ProblemException.toJson(status, "NOT_FOUND", "There is nothing at this address.");
                            case 405 ->
                                ProblemException.toJson(
                                        status, "METHOD_NOT_ALLOWED", "This address does not support that method.");
                            default ->
                                ProblemException.toJson(
                                        status,
                                        "HTTP_" + status,
                                        answer.getStatusInfo().getReasonPhrase() + ".");
                        })
                .build();
    }

    private static String methods(String path) {
        return path.equals(COMMANDS) ? "POST" : "GET, HEAD";
    }
}
