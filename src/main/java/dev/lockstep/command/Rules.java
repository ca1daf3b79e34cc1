package dev.lockstep.command;

import static dev.lockstep.command.Field.optional;
import static dev.lockstep.command.Field.required;

import java.util.List;

/** The rules of the single fields, by the contract's words (sections 1 and 3). */
final class Rules {

    static final Rule APPLICATION = new Rule.Text(1, Limits.APPLICATION, Syntax.APPLICATION);
    static final Rule RELEASE = new Rule.Text(1, Limits.RELEASE, Syntax.RELEASE);
    static final Rule ENVIRONMENT = new Rule.Text(1, Limits.ENVIRONMENT, Syntax.ENVIRONMENT);
    static final Rule TITLE = new Rule.Text(1, Limits.TITLE, Syntax.ANY);
    static final Rule SHORT_TEXT = new Rule.Text(1, Limits.SHORT_TEXT, Syntax.ANY);
    static final Rule LONG_TEXT = new Rule.Text(0, Limits.LONG_TEXT, Syntax.ANY);
    static final Rule URL = new Rule.Text(1, Limits.URL, Syntax.ABSOLUTE_URI);
    static final Rule PURL = new Rule.Text(1, Limits.URL, Syntax.PURL);
    static final Rule TIMESTAMP = new Rule.Text(1, Limits.TIMESTAMP, Syntax.TIMESTAMP);
    static final Rule TIER = new Rule.Text(1, Limits.ENVIRONMENT, Syntax.TIER);

    static final Rule SOURCE = new Rule.Nested(new Shape(
            List.of(
                    optional("repoUrl", URL),
                    optional("commitSha", SHORT_TEXT),
                    optional("ref", SHORT_TEXT),
                    optional("committedAt", TIMESTAMP)),
            List.of("repoUrl", "commitSha", "ref", "committedAt")));

    static final Rule STAGES = new Rule.ListOf(
            new Shape(List.of(required("id", ENVIRONMENT), optional("tier", TIER)), List.of()), 1, Limits.STAGES, "id");

    static final List<Field> EVERY_COMMAND = List.of(
            optional("actor", SHORT_TEXT),
            optional("reason", LONG_TEXT),
            optional("expectedRevision", new Rule.Whole()));

    private Rules() {}
}
