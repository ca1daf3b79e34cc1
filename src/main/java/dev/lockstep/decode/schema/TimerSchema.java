package dev.lockstep.decode.schema;

import static dev.lockstep.decode.schema.Field.required;

import java.util.List;

/** The message that the worker sends itself: it is not a command, and is not published as one. */
public final class TimerSchema {

    public static final ObjectSchema SCHEMA =
            new ObjectSchema(List.of(required("application", FieldRules.APPLICATION)), List.of());

    private TimerSchema() {}
}
