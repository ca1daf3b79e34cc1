package dev.lockstep.board.api;

import dev.lockstep.config.Settings;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The host names under which browsers may reach the board; a DNS rebinding attack uses a different one.
 * Names are compared case-insensitively, and a name without a port allows every port.
 */
@ApplicationScoped
public class AllowedHosts {

    private static final Set<String> LOCAL = Set.of("localhost", "127.0.0.1", "[::1]");

    private final Set<String> named;

    public AllowedHosts(Settings settings) {
        named = settings.board().hosts().orElse(List.of()).stream()
                .map(AllowedHosts::lower)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** @param host the header, or null */
    public boolean isAllowed(String host) {
        if (host == null) {
            return false;
        }
        String lower = lower(host);
        String name = lower.replaceFirst(":\\d*$", "");
        return LOCAL.contains(name) || named.contains(name) || named.contains(lower);
    }

    /** Until a name is configured, reads are allowed under any name. */
    boolean isReadAllowed(String host) {
        return named.isEmpty() || isAllowed(host);
    }

    private static String lower(String host) {
        return host.strip().toLowerCase(Locale.ROOT);
    }
}
