package dev.lockstep.render;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.lockstep.batch.OutgoingRecord;
import dev.lockstep.domain.Application;
import dev.lockstep.domain.Decision;
import dev.lockstep.domain.ProblemExtension;
import dev.lockstep.domain.common.Actor;
import dev.lockstep.domain.common.DecisionContext;
import dev.lockstep.domain.common.NameFormat;
import dev.lockstep.domain.common.RejectionCode;
import dev.lockstep.domain.common.Violation;
import dev.lockstep.domain.deployment.Blocker;
import dev.lockstep.domain.deployment.Deployment;
import dev.lockstep.domain.deployment.Environment;
import dev.lockstep.domain.release.LockReason;
import dev.lockstep.wire.Topics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.kafka.common.header.Header;

/** The result record of a command, with the problem details of a rejection (contract, section 4). */
public final class Results {

    private static final String ACCEPTED = "dev.lockstep.command.accepted.v1";
    private static final String SUCCEEDED_STATUS_JSON = "\"deploymentStatus\":\"succeeded\"";
    private static final String REJECTED = "dev.lockstep.command.rejected.v1";

    /** Four times the longest application. A key may be as large as a record, and a result must fit into its topic. */
    private static final int MAX_ECHOED_KEY_BYTES = 256;

    private final Topics topics;
    private final Header source;

    /** @param source the {@code ce_source} of everything that is published */
    public Results(Topics topics, String source) {
        this.topics = topics;
        this.source = CloudEventHeaders.source(source);
    }

    /**
     * Where a result goes.
     *
     * @param id see {@link Cause#resultId}
     * @param application null if the command's is malformed
     * @param key the record key: the application, else the command's own, or null
     * @param partition the application's home, else that of the command's record
     */
    public record ResultTarget(String id, String application, byte[] key, int partition) {}

    /**
     * The result of a command.
     *
     * @param revision the application's revision
     * @param deployment the id of the deployment that it created or is about, or null
     * @param deploymentStatusJson as of {@link #deploymentStatusJson}, null for a deployment that succeeded
     * @param problem as of {@link #problem}, or null when the command was accepted
     */
    public record ResultBody(
            boolean isDuplicate,
            boolean isDryRun,
            long revision,
            String deployment,
            String deploymentStatusJson,
            String problem) {

        public static ResultBody rejected(boolean isDryRun, long revision, String problemJson) {
            return new ResultBody(false, isDryRun, revision, null, null, problemJson);
        }
    }

    public OutgoingRecord result(Cause cause, ResultTarget target, ResultBody body) {
        String problemJson = body.problem();
        byte[] value = JsonWriter.object(json -> {
            json.writeStringField("commandId", cause.commandId());
            json.writeStringField("commandSource", cause.commandSource());
            json.writeStringField("commandType", cause.commandType());
            JsonWriter.writeTextOrNull(json, "application", target.application());
            json.writeStringField("outcome", problemJson == null ? "accepted" : "rejected");
            json.writeBooleanField("duplicate", body.isDuplicate());
            if (body.isDryRun()) {
                json.writeBooleanField("dryRun", true);
            }
            json.writeNumberField("revision", body.revision());
            if (body.deployment() != null) {
                json.writeStringField("deployment", body.deployment());
                json.writeRaw(","
                        + (body.deploymentStatusJson() == null ? SUCCEEDED_STATUS_JSON : body.deploymentStatusJson()));
            }
            JsonWriter.writeTextIfPresent(json, "release", cause.release());
            JsonWriter.writeTextIfPresent(json, "environment", cause.environment());
            JsonWriter.writeTextIfPresent(
                    json, "actor", Actor.nameOf(cause.attribution().actor()));
            JsonWriter.writeTextIfPresent(json, "reason", cause.attribution().reason());
            if (problemJson != null) {
                json.writeFieldName("problem");
                json.writeRawValue(problemJson);
            }
        });
        return new OutgoingRecord(
                topics.results(),
                target.partition(),
                target.key(),
                value,
                CloudEventHeaders.of(
                        target.id(),
                        source,
                        problemJson == null ? ACCEPTED : REJECTED,
                        target.application(),
                        target.application(),
                        -1,
                        cause.headers()),
                null);
    }

    /**
     * The status of a deployment as JSON members; remembered as first published.
     *
     * @return null for a deployment that succeeded
     */
    public static String deploymentStatusJson(Application application, String deployment, DecisionContext context) {
        Deployment onItsWay = application.unfinishedDeployment(deployment);
        Deployment.EndedSummary endedSummary = application.endedDeployment(deployment);
        Deployment.Status status = onItsWay != null
                ? onItsWay.outcome().status()
                : endedSummary != null ? endedSummary.status() : Deployment.Status.SUCCEEDED;
        if (status == Deployment.Status.SUCCEEDED) {
            return null;
        }
        byte[] object = JsonWriter.object(json -> {
            json.writeStringField("deploymentStatus", NameFormat.wireName(status));
            if (onItsWay instanceof Deployment.Waiting waiting) {
                Environment environment =
                        application.environment(waiting.request().environment());
                DeploymentJson.writeBlockedBy(json, application.blockedBy(environment, waiting, context));
            }
        });
        return new String(object, 1, object.length - 2, StandardCharsets.UTF_8);
    }

    /** As much of a key that names no application as the result repeats; may be null. */
    public static byte[] truncatedKey(byte[] key) {
        return key == null || key.length <= MAX_ECHOED_KEY_BYTES ? key : Arrays.copyOf(key, MAX_ECHOED_KEY_BYTES);
    }

    /** A rejection by the rules as an RFC 9457 problem, in JSON. */
    public static String problem(Decision.Rejected rejection) {
        return problem(
                rejection.code(), rejection.detail(), rejection.extension().accept(EXTENSION_JSON));
    }

    private static final ProblemExtension.Visitor<JsonWriter.Body> EXTENSION_JSON = new ProblemExtension.Visitor<>() {
        @Override
        public JsonWriter.Body none() {
            return json -> {};
        }

        @Override
        public JsonWriter.Body violations(List<Violation> violations) {
            return json -> Results.writeViolations(json, violations);
        }

        @Override
        public JsonWriter.Body lockReasons(List<LockReason> reasons) {
            return json -> Results.writeLockReasons(json, reasons);
        }

        @Override
        public JsonWriter.Body currentRevision(long revision) {
            return json -> json.writeNumberField("currentRevision", revision);
        }

        @Override
        public JsonWriter.Body requiredEnvironments(ProblemExtension.RequiredEnvironments required) {
            return json -> {
                json.writeStringField("requiredEnvironment", required.environment());
                JsonWriter.writeTexts(json, "requiredEnvironments", required.environments());
            };
        }

        @Override
        public JsonWriter.Body environments(List<String> environments) {
            return json -> JsonWriter.writeTexts(json, "environments", environments);
        }

        @Override
        public JsonWriter.Body currentEnvironments(List<String> environments) {
            return json -> JsonWriter.writeTexts(json, "currentEnvironments", environments);
        }

        @Override
        public JsonWriter.Body conflictingDeployment(String id) {
            return json -> json.writeStringField("deployment", id);
        }

        @Override
        public JsonWriter.Body endedDeployment(Deployment.EndedSummary deployment) {
            return json -> Results.writeEnded(json, deployment);
        }

        @Override
        public JsonWriter.Body blockedBy(List<Blocker> blockers) {
            return json -> DeploymentJson.writeBlockedBy(json, blockers);
        }
    };

    private static void writeEnded(JsonGenerator json, Deployment.EndedSummary endedSummary) throws IOException {
        json.writeStringField("deploymentStatus", NameFormat.wireName(endedSummary.status()));
        JsonWriter.writeTextOrNull(
                json,
                "failureKind",
                endedSummary.failureKind() == null ? null : NameFormat.wireName(endedSummary.failureKind()));
        JsonWriter.writeTime(json, "finishedAt", endedSummary.finishedAt());
    }

    /** A rejection of a command that the rules never saw. */
    public static String problem(RejectionCode code, String detail, List<Violation> violations) {
        return problem(code, detail, json -> writeViolations(json, violations));
    }

    private static void writeViolations(JsonGenerator json, List<Violation> violations) throws IOException {
        if (violations.isEmpty()) {
            return;
        }
        json.writeArrayFieldStart("violations");
        for (Violation violation : violations) {
            json.writeStartObject();
            json.writeStringField("pointer", violation.pointer());
            json.writeStringField("message", violation.message());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    static void writeLockReasons(JsonGenerator json, List<LockReason> reasons) throws IOException {
        json.writeArrayFieldStart("lockReasons");
        for (LockReason reason : reasons) {
            json.writeStartObject();
            json.writeStringField("code", reason.code().name());
            json.writeStringField("environment", reason.environment());
            json.writeStringField("deployment", reason.deployment());
            JsonWriter.writeTime(json, "since", reason.since());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static String problem(RejectionCode code, String detail, JsonWriter.Body extras) {
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
