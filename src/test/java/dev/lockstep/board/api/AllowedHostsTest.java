package dev.lockstep.board.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.config.TestSettings;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AllowedHostsTest {

    private final AllowedHosts hosts =
            of(Map.of("lockstep.board.hosts", "Board.Example.com, board.example.org:8443,[2001:db8::1]"));

    private static AllowedHosts of(Map<String, String> settings) {
        return new AllowedHosts(TestSettings.with(settings));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "LOCALHOST:8080",
                "127.0.0.1:8080",
                "[::1]:8080",
                "board.example.com",
                "BOARD.example.com:8080",
                "board.example.org:8443",
                "Board.Example.ORG:8443",
                "[2001:DB8::1]:8080",
            })
    void aConfiguredHostIsAllowed(String host) {
        assertThat(hosts.isAllowed(host)).isTrue();
        assertThat(hosts.isReadAllowed(host)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "evil.example",
                "board.example.com.evil.example",
                "evil.example:localhost",
                "board.example.org",
                "board.example.org:8080",
                "xboard.example.com",
                "10.0.0.1:8080",
            })
    void anotherHostIsNotAllowed(String host) {
        assertThat(hosts.isAllowed(host)).isFalse();
        assertThat(hosts.isReadAllowed(host)).isFalse();
    }

    @Test
    void withoutANameReadsAreAnsweredUnderAnyAndCommandsAreNot() {
        AllowedHosts none = of(Map.of());

        assertThat(none.isReadAllowed("anything.example")).isTrue();
        assertThat(none.isReadAllowed(null)).isTrue();
        assertThat(none.isAllowed("anything.example")).isFalse();
        assertThat(none.isAllowed(null)).isFalse();
        assertThat(hosts.isReadAllowed(null)).isFalse();
    }
}
