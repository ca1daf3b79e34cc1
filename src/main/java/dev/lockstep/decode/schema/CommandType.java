package dev.lockstep.decode.schema;

import static dev.lockstep.decode.schema.Field.clearable;
import static dev.lockstep.decode.schema.Field.optional;
import static dev.lockstep.decode.schema.Field.required;

import com.fasterxml.jackson.core.JsonParser;
import dev.lockstep.domain.Command;
import dev.lockstep.domain.Command.AnnotateRelease;
import dev.lockstep.domain.Command.ArchiveApplication;
import dev.lockstep.domain.Command.CancelDeployment;
import dev.lockstep.domain.Command.CommonFields;
import dev.lockstep.domain.Command.ConfigureEnvironment;
import dev.lockstep.domain.Command.CreateRelease;
import dev.lockstep.domain.Command.DefinePipeline;
import dev.lockstep.domain.Command.DeleteRelease;
import dev.lockstep.domain.Command.DeployRelease;
import dev.lockstep.domain.Command.ExpectedRevisions;
import dev.lockstep.domain.Command.RedeployEnvironment;
import dev.lockstep.domain.Command.ReportDeployment;
import dev.lockstep.domain.Command.ReportedStatus;
import dev.lockstep.domain.Command.RollBackEnvironment;
import dev.lockstep.domain.Command.SetReleaseArchived;
import dev.lockstep.domain.Command.StartOptions;
import dev.lockstep.domain.Command.UnarchiveApplication;
import dev.lockstep.domain.Command.UndeployRelease;
import dev.lockstep.domain.Command.UpdateApplication;
import dev.lockstep.domain.Command.UpdateRelease;
import dev.lockstep.domain.KeepPolicy;
import dev.lockstep.domain.common.Attribution;
import dev.lockstep.domain.deployment.Deployment.Report;
import dev.lockstep.domain.pipeline.Policy;
import dev.lockstep.domain.pipeline.PolicyChange;
import dev.lockstep.domain.pipeline.StageDefinition;
import dev.lockstep.domain.release.Source;
import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Every command this version knows, with the fields its data may have (contract, section 3). */
public enum CommandType {
    RELEASE_CREATE(
            "release.create",
            List.of(
                    required("release", FieldRules.RELEASE),
                    required("title", FieldRules.TITLE_UNLESS_RESENT),
                    optional("description", FieldRules.LONG_TEXT_UNLESS_RESENT),
                    optional("artifactId", FieldRules.PURL),
                    optional("source", FieldRules.SOURCE),
                    optional("chainId", FieldRules.SHORT_TEXT_UNLESS_RESENT),
                    optional("labels", FieldRules.LABELS)),
            List.of(),
            (data, common) -> new CreateRelease(
                    common,
                    data.text("release"),
                    data.text("title"),
                    data.text("description"),
                    data.text("artifactId"),
                    data.nested("source", CommandType::source),
                    data.text("chainId"),
                    labels(data))),

    RELEASE_UPDATE(
            "release.update",
            List.of(
                    required("release", FieldRules.RELEASE),
                    optional("title", FieldRules.TITLE_UNLESS_RESENT),
                    clearable("description", FieldRules.LONG_TEXT_UNLESS_RESENT),
                    clearable("artifactId", FieldRules.PURL),
                    clearable("source", FieldRules.SOURCE),
                    FieldRules.EXPECTED_RELEASE_REVISION),
            List.of("title", "description", "artifactId", "source"),
            (data, common) -> new UpdateRelease(
                    common,
                    data.text("release"),
                    data.text("title"),
                    data.textChange("description"),
                    data.textChange("artifactId"),
                    data.nestedChange("source", CommandType::source))),

    RELEASE_ANNOTATE(
            "release.annotate",
            List.of(
                    required("release", FieldRules.RELEASE),
                    clearable("notes", FieldRules.LONG_TEXT),
                    optional("labels", FieldRules.LABEL_CHANGES),
                    FieldRules.EXPECTED_RELEASE_REVISION),
            List.of("notes", "labels"),
            (data, common) ->
                    new AnnotateRelease(common, data.text("release"), data.textChange("notes"), labels(data))),

    RELEASE_DEPLOY(
            "release.deploy",
            List.of(
                    required("release", FieldRules.RELEASE),
                    optional("environment", FieldRules.ENVIRONMENT),
                    optional("from", FieldRules.ENVIRONMENT),
                    FieldRules.NOT_BEFORE,
                    FieldRules.EXPIRES_AT,
                    FieldRules.IF_BLOCKED,
                    FieldRules.EXPECTED_RELEASE_REVISION,
                    FieldRules.EXPECTED_ENVIRONMENT_REVISION),
            List.of(),
            (data, common) -> new DeployRelease(
                    common, data.text("release"), data.text("environment"), data.text("from"), startOptions(data))),

    RELEASE_DELETE(
            "release.delete",
            List.of(required("release", FieldRules.RELEASE), FieldRules.EXPECTED_RELEASE_REVISION),
            List.of(),
            (data, common) -> new DeleteRelease(common, data.text("release"))),

    RELEASE_ARCHIVE(
            "release.archive",
            List.of(required("release", FieldRules.RELEASE), FieldRules.EXPECTED_RELEASE_REVISION),
            List.of(),
            (data, common) -> new SetReleaseArchived(common, data.text("release"), true)),

    RELEASE_UNARCHIVE(
            "release.unarchive",
            List.of(required("release", FieldRules.RELEASE), FieldRules.EXPECTED_RELEASE_REVISION),
            List.of(),
            (data, common) -> new SetReleaseArchived(common, data.text("release"), false)),

    RELEASE_UNDEPLOY(
            "release.undeploy",
            List.of(
                    required("environment", FieldRules.ENVIRONMENT),
                    FieldRules.NOT_BEFORE,
                    FieldRules.EXPIRES_AT,
                    FieldRules.IF_BLOCKED,
                    FieldRules.EXPECTED_ENVIRONMENT_REVISION),
            List.of(),
            (data, common) -> new UndeployRelease(common, data.text("environment"), startOptions(data))),

    ENVIRONMENT_ROLLBACK(
            "environment.rollback",
            List.of(
                    required("environment", FieldRules.ENVIRONMENT),
                    optional("release", FieldRules.RELEASE),
                    FieldRules.NOT_BEFORE,
                    FieldRules.EXPIRES_AT,
                    FieldRules.IF_BLOCKED,
                    FieldRules.EXPECTED_RELEASE_REVISION,
                    FieldRules.EXPECTED_ENVIRONMENT_REVISION),
            List.of(),
            (data, common) -> new RollBackEnvironment(
                    common, data.text("environment"), data.text("release"), startOptions(data))),

    ENVIRONMENT_REDEPLOY(
            "environment.redeploy",
            List.of(
                    required("environment", FieldRules.ENVIRONMENT),
                    optional("release", FieldRules.RELEASE),
                    FieldRules.NOT_BEFORE,
                    FieldRules.EXPIRES_AT,
                    FieldRules.IF_BLOCKED,
                    FieldRules.EXPECTED_RELEASE_REVISION,
                    FieldRules.EXPECTED_ENVIRONMENT_REVISION),
            List.of(),
            (data, common) -> new RedeployEnvironment(
                    common, data.text("environment"), data.text("release"), startOptions(data))),

    ENVIRONMENT_CONFIGURE(
            "environment.configure",
            List.of(
                    required("environment", FieldRules.ENVIRONMENT),
                    clearable("title", FieldRules.TITLE),
                    clearable("tier", FieldRules.TIER),
                    clearable("after", FieldRules.AFTER),
                    clearable("policy", FieldRules.POLICY),
                    FieldRules.EXPECTED_ENVIRONMENT_REVISION),
            List.of("title", "tier", "after", "policy"),
            (data, common) -> new ConfigureEnvironment(common, stage(data, "environment"))),

    DEPLOYMENT_REPORT(
            "deployment.report",
            List.of(
                    required("deployment", FieldRules.DEPLOYMENT),
                    required("status", FieldRules.REPORTED_STATUS),
                    optional("url", FieldRules.WEB_URL),
                    optional("message", FieldRules.LONG_TEXT),
                    optional("at", FieldRules.UTC_TIMESTAMP)),
            List.of(),
            (data, common) -> new ReportDeployment(
                    common,
                    data.text("deployment"),
                    data.enumValue("status", ReportedStatus.class),
                    new Report(data.text("url"), data.text("message"), data.instant("at")))),

    DEPLOYMENT_CANCEL(
            "deployment.cancel",
            List.of(required("deployment", FieldRules.DEPLOYMENT)),
            List.of(),
            (data, common) -> new CancelDeployment(common, data.text("deployment"))),

    PIPELINE_DEFINE(
            "pipeline.define",
            List.of(required("environments", FieldRules.STAGES), clearable("keep", FieldRules.KEEP)),
            List.of(),
            (data, common) -> new DefinePipeline(
                    common,
                    data.list("environments", stage -> stage(stage, "id")),
                    data.nestedChange("keep", CommandType::keep))),

    APPLICATION_UPDATE(
            "application.update",
            List.of(
                    clearable("title", FieldRules.TITLE),
                    clearable("description", FieldRules.LONG_TEXT),
                    clearable("owner", FieldRules.TITLE),
                    clearable("url", FieldRules.WEB_URL)),
            List.of("title", "description", "owner", "url"),
            (data, common) -> new UpdateApplication(
                    common,
                    data.textChange("title"),
                    data.textChange("description"),
                    data.textChange("owner"),
                    data.textChange("url"))),

    APPLICATION_ARCHIVE("application.archive", List.of(), List.of(), (data, common) -> new ArchiveApplication(common)),

    APPLICATION_UNARCHIVE(
            "application.unarchive", List.of(), List.of(), (data, common) -> new UnarchiveApplication(common));

    /** The prefix of every type. */
    static final String PREFIX = "dev.lockstep.";
    /** The one version this worker knows of each command. */
    static final String VERSION_SUFFIX = ".v1";

    private static final Map<String, CommandType> BY_NAME =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(CommandType::typeName, Function.identity()));

    private final String shortName;
    private final String typeName;
    private final ObjectSchema schema;
    private final BiFunction<ParsedObject, CommonFields, Command> factory;

    /** @param fields its own, apart from the {@code application} that it is about and those common to all commands */
    CommandType(
            String shortName,
            List<Field> fields,
            List<String> atLeastOneOf,
            BiFunction<ParsedObject, CommonFields, Command> factory) {
        this.shortName = shortName;
        this.typeName = PREFIX + shortName + VERSION_SUFFIX;
        this.schema = new ObjectSchema(
                Stream.of(List.of(required("application", FieldRules.APPLICATION)), fields, FieldRules.COMMON_FIELDS)
                        .flatMap(List::stream)
                        .toList(),
                atLeastOneOf);
        this.factory = factory;
    }

    /** The CloudEvents {@code type}, e.g. {@code dev.lockstep.release.create.v1}. */
    public String typeName() {
        return typeName;
    }

    /** The fields of {@code data}: the application, its own, and those common to all commands. */
    public ObjectSchema schema() {
        return schema;
    }

    /** The name without prefix and version, e.g. {@code release.create}. */
    String shortName() {
        return shortName;
    }

    /** @return the command of that CloudEvents type, or null if there is none */
    public static CommandType forTypeName(String type) {
        return BY_NAME.get(type);
    }

    /** @return what could be read, with violations reported; null if there is no object */
    public ParsedObject read(JsonParser json, Pointer at, Violations violations) throws IOException {
        ParsedObject data = schema.read(json, at, violations);
        if (data != null && schema.fields().contains(FieldRules.EXPIRES_AT)) {
            Instant notBefore = data.instant(FieldRules.NOT_BEFORE.name());
            Instant expiresAt = data.instant(FieldRules.EXPIRES_AT.name());
            if (notBefore != null && expiresAt != null && !expiresAt.isAfter(notBefore)) {
                violations.add(at.child(FieldRules.EXPIRES_AT.name()), "must be after notBefore");
            }
        }
        return data;
    }

    /** The fields that a result echoes, for a command whose type is unknown. */
    public static ObjectSchema echoedFieldsSchema() {
        return FieldRules.ECHOED_FIELDS;
    }

    /** @param data values without any violation */
    public Command toCommand(ParsedObject data, Attribution attribution) {
        return factory.apply(data, common(data, attribution));
    }

    private static CommonFields common(ParsedObject data, Attribution attribution) {
        return new CommonFields(
                data.text("application"),
                attribution,
                new ExpectedRevisions(
                        data.integer("expectedRevision"),
                        expected(data, FieldRules.EXPECTED_RELEASE_REVISION),
                        expected(data, FieldRules.EXPECTED_ENVIRONMENT_REVISION)),
                data.isTrue("dryRun"));
    }

    private static Long expected(ParsedObject data, Field revision) {
        return data.schema().fields().contains(revision) ? data.integer(revision.name()) : null;
    }

    private static StartOptions startOptions(ParsedObject data) {
        return new StartOptions(
                data.instant(FieldRules.NOT_BEFORE.name()),
                data.instant(FieldRules.EXPIRES_AT.name()),
                !"reject".equals(data.text(FieldRules.IF_BLOCKED.name())));
    }

    private static Map<String, String> labels(ParsedObject data) {
        Map<String, String> labels = data.stringMap("labels");
        return labels == null ? Map.of() : labels;
    }

    private static StageDefinition stage(ParsedObject stage, String id) {
        return new StageDefinition(
                stage.text(id),
                stage.textChange("title"),
                stage.textChange("tier"),
                stage.stringListChange("after"),
                stage.nestedChange("policy", CommandType::policy));
    }

    private static KeepPolicy keep(ParsedObject keep) {
        return new KeepPolicy(Math.toIntExact(keep.integer("releases")), Math.toIntExact(keep.integer("days")));
    }

    private static PolicyChange policy(ParsedObject policy) {
        return new PolicyChange(
                policy.booleanChange("onlyNewer"),
                policy.enumChange("completion", Policy.Completion.class),
                policy.textChange("timeout"),
                policy.textChange("reportEvery"),
                policy.enumChange("whenBusy", Policy.WhenBusy.class),
                policy.integerChange("maxQueued"),
                policy.enumChange("onFailure", Policy.OnFailure.class),
                policy.textChange("soakTime"));
    }

    private static Source source(ParsedObject source) {
        return new Source(
                source.text("repoUrl"), source.text("commitSha"), source.text("ref"), source.text("committedAt"));
    }
}
