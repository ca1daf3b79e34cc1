package dev.lockstep.board.api;

import io.netty.handler.codec.DateFormatter;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.ws.rs.core.MediaType;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.CharacterCodingException;
import java.time.Clock;
import java.util.Date;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Runs before all other routes: rejects malformed URIs under any path. Under /api it also adds
 * security headers, the time and, by default, {@code no-store} to responses, and rejects requests that no resource could read.
 */
@ApplicationScoped
public class ApiRequestValidator {

    /** In bytes: the most that the decoder accepts by default. */
    public static final int MAX_BODY_BYTES = 256 * 1024;

    /** The server reads bodies up to this size, so that a client slightly over the limit gets the resource's response. */
    private static final int MAX_READ_BYTES = 512 * 1024;

    /** For all bodies together that are being read, or whose results are waited for: they are held in the worker's memory. */
    private static final int MAX_BYTES_IN_PROGRESS = 16 * 1024 * 1024;

    /** In characters. The server itself accepts longer ones, so that the error can be explained here. */
    private static final int MAX_URI_LENGTH = 4096;

    private static final long READ_TIMEOUT_MILLIS = 15_000;
    private static final int ROUTE_ORDER = Integer.MIN_VALUE / 2;
    private static final String API = "/api/";
    private static final Map<String, String> SECURITY_HEADERS = Map.of(
            "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'",
            "X-Content-Type-Options", "nosniff",
            "Referrer-Policy", "no-referrer");

    private final AtomicLong bytesInProgress = new AtomicLong();
    private final Clock clock;

    ApiRequestValidator(Clock clock) {
        this.clock = clock;
    }

    void routes(@Observes Router router) {
        router.route()
                .order(ROUTE_ORDER)
                .handler(ApiRequestValidator::continueOnFreshStack)
                .handler(this::validate)
                .failureHandler(this::fail);
    }

    /** The end of a response handles the next pipelined request: without this, hundreds of them would overflow the stack. */
    private static void continueOnFreshStack(RoutingContext context) {
        Vertx.currentContext().runOnContext(fresh -> context.next());
    }

    /** The server itself rejects requests without a usable host, and its response would quote an exception. */
    private void fail(RoutingContext context) {
        if (context.statusCode() == 400 && !context.response().ended()) {
            addHeaders(context);
            boolean hasHost = context.request().authority() != null;
            reject(
                    context,
                    400,
                    "INVALID_REQUEST",
                    hasHost ? "The request is malformed." : "The Host header is missing or malformed.");
        } else {
            context.next();
        }
    }

    private void addHeaders(RoutingContext context) {
        HttpServerResponse response = context.response();
        SECURITY_HEADERS.forEach(response::putHeader);
        context.addHeadersEndHandler(sent -> {
            response.putHeader(HttpHeaders.DATE, DateFormatter.format(Date.from(clock.instant())));
            if (!response.headers().contains(HttpHeaders.CACHE_CONTROL)) { // browsers keep a 410 for ever otherwise
                response.putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
            }
        });
    }

    private void validate(RoutingContext context) {
        String address = context.request().uri();
        boolean isValid = isValidUri(address);
        if (!(isValid ? context.normalizedPath() : context.request().path()).startsWith(API)) {
            if (isValid) {
                context.next();
            } else {
                context.response().setStatusCode(400).end();
            }
            return;
        }
        addHeaders(context);
        if (address.length() > MAX_URI_LENGTH) {
            reject(context, 414, "ADDRESS_TOO_LONG", "A URI may have at most " + MAX_URI_LENGTH + " characters.");
        } else if (!isValid) {
            reject(context, 400, "INVALID_REQUEST", "The address must be percent-encoded UTF-8 without NUL.");
        } else if (!isValidMediaType(context.request().getHeader(HttpHeaders.CONTENT_TYPE))) {
            reject(context, 415, "NO_CLOUD_EVENT", "The Content-Type header is malformed.");
        } else if (bodyBytes(context) > MAX_READ_BYTES) {
            reject(context, 413, "TOO_LARGE", "A command may have up to " + MAX_BODY_BYTES + " bytes.");
        } else if (isGetOrHead(context) && bodyBytes(context) > 0) {
            reject(context, 400, "INVALID_REQUEST", "A GET or HEAD request must not have a body.");
        } else if (!reserveBody(context)) {
            reject(context, 429, "TOO_MANY", "Too many commands are being sent at the same time; use Kafka.");
        } else {
            context.next();
        }
    }

    private static boolean isGetOrHead(RoutingContext context) {
        return context.request().method() == HttpMethod.GET || context.request().method() == HttpMethod.HEAD;
    }

    /** @return whether there is room for the request's body until it has been answered */
    private boolean reserveBody(RoutingContext context) {
        long bytes = bodyBytes(context);
        if (bytes == 0) {
            return true;
        }
        if (bytesInProgress.addAndGet(bytes) > MAX_BYTES_IN_PROGRESS) {
            bytesInProgress.addAndGet(-bytes);
            return false;
        }
        long timer = context.vertx().setTimer(READ_TIMEOUT_MILLIS, late -> {
            if (!context.request().isEnded()) {
                context.request().connection().close();
            }
        });
        context.addEndHandler(done -> {
            context.vertx().cancelTimer(timer);
            bytesInProgress.addAndGet(-bytes);
        });
        return true;
    }

    /** The server itself would reject these with an empty response, unless its check is switched off (dev.lockstep.Main). */
    private static boolean isValidUri(String address) {
        try {
            return !new URI(address).isOpaque()
                    && PercentEncoding.decode(address).indexOf('\0') < 0;
        } catch (URISyntaxException | CharacterCodingException malformed) {
            return false;
        }
    }

    /** @return the declared size of the body; for one that is sent in chunks, the most that is read of any */
    private static long bodyBytes(RoutingContext context) {
        String length = context.request().getHeader(HttpHeaders.CONTENT_LENGTH);
        boolean isChunked = context.request().getHeader(HttpHeaders.TRANSFER_ENCODING) != null;
        return isChunked ? MAX_READ_BYTES : length == null ? 0 : Long.parseLong(length);
    }

    private static boolean isValidMediaType(String type) {
        try {
            return type == null || MediaType.valueOf(type) != null;
        } catch (IllegalArgumentException malformed) {
            return false;
        }
    }

    /** Nothing more is read from the connection: the rest of the request may be long. */
    private static void reject(RoutingContext context, int status, String code, String detail) {
        HttpServerResponse response = context.response();
        response.setStatusCode(status)
                .putHeader(HttpHeaders.CONTENT_TYPE, ProblemException.TYPE)
                .putHeader(HttpHeaders.CONNECTION, "close")
                .endHandler(sent -> context.request().connection().close())
                .end(ProblemException.toJson(status, code, detail));
    }
}
