package dev.lockstep.board.api;

import dev.lockstep.config.Settings;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The names under which browsers reach the board: whoever makes a name of his own lead here (DNS rebinding) comes under another one.
 * Names are compared without regard to case, and one that is given without a port is good for all.
 */
@ApplicationScoped
public class Hosts {

    private static final Set<String> LOCAL = Set.of("localhost", "127.0.0.1", "[::1]");

    private final Set<String> named;

    public Hosts(Settings settings) {
        named = settings.board().hosts().orElse(List.of()).stream()
                .map(Hosts::lower)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** @param host the header, or null */
    public boolean isOurs(String host) {
        if (host == null) {
            return false;
        }
        String lower = lower(host);
        String name = lower.replaceFirst(":\\d*$", "");
        return LOCAL.contains(name) || named.contains(name) || named.contains(lower);
    }

    /** Until a name is given nobody knows which are good: reads are answered under any. */
    boolean mayRead(String host) {
        return named.isEmpty() || isOurs(host);
    }

    private static String lower(String host) {
        return host.strip().toLowerCase(Locale.ROOT);
    }
}
