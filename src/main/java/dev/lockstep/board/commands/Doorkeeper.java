package dev.lockstep.board.commands;

import dev.lockstep.board.api.Hosts;
import dev.lockstep.board.api.Problem;
import dev.lockstep.config.Ticker;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.core.HttpHeaders;
import java.net.URI;

/** Keeps out what other pages make a browser send, and more than one process can take. */
@ApplicationScoped
class Doorkeeper {

    private static final int A_SECOND = 50;
    private static final long SECOND = 1_000_000_000L;

    private final Hosts hosts;
    private final Ticker ticker;
    private long since;
    private int taken;

    Doorkeeper(Hosts hosts, Ticker ticker) {
        this.hosts = hosts;
        this.ticker = ticker;
        since = ticker.nanos();
    }

    /** @param isEncrypted whether the request came by TLS as far as here; a proxy before it may end that, and say so */
    void check(HttpHeaders request, boolean isEncrypted) {
        String host = request.getHeaderString(HttpHeaders.HOST);
        if (!hosts.isOurs(host)) {
            throw Problem.of(
                    403, "OTHER_HOST", "Commands are not taken under this name: name it in lockstep.board.hosts.");
        }
        String site = request.getHeaderString("Sec-Fetch-Site");
        String origin = request.getHeaderString("Origin");
        if (site != null && !site.equals("same-origin")
                || origin != null && !isOf(origin, host, isEncrypted ? "https" : told(request))) {
            throw Problem.of(403, "OTHER_ORIGIN", "Commands are not taken from another page.");
        }
        if (isTooMany()) {
            throw Problem.of(429, "TOO_MANY", "Up to " + A_SECOND + " commands a second are taken here; use Kafka.");
        }
    }

    /** @param scheme null when it is not known */
    private static boolean isOf(String origin, String host, String scheme) {
        try {
            URI page = URI.create(origin);
            return host.equalsIgnoreCase(page.getAuthority())
                    && (scheme == null || scheme.equalsIgnoreCase(page.getScheme()));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** By the first proxy: no page can make a browser send this without being asked. */
    private static String told(HttpHeaders request) {
        String scheme = request.getHeaderString("X-Forwarded-Proto");
        return scheme == null ? null : scheme.split(",")[0].strip();
    }

    private synchronized boolean isTooMany() {
        if (ticker.nanos() - since >= SECOND) {
            since = ticker.nanos();
            taken = 0;
        }
        return ++taken > A_SECOND;
    }
}
