package dev.lockstep.board.commands;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.lockstep.board.api.AllowedHosts;
import dev.lockstep.board.api.ApiRequestValidator;
import dev.lockstep.board.api.ProblemException;
import dev.lockstep.config.Settings;
import dev.lockstep.config.TestSettings;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import java.security.Principal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.Header;
import org.jboss.resteasy.reactive.server.jaxrs.HttpHeadersImpl;
import org.junit.jupiter.api.Test;

/** Commands over HTTP, without Kafka. */
class CommandsResourceTest {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String EVENT = """
            {"specversion":"1.0","id":"1","source":"/board","type":"dev.lockstep.release.create.v1",
             "data":{"application":"shop"}}""";

    private final List<String> sent = new ArrayList<>();
    private Uni<Void> taken = Uni.createFrom().voidItem();
    private CompletableFuture<Void> reading = CompletableFuture.completedFuture(null);
    private String result;
    private int waited;

    @Test
    void aCommandThatNobodyWaitsForIsTaken() {
        Response answer = send(Map.of(), EVENT);

        assertThat(answer.getStatus()).isEqualTo(202);
        assertThat(answer.getEntity()).isEqualTo("{\"id\":\"1\",\"source\":\"/board\"}");
        assertThat(sent).containsExactly("shop " + EVENT);
        assertThat(waited).isZero();
    }

    @Test
    void whoeverWaitsIsAnsweredWithTheResult() {
        result = "{\"outcome\":\"accepted\"}";

        Response answer = send(Map.of("Prefer", "respond-async, Wait=5"), EVENT);

        assertThat(answer.getStatus()).isEqualTo(200);
        assertThat(answer.getEntity()).isEqualTo(result);
        assertThat(answer.getHeaderString("Preference-Applied")).isEqualTo("wait=5");
        assertThat(waited).isEqualTo(5);
    }

    @Test
    void nobodyWaitsForLongAndALateResultIsNone() {
        Response answer = send(Map.of("Prefer", "wait=9999"), EVENT);

        assertThat(answer.getStatus()).isEqualTo(202);
        assertThat(waited).isEqualTo(30);
    }

    @Test
    void theAnswerSaysToResendWhatKafkaDoesNotAccept() {
        taken = Uni.createFrom().failure(new TimeoutException());

        assertThat(refused(Map.of(), EVENT)).contains("\"status\":503", "NOT_TAKEN", "send it again");
    }

    @Test
    void withoutAWayToTheResultNothingIsSent() {
        reading = CompletableFuture.failedFuture(new TimeoutException());

        assertThat(refused(Map.of("Prefer", "wait=5"), EVENT)).contains("NOT_SENT", "nothing was sent");
        assertThat(sent).isEmpty();
    }

    @Test
    void whatIsNoCloudEventIsNotSent() {
        assertThat(refused(Map.of("Content-Type", "text/plain"), EVENT)).contains("\"status\":415");
        assertThat(refused(Map.of(), "{}")).contains("\"status\":400", "INCOMPLETE", "Nothing was sent.");
        assertThat(refused(Map.of(), " ".repeat(ApiRequestValidator.MAX_BODY_BYTES + 1)))
                .contains("\"status\":413");
        assertThat(sent).isEmpty();
    }

    @Test
    void aForeignOriginCannotSendCommands() {
        assertThat(refused(Map.of("Origin", "http://evil.example"), EVENT)).contains("OTHER_ORIGIN");
        assertThat(sent).isEmpty();
    }

    @Test
    void aBoardThatTakesNoCommandsSaysSo() {
        ProblemException problem = catchThrowableOfType(ProblemException.class, () -> resource(Map.of())
                .send(headers(Map.of()), new Plain(), EVENT.getBytes(UTF_8)));

        assertThat(String.valueOf(problem.getResponse().getEntity())).contains("READ_ONLY");
    }

    private Response send(Map<String, String> headers, String body) {
        return resource(Map.of("lockstep.board.commands", "true"))
                .send(headers(headers), new Plain(), body.getBytes(UTF_8))
                .await()
                .atMost(PATIENCE);
    }

    private String refused(Map<String, String> headers, String body) {
        ProblemException problem = catchThrowableOfType(ProblemException.class, () -> send(headers, body));
        return String.valueOf(problem.getResponse().getEntity());
    }

    private static HttpHeadersImpl headers(Map<String, String> more) {
        Map<String, String> all = new TreeMap<>(Map.of("Host", "localhost", "Content-Type", HttpCommand.STRUCTURED));
        all.putAll(more);
        return new HttpHeadersImpl(all.entrySet());
    }

    private CommandsResource resource(Map<String, String> given) {
        Settings settings = TestSettings.with(given);
        CommandSender sender = new CommandSender(settings, Map.of()) {
            @Override
            Uni<Void> send(String application, Iterable<Header> headers, byte[] value) {
                sent.add(application + ' ' + new String(value, UTF_8));
                return taken;
            }
        };
        ResultWaiter resultWaiter = new ResultWaiter(settings, Map.of()) {
            @Override
            CompletableFuture<Void> startReading() {
                return reading;
            }

            @Override
            CompletableFuture<String> awaitResult(HttpCommand command, int seconds) {
                waited = seconds;
                return CompletableFuture.completedFuture(result);
            }
        };
        return new CommandsResource(
                settings, sender, resultWaiter, new CommandRequestGuard(new AllowedHosts(settings), System::nanoTime));
    }

    /** Without TLS and without a user. */
    private static final class Plain implements SecurityContext {
        @Override
        public Principal getUserPrincipal() {
            return null;
        }

        @Override
        public boolean isUserInRole(String role) {
            return false;
        }

        @Override
        public boolean isSecure() {
            return false;
        }

        @Override
        public String getAuthenticationScheme() {
            return null;
        }
    }
}
