package dev.lockstep.board.api;

import dev.lockstep.config.Settings;
import jakarta.ws.rs.container.ContainerRequestContext;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;

/** Without the board there is no API. */
class OnlyWhenEnabled {

    private final Settings settings;

    OnlyWhenEnabled(Settings settings) {
        this.settings = settings;
    }

    @ServerRequestFilter(preMatching = true)
    void check(ContainerRequestContext request) {
        if (!settings.board().enabled()) {
            throw Problem.of(404, "NOT_FOUND", "The board is not switched on here (lockstep.board.enabled).");
        }
    }
}
