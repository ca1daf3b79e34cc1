package dev.lockstep.board.commands;

import dev.lockstep.board.api.Problem;
import dev.lockstep.config.Settings;
import dev.lockstep.config.Ticker;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.core.HttpHeaders;
import java.net.URI;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Keeps out what other pages make a browser send, and more than one process can take. */
@ApplicationScoped
class Doorkeeper {

    private static final int A_SECOND = 50;
    private static final long SECOND = 1_000_000_000L;

    private final Set<String> hosts = new HashSet<>(Set.of("localhost", "127.0.0.1", "[::1]"));
    private final Ticker ticker;
    private long since;
    private int taken;

    Doorkeeper(Settings settings, Ticker ticker) {
        hosts.addAll(settings.board().hosts().orElse(List.of()));
        this.ticker = ticker;
        since = ticker.nanos();
    }

    void check(HttpHeaders request) {
        String host = request.getHeaderString(HttpHeaders.HOST);
        if (host == null || !hosts.contains(host.replaceFirst(":\\d+$", ""))) {
            throw Problem.of(
                    403, "OTHER_HOST", "Commands are not taken under this name: name it in lockstep.board.hosts.");
        }
        String site = request.getHeaderString("Sec-Fetch-Site");
        String origin = request.getHeaderString("Origin");
        if (site != null && !site.equals("same-origin") || origin != null && !isOf(origin, host)) {
            throw Problem.of(403, "OTHER_ORIGIN", "Commands are not taken from another page.");
        }
        if (isTooMany()) {
            throw Problem.of(429, "TOO_MANY", "Up to " + A_SECOND + " commands a second are taken here; use Kafka.");
        }
    }

    private static boolean isOf(String origin, String host) {
        try {
            return host.equals(URI.create(origin).getAuthority());
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private synchronized boolean isTooMany() {
        if (ticker.nanos() - since >= SECOND) {
            since = ticker.nanos();
            taken = 0;
        }
        return ++taken > A_SECOND;
    }
}
