package dev.lockstep.board.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockstep.config.Settings;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.openapi.annotations.Operation;

/** What a page must know before anything else. */
@Path("/api/info")
public class InfoResource {

    private final Settings settings;
    private final String version;

    InfoResource(Settings settings, @ConfigProperty(name = "quarkus.application.version") String version) {
        this.settings = settings;
        this.version = version;
    }

    @GET
    @Operation(summary = "What a client must know before anything else.")
    public ObjectNode info() {
        return ResponseFactory.JSON
                .createObjectNode()
                .put("version", version)
                .put("source", settings.source())
                .put("commands", settings.board().commands());
    }
}
