package dev.lockstep.board.api;

import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** Turns requests rejected before they reach a resource (unknown path, wrong method) into problem+json. */
class ProblemExceptionMapper {

    private static final String COMMANDS = "/api/commands";

    @ServerExceptionMapper
    Response problem(WebApplicationException refused, UriInfo address) {
        Response answer = refused.getResponse();
        if (answer.hasEntity()) {
            return answer;
        }
        int status = answer.getStatus();
        return Response.fromResponse(answer)
                .header(HttpHeaders.ALLOW, status == 405 ? methods(address.getPath()) : null)
                .type(Problem.TYPE)
                .entity(
                        switch (status) {
                            case 404 -> Problem.toJson(status, "NOT_FOUND", "There is nothing at this address.");
                            case 405 ->
                                Problem.toJson(
                                        status, "METHOD_NOT_ALLOWED", "This address does not support that method.");
                            default ->
                                Problem.toJson(
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
