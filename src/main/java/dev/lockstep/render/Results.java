package dev.lockstep.render;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.lockstep.batch.OutgoingRecord;
import dev.lockstep.domain.Decision;
import dev.lockstep.domain.LockReason;
import dev.lockstep.domain.RefusalCode;
import dev.lockstep.domain.Remedy;
import dev.lockstep.wire.Topics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.kafka.common.header.Header;

/** The one outcome of a command, and the problem of a refused one (contract, section 4). */
public final class Results {

    private static final String ACCEPTED = "dev.lockstep.command.accepted.v1";
    private static final String REJECTED = "dev.lockstep.command.rejected.v1";

    /** Four times the longest application. A key may be as long as a record, and a result must fit into its topic. */
    private static final int FOREIGN_KEY_BYTES = 256;

    private final Topics topics;
    private final Header source;

    /** @param source the {@code ce_source} of everything that goes out */
    public Results(Topics topics, String source) {
        this.topics = topics;
        this.source = CloudEventHeaders.source(source);
    }

    /**
     * Where a result goes.
     *
     * @param id see {@link CommandContext#resultId}
     * @param application null when the command's is not well formed
     * @param key the record key: the application, else the command's own, or null
     * @param partition the application's home, else that of the command's record
     */
    public record Address(String id, String application, byte[] key, int partition) {}

    /**
     * @param deployment the id of the deployment that was made, or null
     * @param problem as of {@link #problem}, or null when the command was accepted
     */
    public OutgoingRecord result(
            CommandContext cause,
            Address address,
            boolean duplicate,
            long revision,
            String deployment,
            String problem) {
        byte[] value = JsonWriter.object(json -> {
            json.writeStringField("commandId", cause.commandId());
            json.writeStringField("commandSource", cause.commandSource());
            json.writeStringField("commandType", cause.commandType());
            JsonWriter.text(json, "application", address.application());
            json.writeStringField("outcome", problem == null ? "accepted" : "rejected");
            json.writeBooleanField("duplicate", duplicate);
            json.writeNumberField("revision", revision);
            JsonWriter.optional(json, "deployment", deployment);
            if (problem != null) {
                json.writeFieldName("problem");
                json.writeRawValue(problem);
            }
        });
        return new OutgoingRecord(
                topics.results(),
                address.partition(),
                address.key(),
                value,
                CloudEventHeaders.of(
                        address.id(),
                        source,
                        problem == null ? ACCEPTED : REJECTED,
                        address.application(),
                        address.application(),
                        -1,
                        cause),
                null);
    }

    /** What a result has of a key that names no application; may be null. */
    public static byte[] foreignKey(byte[] key) {
        return key == null || key.length <= FOREIGN_KEY_BYTES ? key : Arrays.copyOf(key, FOREIGN_KEY_BYTES);
    }

    /** A refusal by the rules as a problem of RFC 9457, in JSON. */
    public static String problem(Decision.Rejected refusal) {
        return problem(refusal.code(), refusal.detail(), json -> {
            Remedy remedy = refusal.remedy();
            violations(json, remedy.violations());
            if (!remedy.lockReasons().isEmpty()) {
                lockReasons(json, remedy.lockReasons());
            }
            if (remedy.currentRevision() != null) {
                json.writeNumberField("currentRevision", remedy.currentRevision());
            }
            JsonWriter.optional(json, "requiredEnvironment", remedy.requiredEnvironment());
            ids(json, "requiredEnvironments", remedy.requiredEnvironments());
            ids(json, "environments", remedy.environments());
            ids(json, "currentEnvironments", remedy.currentEnvironments());
        });
    }

    /** A refusal of a command that the rules never saw. */
    public static String problem(RefusalCode code, String detail, List<Remedy.Violation> violations) {
        return problem(code, detail, json -> violations(json, violations));
    }

    private static void violations(JsonGenerator json, List<Remedy.Violation> violations) throws IOException {
        if (violations.isEmpty()) {
            return;
        }
        json.writeArrayFieldStart("violations");
        for (Remedy.Violation violation : violations) {
            json.writeStartObject();
            json.writeStringField("pointer", violation.pointer());
            json.writeStringField("message", violation.message());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void ids(JsonGenerator json, String name, List<String> idsOrNull) throws IOException {
        if (idsOrNull != null) {
            JsonWriter.texts(json, name, idsOrNull);
        }
    }

    static void lockReasons(JsonGenerator json, List<LockReason> reasons) throws IOException {
        json.writeArrayFieldStart("lockReasons");
        for (LockReason reason : reasons) {
            json.writeStartObject();
            json.writeStringField("code", reason.code());
            json.writeStringField("environment", reason.environment());
            json.writeStringField("deployment", reason.deployment());
            JsonWriter.time(json, "since", reason.since());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static String problem(RefusalCode code, String detail, JsonWriter.Body extras) {
        byte[] bytes = JsonWriter.object(json -> {
            json.writeStringField(
                    "type",
                    "urn:lockstep:problem:"
                            + code.name().toLowerCase(Locale.ROOT).replace('_', '-'));
            json.writeStringField("title", code.title());
            json.writeStringField("detail", detail);
            json.writeStringField("code", code.name());
            extras.write(json);
        });
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
