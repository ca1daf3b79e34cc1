package dev.lockstep.board.api;

import io.quarkus.smallrye.openapi.OpenApiFilter;
import java.math.BigDecimal;
import java.util.List;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.media.Content;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.media.Schema.SchemaType;
import org.eclipse.microprofile.openapi.models.parameters.Parameter;
import org.eclipse.microprofile.openapi.models.responses.APIResponse;

/** What all answers of the API have in common, told once in its OpenAPI document: lists are pages, and what is wrong is a problem. */
@OpenApiFilter(stages = OpenApiFilter.RunStage.BUILD)
public final class ApiDocument implements OASFilter {

    private static final String API = "/api/";
    private static final String LIMIT = "limit";

    @Override
    public void filterOpenAPI(OpenAPI document) {
        document.getPaths().getPathItems().forEach((path, item) -> {
            if (path.startsWith(API) && item.getGET() != null) {
                describe(item.getGET());
            }
        });
    }

    private static void describe(Operation operation) {
        List<Parameter> parameters = operation.getParameters() == null ? List.of() : operation.getParameters();
        parameters.stream()
                .filter(one -> one.getName().equals(LIMIT))
                .forEach(limit -> limit.setSchema(OASFactory.createSchema()
                        .addType(SchemaType.INTEGER)
                        .minimum(BigDecimal.ONE)
                        .maximum(BigDecimal.valueOf(Limit.MOST))
                        .defaultValue(Limit.DEFAULT)));
        boolean isList = parameters.stream().anyMatch(one -> one.getName().equals(LIMIT));
        APIResponse good = operation.getResponses().getAPIResponse("200");
        if (good == null || good.getContent() == null) {
            operation
                    .getResponses()
                    .addAPIResponse(
                            "200",
                            isList ? response("A page", pages()) : response("As docs/board.md has it", json(object())));
        }
        operation
                .getResponses()
                .addAPIResponse("default", response("What is wrong", content("application/problem+json", problem())));
    }

    private static Content pages() {
        Schema page = object().addProperty(
                        "items",
                        OASFactory.createSchema()
                                .addType(SchemaType.ARRAY)
                                .items(object())
                                .description("docs/board.md says what they are"))
                .addProperty(
                        "next",
                        text().addType(SchemaType.NULL).description("The cursor of the next page, null on the last"));
        return json(page)
                .addMediaType("application/jsonl", OASFactory.createMediaType().schema(text()))
                .addMediaType(Csv.TYPE, OASFactory.createMediaType().schema(text()));
    }

    /** RFC 9457. */
    private static Schema problem() {
        return object().addProperty("type", text())
                .addProperty("title", text())
                .addProperty("status", OASFactory.createSchema().addType(SchemaType.INTEGER))
                .addProperty("detail", text().description("In a sentence, for people"))
                .addProperty("code", text().description("For programs"));
    }

    private static APIResponse response(String description, Content content) {
        return OASFactory.createAPIResponse().description(description).content(content);
    }

    private static Content json(Schema schema) {
        return content("application/json", schema);
    }

    private static Content content(String type, Schema schema) {
        return OASFactory.createContent()
                .addMediaType(type, OASFactory.createMediaType().schema(schema));
    }

    private static Schema object() {
        return OASFactory.createSchema().addType(SchemaType.OBJECT);
    }

    private static Schema text() {
        return OASFactory.createSchema().addType(SchemaType.STRING);
    }
}
