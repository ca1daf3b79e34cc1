package dev.lockstep.board.api;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.CharacterCodingException;
import java.util.Map;

/**
 * Stands before all else: refuses addresses that are none, under whatever path. Under /api it gives answers their security
 * headers, and refuses what no resource could read.
 */
@ApplicationScoped
public class Entrance {

    /** In bytes: what the commands topic takes. */
    public static final int LARGEST_BODY = 256 * 1024;

    /** What the server reads to its end, so that whoever sends a little too much still gets the answer of the resource. */
    private static final int LARGEST_READ = 10 * 1024 * 1024;

    /** In characters. The server itself takes longer ones, so that it is said here what is wrong. */
    private static final int LONGEST_ADDRESS = 4096;

    private static final int FIRST = Integer.MIN_VALUE / 2;
    private static final String API = "/api/";
    private static final Map<String, String> SECURITY = Map.of(
            "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'",
            "X-Content-Type-Options", "nosniff",
            "Referrer-Policy", "no-referrer");

    void routes(@Observes Router router) {
        router.route().order(FIRST).handler(Entrance::enter);
    }

    private static void enter(RoutingContext request) {
        String address = request.request().uri();
        boolean isAddress = isAddress(address);
        if (!(isAddress ? request.normalizedPath() : request.request().path()).startsWith(API)) {
            if (isAddress) {
                request.next();
            } else {
                request.response().setStatusCode(400).end();
            }
            return;
        }
        SECURITY.forEach(request.response()::putHeader);
        if (address.length() > LONGEST_ADDRESS) {
            refuse(request, 414, "ADDRESS_TOO_LONG", "An address has up to " + LONGEST_ADDRESS + " characters.");
        } else if (!isAddress) {
            refuse(request, 400, "INVALID_REQUEST", "The address must be percent-encoded UTF-8 without NUL.");
        } else if (length(request) > LARGEST_READ) {
            refuse(request, 413, "TOO_LARGE", "A command has up to " + LARGEST_BODY + " bytes.");
        } else {
            request.next();
        }
    }

    /** What is not is refused by the server itself without a word, unless it is told not to look (dev.lockstep.Main). */
    private static boolean isAddress(String address) {
        try {
            return !new URI(address).isOpaque()
                    && PercentEncoding.decoded(address).indexOf('\0') < 0;
        } catch (URISyntaxException | CharacterCodingException notOne) {
            return false;
        }
    }

    private static long length(RoutingContext request) {
        String length = request.request().getHeader(HttpHeaders.CONTENT_LENGTH);
        return length == null ? 0 : Long.parseLong(length);
    }

    /** Nothing more is read on the connection: what is left of the request may be long. */
    private static void refuse(RoutingContext request, int status, String code, String detail) {
        HttpServerResponse response = request.response();
        response.setStatusCode(status)
                .putHeader(HttpHeaders.CONTENT_TYPE, Problem.TYPE)
                .putHeader(HttpHeaders.CONNECTION, "close")
                .endHandler(sent -> request.request().connection().close())
                .end(Problem.text(status, code, detail));
    }
}
