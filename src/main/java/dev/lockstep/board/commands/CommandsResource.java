package dev.lockstep.board.commands;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.lockstep.board.api.ApiRequestValidator;
import dev.lockstep.board.api.ProblemException;
import dev.lockstep.config.Settings;
import io.smallrye.common.annotation.NonBlocking;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.eclipse.microprofile.openapi.annotations.Operation;

/**
 * Accepts commands over HTTP and sends them to their topic (CloudEvents HTTP binding). There is no authentication: anyone who
 * can reach this resource may send any command.
 */
@Path("/api/commands")
public class CommandsResource {

    private static final Duration SEND_TIMEOUT = Duration.ofSeconds(10);
    private static final int MAX_WAIT_SECONDS = 30;

    private final Settings settings;
    private final CommandSender sender;
    private final ResultWaiter resultWaiter;
    private final CommandRequestGuard guard;

    CommandsResource(Settings settings, CommandSender sender, ResultWaiter resultWaiter, CommandRequestGuard guard) {
        this.settings = settings;
        this.sender = sender;
        this.resultWaiter = resultWaiter;
        this.guard = guard;
    }

    /** A body that arrives slowly occupies no thread; sending may block, so it runs on a thread of the pool. */
    @POST
    @NonBlocking
    @Operation(summary = "Sends a command, and waits for its result if the client prefers that.")
    public Uni<Response> send(@Context HttpHeaders request, @Context SecurityContext security, byte[] body) {
        if (!settings.board().commands()) {
            throw ProblemException.of(
                    403, "READ_ONLY", "This board does not accept commands (lockstep.board.commands is false).");
        }
        guard.check(request, security.isSecure());
        boolean isStructured = isStructured(request.getMediaType());
        if (body.length > ApiRequestValidator.MAX_BODY_BYTES) {
            throw ProblemException.of(
                    413, "TOO_LARGE", "A command may have up to " + ApiRequestValidator.MAX_BODY_BYTES + " bytes.");
        }
        HttpCommand command = parseCommand(request, isStructured, body);
        int seconds = Math.min(PreferHeader.waitSeconds(request.getHeaderString("Prefer")), MAX_WAIT_SECONDS);
        return Uni.createFrom()
                .deferred(() -> seconds == 0 ? sendAndAcknowledge(command) : sendAndWait(command, seconds))
                .runSubscriptionOn(Infrastructure.getDefaultWorkerPool());
    }

    private static boolean isStructured(MediaType type) {
        String name = type == null ? "" : type.getType() + '/' + type.getSubtype();
        if (name.equalsIgnoreCase(HttpCommand.STRUCTURED)) {
            return true;
        }
        if (name.equalsIgnoreCase(MediaType.APPLICATION_JSON)) {
            return false;
        }
        throw ProblemException.of(
                415,
                "NO_CLOUD_EVENT",
                "A command is a CloudEvent: " + HttpCommand.STRUCTURED + ", or application/json with ce- headers.");
    }

    private static HttpCommand parseCommand(HttpHeaders request, boolean isStructured, byte[] body) {
        try {
            return HttpCommand.parse(request, isStructured, body);
        } catch (HttpCommand.InvalidCommandException e) {
            throw ProblemException.of(400, "INCOMPLETE", e.getMessage() + " Nothing was sent.");
        }
    }

    private Uni<Response> sendAndAcknowledge(HttpCommand command) {
        return sender.send(command.application(), command.headers(), command.value())
                .ifNoItem()
                .after(SEND_TIMEOUT)
                .fail()
                .onFailure()
                .transform(
                        unknown -> ProblemException.of(
                                503,
                                "NOT_TAKEN",
                                "Kafka did not accept the command, or did not confirm it in time: send it again with the same id."))
                .map(taken -> Response.accepted(JsonNodeFactory.instance
                                .objectNode()
                                .put("id", command.id())
                                .put("source", command.source())
                                .toString())
                        .type(MediaType.APPLICATION_JSON)
                        .build());
    }

    private Uni<Response> sendAndWait(HttpCommand command, int seconds) {
        return Uni.createFrom()
                .completionStage(resultWaiter::startReading)
                .ifNoItem()
                .after(SEND_TIMEOUT)
                .fail()
                .onFailure()
                .transform(silent -> ProblemException.of(503, "NOT_SENT", "Kafka is not responding: nothing was sent."))
                .emitOn(
                        Infrastructure
                                .getDefaultWorkerPool()) // sending may block, and the current thread reads the results
                .chain(() -> {
                    CompletableFuture<String> outcome = resultWaiter.awaitResult(command, seconds);
                    return sendAndAcknowledge(command)
                            .onFailure()
                            .invoke(unsent ->
                                    outcome.cancel(false)) // a late result belongs to the next request with this id
                            .chain(sent -> Uni.createFrom()
                                    .completionStage(outcome)
                                    .map(result -> result == null ? sent : answer(result, seconds)));
                });
    }

    private static Response answer(String result, int seconds) {
        return Response.ok(result, MediaType.APPLICATION_JSON)
                .header("Preference-Applied", "wait=" + seconds)
                .build();
    }
}
