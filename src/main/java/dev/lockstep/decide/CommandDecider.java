package dev.lockstep.decide;

import dev.lockstep.batch.CommandOutcome;
import dev.lockstep.batch.CommandRecord;
import dev.lockstep.batch.Decider;
import dev.lockstep.batch.FirstOutcome;
import dev.lockstep.batch.OutgoingRecord;
import dev.lockstep.batch.RecordOutput;
import dev.lockstep.batch.WorkingSet;
import dev.lockstep.decode.Decoded;
import dev.lockstep.decode.envelope.DeadLetterReason;
import dev.lockstep.decode.envelope.Envelope;
import dev.lockstep.domain.Application;
import dev.lockstep.domain.Changes;
import dev.lockstep.domain.Command;
import dev.lockstep.domain.Decision;
import dev.lockstep.domain.Remedy;
import dev.lockstep.domain.common.DecisionContext;
import dev.lockstep.domain.common.RefusalCode;
import dev.lockstep.domain.release.Release;
import dev.lockstep.render.CdEvents;
import dev.lockstep.render.CommandContext;
import dev.lockstep.render.DeadLetters;
import dev.lockstep.render.Results;
import dev.lockstep.render.StatusRecords;
import dev.lockstep.wire.Topics;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** From a record to what it puts out, in the order of the contract's section 4. */
public final class CommandDecider implements Decider {

    private final String topicId;
    private final Runnable onPage;
    private final Results results;
    private final CdEvents events;
    private final StatusRecords statuses;
    private final DeadLetters deadLetters;

    /** @param source the {@code ce_source} of everything that goes out */
    public CommandDecider(String topicId, Topics topics, String source) {
        this(topicId, topics, source, () -> {});
    }

    /** @param onPage told whenever {@linkplain #releases some} of many releases are rendered */
    public CommandDecider(String topicId, Topics topics, String source, Runnable onPage) {
        this.topicId = topicId;
        this.onPage = onPage;
        this.results = new Results(topics, source);
        this.events = new CdEvents(topics, source);
        this.statuses = new StatusRecords(topics, source);
        this.deadLetters = new DeadLetters(topics);
    }

    @Override
    public RecordOutput decide(CommandRecord record, WorkingSet state) {
        return record.decoded()
                .fold(
                        undecodable -> output(
                                record,
                                CommandOutcome.Kind.DEAD_LETTER,
                                undecodable.kind().name(),
                                deadLetters.deadLetter(record.origin(), undecodable.reason())),
                        request -> decide(record, request, state));
    }

    private RecordOutput decide(CommandRecord record, Decoded.Request request, WorkingSet state) {
        int home = record.home(state);
        if (home != record.partition()) {
            return output(record, CommandOutcome.Kind.MOVED, null, deadLetters.moved(record.origin(), home));
        }
        return request.fold(
                valid -> decide(record, valid, state),
                refused -> refuse(record, refused, state),
                timer -> timePassed(record, timer, state));
    }

    @Override
    public RecordOutput unprocessable(CommandRecord record, WorkingSet state) {
        if (!(record.decoded() instanceof Decoded.Valid valid)
                || valid.refusedUnlessKnown() != null
                || record.home(state) != record.partition()
                || state.firstOutcome(record.idempotencyKey()) != null) {
            return decide(record, state);
        }
        String detail = "The command was rejected because of its contents; a copy was written to the dead-letter topic."
                + " Correct its data and send it with a new id.";
        Decision.Rejected refusal = Decision.rejected(RefusalCode.UNPROCESSABLE, detail);
        return output(
                record,
                CommandOutcome.Kind.REJECTED,
                refusal.code().name(),
                refuse(record, valid, refusal, state, state.context()),
                deadLetters.deadLetter(record.origin(), detail));
    }

    @Override
    public RecordOutput lastResort(CommandRecord record) {
        String reason = "An internal error, which the worker has logged. This command has no result.";
        return new RecordOutput(
                record.offset(),
                new CommandOutcome(CommandOutcome.Kind.DEAD_LETTER, null, DeadLetterReason.FAULT.name()),
                List.of(deadLetters.deadLetter(record.origin(), reason)));
    }

    @Override
    public List<OutgoingRecord> releases(
            CommandRecord record, Application application, DecisionContext context, List<Release> releases) {
        onPage.run();
        CommandContext cause = cause((Decoded.Request) record.decoded(), context);
        return statuses.releases(cause, record.partition(), application, releases);
    }

    private RecordOutput decide(CommandRecord record, Decoded.Valid valid, WorkingSet state) {
        FirstOutcome known = state.firstOutcome(record.idempotencyKey());
        if (known != null && known.fingerprint().equals(CommandRecord.uuid(valid.fingerprint()))) {
            return repeat(record, state, known);
        }
        if (valid.refusedUnlessKnown() != null) {
            return refuse(record, valid.refusedUnlessKnown(), state);
        }
        if (known != null) {
            return output(
                    record, CommandOutcome.Kind.REJECTED, RefusalCode.ID_REUSED.name(), idReused(record, valid, state));
        }
        Command command = valid.command();
        Application stored = state.application(command.application());
        Application application = command.common().dryRun() ? stored.copy() : stored;
        DecisionContext context = application.inOrder(state.context());
        return application
                .decide(command, context)
                .fold(
                        accepted -> accept(record, valid, state, application, accepted, context),
                        refusal -> output(
                                record,
                                CommandOutcome.Kind.REJECTED,
                                refusal.code().name(),
                                refuse(record, valid, refusal, state, context)));
    }

    /** No command: it gets no result, and nothing is remembered of it. */
    private RecordOutput timePassed(CommandRecord record, Decoded.Timer timer, WorkingSet state) {
        Application application = state.application(timer.application());
        DecisionContext context = application.inOrder(state.context());
        Changes changes = application.timePassed(context);
        state.changed(application, changes);
        return output(
                record,
                CommandOutcome.Kind.ACCEPTED,
                null,
                told(cause(timer, context), record.partition(), application, changes));
    }

    private RecordOutput refuse(CommandRecord record, Decoded.Refused refused, WorkingSet state) {
        String problem = Results.problem(refused.code(), refused.detail(), violations(refused));
        OutgoingRecord result = result(
                record, state, state.context(), Results.Outcome.refused(false, revision(refused, state), problem));
        return output(record, CommandOutcome.Kind.REJECTED, refused.code().name(), result);
    }

    private RecordOutput repeat(CommandRecord record, WorkingSet state, FirstOutcome known) {
        OutgoingRecord result = result(
                record,
                state,
                state.context(),
                new Results.Outcome(
                        true, false, known.revision(), known.deployment(), known.standing(), known.problem()));
        return output(record, CommandOutcome.Kind.DUPLICATE, null, result);
    }

    private static RecordOutput output(
            CommandRecord record, CommandOutcome.Kind kind, String code, OutgoingRecord... records) {
        return output(record, kind, code, List.of(records));
    }

    private static RecordOutput output(
            CommandRecord record, CommandOutcome.Kind kind, String code, List<OutgoingRecord> records) {
        return new RecordOutput(record.offset(), new CommandOutcome(kind, knownType(record.decoded()), code), records);
    }

    private static String knownType(Decoded decoded) {
        boolean isUnknown = decoded instanceof Decoded.Refused refused && refused.code() == RefusalCode.UNKNOWN_COMMAND;
        return decoded instanceof Decoded.Request request && !isUnknown
                ? request.envelope().type()
                : null;
    }

    private RecordOutput accept(
            CommandRecord record,
            Decoded.Valid valid,
            WorkingSet state,
            Application application,
            Decision.Accepted accepted,
            DecisionContext context) {
        Changes changes = application.apply(accepted, context);
        boolean isDryRun = valid.command().common().dryRun();
        Results.Outcome outcome = new Results.Outcome(
                false,
                isDryRun,
                application.revision(),
                accepted.deployment(),
                accepted.deployment() == null ? null : Results.standing(application, accepted.deployment(), context),
                null);
        CommandContext cause = cause(valid, context);
        List<OutgoingRecord> records = new ArrayList<>();
        records.add(results.result(cause, address(record, application.id(), state), outcome));
        if (!isDryRun) {
            state.changed(application, changes);
            remember(record, valid, state, outcome);
            records.addAll(told(cause, record.partition(), application, changes));
        }
        return output(record, CommandOutcome.Kind.ACCEPTED, null, records);
    }

    /** @param home the application's partition */
    private List<OutgoingRecord> told(CommandContext cause, int home, Application application, Changes changes) {
        List<OutgoingRecord> records = new ArrayList<>();
        changes.events().forEach(event -> records.add(events.event(cause, home, application, event)));
        records.addAll(statuses.statuses(cause, home, application, changes));
        return records;
    }

    private OutgoingRecord refuse(
            CommandRecord record,
            Decoded.Valid valid,
            Decision.Rejected refusal,
            WorkingSet state,
            DecisionContext context) {
        boolean isDryRun = valid.command().common().dryRun();
        Results.Outcome outcome = Results.Outcome.refused(isDryRun, revision(valid, state), Results.problem(refusal));
        if (refusal.code().takesId() && !isDryRun) {
            remember(record, valid, state, outcome);
        }
        return result(record, state, context, outcome);
    }

    private OutgoingRecord idReused(CommandRecord record, Decoded.Valid valid, WorkingSet state) {
        String problem = Results.problem(
                RefusalCode.ID_REUSED,
                "The same source has already used this id for a command with other content. Use a new id.",
                List.of());
        boolean isDryRun = valid.command().common().dryRun();
        return result(
                record, state, state.context(), Results.Outcome.refused(isDryRun, revision(valid, state), problem));
    }

    private void remember(CommandRecord record, Decoded.Valid valid, WorkingSet state, Results.Outcome outcome) {
        state.remember(
                record.idempotencyKey(),
                new FirstOutcome(
                        CommandRecord.uuid(valid.fingerprint()),
                        outcome.revision(),
                        outcome.deployment(),
                        outcome.standing(),
                        outcome.problem()));
    }

    private OutgoingRecord result(
            CommandRecord record, WorkingSet state, DecisionContext context, Results.Outcome outcome) {
        Decoded.Request request = (Decoded.Request) record.decoded();
        return results.result(cause(request, context), address(record, request.application(), state), outcome);
    }

    private Results.Address address(CommandRecord record, String application, WorkingSet state) {
        String id = CommandContext.resultId(
                topicId, record.origin().partition(), record.origin().offset());
        byte[] key = application == null
                ? Results.foreignKey(record.origin().key())
                : application.getBytes(StandardCharsets.UTF_8);
        int partition = application != null
                ? state.home(application)
                : key == null ? state.within(record.partition()) : record.partition();
        return new Results.Address(id, application, key, partition);
    }

    private static long revision(Decoded.Request request, WorkingSet state) {
        return request.application() == null
                ? 0
                : state.application(request.application()).revision();
    }

    private static List<Remedy.Violation> violations(Decoded.Refused refused) {
        return refused.violations().stream()
                .map(violation -> new Remedy.Violation(violation.pointer(), violation.message()))
                .toList();
    }

    private static CommandContext cause(Decoded.Request request, DecisionContext context) {
        Envelope envelope = request.envelope();
        Decoded.Named named = request.named();
        return CommandContext.decided(context)
                .id(envelope.id())
                .source(envelope.source())
                .type(envelope.type())
                .correlationId(envelope.correlation())
                .traceparent(envelope.traceparent())
                .actor(named.actor())
                .reason(named.reason())
                .release(named.release())
                .environment(named.environment())
                .build();
    }
}
