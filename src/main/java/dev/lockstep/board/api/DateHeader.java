package dev.lockstep.board.api;

import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** When a response of the API was sent (RFC 9110, section 6.6.1): the page corrects a wrong clock by it. */
@ApplicationScoped
class DateHeader {

    /** Before {@link ApiRequestValidator}, whose rejections have a date, too. */
    private static final int ROUTE_ORDER = Integer.MIN_VALUE / 2 - 1;

    private static final String API = "/api/";
    private static final DateTimeFormatter FORMAT = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);

    private final Clock clock;

    DateHeader(Clock clock) {
        this.clock = clock;
    }

    /** Without a path, by which no malformed one could be matched. */
    void route(@Observes Router router) {
        router.route().order(ROUTE_ORDER).handler(this::addToResponse);
    }

    private void addToResponse(RoutingContext request) {
        if (request.request().path().startsWith(API)) {
            request.addHeadersEndHandler(
                    end -> request.response().putHeader(HttpHeaders.DATE, FORMAT.format(clock.instant())));
        }
        request.next();
    }
}
