package dev.lockstep.board.api;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;
import java.util.Locale;

/** What is wrong with a request, as an RFC 9457 problem. */
public final class ProblemException extends WebApplicationException {

    private static final long serialVersionUID = 1;
    static final String TYPE = "application/problem+json";

    private ProblemException(Response response) {
        super(response);
    }

    /** @param detail a sentence for people to read */
    public static ProblemException of(int status, String code, String detail) {
        return new ProblemException(Response.status(status)
                .type(TYPE)
                .entity(toJson(status, code, detail))
                .build());
    }

    static ProblemException withMember(int status, String code, String detail, String member, String value) {
        return new ProblemException(Response.status(status)
                .type(TYPE)
                .entity(body(status, code, detail).put(member, value).toString())
                .build());
    }

    static ProblemException invalidParameter(String parameter, String mustBe) {
        return of(400, "INVALID_PARAMETER", parameter + " " + mustBe + ".");
    }

    static String toJson(int status, String code, String detail) {
        return body(status, code, detail).toString();
    }

    private static ObjectNode body(int status, String code, String detail) {
        return JsonNodeFactory.instance
                .objectNode()
                .put(
                        "type",
                        "urn:lockstep:problem:" + code.toLowerCase(Locale.ROOT).replace('_', '-'))
                .put(
                        "title",
                        code.charAt(0)
                                + code.substring(1).toLowerCase(Locale.ROOT).replace('_', ' '))
                .put("status", status)
                .put("detail", detail)
                .put("code", code);
    }
}
