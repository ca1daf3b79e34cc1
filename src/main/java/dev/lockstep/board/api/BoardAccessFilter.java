package dev.lockstep.board.api;

import dev.lockstep.config.Settings;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.HttpHeaders;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;

/** Rejects API requests when the board is disabled, or when the host is not allowed. */
class BoardAccessFilter {

    private final Settings settings;
    private final AllowedHosts hosts;

    BoardAccessFilter(Settings settings, AllowedHosts hosts) {
        this.settings = settings;
        this.hosts = hosts;
    }

    @ServerRequestFilter(preMatching = true)
    void check(ContainerRequestContext request) {
        if (!settings.board().enabled()) {
            throw ProblemException.of(404, "NOT_FOUND", "The board is not enabled here (lockstep.board.enabled).");
        }
        if (!hosts.isReadAllowed(request.getHeaderString(HttpHeaders.HOST))) {
            throw ProblemException.of(
                    403, "OTHER_HOST", "The board is not served under this host name: add it to lockstep.board.hosts.");
        }
    }
}
