package dev.lockstep.decode.schema;

import static dev.lockstep.decode.schema.Field.clearable;
import static dev.lockstep.decode.schema.Field.optional;
import static dev.lockstep.decode.schema.Field.optionalRequiring;
import static dev.lockstep.decode.schema.Field.required;

import java.util.List;

/** The rules for the individual fields, as worded in the contract (sections 1 and 3). */
final class FieldRules {

    static final ValueRule APPLICATION = new ValueRule.StringRule(1, Limits.APPLICATION, Syntax.APPLICATION);
    static final ValueRule RELEASE = new ValueRule.StringRule(1, Limits.RELEASE, Syntax.RELEASE);
    static final ValueRule ENVIRONMENT = new ValueRule.StringRule(1, Limits.ENVIRONMENT, Syntax.ENVIRONMENT);
    static final ValueRule TITLE_UNLESS_RESENT = new ValueRule.StringRule(1, Limits.TITLE, Syntax.TITLE, Syntax.ANY);
    static final ValueRule SHORT_TEXT_UNLESS_RESENT =
            new ValueRule.StringRule(1, Limits.SHORT_TEXT, Syntax.LINE, Syntax.ANY);
    static final ValueRule LONG_TEXT_UNLESS_RESENT =
            new ValueRule.StringRule(0, Limits.LONG_TEXT, Syntax.TEXT, Syntax.ANY);
    static final ValueRule REPOSITORY = new ValueRule.StringRule(1, Limits.URL, Syntax.REPOSITORY, Syntax.ABSOLUTE_URI);
    static final ValueRule WEB_URL = new ValueRule.StringRule(1, Limits.URL, Syntax.WEB_URL);
    static final ValueRule TITLE = new ValueRule.StringRule(1, Limits.TITLE, Syntax.TITLE);
    static final ValueRule LONG_TEXT = new ValueRule.StringRule(0, Limits.LONG_TEXT, Syntax.TEXT);
    static final ValueRule PURL = new ValueRule.StringRule(1, Limits.URL, Syntax.PURL);
    static final ValueRule TIMESTAMP = new ValueRule.StringRule(1, Limits.TIMESTAMP, Syntax.TIMESTAMP);
    static final ValueRule TIER = new ValueRule.StringRule(1, Limits.ENVIRONMENT, Syntax.TIER);
    static final ValueRule UTC_TIMESTAMP = new ValueRule.StringRule(1, Limits.TIMESTAMP, Syntax.UTC_TIMESTAMP);
    static final ValueRule DURATION = new ValueRule.StringRule(1, Limits.DURATION, Syntax.DURATION);
    static final ValueRule DEPLOYMENT =
            new ValueRule.StringRule(Limits.DEPLOYMENT, Limits.DEPLOYMENT, Syntax.DEPLOYMENT);
    static final ValueRule REPORTED_STATUS = new ValueRule.StringRule(1, Limits.SHORT_TEXT, Syntax.REPORTED_STATUS);
    private static final ValueRule REVISION = new ValueRule.IntegerRule();

    static final ValueRule SOURCE = new ValueRule.ObjectRule(new ObjectSchema(
            List.of(
                    optional("repoUrl", REPOSITORY),
                    optional("commitSha", SHORT_TEXT_UNLESS_RESENT),
                    optional("ref", SHORT_TEXT_UNLESS_RESENT),
                    optional("committedAt", TIMESTAMP)),
            List.of("repoUrl", "commitSha", "ref", "committedAt")));

    static final ValueRule LABEL = new ValueRule.StringRule(0, Limits.SHORT_TEXT, Syntax.LINE);
    static final ValueRule LABELS = new ValueRule.StringMapRule(Syntax.LABEL_NAME, LABEL, Limits.LABELS, false);
    static final ValueRule LABEL_CHANGES =
            new ValueRule.StringMapRule(Syntax.LABEL_NAME, LABEL, 2 * Limits.LABELS, true);

    static final ValueRule POLICY = new ValueRule.ObjectRule(new ObjectSchema(
            List.of(
                    clearable("onlyNewer", new ValueRule.BooleanRule()),
                    clearable("completion", new ValueRule.StringRule(1, Limits.SHORT_TEXT, Syntax.COMPLETION)),
                    clearable("timeout", DURATION),
                    clearable("reportEvery", DURATION),
                    clearable("whenBusy", new ValueRule.StringRule(1, Limits.SHORT_TEXT, Syntax.WHEN_BUSY)),
                    clearable("maxQueued", new ValueRule.IntegerRule(1, Limits.QUEUED)),
                    clearable("onFailure", new ValueRule.StringRule(1, Limits.SHORT_TEXT, Syntax.ON_FAILURE)),
                    clearable("soakTime", DURATION)),
            List.of()));

    static final ValueRule AFTER = new ValueRule.StringListRule(ENVIRONMENT, 1, Limits.STAGES);

    static final ValueRule STAGES = new ValueRule.StageListRule(new ValueRule.ObjectListRule(
            new ObjectSchema(
                    List.of(
                            required("id", ENVIRONMENT),
                            clearable("title", TITLE),
                            clearable("tier", TIER),
                            clearable("after", AFTER),
                            clearable("policy", POLICY)),
                    List.of()),
            1,
            Limits.STAGES,
            "id"));

    static final ValueRule KEEP = new ValueRule.ObjectRule(new ObjectSchema(
            List.of(
                    required("releases", new ValueRule.IntegerRule(1, Limits.KEPT_RELEASES)),
                    required("days", new ValueRule.IntegerRule(1, Limits.KEPT_DAYS))),
            List.of()));

    static final List<Field> COMMON_FIELDS = List.of(
            optional("actor", SHORT_TEXT_UNLESS_RESENT),
            optional("reason", LONG_TEXT_UNLESS_RESENT),
            optional("expectedRevision", REVISION),
            optional("dryRun", new ValueRule.BooleanRule()));

    static final Field NOT_BEFORE = optional("notBefore", UTC_TIMESTAMP);
    static final Field EXPIRES_AT = optional("expiresAt", UTC_TIMESTAMP);
    static final Field IF_BLOCKED =
            optional("ifBlocked", new ValueRule.StringRule(1, Limits.SHORT_TEXT, Syntax.IF_BLOCKED));

    static final Field EXPECTED_RELEASE_REVISION = optionalRequiring("release", "expectedReleaseRevision", REVISION);
    static final Field EXPECTED_ENVIRONMENT_REVISION =
            optionalRequiring("environment", "expectedEnvironmentRevision", REVISION);

    /** The fields that commands share. */
    static final ObjectSchema ECHOED_FIELDS = new ObjectSchema(
            List.of(
                    optional("application", APPLICATION),
                    optional("release", RELEASE),
                    optional("environment", ENVIRONMENT),
                    optional("actor", SHORT_TEXT_UNLESS_RESENT),
                    optional("reason", LONG_TEXT_UNLESS_RESENT)),
            List.of());

    private FieldRules() {}
}
