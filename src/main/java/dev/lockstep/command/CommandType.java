package dev.lockstep.command;

import static dev.lockstep.command.Field.clearable;
import static dev.lockstep.command.Field.optional;
import static dev.lockstep.command.Field.required;

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
enum CommandType {
    RELEASE_CREATE(
            "release.create",
            List.of(
                    required("application", Rules.APPLICATION),
                    required("release", Rules.RELEASE),
                    required("title", Rules.TITLE),
                    optional("description", Rules.LONG_TEXT),
                    optional("artifactId", Rules.PURL),
                    optional("source", Rules.SOURCE),
                    optional("chainId", Rules.SHORT_TEXT)),
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
                    required("application", Rules.APPLICATION),
                    required("release", Rules.RELEASE),
                    optional("title", Rules.TITLE),
                    clearable("description", Rules.LONG_TEXT),
                    clearable("artifactId", Rules.PURL),
                    clearable("source", Rules.SOURCE)),
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
                    required("application", Rules.APPLICATION),
                    required("release", Rules.RELEASE),
                    optional("environment", Rules.ENVIRONMENT)),
            List.of(),
            data -> new DeployRelease(common(data), data.text("release"), data.text("environment"))),

    RELEASE_DELETE(
            "release.delete",
            List.of(required("application", Rules.APPLICATION), required("release", Rules.RELEASE)),
            List.of(),
            data -> new DeleteRelease(common(data), data.text("release"))),

    RELEASE_UNDEPLOY(
            "release.undeploy",
            List.of(required("application", Rules.APPLICATION), required("environment", Rules.ENVIRONMENT)),
            List.of(),
            data -> new Undeploy(common(data), data.text("environment"))),

    ENVIRONMENT_ROLLBACK(
            "environment.rollback",
            List.of(
                    required("application", Rules.APPLICATION),
                    required("environment", Rules.ENVIRONMENT),
                    optional("release", Rules.RELEASE)),
            List.of(),
            data -> new Rollback(common(data), data.text("environment"), data.text("release"))),

    PIPELINE_DEFINE(
            "pipeline.define",
            List.of(required("application", Rules.APPLICATION), required("environments", Rules.STAGES)),
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
    private final Shape shape;
    private final Function<Values, Command> build;

    CommandType(String base, List<Field> fields, List<String> atLeastOneOf, Function<Values, Command> build) {
        this.base = base;
        this.typeName = PREFIX + base + VERSION;
        this.shape = new Shape(
                Stream.concat(fields.stream(), Rules.EVERY_COMMAND.stream()).toList(), atLeastOneOf);
        this.build = build;
    }

    /** The CloudEvents {@code type}, e.g. {@code dev.lockstep.release.create.v1}. */
    String typeName() {
        return typeName;
    }

    /** The fields of {@code data}, those of every command last. */
    Shape shape() {
        return shape;
    }

    /** The name without prefix and version, e.g. {@code release.create}. */
    String base() {
        return base;
    }

    /** @return the command of that CloudEvents type, or null if there is none */
    static CommandType named(String type) {
        return BY_NAME.get(type);
    }

    /** @param data values without any violation */
    Command command(Values data) {
        return build.apply(data);
    }

    private static Common common(Values data) {
        return new Common(
                data.text("application"), data.text("actor"), data.text("reason"), data.whole("expectedRevision"));
    }

    private static Source source(Values source) {
        return new Source(
                source.text("repoUrl"), source.text("commitSha"), source.text("ref"), source.text("committedAt"));
    }
}
