package dev.lockstep.decode.form;

import static dev.lockstep.decode.form.Field.clearable;
import static dev.lockstep.decode.form.Field.optional;
import static dev.lockstep.decode.form.Field.required;

import dev.lockstep.domain.Command;
import dev.lockstep.domain.Command.Common;
import dev.lockstep.domain.Command.CreateRelease;
import dev.lockstep.domain.Command.DefinePipeline;
import dev.lockstep.domain.Command.DeleteRelease;
import dev.lockstep.domain.Command.DeployRelease;
import dev.lockstep.domain.Command.Rollback;
import dev.lockstep.domain.Command.Undeploy;
import dev.lockstep.domain.Command.UpdateRelease;
import dev.lockstep.domain.Source;
import dev.lockstep.domain.Stage;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Every command this version knows, with the fields its data may have (contract, section 3). */
public enum CommandType {
    RELEASE_CREATE(
            "release.create",
            List.of(
                    required("application", FieldRules.APPLICATION),
                    required("release", FieldRules.RELEASE),
                    required("title", FieldRules.TITLE),
                    optional("description", FieldRules.LONG_TEXT),
                    optional("artifactId", FieldRules.PURL),
                    optional("source", FieldRules.SOURCE),
                    optional("chainId", FieldRules.SHORT_TEXT)),
            List.of(),
            data -> new CreateRelease(
                    common(data),
                    data.text("release"),
                    data.text("title"),
                    data.text("description"),
                    data.text("artifactId"),
                    data.nested("source", CommandType::source),
                    data.text("chainId"))),

    RELEASE_UPDATE(
            "release.update",
            List.of(
                    required("application", FieldRules.APPLICATION),
                    required("release", FieldRules.RELEASE),
                    optional("title", FieldRules.TITLE),
                    clearable("description", FieldRules.LONG_TEXT),
                    clearable("artifactId", FieldRules.PURL),
                    clearable("source", FieldRules.SOURCE)),
            List.of("title", "description", "artifactId", "source"),
            data -> new UpdateRelease(
                    common(data),
                    data.text("release"),
                    data.text("title"),
                    data.textChange("description"),
                    data.textChange("artifactId"),
                    data.nestedChange("source", CommandType::source))),

    RELEASE_DEPLOY(
            "release.deploy",
            List.of(
                    required("application", FieldRules.APPLICATION),
                    required("release", FieldRules.RELEASE),
                    optional("environment", FieldRules.ENVIRONMENT)),
            List.of(),
            data -> new DeployRelease(common(data), data.text("release"), data.text("environment"))),

    RELEASE_DELETE(
            "release.delete",
            List.of(required("application", FieldRules.APPLICATION), required("release", FieldRules.RELEASE)),
            List.of(),
            data -> new DeleteRelease(common(data), data.text("release"))),

    RELEASE_UNDEPLOY(
            "release.undeploy",
            List.of(required("application", FieldRules.APPLICATION), required("environment", FieldRules.ENVIRONMENT)),
            List.of(),
            data -> new Undeploy(common(data), data.text("environment"))),

    ENVIRONMENT_ROLLBACK(
            "environment.rollback",
            List.of(
                    required("application", FieldRules.APPLICATION),
                    required("environment", FieldRules.ENVIRONMENT),
                    optional("release", FieldRules.RELEASE)),
            List.of(),
            data -> new Rollback(common(data), data.text("environment"), data.text("release"))),

    PIPELINE_DEFINE(
            "pipeline.define",
            List.of(required("application", FieldRules.APPLICATION), required("environments", FieldRules.STAGES)),
            List.of(),
            data -> new DefinePipeline(
                    common(data), data.list("environments", stage -> new Stage(stage.text("id"), stage.text("tier")))));

    /** What every type begins with. */
    static final String PREFIX = "dev.lockstep.";
    /** The one version this worker knows of each command. */
    static final String VERSION = ".v1";

    private static final Map<String, CommandType> BY_NAME =
            Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(CommandType::typeName, Function.identity()));

    private final String base;
    private final String typeName;
    private final ObjectSchema shape;
    private final Function<ParsedObject, Command> build;

    CommandType(String base, List<Field> fields, List<String> atLeastOneOf, Function<ParsedObject, Command> build) {
        this.base = base;
        this.typeName = PREFIX + base + VERSION;
        this.shape = new ObjectSchema(
                Stream.concat(fields.stream(), FieldRules.EVERY_COMMAND.stream())
                        .toList(),
                atLeastOneOf);
        this.build = build;
    }

    /** The CloudEvents {@code type}, e.g. {@code dev.lockstep.release.create.v1}. */
    public String typeName() {
        return typeName;
    }

    /** The fields of {@code data}, those of every command last. */
    public ObjectSchema shape() {
        return shape;
    }

    /** The name without prefix and version, e.g. {@code release.create}. */
    String base() {
        return base;
    }

    /** @return the command of that CloudEvents type, or null if there is none */
    public static CommandType named(String type) {
        return BY_NAME.get(type);
    }

    /** @param data values without any violation */
    public Command command(ParsedObject data) {
        return build.apply(data);
    }

    private static Common common(ParsedObject data) {
        return new Common(
                data.text("application"), data.text("actor"), data.text("reason"), data.whole("expectedRevision"));
    }

    private static Source source(ParsedObject source) {
        return new Source(
                source.text("repoUrl"), source.text("commitSha"), source.text("ref"), source.text("committedAt"));
    }
}
