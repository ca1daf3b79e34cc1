package dev.lockstep.board.api;

import io.quarkus.smallrye.openapi.OpenApiFilter;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.media.Content;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.media.Schema.SchemaType;
import org.eclipse.microprofile.openapi.models.parameters.Parameter;
import org.eclipse.microprofile.openapi.models.responses.APIResponse;
import org.eclipse.microprofile.openapi.models.responses.APIResponses;

/** Adds each resource's responses to the API's OpenAPI document, as META-INF/openapi.yaml describes them. */
@OpenApiFilter(stages = OpenApiFilter.RunStage.BUILD)
public final class ApiDocumentFilter implements OASFilter {

    private static final String API = "/api/";
    private static final String COMMANDS = API + "commands";
    private static final String LIMIT = "limit";
    private static final String CURSOR = "cursor";
    private static final String SCHEMAS = "#/components/schemas/";

    /** The schema of the items on the pages of a list. */
    private static final Map<String, String> ITEM_SCHEMAS = Map.of(
            "/api/overview", "OverviewRow",
            "/api/applications/{application}/releases", "Release",
            "/api/applications/{application}/deployments", "Deployment",
            "/api/activity", "Activity",
            "/api/at", "Ran",
            "/api/where", "Found");

    /** The schema of responses that are a single object. */
    private static final Map<String, String> OBJECT_SCHEMAS = Map.of(
            "/api/info", "Info",
            "/api/applications/{application}", "Application",
            "/api/applications/{application}/releases/{release}", "Release",
            "/api/diff", "Difference");

    /** What pages have besides items. */
    private static final Map<String, Map<String, Schema>> EXTRA_PROPERTIES = Map.of(
            "/api/overview", Map.of("counts", reference("OverviewCounts")),
            "/api/at", Map.of("time", text().format("date-time")));

    @Override
    public void filterOpenAPI(OpenAPI document) {
        document.getPaths().getPathItems().forEach((path, item) -> {
            if (path.startsWith(API) && item.getGET() != null) {
                describe(path, item.getGET());
            }
        });
        command(document.getPaths().getPathItem(COMMANDS).getPOST());
    }

    private static void describe(String path, Operation operation) {
        for (Parameter one : parameters(operation)) {
            if (one.getName().equals(LIMIT)) {
                one.description("The number of items on a page")
                        .setSchema(OASFactory.createSchema()
                                .addType(SchemaType.INTEGER)
                                .minimum(BigDecimal.ONE)
                                .maximum(BigDecimal.valueOf(PageLimit.MAX))
                                .defaultValue(PageLimit.DEFAULT));
            } else if (one.getName().equals(CURSOR)) {
                one.setDescription("The \"next\" value of the previous page");
            }
        }
        APIResponses responses = operation.getResponses();
        if (ITEM_SCHEMAS.containsKey(path)) {
            responses.addAPIResponse("200", response("A page", pages(path)));
        } else if (OBJECT_SCHEMAS.containsKey(path)) {
            responses.addAPIResponse("200", response("The requested data", json(reference(OBJECT_SCHEMAS.get(path)))));
        }
        responses.addAPIResponse("default", OASFactory.createAPIResponse().ref("Problem"));
    }

    private static List<Parameter> parameters(Operation operation) {
        return operation.getParameters() == null ? List.of() : operation.getParameters();
    }

    private static Content pages(String path) {
        Schema page = OASFactory.createSchema()
                .addType(SchemaType.OBJECT)
                .addProperty(
                        "items",
                        OASFactory.createSchema().addType(SchemaType.ARRAY).items(reference(ITEM_SCHEMAS.get(path))))
                .addProperty("next", reference("Next"));
        EXTRA_PROPERTIES.getOrDefault(path, Map.of()).forEach(page::addProperty);
        return json(page)
                .addMediaType("application/jsonl", OASFactory.createMediaType().schema(text()))
                .addMediaType(Csv.TYPE, OASFactory.createMediaType().schema(text()));
    }

    private static void command(Operation operation) {
        operation.setParameters(List.of("Prefer", "CeId", "CeSource", "CeType", "CeSpecversion").stream()
                .map(name -> OASFactory.createParameter().ref(name))
                .toList());
        operation.setRequestBody(OASFactory.createRequestBody().ref("Command"));
        operation.setResponses(OASFactory.createAPIResponses()
                .addAPIResponse("200", OASFactory.createAPIResponse().ref("Result"))
                .addAPIResponse("202", OASFactory.createAPIResponse().ref("Taken"))
                .addAPIResponse("default", OASFactory.createAPIResponse().ref("Problem")));
    }

    private static APIResponse response(String description, Content content) {
        return OASFactory.createAPIResponse().description(description).content(content);
    }

    private static Content json(Schema schema) {
        return OASFactory.createContent()
                .addMediaType("application/json", OASFactory.createMediaType().schema(schema));
    }

    private static Schema reference(String name) {
        return OASFactory.createSchema().ref(SCHEMAS + name);
    }

    private static Schema text() {
        return OASFactory.createSchema().addType(SchemaType.STRING);
    }
}
