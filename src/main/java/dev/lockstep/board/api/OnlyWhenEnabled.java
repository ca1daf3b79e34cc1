package dev.lockstep.board.api;

import dev.lockstep.config.Settings;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.UriInfo;
import java.util.List;
import java.util.stream.Stream;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;

/** Without the board there is no API; and what is no text is not looked for. */
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
        if (!isText(request.getUriInfo())) {
            throw Problem.of(400, "INVALID_REQUEST", "The address must be percent-encoded UTF-8 without NUL.");
        }
    }

    /** What Postgres would refuse is refused before. */
    private static boolean isText(UriInfo address) {
        try {
            return Stream.concat(
                            Stream.of(address.getPath(true)),
                            address.getQueryParameters(true).values().stream().flatMap(List::stream))
                    .noneMatch(text -> text.indexOf('\0') >= 0);
        } catch (IllegalArgumentException notEncoded) {
            return false;
        }
    }
}
