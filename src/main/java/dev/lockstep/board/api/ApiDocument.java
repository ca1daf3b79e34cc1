package dev.lockstep.board.api;

import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What answers have in common, for the OpenAPI document alone. */
final class ApiDocument {

    private ApiDocument() {}

    /** A page of a list. */
    @Schema(name = "Page")
    record Page(
            @Schema(description = "docs/board.md says what they are")
            List<Map<String, Object>> items,

            @Schema(description = "The cursor of the next page, null on the last one", nullable = true)
            String next) {}

    /** RFC 9457. */
    @Schema(name = "Problem")
    record ProblemBody(
            String type,
            String title,
            int status,

            @Schema(description = "In a sentence, for people")
            String detail,

            @Schema(description = "For programs") String code) {}
}
