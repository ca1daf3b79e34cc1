package dev.lockstep.board.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.lockstep.board.api.AllowedHosts;
import dev.lockstep.board.api.ProblemException;
import dev.lockstep.config.TestSettings;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jboss.resteasy.reactive.server.jaxrs.HttpHeadersImpl;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandRequestGuardTest {

    private static final int A_SECOND = 50;
    private static final Map<String, String> PROGRAM = Map.of("Host", "localhost:8080");

    private final AtomicLong nanos = new AtomicLong();
    private final CommandRequestGuard guard = new CommandRequestGuard(
            new AllowedHosts(TestSettings.with(Map.of("lockstep.board.hosts", "board.example.com"))), nanos::get);

    @ParameterizedTest
    @CsvSource({
        "http://board.example.com, board.example.com",
        "https://board.example.com, board.example.com",
        "https://BOARD.example.com:8443, board.example.com:8443",
        "http://localhost:8080, localhost:8080",
    })
    void thePageItselfIsAllowed(String origin, String host) {
        assertThatCode(() -> check(Map.of("Host", host, "Origin", origin, "Sec-Fetch-Site", "same-origin"), false))
                .doesNotThrowAnyException();
    }

    @Test
    void aProgramIsAllowed() {
        assertThatCode(() -> check(PROGRAM, false)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"http://evil.example", "http://localhost", "http://localhost:8081", "null", "://", "about:blank"
            })
    void anotherPageIsNot(String origin) {
        assertThat(refused(with("Origin", origin), false)).contains("OTHER_ORIGIN");
    }

    @ParameterizedTest
    @ValueSource(strings = {"cross-site", "same-site", "none"})
    void whatAnotherPageMadeTheBrowserSendIsNot(String site) {
        assertThat(refused(with("Sec-Fetch-Site", site), false)).contains("OTHER_ORIGIN");
    }

    @Test
    void anotherNameIsNot() {
        assertThat(refused(Map.of("Host", "evil.example", "Origin", "http://evil.example"), false))
                .contains("OTHER_HOST");
        assertThat(refused(Map.of(), false)).contains("OTHER_HOST");
    }

    @Test
    void theSchemeIsComparedWhereItIsKnown() {
        Map<String, String> plain = with("Origin", "http://localhost:8080");
        assertThat(refused(plain, true)).contains("OTHER_ORIGIN");

        plain.put("X-Forwarded-Proto", "https, http");
        assertThat(refused(plain, false)).contains("OTHER_ORIGIN");

        plain.put("X-Forwarded-Proto", ",");
        assertThat(refused(plain, false)).contains("OTHER_ORIGIN");

        plain.put("X-Forwarded-Proto", "https, http");
        plain.put("Origin", "https://localhost:8080");
        assertThatCode(() -> check(plain, false)).doesNotThrowAnyException();
        assertThatCode(() -> check(plain, true)).doesNotThrowAnyException();
    }

    @Test
    void excessRequestsAreRejectedUntilASecondLater() {
        for (int i = 0; i < A_SECOND; i++) {
            check(PROGRAM, false);
        }
        assertThat(refused(PROGRAM, false)).contains("TOO_MANY");

        nanos.addAndGet(1_000_000_000);
        assertThatCode(() -> check(PROGRAM, false)).doesNotThrowAnyException();
    }

    private static Map<String, String> with(String header, String value) {
        Map<String, String> headers = new TreeMap<>(PROGRAM);
        headers.put(header, value);
        return headers;
    }

    private void check(Map<String, String> headers, boolean isEncrypted) {
        guard.check(new HttpHeadersImpl(headers.entrySet()), isEncrypted);
    }

    private String refused(Map<String, String> headers, boolean isEncrypted) {
        ProblemException problem = catchThrowableOfType(ProblemException.class, () -> check(headers, isEncrypted));
        return String.valueOf(problem.getResponse().getEntity());
    }
}
