package dev.lockstep.board.commands;

import dev.lockstep.board.api.AllowedHosts;
import dev.lockstep.board.api.ProblemException;
import dev.lockstep.config.Ticker;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.core.HttpHeaders;
import java.net.URI;

/** Rejects cross-origin requests, and more commands per second than one process can handle. */
@ApplicationScoped
class CommandRequestGuard {

    private static final int MAX_COMMANDS_PER_SECOND = 50;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final AllowedHosts hosts;
    private final Ticker ticker;
    private long windowStart;
    private int countInWindow;

    CommandRequestGuard(AllowedHosts hosts, Ticker ticker) {
        this.hosts = hosts;
        this.ticker = ticker;
        windowStart = ticker.nanos();
    }

    /** @param isEncrypted whether the request reached this process over TLS; a proxy may terminate TLS and say so */
    void check(HttpHeaders request, boolean isEncrypted) {
        String host = request.getHeaderString(HttpHeaders.HOST);
        if (!hosts.isAllowed(host)) {
            throw ProblemException.of(
                    403,
                    "OTHER_HOST",
                    "Commands are not accepted under this host name: add it to lockstep.board.hosts.");
        }
        String site = request.getHeaderString("Sec-Fetch-Site");
        String origin = request.getHeaderString("Origin");
        if (site != null && !site.equals("same-origin")
                || origin != null && !isSameOrigin(origin, host, isEncrypted ? "https" : forwardedProto(request))) {
            throw ProblemException.of(403, "OTHER_ORIGIN", "Commands are not accepted from a page of another origin.");
        }
        if (exceedsRateLimit()) {
            throw ProblemException.of(
                    429,
                    "TOO_MANY",
                    "Up to " + MAX_COMMANDS_PER_SECOND + " commands a second are accepted here; use Kafka.");
        }
    }

    /** @param scheme null when unknown */
    private static boolean isSameOrigin(String origin, String host, String scheme) {
        try {
            URI page = URI.create(origin);
            return host.equalsIgnoreCase(page.getAuthority())
                    && (scheme == null || scheme.equalsIgnoreCase(page.getScheme()));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Set by the first proxy: no page can make a browser send this header without a preflight request. */
    private static String forwardedProto(HttpHeaders request) {
        String scheme = request.getHeaderString("X-Forwarded-Proto");
        return scheme == null ? null : scheme.split(",", 2)[0].strip();
    }

    private synchronized boolean exceedsRateLimit() {
        if (ticker.nanos() - windowStart >= NANOS_PER_SECOND) {
            windowStart = ticker.nanos();
            countInWindow = 0;
        }
        return ++countInWindow > MAX_COMMANDS_PER_SECOND;
    }
}
