package dev.lockstep.board.api;

import dev.lockstep.config.Settings;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.HttpHeaders;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;

/** Without the board there is no API, and under another name it is not read. */
class OnlyWhenEnabled {

    private final Settings settings;
    private final Hosts hosts;

    OnlyWhenEnabled(Settings settings, Hosts hosts) {
        this.settings = settings;
        this.hosts = hosts;
    }

    @ServerRequestFilter(preMatching = true)
    void check(ContainerRequestContext request) {
        if (!settings.board().enabled()) {
            throw Problem.of(404, "NOT_FOUND", "The board is not switched on here (lockstep.board.enabled).");
        }
        if (!hosts.mayRead(request.getHeaderString(HttpHeaders.HOST))) {
            throw Problem.of(
                    403, "OTHER_HOST", "The board is not read under this name: name it in lockstep.board.hosts.");
        }
    }
}
